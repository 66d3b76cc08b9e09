using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// Preemption as kube-scheduler's DefaultPreemption decides it (v1.34, <c>pkg/scheduler/framework/plugins/defaultpreemption</c> and <c>framework/preemption</c>): on each node all pods
/// of lower priority are taken away on trial, and then as many as possible given back, those whose budget would be overspent first; the node that hurts least is taken.
/// </summary>
/// <remarks>All nodes are tried (kube-scheduler tries a tenth of them, at least 100, from a random one on); where it may take any of several equal nodes, the first in the run's order is
/// taken. Costs a trial of each node that could fit the pod when empty. The view is the same, bit for bit, afterwards.</remarks>
public sealed class DefaultPreemptor(IPlacedPods placed, IDisruptionBudgets? budgets = null) : IPreemptor
{
    private readonly List<PlacedPod> _pods = [];
    private readonly List<PlacedPod> _potential = [];
    private readonly List<PlacedPod> _violating = [];
    private readonly List<PlacedPod> _others = [];
    private readonly List<PlacedPod> _victims = [];
    private readonly HashSet<int> _leaving = [];

    /// <inheritdoc/>
    public Preemption? Preempt(in PreemptionRequest request)
    {
        if (IsUnderWay(in request)) return Preemption.UnderWay;
        if (placed.LowestPriority >= request.Priority) return null;
        Candidate? best = null;
        for (int n = 0; n < request.View.Count; n++)
        {
            if (TryNode(in request, n) is { } candidate && (best is null || candidate.IsBetterThan(best))) best = candidate;
        }

        return best?.Preemption;
    }

    /// <inheritdoc/>
    public void Evict(PodIndex victim, PodIndex preemptor) => placed.Evict(victim, preemptor);

    /// <summary>What preemption on one node would come to, or null when it does not help.</summary>
    internal Candidate? TryNode(in PreemptionRequest request, int node)
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
        foreach (PlacedPod other in _potential) Take(view, in other, node);
        _victims.Clear();
        int violations = 0;
        bool fits = request.Nominations.FitsBeside(in shape, pod.Pod.Value, request.Priority, node);
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

        return fits && _victims.Count > 0 ? Candidate.Of(node, _victims, violations) : null;
    }

    /// <summary>Gives a pod back when the preemptor still fits then; it becomes a victim otherwise.</summary>
    private bool Reprieve(in PreemptionRequest request, in PlacedPod other, int node)
    {
        ClusterState view = request.View.State;
        PodRequest pod = request.Pod;
        Give(view, in other, node);
        if (request.Nominations.FitsBeside(in pod.Shape, pod.Pod.Value, request.Priority, node)) return true;
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

    /// <summary>A node with its victims, and what Kubernetes compares (<c>pickOneNodeForPreemption</c>).</summary>
    internal sealed record Candidate(Preemption Preemption, int HighestPriority, long PrioritySum, TimeSpan EarliestStart)
    {
        /// <summary>Victims by importance.</summary>
        public static Candidate Of(int node, List<PlacedPod> victims, int violations)
        {
            long sum = 0;
            // Each counts from the lowest possible priority, so that fewer victims of negative priority win.
            foreach (PlacedPod victim in victims) sum += victim.Priority + (long)int.MaxValue + 1;
            return new Candidate(
                new Preemption(new NodeIndex(node), [.. victims.Select(victim => victim.Pod)], violations), victims[0].Priority, sum, victims[0].StartedAt);
        }

        /// <summary>Fewer overspent budgets, a lower highest priority, a lower sum, fewer victims, a later earliest start among the victims of highest priority.</summary>
        public bool IsBetterThan(Candidate other)
        {
            if (Preemption.BudgetViolations != other.Preemption.BudgetViolations) return Preemption.BudgetViolations < other.Preemption.BudgetViolations;
            if (HighestPriority != other.HighestPriority) return HighestPriority < other.HighestPriority;
            if (PrioritySum != other.PrioritySum) return PrioritySum < other.PrioritySum;
            if (Preemption.Victims.Count != other.Preemption.Victims.Count) return Preemption.Victims.Count < other.Preemption.Victims.Count;
            return EarliestStart > other.EarliestStart;
        }
    }
}
