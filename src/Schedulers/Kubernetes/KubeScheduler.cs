using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes;

/// <summary>The scheduler that Kubernetes clusters run by default, decision for decision: the plugins of a profile filter and score the nodes, the highest weighted sum wins.</summary>
/// <remarks>
/// Scores and their rounding are those of v1.34 (<c>pkg/scheduler/framework/plugins</c>), compared with recorded decisions of v1.34.1. The filters are the core's rules, which
/// hold for every strategy; queue, preemption and binding are the scheduler host's. Pods of the same sum tie, and the run's tie-break settles it: <c>uniform</c> unless the experiment
/// says otherwise, as kube-scheduler draws one. Enough of the feasible nodes are scored (<see cref="NodeSampling"/>): all in clusters of up to 100 nodes. Where all are scored and all scores that are not the same for every node depend on the pod's shape and the node
/// alone (<see cref="Profile.LocalScore"/>), their sums are kept and only nodes that changed are scored again. Where all are scored otherwise, a decision costs nodes that changed and groups of nodes that no plugin can tell apart
/// (<see cref="KeptRanking"/>); where some are, or groups change with pods, O(scored nodes) look-ups (<see cref="KeptScores"/>). A pod that asks for a scheduler that no profile serves waits for ever, as in Kubernetes.
/// </remarks>
[Strategy("kube-scheduler", "Highest weighted sum of Kubernetes' score plugins (default scheduler of v1.34)", TieBreak = TieBreak.Uniform)]
public sealed partial class KubeScheduler : ClusterStrategy, IExplainingStrategy, IExternalStrategy
{
    private readonly Profile[] _profiles;
    private readonly int[] _percentages;
    private readonly KubeSchedulerConfiguration _configuration;
    private readonly bool _fromScratch;
    private NodeIndex[] _nodes = [];
    private long[] _totals = [];
    private readonly PluginRegistry _registry;
    private readonly ExtenderChain _extenders;
    private readonly string[] _managed;
    private readonly List<Profile> _explaining = [];
    private StrategyContext _context = null!;
    private NodeSampling _sampling = null!;
    private int _lookedAt = -1;

    /// <summary>With the default configuration unless told otherwise.</summary>
    /// <param name="configuration">Configuration.</param>
    /// <param name="registry">Plugins that it may name; the default ones unless stated.</param>
    /// <param name="fromScratch">Whether every node is scored anew for every pod. Changes how fast decisions are, never what they are.</param>
    /// <param name="connect">Makes the client of an extender; without it a configuration with extenders is refused.</param>
    /// <exception cref="ArgumentException">The configuration asks for something that is refused (<see cref="HostLimits"/>).</exception>
    public KubeScheduler(KubeSchedulerConfiguration? configuration = null, PluginRegistry? registry = null, bool fromScratch = false, Func<SchedulerExtender, IExtenderClient>? connect = null)
    {
        _fromScratch = fromScratch;
        configuration ??= new KubeSchedulerConfiguration();
        _configuration = configuration;
        registry ??= PluginRegistry.Default;
        if (HostLimits.Refusals(configuration, registry).FirstOrDefault() is { } refusal) throw new ArgumentException(refusal.Expected, nameof(configuration));
        _registry = registry;
        if (configuration.Extenders.Count > 0 && connect is null) throw new ArgumentException("The configuration has extenders, and nobody connects them.", nameof(connect));
        _extenders = new ExtenderChain([.. configuration.Extenders.Select(extender => connect!(extender))]);
        _managed = [.. configuration.Extenders.SelectMany(extender => extender.IgnoredByScheduler)];
        _profiles = [.. configuration.Profiles.Select(profile => Profile.Of(profile, registry, _managed))];
        _listeners = [.. _profiles.SelectMany(profile => profile.Listeners)];
        _takesPart = Array.Exists(_profiles, profile => profile.Binding.TakesPartInBinding);
        _percentages = [.. configuration.Profiles.Select(profile => profile.PercentageOfNodesToScore ?? configuration.PercentageOfNodesToScore)];
    }

    /// <inheritdoc/>
    public override bool DistinguishesContainers => true;

    /// <inheritdoc/>
    public override ValueList<TopologySpreadConstraint> DefaultSpread(PodSpec pod) => ProfileOf(pod.SchedulerName)?.DefaultSpread ?? default;

    /// <inheritdoc/>
    public override RuleExemptions? ExemptionsOf(PodSpec pod) => ProfileOf(pod.SchedulerName)?.Exemptions;

    /// <summary>A back-off that the configuration states goes before that of the run.</summary>
    public override QueueOptions QueueOf(QueueOptions stated)
    {
        TimeSpan initial = _configuration.PodInitialBackoff ?? stated.InitialBackoff, most = _configuration.PodMaxBackoff ?? stated.MaxBackoff;
        return stated with { InitialBackoff = initial, MaxBackoff = most < initial ? initial : most };
    }

    /// <inheritdoc/>
    public override int Workers => _configuration.Parallelism;

    /// <inheritdoc/>
    public override int NodesLookedAt => _lookedAt;

    /// <summary>Errors of extenders and plugins are nobody's news: the pod is tried again after its back-off.</summary>
    public override bool RetriesErrors => true;

