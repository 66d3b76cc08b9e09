using SchedBench.Core.Cluster;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>What a decision saw of one node.</summary>
/// <param name="Node">Node name.</param>
/// <param name="Score">Score, where the strategy has one and the pod fits.</param>
/// <param name="Reasons">Why the pod does not fit; empty when it does.</param>
public sealed record NodeVerdict(string Node, long? Score, IReadOnlyList<Infeasibility> Reasons);

/// <summary>One recorded decision.</summary>
/// <param name="At">Instant.</param>
/// <param name="Uid">Ordinal of the pod in the run.</param>
/// <param name="Attempt">Failed attempts before this one.</param>
/// <param name="Nodes">Every node, in the run's order.</param>
/// <param name="Chosen">Chosen node, or empty.</param>
/// <param name="Devices">Devices taken there.</param>
public sealed record RecordedDecision(TimeSpan At, int Uid, int Attempt, IReadOnlyList<NodeVerdict> Nodes, string Chosen, DeviceSet Devices)
{
    /// <summary>What the strategy says itself; null for strategies that explain nothing (<see cref="IExplainingStrategy"/>).</summary>
    public DecisionExplanation? Explanation { get; init; }

    /// <summary>Preemption that was tried after it; null when none was.</summary>
    public RecordedPreemption? Preemption { get; init; }
}

/// <summary>Preemption as it was tried for a pod that fits nowhere.</summary>
/// <param name="Nodes">Nodes that could be cleared, in the order in which they were found.</param>
/// <param name="Chosen">The node that is cleared, or empty.</param>
/// <param name="IsUnderWay">Whether the pod waits for victims of an earlier try instead.</param>
/// <param name="DecidedBy">The rule that told the chosen node from the best of the others; null when there was no other.</param>
public sealed record RecordedPreemption(IReadOnlyList<RecordedCandidate> Nodes, string Chosen, bool IsUnderWay, PreemptionRule? DecidedBy);

/// <summary>A node that could be cleared.</summary>
/// <param name="Node">Name.</param>
/// <param name="Victims">Names of those who would leave, most important first.</param>
/// <param name="BudgetViolations">Victims whose budget does not allow it.</param>
/// <param name="HighestPriority">Highest priority among the victims.</param>
/// <param name="PrioritySum">Sum of their priorities.</param>
public sealed record RecordedCandidate(string Node, IReadOnlyList<string> Victims, int BudgetViolations, int HighestPriority, long PrioritySum);

/// <summary>Records the why of every decision on one pod: a score or all reasons for each node, what the strategy says of it, and the choice.</summary>
/// <remarks>Members of a group are decided on together by trial placements; they have no decision of their own to record.</remarks>
public sealed class DecisionRecorder : IDecisionObserver
{
    private const int MostDecisions = 1000;
    private readonly FleetLayout _fleet;
    private readonly IExplainingStrategy? _strategy;
    private readonly Func<TimeSpan> _now;
    private readonly Func<PodIndex, string?> _nameOf;
    private readonly string _pod;
    private readonly List<RecordedDecision> _decisions = [];
    private bool _recording;

    /// <summary>Records decisions on the pod of this name in the replay of a trace.</summary>
    public DecisionRecorder(ClusterRun run, string pod)
        : this(run.Fleet, run.Strategy, () => run.Loop.Now, slot => run.Arrivals.Workload.Pods.Span[run.Store[slot].Source].Name, pod)
    {
    }

    /// <summary>Records decisions on pods of this name in a run of Kubernetes objects; the first that is recorded is the pod.</summary>
    public DecisionRecorder(OrchestratedRun run, string pod)
        : this(run.Fleet, run.Strategy, () => run.Loop.Now, slot => run.PodAt(slot)?.Name, pod)
    {
    }

    private DecisionRecorder(FleetLayout fleet, SchedulingStrategy strategy, Func<TimeSpan> now, Func<PodIndex, string?> nameOf, string pod) =>
        (_fleet, _strategy, _now, _nameOf, _pod) = (fleet, strategy as IExplainingStrategy, now, nameOf, pod);

    /// <summary>The decisions, in order; at most 1,000.</summary>
    public IReadOnlyList<RecordedDecision> Decisions => _decisions;

    /// <inheritdoc/>
    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        _recording = _decisions.Count < MostDecisions && _nameOf(pod.Pod) == _pod;
        if (!_recording) return;
        var nodes = new NodeVerdict[view.Count];
        for (int n = 0; n < nodes.Length; n++)
        {
            IReadOnlyList<Infeasibility> reasons = Predicates.Check(view, in pod.Shape, new NodeIndex(n));
            nodes[n] = new NodeVerdict(_fleet.Nodes[n].Name, reasons.Count == 0 ? score(n) : null, reasons);
        }

        _decisions.Add(new RecordedDecision(_now(), uid, pod.Attempt, nodes, "", DeviceSet.Empty) { Explanation = _strategy?.Explain(in pod) });
    }

    /// <inheritdoc/>
    public void OnPreempted(PodIndex pod, IReadOnlyList<PreemptionCandidate> candidates, Preemption? answer)
    {
        if (!_recording) return;
        string chosen = answer is { IsUnderWay: false } ? _fleet.Nodes[answer.Node.Value].Name : "";
        PreemptionCandidate? best = chosen.Length == 0 ? null : candidates.First(candidate => candidate.Node == answer!.Node);
        IEnumerable<PreemptionRule> against = candidates.Where(other => best is not null && other != best).Select(other => PreemptionCandidate.Compare(best!, other).Rule);
        _decisions[^1] = _decisions[^1] with
        {
            Preemption = new RecordedPreemption(
                [.. candidates.Select(Recorded)], chosen, answer is { IsUnderWay: true }, candidates.Count > 1 && best is not null ? against.Max() : null),
        };

        RecordedCandidate Recorded(PreemptionCandidate candidate) => new(
            _fleet.Nodes[candidate.Node.Value].Name, [.. candidate.Victims.Select(victim => _nameOf(victim.Pod) ?? "")], candidate.BudgetViolations, candidate.HighestPriority, candidate.Victims.Sum(victim => (long)victim.Priority));
    }

    /// <inheritdoc/>
    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        if (!_recording || !node.IsNode) return;
        _decisions[^1] = _decisions[^1] with { Chosen = _fleet.Nodes[node.Value].Name, Devices = devices };
    }
}
