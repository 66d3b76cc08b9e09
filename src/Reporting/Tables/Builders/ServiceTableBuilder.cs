using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>How available each service was: a row a service within each fleet, workload and fault set, under one strategy.</summary>
public static class ServiceTableBuilder
{
    /// <summary>Name of the table.</summary>
    public const string Name = "services";

    private static readonly string[] Metrics = ["replica_availability_ratio", "quorum_availability_ratio", "request_availability_ratio", "request_availability_nines", "requests_failed_total"];

    /// <summary>The table; null where cells have no services.</summary>
    /// <param name="study">The results.</param>
    /// <param name="strategy">The strategy that is shown.</param>
    public static Table? Of(Study study, string strategy)
    {
        CellResult[] cells = [.. study.Cells.Where(cell => cell.Status == CellStatus.Ok && cell.Key.Strategy == strategy && cell.Services.Count > 0)];
        if (cells.Length == 0) return null;
        Dictionary<(Combination, string Service, string Metric), SampleSummary> samples = cells
            .SelectMany(cell => cell.Services.Select(value => (Key: (Combination.Of(cell.Key), value.Service, value.Metric), value.Value)))
            .Where(entry => entry.Value is not null)
            .GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, group => SampleSummary.Of([.. group.Select(entry => ResultNumber.Round(entry.Value!.Value))]));
        (Combination Combination, string Service)[] keys = [.. cells.SelectMany(cell => cell.Services.Select(value => (Combination.Of(cell.Key), value.Service))).Distinct()];
        string[] metrics = [.. Metrics.Where(metric => samples.Keys.Any(key => key.Metric == metric))];
        var factors = new FactorColumns(keys.Select(key => key.Combination));
        int[] decimals = [.. metrics.Select(metric => FigureText.Decimals([.. samples.Where(entry => entry.Key.Metric == metric).Select(entry => entry.Value)]))];
        TableColumn[] columns =
        [
            .. factors.Columns, new("service", ["service"], ColumnAlignment.Left),
            .. metrics.Select(metric => new TableColumn(MetricLabel.Of(metric), FigureText.MeanFields(metric), Unit: MetricLabel.UnitOf(metric))),
        ];
        return new Table(Name, columns, [.. keys.Select((key, k) => new TableRow(
            [
                .. factors.Cells(key.Combination), TableCell.Words(key.Service),
                .. metrics.Select((metric, m) => FigureText.MeanCell(samples.GetValueOrDefault((key.Combination, key.Service, metric), SampleSummary.Of([])), decimals[m], isBest: false)),
            ],
            k > 0 && keys[k - 1].Combination != key.Combination))])
        {
            Caption = factors.Caption($"Services under {strategy}"),
            Notes = ["Mean over the seeds ± half of its 95 % interval (Student's t).", "The file services.csv holds every service under every strategy."],
        };
    }
}
