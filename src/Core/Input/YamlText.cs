using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace SchedBench.Core.Input;

/// <summary>The text side of YAML: which characters may stand in it, what a plain scalar means, and what a syntax error most likely comes from.</summary>
internal static partial class YamlText
{
    internal const string TabHint = "expected spaces: YAML does not allow tabs as indentation";

    private const string HalfPair = "expected text, found half of a surrogate pair";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    /// <summary>Rejects control characters, halves of surrogate pairs, and carriage returns that do not end a line together with a line feed.</summary>
    internal static void CheckCharacters(string text, string displayName)
    {
        int line = 1, lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n') (line, lineStart) = (line + 1, i + 1);
            if (c is >= ' ' and < '\x7F' or '\n' or '\t') continue;
            string? expected = c switch
            {
                '\r' => i + 1 < text.Length && text[i + 1] == '\n' ? null : "expected LF or CR LF line ends, found a lone carriage return",
                < ' ' or '\x7F' or (>= '\x80' and < '\xA0' and not '\x85') or '\uFFFE' or '\uFFFF' => "expected text, found a control character",
                '\uFEFF' => "expected text, found a byte order mark inside the file",
                _ when char.IsHighSurrogate(c) => i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? null : HalfPair,
                _ when char.IsLowSurrogate(c) => i > 0 && char.IsHighSurrogate(text[i - 1]) ? null : HalfPair,
                _ => null,
            };
            if (expected is not null) throw new InputException(new InputProblem(displayName, line, i - lineStart + 1, "", c.ToString(), expected));
        }
    }

    /// <summary>Resolves a plain scalar.</summary>
    internal static YamlScalarKind Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return YamlScalarKind.Null;
            case "true" or "True" or "TRUE" or "false" or "False" or "FALSE" or "yes" or "Yes" or "YES" or "no" or "No" or "NO"
                or "on" or "On" or "ON" or "off" or "Off" or "OFF" or "y" or "Y" or "n" or "N":
                return YamlScalarKind.Boolean;
            case ".nan" or ".NaN" or ".NAN":
                return YamlScalarKind.Float;
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.')) return YamlScalarKind.String;
        if (IntegerPattern().IsMatch(text)) return YamlScalarKind.Integer;
        if (FloatPattern().IsMatch(text)) return YamlScalarKind.Float;
        return SexagesimalPattern().IsMatch(text) ? YamlScalarKind.Sexagesimal : YamlScalarKind.String;
    }

    /// <summary>Turns the parser's complaint into a problem that says what to change, where the usual slips can be told from the text.</summary>
    internal static InputProblem Explain(string text, string displayName, Mark start, Mark end, string complaint)
    {
        string[] lines = text.Split('\n', (int)Math.Min(end.Line + 2, int.MaxValue));
        for (int number = (int)Math.Max(1, start.Line); number <= Math.Min(end.Line + 1, lines.Length); number++)
        {
            string line = lines[number - 1].TrimEnd('\r');
            string content = line.TrimStart(' ', '\t');
            int column = line.Length - content.Length + 1;
            int tab = line.AsSpan(0, column - 1).IndexOf('\t');
            if (tab >= 0) return Problem(number, tab + 1, null, TabHint);
            if (number > end.Line) break;
            if (content is ['-', not (' ' or '-' or '\t'), ..]) return Problem(number, column + 1, content, "expected a space after '-'");
            Match glued = GluedKeyPattern().Match(content);
            if (glued.Success) return Problem(number, column + glued.Length - 1, content, "expected a space after ':'");
        }

        // Some complaints name only where the mapping began. A line that a tab begins is the likely cause: block scalars begin with blanks, JSON with a bracket.
        int tabbed = text.AsSpan().TrimStart() is ['{' or '[', ..] ? -1 : text.IndexOf("\n\t", StringComparison.Ordinal);
        if (tabbed >= 0) return Problem(text.AsSpan(0, tabbed + 1).Count('\n') + 1, 1, null, TabHint);
        return Problem((int)Math.Max(1, start.Line), (int)Math.Max(1, start.Column), null, $"expected valid YAML: {Lower(complaint)}");

        InputProblem Problem(int line, int column, string? value, string expected) => new(displayName, line, column, "", value, expected);
    }

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');

    [GeneratedRegex(@"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|[0-9][0-9_]*)\z", Options)]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^([-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF))\z", Options)]
    private static partial Regex FloatPattern();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\z", Options)]
    private static partial Regex SexagesimalPattern();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]*:[^\s/]", Options)]
    private static partial Regex GluedKeyPattern();
}
