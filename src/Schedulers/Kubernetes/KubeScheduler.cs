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
/// says otherwise, as kube-scheduler draws one. Every feasible node is scored. Where all scores that are not the same for every node depend on the pod's shape and the node
/// alone (<see cref="Profile.LocalScore"/>), their sums are kept and only nodes that changed are scored again; otherwise O(feasible nodes · scores) a decision, with what depends on shape and node
/// alone kept, without allocations unless pods have preferences on other pods. Differences: kube-scheduler stops looking for feasible nodes when it has found enough (adaptive <c>percentageOfNodesToScore</c>: all up to 100 nodes, then 50 % falling to
/// 5 %); its preemption tries some nodes, here all are tried. A pod that asks for a scheduler that no profile serves waits for ever, as in Kubernetes.
/// </remarks>
[Strategy("kube-scheduler", "Highest weighted sum of Kubernetes' score plugins (default scheduler of v1.34)", TieBreak = TieBreak.Uniform)]
public sealed class KubeScheduler : ClusterStrategy
{
    private readonly Profile[] _profiles;
    private readonly bool _fromScratch;
    private NodeIndex[] _nodes = [];
    private long[] _totals = [];

    /// <summary>With the default configuration unless told otherwise.</summary>
    /// <param name="configuration">Configuration.</param>
    /// <param name="registry">Plugins that it may name; the default ones unless stated.</param>
    /// <param name="fromScratch">Whether every node is scored anew for every pod. Changes how fast decisions are, never what they are.</param>
    /// <exception cref="ArgumentException">The configuration asks for something that is refused (<see cref="HostLimits"/>).</exception>
    public KubeScheduler(KubeSchedulerConfiguration? configuration = null, PluginRegistry? registry = null, bool fromScratch = false)
    {
        _fromScratch = fromScratch;
        configuration ??= new KubeSchedulerConfiguration();
        registry ??= PluginRegistry.Default;
        if (HostLimits.Refusals(configuration, registry).FirstOrDefault() is { } refusal) throw new ArgumentException(refusal.Expected, nameof(configuration));
        _profiles = [.. configuration.Profiles.Select(profile => Profile.Of(profile, registry))];
    }

    /// <inheritdoc/>
    public override bool DistinguishesContainers => true;

    /// <inheritdoc/>
    public override ValueList<TopologySpreadConstraint> DefaultSpread(PodSpec pod) => ProfileOf(pod.SchedulerName)?.DefaultSpread ?? default;

    /// <inheritdoc/>
    public override RuleExemptions? ExemptionsOf(PodSpec pod) => ProfileOf(pod.SchedulerName)?.Exemptions;

    /// <inheritdoc/>
    public override bool MayPreempt(PodSpec pod) => ProfileOf(pod.SchedulerName)?.MayPreempt ?? false;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        foreach (Profile profile in _profiles) profile.Prepare(context, keepsScores: !_fromScratch);
        _nodes = new NodeIndex[context.View.Count];
        _totals = new long[context.View.Count];
    }

    /// <inheritdoc/>
    public override ScoringStrategy? LocalScore(in PodRequest pod) => _fromScratch ? null : ProfileOf(pod.Shape.Spec.SchedulerName)?.LocalScore(in pod);

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        if (ProfileOf(pod.Shape.Spec.SchedulerName) is not { } profile) return NodeIndex.None;
        int count = feasible.CopyTo(_nodes);
        if (profile.HasNarrowing) count = profile.Narrow(in pod, _nodes.AsSpan(0, count));

        // One node is taken without a score, as kube-scheduler does.
        if (count <= 1) return count == 0 ? NodeIndex.None : _nodes[0];
        profile.Score(in pod, _nodes.AsSpan(0, count), _totals.AsSpan(0, count));
        return feasible.BestOf(in pod, _nodes.AsSpan(0, count), _totals.AsSpan(0, count));
    }

    private Profile? ProfileOf(string schedulerName)
    {
        foreach (Profile profile in _profiles)
        {
            if (profile.SchedulerName == schedulerName) return profile;
        }

        return null;
    }
}
