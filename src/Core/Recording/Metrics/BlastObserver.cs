using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How far the faults of a run reached (REFERENCE §1.5 blast): pods that were killed or had to move, and their namespaces.</summary>
/// <remarks>
/// Killed is a pod that a fault kills, or that is bound to a machine in the instant in which it goes off; moved is one that is deleted for a NoExecute taint of its node, rightly or not. Each pod counts once.
/// Their share is that of the pods that were bound to a node when the first fault began, or later; pods that had ended by then do not count.
/// </remarks>
/// <param name="view">The store's objects.</param>
public sealed class BlastObserver(ObjectView view) : IFactObserver, IStoreListener, INodeHealthListener
{
    private readonly Dictionary<long, string> _exposed = [];
    private readonly HashSet<long> _hit = [];
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private bool _hasBegun;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.FaultBegan or FactKind.FaultHitPod:
                Begin();
                break;
            case FactKind.PodKilled:
                Begin();
                Hit(fact.Uid);
                break;
            case FactKind.PodEvictedByTaint:
                Hit(fact.Uid);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (_hasBegun && change.After is Pod pod) Expose(pod);
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        if (before.HasFlag(NodeTrouble.Down) || !after.HasFlag(NodeTrouble.Down)) return;
        IReadOnlyList<KubeObject> pods = view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i] is Pod { HasEnded: false } pod && pod.Node.Value == node) Hit(pod.Uid);
        }
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(MetricSink sink)
    {
        sink.Add("blast_pods_total", _hit.Count);
        sink.AddRatio("blast_pods_percent", _hit.Count, _exposed.Count, 100);
        sink.Add("blast_namespaces_total", _namespaces.Count);
    }

    private void Begin()
    {
        if (_hasBegun) return;
        _hasBegun = true;
        IReadOnlyList<KubeObject> pods = view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++) Expose((Pod)pods[i]);
    }

    private void Expose(Pod pod)
    {
        if (pod is { Node.IsNode: true, HasEnded: false }) _exposed.TryAdd(pod.Uid, pod.Metadata.Namespace);
    }

    private void Hit(long pod)
    {
        if (_exposed.TryGetValue(pod, out string? ns) && _hit.Add(pod)) _namespaces.Add(ns);
    }
}
