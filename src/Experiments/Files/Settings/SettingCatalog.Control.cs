using SchedBench.Core.Controllers;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.Files;

/// <content>Settings of controllers, scheduler and cluster autoscaler.</content>
internal static partial class SettingCatalog
{
    private const int PermilleOfOne = 1000;

    private static (string Name, NodeGroupExpander Value)[] Expanders =>
        [("least-waste", NodeGroupExpander.LeastWaste), ("random", NodeGroupExpander.Random), ("first", NodeGroupExpander.First)];

    /// <summary>Flags of kube-controller-manager, and constants of its controllers where there is no flag.</summary>
    private static Setting<ClusterSettings>[] ControllerManager =>
    [
        .. Setting.Of<ClusterSettings, NodeLifecycleOptions>(all => all.NodeLifecycle, (all, part) => all with { NodeLifecycle = part }, NodeLifecycle),
        .. Setting.Of<ClusterSettings, ClientLimits>(all => all.ControllerLimits, (all, part) => all with { ControllerLimits = part },
        [
            Setting.Count<ClientLimits>("kubeAPIQPS", limits => limits.Qps, (limits, value) => limits with { Qps = value }),
            Setting.Count<ClientLimits>("kubeAPIBurst", limits => limits.Burst, (limits, value) => limits with { Burst = value }, min: 1),
        ]),
        .. Setting.Of<ClusterSettings, ControllerSetOptions>(all => all.Controllers, (all, part) => all with { Controllers = part },
        [
            .. Setting.Of<ControllerSetOptions, AutoscalerOptions>(set => set.Autoscaler, (set, part) => set with { Autoscaler = part }, PodAutoscaler),
            .. Setting.Of<ControllerSetOptions, PodGarbageOptions>(set => set.PodGarbage, (set, part) => set with { PodGarbage = part },
            [
                Setting.Count<PodGarbageOptions>("terminatedPodGCThreshold", garbage => garbage.TerminatedThreshold, (garbage, value) => garbage with { TerminatedThreshold = value }),
                Setting.Period<PodGarbageOptions>("podGCCheckPeriod", garbage => garbage.Period, (garbage, value) => garbage with { Period = value }),
                Setting.Time<PodGarbageOptions>("podGCQuarantineTime", garbage => garbage.Quarantine, (garbage, value) => garbage with { Quarantine = value }),
            ]),
            .. Setting.Of<ControllerSetOptions, JobControllerOptions>(set => set.Job, (set, part) => set with { Job = part },
            [
                Setting.Time<JobControllerOptions>("jobPodFailureBackOff", job => job.PodFailureBackoff, (job, value) => job with { PodFailureBackoff = value }),
                Setting.Time<JobControllerOptions>("maxJobPodFailureBackOff", job => job.PodFailureBackoffMax, (job, value) => job with { PodFailureBackoffMax = value }),
                Setting.Time<JobControllerOptions>("syncJobBatchPeriod", job => job.SyncBatch, (job, value) => job with { SyncBatch = value }),
                Setting.Count<JobControllerOptions>("maxJobPodCreateDeletePerSync", job => job.Burst, (job, value) => job with { Burst = value }, min: 1),
                Setting.Time<JobControllerOptions>("jobExpectationsTimeout", job => job.ExpectationTimeout, (job, value) => job with { ExpectationTimeout = value }),
            ]),
            .. Setting.Of<ControllerSetOptions, DaemonSetControllerOptions>(set => set.DaemonSet, (set, part) => set with { DaemonSet = part },
            [
                Setting.Count<DaemonSetControllerOptions>("daemonSetBurstReplicas", daemons => daemons.Burst, (daemons, value) => daemons with { Burst = value }, min: 1),
                Setting.Time<DaemonSetControllerOptions>("daemonSetFailedPodsBackoff", daemons => daemons.FailedPodBackoff, (daemons, value) => daemons with { FailedPodBackoff = value }),
                Setting.Time<DaemonSetControllerOptions>("maxDaemonSetFailedPodsBackoff", daemons => daemons.FailedPodBackoffMax, (daemons, value) => daemons with { FailedPodBackoffMax = value }),
                Setting.Time<DaemonSetControllerOptions>("daemonSetExpectationsTimeout", daemons => daemons.ExpectationTimeout, (daemons, value) => daemons with { ExpectationTimeout = value }),
            ]),
            Setting.Time<ControllerSetOptions>("cronJobNextScheduleDelta", set => set.CronLookDelay, (set, value) => set with { CronLookDelay = value }),
        ]),
        .. Setting.Of<ClusterSettings, DisruptionOptions>(all => all.Disruption, (all, part) => all with { Disruption = part },
        [
            Setting.Time<DisruptionOptions>("disruptionDeletionTimeout", disruption => disruption.DeletionTimeout, (disruption, value) => disruption with { DeletionTimeout = value }),
            Setting.Time<DisruptionOptions>("stalePodDisruptionTimeout", disruption => disruption.StaleConditionTimeout, (disruption, value) => disruption with { StaleConditionTimeout = value }),
            Setting.Count<DisruptionOptions>("maxDisruptedPods", disruption => disruption.MostAdmitted, (disruption, value) => disruption with { MostAdmitted = value }, min: 1),
            Setting.Period<DisruptionOptions>("evictionRetryPeriod", disruption => disruption.EvictionRetry, (disruption, value) => disruption with { EvictionRetry = value }),
        ]),
        Setting.Time<ClusterSettings>("progressDeadlineSlack", all => all.Deployments.DeadlineSlack, (all, value) => all with { Deployments = all.Deployments with { DeadlineSlack = value } }),
        Setting.Count<ClusterSettings>("maxRevHistoryLengthInChars", all => all.Deployments.RevisionHistoryChars, (all, value) => all with { Deployments = all.Deployments with { RevisionHistoryChars = value } }),
        Setting.Time<ClusterSettings>("rollBackDelay", all => all.Rollback.Delay, (all, value) => all with { Rollback = all.Rollback with { Delay = value } }),
    ];

