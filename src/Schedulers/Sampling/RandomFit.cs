using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Sampling;

/// <summary>One of the feasible nodes, each equally likely; a GPU share takes one of the devices that fit, each equally likely.</summary>
/// <remarks>Draws are keyed by pod and attempt, so a pod meets the same dice whatever was placed before. No tie can arise. O(nodes/64) a decision.
/// Source: Random in Weng et al., USENIX ATC 2023.</remarks>
[Strategy("random", "A feasible node and device at random")]
public sealed class RandomFit : ClusterStrategy
{
    private Draw _nodes;
    private Draw _devices;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        _nodes = context.Draws("random/node");
        _devices = context.Draws("random/device");
    }

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) =>
        feasible.Nth((int)_nodes.Below(pod.Entity, (ulong)pod.Attempt, (ulong)feasible.Count));

    /// <inheritdoc/>
    public override DeviceSet Devices(in PodRequest pod, in NodeState node)
    {
        if (!pod.Shape.IsGpuShare) return DeviceChoice.Tightest(in pod.Shape, in node);
        ReadOnlySpan<int> free = node.DeviceFreeMilli;
        int fitting = 0;
        foreach (int milli in free) fitting += milli >= pod.Shape.GpuMilliPerDevice ? 1 : 0;
        int rank = (int)_devices.Below(pod.Entity, (ulong)pod.Attempt, (ulong)fitting);
        for (int d = 0; ; d++)
        {
            if (free[d] >= pod.Shape.GpuMilliPerDevice && rank-- == 0) return DeviceSet.Of(d);
        }
    }
}
