using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class NodeAgentTests
{
    /// <summary>Everything noticed at once, images there: what is left are the times of the image.</summary>
    private static readonly AgentOptions Plain = new() { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true };

    [Fact]
    public void Pods_of_a_replica_set_start_and_become_ready()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("web", 10)).BuildWithAgents();
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.All(Pods(run), pod => Assert.True(pod.Status is { Phase: PodLifePhase.Running, IsReady: true }));
        Assert.Equal(10, facts.Of(FactKind.PodReady).Count);
        Assert.Equal(10, facts.Of(FactKind.PodAdmitted).Count);
        Assert.Equal((3 * 8000) - 1000, run.Agents!.Truth.FreeCpuMilli.Sum());
    }

    [Fact]
    public void A_pod_that_does_not_fit_is_refused_with_the_resource_that_is_missing()
    {
        // Two users of stale views: both pods are bound to the only node by hand.
        Pod Big(string name) => Bare(name, new Container { Name = "main", Image = "app", CpuMilli = 5000 }) with { Node = new(0) };
        OrchestratedRun run = Fleet(1).Apply(Big("a"), Big("b")).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal(PodLifePhase.Running, Get(run, "a").Status.Phase);
        Assert.Equal((PodLifePhase.Failed, "OutOfcpu"), (Get(run, "b").Status.Phase, Get(run, "b").Status.Reason));
        Assert.Single(facts.Of(FactKind.PodRejected));
        Assert.Null(Get(run, "b").Status.StartedAt);
    }

    [Fact]
    public void A_terminating_pod_holds_its_resources_until_its_containers_have_ended()
    {
        var images = new ImageCatalog().Add("app:v1", new ImageBehavior { StopSeconds = new ConstantDistribution(8) });
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 1)).Apply(30, ReplicaSet("web", 0)).BuildWithAgents(Plain with { Images = images });
        long during = 0, after = 0;
        At(run, 37.9, () => during = run.Agents!.Truth.FreeCpuMilli[0]);
        At(run, 38.1, () => after = run.Agents!.Truth.FreeCpuMilli[0]);
        run.Run();
        Assert.Equal((7900L, 8000L), (during, after));
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void A_process_that_ignores_the_stop_signal_is_killed_when_the_grace_is_over()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { StopSeconds = new ConstantDistribution(1000) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).Do(10, r => r.Store.Delete(Key("a"))).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([40.0], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void The_grace_of_a_deletion_replaces_that_of_the_spec_and_a_later_one_may_shorten_it()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { StopSeconds = new ConstantDistribution(1000) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a"))
            .Do(10, r => r.Store.Delete(Key("a"), new DeleteOptions(Grace: TimeSpan.FromSeconds(100))))
            .Do(20, r => r.Store.Delete(Key("a"), new DeleteOptions(Grace: TimeSpan.FromSeconds(5)))).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([25.0], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void The_stop_signal_waits_for_the_preStop_hook_within_the_grace()
    {
        Container slow = App() with { PreStopSleep = TimeSpan.FromSeconds(12) };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", slow)).Do(10, r => r.Store.Delete(Key("a"))).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([22.5], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void A_preStop_hook_that_takes_the_whole_grace_leaves_two_seconds_for_the_process()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { StopSeconds = new ConstantDistribution(1000) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", App() with { PreStopSleep = TimeSpan.FromSeconds(90) })).Do(10, r => r.Store.Delete(Key("a")))
            .BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([42.0], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void A_container_that_crashes_restarts_at_once_then_after_10_20_40_seconds_and_at_most_300()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(2) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).With(o => o with { Until = TimeSpan.FromSeconds(2000) }).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        double[] at = facts.Seconds(FactKind.ContainerRestarted);
        double[] waits = [.. at.Zip(at.Skip(1), (before, after) => after - before - 2)];
        Assert.Equal(2, at[0]);
        Assert.Equal([10, 20, 40, 80, 160, 300, 300], waits.Take(7));
        Assert.Equal("CrashLoopBackOff", Get(run, "a").Status.Reason);
        Assert.Equal(at.Length, Get(run, "a").Status.Restarts);
    }

    [Fact]
    public void After_ten_minutes_of_good_run_the_back_off_starts_anew()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(601) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).With(o => o with { Until = TimeSpan.FromSeconds(3200) }).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([601, 1202, 1803, 2404, 3005], facts.Seconds(FactKind.ContainerRestarted));
    }

    [Theory]
    [InlineData(RestartPolicy.Never, 0, PodLifePhase.Succeeded, 0)]
    [InlineData(RestartPolicy.Never, 3, PodLifePhase.Failed, 0)]
    [InlineData(RestartPolicy.OnFailure, 0, PodLifePhase.Succeeded, 0)]
    [InlineData(RestartPolicy.OnFailure, 3, PodLifePhase.Running, 2)]
    [InlineData(RestartPolicy.Always, 0, PodLifePhase.Running, 2)]
    public void The_restart_policy_decides_what_follows_an_end(RestartPolicy policy, int exitCode, PodLifePhase phase, int restarts)
    {
        var images = new ImageCatalog { Default = new ImageBehavior { RunSeconds = new ConstantDistribution(5), ExitCode = exitCode } };
        Pod pod = Bare("a");
        pod = pod with { Spec = pod.Spec with { RestartPolicy = policy } };
        OrchestratedRun run = Fleet(1).Apply(pod).With(o => o with { Until = TimeSpan.FromSeconds(25) }).BuildWithAgents(Plain with { Images = images });
        run.Run();
        PodStatus status = Get(run, "a").Status;
        Assert.Equal((phase, restarts), (status.Phase, status.Restarts));
        Assert.Equal(phase == PodLifePhase.Failed ? exitCode : 0, status.ExitCode);
        Assert.Equal(phase is PodLifePhase.Running ? 7900 : 8000, run.Agents!.Truth.FreeCpuMilli[0]);
    }

    [Fact]
    public void Init_containers_run_one_after_another_before_the_others()
    {
        var images = new ImageCatalog().Add("init", new ImageBehavior { RunSeconds = new ConstantDistribution(3) });
        Pod pod = Bare("a");
        pod = pod with { Spec = pod.Spec with { InitContainers = [App("one", "init"), App("two", "init")] } };
        OrchestratedRun run = Fleet(1).Apply(pod).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([6.0], facts.Seconds(FactKind.PodStarted));
        Assert.True(Get(run, "a").Status.IsReady);
    }

    [Fact]
    public void An_init_container_that_fails_is_tried_again_and_ends_a_pod_that_never_restarts()
    {
        var images = new ImageCatalog().Add("init", new ImageBehavior { RunSeconds = new ConstantDistribution(3), ExitCode = 7 });
        Pod pod = Bare("a");
        pod = pod with { Spec = pod.Spec with { InitContainers = [App("one", "init")] } };
        Pod never = pod with { Metadata = Meta("b"), Spec = pod.Spec with { RestartPolicy = RestartPolicy.Never } };
        OrchestratedRun run = Fleet(1).Apply(pod, never).With(o => o with { Until = TimeSpan.FromSeconds(20) }).BuildWithAgents(Plain with { Images = images });
        run.Run();
        Assert.Equal((PodLifePhase.Pending, 2), (Get(run, "a").Status.Phase, Get(run, "a").Status.Restarts));
        Assert.Equal((PodLifePhase.Failed, 7), (Get(run, "b").Status.Phase, Get(run, "b").Status.ExitCode));
    }

    [Fact]
    public void A_sidecar_starts_first_stays_and_is_stopped_last()
    {
        var images = new ImageCatalog().Add("job", new ImageBehavior { RunSeconds = new ConstantDistribution(20) }).Add("proxy", new ImageBehavior { StopSeconds = new ConstantDistribution(4) });
        Pod pod = Bare("a", App("main", "job"));
        pod = pod with
        {
            Spec = pod.Spec with
            {
                RestartPolicy = RestartPolicy.Never,
                InitContainers = [App("proxy", "proxy") with { IsSidecar = true, Startup = new Probe { Period = TimeSpan.FromSeconds(2) } }],
            },
        };
        OrchestratedRun run = Fleet(1).Apply(pod).BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        // The startup probe passes at second 2; the job runs to 22, its sidecar to 26.
        Assert.Equal([2.0], facts.Seconds(FactKind.PodStarted));
        Assert.Equal([26.0], facts.Seconds(FactKind.PodSucceeded));
        Assert.Equal(PodLifePhase.Succeeded, Get(run, "a").Status.Phase);
    }

    [Fact]
    public void A_pod_is_ended_at_its_active_deadline()
    {
        Pod pod = Bare("a");
        pod = pod with { Spec = pod.Spec with { ActiveDeadline = TimeSpan.FromSeconds(60) } };
        OrchestratedRun run = Fleet(1).Apply(pod).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal((PodLifePhase.Failed, "DeadlineExceeded"), (Get(run, "a").Status.Phase, Get(run, "a").Status.Reason));
        Assert.Equal([60.5], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void A_container_over_its_memory_limit_is_killed_at_the_instant_it_reaches_it()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { MemoryBytes = 100 << 20, LeakedBytesPerSecond = 1 << 20 } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", App() with { MemoryBytesLimit = 150 << 20 })).With(o => o with { Until = TimeSpan.FromSeconds(60) })
            .BuildWithAgents(Plain with { Images = images });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([50.0], facts.Seconds(FactKind.OomKilled));
        Assert.Equal(1, Get(run, "a").Status.Restarts);
    }

    [Fact]
    public void Limits_slow_a_pod_down_when_its_requests_take_more_cpu()
    {
        OrchestratedRun run = Fleet(1).Apply(Bare("a", App() with { CpuMilliLimit = 500 }), Bare("b")).BuildWithAgents(Plain);
        double slow = 0, free = 0;
        At(run, 10, () =>
        {
            foreach (string name in (string[])["a", "b"]) run.Agents!.SetCpuRate(Get(run, name).Uid, 990);
            slow = run.Agents!.SpeedOf(Get(run, "a").Uid);
            free = run.Agents.SpeedOf(Get(run, "b").Uid);
        });
        double used = 0;
        At(run, 20, () => used = run.Agents!.CpuMillisecondsOf(Get(run, "a").Uid));
        run.Run();
        Assert.Equal((0.5, 1.0), (slow, free));
        Assert.Equal((10 * 10) + (10 * 1000), used, 3);
    }

    [Fact]
    public void Starts_and_ends_are_noticed_at_the_next_relist()
    {
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).Do(10, r => r.Store.Delete(Key("a"))).BuildWithAgents(new AgentOptions { ImagesArePresent = true });
        FactLog facts = FactLog.Of(run);
        run.Run();
        double phase = facts.Seconds(FactKind.PodStarted).Single();
        Assert.InRange(phase, 0.0, 1.0);
        double stopped = facts.Seconds(FactKind.PodStopped).Single();
        Assert.InRange(stopped, 10.5, 11.5);
        Assert.Equal(phase % 1, stopped % 1, 6);
    }

    [Fact]
    public void Status_writes_wait_for_the_limits_of_the_node()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 20, Template("web", "10m"))).BuildWithAgents(Plain with { StatusLimits = new(2, 4) });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal(4, facts.Of(FactKind.PodReady).Count(fact => fact.At == TimeSpan.Zero));
        Assert.Equal(8.0, facts.Seconds(FactKind.PodReady).Max(), 3);
    }

    [Fact]
    public void A_pod_that_waits_for_its_volumes_starts_when_they_are_there()
    {
        var volumes = new FakeVolumes();
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).BuildWithAgents(Plain with { Volumes = volumes });
        At(run, 42, () =>
        {
            volumes.AreReady = true;
            volumes.Tell(Get(run, "a").Node);
        });
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([42.0], facts.Seconds(FactKind.PodStarted));
    }

    [Fact]
    public void The_ground_truth_is_told_at_the_instants_at_which_it_happens()
    {
        var seen = new Serving();
        var images = new ImageCatalog { Default = new ImageBehavior { StartSeconds = new ConstantDistribution(1.5), ReadySeconds = new ConstantDistribution(2), StopSeconds = new ConstantDistribution(3) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).Do(10, r => r.Store.Delete(Key("a"))).BuildWithAgents(Plain with { Images = images });
        run.Runtime!.Observe(seen);
        seen.Run = run;
        run.Run();
        Assert.Equal(["1.5 listening", "3.5 fit True", "10 stopping", "10 fit False", "13 stopped"], seen.Told);
    }

    [Fact]
    public void A_pod_without_containers_only_takes_room()
    {
        var pod = new Pod { Metadata = Meta("a"), Spec = new PodSpec { CpuMilli = 1000 } };
        OrchestratedRun run = Fleet(1).Apply(pod).Do(10, r => r.Store.Delete(Key("a"))).BuildWithAgents(Plain);
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([0.0], facts.Seconds(FactKind.PodReady));
        Assert.Equal([10.0], facts.Seconds(FactKind.PodStopped));
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void A_deleted_pod_with_finalizers_ends_and_stays_until_they_are_gone()
    {
        Pod pod = Bare("a");
        pod = pod with { Metadata = pod.Metadata with { Finalizers = ["batch.kubernetes.io/job-tracking"] } };
        OrchestratedRun run = Fleet(1).Apply(pod).Do(10, r => r.Store.Delete(Key("a")))
            .Do(50, r => r.Store.Update(Get(r, "a") with { Metadata = Get(r, "a").Metadata with { Finalizers = [] } })).BuildWithAgents(Plain);
        PodStatus? ended = null;
        At(run, 40, () => ended = Get(run, "a").Status);
        run.Run();
        Assert.Equal(PodLifePhase.Succeeded, ended!.Phase);
        Assert.False(ended.IsReady);
        Assert.Empty(Pods(run));
        Assert.Equal(0, run.Agents!.Count);
    }

    [Fact]
    public void A_deletion_that_an_agent_sees_late_stops_what_it_started_meanwhile()
    {
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).Do(1, r => r.Store.Delete(Key("a"))).BuildWithAgents(Plain with { WatchDelay = TimeSpan.FromSeconds(5) });
        FactLog facts = FactLog.Of(run);
        run.Run();
        // Taken in at 5 and stopped at 6, as its watch says.
        Assert.Equal([6.5], facts.Seconds(FactKind.PodStopped));
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void Two_pods_that_want_one_port_of_a_node_do_not_both_get_it()
    {
        Container port = App() with { Ports = [new ContainerPort("http", 80, 8080, "TCP", "")] };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", port) with { Node = new(0) }, Bare("b", port) with { Node = new(0) }).BuildWithAgents(Plain);
        run.Run();
        Assert.Equal((PodLifePhase.Failed, "NodePorts"), (Get(run, "b").Status.Phase, Get(run, "b").Status.Reason));
    }

    [Fact]
    public void A_run_that_people_look_at_gets_events_of_its_agents()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(2) } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).With(o => o with { WritesEvents = true, Until = TimeSpan.FromSeconds(100) }).BuildWithAgents(Plain with { Images = images });
        run.Run();
        Assert.Contains(run.Store.View.All(ResourceKind.Event).Cast<ObjectEvent>(), told => told is { Reason: "BackOff", Source: "kubelet", Count: > 2 });
    }

    [Fact]
    public void Equal_runs_have_equal_facts()
    {
        ulong Fingerprint()
        {
            OrchestratedRun run = Fleet(5).Apply(ReplicaSet("web", 30)).Apply(40, ReplicaSet("web", 10)).Do(60, r => r.Health!.Crash(1)).With(o => o with { Until = TimeSpan.FromHours(1) }).BuildWithAgents();
            var print = new FingerprintObserver();
            run.Facts.Subscribe(print);
            run.Run();
            return print.Value;
        }

        Assert.Equal(Fingerprint(), Fingerprint());
    }

    internal static Container App(string name = "main", string image = "app:v1") => new() { Name = name, Image = image, CpuMilli = 100, MemoryBytes = 64L << 20 };

    internal static Pod Bare(string name, Container? container = null) => new()
    {
        Metadata = Meta(name),
        Spec = PodRequests.OfContainers(new PodSpec { Containers = [container ?? App()] }),
    };

    internal static ObjectKey Key(string name) => new(ResourceKind.Pod, "default", name);

    internal static Pod Get(OrchestratedRun run, string name) => run.Store.View.Find<Pod>(ResourceKind.Pod, "default", name)!;

    internal static void At(OrchestratedRun run, double seconds, Action what) => Later.Do(run, seconds, what);

    private sealed class FakeVolumes : IVolumes
    {
        private IVolumeObserver? _observer;

        public bool AreReady { get; set; }

        public void Tell(NodeIndex node) => _observer!.OnVolumesChanged(node);

        public void Subscribe(IVolumeObserver observer) => _observer = observer;

        public bool IsReady(Pod pod) => AreReady;
    }

    private sealed class Serving : IServingObserver
    {
        public OrchestratedRun Run { get; set; } = null!;

        public List<string> Told { get; } = [];

        public void OnListening(Pod pod, ImageBehavior behavior) => Tell("listening");

        public void OnFitChanged(Pod pod, bool isFit) => Tell($"fit {isFit}");

        public void OnStopping(Pod pod) => Tell("stopping");

        public void OnStopped(Pod pod) => Tell("stopped");

        private void Tell(string what) => Told.Add($"{Run.Loop.Now.TotalSeconds} {what}");
    }
}
