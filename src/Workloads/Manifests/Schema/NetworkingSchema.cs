namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>networking.k8s.io/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class NetworkingSchema
{
    internal const string Text = """
        Ingress: apiVersion string, kind string, metadata! ObjectMeta, spec IngressSpec, status IngressStatus
        IngressSpec: defaultBackend IngressBackend, ingressClassName string, rules [IngressRule], tls [IngressTLS]
        IngressBackend: resource TypedLocalObjectReference, service IngressServiceBackend
        IngressServiceBackend: name! string, port ServiceBackendPort
        ServiceBackendPort: name string, number int
        IngressRule: host string, http HTTPIngressRuleValue
        HTTPIngressRuleValue: paths! [HTTPIngressPath]
        HTTPIngressPath: backend! IngressBackend, path string, pathType! Exact|Prefix|ImplementationSpecific
        IngressTLS: hosts [string], secretName string
        IngressStatus: loadBalancer IngressLoadBalancerStatus
        IngressLoadBalancerStatus: ingress [IngressLoadBalancerIngress]
        IngressLoadBalancerIngress: hostname string, ip string, ports [IngressPortStatus]
        IngressPortStatus: error string, port int, protocol string
        NetworkPolicy: apiVersion string, kind string, metadata! ObjectMeta, spec NetworkPolicySpec
        NetworkPolicySpec: egress [NetworkPolicyEgressRule], ingress [NetworkPolicyIngressRule], podSelector LabelSelector,
            policyTypes [Ingress|Egress]
        NetworkPolicyEgressRule: ports [NetworkPolicyPort], to [NetworkPolicyPeer]
        NetworkPolicyPort: endPort int, port intOrString, protocol TCP|UDP|SCTP
        NetworkPolicyPeer: ipBlock IPBlock, namespaceSelector LabelSelector, podSelector LabelSelector
        IPBlock: cidr! string, except [string]
        NetworkPolicyIngressRule: from [NetworkPolicyPeer], ports [NetworkPolicyPort]
        """;
}
