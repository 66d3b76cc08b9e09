using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Pages;

/// <summary>Small studies; every number is a function of the indices.</summary>
internal static class Studies
{
    private static readonly string[] SaturationStrategies = ["best-fit", "fgd", "random"];

    /// <summary>Three strategies, two workloads, six seeds of a saturation replay; one cell failed, an expectation fails, two values are published.</summary>
    /// <param name="change">Changes to the manifest.</param>
    public static StudyFolder Saturation(Func<StudyManifest, StudyManifest>? change = null)
    {
        var manifest = new StudyManifest
        {
            Strategies = [.. SaturationStrategies.Select(name => (name, name, "firstInOrder"))],
            Workloads = ["default", "sharing"],
            KnowWorkload = ["fgd"],
            Notes = ["pods.csv: 2 × no-end: rows without an end."],
            Verdicts = [(true, "mean of gpu_allocated_percent for fgd on default, small: expected at least 90, found 94.5"), (false, "min of pods_placed_total for random on sharing, small: expected at least 9, found 3")],
            PublishedSource = "Somebody et al. 2023",
        };
        CellResult[] cells =
        [
            .. from workload in manifest.Workloads
               from strategy in SaturationStrategies
               from seed in manifest.Seeds
               select Saturated(workload, strategy, seed),
        ];
        var folder = new StudyFolder(cells, change?.Invoke(manifest) ?? manifest);
        PublishedRow[] published =
        [
            PublishedRow.Of(new PublishedValue("default", "fgd", "gpu_allocated_percent", 50, 10, 49.9, 0.1), [50, 50.1, 49.9]),
            PublishedRow.Of(new PublishedValue("default", "fgd", "gpu_allocated_percent", 100, 10, 94.25, 0.1), [94.5, 94.25, 94.75]),
        ];
        AtomicFile.WriteText(folder[ResultFileNames.Published], text => PublishedCsv.Write(text, published));
        return folder;
    }

    /// <summary>Two strategies under three tie-breaks each.</summary>
    /// <param name="seeds">Number of seeds.</param>
    public static StudyFolder TieBreaks(int seeds = 6)
    {
        (string Label, string Name, string TieBreak)[] strategies =
            [.. from name in (string[])["best-fit", "fgd"] from rule in (string[])["firstInOrder", "lowestName", "uniform"] select ($"{name}[tieBreak={rule}]", name, rule)];
        var manifest = new StudyManifest { Seeds = [.. Enumerable.Range(42, seeds).Select(seed => (ulong)seed)], Strategies = strategies, Baseline = strategies[0].Label };
        return new StudyFolder([.. from strategy in strategies from seed in manifest.Seeds select Saturated("default", strategy.Label, seed, strategy.TieBreak == "uniform" ? -3 : 0)], manifest);
    }

    /// <summary>Three strategies on two workloads and two fleets, three seeds each.</summary>
    public static StudyFolder TwoFleets()
    {
        var manifest = new StudyManifest { Seeds = [1, 2, 3], Strategies = [.. SaturationStrategies.Select(name => (name, name, "firstInOrder"))], Workloads = ["default", "sharing"] };
        return new StudyFolder(
            [
                .. from fleet in (string[])["large", "small"]
                   from workload in manifest.Workloads
                   from strategy in SaturationStrategies
                   from seed in manifest.Seeds
                   let cell = Saturated(workload, strategy, seed)
                   select cell with { Key = cell.Key with { Fleet = fleet } },
            ],
            manifest);
    }

    /// <summary>A timed replay whose seeds have an x of their own, with waits and a placement timeline.</summary>
    public static StudyFolder Timed(string compress = "1")
    {
        var manifest = new StudyManifest { Strategies = [("best-fit", "best-fit", "firstInOrder"), ("spread", "spread", "uniform")], IsTimed = true, Compress = compress };
        return new StudyFolder([.. from strategy in manifest.Strategies from seed in manifest.Seeds select Waiting(strategy.Label, seed, seed == manifest.Seeds[0])], manifest, withJournal: true);
    }

    /// <summary>Two strategies, three seeds, a workload with an update and one without: old pods fall from 40 to 0 while new ones rise, and a few requests fail.</summary>
    /// <param name="failures">Factor of the requests that fail.</param>
    /// <param name="servesNew">Whether the new version ever serves.</param>
    public static StudyFolder Rollout(double failures = 1, bool servesNew = true)
    {
        var manifest = new StudyManifest
        {
            Seeds = [1, 2, 3],
            Strategies = [("best-fit", "best-fit", "firstInOrder"), ("spread", "spread", "firstInOrder")],
            Workloads = ["rolling", "without-update"],
            IsCluster = true,
        };
        return new StudyFolder([.. from workload in manifest.Workloads from strategy in manifest.Strategies from seed in manifest.Seeds select Rolled(workload, strategy.Label, seed, failures, servesNew)], manifest);
    }

