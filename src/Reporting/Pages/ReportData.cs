using SchedBench.Core.Input;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages.Run;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages;

/// <summary>Everything a report is made from, read from a results folder and arranged once.</summary>
internal sealed class ReportData
{
    /// <summary>Most strategies that one figure shows: colours times hatches, and about what a legend can hold.</summary>
    public const int MostShown = 28;

    private const int MostInOneColumn = 14, MostCurvesInOneColumn = 8, LongestInOneColumn = 20;

    private readonly Dictionary<(Combination, string Strategy, string Metric), SampleSummary> _summary;
    private readonly ILookup<(Combination, string Strategy), CellResult> _sound;
    private readonly Dictionary<string, string> _shortNames;
    private readonly bool _severalFleets;
    private readonly bool _severalFaults;

    /// <summary>Arranges the results of a run.</summary>
    public ReportData(RunDescription run, ResultsFolder folder, IReadOnlyList<PublishedRow> published)
    {
        (Run, Cells, Study, Published) = (run, folder.Cells, Study.Of(folder), published);
        SeedCount = folder.Cells.Select(cell => cell.Key.Seed).Distinct().Count();
        Curves = [.. folder.Cells.Where(cell => cell.Status == CellStatus.Ok).SelectMany(CurvesOf).Distinct()];
        Combinations = [.. folder.Cells.Select(cell => Combination.Of(cell.Key)).Distinct()];
        Strategies = [.. folder.Cells.Select(cell => cell.Key.Strategy).Distinct(StringComparer.Ordinal)];
        string[] present = [.. folder.Summary.Where(row => row.Sample.Count > 0).Select(row => row.Metric).Distinct(StringComparer.Ordinal)];
        string[] asked = [.. run.Metrics.Where(metric => present.Contains(metric, StringComparer.Ordinal))];
        Headline = asked.Length > 0 ? asked : HeadlineMetrics.Of(folder.Summary);
        _severalFleets = Combinations.Select(combination => combination.Fleet).Distinct(StringComparer.Ordinal).Count() > 1;
        _severalFaults = Combinations.Select(combination => combination.Faults).Distinct(StringComparer.Ordinal).Count() > 1;
        Shown = Show(Strategies, folder.Baseline);
        _shortNames = Shorten(Strategies);
        bool hasLongNames = Shown.Any(strategy => ShortNameOf(strategy).Length > LongestInOneColumn);
        FigureSize = hasLongNames || Shown.Count > MostInOneColumn ? ChartSize.DoubleColumn : ChartSize.SingleColumn;
        CurveSize = hasLongNames || Shown.Count > MostCurvesInOneColumn ? ChartSize.DoubleColumn : ChartSize.SingleColumn;
        _summary = folder.Summary.ToDictionary(row => (row.Combination, row.Strategy, row.Metric), row => row.Sample);
        _sound = folder.Cells.Where(cell => cell.Status == CellStatus.Ok).ToLookup(cell => (Combination.Of(cell.Key), cell.Key.Strategy));
    }

    /// <summary>What ran.</summary>
    public RunDescription Run { get; }

    /// <summary>All cells in plan order.</summary>
    public IReadOnlyList<CellResult> Cells { get; }

    /// <summary>Those that failed or are void.</summary>
    public IEnumerable<CellResult> BadCells => Cells.Where(cell => cell.Status != CellStatus.Ok);

    /// <summary>Cells, summary and comparisons, for tables.</summary>
    public Study Study { get; }

    /// <summary>Published values with ours beside them; empty without.</summary>
    public IReadOnlyList<PublishedRow> Published { get; }

    /// <summary>Which series there are, in order of first appearance.</summary>
    public IReadOnlyList<CurveKey> Curves { get; }

    /// <summary>Fleets × workloads × fault sets, in plan order.</summary>
    public IReadOnlyList<Combination> Combinations { get; }

    /// <summary>Labels of all strategies, in plan order.</summary>
    public IReadOnlyList<string> Strategies { get; }

    /// <summary>The strategies that figures show, in plan order; the same in every figure, so that a strategy keeps its colour.</summary>
    public IReadOnlyList<string> Shown { get; }

    /// <summary>The size of figures that need no other: one column of a paper, or both where many or long names leave no room for data.</summary>
    public ChartSize FigureSize { get; }

    /// <summary>The same for figures whose strategies lie upon each other.</summary>
    public ChartSize CurveSize { get; }

    /// <summary>The metrics that stand first.</summary>
    public IReadOnlyList<string> Headline { get; }

    /// <summary>Label of the baseline; null when only one strategy ran.</summary>
    public string? Baseline => Study.Baseline;

    /// <summary>Number of seeds.</summary>
    public int SeedCount { get; }

    /// <summary>The same with its noun: <c>10 seeds</c>.</summary>
    public string SeedWords => Words.Count(SeedCount, "seed");

    /// <summary>What a combination is called in a sentence, from the factors that vary: <c>workload</c>, <c>workload and fleet</c>.</summary>
    public string CombinationNoun =>
        string.Join(" and ", ((string[])["workload", _severalFleets ? "fleet" : "", _severalFaults ? "fault set" : ""]).Where(factor => factor.Length > 0));

    /// <summary>Reads a results folder.</summary>
    /// <exception cref="InputException">It is no results folder, or a file of it is missing or damaged.</exception>
    /// <exception cref="ResultsIncompleteException">The run was interrupted.</exception>
    public static ReportData Load(string folder) => Of(ResultsFolder.Load(folder));

