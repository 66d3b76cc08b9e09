using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Scheduling;

/// <content>What the watch shows of nodes.</content>
public sealed partial class SchedulerHost
{
    /// <summary>Gives a node other taints in the view.</summary>
    internal void SetTaints(NodeIndex node, ValueList<Taint> taints)
    {
        _view.SetTaints(node.Value, taints);
        if (IsUp) _strategy.OnNodeChanged(node);
        _facts.Record(new Fact(FactKind.NodeTaintsChanged, _loop.Now, default, -1, node, _view.TaintSet[node.Value]));
        OnRoomMade(node.Value, ClusterEvents.Node);
    }

    /// <summary>Gives a node other labels in the view. Pods that are there stay (<c>IgnoredDuringExecution</c>); whoever waits is asked again.</summary>
    internal void SetLabels(NodeIndex node, ValueList<Label> labels)
    {
        if (!_view.SetLabels(node.Value, labels)) return;
        if (IsUp) _strategy.OnNodeChanged(node);
        _facts.Record(new Fact(FactKind.NodeLabelsChanged, _loop.Now, default, -1, node, _view.ClassOf(node.Value)));
        OnRoomMade(node.Value, ClusterEvents.Node);
    }

    /// <summary>Gives a node another size in the view.</summary>
    internal void SetSize(NodeIndex node, NodeSpec size)
    {
        if (!_view.SetSize(node.Value, size)) return;
        if (IsUp) _strategy.OnNodeChanged(node);
        _facts.Record(new Fact(FactKind.NodeResized, _loop.Now, default, -1, node, size.CpuMilli));
        OnRoomMade(node.Value, ClusterEvents.Node);
    }

    /// <summary>Says in the view that a node of the layout exists, or not (yet, or any more).</summary>
    internal void SetPresent(NodeIndex node, bool present)
    {
        _view.SetPresent(node.Value, present);
        if (IsUp) _strategy.OnNodeChanged(node);
        _facts.Record(new Fact(FactKind.NodePresenceChanged, _loop.Now, default, -1, node, present ? 1 : 0));
        OnRoomMade(node.Value, ClusterEvents.Node);
    }

    /// <summary>Cordons or uncordons a node in the view.</summary>
    internal void SetSchedulable(NodeIndex node, bool schedulable)
    {
        _view.SetSchedulable(node.Value, schedulable);
        if (IsUp) _strategy.OnNodeChanged(node);
        _facts.Record(new Fact(FactKind.NodeSchedulableChanged, _loop.Now, default, -1, node, schedulable ? 1 : 0));
        OnRoomMade(node.Value, ClusterEvents.Node);
    }
}
