using System.Text.Json.Serialization;

namespace SchedBench.Fuzzing.Cases;

/// <summary>What a user does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FuzzVerb>))]
public enum FuzzVerb
{
    /// <summary>Gives a workload another size: <see cref="FuzzStep.Value"/>.</summary>
    Scale,

    /// <summary>Gives a Deployment another version.</summary>
    SetImage,

    /// <summary>Gives a Deployment a version that crashes, and a good one when the time is over.</summary>
    SetBadImage,

    /// <summary>Restarts a Deployment.</summary>
    Restart,

    /// <summary>Takes a Deployment back to its version before.</summary>
    RollBack,

    /// <summary>Pauses a Deployment for a while.</summary>
    Pause,

    /// <summary>Deletes a workload.</summary>
    Delete,

    /// <summary>Deletes a pod of those that are there; <see cref="FuzzStep.Value"/> says which.</summary>
    DeletePod,

    /// <summary>Evicts up to three pods, from the one that <see cref="FuzzStep.Value"/> says on.</summary>
    Evict,

    /// <summary>Cordons a node for a while.</summary>
    Cordon,

    /// <summary>Drains a node for a while.</summary>
    Drain,

    /// <summary>Taints a node for a while: NoExecute when <see cref="FuzzStep.Value"/> is odd, NoSchedule otherwise.</summary>
    Taint,

    /// <summary>Restarts the controllers.</summary>
    RestartControllers,
}

/// <summary>A step of a user. What does not apply when it comes is refused, as a command of kubectl is.</summary>
/// <param name="AtSeconds">When.</param>
/// <param name="Verb">What.</param>
/// <param name="Target">Name of a workload or a node; empty where it needs none.</param>
public sealed record FuzzStep(int AtSeconds, FuzzVerb Verb, string Target)
{
    /// <summary>Size, or which pod.</summary>
    public int Value { get; init; }

    /// <summary>How long it holds, of what is taken back.</summary>
    public int ForSeconds { get; init; } = 30;
}

/// <summary>Where a fault comes from.</summary>
/// <param name="Name">Name that its draws go by.</param>
/// <param name="Effect">Effect of the catalog.</param>
/// <param name="AtSeconds">When; of a renewal process the second from which on it holds.</param>
public sealed record FuzzFault(string Name, string Effect, int AtSeconds)
{
    /// <summary>Parameters of the effect by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whom: <c>nodes</c>, <c>zones</c>, <c>pods</c> or <c>cluster</c>.</summary>
    public string Whom { get; init; } = "nodes";

    /// <summary>Workload whose pods are hit; empty for any.</summary>
    public string Workload { get; init; } = "";

    /// <summary>How many: <c>all</c>, or a number that is drawn.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How long.</summary>
    public int ForSeconds { get; init; } = 60;

    /// <summary>Time from one to the next; 0 for once. Of a renewal process the mean time to failure.</summary>
    public int EverySeconds { get; init; }

    /// <summary>Whether every node or domain fails again and again, with exponential times.</summary>
    public bool IsRenewal { get; init; }
}
