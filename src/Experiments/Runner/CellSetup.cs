using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Runner;

/// <summary>Turns a planned cell into the options of its run: the seed orders and thins the fleet, orders the workload, and is handed on.</summary>
internal static class CellSetup
{
    /// <summary>The options of a cell's run.</summary>
    public static ClusterRunOptions Options(PlannedCell cell, LoadedInputs inputs, StrategyCatalog strategies)
    {
        LoadedWorkload loaded = inputs.WorkloadOf(cell);
        var fleet = new FleetLayout(Nodes(cell.Fleet, inputs.FleetOf(cell).Nodes, cell.Key.Seed));
        StrategyEntry entry = strategies.Find(cell.Strategy.Name) ?? throw new InvalidOperationException($"The plan names a strategy '{cell.Strategy.Name}' that is not in the catalog.");
        var options = new ClusterRunOptions
        {
            Fleet = fleet,
            Arrivals = new ArrivalPlan(loaded.Workload),
            Strategy = entry.Build(cell.Strategy.Options, cell.Strategy.File),
            TieBreak = cell.Strategy.TieBreak,
            Seed = cell.Key.Seed,
            Profile = loaded.Profile,
        };
        return cell.Workload.Replay switch
        {
            SaturateReplay saturate => Saturate(options, saturate, loaded.Workload),
            TimedReplay timed => Timed(options, timed, loaded.Workload),
            _ => throw new InvalidOperationException($"Unknown replay {cell.Workload.Replay.GetType().Name}."),
        };
    }

    /// <summary>End of the window over which a timed run takes its means: the end of the replayed part of the trace, else its last arrival.</summary>
    /// <remarks>Taken from the trace as recorded, so that it is the same under every seed, shaken or not.</remarks>
    public static TimeSpan Window(ArrivalPlan plan, Workload recorded)
    {
        ReadOnlySpan<PodArrival> pods = recorded.Pods.Span;
        if (pods.Length == 0) return TimeSpan.Zero;
        TimeSpan last = plan.To < pods[^1].Arrival ? plan.To : pods[^1].Arrival;
        return last <= plan.From ? TimeSpan.Zero : TimeSpan.FromTicks((long)((last - plan.From).Ticks / plan.Compression));
    }

    /// <summary>The nodes of a run: thinned, then ordered, each by draws of its own, so that every strategy meets the same fleet under a seed.</summary>
    internal static NodeSpec[] Nodes(FleetSpec spec, IReadOnlyList<NodeSpec> recorded, ulong seed)
    {
        NodeSpec[] nodes = [.. recorded];
        if (spec.Nodes?.Subset is { } subset)
        {
            int[] chosen = [.. Enumerable.Range(0, nodes.Length)];
            Draw.Stream(seed, "fleet/subset").Shuffle(chosen.AsSpan(), entity: 0);
            Array.Resize(ref chosen, subset.SizeOf(nodes.Length));
            Array.Sort(chosen);
            nodes = [.. chosen.Select(n => recorded[n])];
        }

        if (spec.Nodes?.Order == RecordOrder.Shuffled) Draw.Stream(seed, "fleet/order").Shuffle(nodes.AsSpan(), entity: 0);
        return nodes;
    }

    private static ClusterRunOptions Saturate(ClusterRunOptions options, SaturateReplay replay, Workload workload)
    {
        long limit = replay.Until is { } until ? (long)decimal.Floor(until.OfCapacity * Capacity(options.Fleet, until.Resource)) : 0;
        int[] order = ArrivalOrder.Saturation(
            workload.Pods.Span, replay.Order == RecordOrder.Shuffled, replay.Until?.Resource, limit, options.Seed);
        return options with
        {
            Arrivals = new ArrivalPlan(workload, order, AllAtOnce: true),
            Scheduler = new SchedulerHostOptions { RetryUnschedulable = false },
        };
    }

    private static ClusterRunOptions Timed(ClusterRunOptions options, TimedReplay replay, Workload workload) => options with
    {
        Arrivals = new ArrivalPlan(replay.Shake == 0 ? workload : InputShaking.Shake(workload, (double)replay.Shake, options.Seed))
        {
            From = replay.From,
            To = replay.To ?? TimeSpan.MaxValue,
            Compression = (double)replay.Compress,
        },
        Scheduler = new SchedulerHostOptions { BindLatency = replay.BindLatency },
        StartLatency = replay.StartLatency,
        CacheDelay = replay.CacheDelay,
        Until = replay.To is { } to ? TimeSpan.FromTicks((long)((to - replay.From).Ticks / (double)replay.Compress)) : TimeSpan.MaxValue,
    };

    private static long Capacity(FleetLayout fleet, SaturationResource resource) => resource switch
    {
        SaturationResource.Gpu => fleet.TotalGpuMilli,
        SaturationResource.Cpu => fleet.TotalCpuMilli,
        _ => fleet.TotalMemoryBytes,
    };
}
