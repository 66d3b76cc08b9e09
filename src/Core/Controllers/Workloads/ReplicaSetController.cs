using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Keeps the wanted number of pods of every ReplicaSet and ReplicationController (Kubernetes <c>pkg/controller/replicaset/replica_set.go</c>).</summary>
/// <remarks>Creation in slow start: 1, 2, 4, … up to 500 a sync; a failed creation ends the batch. Deletion by the rank of <see cref="PodControl.CompareForDeletion"/>.
/// Counts come from <see cref="OwnedObjects"/>, so a sync that changes nothing costs the same for ten pods and for ten thousand.</remarks>
public sealed partial class ReplicaSetController(TimeSpan? expectationTimeout = null) : Controller
{
    /// <summary>Most creations or deletions of one sync.</summary>
    public const int BurstReplicas = 500;

    private readonly Expectations _expectations = new(expectationTimeout ?? Expectations.DefaultTimeout);
    private readonly Dictionary<long, long> _made = [];
    private readonly List<(Pod Pod, int Siblings)> _candidates = [];
    private readonly Dictionary<int, int> _siblings = [];

    /// <inheritdoc/>
    public override string Name => "replicaset-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Pod) Follow(change.Before as Pod, change.After as Pod);
        switch (change.Object)
        {
            case ReplicaSet or ReplicationController:
                ForgetFamily(in change);
                Enqueue(change.Object.Uid);
                break;
            case Pod pod when pod.Metadata.Controller is { Kind: ResourceKind.ReplicaSet or ResourceKind.ReplicationController } owner:
                if (change.Before is null) _expectations.CreationSeen(owner.Uid);
                if (change.After is null || (pod.Metadata.IsDeleting && change.Before is { Metadata.IsDeleting: false })) _expectations.DeletionSeen(owner.Uid, pod.Uid);
                Enqueue(owner.Uid);
                break;
            case Pod pod when change.Before is null:
                EnqueueAdopters(pod);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _expectations.Clear();
        _families.Clear();
        _indexOfSet.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not { } owner || Wanted.Of(owner) is not { } wanted)
        {
            _expectations.Forget(uid);
            _made.Remove(uid);
            return;
        }

        OwnedObjects owned = View.OwnedBy(uid);
        bool adopted = AdoptOrphans(owner, wanted);
        if (_expectations.AreMet(uid, Now))
        {
            if (!owner.Metadata.IsDeleting && !adopted) Manage(owner, in wanted, owned);
        }
        else if (_expectations.TimesOutAt(uid) is { } timeout)
        {
            EnqueueAfter(uid, timeout - Now + TimeSpan.FromTicks(1));
        }

