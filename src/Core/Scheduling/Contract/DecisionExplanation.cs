using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>A strategy that can tell of a decision what spoke for and against every node.</summary>
public interface IExplainingStrategy
{
    /// <summary>What is true of a pod now, before it is decided on. Nothing that the strategy knows or remembers changes by it.</summary>
    DecisionExplanation? Explain(in PodRequest pod);
}

/// <summary>What one part of a strategy gives a node.</summary>
/// <param name="Part">Name of the part (kube-scheduler: plugin).</param>
/// <param name="Raw">Its own score.</param>
/// <param name="Score">The score on the common scale.</param>
/// <param name="Weight">What the score is multiplied with.</param>
public sealed record PartScore(string Part, long Raw, long Score, int Weight);

/// <summary>What a strategy says of one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Rejection">Which part keeps the pod off, with code and reasons in the strategy's words; empty when the pod may go there.</param>
/// <param name="IsScored">Whether the node was among those that were scored.</param>
/// <param name="Scores">The scores, in the strategy's order.</param>
/// <param name="Total">Weighted sum.</param>
public sealed record NodeExplanation(NodeIndex Node, string Rejection, bool IsScored, IReadOnlyList<PartScore> Scores, long Total);

/// <summary>What spoke for and against every node in a decision. Immutable.</summary>
/// <param name="Summary">The decision in a line, in the strategy's words.</param>
/// <param name="Skipped">Parts that had nothing to do with the pod.</param>
/// <param name="Nodes">Every node that exists, in the run's order.</param>
public sealed record DecisionExplanation(string Summary, IReadOnlyList<string> Skipped, IReadOnlyList<NodeExplanation> Nodes);
