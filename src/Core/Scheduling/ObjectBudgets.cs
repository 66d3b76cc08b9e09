using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>The PodDisruptionBudgets of a store as preemption looks at them (kube-scheduler's <c>getPodDisruptionBudgets</c>): what their status allows, as far as the
/// scheduler's watch has carried it.</summary>
/// <param name="view">The scheduler's view.</param>
/// <param name="uidOf">Identity of a placed pod.</param>
internal sealed class ObjectBudgets(ObjectView view, Func<PodIndex, long> uidOf) : IDisruptionBudgets
{
    /// <inheritdoc/>
    public int Count => view.All(ResourceKind.PodDisruptionBudget).Count;

    /// <inheritdoc/>
    public int Allowed(int budget) => Budget(budget).Status.DisruptionsAllowed;

    /// <inheritdoc/>
    public bool Covers(int budget, PodIndex pod)
    {
        // A pod without labels is in no budget, whatever a selector says of missing labels (filterPodsWithPDBViolation).
        if (view.Find(uidOf(pod)) is not Pod { Metadata.Labels.Count: > 0 } covered) return false;
        PodDisruptionBudget own = Budget(budget);
        if (own.Metadata.Namespace != covered.Metadata.Namespace || own.Selector is not { Requirements.Count: > 0 } selector || !selector.Matches(covered.Metadata.Labels)) return false;
        foreach (ref readonly AdmittedEviction eviction in own.Status.Admitted.AsSpan())
        {
            // It was counted when its eviction was admitted.
            if (eviction.PodUid == covered.Uid) return false;
        }

        return true;
    }

    private PodDisruptionBudget Budget(int budget) => (PodDisruptionBudget)view.All(ResourceKind.PodDisruptionBudget)[budget];
}
