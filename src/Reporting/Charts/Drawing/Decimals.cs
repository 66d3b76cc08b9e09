using System.Globalization;
using System.Text;

namespace SchedBench.Reporting.Charts.Drawing;

/// <summary>Numbers as both back-ends print them: at most two decimals, no culture, no exponent, no negative zero.</summary>
internal static class Decimals
{
    private const double PerUnit = 100;

    /// <summary>Appends <paramref name="value"/> rounded to 0.01, halves away from zero, without trailing zeros.</summary>
    public static StringBuilder AppendDecimal(this StringBuilder text, double value)
    {
        long hundredths = (long)Math.Round(value * PerUnit, MidpointRounding.AwayFromZero);
        if (hundredths < 0) text.Append('-');
        ulong magnitude = (ulong)Math.Abs(hundredths);
        text.Append(CultureInfo.InvariantCulture, $"{magnitude / 100}");
        ulong rest = magnitude % 100;
        if (rest == 0) return text;
        text.Append('.').Append((char)('0' + (rest / 10)));
        return rest % 10 == 0 ? text : text.Append((char)('0' + (rest % 10)));
    }

    /// <summary>The same, as a string.</summary>
    public static string Print(double value) => new StringBuilder().AppendDecimal(value).ToString();
}
