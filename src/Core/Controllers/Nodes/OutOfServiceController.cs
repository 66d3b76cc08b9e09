using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Removes terminating pods of nodes that a person declared out of service: nobody is left there to stop them
/// (Kubernetes <c>pkg/controller/podgc</c>, <c>gcTerminating</c>; KEP-2268).</summary>
/// <remarks>Works in passes, every 20 s; a pass that would find nothing is not made. The other duties of the pod garbage collector are not this controller's. That
/// volumes of such a node may be detached at once is up to who attaches them: it reads the same taint.</remarks>
public sealed class OutOfServiceController : Controller
{
    private readonly PodsByNode _pods;
    private readonly TimeSpan _period;
    private readonly Func<long, PodIndex> _slotOf;
    private readonly Dictionary<int, long> _out = [];

    internal OutOfServiceController(PodsByNode pods, NodeLifecycleOptions options, Func<long, PodIndex> slotOf)
    {
        _pods = pods;
        _period = options.GarbagePeriod;
        _slotOf = slotOf;
    }

    /// <inheritdoc/>
    public override string Name => "pod-garbage-collector-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Node node)
        {
            if (change.After is null || !IsOut(node)) _out.Remove(node.Index.Value);
            else if (_out.TryAdd(node.Index.Value, node.Uid)) AtNextPass(node.Uid);
        }
        else if (_out.Count > 0 && change.After is Pod { Node.IsNode: true, Metadata.IsDeleting: true } pod && _out.TryGetValue(pod.Node.Value, out long uid))
        {
            AtNextPass(uid);
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _out.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Node node || !IsOut(node)) return;
        long[] pods = [.. _pods.On(node.Index.Value)];
        foreach (long podUid in pods)
        {
            if (View.Find(podUid) is not Pod { Metadata.IsDeleting: true } pod) continue;
            Context.Facts.Record(new Fact(FactKind.PodForceDeleted, Now, _slotOf(pod.Uid), (int)pod.Uid, pod.Node, 0));
            // Removed by this write when no finalizer holds it.
            if (!pod.HasEnded) _ = Api.Update(pod with { Status = pod.Status with { Phase = PodLifePhase.Failed, IsReady = false, Disruption = "DeletionByPodGC" } });
        }
    }

    private static bool IsOut(Node node) =>
        node.IsReady != true && (NodeTaints.Has(node, NodeTaints.OutOfService, TaintEffect.NoExecute) || NodeTaints.Has(node, NodeTaints.OutOfService, TaintEffect.NoSchedule));

    private void AtNextPass(long uid) => EnqueueAfter(uid, (_period * ((Now.Ticks / _period.Ticks) + 1)) - Now);
}
