namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Status of pods (core/v1), Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class PodStatusSchema
{
    internal const string Text = """
        PodStatus: conditions [PodCondition], containerStatuses [ContainerStatus], ephemeralContainerStatuses [ContainerStatus],
            extendedResourceClaimStatus PodExtendedResourceClaimStatus, hostIP string, hostIPs [HostIP], initContainerStatuses [ContainerStatus],
            message string, nominatedNodeName string, observedGeneration long, phase string, podIP string, podIPs [PodIP], qosClass string,
            reason string, resize string, resourceClaimStatuses [PodResourceClaimStatus], startTime time
        PodCondition: lastProbeTime time, lastTransitionTime time, message string, observedGeneration long, reason string, status! string,
            type! string
        ContainerStatus: allocatedResources {quantity}, allocatedResourcesStatus [ResourceStatus], containerID string, image string,
            imageID string, lastState ContainerState, name string, ready bool, resources ResourceRequirements, restartCount int, started bool,
            state ContainerState, stopSignal string, user ContainerUser, volumeMounts [VolumeMountStatus]
        ResourceStatus: name string, resources [ResourceHealth]
        ResourceHealth: health string, resourceID! string
        ContainerState: running ContainerStateRunning, terminated ContainerStateTerminated, waiting ContainerStateWaiting
        ContainerStateRunning: startedAt time
        ContainerStateTerminated: containerID string, exitCode! int, finishedAt time, message string, reason string, signal int, startedAt time
        ContainerStateWaiting: message string, reason string
        ContainerUser: linux LinuxContainerUser
        LinuxContainerUser: gid! long, supplementalGroups [long], uid! long
        VolumeMountStatus: mountPath string, name string, readOnly bool, recursiveReadOnly string
        PodExtendedResourceClaimStatus: requestMappings [ContainerExtendedResourceRequest], resourceClaimName string
        ContainerExtendedResourceRequest: containerName! string, requestName! string, resourceName! string
        HostIP: ip! string
        PodIP: ip! string
        PodResourceClaimStatus: name string, resourceClaimName string
        """;
}
