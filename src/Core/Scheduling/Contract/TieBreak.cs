namespace SchedBench.Core.Scheduling;

/// <summary>Who wins among nodes of equal score. Part of a strategy's identity: with integer scores it decides results (papers: FGD23).</summary>
public enum TieBreak
{
    /// <summary>The first of them in the run's node order. The default.</summary>
    FirstInOrder,

    /// <summary>The first of them by name, in ordinal order.</summary>
    LowestName,

    /// <summary>One of them, each equally likely, drawn by pod and attempt (kube-scheduler's rule).</summary>
    Uniform,
}
