using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Cluster;

/// <summary>
/// The rules of one shape that depend on the pods of other nodes, prepared for one state of the cluster: then a node costs a few look-ups. After kube-scheduler's
/// <c>plugins/podtopologyspread/filtering.go</c> and <c>plugins/interpodaffinity/filtering.go</c>.
/// </summary>
internal sealed class ClusterFilter(ClusterState state)
{
    private int _entry = -1;
    private long _changes = -1;
    private int _generation = -1;
    private ClusterRuleSet _rules = new();
    private ClusterRuleSet.Term[] _others = [];
    private PodSpec? _spec;
    private string _namespace = "";
    private Check[] _spread = [];
    private Topology[] _topologies = [];
    private int[][] _scratch = [];
    private RuleCounts.Tally[] _affinity = [];
    private RuleCounts.Tally[] _anti = [];
    private RuleCounts.Tally[] _keptOutBy = [];
    private RuleExemptions? _exemptions;
    private bool _isFirstOfGroup;

    private struct Check
    {
        public int[] Counts;
        public int Most;
    }

    /// <summary>Prepares for a shape; costs nothing when neither shape nor cluster changed.</summary>
    public void Prepare(in PodShape shape)
    {
        state.RenewCounts();
        if (_generation != state.Shapes.Generation) (_generation, _entry) = (state.Shapes.Generation, -1);

        bool isSame = shape.Entry == _entry && ReferenceEquals(_others, shape.ClusterRules!.KeptOutBy);
        if (isSame && state.Changes == _changes) return;
        (_entry, _changes) = (shape.Entry, state.Changes);
        _rules = shape.ClusterRules!;
        _others = _rules.KeptOutBy;
        _spec = shape.Spec;
        _exemptions = shape.Exemptions;
        if (!isSame) Load();
        _isFirstOfGroup = _rules.IsOwnFriend;
        foreach (RuleCounts.Tally tally in _affinity) _isFirstOfGroup &= tally.Sum == 0;
        for (int i = 0; i < _rules.Spread.Length; i++) _spread[i] = Spread(i, _rules.Spread[i], in shape);
    }

    /// <summary>Whether the node is allowed.</summary>
    public bool Allows(int n)
    {
        if (_exemptions is not null) return AllowsPartly(n);
        for (int i = 0; i < _rules.Spread.Length; i++)
        {
            int domain = _topologies[i].DomainOf[n];
            if (domain < 0 || _spread[i].Counts[domain] > _spread[i].Most) return false;
        }

        return AllowsAffinity(n) && FirstOf(_anti, n) < 0 && FirstOf(_keptOutBy, n) < 0 && (!_rules.HasClaims || CheckVolumes(n) is null);
    }

    /// <summary>Adds what is against the node.</summary>
    public void Explain(int n, List<Infeasibility> reasons)
    {
        for (int i = 0; i < _rules.Spread.Length; i++)
        {
            string key = _topologies[i].Key;
            int domain = _topologies[i].DomainOf[n];
            if (domain < 0) reasons.Add(new(InfeasibleReason.TopologySpreadLabelMissing, 0, 0, key));
            else if (_spread[i].Counts[domain] > _spread[i].Most) reasons.Add(new(InfeasibleReason.TopologySpreadViolated, Math.Max(0, _spread[i].Counts[domain]), _spread[i].Most, key));
        }

        if (!AllowsAffinity(n)) reasons.Add(new(InfeasibleReason.PodAffinityUnsatisfied, 0, 0, _affinity[0].Topology.Key));
        if (FirstOf(_anti, n) is >= 0 and int anti) reasons.Add(new(InfeasibleReason.PodAntiAffinityViolated, 0, 0, _anti[anti].Topology.Key));
        if (FirstOf(_keptOutBy, n) is >= 0 and int other) reasons.Add(new(InfeasibleReason.ExistingAntiAffinity, 0, 0, _keptOutBy[other].Topology.Key));
        if (!_rules.HasClaims || state.Volumes is null) return;
        var ofVolumes = new List<InfeasibleReason>();
        state.Volumes.Explain(_spec!, _namespace, new NodeIndex(n), ofVolumes);
        foreach (InfeasibleReason reason in ofVolumes) reasons.Add(new(reason, 0, 0, ""));
    }

    /// <summary>The slow form for pods that are exempt from some rules.</summary>
    private bool AllowsPartly(int n)
    {
        var reasons = new List<Infeasibility>();
        Explain(n, reasons);
        return reasons.TrueForAll(reason => _exemptions!.Cover(in reason));
    }

