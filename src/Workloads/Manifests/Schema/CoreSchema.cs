namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>The other objects of core/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class CoreSchema
{
    internal const string Text = """
        Namespace: apiVersion string, kind string, metadata! ObjectMeta, spec NamespaceSpec, status NamespaceStatus
        NamespaceSpec: finalizers [string]
        NamespaceStatus: conditions [NamespaceCondition], phase string
        NamespaceCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        Pod: apiVersion string, kind string, metadata! ObjectMeta, spec! PodSpec, status PodStatus
        ReplicationController: apiVersion string, kind string, metadata! ObjectMeta, spec! ReplicationControllerSpec,
            status ReplicationControllerStatus
        ReplicationControllerSpec: minReadySeconds int, replicas int, selector {string}, template! PodTemplateSpec
        ReplicationControllerStatus: availableReplicas int, conditions [ReplicationControllerCondition], fullyLabeledReplicas int,
            observedGeneration long, readyReplicas int, replicas int
        ReplicationControllerCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        Service: apiVersion string, kind string, metadata! ObjectMeta, spec! ServiceSpec, status ServiceStatus
        ServiceSpec: allocateLoadBalancerNodePorts bool, clusterIP string, clusterIPs [string], externalIPs [string], externalName string,
            externalTrafficPolicy Cluster|Local, healthCheckNodePort int, internalTrafficPolicy Cluster|Local, ipFamilies [IPv4|IPv6],
            ipFamilyPolicy SingleStack|PreferDualStack|RequireDualStack, loadBalancerClass string, loadBalancerIP string,
            loadBalancerSourceRanges [string], ports [ServicePort], publishNotReadyAddresses bool, selector {string},
            sessionAffinity None|ClientIP, sessionAffinityConfig SessionAffinityConfig,
            trafficDistribution PreferClose|PreferSameZone|PreferSameNode, type ClusterIP|NodePort|LoadBalancer|ExternalName
        ServicePort: appProtocol string, name string, nodePort int, port! int, protocol TCP|UDP|SCTP, targetPort intOrString
        SessionAffinityConfig: clientIP ClientIPConfig
        ClientIPConfig: timeoutSeconds int
        ServiceStatus: conditions [Condition], loadBalancer LoadBalancerStatus
        LoadBalancerStatus: ingress [LoadBalancerIngress]
        LoadBalancerIngress: hostname string, ip string, ipMode string, ports [PortStatus]
        PortStatus: error string, port int, protocol string
        ConfigMap: apiVersion string, binaryData {bytes}, data {string}, immutable bool, kind string, metadata! ObjectMeta
        Secret: apiVersion string, data {secretBytes}, immutable bool, kind string, metadata! ObjectMeta, stringData {secret}, type string
        ResourceQuota: apiVersion string, kind string, metadata! ObjectMeta, spec ResourceQuotaSpec, status ResourceQuotaStatus
        ResourceQuotaSpec: hard {quantity}, scopeSelector ScopeSelector,
            scopes [Terminating|NotTerminating|BestEffort|NotBestEffort|PriorityClass|CrossNamespacePodAffinity|VolumeAttributesClass]
        ScopeSelector: matchExpressions [ScopedResourceSelectorRequirement]
        ScopedResourceSelectorRequirement: operator! In|NotIn|Exists|DoesNotExist, scopeName! string, values [string]
        ResourceQuotaStatus: hard {quantity}, used {quantity}
        LimitRange: apiVersion string, kind string, metadata! ObjectMeta, spec! LimitRangeSpec
        LimitRangeSpec: limits! [LimitRangeItem]
        LimitRangeItem: default {quantity}, defaultRequest {quantity}, max {quantity}, maxLimitRequestRatio {quantity}, min {quantity},
            type! Container|Pod|PersistentVolumeClaim
        """;
}
