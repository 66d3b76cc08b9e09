using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <summary>Gives a container of a Deployment another image (<c>kubectl set image</c>): a rollout begins.</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name of the Deployment.</param>
/// <param name="Container">Container; <c>*</c> for all, as <c>kubectl</c> has it.</param>
/// <param name="Image">Image.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record SetImageStep(TimeSpan At, string Deployment, string Container, string Image, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        Deployment deployment = StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment);
        StepTarget.Update(run, deployment with { Template = WithImage(deployment.Template) });
    }

    private PodTemplate WithImage(PodTemplate template)
    {
        bool isFound = false;
        ValueList<Container> Changed(ValueList<Container> containers) =>
        [
            .. containers.Select(container =>
            {
                if (Container != "*" && container.Name != Container) return container;
                isFound = true;
                return container with { Image = Image };
            }),
        ];
        PodSpec spec = template.Spec with { Containers = Changed(template.Spec.Containers), InitContainers = Changed(template.Spec.InitContainers) };
        return isFound ? template with { Spec = spec } : throw new RunStepException($"{ResourceKind.Deployment}/{Namespace}/{Deployment} has no container \"{Container}\"");
    }
}

/// <summary>Scales a Deployment, ReplicaSet, ReplicationController or StatefulSet (<c>kubectl scale</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Name">Name.</param>
/// <param name="Replicas">Wanted pods, ≥ 0.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record ScaleStep(TimeSpan At, ResourceKind Kind, string Name, int Replicas, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (Replicas < 0) throw new RunStepException($"{Kind}/{Namespace}/{Name} cannot be scaled to {Replicas}: a size is not negative");
        StepTarget.Update(run, StepTarget.Find<KubeObject>(run, Kind, Namespace, Name) switch
        {
            Deployment workload => workload with { Replicas = Replicas },
            ReplicaSet workload => workload with { Replicas = Replicas },
            ReplicationController workload => workload with { Replicas = Replicas },
            StatefulSet workload => workload with { Replicas = Replicas },
            _ => throw new RunStepException($"{Kind} has no size to change"),
        });
    }
}

/// <summary>Holds the rollouts of a Deployment (<c>kubectl rollout pause</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record PauseStep(TimeSpan At, string Deployment, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (run.Swarm is not null) throw new RunStepException($"Deployment/{Namespace}/{Deployment} cannot be paused: Docker Swarm has no command that holds an update");
        StepTarget.Update(run, StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment) with { IsPaused = true });
    }
}

/// <summary>Lets the rollouts of a Deployment go on (<c>kubectl rollout resume</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record ResumeStep(TimeSpan At, string Deployment, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) =>
        StepTarget.Update(run, StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment) with { IsPaused = false });
}

/// <summary>Gives a Deployment the template of an earlier revision (<c>kubectl rollout undo</c>). Refused while it is paused.</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name.</param>
/// <param name="Revision">Revision; null for the one before.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record RollbackStep(TimeSpan At, string Deployment, long? Revision = null, string Namespace = "default") : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        Deployment deployment = StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment);
        if (run.Swarm is not null)
        {
            run.RollBackService(deployment, Revision);
            return;
        }

        if (deployment.IsPaused) throw new RunStepException($"{deployment.Key} is paused: resume it before it is rolled back");
        ReplicaSet to = Revisions.Find(run.Store.View, deployment, Revision)
            ?? throw new RunStepException($"{deployment.Key} has no revision {(Revision is { } wanted ? Revisions.Text(wanted) : "before the current one")}");
        if (Revisions.IsSame(to.Template, deployment.Template)) return;
        StepTarget.Update(run, Revisions.Undo(deployment, to));
        run.Facts.Record(new Fact(FactKind.RolledBack, run.Loop.Now, default, checked((int)deployment.Uid), NodeIndex.None, Revisions.Of(to)));
    }
}

/// <summary>Replaces all pods of a Deployment by equal ones (<c>kubectl rollout restart</c>): an annotation of the template changes. Refused while it is
/// paused.</summary>
/// <param name="At">When.</param>
/// <param name="Deployment">Name.</param>
/// <param name="Namespace">Namespace.</param>
public sealed record RestartStep(TimeSpan At, string Deployment, string Namespace = "default") : RunStep(At)
{
    /// <summary>The annotation; its value is the instant of the run.</summary>
    public const string Annotation = "kubectl.kubernetes.io/restartedAt";

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        Deployment deployment = StepTarget.Find<Deployment>(run, ResourceKind.Deployment, Namespace, Deployment);
        if (deployment.IsPaused) throw new RunStepException($"{deployment.Key} is paused: resume it before it is restarted");
        string instant = run.Loop.Now.ToString("c", System.Globalization.CultureInfo.InvariantCulture);
        StepTarget.Update(run, deployment with { Template = deployment.Template with { Annotations = deployment.Template.Annotations.With(Annotation, instant) } });
    }
}

/// <summary>Deletes an object (<c>kubectl delete</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Name">Name.</param>
/// <param name="Propagation">What becomes of what it owns (<c>--cascade</c>).</param>
/// <param name="Namespace">Namespace; empty for kinds that have none.</param>
public sealed record DeleteStep(TimeSpan At, ResourceKind Kind, string Name, Propagation Propagation = Propagation.Background, string Namespace = "default") : RunStep(At)
{
    /// <summary>Grace of a running pod; null for its own.</summary>
    public TimeSpan? Grace { get; init; }

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        KubeObject item = StepTarget.Find<KubeObject>(run, Kind, Namespace, Name);
        if (run.Store.Delete(item.Key, new DeleteOptions(item.Uid, Grace, Propagation)) is { } error) throw new RunStepException($"{item.Key} could not be deleted: {error.Message}");
    }
}
