using System.Globalization;
using SchedBench.Core.Resources;

namespace SchedBench.Core.Input;

/// <summary>A value with its path. Every getter either returns what was asked for or reports the problem and returns <see langword="null"/>.</summary>
public sealed class YamlValue
{
    private const int MostDigits = 15;
    private const NumberStyles Signed = NumberStyles.AllowLeadingSign;

    private readonly YamlReader _reader;
    private readonly YamlNode _node;
    private readonly string _schemaPath;

    internal YamlValue(YamlReader reader, YamlNode node, string path, string schemaPath) =>
        (_reader, _node, Path, _schemaPath) = (reader, node, path, schemaPath);

    /// <summary>Path of the value (<c>spec.fleets[0].pools[1].cpu</c>).</summary>
    public string Path { get; }

    /// <summary>One-based line of the value.</summary>
    public int Line => _node.Line;

    /// <summary>One-based column of the value.</summary>
    public int Column => _node.Column;

    /// <summary>The text of a scalar whatever it means; empty for lists and mappings. Reports nothing: for comparing what other getters judge.</summary>
    public string PlainText => (_node as YamlScalar)?.Text ?? "";

    /// <summary>The node, for a walk over what lies below.</summary>
    public YamlNode Node => _node;

    /// <summary>Whether the value is a mapping.</summary>
    public bool IsMap => _node is YamlMapping;

    /// <summary>Whether the value is a list.</summary>
    public bool IsList => _node is YamlList;

    /// <summary>Reports that the value is not what was expected.</summary>
    /// <param name="expected">A sentence fragment beginning with <c>expected</c>.</param>
    /// <param name="nearest">The valid name that was probably meant.</param>
    public void Report(string expected, string? nearest = null) => ReportAt(_node.Column, expected, nearest);

    /// <summary>Reports a problem at one character of a text value.</summary>
    /// <param name="error">Position in the text, and what was expected.</param>
    public void Report(TextError error) =>
        ReportAt(_node is YamlScalar { TextColumn: > 0 } scalar ? scalar.TextColumn + error.Position : _node.Column, error.Expected, null);

    /// <summary>The problem that the value is not what was expected, for whoever can only tell after the file has been read. Reports nothing.</summary>
    /// <param name="expected">A sentence fragment beginning with <c>expected</c>.</param>
    public InputProblem Problem(string expected) => ProblemAt(_node.Column, expected, null);

    /// <summary>Text. A plain scalar that YAML 1.1 reads as something else is refused with the hint to quote it, as <c>kubectl</c> refuses it.</summary>
    public string? Text()
    {
        if (_node is YamlScalar { Kind: YamlScalarKind.String } text) return text.Text;
        Report(_node is YamlScalar other
            ? $"expected text; YAML 1.1 reads this as {YamlComposer.Word(other.Kind)}, so quote it: \"{Short(other.Text)}\""
            : "expected text");
        return null;
    }

    /// <summary>Text of a scalar that may look like a number, with or without quotes: for values with a grammar of their own.</summary>
    /// <param name="expected">What to report of anything else.</param>
    public string? TextOrNumber(string expected)
    {
        if (_node is YamlScalar { Kind: YamlScalarKind.String or YamlScalarKind.Integer or YamlScalarKind.Float } scalar) return scalar.Text;
        Report(expected);
        return null;
    }

    /// <summary>A whole number in plain decimal notation.</summary>
    public long? Integer(long min, long max)
    {
        string expected = min == max ? $"expected {min}" : string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}");
        if (Number(expected) is not { } text) return null;
        bool isPlain = IsPlainInteger(text);
        if (isPlain && long.TryParse(text, Signed, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max) return value;
        Report(isPlain ? expected : expected + " in plain decimal notation");
        return null;
    }

