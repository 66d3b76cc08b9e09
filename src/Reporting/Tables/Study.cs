using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables;

/// <summary>The results that tables are made from.</summary>
/// <param name="Cells">All cells in plan order.</param>
/// <param name="Summary">Their summary.</param>
/// <param name="Comparisons">Their comparisons with the baseline; empty when there is only one strategy.</param>
public sealed record Study(IReadOnlyList<CellResult> Cells, IReadOnlyList<SummaryRow> Summary, IReadOnlyList<ComparisonRow> Comparisons)
{
    /// <summary>The baseline, or <see langword="null"/> without comparisons.</summary>
    public string? Baseline => Comparisons.Count == 0 ? null : Comparisons[0].Baseline;

    /// <summary>Computes the statistics of <paramref name="cells"/>.</summary>
    /// <param name="cells">All cells in plan order.</param>
    /// <param name="baseline">Label of the baseline strategy.</param>
    public static Study Of(IReadOnlyList<CellResult> cells, string baseline) => new(cells, SummaryTable.Of(cells), ComparisonTable.Of(cells, baseline));

    /// <summary>Takes the statistics that a results folder holds. Both ways give the same tables.</summary>
    public static Study Of(ResultsFolder folder) => new(folder.Cells, folder.Summary, folder.Comparisons);
}
