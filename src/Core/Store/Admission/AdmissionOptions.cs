using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Which admission plug-ins guard a store, and their defaults (those that kube-apiserver enables by default).</summary>
public sealed record AdmissionOptions
{
    /// <summary>How long a pod tolerates a node that is not ready, unless it says so itself; null adds no toleration (<c>--default-not-ready-toleration-seconds</c>).</summary>
    public TimeSpan? NotReadyToleration { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long a pod tolerates a node that cannot be reached, unless it says so itself (<c>--default-unreachable-toleration-seconds</c>).</summary>
    public TimeSpan? UnreachableToleration { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Whether quotas are counted and enforced. Costs nothing as long as no ResourceQuota exists.</summary>
    public bool EnforcesQuota { get; init; } = true;

    /// <summary>Namespaces that cannot be deleted.</summary>
    public IReadOnlyList<string> ImmortalNamespaces { get; init; } = ["default", "kube-system", "kube-public"];

    /// <summary>Puts the plug-ins in front of a store, in Kubernetes' order: those that change objects, then those that only judge, quota last.</summary>
    /// <returns>The quota's books, or null when quotas are not enforced.</returns>
    public QuotaLedger? Guard(ObjectStore store)
    {
        store.Admit(new NamespaceLifecycle(store, ImmortalNamespaces));
        store.Admit(new LimitRanger(store));
        store.Admit(new PodPriority(store));
        store.Admit(new DefaultTolerations(NotReadyToleration, UnreachableToleration));
        store.Admit(new StorageProtection());
        store.Admit(new ImmutableFields());
        store.Admit(new ClaimExpansion(store));
        if (!EnforcesQuota) return null;
        var ledger = new QuotaLedger(store);
        store.Subscribe(ledger);
        store.Admit(new QuotaAdmission(store, ledger));
        return ledger;
    }

    /// <summary>Puts in front of a store of Docker Swarm what it judges by too: namespaces that go take nothing new, and what cannot be changed is not. Limits, priorities, quotas
    /// and tolerations have no counterpart there.</summary>
    /// <returns>Null: no quota is counted.</returns>
    internal QuotaLedger? GuardSwarm(ObjectStore store)
    {
        store.Admit(new NamespaceLifecycle(store, ImmortalNamespaces));
        store.Admit(new ImmutableFields());
        return null;
    }
}

/// <summary>What a plug-in made of specs, by the specs it was given: ten thousand pods of one template keep sharing one spec.</summary>
/// <remarks>Forgotten as a whole when it has grown large, or when what the plug-in depends on changes.</remarks>
internal sealed class SpecMemo
{
    private const int Largest = 4096;
    private readonly Dictionary<PodSpec, PodSpec> _results = new(ReferenceEqualityComparer.Instance);

    public bool TryGet(PodSpec given, out PodSpec result) => _results.TryGetValue(given, out result!);

    /// <summary>Remembers a result.</summary>
    public PodSpec Keep(PodSpec given, PodSpec result)
    {
        if (_results.Count >= Largest) _results.Clear();
        _results[given] = result;
        return result;
    }

    public void Clear() => _results.Clear();
}
