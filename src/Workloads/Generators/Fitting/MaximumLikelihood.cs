using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;
using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>Maximum-likelihood estimates of positive samples, with MathNet's functions and root finder. Estimates are inputs of the generator, written to six digits;
/// nothing here is drawn from.</summary>
internal static class MaximumLikelihood
{
    private const double SmallestShape = 0.05, LargestShape = 1000, LargestSigma = 10;
    private const double RootAccuracy = 1e-9;
    private const int RootSteps = 200;

    /// <summary>Fits families to values above 0.</summary>
    /// <param name="values">At least one value. Sorted by this method.</param>
    /// <param name="families">Names among <c>exponential</c>, <c>gamma</c>, <c>weibull</c> and <c>lognormal</c>.</param>
    public static SampleFit Fit(double[] values, params ReadOnlySpan<string> families)
    {
        Array.Sort(values);
        double[] logs = [.. values.Select(DeterministicMath.Log)];
        double mean = values.Average(), meanLog = logs.Average();
        var fits = new List<DistributionFit>();
        foreach (string family in families)
        {
            fits.Add(family switch
            {
                "exponential" => Judge(values, 1, Make("exponential", ("mean", mean)), new Exponential(1 / mean)),
                "gamma" => FitGamma(values, mean, meanLog),
                "weibull" => FitWeibull(values, logs, meanLog),
                _ => FitLogNormal(values, logs, meanLog),
            });
        }

        // A family whose density degenerates on the sample (all values equal) has no finite likelihood and is left out; the exponential always has one.
        return new SampleFit(values.Length, [.. fits.Where(fit => double.IsFinite(fit.Aic)).OrderBy(fit => fit.Aic)]);
    }

    /// <summary>The shape k solves ln k − ψ(k) = ln(mean) − mean(ln).</summary>
    private static DistributionFit FitGamma(double[] values, double mean, double meanLog)
    {
        double spread = DeterministicMath.Log(mean) - meanLog;
        double shape = Root(k => DeterministicMath.Log(k) - SpecialFunctions.DiGamma(k) - spread);
        return Judge(values, 2, Make("gamma", ("shape", shape), ("scale", mean / shape)), new Gamma(shape, shape / mean));
    }

    /// <summary>The shape k solves Σ xᵏ·ln x / Σ xᵏ − 1/k = mean(ln), with x relative to the geometric mean so that no power overflows early.</summary>
    private static DistributionFit FitWeibull(double[] values, double[] logs, double meanLog)
    {
        double shape = Root(k => MinusSlope(k, logs, meanLog));
        double scale = DeterministicMath.Exp(meanLog) * DeterministicMath.Pow(logs.Average(log => DeterministicMath.Exp(shape * (log - meanLog))), 1 / shape);
        return Judge(values, 2, Make("weibull", ("shape", shape), ("scale", scale)), new Weibull(shape, scale));
    }

    private static double MinusSlope(double k, double[] logs, double meanLog)
    {
        // Relative to the largest value: every power is at most 1.
        double largest = logs[^1], powers = 0, weighted = 0;
        foreach (double log in logs)
        {
            double power = DeterministicMath.Exp(k * (log - largest));
            powers += power;
            weighted += power * log;
        }

        return (1 / k) - ((weighted / powers) - meanLog);
    }

    private static DistributionFit FitLogNormal(double[] values, double[] logs, double meanLog)
    {
        double sigma = Math.Clamp(Math.Sqrt(logs.Average(log => (log - meanLog) * (log - meanLog))), 1e-6, LargestSigma);
        return Judge(values, 2, Make("lognormal", ("median", DeterministicMath.Exp(meanLog)), ("sigma", sigma)), new LogNormal(meanLog, sigma));
    }

    /// <summary>Where a falling function of the shape crosses 0, or the bound it stays on the near side of.</summary>
    private static double Root(Func<double, double> falling)
    {
        if (falling(SmallestShape) <= 0) return SmallestShape;
        if (falling(LargestShape) >= 0) return LargestShape;
        return Brent.TryFindRoot(falling, SmallestShape, LargestShape, RootAccuracy, RootSteps, out double root) ? root : throw new InvalidOperationException("A monotone function has its root between its signs.");
    }

    private static DistributionFit Judge(double[] sorted, int parameters, Distribution distribution, IContinuousDistribution model)
    {
        double logLikelihood = 0, distance = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            logLikelihood += model.DensityLn(sorted[i]);
            double share = model.CumulativeDistribution(sorted[i]);
            distance = Math.Max(distance, Math.Max(share - ((double)i / sorted.Length), ((i + 1.0) / sorted.Length) - share));
        }

        return new DistributionFit(distribution, logLikelihood, (2 * parameters) - (2 * logLikelihood), distance);
    }

    private static Distribution Make(string name, params ReadOnlySpan<(string Parameter, double Value)> parameters)
    {
        var values = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        foreach ((string parameter, double value) in parameters) values.Add(parameter, [Digits.Six(value)]);
        return DistributionCatalog.Create(name, values, out _) ?? throw new InvalidOperationException($"The estimate of {name} is out of its range.");
    }
}
