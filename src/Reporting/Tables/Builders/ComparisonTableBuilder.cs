using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>What a comparison table shows.</summary>
public sealed record ComparisonTableOptions
{
    /// <summary>Metrics, one pair of columns each; empty for <see cref="HeadlineMetrics.Of"/>.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Caption; the factors that do not vary are added in brackets.</summary>
    public string Caption { get; init; } = "Strategies compared";

    /// <summary>Notes of the caller, first among the notes: which strategies knew the workload in advance, whether time was compressed.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The table of a study: a row a strategy within each fleet, workload and fault set; for every metric its mean ± half of the 95 % interval, and the paired difference to the baseline with its significance.</summary>
public static class ComparisonTableBuilder
{
    /// <summary>Builds the table; rows in plan order.</summary>
    /// <exception cref="ArgumentException">A metric asked for does not occur in the results.</exception>
    public static Table Of(Study study, ComparisonTableOptions? options = null)
    {
        options ??= new ComparisonTableOptions();
        IReadOnlyList<string> metrics = options.Metrics.Count > 0 ? options.Metrics : HeadlineMetrics.Of(study.Summary);
        foreach (string metric in metrics)
        {
            if (study.Summary.All(row => row.Metric != metric)) throw new ArgumentException($"'{metric}' does not occur in these results.", nameof(options));
        }

        (Combination Combination, string Strategy)[] keys = [.. study.Summary.Select(row => (row.Combination, row.Strategy)).Distinct()];
        var factors = new FactorColumns(keys.Select(key => key.Combination));
        MetricFigures[] figures = [.. metrics.Select(metric => new MetricFigures(study, metric))];
        var columns = new List<TableColumn>(factors.Columns) { new("strategy", ["strategy"], ColumnAlignment.Left), new("n", ["n"]) };
        foreach (MetricFigures figure in figures) columns.AddRange(figure.Columns(study.Baseline));
        var rows = new List<TableRow>();
        for (int k = 0; k < keys.Length; k++)
        {
            (Combination combination, string strategy) = keys[k];
            int n = figures.Select(f => f.Sample(combination, strategy).Count).DefaultIfEmpty().Max();
            TableCell[] cells =
            [
                .. factors.Cells(combination), TableCell.Words(strategy), TableCell.Number(HumanNumber.Fixed(n, 0), n),
                .. figures.SelectMany(f => f.Cells(combination, strategy)),
            ];
            rows.Add(new TableRow(cells, k > 0 && keys[k - 1].Combination != combination));
        }

        return new Table("comparison", columns, rows)
        {
            Caption = factors.Caption(options.Caption),
            Notes = [.. options.Notes, .. StudyNotes.Of(study, metrics, factors)],
            BestMeans = figures.Any(f => f.HasBest) ? (factors.IsOne ? "best mean" : "best mean of its group") : "",
        };
    }

    /// <summary>The two columns of one metric.</summary>
    private sealed class MetricFigures
    {
        /// <summary>A longer name of the baseline would widen every column of differences; the notes name it anyway.</summary>
        private const int LongestNameInHead = 14;

        private readonly string _metric;
        private readonly Dictionary<(Combination, string), SampleSummary> _samples;
        private readonly Dictionary<(Combination, string), ComparisonFigures> _comparisons;
        private readonly HashSet<(Combination, string)> _best;
        private readonly int _decimals;
        private readonly int _differenceDecimals;
        private readonly bool _hasDifferences;

        public MetricFigures(Study study, string metric)
        {
            _metric = metric;
            SummaryRow[] summary = [.. study.Summary.Where(row => row.Metric == metric)];
            ComparisonRow[] comparisons = [.. study.Comparisons.Where(row => row.Metric == metric)];
            _samples = summary.ToDictionary(row => (row.Combination, row.Strategy), row => row.Sample);
            _comparisons = comparisons.ToDictionary(row => (row.Combination, row.Strategy), row => row.Figures);
            _best = [.. BestValues.Of(summary)];
            _decimals = FigureText.Decimals([.. summary.Select(row => row.Sample)]);
            _differenceDecimals = HumanNumber.Decimals(comparisons.Select(row => row.Figures.MeanDifference), comparisons.Select(row => row.Figures.Confidence95?.HalfWidth));
            _hasDifferences = comparisons.Length > 0;
        }

        public bool HasBest => _best.Count > 0;

        public IEnumerable<TableColumn> Columns(string? baseline)
        {
            yield return new TableColumn(MetricLabel.Of(_metric), FigureText.MeanFields(_metric), Unit: MetricLabel.UnitOf(_metric));
            if (!_hasDifferences) yield break;
            yield return new TableColumn(
                baseline is { Length: <= LongestNameInHead } ? $"Δ {baseline}" : "Δ",
                [$"{_metric}_difference", $"{_metric}_difference_ci95_low", $"{_metric}_difference_ci95_high", $"{_metric}_wilcoxon_p", $"{_metric}_holm_p"]);
        }

        public SampleSummary Sample(Combination combination, string strategy) => _samples[(combination, strategy)];

        public IEnumerable<TableCell> Cells(Combination combination, string strategy)
        {
            yield return FigureText.MeanCell(Sample(combination, strategy), _decimals, _best.Contains((combination, strategy)));
            if (!_hasDifferences) yield break;
            ComparisonFigures? figures = _comparisons.GetValueOrDefault((combination, strategy));
            TableValue[] values =
            [
                TableValue.Of(figures?.MeanDifference), TableValue.Of(figures?.Confidence95?.Low), TableValue.Of(figures?.Confidence95?.High),
                TableValue.Of(figures?.WilcoxonP), TableValue.Of(figures?.HolmP),
            ];
            string text = figures?.MeanDifference is { } difference ? HumanNumber.Signed(difference, _differenceDecimals) : "";
            yield return new TableCell(text, values, FigureText.Stars(figures?.HolmP));
        }
    }
}
