using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>A figure of a report.</summary>
/// <param name="Kind">Its kind, a name of the figure catalog.</param>
/// <param name="Name">Its file name without extension; unique, and safe on every file system.</param>
/// <param name="Caption">What it shows, in a sentence.</param>
/// <param name="Spec">The figure itself.</param>
/// <param name="Size">How large it is printed.</param>
internal sealed record Figure(string Kind, string Name, string Caption, ChartSpec Spec, ChartSize Size)
{
    private const int LongestName = 120;

    /// <summary>A figure named after its kind and what tells it from others of that kind.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="parts">Further parts of the name, in any characters.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="spec">The figure.</param>
    /// <param name="size">Its size.</param>
    public static Figure Of(string kind, IEnumerable<string> parts, string caption, ChartSpec spec, ChartSize size) =>
        new(kind, FileName([kind, .. parts]), Sentence(caption), spec with { Description = Sentence(caption) }, size);

    /// <summary>Captions begin with the name of a metric, and sentences with a capital.</summary>
    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Lower-case letters, digits, dots and hyphens: what every file system, LaTeX and a URL take as it is.</summary>
    private static string FileName(IEnumerable<string> parts)
    {
        IEnumerable<char> characters = string.Join('-', parts).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-');
        string name = string.Join('-', new string([.. characters]).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return (name.Length > LongestName ? name[..LongestName] : name).Trim('.', '-');
    }
}
