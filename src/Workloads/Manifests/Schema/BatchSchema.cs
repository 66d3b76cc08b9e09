namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>batch/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class BatchSchema
{
    internal const string Text = """
        Job: apiVersion string, kind string, metadata! ObjectMeta, spec! JobSpec, status JobStatus
        JobSpec: activeDeadlineSeconds long, backoffLimit int, backoffLimitPerIndex int, completionMode NonIndexed|Indexed, completions int,
            managedBy string, manualSelector bool, maxFailedIndexes int, parallelism int, podFailurePolicy PodFailurePolicy,
            podReplacementPolicy TerminatingOrFailed|Failed, selector LabelSelector, successPolicy SuccessPolicy, suspend bool,
            template! PodTemplateSpec, ttlSecondsAfterFinished int
        PodFailurePolicy: rules! [PodFailurePolicyRule]
        PodFailurePolicyRule: action! FailJob|FailIndex|Ignore|Count, onExitCodes PodFailurePolicyOnExitCodesRequirement,
            onPodConditions [PodFailurePolicyOnPodConditionsPattern]
        PodFailurePolicyOnExitCodesRequirement: containerName string, operator! In|NotIn, values! [int]
        PodFailurePolicyOnPodConditionsPattern: status! string, type! string
        SuccessPolicy: rules! [SuccessPolicyRule]
        SuccessPolicyRule: succeededCount int, succeededIndexes string
        JobStatus: active int, completedIndexes string, completionTime time, conditions [JobCondition], failed int, failedIndexes string,
            ready int, startTime time, succeeded int, terminating int, uncountedTerminatedPods UncountedTerminatedPods
        JobCondition: lastProbeTime time, lastTransitionTime time, message string, reason string, status! string, type! string
        UncountedTerminatedPods: failed [string], succeeded [string]
        CronJob: apiVersion string, kind string, metadata! ObjectMeta, spec! CronJobSpec, status CronJobStatus
        CronJobSpec: concurrencyPolicy Allow|Forbid|Replace, failedJobsHistoryLimit int, jobTemplate! JobTemplateSpec, schedule! string,
            startingDeadlineSeconds long, successfulJobsHistoryLimit int, suspend bool, timeZone string
        JobTemplateSpec: metadata ObjectMeta, spec! JobSpec
        CronJobStatus: active [ObjectReference], lastScheduleTime time, lastSuccessfulTime time
        """;
}