    /// <summary>A whole number of up to 64 bits without sign.</summary>
    public ulong? Unsigned(ulong min, ulong max)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}");
        if (Number(expected) is not { } text) return null;
        bool isPlain = IsPlainInteger(text);
        if (isPlain && ulong.TryParse(text, Signed, CultureInfo.InvariantCulture, out ulong value) && value >= min && value <= max) return value;
        Report(isPlain ? expected : expected + " in plain decimal notation");
        return null;
    }

    /// <summary>A decimal number without exponent, of at most 15 digits, kept exactly.</summary>
    public decimal? Decimal(decimal min, decimal max)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"expected a decimal number from {min} to {max}");
        if (Number(expected) is not { } text) return null;
        bool isPlain = text.Count(char.IsAsciiDigit) <= MostDigits && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+')
            && (IsPlainInteger(text) || text.Contains('.', StringComparison.Ordinal));
        const NumberStyles WithPoint = Signed | NumberStyles.AllowDecimalPoint;
        if (isPlain && decimal.TryParse(text, WithPoint, CultureInfo.InvariantCulture, out decimal value) && value >= min && value <= max) return value;
        Report(isPlain ? expected : $"{expected}, with at most {MostDigits} digits and without exponent");
        return null;
    }

    /// <summary>A boolean in any of YAML 1.1's spellings.</summary>
    public bool? Boolean()
    {
        if (_node is YamlScalar { Kind: YamlScalarKind.Boolean, Text: var text }) return text[0] is 't' or 'T' or 'y' or 'Y' || text is "on" or "On" or "ON";
        Report("expected true or false");
        return null;
    }

    /// <summary>A duration in the form of <see cref="DurationText"/>.</summary>
    public TimeSpan? Duration(TimeSpan min, TimeSpan max)
    {
        if (TextOrNumber("expected a duration such as 90s, 500ms, 1h30m or 7d") is not { } text) return null;
        if (!DurationText.TryParse(text, out TimeSpan duration, out TextError error))
        {
            Report(error);
            return null;
        }

        if (duration >= min && duration <= max) return duration;
        Report($"expected a duration from {DurationText.Format(min)} to {DurationText.Format(max)}");
        return null;
    }

    /// <summary>An instant in the form of RFC 3339, with its offset from UTC.</summary>
    public DateTimeOffset? Instant()
    {
        const string Expected = "expected an instant in the form of RFC 3339, such as 2024-01-01T00:00:00Z";
        if (TextOrNumber(Expected) is not { } text) return null;
        if (Rfc3339.TryParse(text, out DateTimeOffset instant)) return instant;
        Report(Expected);
        return null;
    }

    /// <summary>CPU in milli, ≥ 0. What is finer is rounded up and noted.</summary>
    public long? CpuMilli() =>
        Amount((Quantity quantity, out long amount, out bool isRounded) => quantity.TryGetMilli(out amount, out isRounded), "thousandths of a CPU");

    /// <summary>Bytes or whole units, ≥ 0. A fraction is rounded up and noted.</summary>
    public long? WholeUnits() =>
        Amount((Quantity quantity, out long amount, out bool isRounded) => quantity.TryGetUnits(out amount, out isRounded), "whole units");

    /// <summary>One of several names.</summary>
    public T? OneOf<T>(IReadOnlyList<(string Name, T Value)> choices)
        where T : struct
    {
        string expected = $"expected one of {string.Join(", ", choices.Select(choice => choice.Name))}";
        if (_node is not YamlScalar { Kind: YamlScalarKind.String } scalar)
        {
            Report(expected);
            return null;
        }

        foreach ((string name, T value) in choices)
        {
            if (name == scalar.Text) return value;
        }

        Report(expected, NearestName.Find(scalar.Text, choices.Select(choice => choice.Name)));
        return null;
    }

    /// <summary>A mapping with known keys.</summary>
    public YamlMap? Map()
    {
        if (_node is YamlMapping mapping) return new YamlMap(_reader, mapping, Path, _schemaPath);
        Report(_node is YamlScalar { Text: var text } && text.Contains(':', StringComparison.Ordinal)
            ? "expected a mapping of keys to values; a space has to follow ':'"
            : "expected a mapping of keys to values");
        return null;
    }

    /// <summary>A mapping with keys of the user's own, such as labels: keys and values in order. Empty after a problem.</summary>
    public IReadOnlyList<(string Key, YamlValue Value)> Entries()
    {
        if (_node is YamlMapping mapping)
        {
            return [.. mapping.Entries.Select(entry => (entry.Key, new YamlValue(_reader, entry.Value, YamlMap.Join(Path, entry.Key), _schemaPath + ".*")))];
        }

        Report("expected a mapping of keys to values");
        return [];
    }

    /// <summary>A list. Empty after a problem.</summary>
    public IReadOnlyList<YamlValue> Items(int min = 0, int max = int.MaxValue)
    {
        if (_node is not YamlList list)
        {
            bool isGlued = _node is YamlScalar { Text: ['-', ..] } or YamlMapping { Entries: [{ Key: ['-', ..] }, ..] };
            Report(isGlued ? "expected a list; a space has to follow '-'" : "expected a list");
            return [];
        }

        if (list.Items.Count < min || list.Items.Count > max)
        {
            Report(list.Items.Count < min ? $"expected a list of at least {min}" : $"expected a list of at most {max}, found {list.Items.Count}");
            return [];
        }

        return [.. list.Items.Select((item, index) => new YamlValue(_reader, item, $"{Path}[{index}]", _schemaPath + "[]"))];
    }

    private delegate bool Conversion(Quantity quantity, out long amount, out bool isRounded);

    private long? Amount(Conversion convert, string unit)
    {
        if (TextOrNumber("expected a Kubernetes quantity such as 500m, 16 or 64Gi") is not { } text) return null;
        if (_node is YamlScalar { Kind: YamlScalarKind.Integer } && !IsPlainInteger(text))
        {
            Report("expected a Kubernetes quantity; YAML 1.1 reads this as a number in another base, so write it in plain decimal notation");
            return null;
        }

        if (!Quantity.TryParse(text, out Quantity quantity, out TextError error))
        {
            Report(error);
            return null;
        }

        if (quantity.Sign < 0)
        {
            Report("expected a quantity of 0 or more");
            return null;
        }

        if (!convert(quantity, out long amount, out bool isRounded))
        {
            Report($"expected at most 2^63-1 {unit} (Kubernetes caps larger values silently; here they are an error)");
            return null;
        }

        string note = $"rounded up to {amount} {unit}, as Kubernetes does";
        if (isRounded) _reader.Rounded(new InputProblem(_reader.DisplayName, _node.Line, _node.Column, Path, text, note));
        return amount;
    }

    /// <summary>Text of a scalar that YAML reads as a number.</summary>
    private string? Number(string expected)
    {
        if (_node is YamlScalar { Kind: YamlScalarKind.Integer or YamlScalarKind.Float } scalar) return scalar.Text;
        bool isQuoted = _node is YamlScalar { Kind: YamlScalarKind.String } text && IsPlainInteger(text.Text);
        Report(isQuoted ? expected + ", without quotes" : expected);
        return null;
    }

    /// <summary>Digits with an optional sign, and no leading zero that YAML 1.1 would take for octal.</summary>
    private static bool IsPlainInteger(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0 && (digits.Length == 1 || digits[0] != '0');
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private void ReportAt(int column, string expected, string? nearest) => _reader.Report(ProblemAt(column, expected, nearest));

    private InputProblem ProblemAt(int column, string expected, string? nearest) =>
        new(_reader.DisplayName, _node.Line, column, Path, (_node as YamlScalar)?.Text, expected, nearest);
}
