using SchedBench.Core.Objects;

namespace SchedBench.Core.Runs;

/// <summary>Sets and takes away labels of several nodes (<c>kubectl label nodes NODE… key=value other- --overwrite</c>); see <see cref="LabelNodeStep"/>.</summary>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the selector.</param>
/// <param name="Selector">Nodes by label, as they are then; null for those that are named.</param>
/// <param name="Set">Labels that they have from now on.</param>
/// <param name="Remove">Keys of labels that they have no longer; one that is not there is no error.</param>
public sealed record LabelNodesStep(TimeSpan At, IReadOnlyList<string> Nodes, LabelSelector? Selector, ValueList<Label> Set, ValueList<string> Remove = default) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        foreach (string node in NodeSteps.Select(run, Nodes, Selector)) new LabelNodeStep(At, node, Set, Remove).Execute(run);
    }
}

/// <summary>Taints that are taken away: <c>kubectl taint nodes NODE key:Effect-</c>, or <c>key-</c> for every effect.</summary>
/// <param name="Key">Key of the taints.</param>
/// <param name="Effect">Their effect, or null for every effect.</param>
public readonly record struct TaintRemoval(string Key, TaintEffect? Effect)
{
    /// <summary>Whether a taint is among them.</summary>
    public bool Takes(in Taint taint) => taint.Key == Key && (Effect is not { } effect || taint.Effect == effect);
}

/// <summary>Sets and takes away taints of several nodes (<c>kubectl taint nodes NODE… key=value:Effect other- --overwrite</c>).</summary>
/// <remarks>Unlike <c>kubectl</c>, a taint that is to go and is not there is no error.</remarks>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the selector.</param>
/// <param name="Selector">Nodes by label, as they are then; null for those that are named.</param>
/// <param name="Set">Taints that they have from now on, in place of those of the same key and effect.</param>
/// <param name="Remove">Taints that they have no longer.</param>
public sealed record TaintNodesStep(TimeSpan At, IReadOnlyList<string> Nodes, LabelSelector? Selector, ValueList<Taint> Set, ValueList<TaintRemoval> Remove = default) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        foreach (string node in NodeSteps.Select(run, Nodes, Selector)) NodeSteps.Taint(run, node, Set, Remove);
    }
}

/// <summary>Gives several nodes another size; see <see cref="ResizeNodeStep"/>.</summary>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the selector.</param>
/// <param name="Selector">Nodes by label, as they are then; null for those that are named.</param>
/// <param name="CpuMilli">Allocatable CPU in milli, or null to leave it.</param>
/// <param name="MemoryBytes">Allocatable memory in bytes, or null to leave it.</param>
/// <param name="EphemeralStorageBytes">Allocatable ephemeral storage in bytes, or null to leave it.</param>
/// <param name="Pods">Pod limit, or null to leave it.</param>
public sealed record ResizeNodesStep(
    TimeSpan At, IReadOnlyList<string> Nodes, LabelSelector? Selector, long? CpuMilli = null, long? MemoryBytes = null, long? EphemeralStorageBytes = null, int? Pods = null) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        foreach (string node in NodeSteps.Select(run, Nodes, Selector)) new ResizeNodeStep(At, node, CpuMilli, MemoryBytes, EphemeralStorageBytes, Pods).Execute(run);
    }
}
