using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Models;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
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

/// <summary>Whom a fault may hit: nodes, pods, or the cluster as a whole.</summary>
public abstract record FaultTarget;

/// <summary>The cluster as a whole.</summary>
public sealed record ClusterTarget : FaultTarget
{
    /// <summary>The one.</summary>
    public static ClusterTarget Instance { get; } = new();
}

/// <summary>Nodes that a fault may hit.</summary>
public sealed record TargetSpec : FaultTarget
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

    /// <summary>Where the names, or the selector, and then the domain key are written, for whoever finds that the fleet has nothing of the kind; empty when nobody wrote them.</summary>
    public IReadOnlyList<InputProblem> Places { get; init; } = [];
}

/// <summary>Pods that a fault may hit: active ones that are not on their way out. Who they are is drawn in the run, from the pods that are there then.</summary>
/// <param name="Namespaces">Their namespaces; empty for any.</param>
/// <param name="Selector">Their labels; null for all.</param>
/// <param name="Mode">How many of them.</param>
/// <param name="Value">Number or percent that the mode asks for.</param>
public sealed record PodTarget(ValueList<string> Namespaces, LabelSelector? Selector, TargetMode Mode, int Value) : FaultTarget
{
    /// <summary>Names of pods, <c>name</c> or <c>namespace/name</c>; empty for all that namespaces and selector take.</summary>
    public ValueList<string> Names { get; init; } = [];

    /// <summary>Regular expression that the beginning of the namespace matches; empty for any (<see cref="PodPattern"/>).</summary>
    public string NamespacePattern { get; init; } = "";

    /// <summary>Regular expression that the beginning of the name matches; empty for any.</summary>
    public string NamePattern { get; init; } = "";

    /// <summary>Their annotations; null for any.</summary>
    public LabelSelector? Annotations { get; init; }

    /// <summary>Their phases (names of <see cref="PodLifePhase"/>); empty for any.</summary>
    public ValueList<string> Phases { get; init; } = [];

    /// <summary>Labels of the nodes that they are on; null for any.</summary>
    public LabelSelector? NodeSelector { get; init; }
}

/// <summary>Where faults come from.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What its faults do.</param>
/// <param name="Targets">Whom they may hit.</param>
public abstract record FaultSource(string Name, FaultEffect Effect, FaultTarget Targets)
{
    /// <summary>Name that the draws of victims in the run go by: the source's own, or in a saved plan that of the source it was drawn from.</summary>
    public string Draws { get; init; } = Name;

    /// <summary>What calls its faults off, and what they wait for; empty for nothing.</summary>
    public ValueList<ServiceGuard> Guards { get; init; } = [];
}

/// <summary>A fault at a stated instant, maybe again and again.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Targets">Whom it may hit: drawn anew each time.</param>
/// <param name="At">When.</param>
/// <param name="Duration">How long; null for the rest of the run.</param>
/// <param name="Every">Time from one to the next; zero for once.</param>
public sealed record TimedSource(string Name, FaultEffect Effect, FaultTarget Targets, TimeSpan At, TimeSpan? Duration, TimeSpan Every) : FaultSource(Name, Effect, Targets)
{
    /// <summary>Instant from which on none begins; null for the end of the run.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>When it begins, where that depends upon when guards are over: once, and <see cref="At"/> is the earliest instant that it can begin at.</summary>
    public Moment? After { get; init; }

    /// <summary>When it is over, where that depends upon guards; null for what <see cref="Duration"/> says.</summary>
    public Moment? By { get; init; }
}

/// <summary>A fault at the due times of a cron schedule.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Targets">Whom it may hit: drawn anew each time.</param>
/// <param name="Schedule">When, by the calendar of the run, in UTC.</param>
/// <param name="From">Instant from which on it holds.</param>
/// <param name="Duration">How long a fault lasts; null for the rest of the run.</param>
public sealed record CronSource(string Name, FaultEffect Effect, FaultTarget Targets, CronSchedule Schedule, TimeSpan From, TimeSpan? Duration) : FaultSource(Name, Effect, Targets)
{
    /// <summary>Instant from which on none begins; null for the end of the run.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>From a due time to the fault: that of a step of something longer that is due then.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Time after a due time in which no other counts, as what began then is still under way (concurrency policy <c>Forbid</c>); zero where they may overlap.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Whether faults that hold at <see cref="Until"/> are over then.</summary>
    public bool EndsAtUntil { get; init; }
}

/// <summary>Faults by a failure model: every node or domain fails and is repaired again and again; pods and the cluster are one unit.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What its faults do.</param>
/// <param name="Targets">Who fails; of nodes the mode is <see cref="TargetMode.All"/>.</param>
/// <param name="Model">The model.</param>
/// <param name="From">Instant from which on it holds.</param>
public sealed record ModelSource(string Name, FaultEffect Effect, FaultTarget Targets, FailureModel Model, TimeSpan From) : FaultSource(Name, Effect, Targets);

/// <summary>Outages that somebody recorded: when, how long, and which share of the targets each of them hit.</summary>
/// <param name="Name">What plans call it.</param>
/// <param name="Effect">What its faults do.</param>
/// <param name="Targets">Nodes that may fail (<see cref="TargetSpec"/>); which of them is drawn anew each time.</param>
/// <param name="Outages">The outages, in order.</param>
/// <param name="From">Instant that the record begins at.</param>
public sealed record ReplaySource(string Name, FaultEffect Effect, FaultTarget Targets, ValueList<RecordedOutage> Outages, TimeSpan From) : FaultSource(Name, Effect, Targets)
{
    /// <summary>Times as fast as it was recorded: gaps and durations are divided by it.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>File that it was read from, for people.</summary>
    public string File { get; init; } = "";
}

/// <summary>A named set of faults: a level of an experiment's factor <c>faults</c>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Sources">Where its faults come from.</param>
public sealed record FaultSet(string Name, IReadOnlyList<FaultSource> Sources)
{
    /// <summary>Nodes that are hit by nothing at any instant, at least: a number, or a share of the fleet rounded up.</summary>
    public IntOrPercent Survivors { get; init; } = new(1, IsPercent: false);

    /// <summary>Where it is stated; null when it was made by a program.</summary>
    public InputProblem? Place { get; init; }

    /// <summary>Instant at which all faults are over and none begins any more, so that the rest of the run shows whether the system converges; null without such a second act.</summary>
    public TimeSpan? HealAt { get; init; }
}
