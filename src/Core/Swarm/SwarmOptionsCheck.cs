namespace SchedBench.Core.Swarm;

/// <summary>Whether options of Docker Swarm make sense: what swarmkit's API refuses, and what has no meaning.</summary>
public static class SwarmOptionsCheck
{
    /// <summary>The first option that makes no sense, with what was expected; null when all do.</summary>
    public static string? FirstProblem(SwarmOptions options)
    {
        if (options.HeartbeatPeriod <= TimeSpan.Zero) return Expected("HeartbeatPeriod", options.HeartbeatPeriod, "a time above 0");
        if (options.HeartbeatEpsilon < TimeSpan.Zero || options.HeartbeatEpsilon >= options.HeartbeatPeriod) return Expected("HeartbeatEpsilon", options.HeartbeatEpsilon, "a time from 0 to below the heartbeat period");
        if (options.DownAfterPeriods < 1) return Expected("DownAfterPeriods", options.DownAfterPeriods, "1 or more");
        if (options.TaskHistory < 0) return Expected("TaskHistory", options.TaskHistory, "0 or more");
        if (options.Restart.MaxAttempts < 0) return Expected("Restart.MaxAttempts", options.Restart.MaxAttempts, "0 or more");
        if (options.GossipLossMax < options.GossipLossMin) return Expected("GossipLossMax", options.GossipLossMax, "GossipLossMin or more");
        (string Name, TimeSpan Value)[] times =
        [
            ("OrphanAfter", options.OrphanAfter), ("Restart.Delay", options.Restart.Delay), ("Restart.Window", options.Restart.Window), ("StopGrace", options.StopGrace ?? TimeSpan.Zero),
            ("OldTaskTimeout", options.OldTaskTimeout), ("SchedulerGap", options.SchedulerGap), ("SchedulerLatencyMax", options.SchedulerLatencyMax), ("DispatcherBatch", options.DispatcherBatch),
            ("ConvergeDelay", options.ConvergeDelay), ("GossipLossMin", options.GossipLossMin), ("GossipDelay", options.GossipDelay), ("ReaperBatch", options.ReaperBatch),
            ("EngineStart", options.EngineStart), ("EngineStop", options.EngineStop), ("EngineNotice", options.EngineNotice),
        ];
        foreach ((string name, TimeSpan value) in times)
        {
            if (value < TimeSpan.Zero) return Expected(name, value, "0 or more");
        }

        return (options.Update is { } update ? FirstProblem("Update", update) : null) ?? FirstProblem("Rollback", options.Rollback);
    }

    private static string? FirstProblem(string name, SwarmUpdateConfig config)
    {
        if (config.Parallelism < 0) return Expected($"{name}.Parallelism", config.Parallelism, "0 (all at once) or more");
        if (config.Delay < TimeSpan.Zero) return Expected($"{name}.Delay", config.Delay, "0 or more");
        if (config.Monitor < TimeSpan.Zero) return Expected($"{name}.Monitor", config.Monitor, "0 or more");
        if (!(config.MaxFailureRatio is >= 0 and <= 1)) return Expected($"{name}.MaxFailureRatio", config.MaxFailureRatio, "a share from 0 to 1");
        return name == "Rollback" && config.FailureAction == SwarmFailureAction.Rollback ? Expected("Rollback.FailureAction", config.FailureAction, "Pause or Continue: a rollback never rolls back") : null;
    }

    private static string Expected(string name, IFormattable value, string expected) =>
        $"{name} is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}, expected {expected}";
}
