using System.Runtime.ExceptionServices;
using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// Preemption as kube-scheduler's DefaultPreemption decides it (v1.34, <c>pkg/scheduler/framework/plugins/defaultpreemption</c> and <c>framework/preemption</c>): on each node all pods
/// of lower priority are taken away on trial, and then as many as possible given back, those whose budget would be overspent first; the node that hurts least is taken.
/// </summary>
/// <remarks>All nodes are tried, unless the strategy says how many are enough (<see cref="IPreemptionAdvice"/>: kube-scheduler tries a tenth of them, at least 100, from a random one on);
/// where it may take any of several equal nodes, the first that was tried is taken. Costs a trial of each node that could fit the pod when empty. The view is the same, bit for bit,
/// afterwards.</remarks>
public sealed class DefaultPreemptor(IPlacedPods placed, IDisruptionBudgets? budgets = null) : IPreemptor
{
    private readonly List<PreemptionCandidate> _candidates = [];
    private readonly List<int> _nodes = [];
    private readonly List<PlacedPod> _pods = [];
    private readonly List<PlacedPod> _potential = [];
    private readonly List<PlacedPod> _violating = [];
    private readonly List<PlacedPod> _others = [];
    private readonly List<PlacedPod> _victims = [];
    private readonly HashSet<int> _leaving = [];
    private bool _wasKeptOff;
    private ExceptionDispatchInfo? _error;

    /// <inheritdoc/>
    public IReadOnlyList<PreemptionCandidate> Candidates => _candidates;

    /// <inheritdoc/>
    public Preemption? Preempt(in PreemptionRequest request)
    {
        _candidates.Clear();
        if (IsUnderWay(in request)) return Preemption.UnderWay;
        if (placed.LowestPriority >= request.Priority) return null;
        Find(in request);
        PodRequest pod = request.Pod;
        if (_candidates.Count > 0 && request.Advice is { } advice)
        {
            advice.Narrow(in pod, _candidates);
            foreach (PreemptionCandidate candidate in _candidates) Check(in request, candidate);
        }

        PreemptionCandidate? best = null;
        foreach (PreemptionCandidate candidate in _candidates)
        {
            if (best is null || PreemptionCandidate.Compare(candidate, best).Order < 0) best = candidate;
        }

        return best is null ? null : new Preemption(best.Node, [.. best.Victims.Select(victim => victim.Pod)], best.BudgetViolations) { IsAdvised = best.IsAdvised };
    }

    /// <summary>Tries nodes until there are enough candidates, one of which hurts no budget (<c>DryRunPreemption</c>). Those that hurt none come first.</summary>
    private void Find(in PreemptionRequest request)
    {
        PodRequest pod = request.Pod;
        (int offset, int enough) = (0, int.MaxValue);
        if (request.Advice is { } advice)
        {
            _nodes.Clear();
            for (int n = 0; n < request.View.Count; n++)
            {
                if (request.View.State.FitsWhenEmpty(in pod.Shape, n)) _nodes.Add(n);
            }

            if (_nodes.Count == 0) return;
            (offset, enough) = advice.Search(in pod, _nodes.Count);
        }

        int count = request.Advice is null ? request.View.Count : _nodes.Count;
        int sparing = 0;
        for (int i = 0; i < count; i++)
        {
            int place = (offset + i) % count;
            PreemptionCandidate? found = TryNode(in request, request.Advice is null ? place : _nodes[place]);
            _error?.Throw();
            if (found is not { } candidate) continue;
            if (candidate.BudgetViolations == 0) _candidates.Insert(sparing++, candidate);
            else _candidates.Add(candidate);
            if (sparing > 0 && _candidates.Count >= enough) break;
        }
    }

    /// <inheritdoc/>
    public void Evict(PodIndex victim, PodIndex preemptor) => placed.Evict(victim, preemptor);

    /// <summary>What preemption on one node would come to, or null when it does not help.</summary>
    internal PreemptionCandidate? TryNode(in PreemptionRequest request, int node)
    {
        ClusterState view = request.View.State;
        PodRequest pod = request.Pod;
        ref readonly PodShape shape = ref pod.Shape;
        if (!view.FitsWhenEmpty(in shape, node)) return null;
        _pods.Clear();
        _potential.Clear();
        placed.List(new NodeIndex(node), _pods);
        foreach (PlacedPod other in _pods)
        {
            if (other.Priority < request.Priority) _potential.Add(other);
        }

        if (_potential.Count == 0) return null;
        _leaving.Clear();
        _wasKeptOff = false;
        _error = null;
        foreach (PlacedPod other in _potential) Take(view, in other, node);
        _victims.Clear();
        int violations = 0;
        bool fits = Fits(in request, node);
        if (fits)
        {
            _potential.Sort(ByImportance);
            SplitByBudgets();
            foreach (PlacedPod other in _violating) violations += Reprieve(in request, in other, node) ? 0 : 1;
            foreach (PlacedPod other in _others) Reprieve(in request, in other, node);
            _victims.Sort(ByImportance);
            foreach (PlacedPod other in _victims) Give(view, in other, node);
        }
        else
        {
            foreach (PlacedPod other in _potential) Give(view, in other, node);
        }

        return fits && _victims.Count > 0 ? new PreemptionCandidate(new NodeIndex(node), [.. _victims], violations) { Potential = request.Advice is null ? [] : [.. _potential], IsAdvised = _wasKeptOff } : null;
    }

