namespace SchedBench.Results.Schema;

/// <summary>A kind of figure that a report can draw.</summary>
/// <param name="Name">Name in experiment files and first part of file names.</param>
/// <param name="Title">Heading of its part of a report.</param>
/// <param name="Shows">What it shows, in a sentence.</param>
public sealed record FigureDefinition(string Name, string Title, string Shows);

/// <summary>Every kind of figure, in the order in which a report shows them. Experiment files choose from these names.</summary>
public static class FigureCatalog
{
    /// <summary>Series over their x axis: mean over the seeds with its interval as a band.</summary>
    public const string Curves = "curves";

    /// <summary>Distribution of waiting times.</summary>
    public const string Ecdf = "ecdf";

    /// <summary>A headline metric as a box a strategy, over the seeds.</summary>
    public const string Boxes = "boxes";

    /// <summary>A headline metric as bars with intervals, workload by strategy.</summary>
    public const string Bars = "bars";

    /// <summary>The first headline metric as a map, strategy by workload.</summary>
    public const string HeatMap = "heatmap";

    /// <summary>Who ran where and when on the first nodes.</summary>
    public const string Timeline = "timeline";

    /// <summary>Mean ranks, and which of them a test cannot tell apart.</summary>
    public const string CriticalDifference = "critical-difference";

    /// <summary>How much a strategy's result depends on how ties are settled.</summary>
    public const string TieBreaks = "tie-breaks";

    /// <summary>Ready pods of the old and the new version, and failed requests, over the time of a rollout.</summary>
    public const string Rollout = "rollout";

    /// <summary>What really answers, as a share of what is wanted, over the time of a run with faults.</summary>
    public const string Resilience = "resilience";

    /// <summary>Time to replace a lost pod, divided into its phases, by strategy.</summary>
    public const string Recovery = "recovery";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<FigureDefinition> All { get; } =
    [
        new(Rollout, "Rollouts", "Ready pods of the old and the new version as a percentage of the wanted ones, and the percentage of requests that failed, over time."),
        new(Resilience, "Resilience", "The share of the wanted pods of all services that would really answer, over time: how deep a fault cuts and how long. Each line is the mean over the seeds; the band is its 95 % interval (Student's t)."),
        new(Recovery, "What recovery is spent on", "The mean time from the loss of a pod until a new one answers, in six phases that add up to it. Pods that came back by themselves are not in it."),
        new(TieBreaks, "Sensitivity to the tie-break", "The same strategy under different rules for who wins among nodes of equal score."),
        new(Curves, "Curves", "Each line is the mean over the seeds; the band is its 95 % interval (Student's t)."),
        new(Ecdf, "Distribution of waiting times",
            "The share of pods that waited no longer than a time. At every percent of the pods the quantiles of the seeds are averaged."),
        new(Bars, "Means with intervals", "The length of a bar is the mean over the seeds, the whisker its 95 % interval (Student's t)."),
        new(Boxes, "Spread over the seeds",
            "Box: quartiles; line: median; diamond: mean; whiskers: within 1.5 box lengths; circles: seeds beyond."),
        new(HeatMap, "Strategies by workload", "The colour is the mean over the seeds, or its difference to the baseline."),
        new(CriticalDifference, "Ranks",
            "Mean rank over all seeds and workloads, 1 is best. A bar joins strategies that paired Wilcoxon tests with Holm's adjustment do not tell apart at 0.05."),
        new(Timeline, "Placement",
            "A row is a node, a bar a pod; its height is the largest share of the node that it takes in any one resource. First seed only."),
    ];

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(figure => figure.Name)];
}
