using System.Numerics.Tensors;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Plugins;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The plugins of one profile, ready to be run: what kube-scheduler calls a framework (<c>pkg/scheduler/framework/runtime</c>).</summary>
/// <remarks>One object serves one run, on one thread.</remarks>
public sealed class Profile
{
    private readonly SchedulerPlugin[] _plugins;
    private readonly IPreScorePlugin[] _preScores;
    private readonly ScoredPlugin[] _scores;
    private readonly IFilterPlugin[] _narrowing;
    private readonly IPreFilterPlugin[] _before;
    private readonly bool[] _narrowingSkipped;
    private HashSet<string>? _onlyNodes;
    private ClusterView? _view;
    private readonly LocalSum? _local;
    private KeptScores? _kept;
    private KeptRanking? _ranking;
    private readonly bool[] _skipped;
    private long[] _scratch = [];

    private Profile(string schedulerName, SchedulerPlugin[] plugins, IReadOnlyList<IPreFilterPlugin> preFilters, IReadOnlyList<IFilterPlugin> filters, IPreScorePlugin[] preScores, ScoredPlugin[] scores)
    {
        SchedulerName = schedulerName;
        _plugins = plugins;
        PreFilters = preFilters;
        Filters = filters;
        _narrowing = [.. filters.Where(filter => filter is not PredicateFilter and not DynamicResources and not NodeAffinity { AddsRequirement: false })];
        _narrowingSkipped = new bool[_narrowing.Length];
        _before = [.. preFilters.Where(plugin => !DefaultPlugins.All.Any(known => known.Name == ((SchedulerPlugin)plugin).Name))];
        _preScores = preScores;
        _scores = scores;
        _skipped = new bool[preScores.Length];
        bool isUsual = scores.All(score => score.Plugin is ILocalScore && (score.PreScore >= 0 || score.Plugin is not IPreScorePlugin));
        _local = isUsual && !HasNarrowing ? new LocalSum(scores) : null;
    }

    /// <summary>The name that pods ask for.</summary>
    public string SchedulerName { get; }

    /// <summary>The constraints that pods without any get, when hard ones are among them: filters have to know of those. Otherwise empty, as soft ones are a matter of scores.</summary>
    public ValueList<TopologySpreadConstraint> DefaultSpread { get; private init; }

    /// <summary>What pods are exempt from: the rules of default filters that are not enabled, and resources that are ignored. Null for nothing.</summary>
    public RuleExemptions? Exemptions { get; private init; }

    /// <summary>Whether pods that fit nowhere may push others out: DefaultPreemption is enabled.</summary>
    public bool MayPreempt { get; private init; }

    /// <summary>Plugins between decision and binding.</summary>
    internal BindingPlugins Binding { get; private init; } = null!;

    /// <summary>Plugins before filters, in order.</summary>
    public IReadOnlyList<IPreFilterPlugin> PreFilters { get; }

    /// <summary>Filters, in order.</summary>
    public IReadOnlyList<IFilterPlugin> Filters { get; }

    /// <summary>Names and weights of the scores, in order.</summary>
    public IEnumerable<(string Name, int Weight)> Scores => _scores.Select(score => (score.Name, score.Weight));

    /// <summary>Makes the plugins of a profile.</summary>
    /// <param name="profile">What is enabled, with which arguments.</param>
    /// <param name="registry">The plugins that there are; the default ones unless stated.</param>
    /// <param name="managed">Resources that extenders look after instead of NodeResourcesFit.</param>
    public static Profile Of(SchedulerProfile profile, PluginRegistry? registry = null, IReadOnlyCollection<string>? managed = null)
    {
        registry ??= PluginRegistry.Default;
        var made = new SortedDictionary<string, SchedulerPlugin>(StringComparer.Ordinal);
        IPreScorePlugin[] preScores = [.. At<IPreScorePlugin>(ExtensionPoint.PreScore)];
        IFilterPlugin[] filters = [.. At<IFilterPlugin>(ExtensionPoint.Filter)];
        IPreFilterPlugin[] preFilters = [.. At<IPreFilterPlugin>(ExtensionPoint.PreFilter)];
        ScoredPlugin[] scores =
        [
            .. At<IScorePlugin>(ExtensionPoint.Score).Select(plugin =>
            {
                string name = ((SchedulerPlugin)plugin).Name;
                return new ScoredPlugin(plugin, name, ProfilePlan.WeightOf(profile, name), Array.IndexOf(preScores, plugin as IPreScorePlugin));
            }),
        ];
        IReadOnlyList<TopologySpreadConstraint> spread = profile.Args.Spread.DefaultConstraints;
        bool filtersBySpread = spread.Any(constraint => constraint.IsHard) && ProfilePlan.PluginsAt(profile, ExtensionPoint.Filter, registry).Contains("PodTopologySpread");
        IPreEnqueuePlugin[] preEnqueues = [.. At<IPreEnqueuePlugin>(ExtensionPoint.PreEnqueue)];
        IQueueSortPlugin? sort = At<IQueueSortPlugin>(ExtensionPoint.QueueSort).FirstOrDefault();
        BindingPlugins binding = BindingPlugins.Of(point => [.. ProfilePlan.PluginsAt(profile, point, registry).Select(name => (name, Make(name)))]);
        return new Profile(profile.SchedulerName, [.. made.Values], preFilters, filters, preScores, scores)
        {
            DefaultSpread = filtersBySpread ? [.. spread] : default,
            Exemptions = ProfilePlan.ExemptionsOf(profile, registry, managed ?? []),
            Binding = binding,
            PreEnqueues = preEnqueues,
            QueueSort = sort,
            MayPreempt = ProfilePlan.PluginsAt(profile, ExtensionPoint.PostFilter, registry).Contains("DefaultPreemption"),
        };

        IEnumerable<T> At<T>(ExtensionPoint point) => ProfilePlan.PluginsAt(profile, point, registry).Select(Make).OfType<T>();

        SchedulerPlugin? Make(string name)
        {
            if (made.TryGetValue(name, out SchedulerPlugin? known)) return known;
            if (registry.Create(name, profile) is not { } plugin) return null;
            made.Add(name, plugin);
            return plugin;
        }
    }

