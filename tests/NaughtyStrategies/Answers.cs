using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.NaughtyStrategies;

/// <summary>Names a node far beyond the last.</summary>
[Strategy("naughty-unknown-node", "Answers with a node that does not exist")]
public sealed class UnknownNode : ClusterStrategy
{
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => new(int.MaxValue);
}

/// <summary>Names a node before the first that is not "none" either.</summary>
[Strategy("naughty-negative-node", "Answers with a negative node")]
public sealed class NegativeNode : ClusterStrategy
{
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => new(int.MinValue);
}

/// <summary>Names devices of a node that has none.</summary>
[Strategy("naughty-devices", "Answers with devices that the node does not have")]
public sealed class UnknownDevices : ClusterStrategy
{
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => feasible.Nth(0);

    public override DeviceSet Devices(in PodRequest pod, in NodeState node) => new(ulong.MaxValue);
}

/// <summary>Insists on the first node, whether the pod fits or not.</summary>
[Strategy("naughty-full-node", "Answers with the first node even when it is full")]
public sealed class FirstNodeOnly : ClusterStrategy
{
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => new(0);
}

/// <summary>Never decides.</summary>
[Strategy("naughty-refuse", "Lets every pod wait")]
public sealed class Refusing : ClusterStrategy
{
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => NodeIndex.None;
}

/// <summary>Places each pod, and then places it again somewhere else.</summary>
[Strategy("naughty-twice", "Places the same pod twice")]
public sealed class PlacingTwice : BatchStrategy
{
    public override void Place(PendingPods pending, PlacementPlan plan)
    {
        for (int i = 0; i < pending.Count; i++)
        {
            PodRequest pod = pending[i];
            int placed = 0;
            for (int n = 0; n < plan.View.Count && placed < 2; n++)
            {
                var node = new NodeIndex(n);
                if (plan.View.Fits(in pod.Shape, node)) placed += plan.TryPlace(in pod, node, DeviceSet.Empty) || placed > 0 ? 1 : 0;
            }
        }
    }
}
