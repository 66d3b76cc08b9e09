using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>Interns pod specs into shapes. One table a run, shared by the scheduler's view and the node truth.</summary>
/// <remarks>
/// A pod's labels and namespace belong to its shape as far as some selector reads them. As selectors may appear later than the pods they mean, the table keeps an entry for each
/// combination of spec, labels and namespace (the index that <see cref="Intern(PodSpec, ValueList{Label}, string)"/> gives), and says of each which shape it has now
/// (<see cref="PodShape.Index"/>): the first entry that no selector tells apart from it. Shapes can split when a selector appears, never merge.
/// </remarks>
public sealed partial class ShapeTable
{
    private readonly FleetLayout _fleet;
    private readonly Dictionary<PodSpec, int> _bySpecInstance = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PodSpec, int> _contentOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PodSpec, int> _contents = [];
    private readonly Dictionary<PodIdentity, int> _identityNumbers = [];
    private readonly List<PodIdentity> _identities = [];
    private readonly Dictionary<(int Content, int Identity), int> _entries = [];
    private readonly Dictionary<(int Content, int Identity), int> _firstOf = [];
    private readonly Dictionary<string, int> _apps = new(StringComparer.Ordinal);
    private readonly bool _countsApps;
    private readonly bool _readsContainers;
    private readonly IReadOnlySet<string> _appsWithLimit;
    private PodShape[] _shapes = new PodShape[16];
    private Entry[] _keys = new Entry[16];
    private int _generation;
    private int _termsMet;

    private struct Entry
    {
        public int Content;
        public int Identity;
        public int AntiTerms;
        public int CountersSeen;
        public int CounterCount;
        public int[]? Counters;
        public PreferenceNotes? Preferences;
    }

    /// <summary>An empty table over a fleet.</summary>
    /// <param name="fleet">Whose node classes and extended resources the shapes refer to.</param>
    /// <param name="countsApps">Whether the strategy tells apps apart even where no limit a node does.</param>
    /// <param name="appsWithLimit">Apps of which some pod limits the number a node may hold; null when there is none.</param>
    /// <param name="countsPods">Whether placed pods are counted from the start, for topology spread and pod affinity. Otherwise counting begins with the first pod that has such a
    /// rule, which then has to come before the first placement.</param>
    /// <param name="readsContainers">Whether the strategy tells pods apart by what their containers state: images, and which of them state no request.</param>
    public ShapeTable(FleetLayout fleet, bool countsApps, IReadOnlySet<string>? appsWithLimit = null, bool countsPods = false, bool readsContainers = false)
    {
        _fleet = fleet;
        _countsApps = countsApps;
        _readsContainers = readsContainers;
        _appsWithLimit = appsWithLimit ?? new HashSet<string>();
        CountsPods = countsPods;
        Rules = new RuleIndex(fleet);
        NumberOf(default);
    }

    /// <summary>What the scheduler of a pod leaves out; set before the first pod, null where none leaves out anything.</summary>
    internal Func<PodSpec, Scheduling.RuleExemptions?>? ExemptionsOf { get; set; }

    /// <summary>Number of entries so far.</summary>
    public int Count { get; private set; }

    /// <summary>Number of apps that are counted a node.</summary>
    internal int AppCount => _apps.Count;

    /// <summary>What the rules refer to.</summary>
    internal RuleIndex Rules { get; }

    /// <summary>Whether placed pods are counted for rules that depend on them.</summary>
    internal bool CountsPods { get; private set; }

    /// <summary>Grows when shapes have split, or selectors mean other pods.</summary>
    internal int Generation { get; private set; }

    /// <summary>A shape by index, without a copy.</summary>
    public ref readonly PodShape this[ShapeIndex index] => ref _shapes[index.Value];

    /// <summary>The entry of a pod without labels; known spec instances cost one look-up.</summary>
    public ShapeIndex Intern(PodSpec spec)
    {
        if (_bySpecInstance.TryGetValue(spec, out int known)) return new ShapeIndex(known);
        int entry = EntryOf(spec, ContentOf(spec), 0);
        _bySpecInstance.Add(spec, entry);
        return new ShapeIndex(entry);
    }

