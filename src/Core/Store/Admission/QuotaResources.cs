using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>What an object counts for under a name of a quota (Kubernetes <c>pkg/quota/v1/evaluator/core</c>).</summary>
/// <remarks>CPU in milli, memory and storage in bytes, the rest in objects. Pods that have ended count for <c>count/pods</c> alone. GPU devices count as
/// <c>requests.nvidia.com/gpu</c>, whole devices rounded up.</remarks>
public static class QuotaResources
{
    private const string StorageClassSuffix = ".storageclass.storage.k8s.io/";

    /// <summary>Whether some object can count under a name: others are refused with the quota.</summary>
    public static bool IsKnown(string name) => name is "cpu" or "memory" or "ephemeral-storage" or "pods" or "services" or "services.nodeports" or "services.loadbalancers" or "configmaps"
        or "secrets" or "persistentvolumeclaims" or "replicationcontrollers" or "resourcequotas" or "requests.storage"
        || name.StartsWith("requests.", StringComparison.Ordinal) || name is "limits.cpu" or "limits.memory"
        || (name.StartsWith("count/", StringComparison.Ordinal) && KindOf(name) is not null) || name.Contains(StorageClassSuffix, StringComparison.Ordinal);

    /// <summary>What an object counts for under a name.</summary>
    public static long Amount(string name, KubeObject item)
    {
        if (name.StartsWith("count/", StringComparison.Ordinal)) return KindOf(name) == item.Kind ? 1 : 0;
        return item switch
        {
            Pod pod => pod.HasEnded ? 0 : OfPod(name, pod.Spec),
            PersistentVolumeClaim claim => OfClaim(name, claim),
            Service service => name switch
            {
                "services" => 1,
                "services.loadbalancers" => service.Type == ServiceType.LoadBalancer ? 1 : 0,
                "services.nodeports" => service.Type is ServiceType.NodePort or ServiceType.LoadBalancer ? service.Ports.Count : 0,
                _ => 0,
            },
            ConfigMap => name == "configmaps" ? 1 : 0,
            Secret => name == "secrets" ? 1 : 0,
            ReplicationController => name == "replicationcontrollers" ? 1 : 0,
            ResourceQuota => name == "resourcequotas" ? 1 : 0,
            _ => 0,
        };
    }

    /// <summary>The first container that does not state what a quota counts, or null: under a quota of it nobody may leave it open.</summary>
    public static string? Unstated(string name, PodSpec spec)
    {
        foreach (Container container in spec.Containers)
        {
            bool isStated = name switch
            {
                "cpu" or "requests.cpu" => container.CpuMilli > 0,
                "memory" or "requests.memory" => container.MemoryBytes > 0,
                "limits.cpu" => container.CpuMilliLimit is not null,
                "limits.memory" => container.MemoryBytesLimit is not null,
                "limits.ephemeral-storage" => container.EphemeralStorageBytesLimit is not null,
                _ => true,
            };
            if (!isStated) return container.Name;
        }

        return null;
    }

    private static long OfPod(string name, PodSpec spec) => name switch
    {
        "pods" => 1,
        "cpu" or "requests.cpu" => spec.CpuMilli,
        "memory" or "requests.memory" => spec.MemoryBytes,
        "ephemeral-storage" or "requests.ephemeral-storage" => spec.EphemeralStorageBytes,
        "limits.cpu" => Limits(spec, container => container.CpuMilliLimit),
        "limits.memory" => Limits(spec, container => container.MemoryBytesLimit),
        "limits.ephemeral-storage" => Limits(spec, container => container.EphemeralStorageBytesLimit),
        "requests.nvidia.com/gpu" => (spec.GpuMilliTotal + PodSpec.WholeGpuMilli - 1) / PodSpec.WholeGpuMilli,
        _ => name.StartsWith("requests.", StringComparison.Ordinal) ? Extended(spec, name["requests.".Length..]) : 0,
    };

    private static long OfClaim(string name, PersistentVolumeClaim claim)
    {
        switch (name)
        {
            case "persistentvolumeclaims":
                return 1;
            case "requests.storage":
                return claim.SizeBytes;
            default:
                int at = name.IndexOf(StorageClassSuffix, StringComparison.Ordinal);
                if (at < 0 || claim.StorageClass != name[..at]) return 0;
                return name.EndsWith("/persistentvolumeclaims", StringComparison.Ordinal) ? 1 : claim.SizeBytes;
        }
    }

    /// <summary>The pod's limit: the larger of what runs together and of the largest init container beside the sidecars before it.</summary>
    private static long Limits(PodSpec spec, Func<Container, long?> limit)
    {
        long together = 0, sidecars = 0, peak = 0;
        foreach (Container container in spec.InitContainers)
        {
            long own = limit(container) ?? 0;
            if (container.IsSidecar) sidecars += own;
            peak = Math.Max(peak, container.IsSidecar ? sidecars : sidecars + own);
        }

        foreach (Container container in spec.Containers) together += limit(container) ?? 0;
        return Math.Max(peak, together + sidecars);
    }

    private static long Extended(PodSpec spec, string name)
    {
        foreach (ref readonly ResourceAmount amount in spec.Extended.AsSpan())
        {
            if (amount.Name == name) return amount.Amount;
        }

        return 0;
    }

    /// <summary>The kind of <c>count/deployments.apps</c>; objects of the core group have no group behind the plural.</summary>
    private static ResourceKind? KindOf(string name)
    {
        ReadOnlySpan<char> rest = name.AsSpan("count/".Length);
        foreach (ResourceKindInfo info in ResourceKinds.All)
        {
            if (!info.IsNamespaced || !rest.StartsWith(info.Plural)) continue;
            int slash = info.ApiVersion.IndexOf('/', StringComparison.Ordinal);
            ReadOnlySpan<char> group = slash < 0 ? default : info.ApiVersion.AsSpan(0, slash);
            ReadOnlySpan<char> tail = rest[info.Plural.Length..];
            if (group.IsEmpty ? tail.IsEmpty : tail.Length == group.Length + 1 && tail[0] == '.' && tail[1..].SequenceEqual(group)) return info.Kind;
        }

        return null;
    }
}
