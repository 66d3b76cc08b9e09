using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Garbage (22): at rest every object with owners has one that lives in its namespace or in none.</summary>
internal sealed class GarbageJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly SortedDictionary<long, KubeObject> _live = [];

    public override void JudgeRest()
    {
        foreach (KubeObject item in _live.Values)
        {
            if (item.Metadata.Owners.Count == 0 || item.Metadata.IsDeleting) continue;
            bool isOwned = item.Metadata.Owners.Any(owner => _live.TryGetValue(owner.Uid, out KubeObject? known)
                && (known.Metadata.Namespace.Length == 0 || known.Metadata.Namespace == item.Metadata.Namespace));
            // Objects without a namespace whose owner has one are never collected.
            bool isExempt = item.Metadata.Namespace.Length == 0 && item.Metadata.Owners.Any(owner => _live.ContainsKey(owner.Uid));
            if (!isOwned && !isExempt) Fail(ObjectInvariants.Garbage, $"{item.Key}", "an owner that lives, or to be collected", "neither");
        }
    }

    private protected override void Judge(in StoreChange change)
    {
        if (change.After is { } after) _live[after.Uid] = after;
        else _live.Remove(change.Object.Uid);
    }
}
