using SchedBench.Results.Statistics;

namespace SchedBench.Results.Schema;

/// <summary>One combination of factor levels other than strategy and seed: within it, strategies meet the same fleet, workload and faults.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Fleet">Name of the fleet.</param>
/// <param name="Workload">Name of the workload.</param>
/// <param name="Faults">Name of the fault set.</param>
public sealed record Combination(string Experiment, string Fleet, string Workload, string Faults)
{
    /// <summary>The combination that a cell belongs to.</summary>
    public static Combination Of(CellKey key) => new(key.Experiment, key.Fleet, key.Workload, key.Faults);
}

/// <summary>A row of <c>summary.csv</c>: one metric of one strategy over the seeds of a combination.</summary>
/// <param name="Combination">Fleet, workload and faults.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Sample">The figures; its count leaves out failed and void cells and empty samples.</param>
public sealed record SummaryRow(Combination Combination, string Strategy, string Metric, SampleSummary Sample);

/// <summary>A row of <c>comparisons.csv</c>: one metric of one strategy, paired with the baseline seed by seed.</summary>
/// <param name="Combination">Fleet, workload and faults.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Baseline">The strategy it is compared with.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Figures">The comparison; differences are strategy − baseline.</param>
public sealed record ComparisonRow(Combination Combination, string Strategy, string Baseline, string Metric, ComparisonFigures Figures);

/// <summary>What a paired comparison says. Figures that there are too few pairs for are <see langword="null"/>.</summary>
/// <param name="Pairs">Seeds under which both ended well and both samples have a value.</param>
/// <param name="ZeroPairs">Pairs without a difference; the rank test leaves them out.</param>
/// <param name="MeanDifference">Mean of the differences.</param>
/// <param name="Confidence95">95 % interval of that mean by Student's t.</param>
/// <param name="MedianDifference">Median of the differences.</param>
/// <param name="MedianConfidence95">95 % BCa bootstrap interval of that median.</param>
/// <param name="WilcoxonP">Exact two-sided signed-rank p.</param>
/// <param name="HolmP">The same, Holm-adjusted over the k − 1 comparisons of this metric within the combination.</param>
/// <param name="A12">Chance that a value of the strategy exceeds one of the baseline, ties by half.</param>
/// <param name="SmallestP">Smallest p that this number of pairs can reach, 2^(1−n).</param>
public sealed record ComparisonFigures(
    int Pairs, int ZeroPairs, double? MeanDifference, Interval? Confidence95, double? MedianDifference, Interval? MedianConfidence95,
    double? WilcoxonP, double? HolmP, double? A12, double? SmallestP)
{
    /// <summary>The figures of a comparison, its p not yet adjusted for others.</summary>
    public static ComparisonFigures Of(PairedDifferences paired) => new(
        paired.Count, paired.Zeros, paired.Mean, paired.Confidence95, paired.Median, paired.MedianConfidence95,
        paired.Wilcoxon?.PValue, paired.Wilcoxon?.PValue, paired.A12, paired.Count == 0 ? null : WilcoxonSignedRank.SmallestAttainableP(paired.Count));
}

/// <summary>One point of a curve over the seeds: what several cells' <c>series.csv</c> say at one x.</summary>
/// <param name="Combination">Fleet, workload and faults.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Metric">Metric on the y axis.</param>
/// <param name="XName">Metric on the x axis.</param>
/// <param name="X">Where.</param>
/// <param name="Sample">The values of the seeds that have this x.</param>
public sealed record CurvePoint(Combination Combination, string Strategy, string Metric, string XName, double X, SampleSummary Sample);
