using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Takes the pods of every Deployment from one template to the next by scaling ReplicaSets (Kubernetes
/// <c>pkg/controller/deployment/deployment_controller.go</c>, <c>sync.go</c>, <c>rolling.go</c>, <c>recreate.go</c>, <c>progress.go</c>).</summary>
/// <remarks>A sync looks at the ReplicaSets alone, never at pods: its cost does not grow with the number of pods. Every sync starts from the view; what it wrote
/// itself it knows from the answers. A refused write ends the sync, and the key comes back later.
/// Left out: the condition ReplicaFailure, which repeats a condition of ReplicaSets that is not modelled, and the field <c>rollbackTo</c> that apps/v1 no longer
/// has.</remarks>
public sealed partial class DeploymentController(DeploymentOptions? options = null) : Controller
{
    private readonly DeploymentOptions _options = options ?? new DeploymentOptions();
    private readonly Dictionary<string, List<long>> _orphans = new(StringComparer.Ordinal);

    // The sync under way: the Deployment and its ReplicaSets by age, as read or as last written.
    private readonly List<ReplicaSet> _sets = [];
    private Deployment _deployment = null!;
    private int _new = -1;
    private bool _isRefused;

    /// <inheritdoc/>
    public override string Name => "deployment-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Deployment:
                Enqueue(change.Object.Uid);
                break;
            case ReplicaSet { Metadata.Controller: not null } set:
                EnqueueOwner(set, ResourceKind.Deployment);
                break;
            case ReplicaSet set when change.After is not null && (change.Before is null || change.Before.Metadata.Owners != set.Metadata.Owners || change.Before.Metadata.Labels != set.Metadata.Labels):
                EnqueueAdopters(set);
                break;
            case Pod pod when change.After is null || (pod.HasEnded && change.Before is Pod { HasEnded: false }):
                EnqueueRecreate(pod);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _orphans.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Deployment deployment)
        {
            _completed.Remove(uid);
            return;
        }

        if (Api.Wait is { } wait && wait > TimeSpan.Zero)
        {
            EnqueueAfter(uid, wait);
            return;
        }

        _isRefused = false;
        _deployment = deployment;
        if (deployment.Selector.Requirements.Count == 0)
        {
            ObserveOnly();
            return;
        }

        ReadSets();
        Claim();
        if (deployment.Metadata.IsDeleting) SyncStatus(isRollout: false);
        else Sync();
        if (_isRefused) Retry(uid);
    }

    private void Sync()
    {
        CheckPaused();
        if (_deployment.IsPaused || IsScaling())
        {
            FindNewSet(mayCreate: false);
            Scale();
            if (_deployment.IsPaused) CleanUp();
            SyncStatus(isRollout: false);
        }
        else if (_deployment.Strategy.IsRecreate)
        {
            Recreate();
        }
        else
        {
            Roll();
        }
    }

    /// <summary>A selector that matches everything is a mistake: nothing is done (<c>SelectingAll</c>).</summary>
    private void ObserveOnly()
    {
        Context.Events.Warn(_deployment, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.", Name);
        if (_deployment.Status.Pods.ObservedGeneration < _deployment.Metadata.Generation)
            Write(_deployment with { Status = _deployment.Status with { Pods = _deployment.Status.Pods with { ObservedGeneration = _deployment.Metadata.Generation } } });
    }

    private void ReadSets()
    {
        _sets.Clear();
        _new = -1;
        IReadOnlyList<KubeObject> owned = View.OwnedBy(_deployment.Uid).Items;
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is ReplicaSet set) _sets.Add(set);
        }

        _sets.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
    }

    /// <summary>Takes over matching ReplicaSets that nobody controls, and lets go of those that match no longer (<c>ClaimReplicaSets</c>): this sync counts the ones already, and the others no more, whenever the
    /// view shows it.</summary>
    private void Claim()
    {
        if (_deployment.Metadata.IsDeleting) return;
        string ns = _deployment.Metadata.Namespace;
        for (int i = _sets.Count - 1; i >= 0; i--)
        {
            ReplicaSet set = _sets[i];
            if (_deployment.Selector.Matches(set.Metadata.Labels)) continue;
            Write(set with { Metadata = set.Metadata with { Owners = [.. set.Metadata.Owners.Where(owner => owner.Uid != _deployment.Uid)] } });
            _sets.RemoveAt(i);
        }

        if (!_orphans.TryGetValue(ns, out List<long>? orphans)) return;
        for (int i = orphans.Count - 1; i >= 0; i--)
        {
            if (View.Find(orphans[i]) is not ReplicaSet set || set.Metadata.Controller is not null) orphans.RemoveAt(i);
            else if (!set.Metadata.IsDeleting && _deployment.Selector.Matches(set.Metadata.Labels)) Adopt(set);
        }

        _sets.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
    }

    private void Adopt(ReplicaSet set)
    {
        if (!Write(set with { Metadata = set.Metadata with { Owners = [.. set.Metadata.Owners, new OwnerReference(ResourceKind.Deployment, _deployment.Name, _deployment.Uid)] } })) return;
        if (Api.Read(set.Key) is ReplicaSet adopted) _sets.Add(adopted);
    }

    private void EnqueueAdopters(ReplicaSet set)
    {
        if (!_orphans.TryGetValue(set.Metadata.Namespace, out List<long>? orphans)) _orphans.Add(set.Metadata.Namespace, orphans = []);
        if (!orphans.Contains(set.Uid)) orphans.Add(set.Uid);
        IReadOnlyList<KubeObject> all = View.All(ResourceKind.Deployment);
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i] is Deployment deployment && deployment.Metadata.Namespace == set.Metadata.Namespace && deployment.Selector.Matches(set.Metadata.Labels)) Enqueue(deployment.Uid);
        }
    }

    /// <summary>A pod is gone: with Recreate the new ones may come when it was the last.</summary>
    private void EnqueueRecreate(Pod pod)
    {
        if (pod.Metadata.Controller is { Kind: ResourceKind.ReplicaSet } owner
            && View.Find(owner.Uid) is ReplicaSet { Replicas: 0, Metadata.Controller: { } controller }
            && View.Find(controller.Uid) is Deployment { Strategy.IsRecreate: true }
            && LivingPods(owner.Uid) == 0) Enqueue(controller.Uid);
    }

    private int LivingPods(long set)
    {
        OwnedObjects pods = View.OwnedBy(set);
        return pods.ActivePods + pods.TerminatingPods;
    }

    /// <summary>Writes, and keeps what was written in place of what was read. After a refusal nothing more is written in this sync.</summary>
    private bool Write(KubeObject next)
    {
        if (_isRefused) return false;
        if (Api.Update(next, out KubeObject written) is not null)
        {
            _isRefused = true;
            return false;
        }

        if (written is Deployment deployment)
        {
            _deployment = deployment;
            return true;
        }

        int at = _sets.FindIndex(set => set.Uid == written.Uid);
        if (at >= 0) _sets[at] = (ReplicaSet)written;
        return true;
    }

    private void Record(FactKind kind, long detail) => Context.Facts.Record(new Fact(kind, Now, default, checked((int)_deployment.Uid), NodeIndex.None, detail));
}
