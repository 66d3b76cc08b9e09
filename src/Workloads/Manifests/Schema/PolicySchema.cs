namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>policy/v1 and scheduling.k8s.io/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class PolicySchema
{
    internal const string Text = """
        PodDisruptionBudget: apiVersion string, kind string, metadata! ObjectMeta, spec PodDisruptionBudgetSpec, status PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec: maxUnavailable intOrString, minAvailable intOrString, selector LabelSelector,
            unhealthyPodEvictionPolicy IfHealthyBudget|AlwaysAllow
        PodDisruptionBudgetStatus: conditions [Condition], currentHealthy int, desiredHealthy int, disruptedPods {time}, disruptionsAllowed int,
            expectedPods int, observedGeneration long
        PriorityClass: apiVersion string, description string, globalDefault bool, kind string, metadata! ObjectMeta,
            preemptionPolicy PreemptLowerPriority|Never, value! int
        """;
}
