namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Nodes (core/v1), Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class NodesSchema
{
    internal const string Text = """
        Node: apiVersion string, kind string, metadata! ObjectMeta, spec NodeSpec, status NodeStatus
        NodeSpec: configSource NodeConfigSource, externalID string, podCIDR string, podCIDRs [string], providerID string, taints [Taint],
            unschedulable bool
        NodeConfigSource: configMap ConfigMapNodeConfigSource
        ConfigMapNodeConfigSource: kubeletConfigKey! string, name! string, namespace! string, resourceVersion string, uid string
        Taint: effect! NoSchedule|PreferNoSchedule|NoExecute, key! string, timeAdded time, value string
        NodeStatus: addresses [NodeAddress], allocatable {quantity}, capacity {quantity}, conditions [NodeCondition], config NodeConfigStatus,
            daemonEndpoints NodeDaemonEndpoints, features NodeFeatures, images [ContainerImage], nodeInfo NodeSystemInfo, phase string,
            runtimeHandlers [NodeRuntimeHandler], volumesAttached [AttachedVolume], volumesInUse [string]
        NodeAddress: address! string, type! string
        NodeCondition: lastHeartbeatTime time, lastTransitionTime time, message string, reason string, status! string, type! string
        NodeConfigStatus: active NodeConfigSource, assigned NodeConfigSource, error string, lastKnownGood NodeConfigSource
        NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
        DaemonEndpoint: Port! int
        NodeFeatures: supplementalGroupsPolicy bool
        ContainerImage: names [string], sizeBytes long
        NodeSystemInfo: architecture! string, bootID! string, containerRuntimeVersion! string, kernelVersion! string, kubeProxyVersion! string,
            kubeletVersion! string, machineID! string, operatingSystem! string, osImage! string, swap NodeSwapStatus, systemUUID! string
        NodeSwapStatus: capacity long
        NodeRuntimeHandler: features NodeRuntimeHandlerFeatures, name string
        NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts bool, userNamespaces bool
        AttachedVolume: devicePath! string, name! string
        """;
}
