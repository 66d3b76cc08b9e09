using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Deletes pods from nodes with NoExecute taints: at once without toleration, after the shortest <c>tolerationSeconds</c> otherwise
/// (Kubernetes <c>pkg/controller/tainteviction</c>).</summary>
/// <remarks>The time counts from the instant at which the taint was seen; a shorter one that comes later does not wait for the longer. No disruption budget binds it.</remarks>
public sealed class TaintEvictionController : Controller
{
    private readonly PodsByNode _pods;
    private readonly Func<long, PodIndex> _slotOf;
    private readonly Dictionary<int, ValueList<Taint>> _tainted = [];
    private readonly Dictionary<long, TimeSpan> _due = [];

    internal TaintEvictionController(PodsByNode pods, Func<long, PodIndex> slotOf)
    {
        _pods = pods;
        _slotOf = slotOf;
    }

    /// <inheritdoc/>
    public override string Name => "taint-eviction-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Node node) OnNodeChange(node, change.After is null);
        else if (_tainted.Count > 0 && change.Object is Pod { Node.IsNode: true } pod && _tainted.ContainsKey(pod.Node.Value)) OnPodChange(pod, in change);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _tainted.Clear();
        _due.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is Pod pod)
        {
            Consider(pod);
            return;
        }

        if (View.Find(uid) is not Node node) return;
        IReadOnlyList<long> pods = _pods.On(node.Index.Value);
        for (int i = 0; i < pods.Count; i++)
        {
            if (View.Find(pods[i]) is Pod bound) Consider(bound);
        }
    }

    private void OnNodeChange(Node node, bool isGone)
    {
        int index = node.Index.Value;
        ValueList<Taint> taints = isGone ? default : NoExecute(node.Taints);
        if (taints == _tainted.GetValueOrDefault(index)) return;
        if (taints.Count == 0) _tainted.Remove(index);
        else _tainted[index] = taints;
        if (isGone) ForgetPods(index);
        Enqueue(node.Uid);
    }

    /// <summary>The node is gone, and its taints with it: when it comes back and is tainted anew, its pods have their time anew. (Kubernetes cancels when it comes back.)</summary>
    private void ForgetPods(int node)
    {
        foreach (long pod in _pods.On(node)) _due.Remove(pod);
    }

    private void OnPodChange(Pod pod, in StoreChange change)
    {
        if (change.After is null) _due.Remove(pod.Uid);
        else if (change.Before is not Pod { Node.IsNode: true } before || !ReferenceEquals(before.Spec, pod.Spec)) Enqueue(pod.Uid);
    }

    private static ValueList<Taint> NoExecute(ValueList<Taint> taints)
    {
        foreach (ref readonly Taint taint in taints.AsSpan())
        {
            if (taint.Effect == TaintEffect.NoExecute) return [.. taints.Where(kept => kept.Effect == TaintEffect.NoExecute)];
        }

        return default;
    }

    private void Consider(Pod pod)
    {
        if (!pod.IsActive || !_tainted.TryGetValue(pod.Node.Value, out ValueList<Taint> taints) || Tolerated(pod.Spec, taints) is not { } tolerated)
        {
            _due.Remove(pod.Uid);
            return;
        }

        TimeSpan due = Now + tolerated;
        if (_due.TryGetValue(pod.Uid, out TimeSpan earlier) && earlier < due) due = earlier;
        _due[pod.Uid] = due;
        if (due <= Now) Evict(pod);
        else EnqueueAfter(pod.Uid, due - Now);
    }

    /// <summary>How long a pod stays under these taints, or null for ever (<c>getMinTolerationTime</c>).</summary>
    internal static TimeSpan? Tolerated(PodSpec spec, ValueList<Taint> taints)
    {
        TimeSpan? shortest = null;
        foreach (ref readonly Taint taint in taints.AsSpan())
        {
            bool isTolerated = false;
            foreach (ref readonly Toleration toleration in spec.Tolerations.AsSpan())
            {
                if (!toleration.Tolerates(in taint)) continue;
                isTolerated = true;
                if (toleration.Duration is { } duration && (shortest is null || duration < shortest)) shortest = duration > TimeSpan.Zero ? duration : TimeSpan.Zero;
            }

            if (!isTolerated) return TimeSpan.Zero;
        }

        return shortest;
    }

    private void Evict(Pod pod)
    {
        if (Api.Wait is { } wait && wait > TimeSpan.Zero)
        {
            EnqueueAfter(pod.Uid, wait);
            return;
        }

        Context.Events.Tell(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Metadata.Namespace}/{pod.Name}", Name);
        // A patch in Kubernetes, which a stale view does not hinder; an API server that refuses writes does (pkg/controller/tainteviction tries again).
        ApiError? refused = Api.Update(pod with { Status = pod.Status with { Disruption = "DeletionByTaintManager" } });
        if (refused is not { Code: ApiErrorCode.TooManyRequests }) refused = Api.Delete(pod.Key, new DeleteOptions(pod.Uid));
        if (refused is { Code: ApiErrorCode.TooManyRequests })
        {
            Retry(pod.Uid);
            return;
        }

        _due.Remove(pod.Uid);
        if (refused is null)
            Context.Facts.Record(new Fact(FactKind.PodEvictedByTaint, Now, _slotOf(pod.Uid), (int)pod.Uid, pod.Node, 0));
    }
}
