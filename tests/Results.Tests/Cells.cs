using System.Globalization;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests;

/// <summary>Builders of small cells and plans.</summary>
internal static class Cells
{
    public static readonly PlanFingerprint Plan = new([new("experiment", "tiny"), new("seeds", "42..44"), new("pods.csv", "a1b2")]);

    /// <summary>A cell of strategy and seed, with one metric.</summary>
    public static CellResult Of(string strategy, ulong seed, double? allocated = 90, string workload = "default") => new()
    {
        Key = new CellKey("tiny", "small", workload, "none", strategy, seed),
        Fingerprint = seed * 0x9E3779B97F4A7C15,
        Metrics = [new("gpu_allocated_percent", allocated)],
    };

    /// <summary>A cell that did not end well.</summary>
    public static CellResult Failed(string strategy, ulong seed, string failure, CellStatus status = CellStatus.Failed) =>
        Of(strategy, seed) with { Status = status, Failure = failure, Metrics = [] };

    /// <summary>Three strategies × four seeds with scalars, series, timing and a timeline; every number is a function of the indices.</summary>
    public static IReadOnlyList<CellResult> Study { get; } =
    [
        .. from strategy in (string[])["best-fit", "random", "fgd"]
           from seed in (ulong[])[42, 43, 44, 45]
           select Full(strategy, seed),
    ];

    /// <summary>Everything about a cell as text, so that two cells can be compared in full.</summary>
    public static string Describe(CellResult cell) => string.Join('\n',
    [
        cell.Key.ToString(), $"{cell.Status} {cell.Failure} {cell.Fingerprint} {cell.KnewWorkload}",
        .. cell.Metrics.Select(m => $"{m.Metric} {Bits(m.Value)}"),
        .. cell.Series.Select(p => $"{p.Metric} {p.XName} {Bits(p.X)} {Bits(p.Value)}"),
        .. cell.Services.Select(v => $"{v.Service} {v.Metric} {Bits(v.Value)}"),
        .. cell.Timeline.Select(b => $"{b.Node} {b.Pod} {Bits(b.StartSeconds)} {Bits(b.EndSeconds)} {Bits(b.Share)}"),
        .. cell.Timing.Select(m => $"{m.Metric} {Bits(m.Value)}"),
    ]);

    private static CellResult Full(string strategy, ulong seed)
    {
        double level = strategy.Length + ((seed % 3) * 0.25);
        return Of(strategy, seed, 80 + level) with
        {
            KnewWorkload = strategy == "fgd",
            Metrics =
            [
                new("gpu_allocated_percent", 80 + level),
                new("gpu_fragmented_percent", 20 - (level / 3)),
                new("pods_arrived_total", 1000 + seed),
                new("wait_seconds_p99", seed == 45 ? null : level * 1000 / 7),
            ],
            Series =
            [
                new("gpu_allocated_percent", "gpu_arrived_percent", 0, 0),
                new("gpu_allocated_percent", "gpu_arrived_percent", 10, 10 - (level / 1000)),
                new("gpu_fragmented_percent", "gpu_arrived_percent", 0, 1.5),
                new("gpu_fragmented_percent", "gpu_arrived_percent", 10, 2.5 + (level / 7)),
            ],
            Services = [new("shop/web", "replica_availability_ratio", level / 1000), new("shop/web", "request_availability_ratio", seed == 45 ? null : 0.5), new("shop/db", "requests_total", seed)],
            Timeline = seed == 42 ? [new("node-1", "pod-1", 0, 12.5, 0.25)] : [],
            Timing = [new("cell_wall_seconds", 0.125), new("decisions_per_second", 123456.789)],
        };
    }

    private static string Bits(double? value) => value is { } v ? BitConverter.DoubleToInt64Bits(v).ToString(CultureInfo.InvariantCulture) : "none";
}
