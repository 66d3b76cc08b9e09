using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>DaemonSets (26): pods a node that are not on their way out, by the node that each is tied to.</summary>
internal sealed class DaemonJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly Dictionary<long, DaemonSet> _sets = [];
    private readonly Dictionary<(long Set, string Node), HashSet<long>> _pods = [];

    private protected override void Judge(in StoreChange change)
    {
        if (change.Object is DaemonSet set)
        {
            if (change.After is null) _sets.Remove(set.Uid);
            else _sets[set.Uid] = set;
            return;
        }

        if (change.Object is not Pod pod || pod.Metadata.Controller is not { Kind: ResourceKind.DaemonSet } owner || NodeOf(pod) is not { } node) return;
        if (!_pods.TryGetValue((owner.Uid, node), out HashSet<long>? pods)) _pods.Add((owner.Uid, node), pods = []);
        if (change.After is null || pod.Metadata.IsDeleting || pod.HasEnded) pods.Remove(pod.Uid);
        else pods.Add(pod.Uid);
        int most = _sets.TryGetValue(owner.Uid, out DaemonSet? known) && known.MaxSurge.Value > 0 && !known.UpdatesOnDelete ? 2 : 1;
        if (pods.Count > most) Fail(ObjectInvariants.OneDaemon, $"node '{node}', {pod.Key}", $"at most {most} pod(s)", $"{pods.Count}");
    }

    private static string? NodeOf(Pod pod)
    {
        if (pod.Spec.Affinity?.RequiredNodes is not { Count: > 0 } terms || terms[0].Fields.Count == 0) return null;
        return terms[0].Fields[0] is { Key: "metadata.name", Values.Count: 1 } field ? field.Values[0] : null;
    }
}
