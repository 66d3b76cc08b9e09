namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Affinity, spread and tolerations (core/v1), Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class PlacementSchema
{
    internal const string Text = """
        Affinity: nodeAffinity NodeAffinity, podAffinity PodAffinity, podAntiAffinity PodAntiAffinity
        NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm],
            requiredDuringSchedulingIgnoredDuringExecution NodeSelector
        PreferredSchedulingTerm: preference! NodeSelectorTerm, weight! int
        NodeSelectorTerm: matchExpressions [NodeSelectorRequirement], matchFields [NodeSelectorRequirement]
        NodeSelectorRequirement: key! string, operator! In|NotIn|Exists|DoesNotExist|Gt|Lt, values [string]
        NodeSelector: nodeSelectorTerms! [NodeSelectorTerm]
        PodAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
            requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
        WeightedPodAffinityTerm: podAffinityTerm! PodAffinityTerm, weight! int
        PodAffinityTerm: labelSelector LabelSelector, matchLabelKeys [string], mismatchLabelKeys [string], namespaceSelector LabelSelector,
            namespaces [string], topologyKey! string
        PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
            requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
        TopologySpreadConstraint: labelSelector LabelSelector, matchLabelKeys [string], maxSkew! int, minDomains int,
            nodeAffinityPolicy Honor|Ignore, nodeTaintsPolicy Honor|Ignore, topologyKey! string, whenUnsatisfiable! DoNotSchedule|ScheduleAnyway
        Toleration: effect NoSchedule|PreferNoSchedule|NoExecute, key string, operator Exists|Equal, tolerationSeconds long, value string
        """;
}
