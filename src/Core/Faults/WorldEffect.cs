using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>What a fault does to a world, in truth. What the control plane believes of it follows by itself.</summary>
/// <remarks>The contract between whoever draws faults and the worlds that suffer them: a simulated one (<see cref="SimulatedWorld"/>), or real machines. Effects are data; several may hold at once.</remarks>
public abstract record WorldEffect
{
    /// <summary>Whether it happens at an instant and leaves nothing to heal.</summary>
    public virtual bool IsInstant => false;

    /// <summary>Whether it means anything to a pod. One that it cannot touch is no victim.</summary>
    public virtual bool Touches(Pod pod) => true;

    /// <summary>What facts say of it.</summary>
    public abstract WorldEffectKind Kind { get; }
}

/// <summary>Kinds of effects, for facts. Numbers are stable.</summary>
public enum WorldEffectKind : byte
{
    /// <summary>A machine, its agent or its way to the control plane.</summary>
    Machine,

    /// <summary>A machine is slow.</summary>
    SlowMachine,

    /// <summary>A machine's disk or memory is taken.</summary>
    Fill,

    /// <summary>The way between two parties.</summary>
    Link,

    /// <summary>Pods are deleted.</summary>
    KillPod,

    /// <summary>Pods do not work.</summary>
    FailPod,

    /// <summary>Containers are killed.</summary>
    KillContainer,

    /// <summary>Something else in a pod uses CPU and memory.</summary>
    StressPod,

    /// <summary>Requests to pods end badly, or late.</summary>
    Requests,

    /// <summary>Names of services are not resolved.</summary>
    Dns,

    /// <summary>Where images come from.</summary>
    Registry,

    /// <summary>Volumes.</summary>
    Volumes,

    /// <summary>The control plane itself.</summary>
    ControlPlane,

    /// <summary>What operators and users do: drains, surges, rollouts.</summary>
    Operation,

    /// <summary>A machine's clock is wrong.</summary>
    ClockSkew,
}

/// <summary>Trouble of machines.</summary>
/// <param name="Trouble">What is wrong with each of them.</param>
public sealed record MachineEffect(NodeTrouble Trouble) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Machine;
}

/// <summary>Machines whose clock is wrong: the times that their agents write into statuses of pods are off. Periods and timeouts of a machine are measured by clocks that only go on, and are right.</summary>
/// <param name="Offset">How far the clock is ahead; below zero when it is behind.</param>
public sealed record ClockSkewEffect(TimeSpan Offset) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.ClockSkew;
}

/// <summary>Machines that are slow, and whose heartbeats are well (fail-slow; Gunawi et al., FAST 2018).</summary>
/// <param name="Cpu">Times as slow their processes are: requests, starts, work; ≥ 1.</param>
/// <param name="Network">Times as slow images come; ≥ 1.</param>
/// <param name="Disk">Times as slow layers are written, and processes that start meanwhile are read; ≥ 1.</param>
public sealed record SlowMachineEffect(double Cpu, double Network, double Disk) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.SlowMachine;
}

/// <summary>Something takes a machine's disk or memory: pressure, evictions, image garbage collection, as the agent's thresholds say.</summary>
/// <param name="IsMemory">Memory; otherwise the disk.</param>
/// <param name="Percent">Percents of the machine's capacity, 1 to 100; 0 when bytes are stated.</param>
/// <param name="Bytes">Bytes; 0 when percents are stated.</param>
public sealed record FillEffect(bool IsMemory, int Percent, long Bytes) : WorldEffect
{
    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Fill;
}
