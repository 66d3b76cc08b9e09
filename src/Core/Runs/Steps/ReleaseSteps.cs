using SchedBench.Core.Controllers;

namespace SchedBench.Core.Runs;

/// <summary>Begins a blue/green or canary release.</summary>
/// <param name="At">When.</param>
/// <param name="Plan">What is wanted.</param>
public sealed record ReleaseStep(TimeSpan At, ReleasePlan Plan) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (run.Releases.Start(Plan) is { } error) throw new RunStepException($"release of Deployment/{Plan.Namespace}/{Plan.Deployment}: {error.Message}");
    }
}

/// <summary>Takes a release back.</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name of the Deployment that is released.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record AbortReleaseStep(TimeSpan At, string Deployment, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (run.Releases.Abort(Namespace, Deployment) is { } error) throw new RunStepException(error.Message);
    }
}
