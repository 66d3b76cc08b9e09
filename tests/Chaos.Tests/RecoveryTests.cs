using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Faults in runs, and what is measured of the recovery. True state and known state are apart: the time between them is the time to detect.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void A_dead_node_is_detected_in_40_to_60_seconds_and_its_pods_are_replaced_in_340_to_370()
    {
        (OrchestratedRun run, Dictionary<string, double?> metrics, IReadOnlyList<Fact> facts) = Run(FaultEffect.Crash, ["node-000"], duration: 1000);
        Assert.InRange(metrics["time_to_detect_seconds_max"]!.Value, 40, 60);
        Assert.InRange(metrics["time_to_replace_seconds_p50"]!.Value, 340, 370);
        Assert.Equal((1, 1), (metrics["faults_total"], metrics["fault_hits_total"]));
        Assert.True(metrics["pods_lost_total"] > 0);
        Assert.Equal((0, 0), (metrics["pods_unreplaced_total"], metrics["false_evictions_total"]));
        Assert.Equal(metrics["time_to_replace_seconds_max"], metrics["time_to_recover_seconds_max"]);
        Assert.True(metrics["lost_capacity_replica_seconds"] >= metrics["pods_lost_total"] * 340);
        Assert.Equal(2, facts.Count(fact => fact.Kind is FactKind.FaultBegan or FactKind.FaultEnded));
        Assert.Equal(NodeTrouble.None, run.Health![0]);
    }

    [Fact]
    public void The_phases_of_a_recovery_are_those_of_the_timers_and_add_up_to_the_time_to_replace()
    {
        (_, Dictionary<string, double?> metrics, _) = Run(FaultEffect.Crash, ["node-000"], duration: 1000);
        Assert.Equal((metrics["pods_lost_total"], 0), (metrics["replacements_total"], metrics["replacements_by_return_total"]));
        Assert.InRange(metrics["recovery_detect_seconds_mean"]!.Value, 40, 60);
        Assert.InRange(metrics["recovery_evict_seconds_mean"]!.Value, 300, 310);
        double sum = ((string[])["detect", "evict", "place", "pull", "start", "ready"]).Sum(phase => metrics[$"recovery_{phase}_seconds_mean"]!.Value);
        Assert.Equal(metrics["time_to_replace_seconds_mean"]!.Value, sum, 1e-9);
        Assert.Equal(metrics["time_to_replace_seconds_mean"], metrics["recovery_seconds_mean"]);
    }

    [Fact]
    public void The_reach_of_a_fault_is_that_of_its_machine_and_clients_leave_its_endpoints_soon_after_it_is_detected()
    {
        OrchestrationBuilder builder = Fleet(4).With(o => o with { Until = TimeSpan.FromSeconds(1500) }).Apply(Service("web"), Deployment("web", 8));
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([new PlannedFault(0, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1000), FaultEffect.Crash, ["node-000"], "test")], 0), 1)) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents();
        var observer = new FaultObserver(run.Health!, run.Store.View, () => run.Loop.Now, run.Proxies, clients: 10);
        var blast = new BlastObserver(run.Store.View);
        var failures = new NodeFailureObserver(4, () => run.Loop.Now);
        var stale = new StaleRunObserver(() => run.Loop.Now);
        foreach (IStoreListener listener in (IStoreListener[])[observer, blast, failures, stale]) run.Store.Subscribe(listener);
        run.Facts.Subscribe(observer);
        run.Facts.Subscribe(blast);
        run.Health!.Subscribe(blast);
        run.Health!.Subscribe(failures);
        run.Runtime!.Observe(observer);
        run.Runtime!.Observe(stale);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(1500), sink);
        blast.Report(sink);
        failures.Report(TimeSpan.FromSeconds(1500), sink);
        stale.Report(TimeSpan.FromSeconds(1500), sink);
        Dictionary<string, double?> metrics = sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
        Assert.Equal((metrics["pods_lost_total"], 1, 0), (metrics["blast_pods_total"], metrics["blast_namespaces_total"], metrics["services_down_total"]));
        Assert.InRange(metrics["dead_endpoint_seconds_max"]!.Value - metrics["time_to_detect_seconds_max"]!.Value, 0, 3);
        Assert.Equal((1, (4 * 1500.0) - 1000, null), (metrics["node_failures_total"], metrics["node_time_to_failure_seconds_mean"], metrics["node_time_between_failures_seconds_mean"]));
        Assert.Equal((0, 0), (metrics["stale_runs_total"], metrics["stale_run_seconds"]));
    }

    [Fact]
    public void A_pod_that_is_deleted_by_force_while_its_node_is_cut_off_runs_on_until_the_node_hears_of_it()
    {
        OrchestrationBuilder builder = Fleet(4).With(o => o with { Until = TimeSpan.FromSeconds(400) }).Apply(Service("web"), Deployment("web", 8));
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([new PlannedFault(0, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(140), FaultEffect.CutOff, ["node-000"], "test")], 0), 1)) builder.Step(step);
        OrchestratedRun run = builder.Do(100, r => Assert.Null(r.Store.Delete(Pods(r).First(pod => pod.Node.Value == 0).Key, new DeleteOptions(Grace: TimeSpan.Zero)))).BuildWithAgents();
        var stale = new StaleRunObserver(() => run.Loop.Now);
        run.Store.Subscribe(stale);
        run.Runtime!.Observe(stale);
        run.Run();
        var sink = new MetricSink();
        stale.Report(TimeSpan.FromSeconds(400), sink);
        Assert.Equal(1, sink.Metrics[0].Value);
        Assert.InRange(sink.Metrics[1].Value!.Value, 100, 140);
    }

    [Fact]
    public void Pods_that_stand_still_for_a_while_come_back_by_themselves()
    {
        (_, Dictionary<string, double?> metrics, _) = Run(FaultEffect.Hang, ["node-000"], duration: 20);
        Assert.True(metrics["pods_lost_total"] > 0);
        Assert.Equal((0, metrics["pods_lost_total"], null), (metrics["replacements_total"], metrics["replacements_by_return_total"], metrics["recovery_detect_seconds_mean"]));
    }

    [Fact]
    public void The_last_pods_of_a_dead_zone_are_deleted_as_the_zones_eviction_rate_says()
    {
        // Zone a has 12 of 36 nodes. One of them is tainted every 10 s, and its pods go 300 s after that: the last ones 110 s after the first.
        FaultEffect off = FaultEffect.Crash;
        FaultPlan plan = PlanDrawing.Draw(new FaultSet("set", [new TimedSource("zone", off, new TargetSpec { Selector = LabelSelector.Of([new Label("topology.kubernetes.io/zone", "a")]) }, TimeSpan.FromSeconds(60), null, TimeSpan.Zero)]), Zones(36), 1, TimeSpan.FromSeconds(1500));
        (_, _, IReadOnlyList<Fact> facts) = Run(plan, 1, nodes: 36, pods: 72);
        double[] tainted = [.. facts.Where(fact => fact.Kind == FactKind.NodeNotReady).Select(fact => fact.At.TotalSeconds - 60)], deleted = [.. facts.Where(fact => fact.Kind == FactKind.PodEvictedByTaint).Select(fact => fact.At.TotalSeconds - 60)];
        Assert.Equal(12, tainted.Length);
        Assert.All(tainted, at => Assert.InRange(at, 40, 60));
        Assert.InRange(deleted.Min(), 340, 360);
        Assert.InRange(deleted.Max() - deleted.Min(), 100, 130);
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    public void A_dead_node_of_a_swarm_is_down_after_8_to_17_seconds_and_its_tasks_are_replaced_after_13_to_22(ulong seed)
    {
        FaultPlan plan = new([new PlannedFault(0, TimeSpan.FromSeconds(60.3), null, FaultEffect.Crash, ["node-001"], "t")], 0);
        OrchestrationBuilder builder = SwarmFleet.Of(4, until: 200).With(o => o with { Seed = seed }).Apply(Service("web"), Deployment("web", 8));
        foreach (RunStep step in FaultInjection.Steps(plan, seed)) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(SwarmFleet.Agents());
        (_, Dictionary<string, double?> metrics, _) = Measure(run);
        Assert.InRange(metrics["time_to_detect_seconds_max"]!.Value, 8, 16.5);
        Assert.InRange(metrics["time_to_replace_seconds_max"]!.Value, 13.5, 22);
    }

    private static NodeSpec[] Zones(int count) => [.. Enumerable.Range(0, count).Select(n => new NodeSpec { Name = $"node-{n:D3}", Zone = ((char)('a' + (n % 3))).ToString() })];

    [Fact]
    public void A_node_whose_heartbeats_alone_are_lost_loses_healthy_pods()
    {
        (_, Dictionary<string, double?> metrics, _) = Run(FaultEffect.HeartbeatLoss, ["node-000"], duration: 500);
        Assert.Equal(0, metrics["pods_lost_total"]);
        Assert.InRange(metrics["time_to_detect_seconds_max"]!.Value, 40, 60);
        Assert.True(metrics["false_evictions_total"] > 0);
    }

    [Fact]
    public void A_fault_that_is_shorter_than_the_grace_is_not_detected()
    {
        (_, Dictionary<string, double?> metrics, _) = Run(FaultEffect.CutOff, ["node-000", "node-001"], duration: 20);
        Assert.Equal((2, null), (metrics["fault_hits_undetected_total"], metrics["time_to_detect_seconds_mean"]));
        Assert.Equal((0, 1), (metrics["false_evictions_total"], metrics["services_unaffected_total"]));
    }

    [Fact]
    public void A_dip_that_lasts_at_the_end_is_censored()
    {
        (_, Dictionary<string, double?> metrics, _) = Run(FaultEffect.Crash, ["node-000", "node-001", "node-002", "node-003"], duration: null);
        Assert.Equal((1, null), (metrics["recoveries_censored_total"], metrics["time_to_recover_seconds_mean"]));
        Assert.True(metrics["pods_unreplaced_total"] > 0);
    }

    [Fact]
    public void A_machine_is_well_when_the_last_of_its_faults_is_over()
    {
        var plan = new FaultPlan(
            [
                new PlannedFault(0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), FaultEffect.CutOff, ["node-001"], "a"),
                new PlannedFault(1, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30), FaultEffect.HeartbeatLoss, ["node-001"], "b"),
            ], 0);
        var seen = new List<(double, NodeTrouble)>();
        OrchestrationBuilder builder = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(60) });
        foreach (RunStep step in FaultInjection.Steps(plan, 1)) builder.Step(step);
        foreach (double at in (double[])[15, 25, 35, 55]) builder.Do(at, run => seen.Add((at, run.Health![1])));
        builder.BuildWithAgents().Run();
        Assert.Equal([(15, NodeTrouble.CutOff), (25, NodeTrouble.CutOff | NodeTrouble.HeartbeatsLost), (35, NodeTrouble.HeartbeatsLost), (55, NodeTrouble.None)], seen);
    }

    [Fact]
    public void Killed_pods_are_lost_and_replaced_and_the_seed_says_which()
    {
        (Dictionary<string, double?> metrics, long[] killed) = Kill(1);
        Assert.Equal((3, 6, 0), (metrics["faults_total"], metrics["pods_lost_total"], metrics["pods_unreplaced_total"]));
        Assert.InRange(metrics["time_to_recover_seconds_max"]!.Value, 0.1, 30);
        Assert.Equal((0, null), (metrics["fault_hits_total"], metrics["time_to_detect_seconds_mean"]));
        Assert.Equal(6, killed.Distinct().Count());
        Assert.Equal(killed, Kill(1).Killed);
        Assert.NotEqual(killed, Kill(2).Killed);
    }

    private static (Dictionary<string, double?> Metrics, long[] Killed) Kill(ulong seed)
    {
        var target = new PodTarget(["default"], LabelSelector.Of([new Label("app", "web")]), TargetMode.Fixed, 2);
        var source = new TimedSource("kill", FaultEffect.PodKill.With("gracePeriod", "0s"), target, TimeSpan.FromSeconds(60), null, TimeSpan.FromSeconds(60));
        FaultPlan plan = PlanDrawing.Draw(new FaultSet("set", [source]), [new NodeSpec { Name = "node-000" }], seed, TimeSpan.FromSeconds(200));
        (_, Dictionary<string, double?> metrics, IReadOnlyList<Fact> facts) = Run(plan, seed);
        return (metrics, [.. facts.Where(fact => fact.Kind == FactKind.PodKilled).Select(fact => (long)fact.Uid)]);
    }

    [Fact]
    public void A_plan_for_another_fleet_is_refused()
    {
        OrchestrationBuilder builder = Fleet(2);
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([new PlannedFault(0, TimeSpan.Zero, null, FaultEffect.Crash, ["elsewhere"], "a")], 0), 1)) builder.Step(step);
        RunStepException error = Assert.Throws<RunStepException>(() => builder.BuildWithAgents().Run());
        Assert.Contains("the fleet has no node elsewhere", error.Message, StringComparison.Ordinal);
    }

    private static (OrchestratedRun Run, Dictionary<string, double?> Metrics, IReadOnlyList<Fact> Facts) Run(FaultEffect effect, IReadOnlyList<string> nodes, double? duration)
    {
        return Run(new FaultPlan([new PlannedFault(0, TimeSpan.FromSeconds(60), duration is { } seconds ? TimeSpan.FromSeconds(seconds) : null, effect, nodes, "test")], 0), seed: 1);
    }

    private static (OrchestratedRun Run, Dictionary<string, double?> Metrics, IReadOnlyList<Fact> Facts) Run(FaultPlan plan, ulong seed, int nodes = 4, int pods = 8)
    {
        OrchestrationBuilder builder = Fleet(nodes).With(o => o with { Until = TimeSpan.FromSeconds(1500) }).Apply(Service("web"), Deployment("web", pods));
        foreach (RunStep step in FaultInjection.Steps(plan, seed)) builder.Step(step);
        return Measure(builder.BuildWithAgents());
    }

    private static (OrchestratedRun Run, Dictionary<string, double?> Metrics, IReadOnlyList<Fact> Facts) Measure(OrchestratedRun run)
    {
        var observer = new FaultObserver(run.Health!, run.Store.View, () => run.Loop.Now);
        var recorder = new FactRecorder();
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Facts.Subscribe(recorder);
        run.Runtime!.Observe(observer);
        ObjectJudge.AttachAll(run);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(1500), sink);
        return (run, sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal), recorder.Facts);
    }
}
