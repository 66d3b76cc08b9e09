using System.Collections.Frozen;

namespace SchedBench.Core.Objects;

/// <summary>The kinds of objects that the store holds. Names are Kubernetes'.</summary>
public enum ResourceKind : byte
{
    /// <summary>v1 Namespace.</summary>
    Namespace,

    /// <summary>v1 Node.</summary>
    Node,

    /// <summary>v1 Pod.</summary>
    Pod,

    /// <summary>v1 ReplicationController.</summary>
    ReplicationController,

    /// <summary>apps/v1 ReplicaSet.</summary>
    ReplicaSet,

    /// <summary>apps/v1 Deployment.</summary>
    Deployment,

    /// <summary>apps/v1 StatefulSet.</summary>
    StatefulSet,

    /// <summary>apps/v1 DaemonSet.</summary>
    DaemonSet,

    /// <summary>batch/v1 Job.</summary>
    Job,

    /// <summary>batch/v1 CronJob.</summary>
    CronJob,

    /// <summary>autoscaling/v2 HorizontalPodAutoscaler.</summary>
    HorizontalPodAutoscaler,

    /// <summary>policy/v1 PodDisruptionBudget.</summary>
    PodDisruptionBudget,

    /// <summary>v1 Service.</summary>
    Service,

    /// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
    EndpointSlice,

    /// <summary>networking.k8s.io/v1 Ingress.</summary>
    Ingress,

    /// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
    NetworkPolicy,

    /// <summary>v1 ConfigMap.</summary>
    ConfigMap,

    /// <summary>v1 Secret.</summary>
    Secret,

    /// <summary>v1 PersistentVolume.</summary>
    PersistentVolume,

    /// <summary>v1 PersistentVolumeClaim.</summary>
    PersistentVolumeClaim,

    /// <summary>storage.k8s.io/v1 StorageClass.</summary>
    StorageClass,

    /// <summary>scheduling.k8s.io/v1 PriorityClass.</summary>
    PriorityClass,

    /// <summary>v1 ResourceQuota.</summary>
    ResourceQuota,

    /// <summary>v1 LimitRange.</summary>
    LimitRange,

    /// <summary>v1 Event.</summary>
    Event,

    /// <summary>apps/v1 ControllerRevision.</summary>
    ControllerRevision,

    /// <summary>scheduling.x-k8s.io/v1alpha1 PodGroup, of kubernetes-sigs/scheduler-plugins.</summary>
    PodGroup,
}

/// <summary>A kind as manifests write it.</summary>
/// <param name="Kind">Kind; its name is the enum's.</param>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>.</param>
/// <param name="Plural">Name in paths, such as <c>deployments</c>.</param>
/// <param name="IsNamespaced">Whether objects live in a namespace.</param>
public sealed record ResourceKindInfo(ResourceKind Kind, string ApiVersion, string Plural, bool IsNamespaced);

/// <summary>All kinds with their group, version and plural.</summary>
public static class ResourceKinds
{
    /// <summary>All kinds in the order of the enum.</summary>
    public static IReadOnlyList<ResourceKindInfo> All { get; } =
    [
        new(ResourceKind.Namespace, "v1", "namespaces", false),
        new(ResourceKind.Node, "v1", "nodes", false),
        new(ResourceKind.Pod, "v1", "pods", true),
        new(ResourceKind.ReplicationController, "v1", "replicationcontrollers", true),
        new(ResourceKind.ReplicaSet, "apps/v1", "replicasets", true),
        new(ResourceKind.Deployment, "apps/v1", "deployments", true),
        new(ResourceKind.StatefulSet, "apps/v1", "statefulsets", true),
        new(ResourceKind.DaemonSet, "apps/v1", "daemonsets", true),
        new(ResourceKind.Job, "batch/v1", "jobs", true),
        new(ResourceKind.CronJob, "batch/v1", "cronjobs", true),
        new(ResourceKind.HorizontalPodAutoscaler, "autoscaling/v2", "horizontalpodautoscalers", true),
        new(ResourceKind.PodDisruptionBudget, "policy/v1", "poddisruptionbudgets", true),
        new(ResourceKind.Service, "v1", "services", true),
        new(ResourceKind.EndpointSlice, "discovery.k8s.io/v1", "endpointslices", true),
        new(ResourceKind.Ingress, "networking.k8s.io/v1", "ingresses", true),
        new(ResourceKind.NetworkPolicy, "networking.k8s.io/v1", "networkpolicies", true),
        new(ResourceKind.ConfigMap, "v1", "configmaps", true),
        new(ResourceKind.Secret, "v1", "secrets", true),
        new(ResourceKind.PersistentVolume, "v1", "persistentvolumes", false),
        new(ResourceKind.PersistentVolumeClaim, "v1", "persistentvolumeclaims", true),
        new(ResourceKind.StorageClass, "storage.k8s.io/v1", "storageclasses", false),
        new(ResourceKind.PriorityClass, "scheduling.k8s.io/v1", "priorityclasses", false),
        new(ResourceKind.ResourceQuota, "v1", "resourcequotas", true),
        new(ResourceKind.LimitRange, "v1", "limitranges", true),
        new(ResourceKind.Event, "v1", "events", true),
        new(ResourceKind.ControllerRevision, "apps/v1", "controllerrevisions", true),
        new(ResourceKind.PodGroup, "scheduling.x-k8s.io/v1alpha1", "podgroups", true),
    ];

    private static readonly FrozenDictionary<string, ResourceKindInfo> ByName = All.ToFrozenDictionary(info => info.Kind.ToString(), StringComparer.Ordinal);

    /// <summary>What is known of a kind.</summary>
    public static ResourceKindInfo Info(ResourceKind kind) => All[(int)kind];

    /// <summary>The kind of that name, in Kubernetes' case, or null.</summary>
    public static ResourceKindInfo? Find(string name) => ByName.GetValueOrDefault(name);
}
