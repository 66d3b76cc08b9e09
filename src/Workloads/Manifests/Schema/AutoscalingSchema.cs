namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>autoscaling/v2, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class AutoscalingSchema
{
    internal const string Text = """
        HorizontalPodAutoscaler: apiVersion string, kind string, metadata! ObjectMeta, spec! HorizontalPodAutoscalerSpec,
            status HorizontalPodAutoscalerStatus
        HorizontalPodAutoscalerSpec: behavior HorizontalPodAutoscalerBehavior, maxReplicas! int, metrics [MetricSpec], minReplicas int,
            scaleTargetRef! CrossVersionObjectReference
        HorizontalPodAutoscalerBehavior: scaleDown HPAScalingRules, scaleUp HPAScalingRules
        HPAScalingRules: policies [HPAScalingPolicy], selectPolicy Max|Min|Disabled, stabilizationWindowSeconds int, tolerance quantity
        HPAScalingPolicy: periodSeconds! int, type! Pods|Percent, value! int
        MetricSpec: containerResource ContainerResourceMetricSource, external ExternalMetricSource, object ObjectMetricSource,
            pods PodsMetricSource, resource ResourceMetricSource, type! Resource|ContainerResource|Pods|Object|External
        ContainerResourceMetricSource: container! string, name! string, target! MetricTarget
        MetricTarget: averageUtilization int, averageValue quantity, type! Utilization|AverageValue|Value, value quantity
        ExternalMetricSource: metric! MetricIdentifier, target! MetricTarget
        MetricIdentifier: name! string, selector LabelSelector
        ObjectMetricSource: describedObject! CrossVersionObjectReference, metric! MetricIdentifier, target! MetricTarget
        CrossVersionObjectReference: apiVersion string, kind! string, name! string
        PodsMetricSource: metric! MetricIdentifier, target! MetricTarget
        ResourceMetricSource: name! string, target! MetricTarget
        HorizontalPodAutoscalerStatus: conditions [HorizontalPodAutoscalerCondition], currentMetrics [MetricStatus], currentReplicas int,
            desiredReplicas int, lastScaleTime time, observedGeneration long
        HorizontalPodAutoscalerCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        MetricStatus: containerResource ContainerResourceMetricStatus, external ExternalMetricStatus, object ObjectMetricStatus,
            pods PodsMetricStatus, resource ResourceMetricStatus, type string
        ContainerResourceMetricStatus: container string, current MetricValueStatus, name string
        MetricValueStatus: averageUtilization int, averageValue quantity, value quantity
        ExternalMetricStatus: current MetricValueStatus, metric MetricIdentifier
        ObjectMetricStatus: current MetricValueStatus, describedObject CrossVersionObjectReference, metric MetricIdentifier
        PodsMetricStatus: current MetricValueStatus, metric MetricIdentifier
        ResourceMetricStatus: current MetricValueStatus, name string
        """;
}
