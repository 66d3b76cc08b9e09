using SchedBench.Core.Swarm;

namespace SchedBench.Experiments.Files;

/// <content>Settings of Docker Swarm; a service's own are named as Compose names them (<c>restart_policy</c>, <c>update_config</c>), in camel case.</content>
internal static partial class SettingCatalog
{
    private static (string Name, SwarmRestartCondition Value)[] Conditions =>
        [("any", SwarmRestartCondition.Any), ("on-failure", SwarmRestartCondition.OnFailure), ("none", SwarmRestartCondition.None)];

    private static (string Name, SwarmUpdateOrder Value)[] UpdateOrders => [("stop-first", SwarmUpdateOrder.StopFirst), ("start-first", SwarmUpdateOrder.StartFirst)];

    private static (string Name, SwarmFailureAction Value)[] UpdateActions =>
        [("pause", SwarmFailureAction.Pause), ("continue", SwarmFailureAction.Continue), ("rollback", SwarmFailureAction.Rollback)];

    /// <summary>A rollback is not rolled back.</summary>
    private static (string Name, SwarmFailureAction Value)[] RollbackActions => [("pause", SwarmFailureAction.Pause), ("continue", SwarmFailureAction.Continue)];

    private static Setting<SwarmOptions>[] Swarm =>
    [
        Setting.Period<SwarmOptions>("heartbeatPeriod", swarm => swarm.HeartbeatPeriod, (swarm, value) => swarm with { HeartbeatPeriod = value }),
        Setting.Time<SwarmOptions>("heartbeatEpsilon", swarm => swarm.HeartbeatEpsilon, (swarm, value) => swarm with { HeartbeatEpsilon = value }),
        Setting.Count<SwarmOptions>("gracePeriodMultiplier", swarm => swarm.DownAfterPeriods, (swarm, value) => swarm with { DownAfterPeriods = value }, min: 1),
        Setting.Time<SwarmOptions>("nodeDownPeriod", swarm => swarm.OrphanAfter, (swarm, value) => swarm with { OrphanAfter = value }),
        Setting.Group<SwarmOptions, SwarmRestartPolicy>("restartPolicy", swarm => swarm.Restart, (swarm, part) => swarm with { Restart = part }, () => new SwarmRestartPolicy(),
        [
            Setting.WordOrElse<SwarmRestartPolicy, SwarmRestartCondition>("condition", Conditions, restart => restart.Condition, (restart, value) => restart with { Condition = value }),
            Setting.Time<SwarmRestartPolicy>("delay", restart => restart.Delay, (restart, value) => restart with { Delay = value }),
            Setting.Count<SwarmRestartPolicy>("maxAttempts", restart => restart.MaxAttempts, (restart, value) => restart with { MaxAttempts = value }),
            Setting.Time<SwarmRestartPolicy>("window", restart => restart.Window, (restart, value) => restart with { Window = value }),
        ]),
        Setting.Group<SwarmOptions, SwarmUpdateConfig>("updateConfig", swarm => swarm.Update, (swarm, part) => swarm with { Update = part }, () => new SwarmUpdateConfig(), UpdateConfig(UpdateActions)),
        Setting.Group<SwarmOptions, SwarmUpdateConfig>("rollbackConfig", swarm => swarm.Rollback, (swarm, part) => swarm with { Rollback = part }, () => new SwarmUpdateConfig(), UpdateConfig(RollbackActions)),
        Setting.TimeOrElse<SwarmOptions>("stopGracePeriod", swarm => swarm.StopGrace, (swarm, value) => swarm with { StopGrace = value }),
        Setting.Time<SwarmOptions>("oldTaskTimeout", swarm => swarm.OldTaskTimeout, (swarm, value) => swarm with { OldTaskTimeout = value }),
        Setting.Time<SwarmOptions>("schedulerGap", swarm => swarm.SchedulerGap, (swarm, value) => swarm with { SchedulerGap = value }),
        Setting.Time<SwarmOptions>("schedulerLatencyMax", swarm => swarm.SchedulerLatencyMax, (swarm, value) => swarm with { SchedulerLatencyMax = value }),
        Setting.Time<SwarmOptions>("dispatcherBatch", swarm => swarm.DispatcherBatch, (swarm, value) => swarm with { DispatcherBatch = value }),
        Setting.Count<SwarmOptions>("taskHistoryRetentionLimit", swarm => swarm.TaskHistory, (swarm, value) => swarm with { TaskHistory = value }, min: 1),
        Setting.Time<SwarmOptions>("convergeDelay", swarm => swarm.ConvergeDelay, (swarm, value) => swarm with { ConvergeDelay = value }),
        Setting.Time<SwarmOptions>("gossipDelay", swarm => swarm.GossipDelay, (swarm, value) => swarm with { GossipDelay = value }),
        Setting.Time<SwarmOptions>("gossipLossMin", swarm => swarm.GossipLossMin, (swarm, value) => swarm with { GossipLossMin = value }),
        Setting.Time<SwarmOptions>("gossipLossMax", swarm => swarm.GossipLossMax, (swarm, value) => swarm with { GossipLossMax = value }),
        Setting.Time<SwarmOptions>("reaperBatchingInterval", swarm => swarm.ReaperBatch, (swarm, value) => swarm with { ReaperBatch = value }),
        Setting.Time<SwarmOptions>("engineStart", swarm => swarm.EngineStart, (swarm, value) => swarm with { EngineStart = value }),
        Setting.Time<SwarmOptions>("engineStop", swarm => swarm.EngineStop, (swarm, value) => swarm with { EngineStop = value }),
        Setting.Time<SwarmOptions>("engineNotice", swarm => swarm.EngineNotice, (swarm, value) => swarm with { EngineNotice = value }),
    ];

    private static Setting<SwarmUpdateConfig>[] UpdateConfig((string Name, SwarmFailureAction Value)[] actions) =>
    [
        Setting.Count<SwarmUpdateConfig>("parallelism", update => update.Parallelism, (update, value) => update with { Parallelism = value }),
        Setting.Time<SwarmUpdateConfig>("delay", update => update.Delay, (update, value) => update with { Delay = value }),
        Setting.Word<SwarmUpdateConfig, SwarmUpdateOrder>("order", UpdateOrders, update => update.Order, (update, value) => update with { Order = value }),
        Setting.Time<SwarmUpdateConfig>("monitor", update => update.Monitor, (update, value) => update with { Monitor = value }),
        Setting.Word<SwarmUpdateConfig, SwarmFailureAction>("failureAction", actions, update => update.FailureAction, (update, value) => update with { FailureAction = value }),
        Setting.Number<SwarmUpdateConfig>("maxFailureRatio", update => update.MaxFailureRatio, (update, value) => update with { MaxFailureRatio = value }, max: 1),
    ];
}
