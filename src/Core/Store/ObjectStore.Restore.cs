using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <content>Going back to an older snapshot: another epoch of the store.</content>
/// <remarks>
/// Objects are again what they were, those made since are gone, those deleted since are there. Versions go on (<c>etcdutl snapshot restore --bump-revision</c>, which etcd's documentation asks for where watchers keep caches): whoever watches is told the differences, as a list
/// after a broken watch tells them. A pod whose processes the snapshot does not know (it was not bound then, or has ended or was told to stop since) comes back with an identity of its own: what runs under the other is nobody's, and its agent stops it.
/// </remarks>
public sealed partial class ObjectStore
{
    private readonly Queue<(TimeSpan At, StoreChange Change)> _log = new();

    /// <summary>Age of the oldest snapshot that can be gone back to; zero, the default, for none.</summary>
    internal TimeSpan SnapshotAge { get; init; }

    /// <summary>Times that an older snapshot was gone back to.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Whether the writes that are told of are those of such a return: laws of what follows what do not bind them.</summary>
    internal bool IsRestoring { get; private set; }

    /// <summary>Goes back to what was stored at an instant.</summary>
    internal void Restore(TimeSpan at)
    {
        var then = new SortedDictionary<long, KubeObject?>();
        foreach ((TimeSpan when, StoreChange change) in _log.Reverse())
        {
            if (when <= at) break;
            then[change.Object.Uid] = change.Before;
        }

        Epoch++;
        IsRestoring = true;
        var again = new List<KubeObject>();
        var back = new List<(KubeObject Now, KubeObject Then)>();
        foreach ((long uid, KubeObject? was) in then)
        {
            KubeObject? current = View.Find(uid);
            if (was is not null && (current is null || IsAnother(current, was))) again.Add(was);
            else if (was is not null && !was.Equals(current)) back.Add((current!, was));
            if (current is not null && (was is null || IsAnother(current, was))) Remove(current);
        }

        // Owners come before what they own, and pods last.
        foreach (KubeObject was in again.OrderBy(item => item is Pod).ThenBy(item => item.Uid)) Write(null, Stored(was, was is Pod ? ++_uid : was.Uid));
        foreach ((KubeObject now, KubeObject was) in back.OrderBy(pair => pair.Now is Pod)) Write(now, Stored(was, was.Uid));
        IsRestoring = false;
    }

    private static bool IsAnother(KubeObject now, KubeObject then) => now is Pod current && then is Pod { HasEnded: false } was
        && (current.Node != was.Node || current.HasEnded || (current.Metadata.IsDeleting && !was.Metadata.IsDeleting));

    private KubeObject Stored(KubeObject was, long uid) => was with { Metadata = was.Metadata with { Uid = uid, ResourceVersion = ++ResourceVersion } };

    private void Log(in StoreChange change)
    {
        if (SnapshotAge == TimeSpan.Zero) return;
        _log.Enqueue((_loop.Now, change));
        while (_log.Peek().At < _loop.Now - SnapshotAge) _log.Dequeue();
    }
}
