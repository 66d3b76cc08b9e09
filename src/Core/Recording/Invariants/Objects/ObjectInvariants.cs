namespace SchedBench.Core.Recording.Invariants;

/// <summary>Laws of the object store and of the controllers over it, with the numbers of <c>docs/invariants.md</c>.</summary>
public static class ObjectInvariants
{
    /// <summary>14.</summary>
    public static readonly Invariant Versions = new(14, "resource versions strictly grow over all writes, and a written object carries the version of its write");

    /// <summary>18.</summary>
    public static readonly Invariant Identity = new(18, "an identity is never used again, a deletion waits for finalizers and is never taken back");

    /// <summary>19.</summary>
    public static readonly Invariant Generation = new(19, "the generation grows by one exactly when the spec changes, and what was observed is never newer");

    /// <summary>20.</summary>
    public static readonly Invariant Quota = new(20, "what a quota counts equals a recount, and is within the limit whenever it grows");

    /// <summary>22.</summary>
    public static readonly Invariant Garbage = new(22, "at rest no object outlives its last owner");

    /// <summary>25.</summary>
    public static readonly Invariant StatefulIdentity = new(25, "at most one pod of an identity exists; an ordered set makes an ordinal only when all before it are ready");

    /// <summary>26.</summary>
    public static readonly Invariant OneDaemon = new(26, "a DaemonSet has at most one pod a node that is not on its way out, two during an update with surge");

    /// <summary>27.</summary>
    public static readonly Invariant JobCounts = new(27, "of a job completions, active pods and failures stay within their limits, and a completed index is never run again");

    /// <summary>28.</summary>
    public static readonly Invariant CronStarts = new(28, "a due time starts at most one job, and under Forbid no two jobs are active");

    /// <summary>29.</summary>
    public static readonly Invariant Autoscaling = new(29, "an autoscaler stays within its bounds and its rates and does not scale down inside the stabilisation window");

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<Invariant> All { get; } = [Versions, Identity, Generation, Quota, Garbage, StatefulIdentity, OneDaemon, JobCounts, CronStarts, Autoscaling];
}
