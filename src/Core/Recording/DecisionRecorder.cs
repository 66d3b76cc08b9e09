using SchedBench.Core.Cluster;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>What a decision saw of one node.</summary>
/// <param name="Node">Node name.</param>
/// <param name="Score">Score, where the strategy has one and the pod fits.</param>
/// <param name="Reasons">Why the pod does not fit; empty when it does.</param>
public sealed record NodeVerdict(string Node, long? Score, IReadOnlyList<Infeasibility> Reasons);

/// <summary>The room that a decision saw on one node.</summary>
/// <param name="Node">Node name.</param>
/// <param name="IsPresent">Whether the node exists at that time.</param>
/// <param name="FreeCpuMilli">CPU milli not requested by anybody.</param>
/// <param name="FreeMemoryBytes">Memory bytes not requested by anybody.</param>
/// <param name="FreePods">Pods it would still accept.</param>
/// <param name="DeviceFreeMilli">[device] free milli, 0 to 1000; empty without GPUs.</param>
public sealed record NodeRoom(string Node, bool IsPresent, long FreeCpuMilli, long FreeMemoryBytes, int FreePods, IReadOnlyList<int> DeviceFreeMilli);

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

    /// <summary>Whether the pod was planned for together with others: what was seen is the view before the plan, with none of the others in it.</summary>
    public bool IsPlanned { get; init; }

    /// <summary>Room on the nodes that were asked for, where the run has them.</summary>
    public IReadOnlyList<NodeRoom> Rooms { get; init; } = [];

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

/// <summary>Records the why of every decision on one pod, or of one decision of a run: a score or all reasons for each node, what the strategy says of it, and the choice.</summary>
/// <remarks>Members of a group are decided on together by trial placements: such a decision is recorded by its number alone, with the view before the first of them and without scores.</remarks>
public sealed class DecisionRecorder : IDecisionObserver
{
    private const int MostDecisions = 1000;
    private readonly DecisionScene _scene;
    private readonly string? _pod;
    private readonly long _wanted;
    private readonly IReadOnlyList<string> _rooms = [];
    private readonly Action? _recorded;
    private readonly List<RecordedDecision> _decisions = [];
    private long _seen;
    private bool _recording;
    private bool _awaitsPlan;

    /// <summary>Records decisions on the pod of this name in the replay of a trace.</summary>
    public DecisionRecorder(ClusterRun run, string pod)
        : this(DecisionScene.Of(run), pod)
    {
    }

    /// <summary>Records decisions on pods of this name in a run of Kubernetes objects; the first that is recorded is the pod.</summary>
    public DecisionRecorder(OrchestratedRun run, string pod)
        : this(DecisionScene.Of(run), pod)
    {
    }

    /// <summary>Records one decision of a run by its number.</summary>
    /// <param name="scene">The run.</param>
    /// <param name="decision">Number of the decision, from 0, as <see cref="DecisionLogger"/> tells them.</param>
    /// <param name="rooms">Names of nodes whose room is recorded with it.</param>
    /// <param name="recorded">Called when another decision begins after it; may end the run by an exception.</param>
    public DecisionRecorder(DecisionScene scene, long decision, IReadOnlyList<string> rooms, Action recorded)
    {
        _scene = scene;
        _wanted = decision;
        _rooms = rooms;
        _recorded = recorded;
    }

    private DecisionRecorder(DecisionScene scene, string pod) => (_scene, _pod) = (scene, pod);

    /// <summary>The decisions, in order; at most 1,000.</summary>
    public IReadOnlyList<RecordedDecision> Decisions => _decisions;

    /// <inheritdoc/>
    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        _recording = Wants(pod.Pod);
        if (_recording) Record(in pod, uid, view, score, (_scene.Strategy as IExplainingStrategy)?.Explain(in pod));
    }

    /// <inheritdoc/>
    public void OnPlanning(in PodRequest pod, int uid, ClusterView view)
    {
        _recording = false;
        if (_pod is not null || !Wants(pod.Pod)) return;
        _awaitsPlan = true;
        Record(in pod, uid, view, score: null, explanation: null);
        _decisions[^1] = _decisions[^1] with { IsPlanned = true };
    }

    /// <inheritdoc/>
    public void OnPlanned(in PodRequest pod, int uid, NodeIndex node, DeviceSet devices)
    {
        if (!_awaitsPlan || _decisions[^1].Uid != uid) return;
        _awaitsPlan = false;
        Choose(node, devices);
    }

    /// <inheritdoc/>
    public void OnPreempted(PodIndex pod, IReadOnlyList<PreemptionCandidate> candidates, Preemption? answer)
    {
        if (!_recording) return;
        string chosen = answer is { IsUnderWay: false } ? NameOf(answer.Node) : "";
        PreemptionCandidate? best = chosen.Length == 0 ? null : candidates.First(candidate => candidate.Node == answer!.Node);
        IEnumerable<PreemptionRule> against = candidates.Where(other => best is not null && other != best).Select(other => PreemptionCandidate.Compare(best!, other).Rule);
        _decisions[^1] = _decisions[^1] with
        {
            Preemption = new RecordedPreemption(
                [.. candidates.Select(Recorded)], chosen, answer is { IsUnderWay: true }, candidates.Count > 1 && best is not null ? against.Max() : null),
        };

        RecordedCandidate Recorded(PreemptionCandidate candidate) => new(
            NameOf(candidate.Node), [.. candidate.Victims.Select(victim => _scene.NameOf(victim.Pod) ?? "")], candidate.BudgetViolations, candidate.HighestPriority, candidate.Victims.Sum(victim => (long)victim.Priority));
    }

    /// <inheritdoc/>
    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        if (_recording) Choose(node, devices);
    }

    private bool Wants(PodIndex pod)
    {
        if (_pod is not null) return _decisions.Count < MostDecisions && _scene.NameOf(pod) == _pod;
        if (_decisions.Count > 0 && !_awaitsPlan) _recorded!();
        return _seen++ == _wanted;
    }

    private void Record(in PodRequest pod, int uid, ClusterView view, Func<int, long?>? score, DecisionExplanation? explanation)
    {
        var nodes = new NodeVerdict[view.Count];
        for (int n = 0; n < nodes.Length; n++)
        {
            IReadOnlyList<Infeasibility> reasons = Predicates.Check(view, in pod.Shape, new NodeIndex(n));
            nodes[n] = new NodeVerdict(NameOf(new NodeIndex(n)), reasons.Count == 0 ? score?.Invoke(n) : null, reasons);
        }

        _decisions.Add(new RecordedDecision(_scene.Now(), uid, pod.Attempt, nodes, "", DeviceSet.Empty) { Explanation = explanation, Rooms = Rooms(view) });
    }

    private List<NodeRoom> Rooms(ClusterView view)
    {
        var rooms = new List<NodeRoom>();
        for (int n = 0; n < view.Count && _rooms.Count > 0; n++)
        {
            if (!_rooms.Contains(NameOf(new NodeIndex(n)))) continue;
            NodeState node = view[new NodeIndex(n)];
            rooms.Add(new NodeRoom(NameOf(node.Index), node.IsPresent, node.FreeCpuMilli, node.FreeMemoryBytes, node.FreePods, [.. node.DeviceFreeMilli]));
        }

        return rooms;
    }

    private void Choose(NodeIndex node, DeviceSet devices)
    {
        if (node.IsNode) _decisions[^1] = _decisions[^1] with { Chosen = NameOf(node), Devices = devices };
    }

    private string NameOf(NodeIndex node) => _scene.Fleet.Nodes[node.Value].Name;
}
