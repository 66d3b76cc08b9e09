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
public sealed record RecordedDecision(TimeSpan At, int Uid, int Attempt, IReadOnlyList<NodeVerdict> Nodes, string Chosen, DeviceSet Devices);

/// <summary>Records the why of every decision on one pod of the workload: a score or all reasons for each node, and the choice.</summary>
/// <remarks>Members of a group are decided on together by trial placements; they have no decision of their own to record.</remarks>
public sealed class DecisionRecorder : IDecisionObserver
{
    private const int MostDecisions = 1000;
    private readonly ClusterRun _run;
    private readonly string _pod;
    private readonly List<RecordedDecision> _decisions = [];
    private bool _recording;

    /// <summary>Records decisions on the pod of this name.</summary>
    public DecisionRecorder(ClusterRun run, string pod)
    {
        _run = run;
        _pod = pod;
    }

    /// <summary>The decisions, in order; at most 1,000.</summary>
    public IReadOnlyList<RecordedDecision> Decisions => _decisions;

    /// <inheritdoc/>
    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        _recording = _decisions.Count < MostDecisions && _run.Arrivals.Workload.Pods.Span[_run.Store[pod.Pod].Source].Name == _pod;
        if (!_recording) return;
        var nodes = new NodeVerdict[view.Count];
        for (int n = 0; n < nodes.Length; n++)
        {
            IReadOnlyList<Infeasibility> reasons = Predicates.Check(view, in pod.Shape, new NodeIndex(n));
            nodes[n] = new NodeVerdict(_run.Fleet.Nodes[n].Name, reasons.Count == 0 ? score(n) : null, reasons);
        }

        _decisions.Add(new RecordedDecision(_run.Loop.Now, uid, pod.Attempt, nodes, "", DeviceSet.Empty));
    }

    /// <inheritdoc/>
    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        if (!_recording || !node.IsNode) return;
        _decisions[^1] = _decisions[^1] with { Chosen = _run.Fleet.Nodes[node.Value].Name, Devices = devices };
    }
}
