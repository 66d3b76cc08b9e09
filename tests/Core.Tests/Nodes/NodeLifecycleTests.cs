using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class NodeLifecycleTests
{
    private static readonly AgentOptions Plain = new() { ImagesArePresent = true };

    [Fact]
    public void The_timeline_of_a_dead_node_is_that_of_the_reference()
    {
        for (int node = 0; node < 12; node++)
        {
            int dead = node;
            int lost = 0;
            (OrchestratedRun run, FactLog facts) = Start(
                Fleet(12).Apply(ReplicaSet("web", 60, Tolerant("web"))).Do(100 + node, r => lost = Crash(r, dead)).Do(200, r => Cordon(r, true, dead)), 1000);
            run.Run();
            double crash = 100 + node;
            double notReady = facts.Seconds(FactKind.NodeNotReady).Single() - crash;
            Assert.InRange(notReady, 40, 60);
            Assert.All(facts.Of(FactKind.PodNotReady).Where(fact => fact.Detail == 1), fact => Assert.Equal(notReady + crash, fact.At.TotalSeconds));
            Assert.Equal(lost, facts.Of(FactKind.PodNotReady).Count(fact => fact.Detail == 1));
            double tainted = facts.Seconds(FactKind.NodeTainted).Single() - crash;
            Assert.Equal(notReady + 5, tainted);
            Assert.Equal(lost, facts.Of(FactKind.PodEvictedByTaint).Count);
            Assert.All(facts.Seconds(FactKind.PodEvictedByTaint), at => Assert.Equal(tainted + 300, at - crash));
            Assert.InRange(tainted + 300, 340, 365);
            // The pods stay terminating: nobody is there to stop them. Their replacements are ready soon.
            Assert.Equal(lost, Pods(run).Count(pod => pod.Metadata.IsDeleting && pod.Node == new NodeIndex(dead)));
            Assert.Equal(60, Pods(run).Count(pod => pod.IsActive && pod.Status.IsReady));
            Assert.InRange(facts.Seconds(FactKind.PodReady).Max() - crash, 340, 370);
        }
    }

    [Fact]
    public void A_silent_node_is_found_at_the_look_of_a_controller_that_makes_every_look()
    {
        var draw = Draw.Stream(11, "tests/looks");
        for (ulong world = 0; world < 100; world++)
        {
            double crash = 20 + (draw.Uniform(world, 0) * 300);
            int node = (int)draw.Below(world, 1, 9);
            (OrchestratedRun run, FactLog facts) = Start(Fleet(9).With(o => o with { Seed = world }).Do(crash, r => r.Health!.Crash(node)), 600);
            var renewals = new List<TimeSpan>();
            TimeSpan first = run.Heartbeats!.LastHeartbeatAt(node, TimeSpan.Zero);
            for (TimeSpan at = first; at <= TimeSpan.FromSeconds(crash); at += TimeSpan.FromSeconds(10)) renewals.Add(at);
            run.Run();
            TimeSpan seen = TimeSpan.Zero, last = TimeSpan.MinValue, found = TimeSpan.Zero;
            for (TimeSpan look = TimeSpan.Zero; found == TimeSpan.Zero; look += TimeSpan.FromSeconds(5))
            {
                TimeSpan newest = renewals.Last(at => at <= look);
                if (newest > last) (last, seen) = (newest, look);
                if (look - seen >= TimeSpan.FromSeconds(50)) found = look;
            }

            Assert.Equal([found.TotalSeconds], facts.Seconds(FactKind.NodeNotReady));
        }
    }

    [Fact]
    public void Pods_of_a_node_whose_heartbeats_alone_are_lost_are_ready_again_within_ten_seconds()
    {
        // Found by fuzzing (seed 36): they stayed not ready for ever, as nothing changed on their node.
        (OrchestratedRun run, FactLog facts) = Start(Fleet(2).Apply(Some.StatefulSet("web", 1)).Do(100, r => r.Health!.Set(0, NodeTrouble.HeartbeatsLost)).Do(100, r => r.Health!.Set(1, NodeTrouble.HeartbeatsLost)), 250);
        run.Run();
        double marked = facts.Of(FactKind.PodNotReady).Single(fact => fact.Detail == 1).At.TotalSeconds;
        Assert.InRange(facts.Seconds(FactKind.PodReady).Last() - marked, 0.001, 10);
        Assert.True(Pods(run).Single().Status.IsReady);
    }

    [Fact]
    public void A_node_that_never_reported_has_a_grace_of_its_own()
    {
        (OrchestratedRun run, FactLog _) = Start(
            Fleet(3).Do(0, r =>
            {
                r.Health!.Set(0, NodeTrouble.HeartbeatsLost);
                r.Store.Update(Find(r, 0) with { IsReady = null });
            }), 200);
        string before = "", after = "";
        At(run, 50, () => before = Taints(run, 0));
        At(run, 61, () => after = Taints(run, 0));
        run.Run();
        Assert.Equal("node.kubernetes.io/not-ready:NoSchedule", before);
        Assert.Equal("node.kubernetes.io/unreachable:NoSchedule", after);
        Assert.Contains("node.kubernetes.io/unreachable:NoExecute", Taints(run, 0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_restarts_behind_a_partition_starts_nothing_until_it_is_reached()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(1).Apply(Bare("a")).Do(100, r => r.Health!.Crash(0)).Do(110, r => r.Health!.Set(0, NodeTrouble.CutOff)).Do(130, r => r.Health!.Recover(0)), 300);
        run.Run();
        Assert.Equal([130.0], facts.Seconds(FactKind.ContainerRestarted));
        Assert.True(Get(run, "a").Status.IsReady);
    }

    [Fact]
    public void A_node_that_is_back_within_the_grace_is_never_marked()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(3).Apply(ReplicaSet("web", 6, Tolerant("web"))).Do(100, r => r.Health!.CutOff(0)).Do(130, r => r.Health!.Recover(0)), 1000);
        run.Run();
        Assert.Empty(facts.Of(FactKind.NodeNotReady));
        Assert.Empty(facts.Of(FactKind.PodNotReady));
        Assert.Equal(6, Pods(run).Count(pod => pod.Status.IsReady));
    }

    [Fact]
    public void A_lost_node_is_tainted_against_new_pods_at_once_and_untainted_when_it_returns()
    {
        (OrchestratedRun run, FactLog facts) = Start(Fleet(9).Do(100, r => r.Health!.CutOff(0)).Do(250, r => r.Health!.Recover(0)), 1000);
        var seen = new List<string>();
        At(run, 154, () => seen.Add(Taints(run, 0)));
        At(run, 200, () => seen.Add(Taints(run, 0)));
        At(run, 299, () => seen.Add(Taints(run, 0)));
        run.Run();
        Assert.Equal("node.kubernetes.io/unreachable:NoSchedule", seen[0].Split(' ')[0]);
        Assert.Equal("node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute", seen[1]);
        Assert.Equal("", seen[2]);
        Assert.InRange(facts.Seconds(FactKind.NodeReady).Single(), 250, 260);
    }

    [Fact]
    public void Lost_nodes_of_a_zone_are_tainted_one_every_ten_seconds()
    {
        (OrchestratedRun run, FactLog facts) = Start(Fleet(30).Do(100, r => Crash(r, 0, 3, 6, 9)), 1000);
        run.Run();
        double[] tainted = facts.Seconds(FactKind.NodeTainted);
        Assert.Equal(4, tainted.Length);
        Assert.All(tainted.Zip(tainted.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 10, 20));
    }

    [Fact]
    public void A_small_zone_that_is_mostly_down_gets_no_taints_of_the_second_kind()
    {
        (OrchestratedRun run, FactLog facts) = Start(Fleet(30).Do(100, r => Crash(r, 0, 3, 6, 9, 12, 15)), 2000);
        run.Run();
        Assert.Equal(6, facts.Of(FactKind.NodeNotReady).Count);
        // Those found before the zone counts as partly down may pass the limiter.
        Assert.InRange(facts.Of(FactKind.NodeTainted).Count, 0, 1);
    }

    [Fact]
    public void Nodes_that_change_their_zone_count_in_the_new_one()
    {
        OrchestrationBuilder builder = Fleet(30).Do(100, r => Crash(r, 0, 3, 6, 9, 12, 15));
        foreach (int node in (int[])[1, 4, 7, 10, 13, 16]) builder.Step(new LabelNodeStep(TimeSpan.FromSeconds(400), $"node-{node:D3}", [new Label("topology.kubernetes.io/zone", "a")]));
        (OrchestratedRun run, FactLog facts) = Start(builder, 1000);
        run.Run();
        // 6 of 16 are lost then, not 6 of 10: the zone is well, and its nodes are tainted one every ten seconds.
        double[] tainted = [.. facts.Seconds(FactKind.NodeTainted).Where(at => at > 200)];
        Assert.InRange(tainted.Length, 5, 6);
        Assert.InRange(tainted[0], 400, 420);
        Assert.All(tainted.Zip(tainted.Skip(1)), pair => Assert.Equal(10, pair.Second - pair.First, 3));
    }

    [Fact]
    public void A_large_zone_that_is_mostly_down_is_tainted_at_the_secondary_rate()
    {
        (OrchestratedRun run, FactLog facts) = Start(Fleet(180).Do(100, r => Crash(r, [.. Enumerable.Range(0, 40).Select(i => 3 * i)])), 1200);
        run.Run();
        double[] tainted = [.. facts.Seconds(FactKind.NodeTainted).Where(at => at > 170)];
        Assert.InRange(tainted.Length, 9, 11);
        Assert.All(tainted.Zip(tainted.Skip(1)), pair => Assert.Equal(100, pair.Second - pair.First, 3));
    }

    [Fact]
    public void A_whole_zone_that_is_down_is_tainted_at_the_normal_rate()
    {
        (OrchestratedRun run, FactLog facts) = Start(Fleet(30).Do(100, r => Crash(r, [.. Enumerable.Range(0, 10).Select(i => 3 * i)])), 1000);
        run.Run();
        double[] tainted = facts.Seconds(FactKind.NodeTainted);
        Assert.Equal(10, tainted.Length);
        Assert.Equal(10, (tainted[^1] - tainted[^2]), 3);
    }

    [Fact]
    public void When_all_zones_are_down_evictions_stop_and_start_anew_after_the_first_return()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(6).Apply(ReplicaSet("web", 12, Tolerant("web"))).Do(100, r => Crash(r, 0, 1, 2, 3, 4, 5)).Do(2000, r => r.Health!.Recover(0)), 2600);
        run.Run();
        Assert.DoesNotContain(facts.Of(FactKind.NodeTainted), fact => fact.At.TotalSeconds is > 170 and < 2000);
        Assert.DoesNotContain(facts.Of(FactKind.PodEvictedByTaint), fact => fact.At.TotalSeconds < 2000);
        Assert.Contains(facts.Of(FactKind.NodeTainted), fact => fact.At.TotalSeconds > 2000);
        Assert.Contains(facts.Of(FactKind.PodEvictedByTaint), fact => fact.At.TotalSeconds > 2300);
    }

    [Fact]
    public void Pods_behind_a_partition_run_on_and_those_deleted_meanwhile_end_when_it_heals()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(9).Apply(ReplicaSet("web", 9, Tolerant("web"))).Do(100, r => r.Health!.CutOff(0)).Do(200, r => Cordon(r, true)).Do(600, r => r.Health!.Recover(0)), 1000);
        int before = 0, running = 0, terminating = 0;
        At(run, 90, () => before = run.Agents!.StateOf(new NodeIndex(0)).PodCount);
        At(run, 590, () =>
        {
            running = run.Agents!.StateOf(new NodeIndex(0)).PodCount;
            terminating = Pods(run).Count(pod => pod.Metadata.IsDeleting);
        });
        run.Run();
        Assert.True(before > 0);
        Assert.Equal((before, before), (running, terminating));
        Assert.Equal(9, Pods(run).Count);
        Assert.Equal(0, run.Agents!.StateOf(new NodeIndex(0)).PodCount);
        Assert.All(facts.Seconds(FactKind.PodStopped), at => Assert.InRange(at, 600, 602));
    }

    [Fact]
    public void Pods_of_a_machine_that_restarts_in_time_are_started_anew()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(3).Apply(ReplicaSet("web", 3, Tolerant("web"))).Do(100, r => r.Health!.Crash(0)).Do(120, r => r.Health!.Recover(0)), 400);
        run.Run();
        Assert.NotEmpty(facts.Of(FactKind.ContainerRestarted));
        Assert.All(facts.Of(FactKind.ContainerRestarted), fact => Assert.Equal((0, 120.0), (fact.Node.Value, fact.At.TotalSeconds)));
        Assert.Equal(3, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Equal(1, Pods(run).Max(pod => pod.Status.Restarts));
    }

    [Fact]
    public void Pods_whose_heartbeats_alone_are_lost_are_evicted_although_they_are_well()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(9).Apply(ReplicaSet("web", 9, Tolerant("web"))).Do(100, r => r.Health!.Set(0, NodeTrouble.HeartbeatsLost)).Do(200, r => Cordon(r, true)).Do(700, r => r.Health!.Recover(0)), 1000);
        run.Run();
        // The agent still has a way to the control plane: it stops what is deleted.
        Assert.NotEmpty(facts.Of(FactKind.PodEvictedByTaint));
        Assert.Equal(facts.Of(FactKind.PodEvictedByTaint).Count, facts.Of(FactKind.PodStopped).Count);
        Assert.Single(facts.Of(FactKind.NodeReady));
    }

    [Fact]
    public void A_machine_that_stands_still_goes_on_where_it_was()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(1).Apply(Bare("a")).Do(100, r => r.Health!.Hang(0)).Do(105, r => r.Store.Delete(Key("a"))).Do(120, r => r.Health!.Recover(0)), 400);
        run.Run();
        Assert.InRange(facts.Seconds(FactKind.PodStopped).Single(), 120, 122);
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void Pods_without_toleration_go_with_the_taint_and_those_that_tolerate_for_ever_stay()
    {
        Pod forever = Bare("c");
        forever = forever with { Node = new NodeIndex(0), Spec = forever.Spec with { Tolerations = [new Toleration("", true, "", null, null)] } };
        Pod soon = Bare("b");
        soon = soon with { Node = new NodeIndex(0), Spec = soon.Spec with { Tolerations = [new Toleration("test", true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(30))] } };
        (OrchestratedRun run, FactLog facts) = Start(Fleet(3).Apply(Bare("a") with { Node = new NodeIndex(0) }, soon, forever).Do(50, r => Taint(r, 0, "test")), 400);
        run.Run();
        Assert.Equal([50, 80], facts.Seconds(FactKind.PodEvictedByTaint));
        Assert.Equal("c", Pods(run).Single().Name);
    }

    [Fact]
    public void A_taint_that_goes_in_time_cancels_the_eviction()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(9).Apply(ReplicaSet("web", 9, Tolerant("web"))).Do(100, r => r.Health!.CutOff(0)).Do(300, r => r.Health!.Recover(0)), 1000);
        run.Run();
        Assert.Single(facts.Of(FactKind.NodeTainted));
        Assert.Empty(facts.Of(FactKind.PodEvictedByTaint));
        Assert.Equal(9, Pods(run).Count(pod => pod.Status.IsReady));
    }

    [Fact]
    public void A_node_that_went_and_is_back_gives_its_pods_their_time_anew()
    {
        Pod soon = Bare("b");
        soon = soon with { Node = new NodeIndex(0), Spec = soon.Spec with { Tolerations = [new Toleration("test", true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(30))] } };
        OrchestrationBuilder builder = Fleet(3).Apply(soon).Do(50, r => Taint(r, 0, "test"))
            .Do(60, r => ((INodeMachines)r).Stop(new NodeIndex(0))).Do(62, r => ((INodeMachines)r).Start(new NodeIndex(0))).Do(70, r => Taint(r, 0, "test"));
        (OrchestratedRun run, FactLog facts) = Start(builder, 400);
        run.Run();
        Assert.Equal([100], facts.Seconds(FactKind.PodEvictedByTaint));
    }

    [Fact]
    public void Terminating_pods_of_a_node_that_is_out_of_service_are_removed_at_the_next_pass()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Fleet(9).Apply(ReplicaSet("web", 9, Tolerant("web"))).Do(100, r => r.Health!.Crash(0)).Do(190, r => Cordon(r, true)).Do(200, r => Taint(r, 0, NodeTaints.OutOfService)), 1000);
        run.Run();
        Assert.NotEmpty(facts.Of(FactKind.PodEvictedByTaint));
        Assert.All(facts.Seconds(FactKind.PodEvictedByTaint), at => Assert.Equal(200, at));
        Assert.All(facts.Seconds(FactKind.PodForceDeleted), at => Assert.Equal(220, at));
        Assert.Equal(facts.Of(FactKind.PodEvictedByTaint).Count, facts.Of(FactKind.PodForceDeleted).Count);
        Assert.Equal(9, Pods(run).Count(pod => pod.Status.IsReady));
    }

    [Fact]
    public void A_cordoned_node_has_the_taint_that_says_so()
    {
        (OrchestratedRun run, FactLog _) = Start(
            Fleet(1).Do(10, r => Cordon(r, true)).Do(20, r => Cordon(r, false)), 100);
        string during = "";
        At(run, 15, () => during = Taints(run, 0));
        run.Run();
        Assert.Equal("node.kubernetes.io/unschedulable:NoSchedule", during);
        Assert.Equal("", Taints(run, 0));
    }

    [Fact]
    public void An_idle_fleet_makes_no_events()
    {
        (OrchestratedRun run, FactLog _) = Start(Fleet(500), 86_400);
        run.Run();
        Assert.InRange(run.Loop.EventsHandled, 0, 2000);
    }

    internal static (OrchestratedRun Run, FactLog Facts) Start(OrchestrationBuilder builder, double until, AgentOptions? agents = null)
    {
        OrchestratedRun run = builder.With(o => o with { Until = TimeSpan.FromSeconds(until) }).BuildWithAgents(agents ?? Plain);
        NodeInvariants.Attach(run, 64);
        return (run, FactLog.Of(run));
    }

    internal static PodTemplate Tolerant(string app)
    {
        PodTemplate template = Template(app);
        return template with
        {
            Spec = template.Spec with
            {
                Tolerations =
                [
                    new Toleration(NodeTaints.NotReady, true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(300)),
                    new Toleration(NodeTaints.Unreachable, true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(300)),
                ],
            },
        };
    }

    internal static void Taint(OrchestratedRun run, int node, string key) =>
        run.Store.Update(Find(run, node) with { Taints = [.. Find(run, node).Taints, new Taint(key, "", TaintEffect.NoExecute)] });

    internal static Node Find(OrchestratedRun run, int node) => run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[node].Name)!;

    private static void Cordon(OrchestratedRun run, bool isCordoned, int node = 0) => run.Store.Update(Find(run, node) with { IsCordoned = isCordoned });

    private static int Crash(OrchestratedRun run, params int[] nodes)
    {
        foreach (int node in nodes) run.Health!.Crash(node);
        return nodes.Sum(node => run.Agents!.StateOf(new NodeIndex(node)).PodCount);
    }

    private static string Taints(OrchestratedRun run, int node) => string.Join(' ', Find(run, node).Taints.Select(taint => $"{taint.Key}:{taint.Effect}"));
}