    /// <summary>Adds to a folder's results what its manifest and published values say.</summary>
    /// <exception cref="InputException">One of both is damaged.</exception>
    public static ReportData Of(ResultsFolder folder)
    {
        RunDescription run = ManifestReader.Read(folder.Path);
        // A file without its source in the manifest is an earlier run's.
        return new ReportData(run, folder, run.PublishedSource.Length == 0 ? [] : PublishedCsv.Read(Path.Combine(folder.Path, ResultFileNames.Published)));
    }

    /// <summary>The sample of a metric, or <see langword="null"/> when the strategy did not run there.</summary>
    public SampleSummary? Sample(Combination combination, string strategy, string metric) => _summary.GetValueOrDefault((combination, strategy, metric));

    /// <summary>The cells of a strategy that ended well, in plan order.</summary>
    public IEnumerable<CellResult> SoundCells(Combination combination, string strategy) => _sound[(combination, strategy)];

    /// <summary>Values of a metric over the seeds, in plan order; failed and void cells and empty samples take no part.</summary>
    public IReadOnlyList<(ulong Seed, double Value)> Values(Combination combination, string strategy, string metric) =>
    [
        .. from cell in SoundCells(combination, strategy)
           from value in cell.Metrics
           where value.Metric == metric && value.Value is not null
           select (cell.Key.Seed, value.Value!.Value),
    ];

    /// <summary>The strategy with the best mean of the first headline metric, the first of equals;
    /// <see langword="null"/> when the metric has no better side or no value.</summary>
    public string? BestOf(Combination combination)
    {
        if (Headline.Count == 0 || MetricCatalog.Get(Headline[0]).Better is not (MetricDirection.Higher or MetricDirection.Lower)) return null;
        int sign = MetricCatalog.Get(Headline[0]).Better == MetricDirection.Higher ? 1 : -1;
        return Strategies.Select(strategy => (Strategy: strategy, Sample(combination, strategy, Headline[0])?.Mean))
            .Where(entry => entry.Mean is not null)
            .OrderByDescending(entry => sign * entry.Mean!.Value)
            .Select(entry => entry.Strategy).FirstOrDefault();
    }

    /// <summary>What figures call a strategy: its label, with <c>fgd[uniform]</c> for <c>fgd[tieBreak=uniform]</c>.</summary>
    public string ShortNameOf(string strategy) => _shortNames[strategy];

    /// <summary>Where results of a combination come from, for a caption: <c>workload default, fleet small</c>.
    /// Only what varies, but always the workload.</summary>
    public string NameOf(Combination combination) => string.Join(", ", Levels(combination).Select(level => $"{level.Factor} {level.Name}"));

    /// <summary>The same for an axis: <c>default · small</c>.</summary>
    public string ShortNameOf(Combination combination) => string.Join(" · ", Levels(combination).Select(level => level.Name));

    /// <summary>The same as parts of a file name.</summary>
    public IEnumerable<string> FileNameOf(Combination combination) => Levels(combination).Select(level => level.File);

    /// <summary>The title of a figure: empty, because captions say what a figure shows, but where times are compressed, which no figure may hide.</summary>
    public string LabelOf(params IEnumerable<Combination> combinations)
    {
        IEnumerable<string> names = combinations.Select(combination => combination.Workload).Distinct(StringComparer.Ordinal);
        return string.Join("; ", names.Select(Run.NameOfWorkload).Except(Run.Workloads.Select(workload => workload.Name), StringComparer.Ordinal));
    }

    private IEnumerable<(string Factor, string Name, string File)> Levels(Combination combination)
    {
        yield return ("workload", Run.NameOfWorkload(combination.Workload), combination.Workload);
        if (_severalFleets) yield return ("fleet", combination.Fleet, combination.Fleet);
        if (_severalFaults) yield return ("faults", combination.Faults, combination.Faults);
    }

    /// <summary>Without the name of the tie-break option, where the rest still tells all strategies apart.</summary>
    private static Dictionary<string, string> Shorten(IReadOnlyList<string> strategies)
    {
        string[] shortened = [.. strategies.Select(strategy => strategy.Replace("[tieBreak=", "[", StringComparison.Ordinal))];
        bool isDistinct = shortened.Distinct(StringComparer.Ordinal).Count() == strategies.Count;
        return strategies.Zip(isDistinct ? shortened : strategies).ToDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<CurveKey> CurvesOf(CellResult cell) => cell.Series
        .Select(point => (point.Metric, point.XName)).Distinct()
        .Select(series => new CurveKey(Combination.Of(cell.Key), series.Metric, series.XName));

    /// <summary>All when they fit, else the first ones, and always the baseline.</summary>
    private static string[] Show(IReadOnlyList<string> strategies, string? baseline)
    {
        if (strategies.Count <= MostShown) return [.. strategies];
        string[] first = [.. strategies.Take(MostShown)];
        return baseline is null || first.Contains(baseline, StringComparer.Ordinal) ? first : [.. first[..^1], baseline];
    }
}

/// <summary>A series that cells of a combination have.</summary>
/// <param name="Combination">Fleet, workload and faults.</param>
/// <param name="Metric">Metric on the y axis.</param>
/// <param name="XName">Metric on the x axis.</param>
internal sealed record CurveKey(Combination Combination, string Metric, string XName);
