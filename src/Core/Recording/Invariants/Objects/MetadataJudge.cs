using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Versions, identity, deletion and generation (14, 18, 19).</summary>
internal sealed class MetadataJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly HashSet<long> _live = [];
    private long _highest;
    private long _version;

    private protected override void Judge(in StoreChange change)
    {
        KubeObject item = change.Object;
        if (change.ResourceVersion <= _version) Fail(ObjectInvariants.Versions, item, $"a version above {_version}", $"{change.ResourceVersion}");
        _version = change.ResourceVersion;
        if (change.After is { } written && written.Metadata.ResourceVersion != _version) Fail(ObjectInvariants.Versions, item, $"version {_version}", $"{written.Metadata.ResourceVersion}");
        if (IsCrossing)
        {
            if (change.After is null) _live.Remove(item.Uid);
            else _live.Add(item.Uid);
            _highest = Math.Max(_highest, item.Uid);
            return;
        }

        if (change.Before is null)
        {
            if (item.Uid <= _highest) Fail(ObjectInvariants.Identity, item, $"an identity above {_highest}", $"{item.Uid}");
            _highest = item.Uid;
            _live.Add(item.Uid);
            if (item.Metadata.Generation != 1) Fail(ObjectInvariants.Generation, item, "generation 1 at creation", $"{item.Metadata.Generation}");
            return;
        }

        if (!_live.Contains(item.Uid) || (change.After is { } same && same.Uid != change.Before.Uid)) Fail(ObjectInvariants.Identity, item, "a live identity", $"{item.Uid}");
        ObjectMeta before = change.Before.Metadata;
        if (change.After is not { } after)
        {
            _live.Remove(item.Uid);
            // The write that takes the last finalizer away is the removal itself: one may still be there, not two.
            if (before.Finalizers.Count > 1) Fail(ObjectInvariants.Identity, item, "no finalizers left", string.Join(',', before.Finalizers));
            return;
        }

        if (before.IsDeleting && !after.Metadata.IsDeleting) Fail(ObjectInvariants.Identity, item, "a deletion under way", "none");
        long expected = before.Generation + (after.HasSameSpec(change.Before) ? 0 : 1);
        if (after.Metadata.Generation != expected) Fail(ObjectInvariants.Generation, item, $"generation {expected}", $"{after.Metadata.Generation}");
        if (Observed(after) is { } observed && observed > after.Metadata.Generation) Fail(ObjectInvariants.Generation, item, $"observed at most {after.Metadata.Generation}", $"{observed}");
    }

    private static long? Observed(KubeObject item) => item switch
    {
        ReplicaSet set => set.Status.ObservedGeneration,
        Deployment deployment => deployment.Status.Pods.ObservedGeneration,
        StatefulSet set => set.Status.Pods.ObservedGeneration,
        DaemonSet set => set.Status.ObservedGeneration,
        _ => null,
    };
}
