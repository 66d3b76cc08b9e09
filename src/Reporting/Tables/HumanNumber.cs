using System.Globalization;

namespace SchedBench.Reporting.Tables;

/// <summary>Numbers for people: as many decimals as they are good for, the same throughout a column.</summary>
public static class HumanNumber
{
    private const int MostDecimals = 6;

    /// <summary>The decimals of a column: two significant digits of its largest uncertainty, or, without any, four of its largest value; none when all values are whole.</summary>
    /// <param name="values">The column's values.</param>
    /// <param name="uncertainties">Half-widths or standard deviations of the same column.</param>
    public static int Decimals(IEnumerable<double?> values, IEnumerable<double?> uncertainties)
    {
        double[] sizes = [.. values.OfType<double>().Select(Math.Abs)];
        double uncertainty = uncertainties.OfType<double>().Select(Math.Abs).DefaultIfEmpty().Max();
        if (uncertainty > 0) return Clamp(1 - Exponent(uncertainty));
        double largest = sizes.DefaultIfEmpty().Max();
        return sizes.All(size => Math.Floor(size) == size) ? 0 : Clamp(3 - Exponent(largest));
    }

    /// <summary>A number with so many decimals; zero has no sign.</summary>
    public static string Fixed(double value, int decimals)
    {
        string text = value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text;
    }

    /// <summary>As <see cref="Fixed"/>, with a plus before what is above zero: for differences.</summary>
    public static string Signed(double value, int decimals)
    {
        string text = Fixed(value, decimals);
        return value > 0 && text.AsSpan().ContainsAnyInRange('1', '9') ? "+" + text : text;
    }

    /// <summary>A probability with at most three significant digits: <c>1</c>, <c>0.0352</c>, <c>1.2e-5</c>.</summary>
    public static string Probability(double p)
    {
        if (p is > 0 and < 0.001) return p.ToString("0.##e0", CultureInfo.InvariantCulture);
        string text = Fixed(p, Clamp(2 - Exponent(p)));
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static int Clamp(int decimals) => Math.Clamp(decimals, 0, MostDecimals);

    /// <summary>⌊log₁₀⌋ by way of the decimal text, so that it is exact at powers of ten; 0 for 0.</summary>
    private static int Exponent(double size)
    {
        if (size == 0) return 0;
        string text = size.ToString("E8", CultureInfo.InvariantCulture);
        return int.Parse(text.AsSpan(text.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
