using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>What cannot be changed once it is written (Kubernetes <c>pkg/apis/*/validation</c>, <c>Validate…Update</c>). A change of it is 422.</summary>
/// <remarks>Of a pod only images, an active deadline that is set or shortened, added tolerations and removed scheduling gates may change; the binding is written once.
/// A bare pod that is applied again with the same spec keeps its own.</remarks>
public sealed class ImmutableFields : IAdmission
{
    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested) => requested is Service or Namespace ? null : CheckTemplate(requested);

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next)
    {
        if (current is Pod before && next is Pod pod) return CheckPod(before, pod, ref next);
        string? field = (current, next) switch
        {
            (ReplicaSet old, ReplicaSet changed) when old.Selector != changed.Selector => "spec.selector",
            (Deployment old, Deployment changed) when old.Selector != changed.Selector => "spec.selector",
            (DaemonSet old, DaemonSet changed) when old.Selector != changed.Selector => "spec.selector",
            (StatefulSet old, StatefulSet changed) when old.Selector != changed.Selector => "spec.selector",
            (StatefulSet old, StatefulSet changed) when old.ServiceName != changed.ServiceName => "spec.serviceName",
            (StatefulSet old, StatefulSet changed) when old.IsParallel != changed.IsParallel => "spec.podManagementPolicy",
            (StatefulSet old, StatefulSet changed) when old.ClaimTemplates != changed.ClaimTemplates => "spec.volumeClaimTemplates",
            (Job old, Job changed) => JobField(old, changed),
            (ConfigMap { IsImmutable: true } old, ConfigMap changed) when !changed.IsImmutable || old.Data != changed.Data => "data",
            (Secret { IsImmutable: true } old, Secret changed) when !changed.IsImmutable || old.ValuesHash != changed.ValuesHash || old.Keys != changed.Keys => "data",
            (Secret old, Secret changed) when old.Type != changed.Type => "type",
            (PersistentVolumeClaim old, PersistentVolumeClaim changed) => ClaimField(old, changed),
            (StorageClass old, StorageClass changed) when old.Provisioner != changed.Provisioner || old.Reclaim != changed.Reclaim || old.WaitsForFirstConsumer != changed.WaitsForFirstConsumer =>
                "provisioner, reclaimPolicy and volumeBindingMode",
            _ => null,
        };
        if (field is not null) return Immutable(next, field);
        return CheckTemplate(next);
    }

    /// <summary>A selector that does not match the labels of its own template would never find its pods.</summary>
    private static ApiError? CheckTemplate(KubeObject item)
    {
        (LabelSelector? selector, PodTemplate? template) = item switch
        {
            ReplicaSet set => (set.Selector, set.Template),
            ReplicationController set => (set.Selector, set.Template),
            Deployment deployment => (deployment.Selector, deployment.Template),
            DaemonSet set => (set.Selector, set.Template),
            StatefulSet set => (set.Selector, set.Template),
            _ => ((LabelSelector?)null, (PodTemplate?)null),
        };
        return selector is null || selector.Matches(template!.Labels)
            ? null
            : new ApiError(ApiErrorCode.Invalid, $"{item.Key} is invalid: spec.template.metadata.labels: selector does not match template labels");
    }

    private static ApiError? CheckPod(Pod before, Pod pod, ref KubeObject next)
    {
        if (before.Node.IsNode && pod.Node != before.Node) return Immutable(pod, "spec.nodeName");
        if (ReferenceEquals(before.Spec, pod.Spec)) return null;
        if (before.Spec == pod.Spec)
        {
            next = pod with { Spec = before.Spec };
            return null;
        }

        PodSpec old = before.Spec, changed = pod.Spec;
        if (!IsPrefix(old.Tolerations, changed.Tolerations)) return Immutable(pod, "spec.tolerations: existing tolerations");
        if (old.ActiveDeadline is { } limit && !(changed.ActiveDeadline <= limit)) return Immutable(pod, "spec.activeDeadlineSeconds: a shorter one is allowed, but it");
        if (!changed.SchedulingGates.All(gate => old.SchedulingGates.Contains(gate))) return Immutable(pod, "spec.schedulingGates: gates may be taken away, but the list");
        PodSpec allowed = changed with
        {
            Tolerations = old.Tolerations,
            ActiveDeadline = old.ActiveDeadline,
            SchedulingGates = old.SchedulingGates,
            Containers = WithImagesOf(changed.Containers, old.Containers),
            InitContainers = WithImagesOf(changed.InitContainers, old.InitContainers),
        };
        return allowed == old ? null : Immutable(pod, "spec: all but images, activeDeadlineSeconds, added tolerations and removed schedulingGates");
    }

    private static ValueList<Container> WithImagesOf(ValueList<Container> containers, ValueList<Container> old) =>
        containers.Count != old.Count ? containers : [.. containers.Select((container, i) => container with { Image = old[i].Image })];

    private static bool IsPrefix(ValueList<Toleration> old, ValueList<Toleration> changed)
    {
        foreach (Toleration toleration in old)
        {
            if (!changed.Contains(toleration)) return false;
        }

        return true;
    }

    /// <summary>A suspended job that has not started yet may change where its pods go; an indexed one may change its completions together with its parallelism.</summary>
    private static string? JobField(Job old, Job changed)
    {
        if (old.Selector != changed.Selector) return "spec.selector";
        if (old.IsIndexed != changed.IsIndexed) return "spec.completionMode";
        if (old.Completions != changed.Completions && !(old.IsIndexed && changed.Completions == changed.Parallelism)) return "spec.completions";
        if (old.Template == changed.Template) return null;
        PodSpec spec = changed.Template.Spec with
        {
            NodeSelector = old.Template.Spec.NodeSelector,
            Tolerations = old.Template.Spec.Tolerations,
            Affinity = old.Template.Spec.Affinity,
            SchedulingGates = old.Template.Spec.SchedulingGates,
        };
        bool isPlacementOnly = old.IsSuspended && old.Status.StartedAt is null && spec == old.Template.Spec;
        return isPlacementOnly ? null : "spec.template";
    }

    private static string? ClaimField(PersistentVolumeClaim old, PersistentVolumeClaim changed)
    {
        if (old.AccessModes != changed.AccessModes || old.Selector != changed.Selector) return "spec: all but resources.requests";
        if (old.StorageClass is not null && old.StorageClass != changed.StorageClass) return "spec.storageClassName";
        if (old.VolumeName.Length > 0 && old.VolumeName != changed.VolumeName) return "spec.volumeName";
        if (changed.SizeBytes == old.SizeBytes) return null;
        if (!old.IsBound) return "spec: all but resources.requests of bound claims";
        return changed.SizeBytes < old.SizeBytes && changed.SizeBytes <= old.CapacityBytes ? "spec.resources.requests.storage: one larger than status.capacity is allowed, but it" : null;
    }

    private static ApiError Immutable(KubeObject item, string field) => new(ApiErrorCode.Invalid, $"{item.Key} is invalid: {field} may not be changed");
}