    /// <summary>The entry of a pod.</summary>
    /// <param name="spec">Its spec.</param>
    /// <param name="labels">Its labels, sorted by key.</param>
    /// <param name="ns">Its namespace.</param>
    public ShapeIndex Intern(PodSpec spec, ValueList<Label> labels, string ns = "")
    {
        if (labels.Count == 0 && ns.Length == 0) return Intern(spec);
        if (!_contentOf.TryGetValue(spec, out int content)) _contentOf.Add(spec, content = ContentOf(spec));
        return new ShapeIndex(EntryOf(spec, content, NumberOf(new PodIdentity(ns, labels))));
    }

    /// <summary>Labels and namespace of an entry.</summary>
    internal PodIdentity IdentityOf(ShapeIndex entry) => _identities[_keys[entry.Value].Identity];

    /// <summary>Tells of the labels of namespaces; call it again when they change.</summary>
    internal void SetNamespaceLabels(Func<string, ValueList<Label>> labelsOf)
    {
        Rules.NamespaceLabels = labelsOf;
        if (Count == 0) return;
        Generation++;
        for (int i = 0; i < Count; i++)
        {
            ref Entry key = ref _keys[i];
            (key.AntiTerms, key.CountersSeen, key.CounterCount) = (0, 0, 0);
            key.Preferences?.Forget();
            PodIdentity pod = _identities[key.Identity];
            PodSpec spec = _shapes[i].Spec;
            _shapes[i] = _shapes[i] with { ClusterRules = ClusterRuleSet.IsNeeded(spec) ? ClusterRuleSet.Of(spec, in pod, Rules) : null };
            MeetAntiTerms(i);
        }
    }

    /// <summary>The counters that count pods of an entry.</summary>
    internal ReadOnlySpan<int> CountersOf(int entry)
    {
        ref Entry key = ref _keys[entry];
        if (key.CountersSeen < Rules.CounterCount)
        {
            PodIdentity identity = _identities[key.Identity];
            for (; key.CountersSeen < Rules.CounterCount; key.CountersSeen++)
            {
                if (!Rules.Counts(key.CountersSeen, in identity, _shapes[entry].ClusterRules, key.Preferences?.Carried ?? [])) continue;
                if (key.CounterCount == (key.Counters ??= new int[4]).Length) Array.Resize(ref key.Counters, key.CounterCount * 2);
                key.Counters[key.CounterCount++] = key.CountersSeen;
            }
        }

        return key.Counters.AsSpan(0, key.CounterCount);
    }

    /// <summary>What rules and strategies may look at: the requests and the rules of placement, not what runs inside.</summary>
    private static PodSpec Content(PodSpec spec) => new()
    {
        CpuMilli = spec.CpuMilli,
        MemoryBytes = spec.MemoryBytes,
        EphemeralStorageBytes = spec.EphemeralStorageBytes,
        GpuCount = spec.GpuCount,
        GpuMilliPerDevice = spec.GpuMilliPerDevice,
        GpuModels = spec.GpuModels,
        Extended = spec.Extended,
        NodeSelector = spec.NodeSelector,
        Tolerations = spec.Tolerations,
        Affinity = spec.Affinity,
        TopologySpread = spec.TopologySpread,
        HostPorts = spec.HostPorts,
        NodeName = spec.NodeName,
        Volumes = spec.Volumes,
    };

    /// <summary>What a strategy that reads containers may look at besides: what they count in scores, and their images.</summary>
    private static PodSpec WithContainers(PodSpec content, PodSpec spec) => content with
    {
        Scored = ScoredRequests.Of(spec),
        Containers = [.. spec.Containers.Select(container => new Container { Name = "", Image = container.Image })],
        InitContainers = [.. spec.InitContainers.Select(container => new Container { Name = "", Image = container.Image })],
        SchedulerName = spec.SchedulerName,
    };

    private int ContentOf(PodSpec spec)
    {
        bool countsApp = spec.App.Length > 0 && (_countsApps || _appsWithLimit.Contains(spec.App));
        PodSpec content = Content(spec) with { App = countsApp ? spec.App : "", AppVersion = countsApp ? spec.AppVersion : 0, MaxPerNode = countsApp ? spec.MaxPerNode : 0 };
        if (_readsContainers) content = WithContainers(content, spec);
        if (_contents.TryGetValue(content, out int number)) return number;
        number = _contents.Count;
        _contents.Add(content, number);
        return number;
    }

