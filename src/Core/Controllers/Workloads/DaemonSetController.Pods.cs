using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <content>Which pods a set makes and deletes: to have one on every node (<c>manage</c>), and to get from an old template to a new one (<c>rollingUpdate</c>).</content>
public sealed partial class DaemonSetController
{
    /// <summary>Judges a node anew: whether it should run the daemon, and what its pods add to the status.</summary>
    private void Judge(DaemonSet set, DaemonState state, string name)
    {
        DaemonNode node = state.At(name);
        (bool shouldRun, bool mayStay) = View.Find<Node>(ResourceKind.Node, "", name) is { } known ? DaemonNodes.Judge(known, state.Template!.Spec) : (false, false);
        node.MayStay = mayStay;
        // The oldest pod that is not on its way out stands for the node (Kubernetes updateDaemonSetStatus).
        Pod? oldest = null;
        foreach (long uid in node.Pods)
        {
            if (View.Find(uid) is Pod pod && !pod.Metadata.IsDeleting && (oldest is null || pod.Uid < oldest.Uid)) oldest = pod;
        }

        bool isReady = oldest?.Status.IsReady ?? false;
        state.Count(name, node, new DaemonTally(shouldRun, oldest is not null, isReady, isReady && oldest!.IsAvailable(Now, set.MinReady), oldest is not null && IsNew(oldest, state)));
        if (node.Pods.Count == 0 && !shouldRun) state.Nodes.Remove(name);
    }

    private static bool IsNew(Pod pod, DaemonState state) => pod.Metadata.Labels.ValueOf(RevisionHistory.Label) == state.Hash;

    private void Manage(DaemonSet set, DaemonState state)
    {
        _toCreate.Clear();
        _toDelete.Clear();
        foreach (string name in _batch)
        {
            if (state.Nodes.TryGetValue(name, out DaemonNode? node)) ManageNode(set, state, name, node);
        }

        Sync(set, state);
    }

    /// <summary>Pods that one node lacks or has too many (<c>podsShouldBeOnNode</c>).</summary>
    private void ManageNode(DaemonSet set, DaemonState state, string name, DaemonNode node)
    {
        if (node.Tally.ShouldRun && node.Pods.Count == 0)
        {
            _toCreate.Add(name);
            return;
        }

        // A pod that is bound to a node that is gone is the pod collector's.
        bool isNodeGone = View.Find<Node>(ResourceKind.Node, "", name) is null;
        List<Pod> running = [];
        foreach (long uid in node.Pods)
        {
            if (View.Find(uid) is not Pod pod || pod.Metadata.IsDeleting) continue;
            if (isNodeGone)
            {
                if (!pod.Node.IsNode) _toDelete.Add(pod);
            }
            else if (!node.MayStay) _toDelete.Add(pod);
            else if (pod.HasEnded) ReplaceEnded(set, state, name, node, pod);
            else running.Add(pod);
        }

        if (running.Count <= 1) return;
        running.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        // During an update with surge an old and a new one may stand side by side.
        bool isSurging = MaxSurge(set, state) > 0;
        Pod? oldestNew = running.Find(pod => IsNew(pod, state)), oldestOld = running.Find(pod => !IsNew(pod, state));
        foreach (Pod pod in running)
        {
            bool stays = isSurging ? pod == oldestNew || pod == oldestOld : pod == running[0];
            if (!stays) _toDelete.Add(pod);
        }
    }

    /// <summary>A daemon that ended is deleted, and made again once it is gone; a node where it keeps failing waits longer each time.</summary>
    private void ReplaceEnded(DaemonSet set, DaemonState state, string name, DaemonNode node, Pod pod)
    {
        if (pod.Status.Phase == PodLifePhase.Failed)
        {
            if (node.Backoff > TimeSpan.Zero && Now - node.BackoffSince < node.Backoff)
            {
                state.Dirty.Add(name);
                EnqueueAfter(set.Uid, node.BackoffSince + node.Backoff - Now);
                _waiting = true;
                return;
            }

            bool isOver = node.Backoff > TimeSpan.Zero && Now - node.BackoffSince > _options.FailedPodBackoffMax * 2;
            TimeSpan next = node.Backoff == TimeSpan.Zero || isOver ? _options.FailedPodBackoff : node.Backoff * 2;
            node.Backoff = next < _options.FailedPodBackoffMax ? next : _options.FailedPodBackoffMax;
            node.BackoffSince = Now;
            Context.Events.Warn(set, "FailedDaemonPod", $"Found failed daemon pod {pod.Key} on node {name}, will try to kill it", Name);
        }

        _toDelete.Add(pod);
    }

    private bool _waiting;

    private int MaxSurge(DaemonSet set, DaemonState state) => set.UpdatesOnDelete ? 0 : set.MaxSurge.Of(state.Desired, roundUp: true);

