namespace SchedBench.Fuzzing.Cases;

/// <content>Workloads and what users do to them.</content>
public static partial class CaseDrawing
{
    private static FuzzWorkload[] Workloads(CaseDice dice, FeatureSet features, FuzzNode[] nodes, int healAt)
    {
        List<FuzzWorkloadKind> kinds = [FuzzWorkloadKind.Deployment, FuzzWorkloadKind.Deployment];
        // Under Docker Swarm there is nothing of the kind.
        if (features.Has(Features.StatefulSets) && !features.IsSwarm) kinds.Add(FuzzWorkloadKind.StatefulSet);
        if (features.Has(Features.DaemonSets)) kinds.Add(FuzzWorkloadKind.DaemonSet);
        if (features.Has(Features.Jobs)) kinds.Add(FuzzWorkloadKind.Job);
        if (features.Has(Features.CronJobs) && !features.IsSwarm) kinds.Add(FuzzWorkloadKind.CronJob);
        if (features.Has(Features.ReplicaSets)) kinds.Add(FuzzWorkloadKind.ReplicaSet);
        var workloads = new FuzzWorkload[features.Workloads];
        for (int w = 0; w < workloads.Length; w++) workloads[w] = Workload(dice, features, new FuzzWorkload($"w{w}", dice.Of<FuzzWorkloadKind>(kinds), dice.Between(1, 6)), nodes, healAt);
        // Requests of a run are all single ones, or all rates: faults of single requests have nothing to touch otherwise.
        bool isFluid = features.Has(Features.Fluids) && dice.Percent(40);
        return [.. workloads.Select(workload => workload with { IsFluid = isFluid && workload.RequestsPerSecond > 0 })];
    }

    private static FuzzWorkload Workload(CaseDice dice, FeatureSet features, FuzzWorkload workload, FuzzNode[] nodes, int healAt)
    {
        bool isJob = workload.Kind is FuzzWorkloadKind.Job or FuzzWorkloadKind.CronJob, isDaemon = workload.Kind == FuzzWorkloadKind.DaemonSet;
        FuzzRule rule = features.Has(Features.Rules) && !features.IsSwarm && !isDaemon && !isJob ? dice.Of(Enum.GetValues<FuzzRule>()) : FuzzRule.None;
        bool hasService = features.Has(Features.Services) && !isJob && dice.Percent(60);
        workload = workload with
        {
            Replicas = rule is FuzzRule.OnePerNode or FuzzRule.HostPort ? Math.Min(workload.Replicas, nodes.Length) : workload.Replicas,
            AtSeconds = dice.Of(0, 0, 5, 30),
            CpuMilli = dice.Of(50, 100, 250, 500),
            MemoryMi = dice.Of(32, 64, 256),
            Priority = features.Has(Features.Priorities) && !features.IsSwarm ? dice.Of(0, 10, 100) : 0,
            GraceSeconds = dice.Of(0, 1, 5, 30),
            Rule = rule,
            Parallelism = dice.Between(1, 3),
            BackoffLimit = dice.Between(0, 4),
            UnavailablePercent = dice.Of(0, 25, 50),
            Recreates = dice.Percent(15),
            StartSeconds = dice.Of(0, 1, 5, 15),
            StopSeconds = dice.Of(0, 0, 1, 20),
            RunSeconds = dice.Of(1, 10, 60),
            Fails = isJob && dice.Percent(15),
            ReadinessSeconds = features.Has(Features.Readiness) && !isJob ? dice.Of(0, 1, 5, 10) : 0,
            LivenessSeconds = features.Has(Features.Liveness) && !isJob ? dice.Of(0, 5, 10) : 0,
            HasService = hasService,
        };
        if (features.Has(Features.Gpus) && !features.IsSwarm && !isDaemon && nodes.Sum(node => node.Gpus) >= workload.Replicas + 2 && dice.Percent(30)) workload = workload with { Gpus = 1 };
        if (features.Has(Features.Volumes) && workload.Kind == FuzzWorkloadKind.StatefulSet) workload = workload with { HasVolume = dice.Percent(70) };
        if (features.Has(Features.Budgets) && !features.IsSwarm && !isJob && dice.Percent(60)) workload = workload with { BudgetUnavailable = dice.Of(0, 1, 1, 2) };
        if (features.Has(Features.Autoscalers) && !features.IsSwarm && workload is { Kind: FuzzWorkloadKind.Deployment, Rule: not (FuzzRule.OnePerNode or FuzzRule.HostPort) }) workload = workload with { AutoscalesTo = dice.Of(0, 3, 8) };
        return hasService && features.Has(Features.Requests) ? WithRequests(dice, workload, healAt) : workload;
    }

    private static FuzzWorkload WithRequests(CaseDice dice, FuzzWorkload workload, int healAt) => workload with
    {
        RequestsPerSecond = dice.Of(1, 3, 8),
        RequestsFromSeconds = dice.Between(Calm / 2, healAt),
        RequestsForSeconds = dice.Of(10, 30, 60),
        Retries = dice.Of(0, 0, 2),
    };

    private static FuzzStep[] Steps(CaseDice dice, FeatureSet features, FuzzNode[] nodes, FuzzWorkload[] workloads, int healAt)
    {
        FuzzVerb[] verbs = [.. Enum.GetValues<FuzzVerb>().Where(verb => dice.Percent(60) && !(features.IsSwarm && verb is FuzzVerb.Taint or FuzzVerb.Evict or FuzzVerb.Pause))];
        if (verbs.Length == 0) return [];
        var steps = new List<FuzzStep>();
        for (int s = 0; s < features.Steps; s++)
        {
            FuzzVerb verb = dice.Of<FuzzVerb>(verbs);
            FuzzWorkload workload = dice.Of<FuzzWorkload>(workloads);
            string target = verb switch
            {
                FuzzVerb.Cordon or FuzzVerb.Drain or FuzzVerb.Taint => dice.Of<FuzzNode>(nodes).Name,
                FuzzVerb.DeletePod or FuzzVerb.Evict or FuzzVerb.RestartControllers => "",
                _ => workload.Name,
            };
            int most = verb == FuzzVerb.Scale && workload.Rule is FuzzRule.OnePerNode or FuzzRule.HostPort ? Math.Min(8, nodes.Length) : 8;
            steps.Add(new FuzzStep(dice.Between(Calm, healAt - 1), verb, target) { Value = verb == FuzzVerb.Scale ? dice.Between(0, most) : dice.Between(0, 99), ForSeconds = dice.Of(1, 10, 40, 200) });
        }

        return [.. steps.OrderBy(step => step.AtSeconds)];
    }
}
