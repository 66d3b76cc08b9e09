using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Which kinds manifests may hold, and who reads each.</summary>
internal static class KindReading
{
    /// <summary>Kinds that are accepted and left out with a note: access rights and names that nothing here looks at.</summary>
    internal static readonly (string Kind, string ApiVersion)[] Ignored =
    [
        ("ServiceAccount", "v1"), ("Role", "rbac.authorization.k8s.io/v1"), ("RoleBinding", "rbac.authorization.k8s.io/v1"),
        ("ClusterRole", "rbac.authorization.k8s.io/v1"), ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"), ("IngressClass", "networking.k8s.io/v1"),
    ];

    /// <summary>Kinds that only the control plane writes.</summary>
    private static readonly ResourceKind[] Written = [ResourceKind.EndpointSlice, ResourceKind.Event, ResourceKind.ControllerRevision];

    /// <summary>Kinds that can be read.</summary>
    internal static IReadOnlyList<ResourceKindInfo> Known { get; } = [.. ResourceKinds.All.Where(info => !Written.Contains(info.Kind))];

    /// <summary>Reads an object whose fields the schema has judged.</summary>
    internal static KubeObject Read(ObjectReading reading, YamlMap root, ResourceKind kind, int nodes)
    {
        ObjectMeta meta = MetaReading.Read(reading, root, kind);
        return kind switch
        {
            ResourceKind.Namespace => new Namespace { Metadata = meta },
            ResourceKind.Node => ClusterReading.ReadNode(reading, root, meta, nodes),
            ResourceKind.Pod => PodReading.Read(reading, root, meta),
            ResourceKind.ReplicationController => WorkloadReading.ReadController(reading, root, meta),
            ResourceKind.ReplicaSet => WorkloadReading.ReadReplicaSet(reading, root, meta),
            ResourceKind.Deployment => WorkloadReading.ReadDeployment(reading, root, meta),
            ResourceKind.StatefulSet => WorkloadReading.ReadStatefulSet(reading, root, meta),
            ResourceKind.DaemonSet => WorkloadReading.ReadDaemonSet(reading, root, meta),
            ResourceKind.Job => JobReading.ReadJob(reading, root, meta),
            ResourceKind.CronJob => JobReading.ReadCronJob(reading, root, meta),
            ResourceKind.HorizontalPodAutoscaler => AutoscalerReading.Read(reading, root, meta),
            ResourceKind.PodDisruptionBudget => PolicyReading.ReadBudget(root, meta),
            ResourceKind.Service => ServiceReading.Read(root, meta),
            ResourceKind.Ingress => IngressReading.Read(reading, root, meta),
            ResourceKind.NetworkPolicy => NetworkPolicyReading.Read(reading, root, meta),
            ResourceKind.ConfigMap => ClusterReading.ReadConfigMap(root, meta),
            ResourceKind.Secret => ClusterReading.ReadSecret(reading, root, meta),
            ResourceKind.PersistentVolume => StorageReading.ReadVolume(reading, root, meta),
            ResourceKind.PersistentVolumeClaim => StorageReading.ReadClaim(root, meta),
            ResourceKind.StorageClass => StorageReading.ReadClass(root, meta),
            ResourceKind.PriorityClass => PolicyReading.ReadPriority(root, meta),
            ResourceKind.PodGroup => PolicyReading.ReadGroup(root, meta),
            ResourceKind.ResourceQuota => PolicyReading.ReadQuota(reading, root, meta),
            _ => PolicyReading.ReadLimits(reading, root, meta),
        };
    }
}
