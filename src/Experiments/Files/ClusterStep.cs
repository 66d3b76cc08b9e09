using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Experiments.Files;

/// <summary>One item of <c>steps</c>.</summary>
/// <param name="Verb">Its key.</param>
/// <param name="Step">What is done.</param>
public sealed record ClusterStep(string Verb, RunStep Step)
{
    /// <summary>Manifests that it applies, or null.</summary>
    public InputPath? Manifests { get; init; }

    /// <summary>What they hold, or null.</summary>
    public ManifestSet? Objects { get; init; }

    /// <summary>Whether there is nothing to do for it without the workload's update: the paired run leaves it out.</summary>
    public bool NeedsUpdate { get; init; }

    /// <summary>Images that it brings.</summary>
    public IEnumerable<string> Images => Step is SetImageStep set ? [set.Image] : UpdateTargets.ImagesOf(Objects?.Objects ?? []);

    /// <summary>Nodes that it is about, or null.</summary>
    internal NodeSelection? Nodes { get; init; }
}

/// <summary>Nodes that a step names, or describes by their labels.</summary>
/// <param name="Names">Names in order, with their places; empty with a selector.</param>
/// <param name="Selector">Selector, or null.</param>
/// <param name="Text">The selector as it is written, or empty.</param>
/// <param name="Place">Where the selector stands; null without one.</param>
internal sealed record NodeSelection(IReadOnlyList<(string Name, InputProblem Place)> Names, LabelSelector? Selector, string Text, InputProblem? Place)
{
    /// <summary>The names alone.</summary>
    public IReadOnlyList<string> NamesAlone => [.. Names.Select(name => name.Name)];
}

/// <summary>A pool of the fleet that a cluster autoscaler grows and shrinks.</summary>
/// <param name="Pool">Name of the pool: its nodes become those of the group.</param>
/// <param name="Min">Fewest nodes.</param>
/// <param name="Max">Most nodes.</param>
public sealed record NodeGroupSpec(string Pool, int Min, int Max)
{
    /// <summary>Nodes at the start; null for the number of nodes of the pool.</summary>
    public int? Initial { get; init; }

    /// <summary>Time from the request for a machine to a node that is ready, in seconds.</summary>
    public required Distribution BootSeconds { get; init; }

    /// <summary>Where its pool is named; null when something is wrong with the group, which is reported already.</summary>
    internal InputProblem? Place { get; init; }
}