    /// <summary>Whether the pod fits on the node as it is on trial. What a rule of the strategy's own throws is kept until the view is as it was.</summary>
    private bool Fits(in PreemptionRequest request, int node)
    {
        PodRequest pod = request.Pod;
        if (!request.Nominations.FitsBeside(in pod.Shape, pod.Pod.Value, request.Priority, node)) return false;
        if (request.Advice is not { } advice) return true;
        try
        {
            bool isKeptOff = advice.KeepsOff(in pod, new NodeIndex(node));
            _wasKeptOff |= isKeptOff;
            return !isKeptOff;
        }
        catch (Exception error)
        {
            _error ??= ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    /// <summary>Victims that somebody outside chose have to be enough.</summary>
    private void Check(in PreemptionRequest request, PreemptionCandidate candidate)
    {
        if (!candidate.IsAdvised) return;
        int node = candidate.Node.Value;
        ClusterState view = request.View.State;
        _leaving.Clear();
        _error = null;
        foreach (PlacedPod victim in candidate.Victims) Take(view, in victim, node);
        bool fits = Fits(in request, node);
        foreach (PlacedPod victim in candidate.Victims) Give(view, in victim, node);
        _error?.Throw();
        if (!fits) throw new StrategyFaultException($"the {candidate.Victims.Count} victims chosen on node {request.View.Fleet.Nodes[node].Name} do not make room for the pod");
    }

    /// <summary>Gives a pod back when the preemptor still fits then; it becomes a victim otherwise.</summary>
    private bool Reprieve(in PreemptionRequest request, in PlacedPod other, int node)
    {
        ClusterState view = request.View.State;
        Give(view, in other, node);
        if (Fits(in request, node)) return true;
        Take(view, in other, node);
        _victims.Add(other);
        return false;
    }

    private void Take(ClusterState view, in PlacedPod pod, int node)
    {
        ref readonly PodShape shape = ref view.Shapes[pod.Shape];
        if (pod.IsTerminating && view.SetLeaving(in shape, node, leaving: false)) _leaving.Add(pod.Pod.Value);
        view.Remove(in shape, node, pod.Devices);
    }

    private void Give(ClusterState view, in PlacedPod pod, int node)
    {
        ref readonly PodShape shape = ref view.Shapes[pod.Shape];
        view.Add(in shape, node, pod.Devices);
        if (_leaving.Remove(pod.Pod.Value)) view.SetLeaving(in shape, node, leaving: true);
    }

    /// <summary>Pods whose budgets would be overspent, when all pods before them left too, and the others (<c>filterPodsWithPDBViolation</c>).</summary>
    private void SplitByBudgets()
    {
        _violating.Clear();
        _others.Clear();
        int count = budgets?.Count ?? 0;
        int[] allowed = count == 0 ? [] : new int[count];
        for (int i = 0; i < count; i++) allowed[i] = budgets!.Allowed(i);
        foreach (PlacedPod other in _potential)
        {
            bool violates = false;
            for (int i = 0; i < count; i++)
            {
                if (budgets!.Covers(i, other.Pod)) violates |= --allowed[i] < 0;
            }

            (violates ? _violating : _others).Add(other);
        }
    }

    /// <summary>Whether the pod waits for victims on the node it is nominated to (<c>PodEligibleToPreemptOthers</c>).</summary>
    private bool IsUnderWay(in PreemptionRequest request)
    {
        if (!request.Nominated.IsNode) return false;
        PodRequest pod = request.Pod;
        if (!request.View.State.FitsWhenEmpty(in pod.Shape, request.Nominated.Value)) return false;
        _pods.Clear();
        placed.List(request.Nominated, _pods);
        foreach (PlacedPod other in _pods)
        {
            if (other.IsTerminating && other.Priority < request.Priority) return true;
        }

        return false;
    }

    /// <summary>Higher priority first, then earlier start (<c>MoreImportantPod</c>), then the order of the pods.</summary>
    private static int ByImportance(PlacedPod left, PlacedPod right)
    {
        if (left.Priority != right.Priority) return right.Priority.CompareTo(left.Priority);
        return left.StartedAt != right.StartedAt ? left.StartedAt.CompareTo(right.StartedAt) : left.Pod.Value.CompareTo(right.Pod.Value);
    }
}
