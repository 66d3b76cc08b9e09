namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>apps/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class AppsSchema
{
    internal const string Text = """
        ReplicaSet: apiVersion string, kind string, metadata! ObjectMeta, spec! ReplicaSetSpec, status ReplicaSetStatus
        ReplicaSetSpec: minReadySeconds int, replicas int, selector! LabelSelector, template! PodTemplateSpec
        ReplicaSetStatus: availableReplicas int, conditions [ReplicaSetCondition], fullyLabeledReplicas int, observedGeneration long,
            readyReplicas int, replicas int, terminatingReplicas int
        ReplicaSetCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        Deployment: apiVersion string, kind string, metadata! ObjectMeta, spec! DeploymentSpec, status DeploymentStatus
        DeploymentSpec: minReadySeconds int, paused bool, progressDeadlineSeconds int, replicas int, revisionHistoryLimit int,
            selector! LabelSelector, strategy DeploymentStrategy, template! PodTemplateSpec
        DeploymentStrategy: rollingUpdate RollingUpdateDeployment, type RollingUpdate|Recreate
        RollingUpdateDeployment: maxSurge intOrString, maxUnavailable intOrString
        DeploymentStatus: availableReplicas int, collisionCount int, conditions [DeploymentCondition], observedGeneration long, readyReplicas int,
            replicas int, terminatingReplicas int, unavailableReplicas int, updatedReplicas int
        DeploymentCondition: lastTransitionTime time, lastUpdateTime time, message string, reason string, status! string, type! string
        StatefulSet: apiVersion string, kind string, metadata! ObjectMeta, spec! StatefulSetSpec, status StatefulSetStatus
        StatefulSetSpec: minReadySeconds int, ordinals StatefulSetOrdinals,
            persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy, podManagementPolicy OrderedReady|Parallel,
            replicas int, revisionHistoryLimit int, selector! LabelSelector, serviceName string, template! PodTemplateSpec,
            updateStrategy StatefulSetUpdateStrategy, volumeClaimTemplates [PersistentVolumeClaim]
        StatefulSetOrdinals: start int
        StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted Retain|Delete, whenScaled Retain|Delete
        StatefulSetUpdateStrategy: rollingUpdate RollingUpdateStatefulSetStrategy, type RollingUpdate|OnDelete
        RollingUpdateStatefulSetStrategy: maxUnavailable intOrString, partition int
        StatefulSetStatus: availableReplicas int, collisionCount int, conditions [StatefulSetCondition], currentReplicas int,
            currentRevision string, observedGeneration long, readyReplicas int, replicas int, updateRevision string, updatedReplicas int
        StatefulSetCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        DaemonSet: apiVersion string, kind string, metadata! ObjectMeta, spec! DaemonSetSpec, status DaemonSetStatus
        DaemonSetSpec: minReadySeconds int, revisionHistoryLimit int, selector! LabelSelector, template! PodTemplateSpec,
            updateStrategy DaemonSetUpdateStrategy
        DaemonSetUpdateStrategy: rollingUpdate RollingUpdateDaemonSet, type RollingUpdate|OnDelete
        RollingUpdateDaemonSet: maxSurge intOrString, maxUnavailable intOrString
        DaemonSetStatus: collisionCount int, conditions [DaemonSetCondition], currentNumberScheduled int, desiredNumberScheduled int,
            numberAvailable int, numberMisscheduled int, numberReady int, numberUnavailable int, observedGeneration long,
            updatedNumberScheduled int
        DaemonSetCondition: lastTransitionTime time, message string, reason string, status! string, type! string
        """;
}
