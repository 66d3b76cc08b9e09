namespace SchedBench.Core.Scheduling;

/// <summary>How long the scheduler takes for decisions, as a model: it is busy for as long, and bindings come after it. Nothing by default: decisions take no virtual time.</summary>
/// <remarks>kube-scheduler decides on one pod after the other and looks at its nodes with several workers (<c>parallelism</c>, <c>pkg/scheduler/framework/parallelize</c>): a decision takes
/// <c>PerDecision + PerNode · nodes looked at ÷ workers</c>.</remarks>
public sealed record DecisionCost
{
    /// <summary>Time of a decision, whatever it looks at.</summary>
    public TimeSpan PerDecision { get; init; }

    /// <summary>Time of one worker for a node.</summary>
    public TimeSpan PerNode { get; init; }

    /// <summary>Whether decisions take time at all.</summary>
    public bool IsNothing => PerDecision == TimeSpan.Zero && PerNode == TimeSpan.Zero;

    /// <summary>Time of a decision that looked at so many nodes with so many workers.</summary>
    public TimeSpan Of(int nodes, int workers) => PerDecision + TimeSpan.FromTicks(PerNode.Ticks * nodes / Math.Max(1, workers));
}
