using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>What the objects of every namespace with a quota use: kept up to date with every write, equal to a recount at any instant.</summary>
/// <remarks>A namespace is counted from its first quota on. Without quotas a write costs one look at a counter.</remarks>
public sealed class QuotaLedger(ObjectStore store) : IStoreListener
{
    private readonly Dictionary<string, NamespaceUsage> _spaces = new(StringComparer.Ordinal);

    private sealed class NamespaceUsage
    {
        public readonly List<string> Quotas = [];
        public string[] Names = [];
        public long[] Used = [];
    }

    /// <summary>Whether any quota exists in a namespace.</summary>
    public bool Counts(string ns) => _spaces.Count > 0 && _spaces.ContainsKey(ns);

    /// <summary>Names of the quotas of a namespace, sorted.</summary>
    public IReadOnlyList<string> QuotasOf(string ns) => _spaces.TryGetValue(ns, out NamespaceUsage? usage) ? usage.Quotas : [];

    /// <summary>What is used in a namespace under a name of one of its quotas; 0 under any other.</summary>
    public long Used(string ns, string name)
    {
        if (!_spaces.TryGetValue(ns, out NamespaceUsage? usage)) return 0;
        int at = Array.IndexOf(usage.Names, name);
        return at < 0 ? 0 : usage.Used[at];
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is ResourceQuota quota) OnQuota(quota, isGone: change.After is null);
        if (_spaces.Count == 0 || !_spaces.TryGetValue(change.Object.Metadata.Namespace, out NamespaceUsage? usage)) return;
        // A quota's own write recounted everything, itself too.
        if (change.Object is ResourceQuota) return;
        for (int i = 0; i < usage.Names.Length; i++)
        {
            long before = change.Before is { } old ? QuotaResources.Amount(usage.Names[i], old) : 0;
            long after = change.After is { } now ? QuotaResources.Amount(usage.Names[i], now) : 0;
            usage.Used[i] += after - before;
        }
    }

    private void OnQuota(ResourceQuota quota, bool isGone)
    {
        string ns = quota.Metadata.Namespace;
        if (!_spaces.TryGetValue(ns, out NamespaceUsage? usage)) _spaces.Add(ns, usage = new NamespaceUsage());
        int at = usage.Quotas.BinarySearch(quota.Name, StringComparer.Ordinal);
        if (isGone && at >= 0) usage.Quotas.RemoveAt(at);
        else if (!isGone && at < 0) usage.Quotas.Insert(~at, quota.Name);
        if (usage.Quotas.Count == 0)
        {
            _spaces.Remove(ns);
            return;
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string name in usage.Quotas)
        {
            if (store.View.Find<ResourceQuota>(ResourceKind.ResourceQuota, ns, name) is { } known) names.UnionWith(known.Hard.Select(amount => amount.Name));
        }

        string[] wanted = [.. names];
        // Writes of the status alone, which are many, need no recount; neither does any write when no quota counts quotas.
        if (wanted.AsSpan().SequenceEqual(usage.Names) && !names.Contains("resourcequotas") && !names.Contains("count/resourcequotas")) return;
        usage.Names = wanted;
        usage.Used = [.. wanted.Select(name => Recount(ns, name))];
    }

    /// <summary>Counts anew what is used under a name, object by object.</summary>
    public long Recount(string ns, string name)
    {
        long sum = 0;
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            if (!info.IsNamespaced) continue;
            foreach (KubeObject item in store.View.All(info.Kind))
            {
                if (item.Metadata.Namespace == ns) sum += QuotaResources.Amount(name, item);
            }
        }

        return sum;
    }
}
