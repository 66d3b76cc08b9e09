using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>What the rules of a run refer to, each once: taint sets, topologies, the groups of pods that selectors mean, the labels that they read.</summary>
internal sealed class RuleIndex(FleetLayout fleet)
{
    private readonly Dictionary<string, int> _topologies = new(StringComparer.Ordinal);
    private readonly List<string> _topologyKeys = [""];
    private readonly Dictionary<(ValueList<PodMatcher> Matchers, bool StayingOnly), int> _groups = [];
    private readonly Dictionary<AntiTerm, int> _carriers = [];
    private readonly Dictionary<ValueList<Toleration>, Tolerances> _tolerances = [];
    private readonly Dictionary<HostPort, int> _portNumbers = [];
    private readonly List<HostPort> _ports = [];
    private readonly List<Counter> _counters = [];
    private readonly List<AntiTerm> _antiTerms = [];
    private readonly List<int> _antiCounters = [];
    private readonly Dictionary<PreferenceTerm, int> _preferenceNumbers = [];
    private readonly List<(PreferenceTerm Term, int Counter)> _preferences = [];
    private readonly HashSet<string> _readKeys = new(StringComparer.Ordinal);

    /// <summary>Pods that are counted: those that all matchers mean, without those that were asked to leave where spread counts, or those that carry an anti-affinity term.</summary>
    private readonly record struct Counter(ValueList<PodMatcher> Matchers, Carrier Carriers, bool StayingOnly);

    private enum Carrier
    {
        None,
        OfAntiAffinity,
        OfPreference,
    }

    /// <summary>The fleet.</summary>
    public FleetLayout Fleet => fleet;

    /// <summary>Sets of taints.</summary>
    public TaintSets Taints { get; } = new();

    /// <summary>Kinds of nodes.</summary>
    public NodeClasses Classes { get; } = new(fleet);

    /// <summary>Labels of a namespace; null when namespaces have none.</summary>
    public Func<string, ValueList<Label>>? NamespaceLabels { get; set; }

    /// <summary>Number of counters.</summary>
    public int CounterCount => _counters.Count;

    /// <summary>Anti-affinity terms met so far.</summary>
    public int AntiTermCount => _antiTerms.Count;

    /// <summary>Grows when selectors read a label that they did not read before.</summary>
    public int Generation { get; private set; }

    /// <summary>Whether the namespace of a pod makes a difference.</summary>
    public bool ReadsNamespaces { get; private set; }

    /// <summary>Number of the topology in which every node is a domain.</summary>
    public const int Nodes = 0;

    /// <summary>The number of the topology of a label; each state has its own domains of it (<see cref="ClusterState.DomainsOf"/>).</summary>
    public int TopologyOf(string key)
    {
        if (_topologies.TryGetValue(key, out int number)) return number;
        _topologies.Add(key, _topologyKeys.Count);
        _topologyKeys.Add(key);
        return _topologyKeys.Count - 1;
    }

    /// <summary>The label of a topology.</summary>
    public string TopologyKey(int topology) => _topologyKeys[topology];

    /// <summary>The counter of the pods that all matchers mean.</summary>
    public int CounterOf(ValueList<PodMatcher> matchers, bool stayingOnly = false)
    {
        if (_groups.TryGetValue((matchers, stayingOnly), out int counter)) return counter;
        counter = Add(new Counter(matchers, Carrier.None, stayingOnly));
        _groups.Add((matchers, stayingOnly), counter);
        return counter;
    }

    /// <summary>Whether a counter leaves out pods that were asked to leave.</summary>
    public bool CountsStayingOnly(int counter) => _counters[counter].StayingOnly;

    /// <summary>The counter of the pods that carry an anti-affinity term.</summary>
    public int CarriersOf(AntiTerm term)
    {
        if (_carriers.TryGetValue(term, out int counter)) return counter;
        counter = Add(new Counter([term.Matcher], Carrier.OfAntiAffinity, StayingOnly: false));
        _carriers.Add(term, counter);
        _antiTerms.Add(term);
        _antiCounters.Add(counter);
        return counter;
    }

    /// <summary>An anti-affinity term, in order of appearance, when it means the pod.</summary>
    public ClusterRuleSet.Term? KeepsOut(int antiTerm, in PodIdentity pod) => _antiTerms[antiTerm].Matcher.Matches(in pod, NamespaceLabels)
        ? new ClusterRuleSet.Term(_antiCounters[antiTerm], TopologyOf(_antiTerms[antiTerm].TopologyKey))
        : null;

