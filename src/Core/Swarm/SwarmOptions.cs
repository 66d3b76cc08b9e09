namespace SchedBench.Core.Swarm;

/// <summary>How Docker Swarm behaves; defaults are swarmkit's (REFERENCE 2.2).</summary>
public sealed record SwarmOptions
{
    /// <summary>Time between two heartbeats of a node (<c>dispatcher.defaultHeartBeatPeriod</c>).</summary>
    public TimeSpan HeartbeatPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A period is drawn anew each time, up to this much longer or shorter (<c>defaultHeartBeatEpsilon</c>).</summary>
    public TimeSpan HeartbeatEpsilon { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Periods without a heartbeat after which a node is down (<c>defaultGracePeriodMultiplier</c>).</summary>
    public int DownAfterPeriods { get; init; } = 3;

    /// <summary>Tasks of a node that is down for this long are given up (<c>defaultNodeDownPeriod</c>); their replacements started long before.</summary>
    public TimeSpan OrphanAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What happens when a task ends.</summary>
    public SwarmRestartPolicy Restart { get; init; } = new();

    /// <summary>How a new version replaces the old one; null maps what the manifest of a service says about rollouts, and swarmkit's defaults where it says nothing.</summary>
    public SwarmUpdateConfig? Update { get; init; }

    /// <summary>How a version is taken back; a rollback never rolls back.</summary>
    public SwarmUpdateConfig Rollback { get; init; } = new();

    /// <summary>Time between SIGTERM and SIGKILL; null takes what a manifest states, and 10 s where it states Kubernetes' default.</summary>
    public TimeSpan? StopGrace { get; init; }

    /// <summary>How long a task that was replaced is waited for before its replacement starts (<c>restart.defaultOldTaskTimeout</c>).</summary>
    public TimeSpan OldTaskTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the scheduler gathers changes after the last one before it decides (<c>commitDebounceGap</c>).</summary>
    public TimeSpan SchedulerGap { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest that it gathers changes (<c>maxLatency</c>).</summary>
    public TimeSpan SchedulerLatencyMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for which the dispatcher gathers changes for an agent (<c>batchingWaitTime</c>).</summary>
    public TimeSpan DispatcherBatch { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Tasks kept for each slot, the live one among them (<c>TaskHistoryRetentionLimit</c>).</summary>
    public int TaskHistory { get; init; } = 5;

    /// <summary>Time between the withdrawal of a task's address from discovery and SIGTERM: the measured two seconds in which the gossip converges.</summary>
    public TimeSpan ConvergeDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Shortest time in which the gossip of the overlay network learns that a node is lost; it does not wait for the managers. Measured, not stated by Docker.</summary>
    public TimeSpan GossipLossMin { get; init; } = TimeSpan.FromMilliseconds(5_200);

    /// <summary>Longest time in which it learns that.</summary>
    public TimeSpan GossipLossMax { get; init; } = TimeSpan.FromMilliseconds(7_600);

    /// <summary>Time in which the gossip carries a change of addresses to everybody. Measured: gone within 0.2 s.</summary>
    public TimeSpan GossipDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the task reaper gathers before it looks at histories (<c>taskreaper.reaperBatchingInterval</c>).</summary>
    public TimeSpan ReaperBatch { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time that an engine takes to make and start a container and to attach it to its network. Measured, as start-first updates and restarts take it.</summary>
    public TimeSpan EngineStart { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Time from the end of a process that was told to stop until the engine has taken its container down. Measured, as what stop-first updates take beside all the rest.</summary>
    public TimeSpan EngineStop { get; init; } = TimeSpan.FromMilliseconds(1_300);

    /// <summary>Time from the end of a process by itself until its engine has noticed.</summary>
    public TimeSpan EngineNotice { get; init; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>When a task that ended is replaced.</summary>
public enum SwarmRestartCondition
{
    /// <summary>Whatever its end.</summary>
    Any,

    /// <summary>When it failed.</summary>
    OnFailure,

    /// <summary>Never.</summary>
    None,
}

/// <summary>What happens when a task ends (<c>restart_policy</c>).</summary>
public sealed record SwarmRestartPolicy
{
    /// <summary>When it is replaced; null maps the pod's restart policy (Always → any, OnFailure → on-failure, Never → none).</summary>
    public SwarmRestartCondition? Condition { get; init; }

    /// <summary>Delay before the replacement starts.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most replacements of a slot within <see cref="Window"/>; 0 for any number.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Time over which attempts are counted; zero for ever.</summary>
    public TimeSpan Window { get; init; }
}

/// <summary>Which of two comes first.</summary>
public enum SwarmUpdateOrder
{
    /// <summary>The old task stops before the new one starts.</summary>
    StopFirst,

    /// <summary>The new task runs before the old one stops.</summary>
    StartFirst,
}

/// <summary>What happens when too many tasks of an update fail.</summary>
public enum SwarmFailureAction
{
    /// <summary>The update stands still.</summary>
    Pause,

    /// <summary>It goes on.</summary>
    Continue,

    /// <summary>The version before comes back.</summary>
    Rollback,
}

/// <summary>How a new version replaces the old one (<c>update_config</c>, <c>rollback_config</c>).</summary>
public sealed record SwarmUpdateConfig
{
    /// <summary>Tasks updated at once; 0 for all.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Pause between two batches.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Which comes first.</summary>
    public SwarmUpdateOrder Order { get; init; }

    /// <summary>How long a new task is watched for failures; raised to the delay and one second when that is longer.</summary>
    public TimeSpan Monitor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What happens when more than <see cref="MaxFailureRatio"/> fail.</summary>
    public SwarmFailureAction FailureAction { get; init; }

    /// <summary>Share of the updated tasks that may fail, 0 to 1.</summary>
    public double MaxFailureRatio { get; init; }
}
