using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>StatefulSets (25): identities, and the order in which an ordered set makes its pods.</summary>
/// <remarks>The order is judged where controllers see the store without delay: on a late view a pod may have turned unready unseen.</remarks>
internal sealed class StatefulJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly bool _judgesOrder = ReferenceEquals(run.Controllers.Context.Feed, run.Store);
    private readonly Dictionary<long, StatefulSet> _sets = [];
    private readonly Dictionary<long, SortedDictionary<int, Pod>> _pods = [];

    private protected override void Judge(in StoreChange change)
    {
        if (change.Object is StatefulSet set)
        {
            if (change.After is null) _sets.Remove(set.Uid);
            else _sets[set.Uid] = set;
            return;
        }

        if (change.Object is not Pod pod || pod.Metadata.Controller is not { Kind: ResourceKind.StatefulSet } owner) return;
        int dash = pod.Name.LastIndexOf('-');
        if (!int.TryParse(pod.Name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)) return;
        if (!_pods.TryGetValue(owner.Uid, out SortedDictionary<int, Pod>? pods)) _pods.Add(owner.Uid, pods = []);
        if (change.Before is null)
        {
            if (pods.TryGetValue(ordinal, out Pod? other)) Fail(ObjectInvariants.StatefulIdentity, $"{pod.Key}", $"no other pod of ordinal {ordinal}", $"identity {other.Uid}");
            if (_judgesOrder && !IsCrossing && _sets.TryGetValue(owner.Uid, out StatefulSet? known) && !known.IsParallel) CheckOrder(known, pods, ordinal, pod);
        }

        if (change.After is null) pods.Remove(ordinal);
        else pods[ordinal] = pod;
    }

    private void CheckOrder(StatefulSet set, SortedDictionary<int, Pod> pods, int ordinal, Pod pod)
    {
        for (int before = set.FirstOrdinal; before < ordinal; before++)
        {
            // A pod that turned unready and was ready before does not matter to those that are there already, only to new ones.
            if (!pods.TryGetValue(before, out Pod? earlier) || !earlier.Status.IsReady || earlier.Metadata.IsDeleting)
                Fail(ObjectInvariants.StatefulIdentity, $"{pod.Key}", $"ordinal {before} ready before {ordinal} is made", earlier is null ? "no pod" : "not ready");
        }
    }
}
