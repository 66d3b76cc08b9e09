using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Quota (20): own sums over the pods, claims and objects of a namespace, compared with the limit whenever they grow and with the books at every write.</summary>
internal sealed class QuotaJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly Dictionary<(string Namespace, string Name), ResourceQuota> _quotas = [];
    private readonly Dictionary<string, Dictionary<long, KubeObject>> _contents = new(StringComparer.Ordinal);
    private readonly QuotaLedger? _ledger = run.Quotas;

    private protected override void Judge(in StoreChange change)
    {
        KubeObject item = change.Object;
        string ns = item.Metadata.Namespace;
        if (ns.Length == 0 || _ledger is null || item is ObjectEvent) return;
        if (!_contents.TryGetValue(ns, out Dictionary<long, KubeObject>? contents)) _contents.Add(ns, contents = []);
        if (change.After is { } after) contents[item.Uid] = after;
        else contents.Remove(item.Uid);
        if (item is ResourceQuota quota)
        {
            if (change.After is null) _quotas.Remove((ns, quota.Name));
            else _quotas[(ns, quota.Name)] = quota;
        }

        foreach (((string Namespace, string Name) key, ResourceQuota limit) in _quotas)
        {
            if (key.Namespace != ns) continue;
            foreach (ResourceAmount hard in limit.Hard) Check(limit, hard, contents, in change);
        }
    }

    private void Check(ResourceQuota quota, ResourceAmount hard, Dictionary<long, KubeObject> contents, in StoreChange change)
    {
        long used = 0;
        foreach (KubeObject item in contents.Values) used += QuotaResources.Amount(hard.Name, item);
        long booked = _ledger!.Used(quota.Metadata.Namespace, hard.Name);
        string subject = $"{quota.Key}, {hard.Name}";
        if (booked != used) Fail(ObjectInvariants.Quota, subject, $"{used} used", $"{booked}");
        if (IsCrossing || change.Object is ResourceQuota) return;
        long grown = (change.After is { } after ? QuotaResources.Amount(hard.Name, after) : 0) - (change.Before is { } before ? QuotaResources.Amount(hard.Name, before) : 0);
        if (grown > 0 && used > hard.Amount) Fail(ObjectInvariants.Quota, subject, $"at most {hard.Amount} after {change.Object.Key} was let in", $"{used}");
    }
}