        WriteStatus(owner, in wanted);
    }

    private void Manage(KubeObject owner, in Wanted wanted, OwnedObjects owned)
    {
        int missing = wanted.Replicas - owned.ActivePods;
        if (missing > 0) CreateInSlowStart(owner, in wanted, Math.Min(missing, BurstReplicas));
        else if (missing < 0) DeleteRanked(owner, owned, Math.Min(-missing, BurstReplicas));
    }

    private void CreateInSlowStart(KubeObject owner, in Wanted wanted, int count)
    {
        long ordinal = _made.GetValueOrDefault(owner.Uid);
        for (int batch = 1, done = 0; done < count; batch *= 2)
        {
            int size = Math.Min(batch, count - done);
            for (int i = 0; i < size; i++, done++)
            {
                if (Api.Wait is { } wait && wait > TimeSpan.Zero)
                {
                    EnqueueAfter(owner.Uid, wait);
                    _made[owner.Uid] = ordinal;
                    return;
                }

                _expectations.ExpectCreation(owner.Uid, Now);
                if (PodControl.Create(Api, owner, wanted.Template, ref ordinal) is not { } error) continue;
                _expectations.CreationSeen(owner.Uid);
                _made[owner.Uid] = ordinal;
                Context.Events.Warn(owner, "FailedCreate", error.Message, Name);
                EnqueueAfter(owner.Uid, Context.RetryDelay);
                return;
            }
        }

        _made[owner.Uid] = ordinal;
    }

    private void DeleteRanked(KubeObject owner, OwnedObjects owned, int count)
    {
        Pick(owner, owned, count);
        for (int i = 0; i < _picks.Count; i++)
        {
            if (Api.Wait is { } wait && wait > TimeSpan.Zero)
            {
                EnqueueAfter(owner.Uid, wait);
                return;
            }

            Pod pod = _picks[i];
            _expectations.ExpectDeletion(owner.Uid, pod.Uid, Now);
            if (Api.Delete(pod.Key, new DeleteOptions(pod.Uid)) is not null) _expectations.DeletionSeen(owner.Uid, pod.Uid);
        }
    }

    /// <summary>The active pods, those to go first in front. Siblings are the pods of all sets of the same owner on a pod's node, as Kubernetes counts them.</summary>
    private void Rank(KubeObject owner, OwnedObjects owned)
    {
        _siblings.Clear();
        foreach (KubeObject set in Family(owner))
        {
            IReadOnlyList<KubeObject> related = View.OwnedBy(set.Uid).Items;
            for (int i = 0; i < related.Count; i++)
            {
                if (related[i] is Pod { IsActive: true, Node.IsNode: true } pod) _siblings[pod.Node.Value] = _siblings.GetValueOrDefault(pod.Node.Value) + 1;
            }
        }

        _candidates.Clear();
        for (int i = 0; i < owned.Items.Count; i++)
        {
            if (owned.Items[i] is Pod { IsActive: true } pod) _candidates.Add((pod, pod.Node.IsNode ? _siblings[pod.Node.Value] : 0));
        }

        TimeSpan now = Now;
        _candidates.Sort((left, right) => PodControl.CompareForDeletion(left.Pod, right.Pod, left.Siblings, right.Siblings, now));
    }

    private IEnumerable<KubeObject> Family(KubeObject owner) => owner.Metadata.Controller is { Kind: ResourceKind.Deployment } deployment
        ? View.OwnedBy(deployment.Uid).Items.Where(item => item is ReplicaSet)
        : [owner];

    private void WriteStatus(KubeObject owner, in Wanted wanted)
    {
        OwnedObjects owned = View.OwnedBy(owner.Uid);
        int available = owned.ReadyPods;
        if (wanted.MinReady > TimeSpan.Zero) available = CountAvailable(owner.Uid, owned, wanted.MinReady);
        var status = new ReplicaStatus(owned.ActivePods, owned.ReadyPods, available, owner.Metadata.Generation);
        if (status == wanted.Status) return;
        _ = Api.Update(owner is ReplicaSet set ? set with { Status = status } : ((ReplicationController)owner) with { Status = status });
    }

    /// <summary>Pods that have been ready long enough; the next that will be brings the key back.</summary>
    private int CountAvailable(long uid, OwnedObjects owned, TimeSpan minReady)
    {
        int available = 0;
        TimeSpan next = TimeSpan.MaxValue;
        for (int i = 0; i < owned.Items.Count; i++)
        {
            if (owned.Items[i] is not Pod { IsActive: true, Status.IsReady: true } pod) continue;
            TimeSpan at = pod.Status.ReadySince + minReady;
            if (at <= Now) available++;
            else if (at < next) next = at;
        }

        if (next < TimeSpan.MaxValue) EnqueueAfter(uid, next - Now);
        return available;
    }

    /// <summary>Takes over matching pods that nobody controls.</summary>
    private bool AdoptOrphans(KubeObject owner, in Wanted wanted)
    {
        if (owner.Metadata.IsDeleting || !_orphans.TryGetValue(owner.Metadata.Namespace, out List<long>? orphans)) return false;
        bool adopted = false;
        for (int i = orphans.Count - 1; i >= 0; i--)
        {
            if (View.Find(orphans[i]) is not Pod pod || pod.Metadata.Controller is not null)
            {
                orphans.RemoveAt(i);
                continue;
            }

            if (!pod.IsActive || !wanted.Selector.Matches(pod.Metadata.Labels)) continue;
            adopted |= Api.Update(pod with { Metadata = pod.Metadata with { Owners = [.. pod.Metadata.Owners, new OwnerReference(owner.Kind, owner.Name, owner.Uid)] } }) is null;
            orphans.RemoveAt(i);
        }

        return adopted;
    }

    private readonly Dictionary<string, List<long>> _orphans = new(StringComparer.Ordinal);

    private void EnqueueAdopters(Pod pod)
    {
        if (!_orphans.TryGetValue(pod.Metadata.Namespace, out List<long>? orphans)) _orphans.Add(pod.Metadata.Namespace, orphans = []);
        orphans.Add(pod.Uid);
        foreach (ResourceKind kind in (ReadOnlySpan<ResourceKind>)[ResourceKind.ReplicaSet, ResourceKind.ReplicationController])
        {
            foreach (KubeObject owner in View.All(kind))
            {
                if (owner.Metadata.Namespace == pod.Metadata.Namespace && Wanted.Of(owner)!.Value.Selector.Matches(pod.Metadata.Labels)) Enqueue(owner.Uid);
            }
        }
    }

    /// <summary>What both kinds want.</summary>
    private readonly record struct Wanted(int Replicas, LabelSelector Selector, PodTemplate Template, TimeSpan MinReady, ReplicaStatus Status)
    {
        public static Wanted? Of(KubeObject owner) => owner switch
        {
            ReplicaSet set => new Wanted(set.Replicas, set.Selector, set.Template, set.MinReady, set.Status),
            ReplicationController set => new Wanted(set.Replicas, set.Selector, set.Template, set.MinReady, set.Status),
            _ => null,
        };
    }
}
