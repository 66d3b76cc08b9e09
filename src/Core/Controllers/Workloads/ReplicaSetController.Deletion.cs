using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <content>Which pods go first, without looking at all of them each time.</content>
public sealed partial class ReplicaSetController
{
    /// <summary>Sets with at least this many active pods are indexed once a few of them are to go.</summary>
    internal const int IndexedFrom = 256;

    /// <summary>Sorting all pods is cheaper when more than one in this many goes.</summary>
    private const int FewShare = 16;

    private readonly Dictionary<long, DeletionIndex> _families = [];
    private readonly Dictionary<long, DeletionIndex> _indexOfSet = [];
    private readonly List<Pod> _picks = [];

    /// <summary>The pods to give up, in order, in <see cref="_picks"/>.</summary>
    private void Pick(KubeObject owner, OwnedObjects owned, int count)
    {
        if (owned.ActivePods >= IndexedFrom && count <= owned.ActivePods / FewShare && IndexOf(owner).TryPick(owner.Uid, count, Now, _picks)) return;
        Rank(owner, owned);
        _picks.Clear();
        for (int i = 0; i < count && i < _candidates.Count; i++) _picks.Add(_candidates[i].Pod);
    }

    private DeletionIndex IndexOf(KubeObject owner)
    {
        if (_indexOfSet.TryGetValue(owner.Uid, out DeletionIndex? known)) return known;
        var index = new DeletionIndex();
        _families[FamilyOf(owner)] = index;
        foreach (KubeObject set in Family(owner))
        {
            _indexOfSet[set.Uid] = index;
            IReadOnlyList<KubeObject> pods = View.OwnedBy(set.Uid).Items;
            for (int i = 0; i < pods.Count; i++)
            {
                if (pods[i] is Pod { IsActive: true } pod) index.Count(set.Uid, pod, 1);
            }
        }

        return index;
    }

    private static long FamilyOf(KubeObject owner) => owner.Metadata.Controller is { Kind: ResourceKind.Deployment } deployment ? deployment.Uid : owner.Uid;

    /// <summary>A pod changed: its index follows.</summary>
    private void Follow(Pod? before, Pod? after)
    {
        if (_families.Count == 0) return;
        if (before is { IsActive: true, Metadata.Controller: { } left } && Known(left.Uid) is { } old) old.Count(left.Uid, before, -1);
        if (after is { IsActive: true, Metadata.Controller: { } joined } && Known(joined.Uid) is { } index) index.Count(joined.Uid, after, 1);
    }

    /// <summary>The index that a set belongs to: its own, or that of its siblings if it came later.</summary>
    private DeletionIndex? Known(long set)
    {
        if (_indexOfSet.TryGetValue(set, out DeletionIndex? index)) return index;
        if (View.Find(set) is not { } owner || !_families.TryGetValue(FamilyOf(owner), out index)) return null;
        _indexOfSet.Add(set, index);
        return index;
    }

    /// <summary>A set changed hands or is gone: its family is indexed anew when that is needed.</summary>
    private void ForgetFamily(in StoreChange change)
    {
        if (_families.Count == 0 || change.Before is not { } before || (change.After is { } after && after.Metadata.Owners == before.Metadata.Owners)) return;
        if (change.After is null && View.OwnedBy(before.Uid).ActivePods == 0)
        {
            if (_indexOfSet.Remove(before.Uid) && FamilyOf(before) == before.Uid) _families.Remove(before.Uid);
            return;
        }

        _families.Clear();
        _indexOfSet.Clear();
    }
}