    /// <summary>Hands the cluster to the plugins, before the first pod.</summary>
    /// <param name="context">The cluster and what else there is.</param>
    /// <param name="keepsScores">Whether scores of shape and node alone are kept until the node changes. Changes how fast scores are, never what they are.</param>
    public void Prepare(StrategyContext context, bool keepsScores = false) => Prepare(context, new PermitWaits { Context = context }, keepsScores);

    /// <summary>Hands the cluster to the plugins, before the first pod, with the pods that wait at Permit, which all profiles share.</summary>
    internal void Prepare(StrategyContext context, PermitWaits waits, bool keepsScores)
    {
        _view = context.View;
        if (keepsScores)
        {
            _kept = new KeptScores(_scores, _preScores, context.View);
            _ranking = new KeptRanking(_scores, _preScores, context.View);
        }

        foreach (SchedulerPlugin plugin in _plugins)
        {
            plugin.Context = context;
            plugin.Handle = new PluginHandle(plugin.Name, waits);
            plugin.Prepare();
        }
    }

    /// <summary>The weighted sum of the scores as a score of shape and node, where it is one for this pod: up to what is the same for every node. Null otherwise.</summary>
    public ScoringStrategy? LocalScore(in PodRequest pod)
    {
        if (_local is null) return null;
        foreach (ref readonly ScoredPlugin score in _scores.AsSpan())
        {
            if (!((ILocalScore)score.Plugin).IsLocal(in pod)) return null;
        }

        return _local;
    }

    /// <summary>Plugins that follow which pods are where.</summary>
    internal IEnumerable<IPlacementListener> Listeners => _plugins.OfType<IPlacementListener>();

    /// <summary>Whether nodes are scored at all.</summary>
    internal bool HasScores => _scores.Length > 0;

    /// <summary>Whether there are filters that the core does not know of: those of a user's own, or an affinity that the profile adds.</summary>
    internal bool HasNarrowing => _narrowing.Length + _before.Length > 0;

    /// <summary>Which changes may help the pod that was turned away last, before the queue or before filters.</summary>
    internal ClusterEvents HelpedBy { get; private set; } = ClusterEvents.All;

    /// <summary>Plugins that keep pods out of the queue.</summary>
    internal IReadOnlyList<IPreEnqueuePlugin> PreEnqueues { get; private init; } = [];

    /// <summary>The plugin that orders the queue; null for priority and time.</summary>
    internal IQueueSortPlugin? QueueSort { get; private init; }

    /// <summary>Whether a plugin that the core does not know of can turn pods away: its answer may be another one later although nothing changed.</summary>
    internal bool HasOwnRules => HasNarrowing || Binding.TakesPartInBinding || PreEnqueues.Count > 0;

    /// <summary>Whether the pod may be tried.</summary>
    internal bool MayEnter(in PodRequest pod)
    {
        foreach (IPreEnqueuePlugin plugin in PreEnqueues)
        {
            if (plugin.PreEnqueue(in pod).IsSuccess) continue;
            HelpedBy = BindingPlugins.EventsOf(plugin);
            return false;
        }

        return true;
    }