    private static Setting<NodeLifecycleOptions>[] NodeLifecycle =>
    [
        Setting.Period<NodeLifecycleOptions>("nodeMonitorPeriod", nodes => nodes.MonitorPeriod, (nodes, value) => nodes with { MonitorPeriod = value }),
        Setting.Period<NodeLifecycleOptions>("nodeMonitorGracePeriod", nodes => nodes.GracePeriod, (nodes, value) => nodes with { GracePeriod = value }),
        Setting.Period<NodeLifecycleOptions>("nodeStartupGracePeriod", nodes => nodes.StartupGracePeriod, (nodes, value) => nodes with { StartupGracePeriod = value }),
        Setting.Number<NodeLifecycleOptions>("nodeEvictionRate", nodes => nodes.EvictionRate, (nodes, value) => nodes with { EvictionRate = value }),
        Setting.Number<NodeLifecycleOptions>("secondaryNodeEvictionRate", nodes => nodes.SecondaryEvictionRate, (nodes, value) => nodes with { SecondaryEvictionRate = value }),
        Setting.Count<NodeLifecycleOptions>("largeClusterSizeThreshold", nodes => nodes.LargeZone, (nodes, value) => nodes with { LargeZone = value }),
        Setting.Number<NodeLifecycleOptions>("unhealthyZoneThreshold", nodes => nodes.UnhealthyThreshold, (nodes, value) => nodes with { UnhealthyThreshold = value }, max: 1),
    ];

    private static Setting<AutoscalerOptions>[] PodAutoscaler =>
    [
        Setting.Period<AutoscalerOptions>("horizontalPodAutoscalerSyncPeriod", scaler => scaler.SyncPeriod, (scaler, value) => scaler with { SyncPeriod = value }),
        Setting.Number<AutoscalerOptions>(
            "horizontalPodAutoscalerTolerance", scaler => scaler.TolerancePermille / (double)PermilleOfOne, (scaler, value) => scaler with { TolerancePermille = (int)(decimal.Round((decimal)value * PermilleOfOne)) }, max: 10),
        Setting.Time<AutoscalerOptions>("horizontalPodAutoscalerCPUInitializationPeriod", scaler => scaler.CpuInitialization, (scaler, value) => scaler with { CpuInitialization = value }),
        Setting.Time<AutoscalerOptions>("horizontalPodAutoscalerInitialReadinessDelay", scaler => scaler.InitialReadinessDelay, (scaler, value) => scaler with { InitialReadinessDelay = value }),
        Setting.Period<AutoscalerOptions>("metricsWindow", scaler => scaler.MetricsWindow, (scaler, value) => scaler with { MetricsWindow = value }),
    ];

    /// <summary>Fields of KubeSchedulerConfiguration where it has them.</summary>
    private static Setting<ClusterSettings>[] Scheduler =>
    [
        .. Setting.Of<ClusterSettings, QueueOptions>(all => all.Scheduler.Queue, (all, part) => all with { Scheduler = all.Scheduler with { Queue = part } },
        [
            Setting.Time<QueueOptions>("podInitialBackoff", queue => queue.InitialBackoff, (queue, value) => queue with { InitialBackoff = value }),
            Setting.Time<QueueOptions>("podMaxBackoff", queue => queue.MaxBackoff, (queue, value) => queue with { MaxBackoff = value }),
            Setting.Flag<QueueOptions>("popFromBackoff", queue => queue.PopsFromBackoff, (queue, value) => queue with { PopsFromBackoff = value }),
            Setting.Period<QueueOptions>("podMaxInUnschedulablePodsDuration", queue => queue.UnschedulableTimeout, (queue, value) => queue with { UnschedulableTimeout = value }),
            Setting.Period<QueueOptions>("unschedulablePodsFlushPeriod", queue => queue.FlushPeriod, (queue, value) => queue with { FlushPeriod = value }),
        ]),
        .. Setting.Of<ClusterSettings, DecisionCost>(all => all.Scheduler.Cost, (all, part) => all with { Scheduler = all.Scheduler with { Cost = part } },
        [
            Setting.Time<DecisionCost>("decisionTime", cost => cost.PerDecision, (cost, value) => cost with { PerDecision = value }),
            Setting.Time<DecisionCost>("nodeTime", cost => cost.PerNode, (cost, value) => cost with { PerNode = value }),
        ]),
        Setting.Flag<ClusterSettings>("preemption", all => all.Preempts, (all, value) => all with { Preempts = value }),
    ];

