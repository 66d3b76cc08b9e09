using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Objects by kind, name, identity and owner: the store's own state, or a copy that a watch keeps up to date some time later.</summary>
/// <remarks>Enumeration follows the order of creation as long as nothing is removed; a removed object's place is taken by the last. The order is a function of
/// the writes alone, never of hashing.</remarks>
public sealed class ObjectView
{
    private readonly ObjectList[] _byKind = [.. ResourceKinds.All.Select(_ => new ObjectList())];
    private readonly Dictionary<ObjectKey, KubeObject> _byKey = [];
    private readonly Dictionary<long, KubeObject> _byUid = [];
    private readonly Dictionary<long, OwnedObjects> _byOwner = [];

    /// <summary>Number of objects.</summary>
    public int Count => _byUid.Count;

    /// <summary>All objects of a kind.</summary>
    public IReadOnlyList<KubeObject> All(ResourceKind kind) => _byKind[(int)kind].Items;

    /// <summary>The object at a place, or null.</summary>
    public KubeObject? Find(in ObjectKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>The object at a place, or null when there is none or it is of another type.</summary>
    public T? Find<T>(ResourceKind kind, string ns, string name)
        where T : KubeObject => _byKey.GetValueOrDefault(new ObjectKey(kind, ns, name)) as T;

    /// <summary>The object of an identity, or null.</summary>
    public KubeObject? Find(long uid) => _byUid.GetValueOrDefault(uid);

    /// <summary>What an object owns. Empty for one that owns nothing; the same object as long as it owns something.</summary>
    public OwnedObjects OwnedBy(long uid) => _byOwner.GetValueOrDefault(uid) ?? OwnedObjects.Nothing;

    internal void Apply(in StoreChange change)
    {
        if (change.Before is { } before && change.After is { } after)
        {
            _byKind[(int)after.Kind].Replace(after);
            _byKey[after.Key] = after;
            _byUid[after.Uid] = after;
            if (before.Metadata.Owners != after.Metadata.Owners)
            {
                Disown(before);
                Own(after);
            }
            else
            {
                foreach (ref readonly OwnerReference owner in after.Metadata.Owners.AsSpan()) _byOwner[owner.Uid].Replace(before, after);
            }
        }
        else if (change.After is { } created)
        {
            _byKind[(int)created.Kind].Add(created);
            _byKey.Add(created.Key, created);
            _byUid.Add(created.Uid, created);
            Own(created);
        }
        else if (change.Before is { } gone)
        {
            _byKind[(int)gone.Kind].Remove(gone.Uid);
            _byKey.Remove(gone.Key);
            _byUid.Remove(gone.Uid);
            Disown(gone);
        }
    }

    private void Own(KubeObject child)
    {
        foreach (ref readonly OwnerReference owner in child.Metadata.Owners.AsSpan())
        {
            if (!_byOwner.TryGetValue(owner.Uid, out OwnedObjects? owned)) _byOwner.Add(owner.Uid, owned = new OwnedObjects());
            owned.Add(child);
        }
    }

    private void Disown(KubeObject child)
    {
        foreach (ref readonly OwnerReference owner in child.Metadata.Owners.AsSpan())
        {
            OwnedObjects owned = _byOwner[owner.Uid];
            owned.Remove(child);
            if (owned.Items.Count == 0) _byOwner.Remove(owner.Uid);
        }
    }
}

/// <summary>Objects in a list with constant-time look-up by identity: a removed one's place is taken by the last.</summary>
internal sealed class ObjectList
{
    private readonly List<KubeObject> _items = [];
    private readonly Dictionary<long, int> _at = [];

    public IReadOnlyList<KubeObject> Items => _items;

    public void Add(KubeObject item)
    {
        _at.Add(item.Uid, _items.Count);
        _items.Add(item);
    }

    public void Replace(KubeObject item) => _items[_at[item.Uid]] = item;

    public void Remove(long uid)
    {
        _at.Remove(uid, out int at);
        KubeObject last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (last.Uid == uid) return;
        _items[at] = last;
        _at[last.Uid] = at;
    }
}

/// <summary>What one object owns, with counts of its pods kept up to date, so that a controller of ten thousand pods need not look at each of them.</summary>
public sealed class OwnedObjects
{
    private readonly ObjectList _items = new();

    internal static OwnedObjects Nothing { get; } = new();

    /// <summary>Owned objects.</summary>
    public IReadOnlyList<KubeObject> Items => _items.Items;

    /// <summary>Pods that neither ended nor are being deleted.</summary>
    public int ActivePods { get; private set; }

    /// <summary>Ready ones among the active.</summary>
    public int ReadyPods { get; private set; }

    /// <summary>Pods that are being deleted and have not ended.</summary>
    public int TerminatingPods { get; private set; }

    /// <summary>Pods that completed.</summary>
    public int SucceededPods { get; private set; }

    /// <summary>Pods that failed.</summary>
    public int FailedPods { get; private set; }

    internal void Add(KubeObject child)
    {
        _items.Add(child);
        CountPod(child, 1);
    }

    internal void Replace(KubeObject before, KubeObject after)
    {
        _items.Replace(after);
        CountPod(before, -1);
        CountPod(after, 1);
    }

    internal void Remove(KubeObject child)
    {
        _items.Remove(child.Uid);
        CountPod(child, -1);
    }

    private void CountPod(KubeObject child, int by)
    {
        if (child is not Pod pod) return;
        if (pod.Status.Phase == PodLifePhase.Succeeded) SucceededPods += by;
        else if (pod.Status.Phase == PodLifePhase.Failed) FailedPods += by;
        else if (pod.IsLeaving) TerminatingPods += by;
        else ActivePods += by;
        if (pod.IsActive && pod.Status.IsReady) ReadyPods += by;
    }
}
