using System.Globalization;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>How numbers are written in a figure.</summary>
internal static class TickText
{
    /// <summary>With a real minus sign instead of a hyphen.</summary>
    public static string Minus(string number) => number.Replace('-', '\u2212');

    /// <summary><paramref name="mantissa"/> · 10^<paramref name="exponent"/> as 2e9 or 1.5e−7.</summary>
    public static string Scientific(long mantissa, int exponent)
    {
        if (mantissa == 0) return "0";
        string digits = Math.Abs(mantissa).ToString(CultureInfo.InvariantCulture);
        exponent += digits.Length - 1;
        string fraction = digits[1..].TrimEnd('0');
        return Minus(string.Create(CultureInfo.InvariantCulture, $"{(mantissa < 0 ? "-" : "")}{digits[0]}{(fraction.Length > 0 ? "." : "")}{fraction}e{exponent}"));
    }

    /// <summary>A power of ten on a logarithmic axis, times 1, 2 or 5.</summary>
    public static string Decade(int mantissa, int exponent) => exponent switch
    {
        < -3 or >= 15 => Scientific(mantissa, exponent),
        < 0 => (mantissa / Decades.Power(-exponent)).ToString("F" + (-exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        < 3 => Whole(mantissa, exponent, ""),
        < 6 => Whole(mantissa, exponent - 3, "k"),
        < 9 => Whole(mantissa, exponent - 6, "M"),
        < 12 => Whole(mantissa, exponent - 9, "G"),
        _ => Whole(mantissa, exponent - 12, "T"),
    };

    /// <summary>A value inside a figure (a heat map cell, a critical difference): <paramref name="decimals"/> fixed decimals.</summary>
    public static string Fixed(double value, int decimals)
    {
        string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Minus(text.TrimStart('-').Trim('0', '.').Length == 0 ? text.TrimStart('-') : text);
    }

    private static string Whole(int mantissa, int exponent, string letter) =>
        (mantissa * Decades.Power(exponent)).ToString("F0", CultureInfo.InvariantCulture) + letter;
}
