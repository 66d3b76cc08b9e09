using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <summary>How a service of Docker Swarm wants its tasks (<c>ServiceSpec.mode</c>).</summary>
public enum SwarmMode : byte
{
    /// <summary>A number of them.</summary>
    Replicated,

    /// <summary>One a node.</summary>
    Global,

    /// <summary>A number of completions.</summary>
    ReplicatedJob,
}

/// <summary>A Kubernetes object as the service that it defines.</summary>
/// <param name="Object">The object.</param>
/// <param name="Mode">Mode.</param>
/// <param name="Replicas">Wanted tasks; completions of a job; 0 for a global service.</param>
/// <param name="Template">What its tasks are made of.</param>
/// <param name="Status">What Docker Swarm keeps of it; null before the orchestrator saw it.</param>
internal readonly record struct SwarmService(KubeObject Object, SwarmMode Mode, int Replicas, PodTemplate Template, SwarmServiceStatus? Status)
{
    /// <summary>The service that an object defines, or null.</summary>
    public static SwarmService? Of(KubeObject? item) => item switch
    {
        Deployment d => new SwarmService(d, SwarmMode.Replicated, d.Replicas, d.Template, d.Status.Swarm),
        ReplicaSet s => new SwarmService(s, SwarmMode.Replicated, s.Replicas, s.Template, s.Status.Swarm),
        ReplicationController c => new SwarmService(c, SwarmMode.Replicated, c.Replicas, c.Template, c.Status.Swarm),
        DaemonSet s => new SwarmService(s, SwarmMode.Global, 0, s.Template, s.Status.Swarm),
        Job j => new SwarmService(j, SwarmMode.ReplicatedJob, j.Completions ?? j.Parallelism, j.Template, j.Status.Swarm),
        _ => null,
    };

    /// <summary>Whether a kind defines services.</summary>
    public static bool IsService(ResourceKind kind) =>
        kind is ResourceKind.Deployment or ResourceKind.ReplicaSet or ResourceKind.ReplicationController or ResourceKind.DaemonSet or ResourceKind.Job;

    /// <summary>Name that the service's tasks are counted by on a node.</summary>
    public string App => $"{Object.Metadata.Namespace}/{Object.Kind}/{Object.Name}";

    /// <summary>The object with another status.</summary>
    public static KubeObject With(KubeObject item, SwarmServiceStatus status) => item switch
    {
        Deployment d => d with { Status = d.Status with { Swarm = status } },
        ReplicaSet s => s with { Status = s.Status with { Swarm = status } },
        ReplicationController c => c with { Status = c.Status with { Swarm = status } },
        DaemonSet s => s with { Status = s.Status with { Swarm = status } },
        Job j => j with { Status = j.Status with { Swarm = status } },
        _ => item,
    };

    /// <summary>The object with the template before the current one, as a rollback wants it (<c>docker service rollback</c>); null when there is none to go back to.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="message">Why.</param>
    public KubeObject? RolledBack(TimeSpan now, string message)
    {
        if (Status is not { Previous: { } previous } status) return null;
        SwarmServiceStatus next = status with
        {
            Current = previous,
            Version = status.PreviousVersion,
            Previous = null,
            PreviousVersion = 0,
            Update = SwarmUpdateState.RollbackStarted,
            Message = message,
            StartedAt = now,
            CompletedAt = null,
        };
        return With(
            Object switch
            {
                Deployment d => d with { Template = previous },
                ReplicaSet s => s with { Template = previous },
                ReplicationController c => c with { Template = previous },
                DaemonSet s => s with { Template = previous },
                _ => Object,
            },
            next);
    }

    /// <summary>Value of the label <see cref="Revisions.HashLabel"/> of a service's tasks, for Services that select one version.</summary>
    public static string VersionLabel(KubeObject service, long version) => PodControl.TemplateHash($"{service.Key} {version}", 0);

    /// <summary>Whether two templates make equal tasks.</summary>
    public static bool IsSame(PodTemplate left, PodTemplate right) => ReferenceEquals(left, right) || Revisions.IsSame(left, right);

    /// <summary>How an update of the service goes: as the options say, or as its manifest does.</summary>
    /// <param name="options">Options.</param>
    /// <param name="isRollback">Whether the version before comes back.</param>
    public SwarmUpdateConfig Config(SwarmOptions options, bool isRollback) => isRollback ? options.Rollback : options.Update ?? FromManifest();

    /// <summary>Condition for a replacement: as the options say, or as the pod's restart policy maps. Failed tasks of jobs are always replaced: <c>Never</c> speaks of containers
    /// there, not of tries.</summary>
    public SwarmRestartCondition Condition(SwarmRestartPolicy policy)
    {
        if (Mode == SwarmMode.ReplicatedJob) return policy.Condition == SwarmRestartCondition.None ? SwarmRestartCondition.None : SwarmRestartCondition.OnFailure;
        return policy.Condition ?? Template.Spec.RestartPolicy switch
        {
            RestartPolicy.Always => SwarmRestartCondition.Any,
            RestartPolicy.OnFailure => SwarmRestartCondition.OnFailure,
            _ => SwarmRestartCondition.None,
        };
    }

    /// <summary>Most replacements of a slot, 0 for any number: of a job its back-off limit unless the options state one.</summary>
    public int MaxAttempts(SwarmRestartPolicy policy) => policy.MaxAttempts > 0 || Object is not Job job ? policy.MaxAttempts : job.BackoffLimit;

    /// <summary>What a manifest says of rollouts, in Swarm's words: Recreate is all at once, a surge without missing pods is start-first, anything else stop-first.</summary>
    /// <remarks>A strategy that nobody stated says nothing: then swarmkit's defaults hold.</remarks>
    private SwarmUpdateConfig FromManifest()
    {
        TimeSpan delay = Object switch { Deployment d => d.MinReady, ReplicaSet s => s.MinReady, ReplicationController c => c.MinReady, DaemonSet s => s.MinReady, _ => TimeSpan.Zero };
        var config = new SwarmUpdateConfig { Delay = delay };
        if (Object is DaemonSet daemon) return Bounded(config, daemon.MaxUnavailable.Of(DaemonNodesOf(daemon), roundUp: true), daemon.MaxSurge.Of(DaemonNodesOf(daemon), roundUp: true));
        if (Object is not Deployment deployment || (!deployment.Strategy.IsStated && deployment.Strategy == DeploymentStrategy.Default)) return config;
        if (deployment.Strategy.IsRecreate) return config with { Parallelism = 0 };
        return Bounded(config, deployment.Strategy.MaxUnavailable.Of(Replicas, roundUp: false), deployment.Strategy.MaxSurge.Of(Replicas, roundUp: true));
    }

    private static int DaemonNodesOf(DaemonSet daemon) => daemon.Status.Desired;

    private static SwarmUpdateConfig Bounded(SwarmUpdateConfig config, int unavailable, int surge) => unavailable == 0 && surge > 0
        ? config with { Order = SwarmUpdateOrder.StartFirst, Parallelism = surge }
        : config with { Parallelism = Math.Max(1, unavailable) };
}