    /// <summary>Cells that say nothing.</summary>
    public static StudyFolder AllFailed()
    {
        var manifest = new StudyManifest { Strategies = [("best-fit", "best-fit", "firstInOrder"), ("broken", "broken", "firstInOrder")] };
        return new StudyFolder(
            [.. from strategy in manifest.Strategies from seed in manifest.Seeds select Cell("default", strategy.Label, seed) with { Status = CellStatus.Failed, Failure = "out of time" }], manifest);
    }

    /// <summary>More of everything than a page holds: strategies × workloads, two seeds, curves of 66 points.</summary>
    public static StudyFolder Huge(int strategies, int workloads)
    {
        string[] names = [.. Enumerable.Range(0, strategies).Select(i => $"strategy-{i:000}")];
        var manifest = new StudyManifest
        {
            Seeds = [1, 2],
            Strategies = [.. names.Select(name => (name, name, "firstInOrder"))],
            Workloads = [.. Enumerable.Range(0, workloads).Select(i => $"workload-{i:000}")],
            Baseline = names[^1],
        };
        return new StudyFolder(
            [
                .. from workload in manifest.Workloads
                   from s in Enumerable.Range(0, strategies)
                   from seed in manifest.Seeds
                   let level = 80 + (s % 17) + ((double)seed / 10)
                   select Cell(workload, names[s], seed) with
                   {
                       Metrics = [new("gpu_allocated_percent", level)],
                       Series = [.. Enumerable.Range(0, 66).Select(k => new SeriesPoint("gpu_allocated_percent", "gpu_arrived_percent", 2 * k, Math.Min(2 * k, level)))],
                   },
            ],
            manifest);
    }

    public static CellResult Cell(string workload, string strategy, ulong seed) => new() { Key = new CellKey("tiny", "small", workload, "none", strategy, seed), Fingerprint = seed };

    /// <summary>Pods that are lost with a machine and replaced, beside a workload that loses none.</summary>
    public static StudyFolder Loss()
    {
        var manifest = new StudyManifest { Seeds = [1, 2], Strategies = [("spread", "spread", "firstInOrder")], Workloads = ["power-off", "calm"], Baseline = "spread" };
        double[] steps = [.. Enumerable.Range(0, 11).Select(step => 30.0 * step)];
        return new StudyFolder(
            [
                .. from workload in manifest.Workloads
                   from seed in manifest.Seeds
                   let isHit = workload == "power-off"
                   select Cell(workload, "spread", seed) with
                   {
                       Metrics = [new("request_availability_ratio", 0.99)],
                       Series =
                       [
                           .. steps.Select(x => new SeriesPoint("ready_old_pods", "time_seconds", x, x == 0 ? 0 : isHit && x is (120 or 150) ? 30 : 40)),
                           .. steps.Select(x => new SeriesPoint("failed_requests_percent", "time_seconds", x, isHit && x == 120 ? 25 : 0)),
                       ],
                   },
            ],
            manifest);
    }

    /// <summary>A workload with a fault, in which one strategy loses a quarter of its pods for two steps and replaces them and the other a half, whose pods come back; and a workload that loses nothing.</summary>
    public static StudyFolder Faults()
    {
        var manifest = new StudyManifest
        {
            Seeds = [1, 2],
            Strategies = [("spread", "spread", "firstInOrder"), ("best-fit", "best-fit", "firstInOrder")],
            Workloads = ["power-off", "calm"],
            Baseline = "spread",
            IsCluster = true,
        };
        return new StudyFolder([.. from workload in manifest.Workloads from strategy in manifest.Strategies from seed in manifest.Seeds select Hit(workload, strategy.Label, seed)], manifest);
    }

    private static CellResult Hit(string workload, string strategy, ulong seed)
    {
        bool isHit = workload == "power-off", isReplaced = isHit && strategy == "spread";
        double lowest = strategy == "spread" ? 0.75 : 0.5;
        return Cell(workload, strategy, seed) with
        {
            Metrics =
            [
                new("surge_replica_seconds", 0),
                .. isHit ? (MetricValue[])
                [
                    new("pods_lost_total", 10), new("replacements_total", isReplaced ? 10 : 0), new("replacements_by_return_total", isReplaced ? 0 : 10),
                    new("recovery_detect_seconds_mean", isReplaced ? 45.0 + seed : null), new("recovery_evict_seconds_mean", isReplaced ? 300 : null),
                    new("recovery_place_seconds_mean", isReplaced ? 0 : null), new("recovery_pull_seconds_mean", isReplaced ? 2 : null),
                ] : [],
            ],
            Series = [.. Enumerable.Range(0, 11).Select(step => new SeriesPoint("available_ratio", "time_seconds", 30.0 * step, isHit && step is (4 or 5) ? lowest : 1))],
        };
    }

