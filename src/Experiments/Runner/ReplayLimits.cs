using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Runner;

/// <summary>Refuses replays whose size shows only when trace and fleet are known: offers of more pods than anybody can run.</summary>
internal static class ReplayLimits
{
    /// <summary>As for traces.</summary>
    private const int MostPods = 20_000_000;

    /// <summary>What is wrong with the replay of a cell, or <see langword="null"/>.</summary>
    /// <param name="cell">The cell; its seed plays no part.</param>
    /// <param name="nodes">Its fleet before it is thinned.</param>
    /// <param name="pods">Its workload, sorted by arrival.</param>
    public static InputProblem? Check(PlannedCell cell, IReadOnlyList<NodeSpec> nodes, ReadOnlySpan<PodArrival> pods) => cell.Workload.Replay is SaturateReplay { Until: { } until } ? CheckOffer(cell, until, nodes, pods) : null;

    private static InputProblem? CheckOffer(PlannedCell cell, SaturationLimit until, IReadOnlyList<NodeSpec> nodes, ReadOnlySpan<PodArrival> pods)
    {
        decimal capacity = 0, offered = 0;
        foreach (NodeSpec node in nodes) capacity += Amount(node, until.Resource);
        if (cell.Fleet.Nodes?.Subset is { } subset) capacity = capacity / Math.Max(1, nodes.Count) * subset.SizeOf(nodes.Count);
        foreach (ref readonly PodArrival pod in pods) offered += ArrivalOrder.Amount(pod.Spec, until.Resource);
        decimal limit = until.OfCapacity * capacity;
        string value = Decimals.Text(until.OfCapacity);
        if (limit > long.MaxValue) return Problem(cell, "until.ofCapacity", value, "expected an offer below 2^63 (thousandths of a CPU or GPU, or bytes)");

        // Pods are drawn until the offer is reached, so their number follows from their mean request.
        decimal drawn = offered == 0 ? 0 : limit / offered * pods.Length;
        return drawn <= MostPods ? null : Problem(cell, "until.ofCapacity", value, $"expected an offer that at most {MostPods} pods of this trace reach; it takes about {drawn:0}");
    }

    private static long Amount(NodeSpec node, SaturationResource resource) => resource switch
    {
        SaturationResource.Gpu => (long)node.GpuCount * PodSpec.WholeGpuMilli,
        SaturationResource.Cpu => node.CpuMilli,
        _ => node.MemoryBytes,
    };

    private static InputProblem Problem(PlannedCell cell, string field, string value, string expected) =>
        new(cell.Key.Experiment, 0, 0, $"workload {cell.Key.Workload} on fleet {cell.Key.Fleet}: replay.{field}", value, expected);
}