    private void Load()
    {
        if (_spread.Length < _rules.Spread.Length)
        {
            _spread = new Check[_rules.Spread.Length];
            Array.Resize(ref _scratch, _rules.Spread.Length);
        }

        if (_topologies.Length < _rules.Spread.Length) _topologies = new Topology[_rules.Spread.Length];
        for (int i = 0; i < _rules.Spread.Length; i++) _topologies[i] = state.DomainsOf(_rules.Spread[i].Topology);
        _affinity = TalliesOf(_rules.Affinity);
        _anti = TalliesOf(_rules.Anti);
        _keptOutBy = TalliesOf(_rules.KeptOutBy);
        _namespace = state.Shapes.IdentityOf(new ShapeIndex(_entry)).Namespace;
    }

    private RuleCounts.Tally[] TalliesOf(ClusterRuleSet.Term[] terms)
    {
        if (terms.Length == 0) return [];
        var tallies = new RuleCounts.Tally[terms.Length];
        for (int i = 0; i < terms.Length; i++) tallies[i] = state.TallyOf(terms[i].Counter, terms[i].Topology);
        return tallies;
    }

    /// <summary>Pods by domain, and how many a domain may have at most so that one more keeps the skew.</summary>
    private Check Spread(int i, ClusterRuleSet.SpreadRule rule, in PodShape shape)
    {
        int[] counts;
        Topology topology = _topologies[i];
        if (_rules.SpreadsOverAll && state.AbsentCount == 0 && rule.Counter >= 0 && topology.HasNodesInAll && AllHaveKeys())
        {
            counts = state.TallyOf(rule.Counter, rule.Topology).Counts;
        }
        else
        {
            if (_scratch[i] is null || _scratch[i].Length < topology.Count) _scratch[i] = new int[topology.Count];
            counts = _scratch[i];
            CountEligible(counts.AsSpan(0, topology.Count), rule, topology, in shape);
        }

        int domains = 0, least = int.MaxValue;
        for (int d = 0; d < topology.Count; d++)
        {
            if (counts[d] < 0) continue;
            domains++;
            if (counts[d] < least) least = counts[d];
        }

        if (domains < Math.Max(1, rule.MinDomains)) least = 0;
        return new Check { Counts = counts, Most = rule.MaxSkew + least - rule.Self };
    }

    /// <summary>Pods by domain over the nodes that count; −1 where there is no such node.</summary>
    private void CountEligible(Span<int> counts, ClusterRuleSet.SpreadRule rule, Topology topology, in PodShape shape)
    {
        counts.Fill(-1);
        int[]? byNode = rule.Counter < 0 ? null : state.TallyOf(rule.Counter, RuleIndex.Nodes).Counts;
        for (int n = 0; n < state.Count; n++)
        {
            if (!state.IsPresent(n) || !HasEveryKey(n) || (rule.Eligible is not null && !rule.Eligible.Allows(state, n))) continue;
            if (rule.HonorsTaints && !Tolerates(in shape, n)) continue;
            ref int count = ref counts[topology.DomainOf[n]];
            count = Math.Max(count, 0) + (byNode is null ? 0 : byNode[n]);
        }
    }

    private bool Tolerates(in PodShape shape, int n) =>
        !state.Shapes.Rules.Taints.KeepsOut(state.TaintSet[n]) || (shape.Tolerances?.Tolerates(state.TaintSet[n]) ?? false);

    private bool HasEveryKey(int n)
    {
        for (int i = 0; i < _rules.Spread.Length; i++)
        {
            if (_topologies[i].DomainOf[n] < 0) return false;
        }

        return true;
    }

    private bool AllHaveKeys()
    {
        for (int i = 0; i < _rules.Spread.Length; i++)
        {
            if (!_topologies[i].IsOnEveryNode) return false;
        }

        return true;
    }

    private bool AllowsAffinity(int n)
    {
        bool podsExist = true;
        foreach (RuleCounts.Tally tally in _affinity)
        {
            int domain = tally.Topology.DomainOf[n];
            if (domain < 0) return false;
            podsExist &= tally.Counts[domain] > 0;
        }

        return podsExist || _isFirstOfGroup;
    }

    private static int FirstOf(RuleCounts.Tally[] tallies, int n)
    {
        for (int i = 0; i < tallies.Length; i++)
        {
            int domain = tallies[i].Topology.DomainOf[n];
            if (domain >= 0 && tallies[i].Counts[domain] > 0) return i;
        }

        return -1;
    }

    private InfeasibleReason? CheckVolumes(int n) => state.Volumes?.Check(_spec!, _namespace, new NodeIndex(n));
}
