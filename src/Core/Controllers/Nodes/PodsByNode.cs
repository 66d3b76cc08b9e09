using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Pods bound to each node, as a feed knows them, in the order in which their bindings became known.</summary>
internal sealed class PodsByNode(int nodes) : IStoreListener
{
    private readonly List<long>?[] _pods = new List<long>?[nodes];

    /// <summary>Identities of a node's pods.</summary>
    public IReadOnlyList<long> On(int node) => (IReadOnlyList<long>?)_pods[node] ?? [];

    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod { Node.IsNode: true } pod) return;
        if (change.After is null) _pods[pod.Node.Value]?.Remove(pod.Uid);
        else if (change.Before is not Pod { Node.IsNode: true }) (_pods[pod.Node.Value] ??= []).Add(pod.Uid);
    }
}
