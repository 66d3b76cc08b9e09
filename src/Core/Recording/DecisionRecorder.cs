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
}

/// <summary>Records the why of every decision on one pod: a score or all reasons for each node, what the strategy says of it, and the choice.</summary>
/// <remarks>Members of a group are decided on together by trial placements; they have no decision of their own to record.</remarks>
public sealed class DecisionRecorder : IDecisionObserver
{
    private const int MostDecisions = 1000;
    private readonly FleetLayout _fleet;
    private readonly IExplainingStrategy? _strategy;
    private readonly Func<TimeSpan> _now;
    private readonly Func<PodIndex, bool> _isPod;
    private readonly List<RecordedDecision> _decisions = [];
    private bool _recording;

    /// <summary>Records decisions on the pod of this name in the replay of a trace.</summary>
    public DecisionRecorder(ClusterRun run, string pod)
        : this(run.Fleet, run.Strategy, () => run.Loop.Now, slot => run.Arrivals.Workload.Pods.Span[run.Store[slot].Source].Name == pod)
    {
    }

    /// <summary>Records decisions on pods of this name in a run of Kubernetes objects; the first that is recorded is the pod.</summary>
    public DecisionRecorder(OrchestratedRun run, string pod)
        : this(run.Fleet, run.Strategy, () => run.Loop.Now, slot => run.PodAt(slot)?.Name == pod)
    {
    }

    private DecisionRecorder(FleetLayout fleet, SchedulingStrategy strategy, Func<TimeSpan> now, Func<PodIndex, bool> isPod) =>
        (_fleet, _strategy, _now, _isPod) = (fleet, strategy as IExplainingStrategy, now, isPod);

    /// <summary>The decisions, in order; at most 1,000.</summary>
    public IReadOnlyList<RecordedDecision> Decisions => _decisions;

    /// <inheritdoc/>
    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        _recording = _decisions.Count < MostDecisions && _isPod(pod.Pod);
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
    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        if (!_recording || !node.IsNode) return;
        _decisions[^1] = _decisions[^1] with { Chosen = _fleet.Nodes[node.Value].Name, Devices = devices };
    }
}
