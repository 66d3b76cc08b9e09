namespace SchedBench.Results.Statistics;

/// <summary>Interval of a mean under Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>Quantiles for the numbers of seeds that occur, from one degree of freedom on: inverting the distribution costs twenty microseconds,
    /// and reports need it for every point of a curve.</summary>
    private static readonly double[] Quantiles = [.. Enumerable.Range(1, 128).Select(Invert)];

    /// <summary>The interval <c>mean ± t(n−1; 0.975)·sd/√n</c> that covers the true mean in 95 of 100 samples from a normal population (Student, Biometrika 6(1), 1908);
    /// <see langword="null"/> below two values.</summary>
    public static Interval? Confidence95(ReadOnlySpan<double> values)
    {
        if (Sample.StandardDeviation(values) is not { } deviation) return null;
        double mean = Sample.Mean(values)!.Value;
        double half = Quantile975(values.Length - 1) * deviation / Math.Sqrt(values.Length);
        return new Interval(mean - half, mean + half);
    }

    /// <summary>The 97.5 % quantile of Student's t.</summary>
    /// <param name="degreesOfFreedom">Degrees of freedom, ≥ 1.</param>
    public static double Quantile975(int degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degreesOfFreedom, 1);
        return degreesOfFreedom <= Quantiles.Length ? Quantiles[degreesOfFreedom - 1] : Invert(degreesOfFreedom);
    }

    private static double Invert(int degreesOfFreedom) => MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, degreesOfFreedom, 0.975);
}
