using System.Globalization;
using System.Text;

namespace SchedBench.Core.Input;

/// <summary>One thing that is wrong with what the user gave: where it stands, what was found and what was expected.</summary>
/// <param name="File">The file as the user named it, or a word such as <c>--seeds</c> for a command line option.</param>
/// <param name="Line">One-based line, or 0 when the problem concerns the whole file.</param>
/// <param name="Column">One-based column, or 0 when unknown.</param>
/// <param name="Field">The field's path (<c>spec.fleets[0].pools[1].cpu</c>, or a CSV column name), or empty.</param>
/// <param name="Value">The offending value as it was written, or <see langword="null"/> when there is none. Shortened when printed.</param>
/// <param name="Expected">What was expected, as a sentence fragment: <c>expected a whole number from 1 to 1000</c>.</param>
/// <param name="Nearest">The nearest valid name when one is close.</param>
public sealed record InputProblem(string File, int Line, int Column, string Field, string? Value, string Expected, string? Nearest = null)
{
    private const int LongestPrintedValue = 80;

    /// <summary>The one form in which every problem is printed:
    /// <c>file:line:column: field: 'value': expected …; did you mean 'nearest'?</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder(File);
        if (Line > 0) text.Append(CultureInfo.InvariantCulture, $":{Line}");
        if (Line > 0 && Column > 0) text.Append(CultureInfo.InvariantCulture, $":{Column}");
        text.Append(": ");
        if (Field.Length > 0) text.Append(Printable(Field)).Append(": ");
        if (Value is not null) text.Append('\'').Append(Printable(Value)).Append("': ");
        text.Append(Expected);
        if (Nearest is not null) text.Append("; did you mean '").Append(Nearest).Append("'?");
        return text.ToString();
    }

    /// <summary>Control characters become escapes and long text is cut, so that one problem stays one readable line.</summary>
    private static string Printable(string value)
    {
        var text = new StringBuilder();
        foreach (char c in value.Length > LongestPrintedValue ? value[..LongestPrintedValue] : value)
        {
            if (char.IsControl(c)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }

        if (value.Length > LongestPrintedValue) text.Append('…');
        return text.ToString();
    }
}

/// <summary>The input cannot be used. Carries every problem found; the command line prints them one a line and exits with 2.</summary>
public sealed class InputException : Exception
{
    /// <summary>Reports <paramref name="problems"/>, of which there is at least one.</summary>
    public InputException(IReadOnlyList<InputProblem> problems)
        : base(string.Join('\n', problems)) => Problems = problems;

    /// <summary>Reports one problem.</summary>
    public InputException(InputProblem problem)
        : this([problem])
    {
    }

    /// <summary>All problems, in the order in which they stand in the input.</summary>
    public IReadOnlyList<InputProblem> Problems { get; }
}
