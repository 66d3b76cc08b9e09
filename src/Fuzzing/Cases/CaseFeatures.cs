using SchedBench.Schedulers.Catalog;

namespace SchedBench.Fuzzing.Cases;

/// <summary>What a case really has in it, for the list of what was exercised and what never was.</summary>
public static class CaseFeatures
{
    private static readonly (string Name, Func<FuzzCase, bool> Has)[] Known =
    [
        ("Docker Swarm", item => item.IsSwarm),
        (Features.Delays, item => item.Settings is { SchedulerDelayMs: > 0 } or { ControllerDelayMs: > 0 } or { AgentDelayMs: > 0 } or { BindLatencyMs: > 0 }),
        (Features.Limits, item => item.Settings is { HasClientLimits: true } or { HasSlowStatus: true }),
        (Features.ShortTimers, item => item.Settings.HasShortTimers),
        (Features.Pulls, item => !item.Settings.ImagesArePresent),
        ("preemption", item => item.Settings.Preempts),
        ("rollbacks", item => item.Settings.RollsBack),
        (Features.Zones, item => item.Nodes.Select(node => node.Zone).Distinct().Count() > 1),
        (Features.Tiers, item => item.Nodes.Any(node => node.Tier.Length > 0)),
        (Features.Gpus, item => item.Workloads.Any(workload => workload.Gpus > 0)),
        (Features.Taints, item => item.Nodes.Any(node => node.IsDedicated)),
        (Features.Uneven, item => item.Nodes.Select(node => node.CpuMilli).Distinct().Count() > 1),
        ("Deployments", item => Any(item, workload => workload.Kind == FuzzWorkloadKind.Deployment)),
        (Features.StatefulSets, item => Any(item, workload => workload.Kind == FuzzWorkloadKind.StatefulSet)),
        (Features.DaemonSets, item => Any(item, workload => workload.Kind == FuzzWorkloadKind.DaemonSet)),
        (Features.Jobs, item => Any(item, workload => workload.Kind == FuzzWorkloadKind.Job)),
        (Features.ReplicaSets, item => Any(item, workload => workload.Kind == FuzzWorkloadKind.ReplicaSet)),
        (Features.CronJobs, item => Any(item, workload => workload.Kind == FuzzWorkloadKind.CronJob)),
        (Features.Autoscalers, item => Any(item, workload => workload.AutoscalesTo > 0)),
        (Features.Volumes, item => Any(item, workload => workload.HasVolume)),
        (Features.Budgets, item => Any(item, workload => workload.BudgetUnavailable is not null)),
        (Features.Priorities, item => Any(item, workload => workload.Priority > 0)),
        (Features.Readiness, item => Any(item, workload => workload.ReadinessSeconds > 0)),
        (Features.Liveness, item => Any(item, workload => workload.LivenessSeconds > 0)),
        (Features.Services, item => Any(item, workload => workload.HasService)),
        (Features.Requests, item => Any(item, workload => workload is { RequestsPerSecond: > 0, IsFluid: false })),
        (Features.Fluids, item => Any(item, workload => workload.IsFluid)),
        (Features.Models, item => item.Faults.Any(fault => fault.IsRenewal)),
        .. Enum.GetValues<FuzzRule>().Where(rule => rule != FuzzRule.None).Select(rule => ($"rule {rule}", (Func<FuzzCase, bool>)(item => Any(item, workload => workload.Rule == rule)))),
        .. Enum.GetValues<FuzzVerb>().Select(verb => ($"step {verb}", (Func<FuzzCase, bool>)(item => item.Steps.Any(step => step.Verb == verb)))),
        .. StrategyCatalog.BuiltIn().Entries.Where(entry => !entry.NeedsFile).Select(entry => ($"strategy {entry.Name}", (Func<FuzzCase, bool>)(item => item.Strategy == entry.Name))),
    ];

    /// <summary>Everything that a case may have.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(feature => feature.Name)];

    /// <summary>What a case has.</summary>
    public static IEnumerable<string> Of(FuzzCase item) => Known.Where(feature => feature.Has(item)).Select(feature => feature.Name);

    private static bool Any(FuzzCase item, Func<FuzzWorkload, bool> has) => item.Workloads.Any(has);
}
