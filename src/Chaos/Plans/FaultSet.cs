using SchedBench.Chaos.Models;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Plans;

/// <summary>How many of the targets a fault hits (Chaos Mesh's <c>mode</c>).</summary>
public enum TargetMode
{
    /// <summary>All.</summary>
    All,

    /// <summary>One that is drawn.</summary>
    One,

    /// <summary>So many that are drawn.</summary>
    Fixed,

    /// <summary>So many percent of them, rounded down, one at least.</summary>
    FixedPercent,

    /// <summary>Between one and so many percent of them.</summary>
    RandomMaxPercent,
}

/// <summary>Whom a fault may hit.</summary>
public sealed record TargetSpec
{
    /// <summary>Names of nodes; empty for all that the selector takes.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Labels of nodes; null for all.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Label whose values divide the nodes into domains that fail as one, such as <c>topology.kubernetes.io/zone</c>; empty when each node fails by itself. Nodes without it are left out.</summary>
    public string DomainKey { get; init; } = "";

    /// <summary>How many of the nodes, or domains.</summary>
    public TargetMode Mode { get; init; }

    /// <summary>Number or percent that the mode asks for.</summary>
    public int Value { get; init; }
}

/// <summary>Where faults come from.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What its faults do.</param>
/// <param name="Targets">Whom they may hit.</param>
public abstract record FaultSource(string Name, FaultEffect Effect, TargetSpec Targets);

/// <summary>A fault at a stated instant, maybe again and again.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Targets">Whom it may hit: drawn anew each time.</param>
/// <param name="At">When.</param>
/// <param name="Duration">How long; null for the rest of the run.</param>
/// <param name="Every">Time from one to the next; zero for once.</param>
public sealed record TimedSource(string Name, FaultEffect Effect, TargetSpec Targets, TimeSpan At, TimeSpan? Duration, TimeSpan Every) : FaultSource(Name, Effect, Targets);

/// <summary>Pods that are killed at a stated instant, maybe again and again. Who they are is drawn in the run: from the pods that are there then.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Pods">Whose pods.</param>
/// <param name="At">When.</param>
/// <param name="Every">Time from one to the next; zero for once.</param>
public sealed record PodKillSource(string Name, PodTarget Pods, TimeSpan At, TimeSpan Every) : FaultSource(Name, FaultEffect.PodKill, new TargetSpec())
{
    /// <summary>Name that the draws of the pods go by: the source's own, or in a saved plan that of the source it was drawn from.</summary>
    public string Draws { get; init; } = Name;
}

/// <summary>Pods that may be killed: active ones that are not on their way out.</summary>
/// <param name="Namespace">Their namespace; empty for any.</param>
/// <param name="Selector">Their labels; null for all.</param>
/// <param name="Mode">How many of them.</param>
/// <param name="Value">Number or percent that the mode asks for.</param>
/// <param name="Grace">Grace that they are given; null for their own.</param>
public sealed record PodTarget(string Namespace, LabelSelector? Selector, TargetMode Mode, int Value, TimeSpan? Grace);

/// <summary>Faults by a failure model: every target fails and is repaired again and again.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What its faults do.</param>
/// <param name="Targets">Who fails; the mode is <see cref="TargetMode.All"/>.</param>
/// <param name="Model">The model.</param>
/// <param name="From">Instant from which on it holds.</param>
public sealed record ModelSource(string Name, FaultEffect Effect, TargetSpec Targets, FailureModel Model, TimeSpan From) : FaultSource(Name, Effect, Targets);

/// <summary>A named set of faults: a level of an experiment's factor <c>faults</c>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Sources">Where its faults come from.</param>
public sealed record FaultSet(string Name, IReadOnlyList<FaultSource> Sources)
{
    /// <summary>Nodes that are hit by nothing at any instant, at least: a number, or a share of the fleet rounded up.</summary>
    public IntOrPercent Survivors { get; init; } = new(1, IsPercent: false);
}
