using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators;

/// <summary>A distribution whose values are brought into bounds: what lies outside takes the bound.</summary>
/// <param name="Distribution">The distribution.</param>
/// <param name="AtLeast">Lower bound.</param>
/// <param name="AtMost">Upper bound.</param>
public sealed record BoundedDistribution(Distribution Distribution, double AtLeast = 0, double AtMost = 1e15)
{
    private const int MeanPoints = 4096;

    /// <summary>The value at a share of the distribution, see <see cref="Distribution.Quantile"/>.</summary>
    public double Quantile(double u) => Math.Clamp(Distribution.Quantile(u), AtLeast, AtMost);

    /// <summary>The mean of a function of the value, by the midpoints of 4,096 equal shares.</summary>
    internal double Mean(Func<double, double> of)
    {
        double sum = 0;
        for (int i = 0; i < MeanPoints; i++) sum += of(Quantile((i + 0.5) / MeanPoints));
        return sum / MeanPoints;
    }

    /// <summary>Equal when distribution (by its text) and bounds are.</summary>
    public bool Equals(BoundedDistribution? other) =>
        other is not null && AtLeast.Equals(other.AtLeast) && AtMost.Equals(other.AtMost) && string.Equals(Distribution.ToString(), other.Distribution.ToString(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Distribution.ToString(), AtLeast, AtMost);
}

/// <summary>An amount that a pod asks for: always the same, or drawn and rounded up to whole steps, so that continuous distributions do not make every pod
/// a shape of its own.</summary>
public sealed record Demand
{
    /// <summary>Steps of CPU that is drawn: 10 milli.</summary>
    public const long CpuStepMilli = 10;

    /// <summary>Steps of memory that is drawn: 1 MiB.</summary>
    public const long MemoryStepBytes = 1 << 20;

    /// <summary>Steps of GPU shares that are drawn: 10 milli.</summary>
    public const long GpuStepMilli = 10;

    private const double Largest = 1L << 62;

    private Demand(long amount, BoundedDistribution? drawn, long unit, long step) => (Amount, Drawn, Unit, Step) = (amount, drawn, unit, step);

    /// <summary>The amount, when it is always the same.</summary>
    public long Amount { get; }

    /// <summary>The distribution it is drawn from, or nothing.</summary>
    public BoundedDistribution? Drawn { get; }

    /// <summary>What one unit of the distribution is in the amount's unit (2²⁰ for memory drawn in MiB).</summary>
    public long Unit { get; }

    /// <summary>Drawn amounts are whole multiples of this.</summary>
    public long Step { get; }

    /// <summary>Always <paramref name="amount"/>.</summary>
    public static Demand Exactly(long amount) => new(amount, null, 1, 1);

    /// <summary>CPU drawn in milli, rounded up to 10 milli.</summary>
    public static Demand DrawnCpuMilli(BoundedDistribution milli) => new(0, milli, 1, CpuStepMilli);

    /// <summary>Memory drawn in MiB, rounded up to whole ones.</summary>
    public static Demand DrawnMemoryMib(BoundedDistribution mib) => new(0, mib, MemoryStepBytes, MemoryStepBytes);

    /// <summary>GPU share drawn in milli, rounded up to 10 milli.</summary>
    public static Demand DrawnGpuMilli(BoundedDistribution milli) => new(0, milli, 1, GpuStepMilli);

    /// <summary>The amount at a share of the distribution.</summary>
    public long At(double u) => Drawn is null ? Amount : Rounded(Drawn.Quantile(u));

    /// <summary>Mean amount.</summary>
    internal double Mean() => Drawn?.Mean(value => Rounded(value)) ?? Amount;

    private long Rounded(double value) => (long)Math.Min(Math.Ceiling(value * Unit / Step) * Step, Largest);
}
