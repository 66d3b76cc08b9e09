using System.Globalization;

namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Whole numbers in the notations of YAML 1.1: <c>420</c>, <c>0644</c>, <c>0o644</c>, <c>0x1A4</c>, <c>0b101</c>, <c>1_000</c>.</summary>
internal static class YamlInteger
{
    private const int MostDigits = 64;

    /// <summary>Parses a text that holds nothing but the number.</summary>
    internal static bool TryParse(string text, out Int128 number)
    {
        number = 0;
        bool isNegative = text is ['-', ..];
        string digits = text[(text is ['-' or '+', ..] ? 1 : 0)..].Replace("_", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > MostDigits) return false;
        (int radix, string rest) = digits switch
        {
            ['0', 'x', ..] => (16, digits[2..]),
            ['0', 'o', ..] => (8, digits[2..]),
            ['0', 'b', ..] => (2, digits[2..]),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        if (rest.Length == 0) return false;
        foreach (char c in rest)
        {
            if (!int.TryParse(c.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int digit) || digit >= radix) return false;
            number = (number * radix) + digit;
            if (number > ulong.MaxValue) return false;
        }

        if (isNegative) number = -number;
        return true;
    }
}
