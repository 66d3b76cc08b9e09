using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>What the disruption controller knows of the pods of one budget, kept up to date pod by pod.</summary>
internal sealed class BudgetBooks
{
    /// <summary>Pods by their controller: identity of the owner, and how many.</summary>
    private readonly SortedDictionary<long, int> _owners = [];

    /// <summary>Pods.</summary>
    public int Pods { get; private set; }

    /// <summary>Pods that are ready and not being deleted.</summary>
    public int Healthy { get; private set; }

    /// <summary>Controllers of the pods, each once.</summary>
    public IEnumerable<long> Owners => _owners.Keys;

    /// <summary>Counts a pod in or out.</summary>
    public void Count(Pod pod, int by)
    {
        Pods += by;
        if (IsHealthy(pod)) Healthy += by;
        if (pod.Metadata.Controller is not { } owner) return;
        int count = _owners.GetValueOrDefault(owner.Uid) + by;
        if (count == 0) _owners.Remove(owner.Uid);
        else _owners[owner.Uid] = count;
    }

    /// <summary>A pod changed and counts no other way than before.</summary>
    public static bool IsSame(Pod before, Pod after) =>
        IsHealthy(before) == IsHealthy(after) && before.Metadata.IsDeleting == after.Metadata.IsDeleting && before.Metadata.Owners == after.Metadata.Owners;

    /// <summary>Whether a pod counts as healthy as long as no eviction of it was admitted.</summary>
    public static bool IsHealthy(Pod pod) => pod.Status.IsReady && !pod.Metadata.IsDeleting;
}
