namespace SchedBench.Fuzzing.Cases;

/// <summary>Which features a seed has at all, and how much happens: swarm testing. A case with few features goes deeper into them than one with all.</summary>
/// <remarks>Source: Groce et al., Swarm Testing, ISSTA 2012: each feature is left out of half of the cases, independently.</remarks>
internal sealed class FeatureSet
{
    private readonly HashSet<string> _off = new(StringComparer.Ordinal);

    /// <summary>Draws the features of a seed.</summary>
    public FeatureSet(ulong seed)
    {
        var dice = new CaseDice(seed, "features");
        foreach (string feature in Features.All)
        {
            if (dice.Percent(50)) _off.Add(feature);
        }

        IsSwarm = dice.Percent(12);
        Workloads = dice.Between(1, 5);
        Steps = dice.Of(0, 0, 2, 5, 10);
        Faults = dice.Between(0, 6);
        Intensity = dice.Between(1, 4);
    }

    /// <summary>Whether the cluster is Docker Swarm's.</summary>
    public bool IsSwarm { get; }

    /// <summary>Workloads.</summary>
    public int Workloads { get; }

    /// <summary>Steps of users.</summary>
    public int Steps { get; }

    /// <summary>Sources of faults.</summary>
    public int Faults { get; }

    /// <summary>From 1 (rare and short faults) to 4.</summary>
    public int Intensity { get; }

    /// <summary>Whether a feature is on.</summary>
    public bool Has(string feature) => !_off.Contains(feature);
}

/// <summary>Names of the features that a seed may do without. What a case really has of them is counted by <see cref="CaseFeatures"/>.</summary>
internal static class Features
{
    public const string Delays = "delays", Limits = "client limits", ShortTimers = "short timers", Zones = "zones", Tiers = "node tiers", Gpus = "GPUs", Taints = "soft node taints", Uneven = "uneven nodes",
        StatefulSets = "StatefulSets", DaemonSets = "DaemonSets", Jobs = "Jobs", CronJobs = "CronJobs", ReplicaSets = "ReplicaSets", Autoscalers = "autoscalers", Volumes = "volumes", Budgets = "budgets", Priorities = "priorities", Readiness = "readiness probes", Liveness = "liveness probes",
        Rules = "rules of placement", Services = "services", Requests = "requests", Fluids = "fluid streams", Models = "failure models", Pulls = "image pulls";

    /// <summary>All, in the order of their draws.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Delays, Limits, ShortTimers, Zones, Tiers, Gpus, Taints, Uneven, StatefulSets, DaemonSets, Jobs, CronJobs, ReplicaSets, Autoscalers, Volumes, Budgets, Priorities, Readiness, Liveness, Rules, Services, Requests, Fluids, Models, Pulls,
    ];
}
