using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Hands out one instance for equal specs, so that a million pods of a hundred shapes hold a hundred specs.</summary>
internal sealed class SpecPool
{
    private readonly Dictionary<PodSpec, PodSpec> _specs = [];

    /// <summary>The instance that stands for all specs equal to <paramref name="spec"/>.</summary>
    public PodSpec Shared(PodSpec spec)
    {
        if (_specs.TryGetValue(spec, out PodSpec? known)) return known;
        _specs.Add(spec, spec);
        return spec;
    }
}
