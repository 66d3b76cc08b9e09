using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>Tells every decision of a run to a listener, in order, each as soon as it is complete; keeps none.</summary>
/// <remarks>A pod that is planned for together with others (a member of a group, a pending pod of a batch strategy) is one decision. Asking for reasons looks at every node for every
/// pod that gets none; all else costs no look at a node.</remarks>
/// <param name="scene">The run.</param>
/// <param name="listener">Told about each decision.</param>
/// <param name="withReasons">Whether <see cref="LoggedDecision.Reasons"/> are counted.</param>
public sealed class DecisionLogger(DecisionScene scene, Action<LoggedDecision> listener, bool withReasons = false) : IDecisionObserver
{
    private LoggedDecision _open;
    private bool _isOpen;
    private ClusterView? _view;
    private ShapeIndex _shape;

    /// <inheritdoc/>
    public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score)
    {
        Complete();
        Begin(in pod, view);
    }

    /// <inheritdoc/>
    public void OnTurnedAway(DecisionOutcome why, RefusalReason? refusal) => _open = _open with { Outcome = why, Refusal = refusal, Reasons = Reasons() };

    /// <inheritdoc/>
    public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
    {
        if (node.IsNode) _open = _open with { Node = scene.Fleet.Nodes[node.Value].Name, Devices = devices };
    }

    /// <inheritdoc/>
    public void OnPreempted(PodIndex pod, IReadOnlyList<PreemptionCandidate> candidates, Preemption? answer) => _open = _open with
    {
        Preemption = answer switch
        {
            null => "no candidate",
            { IsUnderWay: true } => "under way",
            _ => $"{scene.Fleet.Nodes[answer.Node.Value].Name}: {string.Join(", ", answer.Victims.Select(victim => scene.PathOf(victim) ?? ""))}",
        },
    };

    /// <inheritdoc/>
    public void OnPlanned(in PodRequest pod, int uid, NodeIndex node, DeviceSet devices)
    {
        Complete();
        Begin(in pod, view: null);
        if (node.IsNode) OnDecided(uid, node, devices);
        else _open = _open with { Outcome = DecisionOutcome.NotPlanned };
    }

    /// <summary>The run is over: the last decision is complete.</summary>
    public void Complete()
    {
        if (_isOpen) listener(_open);
        _isOpen = false;
    }

    private void Begin(in PodRequest pod, ClusterView? view)
    {
        _open = new LoggedDecision(scene.Now(), scene.PathOf(pod.Pod) ?? "", pod.Attempt + 1, DecisionOutcome.Placed);
        _isOpen = true;
        (_view, _shape) = (view, pod.Shape.Index);
    }

    private string Reasons()
    {
        if (!withReasons || _view is not { } view) return "";
        var counts = new SortedDictionary<InfeasibleReason, int>();
        for (int n = 0; n < view.Count; n++)
        {
            foreach (Infeasibility reason in Predicates.Check(view, in view[_shape], new NodeIndex(n))) counts[reason.Reason] = counts.GetValueOrDefault(reason.Reason) + 1;
        }

        return string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"));
    }
}
