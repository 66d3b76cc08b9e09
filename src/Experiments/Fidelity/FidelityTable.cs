using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Experiments.Fidelity;

/// <summary>How well a simulation predicts a metric of one combination.</summary>
/// <param name="Key">The combination; its seed is 0.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Count">Seeds with a value of both.</param>
/// <param name="Real">Median over the seeds, real.</param>
/// <param name="RealInterval">Its 95 % interval (BCa bootstrap); null below two values.</param>
/// <param name="Simulated">Median over the same seeds, simulated.</param>
/// <param name="SimulatedInterval">Its 95 % interval.</param>
/// <param name="ErrorPercent">(simulated − real) / real in percent; null when the real median is 0 and the simulated one is not.</param>
/// <param name="ErrorInterval">The error between the ends of both intervals that lie furthest apart: no narrower than a 95 % interval.</param>
public sealed record FidelityRow(CellKey Key, string Metric, int Count, double Real, Interval? RealInterval, double Simulated, Interval? SimulatedInterval, double? ErrorPercent, Interval? ErrorInterval);

/// <summary>Whether real and simulated runs rank strategies alike by a metric.</summary>
/// <param name="Key">The combination; strategy and seed are empty.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Real">Strategies from the best to the worst, real; those whose intervals overlap are parted by <c>=</c>, the others by <c>&lt;</c>.</param>
/// <param name="Simulated">The same, simulated.</param>
/// <param name="Agrees">Whether no two strategies are ranked against each other: the order of those whose intervals overlap says nothing.</param>
public sealed record FidelityRanking(CellKey Key, string Metric, string Real, string Simulated, bool Agrees);

/// <summary>Compares real cells with simulated ones of the same plan.</summary>
public static class FidelityTable
{
    /// <summary>The rows of some metrics, in the order of the cells and then of the metrics; combinations without a value of both are left out.</summary>
    public static IReadOnlyList<FidelityRow> Rows(IReadOnlyList<CellResult> real, IReadOnlyList<CellResult> simulated, IReadOnlyList<string> metrics)
    {
        var other = simulated.Where(cell => cell.Status == CellStatus.Ok).ToDictionary(cell => cell.Key);
        var rows = new List<FidelityRow>();
        foreach (IGrouping<CellKey, CellResult> group in real.Where(cell => cell.Status == CellStatus.Ok && other.ContainsKey(cell.Key)).GroupBy(cell => cell.Key with { Seed = 0 }))
        {
            foreach (string metric in metrics)
            {
                (double Real, double Simulated)[] pairs = [.. group.Select(cell => (Value(cell, metric), Value(other[cell.Key], metric))).Where(pair => pair is ({ }, { })).Select(pair => (pair.Item1!.Value, pair.Item2!.Value))];
                if (pairs.Length > 0) rows.Add(Row(group.Key, metric, [.. pairs.Select(pair => pair.Real)], [.. pairs.Select(pair => pair.Simulated)]));
            }
        }

        return rows;
    }

    /// <summary>The rankings of strategies by each metric, where there are several.</summary>
    public static IReadOnlyList<FidelityRanking> Rankings(IReadOnlyList<FidelityRow> rows)
    {
        var rankings = new List<FidelityRanking>();
        foreach (IGrouping<(CellKey Key, string Metric), FidelityRow> group in rows.GroupBy(row => (row.Key with { Strategy = "" }, row.Metric)))
        {
            FidelityRow[] all = [.. group];
            if (all.Length < 2) continue;
            bool isHigherBetter = MetricCatalog.Find(group.Key.Metric)?.Better == MetricDirection.Higher;
            bool agrees = true;
            foreach (FidelityRow left in all)
            {
                foreach (FidelityRow right in all)
                {
                    bool realLess = IsBelow(left.Real, left.RealInterval, right.Real, right.RealInterval), simulatedMore = IsBelow(right.Simulated, right.SimulatedInterval, left.Simulated, left.SimulatedInterval);
                    agrees &= !(realLess && simulatedMore);
                }
            }

            rankings.Add(new FidelityRanking(group.Key.Key, group.Key.Metric, Order(all, row => row.Real, row => row.RealInterval, isHigherBetter), Order(all, row => row.Simulated, row => row.SimulatedInterval, isHigherBetter), agrees));
        }

        return rankings;
    }

    private static FidelityRow Row(CellKey key, string metric, double[] real, double[] simulated)
    {
        double median = Sample.Median(real)!.Value, predicted = Sample.Median(simulated)!.Value;
        Interval? realInterval = BcaBootstrap.Median95(real), simulatedInterval = BcaBootstrap.Median95(simulated);
        Interval? error = realInterval is { Low: > 0 } of && simulatedInterval is { } by ? new Interval(100 * ((by.Low / of.High) - 1), 100 * ((by.High / of.Low) - 1)) : null;
        return new FidelityRow(key, metric, real.Length, median, realInterval, predicted, simulatedInterval, median != 0 ? 100 * (predicted - median) / Math.Abs(median) : predicted == 0 ? 0 : null, error);
    }

    private static string Order(FidelityRow[] rows, Func<FidelityRow, double> value, Func<FidelityRow, Interval?> interval, bool isHigherBetter)
    {
        FidelityRow[] ordered = [.. (isHigherBetter ? rows.OrderByDescending(value) : rows.OrderBy(value)).ThenBy(row => row.Key.Strategy, StringComparer.Ordinal)];
        string text = ordered[0].Key.Strategy;
        for (int i = 1; i < ordered.Length; i++)
        {
            (FidelityRow left, FidelityRow right) = isHigherBetter ? (ordered[i], ordered[i - 1]) : (ordered[i - 1], ordered[i]);
            text += $" {(IsBelow(value(left), interval(left), value(right), interval(right)) ? "<" : "=")} {ordered[i].Key.Strategy}";
        }

        return text;
    }

    /// <summary>Whether one figure is below another for certain: their intervals do not overlap.</summary>
    private static bool IsBelow(double left, Interval? leftInterval, double right, Interval? rightInterval) => (leftInterval?.High ?? left) < (rightInterval?.Low ?? right);

    private static double? Value(CellResult cell, string metric)
    {
        foreach (MetricValue value in cell.Metrics)
        {
            if (value.Metric == metric) return value.Value;
        }

        return null;
    }
}
