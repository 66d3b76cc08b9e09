using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Numbers of the DaemonSet controller.</summary>
public sealed record DaemonSetControllerOptions
{
    /// <summary>Most pods made or deleted in one sync (<c>BurstReplicas</c>).</summary>
    public int Burst { get; init; } = 250;

    /// <summary>Wait before a failed daemon of a node is replaced; doubles with every further failure.</summary>
    public TimeSpan FailedPodBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait.</summary>
    public TimeSpan FailedPodBackoffMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After this long without the expected changes the view is trusted again.</summary>
    public TimeSpan ExpectationTimeout { get; init; } = Expectations.DefaultTimeout;
}

/// <summary>Runs one pod on every node that may have it (Kubernetes <c>pkg/controller/daemon/daemon_controller.go</c>, <c>update.go</c>).</summary>
/// <remarks>Pods are tied to their node by an affinity to its name and go through the scheduler. A sync looks at the nodes where something changed; only a rolling
/// update looks at all of them. Failed and completed daemons are replaced, with a back-off per node.</remarks>
public sealed partial class DaemonSetController(DaemonSetControllerOptions? options = null) : Controller
{
    private readonly DaemonSetControllerOptions _options = options ?? new DaemonSetControllerOptions();
    private readonly Expectations _expectations = new((options ?? new DaemonSetControllerOptions()).ExpectationTimeout);
    private readonly RevisionHistory _history = new();
    private readonly Dictionary<long, DaemonState> _states = [];
    private readonly List<string> _batch = [];
    private readonly List<string> _toCreate = [];
    private readonly List<Pod> _toDelete = [];

    /// <inheritdoc/>
    public override string Name => "daemonset-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case DaemonSet set:
                // A new spec may change everything, a status nothing.
                if (change is { Before: DaemonSet before, After: DaemonSet after } && before.Metadata.Generation == after.Metadata.Generation && before.Metadata.IsDeleting == after.Metadata.IsDeleting) return;
                if (change.After is not null) State(set.Uid).LooksAtAll = true;
                Enqueue(set.Uid);
                break;
            case Node node:
                OnNode(node, change.Before as Node, isGone: change.After is null);
                break;
            case Pod pod when pod.Metadata.Controller is { Kind: ResourceKind.DaemonSet } owner:
                OnPod(pod, owner.Uid, in change);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _expectations.Clear();
        _history.Clear();
        _states.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not DaemonSet set)
        {
            _states.Remove(uid);
            _expectations.Forget(uid);
            _history.Forget(uid);
            return;
        }

        _waiting = false;
        DaemonState state = State(uid);
        List<ControllerRevision> revisions = RevisionHistory.Of(View, set);
        if (_history.Newest(Api, set, set.Template, revisions) is not { } revision)
        {
            EnqueueAfter(uid, Context.RetryDelay);
            return;
        }

        state.Adjust(set, revision);
        if (state.LooksAtAll)
        {
            state.LooksAtAll = false;
            IReadOnlyList<KubeObject> nodes = View.All(ResourceKind.Node);
            for (int i = 0; i < nodes.Count; i++) state.Dirty.Add(nodes[i].Name);
            foreach (string known in state.Nodes.Keys) state.Dirty.Add(known);
        }

        foreach (string maturing in state.Maturing) state.Dirty.Add(maturing);
        TakeDirty(state);
        foreach (string node in _batch) Judge(set, state, node);
        if (!set.Metadata.IsDeleting)
        {
            if (_expectations.AreMet(uid, Now)) Manage(set, state);
            else WaitForExpectations(uid, state);
            if (_expectations.AreMet(uid, Now) && !set.UpdatesOnDelete && state.Updated < state.Desired) RollOut(set, state);
        }

        WriteStatus(set, state);
        RevisionHistory.Truncate(Api, revisions, set.RevisionHistoryLimit, known => known.Uid == revision.Uid || state.Uses(View, known));
        if (state.Dirty.Count > 0 && !_waiting && _expectations.AreMet(uid, Now)) Enqueue(uid);
    }

    /// <summary>The nodes where something changed, in the order of their names.</summary>
    private void TakeDirty(DaemonState state)
    {
        _batch.Clear();
        _batch.AddRange(state.Dirty);
        state.Dirty.Clear();
    }

    private void WaitForExpectations(long uid, DaemonState state)
    {
        foreach (string node in _batch) state.Dirty.Add(node);
        if (_expectations.TimesOutAt(uid) is { } timeout) EnqueueAfter(uid, timeout - Now + TimeSpan.FromTicks(1));
    }

    private void OnNode(Node node, Node? before, bool isGone)
    {
        if (!isGone && before is not null && before.Taints == node.Taints && before.Metadata.Labels == node.Metadata.Labels) return;
        IReadOnlyList<KubeObject> sets = View.All(ResourceKind.DaemonSet);
        for (int i = 0; i < sets.Count; i++)
        {
            State(sets[i].Uid).Dirty.Add(node.Name);
            Enqueue(sets[i].Uid);
        }
    }

    private void OnPod(Pod pod, long owner, in StoreChange change)
    {
        if (change.Before is null) _expectations.CreationSeen(owner);
        if (change.After is null || (pod.Metadata.IsDeleting && change.Before is { Metadata.IsDeleting: false })) _expectations.DeletionSeen(owner, pod.Uid);
        if (View.Find(owner) is not DaemonSet) return;
        DaemonState state = State(owner);
        if (change.After is null) state.Remove(pod.Uid);
        else state.Place(pod.Uid, NodeOf(pod));
        state.Dirty.Add(NodeOf(pod));
        Enqueue(owner);
    }

    private string NodeOf(Pod pod) => DaemonNodes.NodeOf(pod.Spec) ?? "";

    private DaemonState State(long uid)
    {
        if (!_states.TryGetValue(uid, out DaemonState? state)) _states.Add(uid, state = new DaemonState());
        return state;
    }

    private void WriteStatus(DaemonSet set, DaemonState state)
    {
        TimeSpan next = TimeSpan.MaxValue;
        foreach (string node in state.Maturing)
        {
            foreach (long uid in state.PodsOn(node))
            {
                if (View.Find(uid) is Pod { Status.IsReady: true } pod && pod.Status.ReadySince + set.MinReady is var at && at > Now && at < next) next = at;
            }
        }

        if (next < TimeSpan.MaxValue) EnqueueAfter(set.Uid, next - Now);
        var status = new DaemonSetStatus
        {
            Desired = state.Desired, Current = state.Current, Misscheduled = state.Misscheduled, Ready = state.Ready, Available = state.Available, Updated = state.Updated,
            ObservedGeneration = set.Metadata.Generation,
        };
        if (status != set.Status && Api.Update(set with { Status = status }) is not null) EnqueueAfter(set.Uid, Context.RetryDelay);
    }
}
