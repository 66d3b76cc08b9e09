namespace SchedBench.Reporting.Charts.Layout;

/// <summary>A labelled position along an axis, 0 at its beginning, 1 at its end. Minor ticks have no label.</summary>
internal readonly record struct AxisTick(double At, string Label);

/// <summary>An axis ready to be drawn.</summary>
internal interface IAxis
{
    string Title { get; }

    /// <summary>In ascending order.</summary>
    IReadOnlyList<AxisTick> Ticks { get; }

    /// <summary>Names of categories may be turned or thinned out to fit; numbers are already spaced.</summary>
    bool IsCategorical { get; }
}

/// <summary>Equal bands with a name each.</summary>
internal sealed class CategoryAxis(string title, IReadOnlyList<string> names) : IAxis
{
    public string Title => title;

    public bool IsCategorical => true;

    public IReadOnlyList<AxisTick> Ticks { get; } = [.. names.Select((name, i) => new AxisTick((i + 0.5) / names.Count, name))];

    /// <summary>Width of a band as a share of the axis.</summary>
    public double Band => 1d / Math.Max(1, names.Count);
}

/// <summary>How an axis whose ends are not fixed relates to its data.</summary>
internal enum AxisEnds
{
    /// <summary>It ends where the data end.</summary>
    Exact,

    /// <summary>It ends on ticks, and reaches down to zero when zero is near the data.</summary>
    Rounded,

    /// <summary>It ends on ticks and always includes zero.</summary>
    WithZero,
}

/// <summary>Maps values to positions 0..1 and carries ticks that suit the length of the axis.</summary>
internal sealed class NumericAxis : IAxis
{
    private readonly bool _logarithmic;
    private readonly double _from, _span;

    private NumericAxis(string title, bool logarithmic, double min, double max)
    {
        Title = title;
        _logarithmic = logarithmic;
        (Min, Max) = (min, max);
        _from = Measure(min);
        _span = Measure(max) - _from;
    }

    public string Title { get; }

    public bool IsCategorical => false;

    public IReadOnlyList<AxisTick> Ticks { get; private init; } = [];

    public double Min { get; }

    public double Max { get; }

    /// <summary>An axis over <paramref name="range"/> with about <paramref name="mostTicks"/> labels at most.</summary>
    public static NumericAxis Create(AxisSpec spec, DataRange range, AxisEnds ends, int mostTicks)
    {
        mostTicks = Math.Max(3, mostTicks);
        return spec.Scale == AxisScale.Log10 ? Logarithmic(spec, range, ends, mostTicks) : Linear(spec, range, ends, mostTicks);
    }

    /// <summary>Where <paramref name="value"/> stands: 0 at the lower end, 1 at the upper, outside of both when the ends are fixed inside the data.</summary>
    public double At(double value) => (Measure(value) - _from) / _span;

    private double Measure(double value) => _logarithmic ? Decades.Log10(value) : value;

    private static NumericAxis Linear(AxisSpec spec, DataRange range, AxisEnds ends, int mostTicks)
    {
        (double min, double max) = range.IsEmpty ? (0d, 1d) : (range.Min, range.Max);
        if (ends == AxisEnds.WithZero) (min, max) = (Math.Min(0, min), Math.Max(0, max));
        if (ends == AxisEnds.Rounded && min > 0 && min <= max / 2) min = 0;
        (min, max) = Widen(spec.Min ?? min, spec.Max ?? max, spec);
        NiceTicks shown = NiceTicks.Inside(min, max, mostTicks);
        if (ends != AxisEnds.Exact)
        {
            NiceTicks covering = NiceTicks.Covering(min, max, mostTicks);
            if (spec.Min is null) min = covering.Value(covering.First);
            if (spec.Max is null) max = covering.Value(covering.Last);
            shown = covering.Within(min, max);
        }

        var axis = new NumericAxis(spec.Title, logarithmic: false, min, max);
        return new NumericAxis(spec.Title, logarithmic: false, min, max)
        {
            Ticks = [.. Enumerable.Range(0, shown.Count).Select(i => new AxisTick(axis.At(shown.Value(shown.First + i)), shown.Label(shown.First + i)))],
        };
    }

