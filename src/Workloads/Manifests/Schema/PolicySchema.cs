namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>policy/v1 and scheduling.k8s.io/v1, Kubernetes v1.34, and scheduling.x-k8s.io/v1alpha1 of kubernetes-sigs/scheduler-plugins. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class PolicySchema
{
    internal const string Text = """
        PodDisruptionBudget: apiVersion string, kind string, metadata! ObjectMeta, spec PodDisruptionBudgetSpec, status PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec: maxUnavailable intOrString, minAvailable intOrString, selector LabelSelector,
            unhealthyPodEvictionPolicy IfHealthyBudget|AlwaysAllow
        PodDisruptionBudgetStatus: conditions [Condition], currentHealthy int, desiredHealthy int, disruptedPods {time}, disruptionsAllowed int,
            expectedPods int, observedGeneration long
        PodGroup: apiVersion string, kind string, metadata! ObjectMeta, spec PodGroupSpec, status PodGroupStatus
        PodGroupSpec: minMember int, minResources {quantity}, scheduleTimeoutSeconds int
        PodGroupStatus: failed int, occupiedBy string, phase string, running int, scheduleStartTime time, succeeded int
        PriorityClass: apiVersion string, description string, globalDefault bool, kind string, metadata! ObjectMeta,
            preemptionPolicy PreemptLowerPriority|Never, value! int
        """;
}
