namespace SchedBench.Core.Recording.Invariants;

/// <summary>Laws of Docker Swarm's orchestrators, with the numbers of <c>docs/invariants.md</c>; <see cref="SwarmJudge"/> looks after them.</summary>
public static class SwarmInvariants
{
    /// <summary>51.</summary>
    public static readonly Invariant OneTaskASlot = new(51, "of a slot of Docker Swarm no two tasks run at once, but in start-first updates, after a node was down, and when the old one was waited for long enough");

    /// <summary>52.</summary>
    public static readonly Invariant UpdateBounds = new(52, "an update replaces no more running tasks at once than its parallelism, and under start-first stops none before the new one runs");

    /// <summary>53.</summary>
    public static readonly Invariant OneTaskANode = new(53, "a global service wants at most one task on a node, of each version under start-first, and none is made on a node that is down or drained");

    /// <summary>54.</summary>
    public static readonly Invariant History = new(54, "a slot keeps no more ended tasks than its history allows");

    /// <summary>55.</summary>
    public static readonly Invariant OnlyForwards = new(55, "what a task is and what is wanted of it never go back: one that ended never runs again, and nothing is placed on a node that is down, paused or drained");

    /// <summary>56.</summary>
    public static readonly Invariant WantedAtRest = new(56, "at rest as many tasks are wanted as the service says");

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<Invariant> All { get; } = [OneTaskASlot, UpdateBounds, OneTaskANode, History, OnlyForwards, WantedAtRest];
}
