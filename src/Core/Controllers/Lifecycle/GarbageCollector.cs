using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Deletes what nobody owns any more (Kubernetes <c>pkg/controller/garbagecollector/garbagecollector.go</c>).</summary>
/// <remarks>
/// Background: when an owner is gone, objects whose last owner it was go. Foreground: the owner waits for the owned objects that block it, which go first, their
/// own ones before them; in a cycle the blocking is taken back, so that it ends. Orphan: owned objects lose the owner. An owner in another namespace counts as
/// missing; an object without a namespace whose owner has one is left alone. Kubernetes asks the API server before it deletes; here the view suffices, since an
/// owner is there before what it owns and identities are never used again.
/// </remarks>
public sealed class GarbageCollector : Controller
{
    /// <summary>Owned objects that block a foreground deletion under way, by the owner.</summary>
    private readonly Dictionary<long, int> _blocking = [];

    private readonly List<long> _dependents = [];

    /// <inheritdoc/>
    public override string Name => "garbage-collector";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.After is not { } item)
        {
            _blocking.Remove(change.Object.Uid);
            if (View.OwnedBy(change.Object.Uid).Items.Count > 0) Enqueue(change.Object.Uid);
            if (_blocking.Count > 0) Unblock(change.Object);
            return;
        }

        if (item.Metadata.IsDeleting && item.Metadata.Finalizers.Count > 0 && IsCollecting(item)) Enqueue(item.Uid);
        if (item.Metadata.Owners.Count == 0 || (change.Before is { } before && before.Metadata.Owners == item.Metadata.Owners)) return;
        if (change.Before is { } changed && _blocking.Count > 0) Unblock(changed);
        foreach (ref readonly OwnerReference owner in item.Metadata.Owners.AsSpan())
        {
            KubeObject? known = Find(item, in owner);
            if (known is null) Enqueue(item.Uid);
            else if (known.Metadata.IsDeleting && IsCollecting(known)) Enqueue(known.Uid);
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _blocking.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        KubeObject? item = View.Find(uid);
        if (item is null) CollectOwned(uid);
        else if (item.Metadata.IsDeleting && Has(item, Finalizers.Orphan)) Orphan(item);
        else if (item.Metadata.IsDeleting && Has(item, Finalizers.Foreground)) DeleteDependents(item);
        else if (!item.Metadata.IsDeleting) Collect(item);
    }

    private static bool IsCollecting(KubeObject item) => Has(item, Finalizers.Foreground) || Has(item, Finalizers.Orphan);

    private static bool Has(KubeObject item, string finalizer) => item.Metadata.Finalizers.AsSpan().Contains(finalizer);

    /// <summary>The owner, or null when it is missing or out of reach.</summary>
    private KubeObject? Find(KubeObject child, in OwnerReference owner) =>
        View.Find(owner.Uid) is { } found && (found.Metadata.Namespace.Length == 0 || found.Metadata.Namespace == child.Metadata.Namespace) ? found : null;

    /// <summary>An object that blocked owners is gone or has other owners now: an owner that waits for nobody else any more goes on.</summary>
    private void Unblock(KubeObject child)
    {
        foreach (ref readonly OwnerReference owner in child.Metadata.Owners.AsSpan())
        {
            if (!owner.BlocksDeletion || !_blocking.TryGetValue(owner.Uid, out int left)) continue;
            _blocking[owner.Uid] = left - 1;
            if (left <= 1) Enqueue(owner.Uid);
        }
    }

    private void CollectOwned(long owner)
    {
        if (!CopyDependents(owner)) return;
        foreach (long dependent in _dependents)
        {
            if (!HasBudget(owner)) return;
            if (View.Find(dependent) is { Metadata.IsDeleting: false } child) Collect(child);
        }
    }

    /// <summary>Deletes an object if it has no owner left that is there to stay.</summary>
    private void Collect(KubeObject child)
    {
        int solid = 0, waiting = 0;
        if (child.Metadata.Owners.Count == 0) return;
        foreach (ref readonly OwnerReference owner in child.Metadata.Owners.AsSpan())
        {
            if (Find(child, in owner) is not { } known)
            {
                if (child.Metadata.Namespace.Length == 0 && View.Find(owner.Uid) is not null) return;
                continue;
            }

            if (known.Metadata.IsDeleting && Has(known, Finalizers.Foreground)) waiting++;
            else solid++;
        }

        if (solid > 0)
        {
            if (solid < child.Metadata.Owners.Count) KeepSolidOwners(child);
            return;
        }

        Propagation propagation = Has(child, Finalizers.Orphan) ? Propagation.Orphan : Has(child, Finalizers.Foreground) ? Propagation.Foreground : Propagation.Background;
        if (waiting > 0 && View.OwnedBy(child.Uid).Items is { Count: > 0 } owned)
        {
            // An object that this one owns waits for its own: a cycle, unless it is about to end by itself. Nobody waits for this one then.
            for (int i = 0; i < owned.Count; i++)
            {
                if (!owned[i].Metadata.IsDeleting || !Has(owned[i], Finalizers.Foreground)) continue;
                ObjectMeta meta = child.Metadata with { Owners = [.. child.Metadata.Owners.Select(owner => owner with { BlocksDeletion = false })] };
                if (meta.Owners != child.Metadata.Owners && Api.Update(child with { Metadata = meta }) is not null)
                {
                    EnqueueAfter(child.Uid, Context.RetryDelay);
                    return;
                }

                break;
            }

            propagation = Propagation.Foreground;
        }

        if (Api.Delete(child.Key, new DeleteOptions(child.Uid, Propagation: propagation)) is { Code: not ApiErrorCode.NotFound and not ApiErrorCode.Conflict })
            EnqueueAfter(child.Uid, Context.RetryDelay);
    }

    /// <summary>Takes owners away that are missing or about to go: others keep the object.</summary>
    private void KeepSolidOwners(KubeObject child)
    {
        OwnerReference[] solid = [.. child.Metadata.Owners.Where(owner => Find(child, in owner) is { } known && !(known.Metadata.IsDeleting && Has(known, Finalizers.Foreground)))];
        if (Api.Update(child with { Metadata = child.Metadata with { Owners = [.. solid] } }) is not null) EnqueueAfter(child.Uid, Context.RetryDelay);
    }

    private void DeleteDependents(KubeObject owner)
    {
        int blocking = 0;
        if (CopyDependents(owner.Uid))
        {
            foreach (long dependent in _dependents)
            {
                if (View.Find(dependent) is { } child && Blocks(child, owner.Uid)) blocking++;
            }
        }

        if (blocking == 0)
        {
            _blocking.Remove(owner.Uid);
            RemoveFinalizer(owner, Finalizers.Foreground);
            return;
        }

        _blocking[owner.Uid] = blocking;
        foreach (long dependent in _dependents)
        {
            if (!HasBudget(owner.Uid)) return;
            if (View.Find(dependent) is { Metadata.IsDeleting: false } child) Collect(child);
        }
    }

    private static bool Blocks(KubeObject child, long owner)
    {
        foreach (ref readonly OwnerReference reference in child.Metadata.Owners.AsSpan())
        {
            if (reference.Uid == owner && reference.BlocksDeletion) return true;
        }

        return false;
    }

    private void Orphan(KubeObject owner)
    {
        if (CopyDependents(owner.Uid))
        {
            foreach (long dependent in _dependents)
            {
                if (!HasBudget(owner.Uid)) return;
                if (View.Find(dependent) is not { } child) continue;
                ObjectMeta meta = child.Metadata with { Owners = [.. child.Metadata.Owners.Where(reference => reference.Uid != owner.Uid)] };
                if (Api.Update(child with { Metadata = meta }) is not { Code: not ApiErrorCode.NotFound }) continue;
                EnqueueAfter(owner.Uid, Context.RetryDelay);
                return;
            }
        }

        RemoveFinalizer(owner, Finalizers.Orphan);
    }

    private void RemoveFinalizer(KubeObject item, string finalizer)
    {
        ObjectMeta meta = item.Metadata with { Finalizers = [.. item.Metadata.Finalizers.Where(name => name != finalizer)] };
        if (Api.Update(item with { Metadata = meta }) is { Code: not ApiErrorCode.NotFound }) EnqueueAfter(item.Uid, Context.RetryDelay);
    }

    private bool CopyDependents(long owner)
    {
        _dependents.Clear();
        IReadOnlyList<KubeObject> owned = View.OwnedBy(owner).Items;
        for (int i = 0; i < owned.Count; i++) _dependents.Add(owned[i].Uid);
        return _dependents.Count > 0;
    }

    private bool HasBudget(long uid)
    {
        TimeSpan wait = Api.Wait;
        if (wait <= TimeSpan.Zero) return true;
        EnqueueAfter(uid, wait);
        return false;
    }
}