    /// <summary>Asks what comes before the filters that the core does not know of.</summary>
    /// <returns>False when one of them says that the pod fits nowhere.</returns>
    internal bool BeginNarrowing(in PodRequest pod)
    {
        HelpedBy = ClusterEvents.All;
        _onlyNodes = null;
        Array.Clear(_narrowingSkipped);
        foreach (IPreFilterPlugin plugin in _before)
        {
            PreFilterResult result = plugin.PreFilter(in pod);
            if (result.Status.Code == StatusCode.Skip)
            {
                if (Array.IndexOf(_narrowing, plugin as IFilterPlugin) is >= 0 and int filter) _narrowingSkipped[filter] = true;
                continue;
            }

            if (!result.Status.IsSuccess)
            {
                HelpedBy = BindingPlugins.EventsOf(plugin);
                return false;
            }

            if (result.Nodes is { } nodes) _onlyNodes = _onlyNodes is null ? [.. nodes] : [.. _onlyNodes.Intersect(nodes, StringComparer.Ordinal)];
        }

        return true;
    }

    /// <summary>Leaves the nodes that the filters allow which the core does not know of.</summary>
    /// <returns>How many are left, first in <paramref name="nodes"/>.</returns>
    internal int Narrow(in PodRequest pod, Span<NodeIndex> nodes)
    {
        int count = 0;
        foreach (NodeIndex node in nodes)
        {
            if (!Narrows(in pod, node)) nodes[count++] = node;
        }

        return count;
    }

    /// <summary>Whether a filter that the core does not know of keeps the pod off a node; <see cref="BeginNarrowing"/> was asked before.</summary>
    internal bool Narrows(in PodRequest pod, NodeIndex node)
    {
        for (int i = 0; i < _narrowing.Length; i++)
        {
            if (!_narrowingSkipped[i] && !_narrowing[i].Filter(in pod, node).IsSuccess) return true;
        }

        return _onlyNodes is not null && !_onlyNodes.Contains(_view!.Fleet.Nodes[node.Value].Name);
    }

    /// <summary>How many nodes the pod names in its required affinity, where NodeAffinity looks at that before filters; −1 when it names none.</summary>
    internal int NamedNodes(in PodRequest pod)
    {
        if (pod.Shape.Spec.Affinity?.RequiredNodes is not { Count: > 0 } terms || terms[0].Fields.Count == 0) return -1;
        foreach (IPreFilterPlugin plugin in PreFilters)
        {
            if (plugin is NodeAffinity) return plugin.PreFilter(in pod).Nodes?.Count ?? -1;
        }

        return -1;
    }

    /// <summary>Adds up the weighted scores of nodes.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on.</param>
    /// <param name="totals">[node of <paramref name="nodes"/>] where the sums go.</param>
    /// <param name="sheet">Keeps the scores of each plugin when set.</param>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> totals, ScoreSheet? sheet = null)
    {
        // An explanation computes everything anew.
        if (sheet is null && _kept is { } kept)
        {
            kept.Score(in pod, nodes, totals);
            return;
        }

        totals.Clear();
        if (_scratch.Length < nodes.Length) _scratch = new long[Math.Max(nodes.Length, 2 * _scratch.Length)];
        Span<long> scores = _scratch.AsSpan(0, nodes.Length);
        for (int i = 0; i < _preScores.Length; i++)
        {
            _skipped[i] = _preScores[i].PreScore(in pod, nodes).Code == StatusCode.Skip;
            if (_skipped[i]) sheet?.Skip(((SchedulerPlugin)_preScores[i]).Name);
        }

        foreach (ref readonly ScoredPlugin score in _scores.AsSpan())
        {
            if (score.PreScore >= 0 && _skipped[score.PreScore]) continue;
            // What a plugin computes before scores it needs also where the profile leaves that extension point out.
            if (score.PreScore < 0 && score.Plugin is IPreScorePlugin before) before.PreScore(in pod, nodes);
            score.Plugin.Score(in pod, nodes, scores);
            sheet?.AddRaw(score.Name, scores);
            score.Plugin.NormalizeScore(in pod, nodes, scores);
            score.Check(scores);
            sheet?.AddNormalized(score.Name, scores);
            TensorPrimitives.MultiplyAdd(scores, score.Weight, totals[..nodes.Length], totals);
        }
    }

    /// <summary>Marks the nodes of the highest weighted sum among all that the pod fits on.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="fits">[node / 64] a bit for each node that it fits on, at least one.</param>
    /// <param name="tied">[node / 64] a bit for each node of the highest sum.</param>
    /// <returns>False when scores are not kept in a way that serves this pod: <see cref="Score"/> does.</returns>
    internal bool TryMarkBest(in PodRequest pod, ReadOnlySpan<ulong> fits, out ReadOnlySpan<ulong> tied)
    {
        tied = default;
        return _ranking is { } ranking && ranking.TryMarkBest(in pod, fits, out tied);
    }
}
