namespace SchedBench.Results.Statistics;

/// <summary>What <c>summary.csv</c> says of one sample. Figures that the sample is too small for are <see langword="null"/>.</summary>
/// <param name="Count">Number of values, n.</param>
/// <param name="Mean">Arithmetic mean; needs one value.</param>
/// <param name="StandardDeviation">Sample standard deviation with divisor n − 1; needs two values.</param>
/// <param name="Confidence95">95 % interval of the mean by Student's t; needs two values.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="P50">Nearest-rank median, always a value of the sample.</param>
/// <param name="Maximum">Largest value.</param>
public sealed record SampleSummary(
    int Count, double? Mean, double? StandardDeviation, Interval? Confidence95, double? Minimum, double? P50, double? Maximum)
{
    /// <summary>Summarises <paramref name="values"/>, given in any order.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static SampleSummary Of(ReadOnlySpan<double> values) => new(
        values.Length,
        Sample.Mean(values),
        Sample.StandardDeviation(values),
        StudentT.Confidence95(values),
        Sample.NearestRank(values, 0),
        Sample.NearestRank(values, 0.5),
        Sample.NearestRank(values, 1));
}
