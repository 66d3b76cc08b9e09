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

/// <summary>What steps on nodes share.</summary>
internal static class NodeSteps
{
    /// <summary>The named nodes, or those that match, in the run's order.</summary>
    public static IReadOnlyList<string> Select(OrchestratedRun run, IReadOnlyList<string> names, LabelSelector? selector)
    {
        if (selector is null || names.Count > 0) return names;
        return [.. run.Store.View.All(ResourceKind.Node).Cast<Node>().Where(node => selector.Matches(node.Metadata.Labels)).OrderBy(node => node.Index.Value).Select(node => node.Name)];
    }

    public static void Check(ApiError? error, string what)
    {
        if (error is not null) throw new RunStepException($"{what}: {error.Message}");
    }
}
