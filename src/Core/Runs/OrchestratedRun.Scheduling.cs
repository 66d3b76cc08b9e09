using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <content>What the scheduler knows beside pods and nodes: claims and budgets.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>The store as the scheduler sees it, maybe late.</summary>
    internal ObjectFeed SchedulerFeed { get; }

    /// <summary>Every node with the label of its name, as the kubelet registers it, unless it has one: rules over <c>kubernetes.io/hostname</c> mean nodes.</summary>
    private static FleetLayout WithHostNames(FleetLayout fleet)
    {
        var nodes = new NodeSpec[fleet.Count];
        bool hasAll = true;
        for (int n = 0; n < nodes.Length; n++)
        {
            NodeSpec node = fleet.Nodes[n];
            nodes[n] = node;
            if (node.Labels.ValueOf(NodeObjects.HostLabel) is not null) continue;
            hasAll = false;
            nodes[n] = node with { Labels = Labels.Of(node.Labels.Append(new Label(NodeObjects.HostLabel, node.Name))) };
        }

        return hasAll ? fleet : new FleetLayout(nodes);
    }

    /// <summary>Claims and preemption, and the feed of everything else, in that order: what the scheduler is told it judges with both.</summary>
    private void AddScheduling()
    {
        if (_groups is not null) SchedulerFeed.Subscribe(_groups);
        var claims = new ClaimRules(SchedulerFeed.View, Store, Fleet, _options.Controllers.Storage);
        ViewState.Volumes = claims;
        _pods.Binding = claims.Choose;
        if (_options.Preempts)
            Scheduler.Preemptor = new DefaultPreemptor(Scheduler.TrackPlacedPods(_pods.Evict), new ObjectBudgets(SchedulerFeed.View, _pods.UidOf));
        Facts.Subscribe(_pods);
        SchedulerFeed.Subscribe(_pods);
    }

    /// <summary>Writes a binding that somebody outside decided.</summary>
    internal ApiError? Assign(Pod pod, NodeIndex node, DeviceSet devices)
    {
        if (_pods.Assign(pod, node, devices) is { } error) return error;
        Facts.Record(new Fact(FactKind.PodBound, Loop.Now, SlotOf(pod.Uid), checked((int)pod.Uid), node, (long)devices.Bits));
        return null;
    }

    /// <summary>Says what <see cref="Assign"/> would answer; nothing is written.</summary>
    internal ApiError? DryRunAssign(Pod pod, NodeIndex node, DeviceSet devices) => _pods.DryRunAssign(pod, node, devices);
}