    /// <summary>Flags of cluster-autoscaler.</summary>
    private static Setting<ClusterAutoscalerOptions>[] ClusterAutoscaler =>
    [
        Setting.Period<ClusterAutoscalerOptions>("scanInterval", options => options.ScanPeriod, (options, value) => options with { ScanPeriod = value }),
        Setting.Word<ClusterAutoscalerOptions, NodeGroupExpander>("expander", Expanders, options => options.Expander, (options, value) => options with { Expander = value }),
        Setting.Count<ClusterAutoscalerOptions>("maxNodesPerScaleUp", options => options.MaxNodesPerScaleOut, (options, value) => options with { MaxNodesPerScaleOut = value }, min: 1),
        Setting.Count<ClusterAutoscalerOptions>("expendablePodsPriorityCutoff", options => options.ExpendablePriorityCutoff, (options, value) => options with { ExpendablePriorityCutoff = value }, min: -1_000_000_000),
        Setting.Time<ClusterAutoscalerOptions>("newPodScaleUpDelay", options => options.NewPodDelay, (options, value) => options with { NewPodDelay = value }),
        Setting.Period<ClusterAutoscalerOptions>("maxNodeProvisionTime", options => options.MaxProvisionTime, (options, value) => options with { MaxProvisionTime = value }),
        Setting.Time<ClusterAutoscalerOptions>("initialNodeGroupBackoffDuration", options => options.BackoffStart, (options, value) => options with { BackoffStart = value }),
        Setting.Time<ClusterAutoscalerOptions>("maxNodeGroupBackoffDuration", options => options.BackoffLimit, (options, value) => options with { BackoffLimit = value }),
        Setting.Flag<ClusterAutoscalerOptions>("scaleDownEnabled", options => options.ScalesIn, (options, value) => options with { ScalesIn = value }),
        Setting.Number<ClusterAutoscalerOptions>("scaleDownUtilizationThreshold", options => options.UtilizationThreshold, (options, value) => options with { UtilizationThreshold = value }, max: 1),
        Setting.Flag<ClusterAutoscalerOptions>("ignoreDaemonsetsUtilization", options => options.IgnoresDaemonUtilization, (options, value) => options with { IgnoresDaemonUtilization = value }),
        Setting.Time<ClusterAutoscalerOptions>("scaleDownUnneededTime", options => options.UnneededTime, (options, value) => options with { UnneededTime = value }),
        Setting.Time<ClusterAutoscalerOptions>("scaleDownUnreadyTime", options => options.UnreadyTime, (options, value) => options with { UnreadyTime = value }),
        Setting.Time<ClusterAutoscalerOptions>("scaleDownDelayAfterAdd", options => options.DelayAfterAdd, (options, value) => options with { DelayAfterAdd = value }),
        Setting.Time<ClusterAutoscalerOptions>("scaleDownDelayAfterDelete", options => options.DelayAfterDelete, (options, value) => options with { DelayAfterDelete = value }),
        Setting.Time<ClusterAutoscalerOptions>("unremovableNodeRecheckTimeout", options => options.UnremovableTime, (options, value) => options with { UnremovableTime = value }),
        Setting.Count<ClusterAutoscalerOptions>("maxScaleDownParallelism", options => options.MaxParallelism, (options, value) => options with { MaxParallelism = value }, min: 1),
        Setting.Count<ClusterAutoscalerOptions>("maxDrainParallelism", options => options.MaxDrainParallelism, (options, value) => options with { MaxDrainParallelism = value }, min: 1),
        Setting.Time<ClusterAutoscalerOptions>("maxGracefulTermination", options => options.MaxGracefulTermination, (options, value) => options with { MaxGracefulTermination = value }),
        Setting.Time<ClusterAutoscalerOptions>("maxPodEvictionTime", options => options.MaxEvictionTime, (options, value) => options with { MaxEvictionTime = value }),
        Setting.Period<ClusterAutoscalerOptions>("evictionRetryTime", options => options.EvictionRetryPeriod, (options, value) => options with { EvictionRetryPeriod = value }),
        Setting.Time<ClusterAutoscalerOptions>("podEvictionHeadroom", options => options.EvictionHeadroom, (options, value) => options with { EvictionHeadroom = value }),
        Setting.Time<ClusterAutoscalerOptions>("nodeDeleteDelayAfterTaint", options => options.DeleteDelayAfterTaint, (options, value) => options with { DeleteDelayAfterTaint = value }),
        Setting.Flag<ClusterAutoscalerOptions>("skipNodesWithSystemPods", options => options.SkipsSystemPods, (options, value) => options with { SkipsSystemPods = value }),
        Setting.Flag<ClusterAutoscalerOptions>("skipNodesWithLocalStorage", options => options.SkipsLocalStorage, (options, value) => options with { SkipsLocalStorage = value }),
    ];
}
