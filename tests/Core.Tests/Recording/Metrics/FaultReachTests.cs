using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>How far faults reach, whom they mislead and how often nodes fail, worked out by hand.</summary>
public sealed class FaultReachTests
{
    [Fact]
    public void The_blast_radius_is_who_was_killed_or_moved_of_those_that_were_there_or_came()
    {
        // Six pods stand when the first fault begins, one has ended before, one comes later. Killed: a. Off with their machine: b and c. Moved, and killed before: c. Moved: d. Hit alone and alive: e.
        var script = new Script();
        var health = new NodeHealth(8);
        var observer = new BlastObserver(script.Store.View);
        health.Subscribe(observer);
        script.Store.Subscribe(observer);
        foreach ((string name, int node) in (ReadOnlySpan<(string, int)>)[("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 3), ("f", 4), ("done", 1)]) script.Serve(1, name, name, node);
        script.End(5, "done", isWell: true).Wait(6, "pending", "web");
        script.Tell(8, observer, FactKind.PodEvictedByTaint, "f").Tell(10, observer, FactKind.PodKilled, "a").Serve(11, "late", "web", 5);
        script.At(20, () => health.Crash(1)).Tell(30, observer, FactKind.PodEvictedByTaint, "c").Tell(30, observer, FactKind.PodEvictedByTaint, "d").Tell(40, observer, FactKind.FaultHitPod, "e");
        Dictionary<string, double?> metrics = script.Play(100, (_, sink) => observer.Report(sink));
        Assert.Equal((4, 4 / 7.0 * 100, 1), (metrics["blast_pods_total"], metrics["blast_pods_percent"], metrics["blast_namespaces_total"]));
    }

    [Fact]
    public void Services_are_down_when_nothing_of_them_answers_in_a_dip()
    {
        // web loses both of its pods, db one of two.
        var script = new Script();
        var observer = new FaultObserver(new NodeHealth(8), script.Store.View, () => script.Now);
        script.Store.Subscribe(observer);
        script.Apply(0, Service("web"), Service("db"), Deployment("web", 2), Deployment("db", 2)).Serve(1, "a", "web", 0).Serve(1, "b", "web", 1).Serve(1, "c", "db", 0).Serve(1, "d", "db", 1);
        foreach (string name in (string[])["a", "b", "c", "d"]) script.At(2, () => observer.OnFitChanged(script.Pod(name), isFit: true));
        foreach (string name in (string[])["a", "c", "b"])
        {
            script.Tell(name == "b" ? 30 : 20, observer, FactKind.PodKilled, name).At(name == "b" ? 30 : 20, () => observer.OnStopped(script.Pod(name)));
        }

        Assert.Equal(1, script.Play(100, observer.Report)["services_down_total"]);
    }

    [Fact]
    public void Clients_leave_a_dead_endpoint_when_the_last_of_them_knows_and_one_that_answers_again_is_not_dead()
    {
        // Clients know after 2 s. a: lost at 20, taken off at 60. b: answers again at 25. c: lost at 30 and listed to the end. d: taken off at 34, lost at 35. e: taken off at 10, lost at 40. f: never an endpoint.
        var script = new Script();
        var timing = new ProxyTiming(new NetworkOptions { ProxySyncPeriod = TimeSpan.Zero, WatchDelay = TimeSpan.Zero, ProgrammingDelay = TimeSpan.FromSeconds(2) }, seed: 1);
        var observer = new FaultObserver(new NodeHealth(8), script.Store.View, () => script.Now, timing, clients: 3);
        script.Store.Subscribe(observer);
        script.Apply(0, Service("web"), Deployment("web", 6));
        string[] names = ["a", "b", "c", "d", "e", "f"];
        foreach (string name in names) script.Serve(1, name, "web", 0).At(2, () => observer.OnFitChanged(script.Pod(name), isFit: true));
        List(2, "a", "b", "c", "d", "e");
        List(10, "a", "b", "c", "d");
        Kill(20, "a");
        Kill(22, "b");
        script.At(25, () => observer.OnFitChanged(script.Pod("b"), isFit: true));
        Kill(30, "c");
        List(34, "a", "b", "c");
        Kill(35, "d");
        Kill(40, "e");
        Kill(41, "f");
        List(60, "b", "c");
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal(((60 + 2 - 20) + (34 + 2 - 35) + 0) / 3.0, metrics["dead_endpoint_seconds_mean"]);
        Assert.Equal((42, 1, 1), (metrics["dead_endpoint_seconds_max"], metrics["dead_endpoints_returned_total"], metrics["dead_endpoints_at_end_total"]));

        void Kill(double seconds, string pod) => script.Tell(seconds, observer, FactKind.PodKilled, pod).At(seconds, () => observer.OnStopped(script.Pod(pod)));
        void List(double seconds, params string[] pods) => script.At(seconds, () =>
        {
            EndpointSlice slice = new() { Metadata = Meta("web"), ServiceName = "web", Endpoints = [.. pods.Select(pod => new Endpoint(script.Pod(pod).Uid, pod, 0, true, true, false))] };
            EndpointSlice? there = script.Find<EndpointSlice>(ResourceKind.EndpointSlice, "web");
            Assert.Null(there is null ? script.Store.Create(slice, out _) : script.Store.Update(slice with { Metadata = there.Metadata }));
        });
    }

    [Fact]
    public void Without_requests_nothing_is_said_of_endpoints()
    {
        var script = new Script();
        Assert.DoesNotContain(script.Play(10, new FaultObserver(new NodeHealth(8), script.Store.View, () => script.Now).Report).Keys, name => name.StartsWith("dead_", StringComparison.Ordinal));
    }

    [Fact]
    public void Nodes_are_up_while_they_are_there_and_neither_off_nor_standing_still()
    {
        // Of four nodes one is off from 20 to 50, one hangs from 30 on and goes off at 40, which is one failure, one is cut off, which is none, and one leaves at 60.
        var script = new Script(nodes: 4);
        var health = new NodeHealth(4);
        var observer = new NodeFailureObserver(4, () => script.Now);
        health.Subscribe(observer);
        script.Store.Subscribe(observer);
        script.ApplyNodes().At(20, () => health.Crash(0)).At(50, () => health.Recover(0)).At(30, () => health.Hang(1)).At(40, () => health.Crash(1)).At(10, () => health.CutOff(2));
        script.At(60, () => Assert.Null(script.Store.Delete(script.Store.View.Find<Node>(ResourceKind.Node, "", "node-003")!.Key, new DeleteOptions(Grace: TimeSpan.Zero)))).At(70, () => health.Crash(0));
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal(3, metrics["node_failures_total"]);
        Assert.Equal((20 + 20 + 30 + 100 + 60) / 3.0, metrics["node_time_to_failure_seconds_mean"]);
        Assert.Equal((70 - 20) / 2.0, metrics["node_time_between_failures_seconds_mean"]);
    }

    [Theory]
    [InlineData(false, 0, null)]
    [InlineData(true, 1, 70.0)]
    public void A_fleet_without_failures_has_no_time_to_them_and_one_with_a_single_failure_no_time_between(bool fails, double failures, double? up)
    {
        var script = new Script(nodes: 1);
        var observer = new NodeFailureObserver(1, () => script.Now);
        script.Store.Subscribe(observer);
        script.ApplyNodes();
        if (fails) script.At(70, () => observer.OnHealthChanged(0, NodeTrouble.None, NodeTrouble.Down));
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal((failures, up, null), (metrics["node_failures_total"], metrics["node_time_to_failure_seconds_mean"], metrics["node_time_between_failures_seconds_mean"]));
    }

    [Fact]
    public void Processes_are_stale_from_when_their_pods_are_gone_until_they_stop()
    {
        // a: gone at 20, replaced under its name at 25, stops at 50. b: stops in the instant in which it goes. c: gone at 40 and runs to the end. d: listens at 70, gone at 60. e: runs on with its pod.
        var script = new Script();
        var observer = new StaleRunObserver(() => script.Now);
        script.Store.Subscribe(observer);
        var pods = new Dictionary<string, Pod>();
        foreach (string name in (string[])["a", "b", "c", "d", "e"]) script.Serve(1, name, "web", 0).At(2, () => pods[name] = script.Pod(name));
        foreach (string name in (string[])["a", "b", "c", "e"]) script.At(3, () => observer.OnListening(pods[name], ImageBehavior.Default));
        script.Remove(20, "a").Serve(25, "a", "web", 1).At(26, () => observer.OnListening(script.Pod("a"), ImageBehavior.Default)).At(50, () => observer.OnStopped(pods["a"]));
        script.Remove(30, "b").At(30, () => observer.OnStopped(pods["b"])).Remove(40, "c").Remove(60, "d").At(70, () => observer.OnListening(pods["d"], ImageBehavior.Default)).At(75, () => observer.OnStopped(pods["d"]));
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal((3, 30 + 60 + 5), (metrics["stale_runs_total"], metrics["stale_run_seconds"]));
    }
}
