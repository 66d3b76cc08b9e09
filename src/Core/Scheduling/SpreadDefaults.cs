using SchedBench.Core.Objects;

namespace SchedBench.Core.Scheduling;

/// <summary>Pods that get topology spread from their scheduler (kube-scheduler's <c>buildDefaultConstraints</c>).</summary>
internal sealed class SpreadDefaults
{
    private readonly Dictionary<(PodSpec Spec, LabelSelector Selector), PodSpec> _given = [];

    /// <summary>A spec with constraints it is given; the same object for the same spec and selector.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="constraints">Constraints without selectors.</param>
    /// <param name="selector">What selects the pod and those like it.</param>
    public PodSpec Give(PodSpec spec, ValueList<TopologySpreadConstraint> constraints, LabelSelector selector)
    {
        if (_given.TryGetValue((spec, selector), out PodSpec? known)) return known;
        PodSpec given = spec with { TopologySpread = [.. constraints.Select(constraint => constraint with { Selector = selector })] };
        _given.Add((spec, selector), given);
        return given;
    }
}