    private static CellResult Rolled(string workload, string strategy, ulong seed, double failures, bool servesNew)
    {
        bool isUpdated = workload == "rolling";
        double skill = strategy == "spread" ? 0.5 : 0;
        MetricValue[] metrics =
        [
            new("request_availability_ratio", 0.999), new("request_failures_per_million", (isUpdated ? 1000 : 10) + (10.0 * seed)),
            .. isUpdated ? (MetricValue[])[new("request_failures_above_pair_per_million", 990 - (100 * skill)), new("rollout_duration_seconds", 60 + seed - skill), new("surge_replica_seconds", 400 + seed)] : [new("surge_replica_seconds", 0)],
            new("available_ratio_min", isUpdated ? 0.75 : 1), new("deficit_replica_seconds", isUpdated ? 30 + seed : 0), new("deficit_by_update_replica_seconds", isUpdated ? 20 + seed : 0),
            new("deficit_by_node_fault_replica_seconds", isUpdated ? 10 : 0), new("deficit_by_eviction_replica_seconds", 0), new("pods_moved_total", isUpdated ? 12 + seed : null),
            new("scheduling_delay_seconds_p99", 0.5 + skill),
        ];
        double[] steps = [.. Enumerable.Range(0, 11).Select(step => 30.0 * step)];
        return Cell(workload, strategy, seed) with
        {
            Metrics = metrics,
            Services =
            [
                .. from service in (string[])["shop/cart", "shop/web"]
                   from value in (ServiceValue[])[new(service, "replica_availability_ratio", isUpdated ? 0.99 : 1), new(service, "request_availability_nines", (isUpdated ? 3 : 5) + (0.1 * seed))]
                   select value,
            ],
            Series =
            [
                .. steps.Select(x => new SeriesPoint("ready_old_pods", "time_seconds", x, isUpdated && x > 120 ? Math.Max(0, 40 - ((x - 120) / 3) - seed) : 40)),
                .. steps.Where(_ => isUpdated).Select(x => new SeriesPoint("ready_new_pods", "time_seconds", x, servesNew && x > 120 ? Math.Min(40, (x - 120) / 3) : 0)),
                .. steps.Where(x => x >= 60).Select(x => new SeriesPoint("failed_requests_percent", "time_seconds", x, failures * (isUpdated && x is > 120 and < 240 ? 0.5 + (0.1 * seed) : 0))),
            ],
        };
    }

    private static CellResult Saturated(string workload, string strategy, ulong seed, double shift = 0)
    {
        CellResult cell = Cell(workload, strategy, seed);
        if (workload == "sharing" && strategy == "random" && seed == 44) return cell with { Status = CellStatus.Failed, Failure = "the strategy threw <oops> & \"more\"" };
        double skill = strategy.StartsWith("fgd", StringComparison.Ordinal) ? 3.5 : strategy == "random" ? -2 : 0;
        double allocated = 91 + skill + shift + (workload == "default" ? 0 : -1) + ((double)(seed * 7919 % 13) / 10);
        return cell with
        {
            Metrics = [new("gpu_allocated_percent", allocated), new("gpu_fragmented_percent", 98.875 - allocated), new("pods_arrived_total", 10_000)],
            Series =
            [
                .. from x in (double[])[0, 50, 90, 100, 130] select new SeriesPoint("gpu_allocated_percent", "gpu_arrived_percent", x, Math.Min(x, allocated)),
                .. from x in (double[])[0, 50, 90, 100, 130] select new SeriesPoint("gpu_fragmented_percent", "gpu_arrived_percent", x, 15 - (x / 10 * (1 + (skill / 10)))),
            ],
            Timing = [new("cell_wall_seconds", 0.12345678), new("decisions_per_second", 987654.321)],
        };
    }

    private static CellResult Waiting(string strategy, ulong seed, bool hasTimeline)
    {
        double slower = strategy == "best-fit" ? 1.5 : 1, stretch = 1 + ((seed - 42) * 0.01);
        return Cell("default", strategy, seed) with
        {
            Metrics =
            [
                new("cpu_allocated_percent", 70 / slower), new("wait_seconds_mean", 120 * slower * stretch), new("wait_seconds_p99", 4000 * slower), new("bounded_slowdown_mean", 1 + slower),
                new("pending_pods_mean", 3 * slower),
            ],
            Series =
            [
                .. Enumerable.Range(0, 20).Select(bin => new SeriesPoint("cpu_allocated_percent", "time_seconds", (bin + 0.5) * 18_000 * stretch, 60 + bin)),
                .. Enumerable.Range(0, 101).Select(k => new SeriesPoint("wait_seconds", "pods_percent", k, k < 50 ? 0 : (k - 49) * 100 * slower)),
            ],
            Timeline = hasTimeline ? [new("node-1", "a", 0, 7200, 0.5), new("node-1", "b", 3600, 90_000, 0.25), new(strategy == "spread" ? "node-2" : "node-1", "c", 90_000, 180_000, 1)] : [],
        };
    }
}
