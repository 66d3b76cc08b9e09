using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <summary>What Docker Swarm makes of an object.</summary>
public enum SwarmSupportLevel : byte
{
    /// <summary>It has a counterpart.</summary>
    Supported,

    /// <summary>It is kept in the store and has no effect: the workload is the same without it.</summary>
    NotApplied,

    /// <summary>It has no counterpart, and without it the workload would be another one.</summary>
    Refused,
}

/// <summary>What Docker Swarm makes of a Kubernetes object that a manifest states.</summary>
/// <param name="Level">Whether it has a counterpart.</param>
/// <param name="Reason">Why not, in a line that names the field; empty for one that is supported.</param>
public sealed record SwarmSupport(SwarmSupportLevel Level, string Reason)
{
    private const string HostName = "kubernetes.io/hostname";

    /// <summary>Fields of a supported object that have no effect, as manifests write them.</summary>
    public ValueList<string> Ignored { get; init; }

    /// <summary>Judges an object.</summary>
    /// <param name="item">The object as its manifest states it.</param>
    public static SwarmSupport Check(KubeObject item) => item switch
    {
        Deployment { IsPaused: true } => Refused("spec.paused: Docker Swarm has no update that waits for a command"),
        Deployment deployment => OfTemplate(deployment.Template),
        ReplicaSet set => OfTemplate(set.Template),
        ReplicationController controller => OfTemplate(controller.Template),
        DaemonSet { UpdatesOnDelete: true } => Refused("spec.updateStrategy: OnDelete has no counterpart, a global service updates its tasks itself"),
        DaemonSet set => OfTemplate(set.Template),
        Job job => OfJob(job),
        StatefulSet => Refused("Docker Swarm gives tasks no stable identity, order or volume claims of their own"),
        CronJob => Refused("Docker Swarm starts nothing by the clock"),
        Pod => Refused("Docker Swarm runs tasks of services only: a container by itself has no orchestrator"),
        PersistentVolume or PersistentVolumeClaim => Refused("Docker Swarm has no volumes that are claimed and follow a task to another node"),
        PodDisruptionBudget => NotApplied("a drain of Docker Swarm asks nobody: all tasks of the node are stopped and replaced at once"),
        HorizontalPodAutoscaler => NotApplied("Docker Swarm does not scale services by load"),
        PriorityClass => NotApplied("tasks have no priority and push nobody out"),
        LimitRange => NotApplied("nothing limits or fills in what tasks ask for"),
        ResourceQuota => NotApplied("nothing limits what a stack uses"),
        StorageClass => NotApplied("there are no claims"),
        NetworkPolicy => NotApplied("services that share an overlay network talk freely"),
        ControllerRevision or ObjectEvent => NotApplied("it is made by controllers, and theirs are not here"),
        _ => new SwarmSupport(SwarmSupportLevel.Supported, ""),
    };

    private static SwarmSupport OfJob(Job job)
    {
        if (job.IsSuspended) return Refused("spec.suspend: a job of Docker Swarm cannot be held back");
        if (job.Completions is null) return Refused("spec.completions: a job of Docker Swarm states how many tasks are to complete");
        SwarmSupport template = OfTemplate(job.Template);
        if (template.Level != SwarmSupportLevel.Supported) return template;
        List<string> ignored = [.. template.Ignored];
        if (job.ActiveDeadline is not null) ignored.Add("spec.activeDeadlineSeconds");
        if (job.TtlAfterFinished is not null) ignored.Add("spec.ttlSecondsAfterFinished");
        if (job.IsIndexed) ignored.Add("spec.completionMode");
        return template with { Ignored = [.. ignored] };
    }

    private static SwarmSupport OfTemplate(PodTemplate template)
    {
        PodSpec spec = template.Spec;
        if (spec.Containers.Count != 1) return Refused($"spec.template.spec.containers: a task is one container, not {spec.Containers.Count}");
        if (spec.InitContainers.Count > 0) return Refused("spec.template.spec.initContainers: a task is one container, nothing runs before it");
        if (spec.SchedulingGates.Count > 0) return Refused("spec.template.spec.schedulingGates: nothing holds a task back from the scheduler");
        foreach (Volume volume in spec.Volumes)
        {
            if (volume.Kind is VolumeKind.PersistentVolumeClaim or VolumeKind.Ephemeral) return Refused($"spec.template.spec.volumes[{volume.Name}]: Docker Swarm has no claims");
        }

        if (spec.TopologySpread.Any(constraint => constraint.IsHard))
            return Refused("spec.template.spec.topologySpreadConstraints: placement preferences of Docker Swarm are soft, DoNotSchedule has no counterpart");
        if (spec.Affinity is { RequiredPods.Count: > 0 }) return Refused("spec.template.spec.affinity.podAffinity: constraints of Docker Swarm are about nodes, not about other tasks");
        if (spec.Affinity is { } affinity && affinity.RequiredAnti.Any(term => !IsOnePerNode(term, template)))
            return Refused("spec.template.spec.affinity.podAntiAffinity: only one task of the service a node (max_replicas_per_node: 1) has a counterpart");
        return new SwarmSupport(SwarmSupportLevel.Supported, "") { Ignored = [.. IgnoredOf(spec)] };
    }

    /// <summary>Whether a term keeps the pods of one template on different nodes.</summary>
    private static bool IsOnePerNode(PodAffinityTerm term, PodTemplate template) =>
        term.TopologyKey == HostName && term.Namespaces.Count == 0 && term.NamespaceSelector is null && term.Selector is { } selector && selector.Matches(template.Labels);

    private static IEnumerable<string> IgnoredOf(PodSpec spec)
    {
        if (spec.Priority != 0 || spec.PriorityClassName.Length > 0) yield return "spec.template.spec.priorityClassName";
        if (spec.ActiveDeadline is not null) yield return "spec.template.spec.activeDeadlineSeconds";
        if (spec.TopologySpread.Count > 0) yield return "spec.template.spec.topologySpreadConstraints";
        if (spec.Affinity is { PreferredNodes.Count: > 0 } or { PreferredPods.Count: > 0 } or { PreferredAnti.Count: > 0 }) yield return "spec.template.spec.affinity";
        if (spec.Containers[0].PreStopSleep is not null) yield return "spec.template.spec.containers.lifecycle.preStop";
        if (spec.Containers[0] is { Readiness: not null, Liveness: not null }) yield return "spec.template.spec.containers.livenessProbe";
        foreach (Toleration toleration in spec.Tolerations)
        {
            if (!SwarmTaskSpec.ToleratesCordon(in toleration)) continue;
            yield return "spec.template.spec.tolerations";
            break;
        }
    }

    private static SwarmSupport NotApplied(string reason) => new(SwarmSupportLevel.NotApplied, reason);

    private static SwarmSupport Refused(string reason) => new(SwarmSupportLevel.Refused, reason);
}
