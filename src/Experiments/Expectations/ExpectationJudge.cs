using SchedBench.Experiments.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Experiments.Expectations;

/// <summary>What became of one expectation for one combination of levels.</summary>
/// <param name="Expectation">What was expected.</param>
/// <param name="Fleet">Fleet judged.</param>
/// <param name="Workload">Workload judged.</param>
/// <param name="Faults">Fault set judged.</param>
/// <param name="Strategy">Strategy judged.</param>
/// <param name="Value">The statistic; null when no cell has the metric.</param>
/// <param name="Holds">Whether it lies within the bounds. Without a value nothing holds.</param>
public sealed record Verdict(Expectation Expectation, string Fleet, string Workload, string Faults, string Strategy, double? Value, bool Holds)
{
    /// <summary>What was expected of whom and what was found, without the verdict.</summary>
    public string Statement
    {
        get
        {
            string found = Value is { } value ? ResultNumber.Format(value) : "no value";
            string faults = Faults == Experiment.NoFaults ? "" : $" under {Faults}";
            return $"{Measured} for {Strategy} on {Workload}{faults}, {Fleet}: expected {Bounds}, found {found}";
        }
    }

    /// <summary>What is judged, and under which faults the expectation is stated.</summary>
    internal string Subject => Expectation.Faults is { } faults ? $"{Measured} under {faults}" : Measured;

    /// <summary>What is allowed.</summary>
    internal string Bounds => string.Join(" and ", new[]
    {
        Expectation.AtLeast is { } low ? $"at least {ResultNumber.Format((double)low)}" : "",
        Expectation.AtMost is { } high ? $"at most {ResultNumber.Format((double)high)}" : "",
    }.Where(bound => bound.Length > 0));

    private string Measured
    {
        get
        {
            string at = Expectation.At is { } x ? $" at {ResultNumber.Format((double)x)}" : "", service = Expectation.Service is { } one ? $" of {one}" : "";
            return $"{Expectation.Statistic.ToString().ToLowerInvariant()} of {Expectation.Metric}{service}{at}";
        }
    }

    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{(Holds ? "holds" : "FAILS")}: {Statement}";
}

/// <summary>Judges an experiment's expectations on its cells. An expectation that names no strategy, workload, fault set or fleet is judged for each; one on a metric of
/// faults that names no fault set, for those with faults.</summary>
public static class ExpectationJudge
{
    /// <summary>All verdicts, in the order of the expectations, then of the cells.</summary>
    public static IReadOnlyList<Verdict> Judge(Experiment experiment, IReadOnlyList<CellResult> cells)
    {
        var verdicts = new List<Verdict>();
        foreach (Expectation expectation in experiment.Expectations.Concat(SecondActs(experiment)))
        {
            foreach (IGrouping<(string Fleet, string Workload, string Faults, string Strategy), CellResult> level in cells.GroupBy(cell => (cell.Key.Fleet, cell.Key.Workload, cell.Key.Faults, cell.Key.Strategy)))
            {
                if (expectation.Strategy is { } strategy && strategy != level.Key.Strategy) continue;
                if (expectation.Workload is { } workload && workload != level.Key.Workload) continue;
                if (expectation.Fleet is { } fleet && fleet != level.Key.Fleet) continue;
                if (expectation.Faults is { } faults ? faults != level.Key.Faults : level.Key.Faults == Experiment.NoFaults && MetricCatalog.IsOfFaults(expectation.Metric)) continue;
                double[] values = [.. level.Where(cell => cell.Status == CellStatus.Ok).Select(cell => ValueOf(cell, expectation)).OfType<double>()];
                double? value = values.Length == 0 ? null : expectation.Statistic switch
                {
                    ExpectationStatistic.Min => values.Min(),
                    ExpectationStatistic.Max => values.Max(),
                    _ => Sample.Mean(values),
                };
                bool holds = value is { } found && found >= (double)(expectation.AtLeast ?? decimal.MinValue) && found <= (double)(expectation.AtMost ?? decimal.MaxValue);
                verdicts.Add(new Verdict(expectation, level.Key.Fleet, level.Key.Workload, level.Key.Faults, level.Key.Strategy, value, holds));
            }
        }

        return verdicts;
    }

    /// <summary>A fault set that is healed promises that what was whole before is whole again at the end, whoever places the pods.</summary>
    private static IEnumerable<Expectation> SecondActs(Experiment experiment) =>
        experiment.Faults.Where(set => set.HealAt is not null).Select(set => new Expectation("workloads_not_restored_total", ExpectationStatistic.Max, null, 0) { Faults = set.Name });

    private static double? ValueOf(CellResult cell, Expectation expectation)
    {
        if (expectation.Service is { } service)
        {
            foreach (ServiceValue figure in cell.Services)
            {
                if (figure.Metric == expectation.Metric && (figure.Service == service || figure.Service.EndsWith($"/{service}", StringComparison.Ordinal))) return figure.Value;
            }

            return null;
        }

        if (expectation.At is not { } x)
        {
            foreach (MetricValue metric in cell.Metrics)
            {
                if (metric.Metric == expectation.Metric) return metric.Value;
            }

            return null;
        }

        foreach (SeriesPoint point in cell.Series)
        {
            if (point.Metric == expectation.Metric && point.X == (double)x) return point.Value;
        }

        return null;
    }
}
