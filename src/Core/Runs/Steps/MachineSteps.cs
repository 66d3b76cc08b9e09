using SchedBench.Core.Objects;

namespace SchedBench.Core.Runs;

/// <summary>Takes several nodes out of scheduling, or gives them back (<c>kubectl cordon NODE…</c>, <c>kubectl uncordon --selector</c>); their pods stay.</summary>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the selector.</param>
/// <param name="Selector">Nodes by label, as they are then; null for those that are named.</param>
/// <param name="IsCordoned">Whether they are taken out.</param>
public sealed record CordonNodesStep(TimeSpan At, IReadOnlyList<string> Nodes, LabelSelector? Selector, bool IsCordoned) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        foreach (string node in NodeSteps.Select(run, Nodes, Selector)) NodeSteps.Check(run.Drains.Cordon(node, IsCordoned), IsCordoned ? "cordon" : "uncordon");
    }
}

/// <summary>Cuts the power of machines, or gives it back. Processes and agent of a machine end at once, without a word to anybody; it starts anew with its disk and
/// without its processes. No command of an orchestrator: a fault.</summary>
/// <remarks>A machine that is on already stays as it is when it gets power, one that is off when it loses it.</remarks>
/// <param name="At">When.</param>
/// <param name="Nodes">Names of the nodes; empty to take those of the selector.</param>
/// <param name="Selector">Nodes by label, as they are then; null for those that are named.</param>
/// <param name="IsOn">Whether they have power from now on.</param>
public sealed record PowerStep(TimeSpan At, IReadOnlyList<string> Nodes, LabelSelector? Selector, bool IsOn) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (run.Health is not { } health) throw new RunStepException($"{Word}: this run has no machines, only an API");
        foreach (string name in NodeSteps.Select(run, Nodes, Selector))
        {
            int node = StepTarget.Find<Node>(run, ResourceKind.Node, "", name).Index.Value;
            if (IsOn) health.Recover(node);
            else health.Crash(node);
        }
    }

    private string Word => IsOn ? "powerOn" : "powerOff";
}
