using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Tables;

/// <summary>Small studies with everything a table must cope with; every number is a function of the indices.</summary>
internal static class SampleStudies
{
    /// <summary>Two workloads, three strategies, ten seeds; one cell failed, one strategy's name needs escaping in every format.</summary>
    public static Study Saturation { get; } = Study.Of(
        [
            .. from workload in (string[])["default", "multi_gpu"]
               from strategy in (string[])["best-fit", "fgd", "my_own|50%"]
               from seed in Enumerable.Range(42, 10)
               select Saturated(workload, strategy, seed),
        ],
        "best-fit");

    /// <summary>One workload, timed, one strategy and two seeds: no comparison, wide intervals, censored pods.</summary>
    public static Study Timed { get; } = Study.Of(
        [
            .. from seed in Enumerable.Range(1, 2)
               select Cell("day", "best-fit", seed) with
               {
                   Metrics =
                   [
                       new("cpu_allocated_percent", 71.5 + seed), new("wait_seconds_mean", 12.25 * seed), new("bounded_slowdown_p95", 1), new("makespan_seconds", null),
                       new("offered_load_cpu_ratio", 0.8512), new("offered_load_gpu_ratio", 1.3), new("censored_ratio", 0.0125),
                   ],
               },
        ],
        "best-fit");

    /// <summary>Two strategies and three seeds: nothing can be significant.</summary>
    public static Study TooFewSeeds { get; } = Study.Of(
        [
            .. from strategy in (string[])["a", "b"]
               from seed in Enumerable.Range(1, 3)
               select Cell("w", strategy, seed) with { Metrics = [new("gpu_allocated_percent", strategy == "a" ? 90 + seed : 80)] },
        ],
        "b");

    public static CellResult Cell(string workload, string strategy, int seed) =>
        new() { Key = new CellKey("study", "openb-gpu", workload, "none", strategy, (ulong)seed) };

    private static CellResult Saturated(string workload, string strategy, int seed)
    {
        CellResult cell = Cell(workload, strategy, seed);
        if (workload == "default" && strategy == "fgd" && seed == 44) return cell with { Status = CellStatus.Failed, Failure = "out of time" };
        double skill = strategy switch { "fgd" => 3.5, "best-fit" => 0, _ => -0.4 } * (workload == "default" ? 1 : 0.5);
        double noise = ((seed * 7919 % 13) - 6) / 10.0, own = strategy.StartsWith("my", StringComparison.Ordinal) ? (seed % 3) - 1 : 0.01 * (seed % 4);
        double allocated = 91 + skill + noise + own;
        return cell with
        {
            Metrics =
            [
                new("gpu_allocated_percent", allocated), new("gpu_fragmented_percent", 100 - allocated - 1.125), new("pods_arrived_total", 10_000),
                new("pods_unplaced_total", Math.Round((100 - allocated) * 80)),
            ],
            Series = [.. from x in (double[])[10, 50, 100] select new SeriesPoint("gpu_allocated_percent", "gpu_arrived_percent", x, Math.Min(x, allocated) - (own / 10))],
        };
    }
}
