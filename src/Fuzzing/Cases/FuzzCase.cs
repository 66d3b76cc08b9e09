namespace SchedBench.Fuzzing.Cases;

/// <summary>Everything that one fuzzed run is a function of, as plain values. Immutable; drawn by <see cref="CaseDrawing"/>, read and written by <see cref="CaseFile"/>, made smaller by shrinking.</summary>
public sealed record FuzzCase
{
    /// <summary>Seed of the run's own draws, and the one that the case was drawn from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Strategy of the catalog.</summary>
    public string Strategy { get; init; } = "least-allocated";

    /// <summary>Docker Swarm's ways instead of Kubernetes'.</summary>
    public bool IsSwarm { get; init; }

    /// <summary>Delays, limits and timers.</summary>
    public FuzzSettings Settings { get; init; } = new();

    /// <summary>The nodes.</summary>
    public IReadOnlyList<FuzzNode> Nodes { get; init; } = [];

    /// <summary>What runs on them.</summary>
    public IReadOnlyList<FuzzWorkload> Workloads { get; init; } = [];

    /// <summary>What users do.</summary>
    public IReadOnlyList<FuzzStep> Steps { get; init; } = [];

    /// <summary>Where faults come from.</summary>
    public IReadOnlyList<FuzzFault> Faults { get; init; } = [];

    /// <summary>Nodes that are hit by nothing at any instant, at least.</summary>
    public int Survivors { get; init; } = 1;

    /// <summary>Second from which on all faults are over and users have finished.</summary>
    public int HealAtSeconds { get; init; } = 300;

    /// <summary>Length of the run.</summary>
    public int LengthSeconds { get; init; } = 2400;
}

/// <summary>Delays, limits and timers of a case; the defaults are the simplest ones.</summary>
public sealed record FuzzSettings
{
    /// <summary>Milliseconds by which the scheduler's view follows the store.</summary>
    public int SchedulerDelayMs { get; init; }

    /// <summary>Milliseconds by which controllers see the store late.</summary>
    public int ControllerDelayMs { get; init; }

    /// <summary>Milliseconds by which agents see the store late.</summary>
    public int AgentDelayMs { get; init; }

    /// <summary>Milliseconds from a decision to its binding.</summary>
    public int BindLatencyMs { get; init; }

    /// <summary>Whether the controller manager's client has its usual limits.</summary>
    public bool HasClientLimits { get; init; }

    /// <summary>Whether agents write few states a second.</summary>
    public bool HasSlowStatus { get; init; }

    /// <summary>Whether agents notice what happens to containers once a second only.</summary>
    public bool Relists { get; init; }

    /// <summary>Whether images are on all nodes beforehand.</summary>
    public bool ImagesArePresent { get; init; } = true;

    /// <summary>Whether pods of higher priority push out others.</summary>
    public bool Preempts { get; init; } = true;

    /// <summary>Whether rollouts that passed their deadline are undone.</summary>
    public bool RollsBack { get; init; }

    /// <summary>Whether lost nodes are found and emptied after seconds instead of minutes.</summary>
    public bool HasShortTimers { get; init; }
}

/// <summary>A node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CpuMilli">CPU in thousandths.</param>
/// <param name="MemoryMi">Memory in MiB.</param>
/// <param name="Zone">Its zone.</param>
public sealed record FuzzNode(string Name, int CpuMilli, int MemoryMi, string Zone)
{
    /// <summary>GPU devices.</summary>
    public int Gpus { get; init; }

    /// <summary>Most pods.</summary>
    public int Pods { get; init; } = 110;

    /// <summary>Value of its label <c>tier</c>; empty for none.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Whether it has a taint <c>dedicated</c> (<c>PreferNoSchedule</c>).</summary>
    public bool IsDedicated { get; init; }
}
