using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Why a pod stopped serving (REFERENCE §1.6: deficit by cause).</summary>
internal enum LossCause : byte
{
    /// <summary>Its machine or the way to it failed: the node was not ready, was in trouble, or the pod was deleted for a taint of a lost node.</summary>
    NodeFault,

    /// <summary>It was asked to leave: evicted through the API (drain, scale-in), preempted, ended by its agent for pressure, or deleted for a taint of a node that works.</summary>
    Eviction,

    /// <summary>Its Deployment's rollout or release, or its set's new revision, took it away; the Service was pointed elsewhere; or it is of the new version and failed while that was rolled out.</summary>
    Update,

    /// <summary>Anything else: a crash, a failed probe, a deletion by a user.</summary>
    Other,
}

/// <summary>Works out why pods stop serving, from writes of the store, facts and the true state of machines.</summary>
/// <param name="view">The store's objects.</param>
/// <param name="now">The current instant.</param>
internal sealed class LossCauses(ObjectView view, Func<TimeSpan> now) : IFactObserver, INodeHealthListener
{
    /// <summary>A machine that was off and is back has its pods found out within this long.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(1);

    /// <summary>Nodes as they are, or last were.</summary>
    private readonly Dictionary<int, Node> _nodes = [];
    private readonly HashSet<int> _gone = [];
    private readonly Dictionary<int, (TimeSpan Begun, TimeSpan Ended)> _troubles = [];
    private readonly HashSet<long> _pressed = [];
    private readonly HashSet<long> _underWay = [];

    /// <summary>When pods got ready in truth: what their status says is off where a machine's clock is.</summary>
    private readonly Dictionary<long, TimeSpan> _readyAt = [];

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node node)
        {
            _nodes[node.Index.Value] = node;
            if (change.After is null) _gone.Add(node.Index.Value);
            else _gone.Remove(node.Index.Value);
        }
        else if (change is { Before: Deployment before, After: Deployment after } && !ReferenceEquals(before.Template, after.Template))
        {
            // Recreate takes the old pods away before the rollout is said to have started.
            _underWay.Add(after.Uid);
        }
        else if (change.After is null && change.Object is Pod)
        {
            _pressed.Remove(change.Object.Uid);
            _readyAt.Remove(change.Object.Uid);
        }
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.RolloutStarted or FactKind.ReleaseStarted:
                _underWay.Add(fact.Uid);
                break;
            case FactKind.RolloutCompleted or FactKind.ReleasePromoted or FactKind.ReleaseAborted:
                _underWay.Remove(fact.Uid);
                break;
            case FactKind.PodReady:
                _readyAt[fact.Uid] = fact.At;
                break;
            case FactKind.PodEvictedByPressure:
                _pressed.Add(fact.Uid);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        if (before == NodeTrouble.None) _troubles[node] = (now(), TimeSpan.MaxValue);
        else if (after == NodeTrouble.None) _troubles[node] = (_troubles[node].Begun, now());
    }

    /// <summary>The cause of a write after which a pod does not serve any more.</summary>
    /// <param name="before">The pod, serving.</param>
    /// <param name="after">The pod afterwards; null when it is gone.</param>
    /// <param name="isNew">Whether it is of the version that is rolled out.</param>
    public LossCause Of(Pod before, Pod? after, bool isNew)
    {
        Pod last = after ?? before;
        if (last.Status.Disruption == "DeletionByTaintManager") return IsLost(last) ? LossCause.NodeFault : LossCause.Eviction;
        if (IsScaledIn(last) || last.Status.Disruption.Length > 0 || _pressed.Contains(last.Uid)) return LossCause.Eviction;
        if (IsLost(last) || WasInTrouble(before)) return LossCause.NodeFault;
        bool isDeleted = after is null || after.IsLeaving;
        return IsUpdated(last, isDeleted, isNew) ? LossCause.Update : LossCause.Other;
    }

    private bool IsScaledIn(Pod pod) => _nodes.TryGetValue(pod.Node.Value, out Node? node) && NodeTaints.Has(node, Controllers.ClusterAutoscaler.ToBeDeleted, TaintEffect.NoSchedule);

    private bool IsLost(Pod pod) => !_nodes.TryGetValue(pod.Node.Value, out Node? node) || _gone.Contains(pod.Node.Value) || node.IsReady != true
        || NodeTaints.Has(node, NodeTaints.NotReady, TaintEffect.NoExecute) || NodeTaints.Has(node, NodeTaints.Unreachable, TaintEffect.NoExecute);

    /// <summary>Trouble of its node began while it served, and is not long over.</summary>
    private bool WasInTrouble(Pod pod) =>
        _troubles.TryGetValue(pod.Node.Value, out (TimeSpan Begun, TimeSpan Ended) trouble) && trouble.Begun >= _readyAt.GetValueOrDefault(pod.Uid, pod.Status.ReadySince)
        && (trouble.Ended == TimeSpan.MaxValue || now() - trouble.Ended <= Aftermath);

    private bool IsUpdated(Pod pod, bool isDeleted, bool isNew)
    {
        if (pod.Metadata.Controller is not { } owner) return false;
        // Docker Swarm's tasks belong to the Deployment itself.
        if (owner.Kind == ResourceKind.Deployment) return (isDeleted || isNew) && _underWay.Contains(owner.Uid);
        if (owner.Kind == ResourceKind.ReplicaSet && view.Find(owner.Uid)?.Metadata.Controller is { Kind: ResourceKind.Deployment } deployment) return (isDeleted || isNew) && _underWay.Contains(deployment.Uid);
        string revision = view.Find(owner.Uid) is StatefulSet set ? set.Status.UpdateRevision : "";
        return isDeleted && revision.Length > 0 && pod.Metadata.Labels.ValueOf(Controllers.RevisionHistory.Label) is { } own && own != revision;
    }
}
