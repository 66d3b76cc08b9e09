using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Cluster;

/// <content>Rules beyond resources: taints, cordon, host ports, and those that depend on the pods of other nodes.</content>
public sealed partial class ClusterState
{
    private readonly bool[] _open;
    private readonly bool[] _absent;
    private readonly bool[] _excluded;
    private readonly ClusterFilter _filter;
    private List<int>?[] _ports = [];
    private RuleCounts? _counts;
    private int _countsGeneration;

    /// <summary>[node] number of the node's taints in the table's <see cref="TaintSets"/>.</summary>
    internal int[] TaintSet { get; }

    /// <summary>Whether only what concerns a node alone is judged, as its agent does.</summary>
    internal bool IsNodeTruth { get; }

    /// <summary>Nodes that do not exist (yet, or any more).</summary>
    internal int AbsentCount { get; private set; }

    /// <summary>Judges claims; null when nobody does.</summary>
    internal IVolumeRules? Volumes { get; set; }

    /// <summary>Whether a pod of the shape fits the node now by every rule.</summary>
    internal bool Fits(in PodShape shape, int n) =>
        FitsLocally(in shape, n) && (shape.ClusterRules is null || IsNodeTruth || Filter(in shape).Allows(n));

    /// <summary>The rules of a shape that depend on the pods of other nodes, ready to be asked about any node until the next change.</summary>
    internal ClusterFilter Filter(in PodShape shape)
    {
        _filter.Prepare(in shape);
        return _filter;
    }

    /// <summary>Whether some node fits the shape by every rule.</summary>
    internal bool FitsSomewhere(in PodShape shape)
    {
        for (int n = 0; n < Count; n++)
        {
            if (Fits(in shape, n)) return true;
        }

        return false;
    }

    /// <summary>Whether the pod could go to the node if no pod were there: what no preemption can change.</summary>
    internal bool FitsWhenEmpty(in PodShape shape, int n) => shape.Exemptions is not null
        ? Scheduling.Predicates.FitsWhenEmpty(this, in shape, n)
        : (_open[n] || FitsClosed(in shape, n))
        && (shape.OnlyNode == PodShape.AnyNode || shape.OnlyNode == n)
        && (shape.AllowedNodes is null || shape.AllowedNodes.Allows(this, n));

    /// <summary>The taints of a node.</summary>
    internal ValueList<Taint> TaintsOf(int n) => Shapes.Rules.Taints[TaintSet[n]];

    /// <summary>Gives a node other taints.</summary>
    internal void SetTaints(int n, ValueList<Taint> taints)
    {
        int set = NumberOf(taints);
        if (TaintSet[n] == set) return;
        TaintSet[n] = set;
        Reopen(n);
    }

    /// <summary>Whether the node exists.</summary>
    internal bool IsPresent(int n) => !_absent[n];

    /// <summary>Says that a node of the layout exists, or not: one that does not takes no pod and is no domain.</summary>
    internal void SetPresent(int n, bool present)
    {
        if (_absent[n] != present) return;
        _absent[n] = !present;
        AbsentCount += present ? -1 : 1;
        Reopen(n);
    }

    /// <summary>Says that a placed pod was asked to leave, or was not after all: topology spread does not count pods on their way out. Take it back before the pod is removed.</summary>
    /// <returns>Whether it changed something: not without rules on other pods, and not when no such pod is there.</returns>
    internal bool SetLeaving(in PodShape shape, int n, bool leaving)
    {
        if (_counts is null || !_counts.SetLeaving(shape.Entry, n, leaving)) return false;
        Touch(n);
        return true;
    }

    /// <summary>Keeps pods off a node, or lets them again, whatever else is true of it: how room for nominated pods is kept during a decision.</summary>
    internal void Exclude(int n, bool excluded)
    {
        if (_excluded[n] == excluded) return;
        _excluded[n] = excluded;
        Reopen(n);
    }

    /// <summary>Whether a decision under way keeps off the node.</summary>
    internal bool IsExcluded(int n) => _excluded[n];

