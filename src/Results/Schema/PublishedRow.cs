using SchedBench.Results.Statistics;

namespace SchedBench.Results.Schema;

/// <summary>A value of a table that somebody published.</summary>
/// <param name="Workload">Workload.</param>
/// <param name="Policy">Policy, as the publication calls it.</param>
/// <param name="Metric">Metric, as the publication calls it.</param>
/// <param name="X">Where on the x axis.</param>
/// <param name="Runs">Number of runs.</param>
/// <param name="Mean">Mean over the runs.</param>
/// <param name="StandardDeviation">Standard deviation over the runs.</param>
public sealed record PublishedValue(string Workload, string Policy, string Metric, double X, int Runs, double Mean, double StandardDeviation);

/// <summary>A published value with ours beside it: a row of <c>published.csv</c>.</summary>
/// <param name="Published">What was published, with workload, policy and metric under our names.</param>
/// <param name="Mean">Our mean over the seeds; null when our cells have no such point.</param>
/// <param name="StandardDeviation">Our standard deviation.</param>
/// <param name="Seeds">Number of our values.</param>
public sealed record PublishedRow(PublishedValue Published, double? Mean, double? StandardDeviation, int Seeds)
{
    /// <summary>Sets our values beside a published one.</summary>
    public static PublishedRow Of(PublishedValue published, ReadOnlySpan<double> ours) =>
        new(published, Sample.Mean(ours), Sample.StandardDeviation(ours), ours.Length);

    /// <summary>Ours − published.</summary>
    public double? Difference => Mean is { } mean ? PairedDifferences.Subtract(mean, Published.Mean) : null;

    /// <summary>Standard error of the difference of two means, √(s²/n + s′²/n′).</summary>
    public double? StandardError => StandardDeviation is { } own && Published.Runs > 0
        ? Math.Sqrt((own * own / Seeds) + (Published.StandardDeviation * Published.StandardDeviation / Published.Runs))
        : null;
}
