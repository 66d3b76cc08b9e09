using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>The parts in which two decisions may differ.</summary>
[Flags]
public enum DecisionParts
{
    /// <summary>None: the decisions are equal.</summary>
    None = 0,

    /// <summary>The instant.</summary>
    Time = 1,

    /// <summary>The pod that was decided on.</summary>
    Pod = 2,

    /// <summary>How often it had been tried.</summary>
    Attempt = 4,

    /// <summary>Whether it got a node, or why not.</summary>
    Outcome = 8,

    /// <summary>The node.</summary>
    Node = 16,

    /// <summary>The devices on it.</summary>
    Devices = 32,

    /// <summary>Who has to leave, and from where.</summary>
    Preemption = 64,
}

/// <summary>One decision as the log keeps it: what was decided, without what was seen.</summary>
/// <param name="At">Instant since the start of the run.</param>
/// <param name="Pod">Name of the pod; with its namespace before it where that is not <c>default</c>.</param>
/// <param name="Attempt">Which attempt on the pod it was, from 1.</param>
/// <param name="Outcome">What it came to.</param>
public readonly record struct LoggedDecision(TimeSpan At, string Pod, int Attempt, DecisionOutcome Outcome)
{
    /// <summary>Why the host refused the strategy's answer; null when it did not.</summary>
    public RefusalReason? Refusal { get; init; }

    /// <summary>The node, or empty.</summary>
    public string Node { get; init; } = "";

    /// <summary>Devices taken there.</summary>
    public DeviceSet Devices { get; init; }

    /// <summary>What preemption came to (<c>node-3: pod-a, pod-b</c>, <c>no candidate</c>, <c>under way</c>); empty where none was tried.</summary>
    public string Preemption { get; init; } = "";

    /// <summary>Why nodes could not take the pod, counted (<c>InsufficientCpu 6, UntoleratedTaint 2</c>); empty where it got one, and where nobody asked. No part of the comparison.</summary>
    public string Reasons { get; init; } = "";

    /// <summary>Every part in which the other decision differs.</summary>
    public DecisionParts DifferencesTo(in LoggedDecision other)
    {
        var parts = DecisionParts.None;
        if (At != other.At) parts |= DecisionParts.Time;
        if (Pod != other.Pod) parts |= DecisionParts.Pod;
        if (Attempt != other.Attempt) parts |= DecisionParts.Attempt;
        if (Outcome != other.Outcome || Refusal != other.Refusal) parts |= DecisionParts.Outcome;
        if (Node != other.Node) parts |= DecisionParts.Node;
        if (Devices != other.Devices) parts |= DecisionParts.Devices;
        if (Preemption != other.Preemption) parts |= DecisionParts.Preemption;
        return parts;
    }
}
