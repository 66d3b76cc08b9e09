using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Shrinking;

/// <summary>Ways to make a part of a case simpler, the ones that take most away first. What is simple already stays as it is.</summary>
internal static class Simpler
{
    /// <summary>Of settings.</summary>
    public static IReadOnlyList<Func<FuzzSettings, FuzzSettings>> OfSettings { get; } =
    [
        item => item with { SchedulerDelayMs = 0 },
        item => item with { ControllerDelayMs = 0 },
        item => item with { AgentDelayMs = 0 },
        item => item with { BindLatencyMs = 0 },
        item => item with { HasClientLimits = false },
        item => item with { HasSlowStatus = false },
        item => item with { Relists = false },
        item => item with { ImagesArePresent = true },
        item => item with { RollsBack = false },
        item => item with { HasShortTimers = false },
    ];

    /// <summary>Of a workload.</summary>
    public static IReadOnlyList<Func<FuzzWorkload, FuzzWorkload>> OfWorkloads { get; } =
    [
        item => item with { HasService = false, RequestsPerSecond = 0, IsFluid = false, Retries = 0 },
        item => item with { RequestsPerSecond = 0, IsFluid = false, Retries = 0 },
        item => item with { Replicas = Math.Min(item.Replicas, 1) },
        item => item with { Replicas = (item.Replicas + 1) / 2 },
        item => item with { AutoscalesTo = 0 },
        item => item with { BudgetUnavailable = null },
        item => item with { Rule = FuzzRule.None },
        item => item with { Gpus = 0 },
        item => item with { HasVolume = false },
        item => item with { Priority = 0 },
        item => item with { ReadinessSeconds = 0 },
        item => item with { LivenessSeconds = 0 },
        item => item with { StopSeconds = 0, GraceSeconds = 5 },
        item => item with { StartSeconds = 1 },
        item => item with { AtSeconds = 0 },
        item => item with { Recreates = false, UnavailablePercent = 25 },
        item => item with { Parallelism = 1 },
        item => item with { Fails = false },
        item => item with { CpuMilli = 100, MemoryMi = 64 },
    ];

    /// <summary>Of a node.</summary>
    public static IReadOnlyList<Func<FuzzNode, FuzzNode>> OfNodes { get; } =
    [
        item => item with { Gpus = 0, Tier = "", IsDedicated = false, Pods = 110 },
        item => item with { CpuMilli = 8000, MemoryMi = 32768 },
        item => item with { Zone = "a" },
    ];

    /// <summary>Of a fault.</summary>
    public static IReadOnlyList<Func<FuzzFault, FuzzFault>> OfFaults { get; } =
    [
        item => item with { EverySeconds = item.IsRenewal ? item.EverySeconds : 0 },
        item => item with { IsRenewal = false, EverySeconds = 0 },
        item => item with { Count = 1 },
        item => item with { Whom = item.Whom == "zones" ? "nodes" : item.Whom },
        item => item with { ForSeconds = Math.Max(1, item.ForSeconds / 4) },
    ];
}