    private int NumberOf(PodIdentity identity)
    {
        identity = identity with { Namespace = identity.Namespace ?? "" };
        if (_identityNumbers.TryGetValue(identity, out int number)) return number;
        number = _identities.Count;
        _identityNumbers.Add(identity, number);
        _identities.Add(identity);
        return number;
    }

    private int EntryOf(PodSpec spec, int content, int identity)
    {
        if (_entries.TryGetValue((content, identity), out int entry)) return entry;
        bool needsRules = ClusterRuleSet.IsNeeded(spec);
        if (needsRules)
        {
            CountsPods = true;
            Rules.Read(spec);
            if (_generation != Rules.Generation) Split();
        }

        entry = Add(spec, content, identity, needsRules);
        _entries.Add((content, identity), entry);
        _shapes[entry] = _shapes[entry] with { Index = new ShapeIndex(FirstOf(entry)) };
        // A new term is met by all entries, a known one by the new entry only.
        for (int i = _termsMet < Rules.AntiTermCount ? 0 : entry; i <= entry; i++) MeetAntiTerms(i);
        _termsMet = Rules.AntiTermCount;
        return entry;
    }

    private int Add(PodSpec spec, int content, int identity, bool needsRules)
    {
        if (Count == _shapes.Length)
        {
            Array.Resize(ref _shapes, Count * 2);
            Array.Resize(ref _keys, Count * 2);
        }

        bool countsApp = spec.App.Length > 0 && (_countsApps || _appsWithLimit.Contains(spec.App));
        int app = -1;
        if (countsApp && !_apps.TryGetValue(spec.App, out app))
        {
            app = _apps.Count;
            _apps.Add(spec.App, app);
        }

        PodIdentity pod = _identities[identity];
        _keys[Count] = new Entry { Content = content, Identity = identity, Preferences = PreferenceNotes.Of(spec, in pod, Rules) };
        var shape = new PodShape(Count, spec)
        {
            Extended = _fleet.ExtendedRequests(spec),
            AllowedNodes = NodeVerdicts.Of(spec, Rules, readsModel: true),
            OnlyNode = _fleet.OnlyNode(spec),
            App = app,
            MaxPerNode = countsApp ? spec.MaxPerNode : 0,
            Tolerances = Rules.TolerancesOf(spec.Tolerations),
            Ports = Rules.PortsOf(spec.HostPorts),
            Exemptions = ExemptionsOf?.Invoke(spec),
            ClusterRules = needsRules ? ClusterRuleSet.Of(spec, in pod, Rules) : null,
        };
        _shapes[Count] = shape with
        {
            HasRules = shape.AllowedNodes is not null || shape.OnlyNode != PodShape.AnyNode || shape.Extended is not null
                || shape.MaxPerNode > 0 || shape.Ports is not null,
        };
        return Count++;
    }

    /// <summary>Selectors read more than before: entries that were one shape may be several.</summary>
    private void Split()
    {
        _generation = Rules.Generation;
        Generation++;
        _firstOf.Clear();
        for (int i = 0; i < Count; i++) _shapes[i] = _shapes[i] with { Index = new ShapeIndex(FirstOf(i)) };
    }

    private int FirstOf(int entry)
    {
        int identity = _keys[entry].Identity;
        if (identity != 0)
        {
            PodIdentity whole = _identities[identity];
            identity = NumberOf(Rules.Restrict(in whole));
        }

        (int, int) key = (_keys[entry].Content, identity);
        if (!_firstOf.TryGetValue(key, out int first)) _firstOf.Add(key, first = entry);
        return first;
    }

    /// <summary>Anti-affinity terms that appeared since the entry was looked at last and mean its pods.</summary>
    private void MeetAntiTerms(int entry)
    {
        ref Entry key = ref _keys[entry];
        PodIdentity pod = _identities[key.Identity];
        for (; key.AntiTerms < Rules.AntiTermCount; key.AntiTerms++)
        {
            if (Rules.KeepsOut(key.AntiTerms, in pod) is not { } carriers) continue;
            if (_shapes[entry].ClusterRules is null) _shapes[entry] = _shapes[entry] with { ClusterRules = new ClusterRuleSet() };
            _shapes[entry].ClusterRules!.KeepOut(carriers);
        }
    }
}
