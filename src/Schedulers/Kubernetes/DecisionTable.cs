using System.Globalization;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes;

/// <summary>Makes an explanation of what the plugins of a profile say of a pod.</summary>
internal static class DecisionTable
{
    /// <summary>The explanation of a decision.</summary>
    /// <param name="profile">The profile, with plugin objects of its own: those of the run are not disturbed.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="sample">Which of the feasible nodes are scored.</param>
    public static DecisionExplanation Of(Profile profile, in PodRequest pod, ClusterView view, Func<IReadOnlyList<NodeIndex>, IReadOnlyList<NodeIndex>> sample)
    {
        PodEvaluation evaluation = PodEvaluation.Of(profile, in pod, view, sample);
        var rejections = evaluation.Rejections.ToDictionary(rejection => rejection.Node.Value);
        var places = evaluation.Scored.Select((node, place) => (node.Value, place)).ToDictionary();
        (string Name, int Weight)[] parts = [.. profile.Scores.Where(score => evaluation.Scores.Normalized.ContainsKey(score.Name))];
        var feasible = evaluation.Feasible.Select(node => node.Value).ToHashSet();
        var nodes = new List<NodeExplanation>();
        for (int n = 0; n < view.Count; n++)
        {
            if (!view[new NodeIndex(n)].IsPresent) continue;
            if (!feasible.Contains(n))
            {
                nodes.Add(new NodeExplanation(new NodeIndex(n), RejectionOf(evaluation, rejections.GetValueOrDefault(n)), IsScored: false, [], 0));
                continue;
            }

            bool isScored = places.TryGetValue(n, out int place);
            IReadOnlyList<PartScore> scores = isScored
                ? [.. parts.Select(part => new PartScore(part.Name, evaluation.Scores.Raw[part.Name][place], evaluation.Scores.Normalized[part.Name][place], part.Weight))]
                : [];
            nodes.Add(new NodeExplanation(new NodeIndex(n), "", isScored, scores, isScored ? evaluation.Totals[place] : 0));
        }

        return new DecisionExplanation(Summary(profile, evaluation, nodes), [.. evaluation.SkippedFilters.Concat(evaluation.Scores.Skipped).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], nodes);
    }

    private static string RejectionOf(PodEvaluation evaluation, PodEvaluation.NodeRejection? rejection)
    {
        if (rejection is not null) return $"{rejection.Plugin}: {string.Join(", ", rejection.Status.Reasons)} ({rejection.Status.Code})";
        if (evaluation.PreFilter is { } before) return $"{before.Plugin}: {string.Join(", ", before.Status.Reasons)} ({before.Status.Code})";
        return "not among the nodes that the pod names (UnschedulableAndUnresolvable)";
    }

    /// <summary>As kube-scheduler tells it (<c>FitError.Error</c>, <c>pkg/scheduler/framework/types.go</c>), or who won.</summary>
    private static string Summary(Profile profile, PodEvaluation evaluation, List<NodeExplanation> nodes)
    {
        if (evaluation.Feasible.Count == 0)
        {
            string head = string.Create(CultureInfo.InvariantCulture, $"0/{nodes.Count} nodes are available:");
            if (evaluation.PreFilter is { } before) return $"{head} {string.Join(", ", before.Status.Reasons)}.";
            int absent = nodes.Count - evaluation.Rejections.Count;
            IEnumerable<string> reasons = evaluation.Rejections.SelectMany(rejection => rejection.Status.Reasons).GroupBy(reason => reason, StringComparer.Ordinal)
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}"));
            if (absent > 0) reasons = reasons.Append(string.Create(CultureInfo.InvariantCulture, $"{absent} node(s) didn't satisfy plugin(s) {(evaluation.PreFilterNodes is null ? "" : "[NodeAffinity]")}"));
            return $"{head} {string.Join(", ", reasons.Order(StringComparer.Ordinal))}.";
        }

        if (evaluation.Totals.Count == 0) return string.Create(CultureInfo.InvariantCulture, $"profile {profile.SchedulerName}: 1 feasible node, taken without a score");
        long best = evaluation.Totals.Max();
        int tied = evaluation.Totals.Count(total => total == best);
        return string.Create(CultureInfo.InvariantCulture,
            $"profile {profile.SchedulerName}: {evaluation.Feasible.Count} of {nodes.Count} nodes feasible, {evaluation.Scored.Count} scored, best total {best}{(tied == 1 ? "" : $" of {tied} nodes")}");
    }
}