    /// <summary>Numbers of the host ports in use on a node, sorted, each as often as it is used.</summary>
    internal ReadOnlySpan<int> PortsInUse(int n) => n < _ports.Length && _ports[n] is { } used ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(used) : [];

    /// <summary>The first port that the pod wants and somebody has, or null.</summary>
    internal HostPort? PortConflict(in PodShape shape, int n)
    {
        ReadOnlySpan<int> used = PortsInUse(n);
        if (used.Length == 0) return null;
        foreach (int wanted in shape.Ports ?? [])
        {
            HostPort port = Shapes.Rules.Port(wanted);
            foreach (int other in used)
            {
                if (port.ConflictsWith(Shapes.Rules.Port(other))) return port;
            }
        }

        return null;
    }

    /// <summary>The pods of a counter by domain of a topology.</summary>
    internal RuleCounts.Tally TallyOf(int counter, int topology)
    {
        if (_counts is null) StartCounting();
        return _counts!.Of(counter, DomainsOf(topology));
    }

    /// <summary>The placed pods, as far as they are counted: for tests that count again.</summary>
    internal IEnumerable<(ShapeIndex Entry, int Node, int Pods, int Leaving)> PodsOfRules() => _counts?.Pods() ?? [];

    /// <summary>Counts anew when selectors may mean other pods than before; ask for tallies after it.</summary>
    internal void RenewCounts()
    {
        if (_countsGeneration == Shapes.Generation) return;
        _countsGeneration = Shapes.Generation;
        _counts?.Recount();
    }

    private bool FitsClosed(in PodShape shape, int n)
    {
        if (_absent[n] || _excluded[n]) return false;
        if (!Schedulable[n] && shape.Tolerances is not { ToleratesCordon: true }) return false;
        return !Shapes.Rules.Taints.KeepsOut(TaintSet[n]) || (shape.Tolerances?.Tolerates(TaintSet[n]) ?? false);
    }

    /// <summary>The number of a node's taints; agents look at those alone that evict (<c>pkg/kubelet/lifecycle/predicate.go</c>).</summary>
    private int NumberOf(ValueList<Taint> taints)
    {
        if (taints.Count == 0) return 0;
        return Shapes.Rules.Taints.Intern(IsNodeTruth ? [.. taints.Where(taint => taint.Effect == TaintEffect.NoExecute)] : taints);
    }

    private void Reopen(int n)
    {
        _open[n] = IsOpen(n);
        Touch(n);
    }

    private bool IsOpen(int n) => Schedulable[n] && !_absent[n] && !_excluded[n] && !Shapes.Rules.Taints.KeepsOut(TaintSet[n]);

    private void CountPod(in PodShape shape, int n, int sign)
    {
        if (_counts is null) StartCounting();
        _counts!.Count(shape.Entry, n, sign);
    }

    /// <summary>Counting begins with an empty cluster, as nobody knows the pods that were placed before.</summary>
    private void StartCounting()
    {
        for (int n = 0; n < Count; n++)
        {
            if (FreePods[n] != PodLimits[n])
                throw new InvalidOperationException("Topology spread and pod affinity count pods from the first placement on: make the shape table with countsPods.");
        }

        _counts = new RuleCounts(Shapes);
    }

    private void ApplyPorts(int[] ports, int n, int sign)
    {
        if (_ports.Length == 0) _ports = new List<int>?[Count];
        List<int> used = _ports[n] ??= [];
        foreach (int port in ports)
        {
            int at = used.BinarySearch(port);
            if (sign > 0) used.Insert(at < 0 ? ~at : at, port);
            else used.RemoveAt(at);
        }
    }

    private bool SameRules(ClusterState other)
    {
        for (int n = 0; n < Count; n++)
        {
            if (!PortsInUse(n).SequenceEqual(other.PortsInUse(n)) || IsPresent(n) != other.IsPresent(n) || IsExcluded(n) != other.IsExcluded(n)) return false;
            if (TaintsOf(n) != other.TaintsOf(n) || LabelsOf(n) != other.LabelsOf(n)) return false;
        }

        // Without an entry for a pod both count nothing.
        return (_counts?.SamePods(other._counts) ?? true) && (other._counts?.SamePods(_counts) ?? true);
    }
}
