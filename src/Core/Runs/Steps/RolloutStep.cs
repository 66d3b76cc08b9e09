using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Runs;

/// <summary>Gives all containers of a Deployment another tag, and says how that is rolled out (<c>kubectl set image</c> after a <c>kubectl patch</c> of the strategy):
/// everything else stays as it is by then, its size and whether it is paused among it.</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name.</param>
/// <param name="Tag">Tag; init containers keep theirs.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record RolloutStep(TimeSpan At, string Deployment, string Tag, string Namespace = "default") : RunStep(At)
{
    /// <summary>Whether all old pods go first.</summary>
    public bool IsRecreate { get; init; }

    /// <summary>Pods beyond the wanted number; null leaves it.</summary>
    public IntOrPercent? MaxSurge { get; init; }

    /// <summary>Pods that may be missing; null leaves it.</summary>
    public IntOrPercent? MaxUnavailable { get; init; }

    /// <summary>Without progress for so long, the rollout has failed; null leaves it.</summary>
    public TimeSpan? ProgressDeadline { get; init; }

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => StepTarget.Update(run, Changed(StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment)));

    /// <summary>The Deployment with the new tag.</summary>
    public Deployment Changed(Deployment deployment) => deployment with
    {
        Template = WithTag(deployment.Template, Tag),
        Strategy = new DeploymentStrategy(IsRecreate, MaxUnavailable ?? deployment.Strategy.MaxUnavailable, MaxSurge ?? deployment.Strategy.MaxSurge)
        {
            IsStated = deployment.Strategy.IsStated || MaxUnavailable is not null || MaxSurge is not null,
        },
        ProgressDeadline = ProgressDeadline ?? deployment.ProgressDeadline,
    };

    /// <summary>A template whose containers have the tag.</summary>
    public static PodTemplate WithTag(PodTemplate template, string tag) => template with
    {
        Spec = template.Spec with { Containers = [.. template.Spec.Containers.Select(container => container with { Image = $"{ImageCatalog.NameOf(container.Image)}:{tag}" })] },
    };
}
