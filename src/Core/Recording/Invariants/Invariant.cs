namespace SchedBench.Core.Recording.Invariants;

/// <summary>A law that holds in every run, whatever the strategy does. Numbers are those of <c>docs/invariants.md</c> and never change.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Text">What must hold, in a line.</param>
public sealed record Invariant(int Number, string Text)
{
    /// <summary>1.</summary>
    public static readonly Invariant NodeCapacity = new(1, "what a node's admitted pods request never exceeds what the node offers, and node truth is their sum");

    /// <summary>2.</summary>
    public static readonly Invariant Devices = new(2, "no GPU device is used above 1, whole-device pods are alone on theirs, the devices of a pod are distinct and exist");

    /// <summary>3.</summary>
    public static readonly Invariant PodLimit = new(3, "a node holds no more pods than its pod limit");

    /// <summary>4.</summary>
    public static readonly Invariant BindingRules = new(4, "a pod is bound to a node that exists, is known as schedulable and satisfies the pod's rules");

    /// <summary>5.</summary>
    public static readonly Invariant OneBinding = new(5, "a pod is bound at most once, its binding never changes and never reverts");

    /// <summary>6.</summary>
    public static readonly Invariant HostPorts = new(6, "no host port is taken twice on a node");

    /// <summary>7.</summary>
    public static readonly Invariant RefusalsLeaveNoTrace = new(7, "a decision that was refused or taken back leaves the scheduler's view as it was");

    /// <summary>8.</summary>
    public static readonly Invariant Gangs = new(8, "of a group at least its minimum of members is bound, or none");

    /// <summary>9.</summary>
    public static readonly Invariant Conservation = new(9, "every pod that arrived is in exactly one class, and the counters equal a recount");

    /// <summary>10.</summary>
    public static readonly Invariant Mirror = new(10, "the scheduler's view equals a rebuild from the store and the assumed pods");

    /// <summary>11.</summary>
    public static readonly Invariant NothingHeldByTheDead = new(11, "an ended pod is released as soon as the scheduler's watch has carried its end");

    /// <summary>12.</summary>
    public static readonly Invariant CountersGrow = new(12, "cumulative counters never fall");

    /// <summary>13.</summary>
    public static readonly Invariant ResourceTime = new(13, "resource-seconds by pod and by node have equal sums");

    /// <summary>24.</summary>
    public static readonly Invariant RolloutBounds = new(24, "a rollout asks for no more pods than wanted and surge, gives up no available pod that must stay, and no set has more pods than its size");

    /// <summary>32.</summary>
    public static readonly Invariant Budgets = new(32, "an eviction is admitted only where the arithmetic of its disruption budget allows it, and never twice on one allowance");

    /// <summary>33.</summary>
    public static readonly Invariant EvictionRate = new(33, "lost nodes of a zone get their NoExecute taint no faster than the zone's state allows");

    /// <summary>34.</summary>
    public static readonly Invariant DeletionCauses = new(34, "a pod is deleted for a taint, or ended for pressure, only where there is one, and the cause is recorded");

    /// <summary>35.</summary>
    public static readonly Invariant Preemption = new(35, "victims have a lower priority, the preemptor fits without them, and does not fit when one of them stays");

    /// <summary>39.</summary>
    public static readonly Invariant Routing = new(39, "no request is sent to a pod that was never ready, or after the last client has learned that it is no endpoint any more");

    /// <summary>40.</summary>
    public static readonly Invariant EndpointsFollow = new(40, "the endpoints of a service are its ready pods, at the latest after the propagation delay");

    /// <summary>41.</summary>
    public static readonly Invariant RequestBalance = new(41, "requests that were sent are answered, failed or in flight, and every failure is a fact");

    /// <summary>42.</summary>
    public static readonly Invariant TimeOrder = new(42, "time never goes back, equal instants run in the order in which they were scheduled, facts carry the instant they happen at");

    /// <summary>44.</summary>
    public static readonly Invariant SameArrivals = new(44, "arrivals are those of the plan: the same pods at the same instants under every strategy");

    /// <summary>50.</summary>
    public static readonly Invariant BoundedMemory = new(50, "slots are used again: the store is as large as the largest number of pods that lived at once");

    /// <summary>Laws about rollouts and disruption, by number; object judges look after them.</summary>
    public static IReadOnlyList<Invariant> OfRollouts { get; } = [RolloutBounds, Budgets];

    /// <summary>Laws about services and requests, by number; <see cref="TrafficJudge"/> looks after them.</summary>
    public static IReadOnlyList<Invariant> OfTraffic { get; } = [Routing, EndpointsFollow, RequestBalance];

    /// <summary>All that <see cref="InvariantObserver"/> judges, by number.</summary>
    public static IReadOnlyList<Invariant> All { get; } =
    [
        NodeCapacity, Devices, PodLimit, BindingRules, OneBinding, HostPorts, RefusalsLeaveNoTrace, Gangs, Conservation, Mirror, NothingHeldByTheDead, CountersGrow,
        ResourceTime, Preemption, TimeOrder, SameArrivals, BoundedMemory,
    ];
}
