using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <content>Nodes that come and go: the cluster autoscaler and the machines that it asks for.</content>
public sealed partial class OrchestratedRun : INodeMachines
{
    /// <summary>The cluster autoscaler, or null when the fleet stays as it is.</summary>
    public ClusterAutoscaler? ClusterAutoscaler { get; private set; }

    private void AddClusterAutoscaler(ClusterAutoscalerOptions options)
    {
        ObjectFeed feed = Controllers.Context.Feed;
        var state = new ClusterState(Fleet, Shapes) { Volumes = new ClaimRules(feed.View, Store, Fleet, _options.Controllers.Storage) };
        ClusterAutoscaler = new ClusterAutoscaler(new ClusterAutoscalerContext(Loop, Store, feed, Facts, Evictions, this, Controllers.Context.Events, state, Seed), options);
    }

    /// <summary>A node of the fleet does not exist when the run begins.</summary>
    private void BeginWithout(NodeIndex node)
    {
        Scheduler.SetPresent(node, present: false);
        Health?.Crash(node.Value);
    }

    /// <inheritdoc/>
    void INodeMachines.Start(NodeIndex node)
    {
        Runtime?.EmptyDisk(node.Value);
        Health?.Recover(node.Value);
        WhenApiAnswers(() => _ = Store.Create(NodeObjects.Of(Fleet, node.Value), out _));
    }

    /// <inheritdoc/>
    void INodeMachines.Stop(NodeIndex node)
    {
        Health?.Crash(node.Value);
        WhenApiAnswers(() => _ = Store.Delete(new ObjectKey(ResourceKind.Node, "", Fleet.Nodes[node.Value].Name)));
    }
}