    /// <summary>Preference terms met so far.</summary>
    public int PreferenceCount => _preferences.Count;

    /// <summary>The counter of the pods that carry a preference term.</summary>
    public int CarriersOf(PreferenceTerm term)
    {
        if (_preferenceNumbers.TryGetValue(term, out int number)) return _preferences[number].Counter;
        _preferenceNumbers.Add(term, _preferences.Count);
        _preferences.Add((term, Add(new Counter([term.Matcher], Carrier.OfPreference, StayingOnly: false))));
        return _preferences[^1].Counter;
    }

    /// <summary>A preference term of placed pods, in order of appearance, when it means the pod.</summary>
    public PodPreference? Prefers(int number, in PodIdentity pod)
    {
        (PreferenceTerm term, int counter) = _preferences[number];
        return term.Matcher.Matches(in pod, NamespaceLabels) ? new PodPreference(term.TopologyKey, term.Weight, term.Required, counter, TopologyOf(term.TopologyKey)) : null;
    }

    /// <summary>Whether a counter counts a pod.</summary>
    /// <param name="counter">The counter.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="rules">Its rules, or null.</param>
    /// <param name="preferences">Counters of the preference terms that it carries.</param>
    public bool Counts(int counter, in PodIdentity pod, ClusterRuleSet? rules, ReadOnlySpan<int> preferences) => _counters[counter].Carriers switch
    {
        Carrier.None => Matches(_counters[counter].Matchers, in pod),
        Carrier.OfAntiAffinity => rules is not null && rules.Carried.AsSpan().Contains(counter),
        _ => preferences.Contains(counter),
    };

    /// <summary>Whether all matchers mean the pod.</summary>
    public bool Matches(ValueList<PodMatcher> matchers, in PodIdentity pod)
    {
        foreach (PodMatcher matcher in matchers.AsSpan())
        {
            if (!matcher.Matches(in pod, NamespaceLabels)) return false;
        }

        return true;
    }

    /// <summary>The tolerations of a pod; null without any.</summary>
    public Tolerances? TolerancesOf(ValueList<Toleration> tolerations)
    {
        if (tolerations.Count == 0) return null;
        if (!_tolerances.TryGetValue(tolerations, out Tolerances? tolerances)) _tolerances.Add(tolerations, tolerances = new Tolerances(tolerations, Taints));
        return tolerances;
    }

    /// <summary>The numbers of host ports; null without any.</summary>
    public int[]? PortsOf(ValueList<HostPort> ports)
    {
        if (ports.Count == 0) return null;
        int[] numbers = new int[ports.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (_portNumbers.TryGetValue(ports[i], out numbers[i])) continue;
            numbers[i] = _ports.Count;
            _portNumbers.Add(ports[i], numbers[i]);
            _ports.Add(ports[i]);
        }

        return numbers;
    }

    /// <summary>A host port by number.</summary>
    public HostPort Port(int number) => _ports[number];

    /// <summary>Notes what the selectors of a spec read of other pods, before anybody asks for it.</summary>
    public void Read(PodSpec spec)
    {
        int known = _readKeys.Count;
        bool knewNamespaces = ReadsNamespaces;
        ReadsNamespaces = true;
        foreach (PodAffinityTerm term in spec.Affinity?.RequiredPods ?? default) Read(term.Selector);
        foreach (PodAffinityTerm term in spec.Affinity?.RequiredAnti ?? default) Read(term.Selector);
        foreach (TopologySpreadConstraint constraint in spec.TopologySpread)
        {
            if (!constraint.IsHard) continue;
            Read(constraint.Selector);
            _readKeys.UnionWith(constraint.MatchLabelKeys);
        }

        if (_readKeys.Count > known || !knewNamespaces) Generation++;
    }

    /// <summary>What is left of a pod's identity when only what selectors read counts.</summary>
    public PodIdentity Restrict(in PodIdentity pod) => new(
        ReadsNamespaces ? pod.Namespace : "", pod.Labels.Count == 0 ? default : [.. pod.Labels.Where(label => _readKeys.Contains(label.Key))]);

    private void Read(LabelSelector? selector)
    {
        foreach (LabelRequirement requirement in selector?.Requirements ?? default) _readKeys.Add(requirement.Key);
    }

    private int Add(Counter counter)
    {
        _counters.Add(counter);
        return _counters.Count - 1;
    }
}
