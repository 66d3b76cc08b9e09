using MathNet.Numerics.Distributions;
using SchedBench.Core.Randomness;

namespace SchedBench.Results.Statistics;

/// <summary>Bias-corrected and accelerated bootstrap intervals (Efron, JASA 82(397), 1987; Efron and Tibshirani 1993, chapter 14), for statistics whose sampling distribution is skewed.</summary>
/// <remarks>
/// B resamples with replacement give replicates θ*. With z0 = Φ⁻¹(share of θ* below θ, ties by half) and the acceleration from the jackknife,
/// <c>a = Σ(θ̄ − θ(i))³ / (6·(Σ(θ̄ − θ(i))²)^1.5)</c>, the ends are the nearest-rank quantiles of θ* at <c>Φ(z0 + (z0 + z)/(1 − a·(z0 + z)))</c>, z = Φ⁻¹(0.025), Φ⁻¹(0.975).
/// The i-th pick of replicate b is <c>draw(seed, "statistics/bca", b, i)</c>: the same sample under the same seed has the same interval, on every machine.
/// </remarks>
public static class BcaBootstrap
{
    /// <summary>Resamples drawn for an interval.</summary>
    public const int Replicates = 2000;

    /// <summary>Seed of the bootstrap's own stream. It is a constant: an interval is a function of its sample, not of the experiment's seeds.</summary>
    public const ulong Seed = 1987;

    private const string StreamName = "statistics/bca";

    /// <summary>A figure of an ascending, non-empty sample.</summary>
    public delegate double SortedStatistic(ReadOnlySpan<double> sorted);

    /// <summary>The 95 % interval of the median; <see langword="null"/> below two values.</summary>
    public static Interval? Median95(ReadOnlySpan<double> values) => Confidence95(values, Sample.MedianOfSorted);

    /// <summary>The 95 % interval of the mean; <see langword="null"/> below two values.</summary>
    public static Interval? Mean95(ReadOnlySpan<double> values) => Confidence95(values, sorted => Sample.Mean(sorted)!.Value);

    /// <summary>The 95 % interval of <paramref name="statistic"/>; <see langword="null"/> below two values. Equal values give an interval of width 0.</summary>
    /// <param name="values">The sample, in any order: the order has no influence.</param>
    /// <param name="statistic">The figure; it is handed every sample in ascending order.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="replicates">Number of resamples, ≥ 100.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static Interval? Confidence95(ReadOnlySpan<double> values, SortedStatistic statistic, ulong seed = Seed, int replicates = Replicates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 100);
        Sample.RequireFinite(values);
        if (values.Length < 2) return null;
        double[] sorted = Sample.Sorted(values);
        double estimate = statistic(sorted);
        if (sorted[0] == sorted[^1]) return new Interval(estimate, estimate);
        double[] replicate = Resample(sorted, statistic, seed, replicates);
        double bias = Normal.InvCDF(0, 1, ShareBelow(replicate, estimate));
        double acceleration = Acceleration(sorted, statistic);
        return new Interval(
            Sample.NearestRankOfSorted(replicate, Level(bias, acceleration, 0.025)),
            Sample.NearestRankOfSorted(replicate, Level(bias, acceleration, 0.975)));
    }

    /// <summary>The replicates, ascending.</summary>
    private static double[] Resample(double[] sorted, SortedStatistic statistic, ulong seed, int replicates)
    {
        var draw = Draw.Stream(seed, StreamName);
        double[] replicate = new double[replicates], picks = new double[sorted.Length];
        for (int b = 0; b < replicates; b++)
        {
            for (int i = 0; i < picks.Length; i++) picks[i] = sorted[draw.Below((ulong)b, (ulong)i, (ulong)sorted.Length)];
            Array.Sort(picks);
            replicate[b] = statistic(picks);
        }

        Array.Sort(replicate);
        return replicate;
    }

    /// <summary>Share of replicates below the estimate, ties by half, kept half a replicate away from 0 and 1, where Φ⁻¹ has no value.</summary>
    private static double ShareBelow(double[] replicate, double estimate)
    {
        double below = 0;
        foreach (double theta in replicate) below += theta < estimate ? 1 : theta == estimate ? 0.5 : 0;
        return Math.Clamp(below, 0.5, replicate.Length - 0.5) / replicate.Length;
    }

    private static double Acceleration(double[] sorted, SortedStatistic statistic)
    {
        double[] left = new double[sorted.Length], without = sorted[1..];
        for (int i = 0; i < left.Length; i++)
        {
            left[i] = statistic(without);
            if (i < without.Length) without[i] = sorted[i];
        }

        double mean = Sample.Mean(left)!.Value, squares = 0, cubes = 0;
        foreach (double theta in left)
        {
            double distance = mean - theta;
            squares += distance * distance;
            cubes += distance * distance * distance;
        }

        return squares == 0 ? 0 : cubes / (6 * squares * Math.Sqrt(squares));
    }

    /// <summary>The share at which an end of the interval lies, to twelve decimals: without bias and acceleration it is <paramref name="share"/> itself,
    /// and the last bits of Φ, which differ between processors, would decide between two replicates.</summary>
    internal static double Level(double bias, double acceleration, double share)
    {
        double shifted = bias + Normal.InvCDF(0, 1, share);
        return Math.Round(Normal.CDF(0, 1, bias + (shifted / (1 - (acceleration * shifted)))), 12);
    }
}
