using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>A scoring strategy made of functions.</summary>
internal sealed class Scored(Func<Scored.PodShapeView, NodeIndex, long> score, Func<DeviceSet>? devices = null) : ScoringStrategy
{
    /// <summary>What a score function of a test may look at.</summary>
    public readonly record struct PodShapeView(long CpuMilli, int GpuCount, int PodsOnNode);

    public override long Score(in PodShape pod, in NodeState node) => score(new PodShapeView(pod.CpuMilli, pod.GpuCount, node.PodCount), node.Index);

    public override DeviceSet Devices(in PodShape pod, in NodeState node) => devices?.Invoke() ?? base.Devices(in pod, in node);
}

/// <summary>A choosing strategy made of functions.</summary>
internal sealed class Chosen(Func<FeasibleNodes, ulong, NodeIndex> choose, Func<DeviceSet>? devices = null, bool dependsOnTime = false) : ClusterStrategy
{
    public List<string> Hooks { get; } = [];

    public override bool DependsOnTime => dependsOnTime;

    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => choose(feasible, pod.Entity);

    public override DeviceSet Devices(in PodRequest pod, in NodeState node) => devices?.Invoke() ?? base.Devices(in pod, in node);

    public override void OnPodPlaced(in PodRequest pod, NodeIndex node) => Hooks.Add($"+{pod.Entity}@{node.Value}");

    public override void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason) => Hooks.Add($"-{pod.Entity}@{node.Value} {reason}");

    public override void OnNodeChanged(NodeIndex node) => Hooks.Add($"~{node.Value}");
}

/// <summary>A batch strategy made of a function.</summary>
internal sealed class Batched(Action<PendingPods, PlacementPlan> place) : BatchStrategy
{
    public override void Place(PendingPods pending, PlacementPlan plan) => place(pending, plan);
}
