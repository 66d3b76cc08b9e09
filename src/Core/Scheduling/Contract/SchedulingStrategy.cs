using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Scheduling;

/// <summary>Names a strategy: the name experiments use, and one line that says what it prefers.</summary>
/// <param name="name">Lower case with dashes, unique.</param>
/// <param name="summary">One line.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StrategyAttribute(string name, string summary) : Attribute
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>What it prefers, in a line.</summary>
    public string Summary { get; } = summary;

    /// <summary>Tie-break of experiments that state none.</summary>
    public TieBreak TieBreak { get; init; }
}

/// <summary>Why a pod left its node.</summary>
public enum PodRemovalReason
{
    /// <summary>It completed.</summary>
    Succeeded,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>The node's agent refused it.</summary>
    Rejected,

    /// <summary>A trial placement was taken back: the group it belongs to did not fit.</summary>
    RolledBack,

    /// <summary>It was deleted: by its controller, a user, an eviction.</summary>
    Deleted,
}

/// <summary>Who sees to it that the members of a group go together.</summary>
public enum GroupHandling
{
    /// <summary>The core: it places a group all at once or not at all, with the nodes that the strategy chooses.</summary>
    ByCore,

    /// <summary>The strategy, which lets members wait for one another (<see cref="IBindingCycle"/>): the core decides on each alone, and judges that enough are bound together.</summary>
    ByStrategy,

    /// <summary>Nobody: members are pods like others.</summary>
    None,
}

/// <summary>What a strategy gets before the run: the fleet, the view, its draws, the tie-break, and the workload's mix when it asks for it.</summary>
public sealed class StrategyContext
{
    internal StrategyContext(ClusterView view, ulong seed, TieBreak tieBreak, WorkloadProfile? profile, Func<TimeSpan> now)
    {
        View = view;
        Seed = seed;
        TieBreak = tieBreak;
        Profile = profile;
        _now = now;
    }

    private readonly Func<TimeSpan> _now;

    /// <summary>The cluster, read-only; the same object during the whole run.</summary>
    public ClusterView View { get; }

    /// <summary>Seed of the run, for <see cref="Draws"/>.</summary>
    public ulong Seed { get; }

    /// <summary>Tie-break of this run.</summary>
    public TieBreak TieBreak { get; }

    /// <summary>The workload's mix; null unless the strategy declares <see cref="SchedulingStrategy.UsesWorkloadProfile"/>.</summary>
    public WorkloadProfile? Profile { get; }

    /// <summary>Images on nodes; null where nobody knows of images (traces): then no node has any.</summary>
    public INodeImages? Images { get; internal init; }

    /// <summary>Name of a pod; null where nobody knows names.</summary>
    public Func<PodIndex, string>? NameOf { get; internal init; }

    /// <summary>What services and owners select pods; null where there are none (traces).</summary>
    public IDefaultSelectors? Selectors { get; internal init; }

    /// <summary>Groups of pods; null where there are none.</summary>
    public IPodGroups? Groups { get; internal init; }

    /// <summary>Pods that wait at Permit; null before the first decision, and where nothing is decided.</summary>
    public IWaitingPods? Waiting => WaitingOf?.Invoke();

    internal Func<IWaitingPods>? WaitingOf { get; init; }

    /// <summary>The current instant.</summary>
    public TimeSpan Now => _now();

    /// <summary>The strategy's own random stream of that name.</summary>
    public Draw Draws(string name) => Draw.Stream(Seed, "strategy/" + name);
}

/// <summary>
/// The root of the strategy contract. A strategy proposes, the core disposes: every answer is checked before it binds.
/// Derive from <see cref="ScoringStrategy"/>, <see cref="ClusterStrategy"/> or <see cref="BatchStrategy"/>. One object serves one run, on one thread.
/// </summary>
public abstract class SchedulingStrategy
{
    /// <summary>Whether the strategy wants the workload's mix beforehand. In timed replays such a strategy is labelled clairvoyant.</summary>
    public virtual bool UsesWorkloadProfile => false;

    /// <summary>Whether pods that differ only in their app are different to this strategy.</summary>
    public virtual bool DistinguishesApps => false;

    /// <summary>Whether pods that differ only in what their containers state (images, requests left out) or in the scheduler they ask for are different to this strategy.</summary>
    public virtual bool DistinguishesContainers => false;