    /// <summary>Gives a range without width some: one value stands against zero, zero against one, one huge value against its tenth part.</summary>
    private static (double Min, double Max) Widen(double min, double max, AxisSpec spec)
    {
        double magnitude = Math.Max(Math.Abs(min), Math.Abs(max));
        if (max - min > magnitude * 1e-9) return (min, max);
        double room = magnitude == 0 ? 1 : magnitude;
        if (spec.Min is not null) return (min, Math.Max(max, min + room));
        if (spec.Max is not null) return (Math.Min(min, max - room), max);
        if (magnitude == 0) return (0, 1);
        return min > 0 ? (0, max * 2) : (min * 2, 0);
    }

    private static NumericAxis Logarithmic(AxisSpec spec, DataRange range, AxisEnds ends, int mostTicks)
    {
        (double min, double max) = range.IsEmpty ? (1d, 10d) : (range.Min, range.Max);
        (min, max) = (spec.Min ?? min, spec.Max ?? max);
        if (max < min * 1.0001)
        {
            if (spec.Min is null) min = max / 10;
            if (spec.Max is null) max = min * 10 < max * 10 ? max * 10 : min * 10;
        }

        if (ends != AxisEnds.Exact)
        {
            if (spec.Min is null) min = RoundNumbers(min / 10, min).Last().Value;
            if (spec.Max is null) max = RoundNumbers(max, max * 10).First().Value;
        }

        var axis = new NumericAxis(spec.Title, logarithmic: true, min, max);
        return new NumericAxis(spec.Title, logarithmic: true, min, max) { Ticks = [.. LogarithmicTicks(axis, mostTicks)] };
    }

    /// <summary>Plain numbers within a part of a decade; 1, 2, 5, 10 over short ranges; powers of ten over longer ones, every second or third power over the longest.</summary>
    private static IEnumerable<AxisTick> LogarithmicTicks(NumericAxis axis, int mostTicks)
    {
        var all = RoundNumbers(axis.Min, axis.Max).ToList();
        var powers = all.Where(t => t.Mantissa == 1).ToList();
        if (all.Count < 2)
        {
            NiceTicks plain = NiceTicks.Inside(axis.Min, axis.Max, mostTicks);
            return Enumerable.Range(0, plain.Count).Select(i => new AxisTick(axis.At(plain.Value(plain.First + i)), plain.Label(plain.First + i)));
        }

        if (all.Count <= mostTicks || powers.Count < 2)
        {
            return all.Select(t => new AxisTick(axis.At(t.Value), TickText.Decade(t.Mantissa, t.Exponent)));
        }

        int stride = ((powers.Count - 1) / mostTicks) + 1;
        return powers.Where(t => t.Exponent % stride == 0).Select(t => new AxisTick(axis.At(t.Value), TickText.Decade(1, t.Exponent)));
    }

    /// <summary>Every 1, 2 or 5 times a power of ten from <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    private static IEnumerable<(int Mantissa, int Exponent, double Value)> RoundNumbers(double min, double max)
    {
        for (int exponent = Decades.FloorLog10(min); ; exponent++)
        {
            foreach (int mantissa in (int[])[1, 2, 5])
            {
                double value = exponent >= 0 ? mantissa * Decades.Power(exponent) : mantissa / Decades.Power(-exponent);
                if (value > max) yield break;
                if (value >= min) yield return (mantissa, exponent, value);
            }
        }
    }
}

/// <summary>The smallest and the largest value of the data.</summary>
internal readonly record struct DataRange(double Min, double Max)
{
    public static DataRange Empty => new(double.PositiveInfinity, double.NegativeInfinity);

    public bool IsEmpty => Min > Max;

    public static DataRange Of(IEnumerable<double> values) => values.Aggregate(Empty, (range, value) => range.With(value));

    public DataRange With(double value) => new(Math.Min(Min, value), Math.Max(Max, value));
}
