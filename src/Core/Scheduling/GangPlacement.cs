using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// All-or-nothing placement of one group with the nodes that a pod-by-pod strategy chooses: members are placed on trial one after another, and when too few
/// find a node, all are taken back. The semantics of the coscheduling PodGroup (kubernetes-sigs/scheduler-plugins) without its waiting phase.
/// </summary>
internal sealed class GangPlacement(NodeSelector selector) : BatchStrategy
{
    /// <summary>Whether nothing but a lack of room kept members of the last group from a node: the strategy neither let one wait nor named a node that was refused.</summary>
    public bool LacksRoom { get; private set; }

    /// <inheritdoc/>
    /// <remarks>The pending pods are the members of one group. Places as many as fit; none when fewer than the group's minimum do.</remarks>
    public override void Place(PendingPods pending, PlacementPlan plan)
    {
        int minMember = pending.MinMemberOf(0);
        bool lacksRoom = true;
        LacksRoom = false;
        for (int i = 0; i < pending.Count; i++)
        {
            PodRequest pod = pending[i];
            var node = new NodeIndex(selector.Select(in pod, out bool waits));
            // Devices are asked for nodes that exist and fit only, as for a pod alone; the plan refuses and counts the others.
            DeviceSet devices = plan.Fits(in pod, node) ? selector.Devices(in pod, node.Value) : DeviceSet.Empty;
            bool placed = node != NodeIndex.None && plan.TryPlace(in pod, node, devices);
            if (!placed) lacksRoom &= node == NodeIndex.None && !waits;
            // Stop as soon as those that are left cannot reach the minimum any more.
            if (!placed && plan.Count + (pending.Count - i - 1) < minMember) break;
        }

        if (plan.Count < minMember) plan.RollBackTo(0);
        LacksRoom = lacksRoom;
    }
}