    /// <summary>Makes and deletes what was found; what exceeds the burst, or the client's limits, comes at the next sync.</summary>
    private void Sync(DaemonSet set, DaemonState state)
    {
        int created = 0, deleted = 0;
        for (int batch = 1; created < _toCreate.Count; batch *= 2)
        {
            int size = Math.Min(batch, _toCreate.Count - created);
            for (int i = 0; i < size; i++)
            {
                string node = _toCreate[created];
                TimeSpan wait = Api.Wait;
                bool isRefused = false;
                if (wait == TimeSpan.Zero && created < _options.Burst)
                {
                    _expectations.ExpectCreation(set.Uid, Now);
                    if (Create(set, state, node) is { } error)
                    {
                        _expectations.CreationSeen(set.Uid);
                        Context.Events.Warn(set, "FailedCreate", error.Message, Name);
                        isRefused = true;
                    }
                    else
                    {
                        created++;
                        continue;
                    }
                }

                // The rest comes back.
                for (int left = created; left < _toCreate.Count; left++) state.Dirty.Add(_toCreate[left]);
                if (isRefused || wait > TimeSpan.Zero)
                {
                    _waiting = true;
                    EnqueueAfter(set.Uid, wait > TimeSpan.Zero ? wait : Context.RetryDelay);
                }

                created = _toCreate.Count;
                break;
            }
        }

        foreach (Pod pod in _toDelete)
        {
            TimeSpan wait = Api.Wait;
            if (wait > TimeSpan.Zero || deleted >= _options.Burst)
            {
                state.Dirty.Add(NodeOf(pod));
                if (wait == TimeSpan.Zero) continue;
                _waiting = true;
                EnqueueAfter(set.Uid, wait);
                continue;
            }

            deleted++;
            _expectations.ExpectDeletion(set.Uid, pod.Uid, Now);
            if (Api.Delete(pod.Key, new DeleteOptions(pod.Uid)) is not null) _expectations.DeletionSeen(set.Uid, pod.Uid);
        }
    }

    private ApiError? Create(DaemonSet set, DaemonState state, string node)
    {
        Pod pod = PodControl.Make(set, state.Template!, 0) with { Spec = DaemonNodes.TiedTo(state.Template!.Spec, node) };
        while (true)
        {
            ApiError? error = Api.Create(pod with { Metadata = pod.Metadata with { Name = PodControl.GeneratedName(set.Name, state.Made++) } }, out _);
            if (error?.Code != ApiErrorCode.Conflict) return error;
        }
    }

    /// <summary>Deletes old pods, or makes new ones beside them, as far as the limits of an update allow.</summary>
    private void RollOut(DaemonSet set, DaemonState state)
    {
        int maxSurge = MaxSurge(set, state), maxUnavailable = set.MaxUnavailable.Of(state.Desired, roundUp: true);
        _toCreate.Clear();
        _toDelete.Clear();
        List<Pod> oldCandidates = [];
        List<string> surgeCandidates = [];
        int unavailable = 0, surging = 0;
        foreach ((string name, DaemonNode node) in state.Nodes)
        {
            if (!node.Tally.ShouldRun) continue;
            if (!FindPods(state, node, out Pod? old, out Pod? young))
            {
                unavailable++;
                surging++;
            }
            else if (maxSurge == 0)
            {
                if ((old is null) == (young is null) || (young is not null && !young.IsAvailable(Now, set.MinReady))) unavailable++;
                else if (young is null && !old!.IsAvailable(Now, set.MinReady))
                {
                    // It is unavailable already: replacing it costs nothing.
                    unavailable++;
                    _toDelete.Add(old);
                }
                else if (young is null) oldCandidates.Add(old!);
            }
            else if (old is not null && young is null)
            {
                if (old.IsAvailable(Now, set.MinReady)) surgeCandidates.Add(name);
                else _toCreate.Add(name);
            }
            else if (old is not null)
            {
                if (young!.IsAvailable(Now, set.MinReady)) _toDelete.Add(old);
                else surging++;
            }
        }

        for (int i = 0; i < Math.Min(maxUnavailable - unavailable, oldCandidates.Count); i++) _toDelete.Add(oldCandidates[i]);
        for (int i = 0; i < Math.Min(maxSurge - surging, surgeCandidates.Count); i++) _toCreate.Add(surgeCandidates[i]);
        if (_toCreate.Count + _toDelete.Count > 0) Sync(set, state);
    }

    /// <summary>The old and the new pod of a node, those that go left out.</summary>
    /// <returns>Whether there is at most one of each.</returns>
    private bool FindPods(DaemonState state, DaemonNode node, out Pod? old, out Pod? young)
    {
        old = young = null;
        foreach (long uid in node.Pods)
        {
            if (View.Find(uid) is not Pod pod || pod.Metadata.IsDeleting) continue;
            if (IsNew(pod, state))
            {
                if (young is not null) return false;
                young = pod;
            }
            else
            {
                if (old is not null) return false;
                old = pod;
            }
        }

        return true;
    }
}