    /// <summary>Topology spread, without selectors, that pods without constraints of their own get when their services or their owner select them; empty for none. The constraints
    /// then belong to the pod: filters, scores and preemption look at them.</summary>
    /// <remarks>The selector is that of the instant at which the scheduler learns of the pod. Traces have neither services nor owners.</remarks>
    public virtual ValueList<TopologySpreadConstraint> DefaultSpread(PodSpec pod) => default;

    /// <summary>Rules of placement that the strategy does not hold a pod to; null, the default, for none. A function of the spec.</summary>
    public virtual RuleExemptions? ExemptionsOf(PodSpec pod) => null;

    /// <summary>Whether a pod that fits nowhere may push others out (Kubernetes: the profile has a PostFilter plugin).</summary>
    public virtual bool MayPreempt(PodSpec pod) => true;

    /// <summary>Nodes that the last decision looked at, where decisions take time (<see cref="DecisionCost"/>); below 0, the default, for all.</summary>
    public virtual int NodesLookedAt => -1;

    /// <summary>How many of them are looked at at a time.</summary>
    public virtual int Workers => 16;

    /// <summary>Whether a pod whose decision failed with an error is tried again when its back-off is over, without waiting for a change (kube-scheduler's error back-off).</summary>
    public virtual bool RetriesErrors => false;

    /// <summary>Who sees to it that members of a group go together.</summary>
    public virtual GroupHandling Groups => GroupHandling.ByCore;

    /// <summary>Timing of the scheduling queue, where the strategy's own configuration says something about it; what the run says otherwise.</summary>
    public virtual QueueOptions QueueOf(QueueOptions stated) => stated;

    /// <summary>Who is decided on next; null, the default, goes by priority, then by the time in the queue.</summary>
    public virtual IQueueOrder? QueueOrder => null;

    /// <summary>Whether the pod may be decided on at all now (Kubernetes: PreEnqueue). A pod that may not lies aside, no attempt of it counted, until a change of <see cref="HelpedBy"/>.</summary>
    public virtual bool MayEnter(in PodRequest pod) => true;

    /// <summary>Which changes may help a pod that the strategy just let wait, kept out or sent back. Pods that found no room wait for room, whatever this says.</summary>
    public virtual ClusterEvents HelpedBy(in PodRequest pod) => ClusterEvents.All;

    /// <summary>Whether the same question may get another answer later although no node changed (failure memory, ageing).
    /// Only then are unschedulable pods retried by the five-minute flush; otherwise the flush cannot change anything and is left out.</summary>
    public virtual bool DependsOnTime => false;

    /// <summary>Called once before the run.</summary>
    public virtual void Prepare(StrategyContext context)
    {
    }

    /// <summary>A pod was placed on a node (assumed in the scheduler's view).</summary>
    public virtual void OnPodPlaced(in PodRequest pod, NodeIndex node)
    {
    }

    /// <summary>A pod left a node, as far as the scheduler's view knows.</summary>
    public virtual void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
    {
    }

    /// <summary>Anything else about a node changed, such as a cordon.</summary>
    public virtual void OnNodeChanged(NodeIndex node)
    {
    }

    /// <summary>What the strategy held in memory is lost (a scheduler restart): start again from the view.</summary>
    public virtual void Rebuild(ClusterView view)
    {
    }
}

/// <summary>The pod in question.</summary>
public readonly ref struct PodRequest
{
    private readonly ref readonly PodShape _shape;

    internal PodRequest(in PodShape shape, PodIndex pod, ulong entity, int attempt, int priority = 0)
    {
        _shape = ref shape;
        Pod = pod;
        Entity = entity;
        Attempt = attempt;
        Priority = priority;
    }

    /// <summary>What it asks for; the spec in it is that of the first pod of the shape.</summary>
    public ref readonly PodShape Shape => ref _shape;

    /// <summary>Its slot: valid until the pod is gone.</summary>
    public PodIndex Pod { get; }

    /// <summary>Its stable identity for draws: the same under every strategy.</summary>
    public ulong Entity { get; }

    /// <summary>Scheduling attempts of this pod before this one.</summary>
    public int Attempt { get; }

    /// <summary>Its priority: pods of one shape may differ in it.</summary>
    public int Priority { get; }
}
