using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Everything that the plugins of a profile say about a pod: what an explanation of the decision is made of. From scratch, over all nodes.</summary>
public sealed class PodEvaluation
{
    private readonly List<string> _skippedFilters = [];
    private readonly List<NodeRejection> _rejections = [];
    private readonly List<NodeIndex> _feasible = [];

    private PodEvaluation()
    {
    }

    /// <summary>A node that a filter rejects.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Plugin">The first filter that rejects it.</param>
    /// <param name="Status">Why.</param>
    public sealed record NodeRejection(NodeIndex Node, string Plugin, Status Status);

    /// <summary>Why the pod fits nowhere, whatever the node; null when no plugin says so before filters.</summary>
    public (string Plugin, Status Status)? PreFilter { get; private set; }

    /// <summary>Names of the nodes that plugins leave before filters; null for all.</summary>
    public IReadOnlyCollection<string>? PreFilterNodes { get; private set; }

    /// <summary>Plugins whose filter had nothing to do.</summary>
    public IReadOnlyList<string> SkippedFilters => _skippedFilters;

    /// <summary>Nodes that are out, each with the first filter that says so.</summary>
    public IReadOnlyList<NodeRejection> Rejections => _rejections;

    /// <summary>Nodes that the pod fits on, in the run's order.</summary>
    public IReadOnlyList<NodeIndex> Feasible => _feasible;

    /// <summary>Scores by plugin.</summary>
    public ScoreSheet Scores { get; } = new();

    /// <summary>Nodes that were scored: those that the pod fits on, or some of them.</summary>
    public IReadOnlyList<NodeIndex> Scored { get; private set; } = [];

    /// <summary>[node of <see cref="Scored"/>] weighted sums.</summary>
    public IReadOnlyList<long> Totals { get; private set; } = [];

    /// <summary>Runs the plugins for a pod.</summary>
    /// <param name="profile">The profile; prepared.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="sample">Which of the nodes that it fits on are scored; null for all.</param>
    public static PodEvaluation Of(Profile profile, in PodRequest pod, ClusterView view, Func<IReadOnlyList<NodeIndex>, IReadOnlyList<NodeIndex>>? sample = null)
    {
        var evaluation = new PodEvaluation();
        if (!evaluation.RunPreFilters(profile, in pod)) return evaluation;
        for (int n = 0; n < view.Count; n++)
        {
            var node = new NodeIndex(n);
            if (view[node].IsPresent && (evaluation.PreFilterNodes?.Contains(view[node].Spec.Name) ?? true)) evaluation.RunFilters(profile, in pod, node);
        }

        if (evaluation._feasible.Count == 0) return evaluation;
        evaluation.Scored = sample is null ? evaluation._feasible : sample(evaluation._feasible);
        long[] totals = new long[evaluation.Scored.Count];
        profile.Score(in pod, [.. evaluation.Scored], totals, evaluation.Scores);
        evaluation.Totals = totals;
        return evaluation;
    }

    private bool RunPreFilters(Profile profile, in PodRequest pod)
    {
        foreach (IPreFilterPlugin plugin in profile.PreFilters)
        {
            string name = ((SchedulerPlugin)plugin).Name;
            PreFilterResult result = plugin.PreFilter(in pod);
            if (result.Status.Code == StatusCode.Skip)
            {
                _skippedFilters.Add(name);
                continue;
            }

            if (!result.Status.IsSuccess)
            {
                PreFilter = (name, result.Status);
                _skippedFilters.Clear();
                return false;
            }

            if (result.Nodes is { } nodes) PreFilterNodes = PreFilterNodes is null ? nodes : [.. PreFilterNodes.Intersect(nodes, StringComparer.Ordinal)];
        }

        return true;
    }

    private void RunFilters(Profile profile, in PodRequest pod, NodeIndex node)
    {
        foreach (IFilterPlugin plugin in profile.Filters)
        {
            string name = ((SchedulerPlugin)plugin).Name;
            if (_skippedFilters.Contains(name)) continue;
            Status status = plugin.Filter(in pod, node);
            if (status.IsSuccess) continue;
            _rejections.Add(new NodeRejection(node, name, status));
            return;
        }

        _feasible.Add(node);
    }
}