    /// <inheritdoc/>
    public override bool MayPreempt(PodSpec pod) => ProfileOf(pod.SchedulerName)?.MayPreempt ?? false;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        _waits.Context = context;
        foreach (Profile profile in _profiles) profile.Prepare(context, _waits, keepsScores: !_fromScratch);
        _context = context;
        _preemptionDraw = context.Draws("preemption-offset");
        _sampling = new NodeSampling(context.View);
        _nodes = new NodeIndex[context.View.Count];
        _totals = new long[context.View.Count];
    }

    /// <inheritdoc/>
    public override void OnNodeChanged(NodeIndex node) => _sampling.OnNodeChanged();

    /// <inheritdoc/>
    public override void Rebuild(ClusterView view) => _sampling.Restart();

    /// <inheritdoc/>
    public override ScoringStrategy? LocalScore(in PodRequest pod)
    {
        _lookedAt = -1;
        if (_fromScratch || ProfileOf(pod.Shape.Spec.SchedulerName) is not { } profile || Enough(profile) < _sampling.NodeCount || _extenders.AreInterested(pod.Shape)) return null;
        return profile.LocalScore(in pod);
    }

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        _helpedBy = ClusterEvents.All;
        TurnedAway = false;
        if (ProfileOf(pod.Shape.Spec.SchedulerName) is not { } profile) return NodeIndex.None;
        if (!profile.BeginNarrowing(in pod))
        {
            _helpedBy = profile.HelpedBy;
            return NodeIndex.None;
        }

        if (ScoresAll(in pod, profile) && profile.TryMarkBest(in pod, feasible.Bits, out ReadOnlySpan<ulong> tied)) return feasible.OneOf(in pod, tied);
        int count = Find(in pod, feasible, profile);
        if (!_extenders.IsEmpty) return ChooseWithExtenders(in pod, feasible, profile, count);
        // One node is taken without a score, as kube-scheduler does.
        if (count == 0) return TurnAway();
        if (count == 1) return _nodes[0];
        profile.Score(in pod, _nodes.AsSpan(0, count), _totals.AsSpan(0, count));
        return feasible.BestOf(in pod, _nodes.AsSpan(0, count), _totals.AsSpan(0, count));
    }

    /// <summary>Whether answers of extenders take as much virtual time as they really took: such runs cannot be repeated bit by bit.</summary>
    public bool ChargesAnswers { get; init; }

    /// <inheritdoc/>
    public TimeSpan TakeDecisionTime() => ChargesAnswers ? _extenders.TakeWaited() : TimeSpan.Zero;

    /// <inheritdoc/>
    public IReadOnlyList<double> AnswerSeconds => _extenders.AnswerSeconds;

    /// <inheritdoc/>
    public void Dispose() => _extenders.Dispose();

    private NodeIndex ChooseWithExtenders(in PodRequest pod, FeasibleNodes feasible, Profile profile, int count)
    {
        count = _extenders.Filter(in pod, _context, _nodes.AsSpan(0, count));
        if (count == 0) return TurnAway();
        Span<NodeIndex> nodes = _nodes.AsSpan(0, count);
        Span<long> totals = _totals.AsSpan(0, count);
        if (count > 1)
        {
            profile.Score(in pod, nodes, totals);
            _extenders.Add(in pod, _context, nodes, totals);
        }

        NodeIndex chosen = count == 1 ? nodes[0] : feasible.BestOf(in pod, nodes, totals);
        _extenders.Bind(in pod, _context, chosen);
        return chosen;
    }

    private NodeIndex TurnAway()
    {
        TurnedAway = true;
        return NodeIndex.None;
    }

    /// <inheritdoc/>
    public DecisionExplanation? Explain(in PodRequest pod)
    {
        if (ProfileOf(pod.Shape.Spec.SchedulerName) is not { } profile) return null;
        int enough = profile.NamedNodes(in pod) < 0 ? Enough(profile) : int.MaxValue;
        return DecisionTable.Of(ExplainingProfile(profile), in pod, _context.View, feasible => _sampling.Preview(feasible, enough));
    }

    /// <summary>The same profile with plugin objects of its own.</summary>
    private Profile ExplainingProfile(Profile profile)
    {
        if (_explaining.Find(known => known.SchedulerName == profile.SchedulerName) is { } known) return known;
        var own = Profile.Of(_configuration.Profiles[Array.IndexOf(_profiles, profile)], _registry, _managed);
        own.Prepare(_context);
        _explaining.Add(own);
        return own;
    }

    /// <summary>Whether all nodes that the core holds for feasible are scored. Of nodes that the pod names the search for others takes note (<see cref="Find"/>).</summary>
    private bool ScoresAll(in PodRequest pod, Profile profile) =>
        !profile.HasNarrowing && _extenders.IsEmpty && Enough(profile) >= _sampling.NodeCount && profile.NamedNodes(in pod) < 0;

    /// <summary>Finds the nodes to score: enough of those that are feasible, or all.</summary>
    private int Find(in PodRequest pod, FeasibleNodes feasible, Profile profile)
    {
        int named = profile.NamedNodes(in pod), enough = Enough(profile);
        _lookedAt = named;
        if (named < 0 && enough < _sampling.NodeCount)
        {
            int found = _sampling.Find(in pod, feasible, profile, enough, _nodes);
            _lookedAt = _sampling.LookedAt;
            return found;
        }

        // A round of all nodes ends where it began; of nodes that the pod names all are looked at.
        if (named >= 0) _sampling.Advance(named);
        int count = feasible.CopyTo(_nodes);
        return profile.HasNarrowing ? profile.Narrow(in pod, _nodes.AsSpan(0, count)) : count;
    }

    /// <summary>How many feasible nodes are enough; one where nothing is scored.</summary>
    private int Enough(Profile profile) => profile.HasScores || _extenders.LookAtNodes ? NodeSampling.Enough(_percentages[Array.IndexOf(_profiles, profile)], _sampling.NodeCount) : 1;

    private Profile? ProfileOf(string schedulerName)
    {
        foreach (Profile profile in _profiles)
        {
            if (profile.SchedulerName == schedulerName) return profile;
        }

        return null;
    }
}
