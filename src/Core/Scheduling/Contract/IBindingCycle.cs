using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>What a strategy says at a phase between decision and binding.</summary>
public enum PhaseVerdict : byte
{
    /// <summary>It goes on.</summary>
    Go,

    /// <summary>The pod waits with what it was assumed to take (Permit alone).</summary>
    Wait,

    /// <summary>The pod does not go there; it is tried again.</summary>
    Reject,
}

/// <summary>An answer at a phase between decision and binding.</summary>
/// <param name="Verdict">What is to happen.</param>
/// <param name="Timeout">For <see cref="PhaseVerdict.Wait"/>: how long it waits at most; then it is rejected.</param>
public readonly record struct PhaseAnswer(PhaseVerdict Verdict, TimeSpan Timeout = default)
{
    /// <summary>It goes on.</summary>
    public static PhaseAnswer Go => default;

    /// <summary>The pod does not go there.</summary>
    public static PhaseAnswer Reject => new(PhaseVerdict.Reject);

    /// <summary>The pod waits, at most so long.</summary>
    public static PhaseAnswer Wait(TimeSpan timeout) => new(PhaseVerdict.Wait, timeout);
}

/// <summary>What a strategy says about a pod that fits nowhere.</summary>
/// <param name="Nominated">The node that the pod is nominated to; <see cref="NodeIndex.None"/> for none.</param>
/// <param name="Ends">Whether nothing else is tried, preemption among it.</param>
public readonly record struct PostFilterAnswer(NodeIndex Nominated, bool Ends);

/// <summary>The extension points of the scheduling framework between a decision and its binding, and the one after a decision without a node (<c>pkg/scheduler/schedule_one.go</c>).
/// A strategy that implements it takes part in them.</summary>
/// <remarks>
/// Reserve and Permit come in the event of the decision, the pod being assumed on its node. A pod that is to wait keeps its place until the strategy allows or rejects it
/// (<see cref="IWaitingPods"/>) or its time is up. PreBind, Bind and PostBind come when the binding is written, the run's latency later. Whoever is rejected on the way is taken
/// back: Unreserve, the node is free again, the pod waits to be tried again. An exception counts as a rejection and as a fault of the strategy.
/// </remarks>
public interface IBindingCycle
{
    /// <summary>Whether the pod passes these points at all; false costs nothing.</summary>
    bool TakesPart(in PodRequest pod);

    /// <summary>The pod is assumed on the node: the strategy notes what it holds for it.</summary>
    PhaseAnswer Reserve(in PodRequest pod, NodeIndex node);

    /// <summary>What <see cref="Reserve"/> noted is void, also when it rejected or failed.</summary>
    void Unreserve(in PodRequest pod, NodeIndex node);

    /// <summary>May it be bound, must it wait, or must it look for another node?</summary>
    PhaseAnswer Permit(in PodRequest pod, NodeIndex node);

    /// <summary>The binding is about to be written.</summary>
    PhaseAnswer PreBind(in PodRequest pod, NodeIndex node);

    /// <summary>The binding itself: a rejection means that it failed. The core writes it; nobody else can.</summary>
    PhaseAnswer Bind(in PodRequest pod, NodeIndex node);

    /// <summary>The binding was written.</summary>
    void PostBind(in PodRequest pod, NodeIndex node);

    /// <summary>The pod fits nowhere (PostFilter).</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="beforePreemption">Whether it is asked before preemption is tried, or after that found nothing.</param>
    PostFilterAnswer PostFilter(in PodRequest pod, bool beforePreemption);
}

/// <summary>The pods that wait at Permit, for a strategy to allow or reject (<c>framework.Handle</c>). What it says takes effect when the decision that is under way is done.</summary>
public interface IWaitingPods
{
    /// <summary>Number of them.</summary>
    int Count { get; }

    /// <summary>They, by slot.</summary>
    void List(List<PodIndex> into);

    /// <summary>The pod waits until then at most, from now on.</summary>
    void Until(PodIndex pod, TimeSpan instant);

    /// <summary>The pod is bound. Nothing happens for a pod that does not wait, or about which something was said.</summary>
    void Allow(PodIndex pod);

    /// <summary>The pod is taken back. Nothing happens for a pod that does not wait, or about which something was said.</summary>
    void Reject(PodIndex pod);

    /// <summary>A pod that lies in the queue, in back-off or without hope, is tried next in its turn (<c>PodsToActivate</c>). Nothing happens for any other.</summary>
    void Activate(PodIndex pod);
}
