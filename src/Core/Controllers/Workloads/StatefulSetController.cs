using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Keeps pods with an identity that outlives them (Kubernetes <c>pkg/controller/statefulset/stateful_set_control.go</c>, v1.34: one pod at a time).</summary>
/// <remarks>
/// OrderedReady: pods come from the first ordinal up, each when all before it are running, ready and available; they go from the last ordinal down. Parallel does
/// not wait. An update deletes the highest pod of an old revision when all above it are healthy, and stops at the partition. A pod that has ended is deleted, and
/// made again when it is gone: names are unique, so that an identity is never there twice. An ordered update to a template that never becomes ready stands still
/// even when the template is put right, until somebody deletes the broken pod, as in Kubernetes.
/// </remarks>
public sealed partial class StatefulSetController : Controller
{
    private readonly RevisionHistory _history = new();
    private readonly Dictionary<(PodTemplate Template, string Service), PodTemplate> _templates = [];
    private readonly List<Pod> _condemned = [];
    private Pod?[] _replicas = new Pod?[16];

    /// <inheritdoc/>
    public override string Name => "statefulset-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is StatefulSet) Enqueue(change.Object.Uid);
        else if (change.Object is Pod) EnqueueOwner(change.Object, ResourceKind.StatefulSet);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _history.Clear();
        _templates.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not StatefulSet set)
        {
            _history.Forget(uid);
            return;
        }

        List<ControllerRevision> revisions = RevisionHistory.Of(View, set);
        if (_history.Newest(Api, set, set.Template, revisions) is not { } update)
        {
            EnqueueAfter(uid, Context.RetryDelay);
            return;
        }

        ControllerRevision current = revisions.Find(revision => revision.Name == set.Status.CurrentRevision) ?? update;
        Sort(set);
        if (!set.Metadata.IsDeleting) Step(set, current, update);
        Sort(set);
        WriteStatus(set, current, update);
        RevisionHistory.Truncate(Api, revisions, set.RevisionHistoryLimit, revision => revision.Uid == current.Uid || revision.Uid == update.Uid || IsUsed(set, revision));
    }

    private static string PodName(StatefulSet set, int index) => string.Create(null, $"{set.Name}-{set.FirstOrdinal + index}");

    /// <summary>The ordinal that a pod's name says, or −1 when it is not one of this set.</summary>
    private static int OrdinalOf(StatefulSet set, string name) =>
        name.Length > set.Name.Length + 1 && name.StartsWith(set.Name, StringComparison.Ordinal) && name[set.Name.Length] == '-'
        && int.TryParse(name.AsSpan(set.Name.Length + 1), System.Globalization.NumberStyles.None, null, out int ordinal) ? ordinal : -1;

    private static string RevisionOf(Pod pod) => pod.Metadata.Labels.ValueOf(RevisionHistory.Label) ?? "";

    private static bool IsRunningAndReady(Pod pod) => pod.Status is { Phase: PodLifePhase.Running, IsReady: true };

    private bool IsAvailable(StatefulSet set, Pod pod) => IsRunningAndReady(pod) && pod.IsAvailable(Now, set.MinReady);

    private bool IsUsed(StatefulSet set, ControllerRevision revision)
    {
        for (int i = 0; i < set.Replicas; i++)
        {
            if (_replicas[i] is { } pod && RevisionOf(pod) == revision.Name) return true;
        }

        return _condemned.Exists(pod => RevisionOf(pod) == revision.Name);
    }

    /// <summary>Puts the set's pods where they belong: wanted ones by index, the others from the last ordinal down.</summary>
    private void Sort(StatefulSet set)
    {
        if (_replicas.Length < set.Replicas) _replicas = new Pod?[Math.Max(set.Replicas, _replicas.Length * 2)];
        Array.Clear(_replicas);
        _condemned.Clear();
        IReadOnlyList<KubeObject> owned = View.OwnedBy(set.Uid).Items;
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is not Pod pod || OrdinalOf(set, pod.Name) is var ordinal && ordinal < 0) continue;
            int index = ordinal - set.FirstOrdinal;
            if (index >= 0 && index < set.Replicas) _replicas[index] = pod;
            else _condemned.Add(pod);
        }

        _condemned.Sort((left, right) => OrdinalOf(set, right.Name).CompareTo(OrdinalOf(set, left.Name)));
    }

    private void Step(StatefulSet set, ControllerRevision current, ControllerRevision update)
    {
        bool isOrdered = !set.IsParallel;
        for (int i = 0; i < set.Replicas; i++)
        {
            if (StepReplica(set, i, current, update) && isOrdered) return;
        }

        if (!StepCondemned(set, isOrdered) || set.UpdatesOnDelete) return;
        Update(set, update);
    }

    /// <summary>Sees to one wanted pod.</summary>
    /// <returns>Whether the pods after it wait for it.</returns>
    private bool StepReplica(StatefulSet set, int index, ControllerRevision current, ControllerRevision update)
    {
        Pod? pod = _replicas[index];
        if (pod is null) return CreatePod(set, index, index < set.Partition && !set.UpdatesOnDelete ? current : update);
        if (pod.HasEnded)
        {
            // A new one is made when this one is gone.
            if (!pod.Metadata.IsDeleting) Delete(set, pod);
            return true;
        }

        if (pod.Status.Phase == PodLifePhase.Pending && !pod.Metadata.IsDeleting) EnsureClaims(set, pod);
        KeepClaims(set, pod);
        if (pod.Metadata.IsDeleting || !IsRunningAndReady(pod)) return true;
        if (IsAvailable(set, pod)) return false;
        EnqueueAfter(set.Uid, pod.Status.ReadySince + set.MinReady - Now);
        return true;
    }

    /// <summary>Deletes pods beyond the wanted number, from the last ordinal down.</summary>
    /// <returns>Whether the set may go on to updates.</returns>
    private bool StepCondemned(StatefulSet set, bool isOrdered)
    {
        Pod? firstUnhealthy = isOrdered ? FirstUnhealthy(set) : null;
        foreach (Pod pod in _condemned)
        {
            if (pod.Metadata.IsDeleting)
            {
                if (isOrdered) return false;
                continue;
            }

            if (isOrdered && pod.Uid != firstUnhealthy?.Uid && !IsAvailable(set, pod))
            {
                if (IsRunningAndReady(pod)) EnqueueAfter(set.Uid, pod.Status.ReadySince + set.MinReady - Now);
                return false;
            }

            GiveClaimsTo(set, pod);
            Delete(set, pod);
            if (isOrdered) return false;
        }

        return true;
    }

    /// <summary>The unhealthy pod of the lowest ordinal.</summary>
    private Pod? FirstUnhealthy(StatefulSet set)
    {
        Pod? first = null;
        int lowest = int.MaxValue;
        void Look(Pod? pod)
        {
            if (pod is null || (IsRunningAndReady(pod) && !pod.Metadata.IsDeleting)) return;
            int ordinal = OrdinalOf(set, pod.Name);
            if (ordinal >= lowest) return;
            lowest = ordinal;
            first = pod;
        }

        for (int i = 0; i < set.Replicas; i++) Look(_replicas[i]);
        foreach (Pod pod in _condemned) Look(pod);
        return first;
    }

    /// <summary>Deletes the highest pod that is not of the newest revision, when all above it are healthy.</summary>
    private void Update(StatefulSet set, ControllerRevision update)
    {
        for (int i = set.Replicas - 1; i >= set.Partition; i--)
        {
            if (_replicas[i] is not { } pod) return;
            if (RevisionOf(pod) != update.Name && !pod.Metadata.IsDeleting)
            {
                Delete(set, pod);
                return;
            }

            if (pod.Metadata.IsDeleting || !IsRunningAndReady(pod)) return;
            if (IsAvailable(set, pod)) continue;
            EnqueueAfter(set.Uid, pod.Status.ReadySince + set.MinReady - Now);
            return;
        }
    }

    private void Delete(StatefulSet set, Pod pod)
    {
        TimeSpan wait = Api.Wait;
        if (wait > TimeSpan.Zero) EnqueueAfter(set.Uid, wait);
        else if (Api.Delete(pod.Key, new DeleteOptions(pod.Uid)) is { Code: not ApiErrorCode.NotFound }) EnqueueAfter(set.Uid, Context.RetryDelay);
        else Context.Events.Tell(set, "SuccessfulDelete", $"delete Pod {pod.Name} in StatefulSet {set.Name} successful", Name);
    }

    private void WriteStatus(StatefulSet set, ControllerRevision current, ControllerRevision update)
    {
        int replicas = 0, ready = 0, available = 0, ofCurrent = 0, updated = 0;
        TimeSpan next = TimeSpan.MaxValue;
        void Count(Pod? pod)
        {
            if (pod is null) return;
            replicas++;
            if (IsRunningAndReady(pod)) ready++;
            if (IsAvailable(set, pod)) available++;
            else if (IsRunningAndReady(pod) && pod.Status.ReadySince + set.MinReady < next) next = pod.Status.ReadySince + set.MinReady;
            if (pod.Metadata.IsDeleting) return;
            string revision = RevisionOf(pod);
            if (revision == current.Name) ofCurrent++;
            if (revision == update.Name) updated++;
        }

        for (int i = 0; i < set.Replicas; i++) Count(_replicas[i]);
        foreach (Pod pod in _condemned) Count(pod);
        if (next < TimeSpan.MaxValue) EnqueueAfter(set.Uid, next - Now);
        string currentName = current.Name;
        if (!set.UpdatesOnDelete && updated == set.Replicas && ready == set.Replicas)
        {
            currentName = update.Name;
            ofCurrent = updated;
        }

        var status = new StatefulSetStatus
        {
            Pods = new ReplicaStatus(replicas, ready, available, set.Metadata.Generation),
            CurrentRevision = currentName, UpdateRevision = update.Name, CurrentReplicas = ofCurrent, UpdatedReplicas = updated,
        };
        if (status != set.Status && Api.Update(set with { Status = status }) is not null) EnqueueAfter(set.Uid, Context.RetryDelay);
    }
}
