using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <summary>Takes a node out of scheduling (<c>kubectl cordon</c>); its pods stay.</summary>
/// <param name="At">When.</param>
/// <param name="Node">Name of the node.</param>
public sealed record CordonStep(TimeSpan At, string Node) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => NodeSteps.Check(run.Drains.Cordon(Node, isCordoned: true), "cordon");
}

/// <summary>Gives a node back to the scheduler (<c>kubectl uncordon</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Node">Name of the node.</param>
public sealed record UncordonStep(TimeSpan At, string Node) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => NodeSteps.Check(run.Drains.Cordon(Node, isCordoned: false), "uncordon");
}

/// <summary>Drains nodes for good: all are cordoned, then emptied one after the other (<c>kubectl drain</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the options' selector.</param>
/// <param name="Options">How.</param>
public sealed record DrainStep(TimeSpan At, IReadOnlyList<string> Nodes, DrainOptions? Options = null) : RunStep(At)
{
    /// <summary>Drains one node.</summary>
    public DrainStep(TimeSpan at, string node, DrainOptions? options = null)
        : this(at, [node], options)
    {
    }

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        var options = new MaintenanceOptions { Drain = Options ?? new DrainOptions(), Uncordons = false, CordonsAllFirst = true };
        NodeSteps.Check(run.Drains.Start(NodeSteps.Select(run, Nodes, options.Drain.Nodes), options), "drain");
    }
}

/// <summary>Goes over nodes one by one: drain, work, give back, pause.</summary>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes, in order; empty to take those of the options' selector.</param>
/// <param name="Options">How.</param>
public sealed record MaintenanceStep(TimeSpan At, IReadOnlyList<string> Nodes, MaintenanceOptions Options) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => NodeSteps.Check(run.Drains.Start(NodeSteps.Select(run, Nodes, Options.Drain.Nodes), Options), "maintenance");
}

/// <summary>Sets and takes away labels of a node (<c>kubectl label --overwrite</c>). Its pods stay where they are, except a daemon that no longer belongs there.</summary>
/// <param name="At">When.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="Set">Labels that it has from now on.</param>
/// <param name="Remove">Keys of labels that it has no longer.</param>
public sealed record LabelNodeStep(TimeSpan At, string Node, ValueList<Label> Set, ValueList<string> Remove = default) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        Node node = StepTarget.Find<Node>(run, ResourceKind.Node, "", Node);
        ValueList<Label> labels = node.Metadata.Labels;
        foreach (Label label in Set)
        {
            if (KubernetesName.CheckQualifiedName(label.Key) is { } key) throw new RunStepException($"label '{label.Key}' of node '{Node}': expected {key.Expected}");
            if (KubernetesName.CheckLabelValue(label.Value) is { } value) throw new RunStepException($"label '{label.Key}={label.Value}' of node '{Node}': expected {value.Expected}");
            labels = labels.With(label.Key, label.Value);
        }

        foreach (string key in Remove) labels = labels.Without(key);
        if (labels != node.Metadata.Labels) StepTarget.Update(run, node with { Metadata = node.Metadata with { Labels = labels } });
    }
}

/// <summary>Sets and takes away taints of a node (<c>kubectl taint --overwrite</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="Set">Taints that it has from now on, in place of those of the same key and effect.</param>
/// <param name="Remove">Keys of taints that it has no longer, whatever their effect.</param>
public sealed record TaintNodeStep(TimeSpan At, string Node, ValueList<Taint> Set, ValueList<string> Remove = default) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        ValueList<TaintRemoval> removals = [.. Remove.Select(key => new TaintRemoval(key, null))];
        NodeSteps.Taint(run, Node, Set, removals);
    }
}

/// <summary>Gives a node another size, as an agent that was started with other reservations reports it. Pods that are there stay. Devices and extended resources cannot change.</summary>
/// <param name="At">When.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="CpuMilli">Allocatable CPU in milli, or null to leave it.</param>
/// <param name="MemoryBytes">Allocatable memory in bytes, or null to leave it.</param>
/// <param name="EphemeralStorageBytes">Allocatable ephemeral storage in bytes, or null to leave it.</param>
/// <param name="Pods">Pod limit, or null to leave it.</param>
public sealed record ResizeNodeStep(TimeSpan At, string Node, long? CpuMilli = null, long? MemoryBytes = null, long? EphemeralStorageBytes = null, int? Pods = null) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (CpuMilli < 0 || MemoryBytes < 0 || EphemeralStorageBytes < 0 || Pods < 0) throw new RunStepException($"size of node '{Node}': expected amounts of at least 0");
        Node node = StepTarget.Find<Node>(run, ResourceKind.Node, "", Node);
        NodeSpec size = node.Spec with
        {
            CpuMilli = CpuMilli ?? node.Spec.CpuMilli,
            MemoryBytes = MemoryBytes ?? node.Spec.MemoryBytes,
            EphemeralStorageBytes = EphemeralStorageBytes ?? node.Spec.EphemeralStorageBytes,
            Pods = Pods ?? node.Spec.Pods,
        };
        if (size != node.Spec) StepTarget.Update(run, node with { Spec = size });
    }
}

/// <summary>What steps on nodes share.</summary>
internal static class NodeSteps
{
    /// <summary>The named nodes, or those that match, in the run's order.</summary>
    public static IReadOnlyList<string> Select(OrchestratedRun run, IReadOnlyList<string> names, LabelSelector? selector)
    {
        if (selector is null || names.Count > 0) return names;
        return [.. run.Store.View.All(ResourceKind.Node).Cast<Node>().Where(node => selector.Matches(node.Metadata.Labels)).OrderBy(node => node.Index.Value).Select(node => node.Name)];
    }

    /// <summary>Sets and takes away taints of a node; one that is there already with another value gets the new one.</summary>
    public static void Taint(OrchestratedRun run, string name, ValueList<Taint> set, ValueList<TaintRemoval> remove)
    {
        Node node = StepTarget.Find<Node>(run, ResourceKind.Node, "", name);
        ValueList<Taint> taints = [.. node.Taints.Where(taint => !remove.Any(gone => gone.Takes(taint)) && !set.Any(other => other.Key == taint.Key && other.Effect == taint.Effect)), .. set];
        if (taints != node.Taints) StepTarget.Update(run, node with { Taints = taints });
    }

    public static void Check(ApiError? error, string what)
    {
        if (error is not null) throw new RunStepException($"{what}: {error.Message}");
    }
}
