using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <summary>Whom an effect hits.</summary>
public enum EffectTarget
{
    /// <summary>Machines.</summary>
    Nodes,

    /// <summary>Pods, drawn in the run from those that are there then.</summary>
    Pods,

    /// <summary>Nodes, or pods where the fault says whose.</summary>
    NodesOrPods,

    /// <summary>The cluster as a whole: its control plane, registry, names, volumes.</summary>
    Cluster,
}

/// <summary>An effect by its name: what it does, whom to, and what can be said about it.</summary>
/// <param name="Name">Name in experiment files and plans.</param>
/// <param name="Target">Whom it hits.</param>
/// <param name="Truth">What happens.</param>
/// <param name="Seen">What the control plane sees of it.</param>
/// <param name="Parameters">What can be said about it.</param>
/// <param name="Build">The effect as worlds suffer it.</param>
public sealed record EffectKind(string Name, EffectTarget Target, string Truth, string Seen, IReadOnlyList<EffectParameter> Parameters, Func<FaultEffect, WorldEffect> Build)
{
    /// <summary>The parameter of that name, or null.</summary>
    public EffectParameter? Find(string name) => Parameters.FirstOrDefault(parameter => parameter.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
