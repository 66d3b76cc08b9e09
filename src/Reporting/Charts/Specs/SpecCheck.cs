using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SchedBench.Reporting.Charts;

/// <summary>The checks that several kinds of charts share. All of them throw <see cref="ArgumentException"/> with the series in the message.</summary>
internal static class SpecCheck
{
    /// <summary>Beyond this, differences of two values could overflow; no metric comes near.</summary>
    private const double LargestMagnitude = 1e100;

    /// <summary>Refuses NaN, infinities and absurd magnitudes, and values at or below zero on a logarithmic axis.</summary>
    public static void Value(double value, AxisScale scale, string series, string what)
    {
        if (!(Math.Abs(value) <= LargestMagnitude))
            Refuse(series, what, value, "a finite number of magnitude up to 1e100 is expected");
        if (scale == AxisScale.Log10 && value <= 0)
            Refuse(series, what, value, "a logarithmic axis needs values above zero");
    }

    /// <summary>An interval has finite ends in order; it need not contain the value (a bootstrap interval of a mean may not).</summary>
    public static void Interval(double? low, double? high, AxisScale scale, string series, string what)
    {
        if (low is { } l) Value(l, scale, series, what + ", low end");
        if (high is { } h) Value(h, scale, series, what + ", high end");
        if (low.HasValue != high.HasValue) throw new ArgumentException($"series '{series}': {what} has one end of an interval without the other");
        if (low > high) Refuse(series, what + ", low end", low.Value, Invariant($"the high end is {high}"));
    }

    /// <summary>Fixed ends must be finite, in order, and above zero on a logarithmic axis.</summary>
    public static void Axis(AxisSpec axis)
    {
        string name = $"axis {axis.Title}";
        if (axis.Min is { } min) Value(min, axis.Scale, name, "minimum");
        if (axis.Max is { } max) Value(max, axis.Scale, name, "maximum");
        if (axis.Min >= axis.Max) Refuse(name, "minimum", axis.Min.Value, Invariant($"the maximum is {axis.Max}"));
    }

    /// <summary>A legend with one name twice cannot be read.</summary>
    public static void DistinctNames(IEnumerable<string> names, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!seen.Add(name)) throw new ArgumentException($"{what} '{name}' occurs twice");
        }
    }

    /// <summary>Keeps time, memory and file size bounded; the caller aggregates first.</summary>
    public static void Count(int count, int most, string what)
    {
        if (count > most) throw new ArgumentException(Invariant($"{count} {what}, at most {most} can be drawn; aggregate them first"));
    }

    [DoesNotReturn]
    private static void Refuse(string series, string what, double value, string expected) =>
        throw new ArgumentException(Invariant($"series '{series}': {what} is {value}, {expected}"));

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
