using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Times and threshold of pod garbage collection.</summary>
public sealed record PodGarbageOptions
{
    /// <summary>Time between two looks (<c>gcCheckPeriod</c>).</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A node must be missing for this long before its pods go (<c>quarantineTime</c>).</summary>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Ended pods that are kept (<c>--terminated-pod-gc-threshold</c>); 0 or less keeps all.</summary>
    public int TerminatedThreshold { get; init; } = 12_500;
}

/// <summary>Deletes pods that nobody else will: those of nodes that are gone, the oldest of too many ended ones, those that terminate on a node that is marked out of
/// service (Kubernetes <c>pkg/controller/podgc/gc_controller.go</c>).</summary>
/// <remarks>Kubernetes looks every 20 s. Here a look is an event only when it will find something, at the instant of the look that would. Pods that terminate
/// without a node need no collector: the store removes them at once, or when their last finalizer is gone.</remarks>
public sealed class PodGarbageCollector(PodGarbageOptions? options = null) : Controller
{
    private const long Ended = -1;
    private const long Missing = -2;
    private const long OutOfService = -3;
    private const string OutOfServiceTaint = "node.kubernetes.io/out-of-service";
    private readonly PodGarbageOptions _options = options ?? new PodGarbageOptions();

    /// <summary>Nodes whose pods go, and from when on.</summary>
    private readonly SortedDictionary<int, TimeSpan> _missing = [];

    private readonly HashSet<int> _outOfService = [];
    private readonly HashSet<int> _known = [];
    private int _ended;

    /// <inheritdoc/>
    public override string Name => "pod-garbage-collector-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Node node) OnNode(node, isGone: change.After is null);
        else if (change.Object is Pod) OnPod(change.Before as Pod, change.After as Pod);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _missing.Clear();
        _outOfService.Clear();
        _known.Clear();
        _ended = 0;
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (uid == Ended) CollectEnded();
        else CollectOfNodes();
    }

    private void OnNode(Node node, bool isGone)
    {
        int index = node.Index.Value;
        if (isGone)
        {
            _known.Remove(index);
            _outOfService.Remove(index);
            // Found missing at the next look, let go at the first one after its quarantine.
            _missing[index] = NextLook(NextLook(Now) + _options.Quarantine);
            EnqueueAfter(Missing, _missing[index] - Now);
            return;
        }

        _known.Add(index);
        _missing.Remove(index);
        bool isOut = node.IsReady != true && node.Taints.Any(taint => taint.Key == OutOfServiceTaint);
        if (!isOut) _outOfService.Remove(index);
        else if (_outOfService.Add(index)) EnqueueAfter(OutOfService, LaterLook() - Now);
    }

    private void OnPod(Pod? before, Pod? after)
    {
        _ended += (after is { HasEnded: true } ? 1 : 0) - (before is { HasEnded: true } ? 1 : 0);
        if (_options.TerminatedThreshold > 0 && _ended > _options.TerminatedThreshold) EnqueueAfter(Ended, NextLook(Now) - Now);
        if (after is not { Node.IsNode: true }) return;
        if (_outOfService.Count > 0 && after.Metadata.IsDeleting && _outOfService.Contains(after.Node.Value)) EnqueueAfter(OutOfService, LaterLook() - Now);
        if (before is { Node.IsNode: true } || _known.Contains(after.Node.Value) || _missing.ContainsKey(after.Node.Value)) return;
        _missing[after.Node.Value] = NextLook(NextLook(Now) + _options.Quarantine);
        EnqueueAfter(Missing, _missing[after.Node.Value] - Now);
    }

    /// <summary>The first look after this instant: one of this very instant is over.</summary>
    private TimeSpan LaterLook() => NextLook(Now + TimeSpan.FromTicks(1));

    private TimeSpan NextLook(TimeSpan at)
    {
        long period = _options.Period.Ticks;
        return TimeSpan.FromTicks((at.Ticks + period - 1) / period * period);
    }

    /// <summary>The oldest of too many ended pods, evicted ones first (<c>byEvictionAndCreationTimestamp</c>).</summary>
    private void CollectEnded()
    {
        int surplus = _ended - _options.TerminatedThreshold;
        if (surplus <= 0) return;
        List<Pod> ended = [.. View.All(ResourceKind.Pod).OfType<Pod>().Where(pod => pod.HasEnded)];
        ended.Sort(static (left, right) =>
        {
            bool isLeftEvicted = left.Status.Reason == "Evicted", isRightEvicted = right.Status.Reason == "Evicted";
            return isLeftEvicted != isRightEvicted ? (isLeftEvicted ? -1 : 1) : left.Uid.CompareTo(right.Uid);
        });
        for (int i = 0; i < surplus && i < ended.Count; i++) Delete(ended[i]);
    }

    private void CollectOfNodes()
    {
        TimeSpan? next = null;
        foreach ((int _, TimeSpan due) in _missing)
        {
            if (due > Now && !(next <= due)) next = due;
        }

        if (next is { } later) EnqueueAfter(Missing, later - Now);
        List<Pod> lost = [.. View.All(ResourceKind.Pod).OfType<Pod>().Where(IsLost)];
        foreach (Pod pod in lost)
        {
            if (pod.Metadata.IsDeleting) Context.Facts.Record(new Fact(FactKind.PodForceDeleted, Now, new Cluster.PodIndex(-1), checked((int)pod.Uid), pod.Node, 0));
            Delete(pod);
        }
    }

    /// <summary>Whether nobody will look after a pod: its node has been gone for long, or is out of service and the pod was asked to leave.</summary>
    private bool IsLost(Pod pod) => pod.Node.IsNode
        && ((_missing.TryGetValue(pod.Node.Value, out TimeSpan due) && due <= Now) || (pod.Metadata.IsDeleting && _outOfService.Contains(pod.Node.Value)));

    /// <summary>A pod that had not ended is marked failed first, so that its owner knows why.</summary>
    private void Delete(Pod pod)
    {
        if (!pod.HasEnded)
        {
            PodStatus status = pod.Status with { Phase = PodLifePhase.Failed, IsReady = false, ReadySince = Now, Disruption = "DeletionByPodGC", Message = "PodGC: node no longer exists" };
            if (Api.Update(pod with { Status = status }) is { Code: ApiErrorCode.Conflict })
            {
                EnqueueAfter(Missing, _options.Period);
                return;
            }
        }

        _ = Api.Delete(pod.Key, new DeleteOptions(pod.Uid, TimeSpan.Zero));
    }
}
