using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Faults;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>What effects do to machines, pods, requests, images and volumes, and that nothing of it is left when they are over.</summary>
public sealed class WorldTests
{
    private static readonly TimeSpan WatchLag = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Ended = TimeSpan.FromSeconds(400);

    [Fact]
    public void Every_effect_begins_and_ends_without_a_judge_objecting_and_leaves_nothing()
    {
        foreach (EffectKind kind in EffectCatalog.All)
        {
            FaultEffect effect = kind.Parameters.Where(parameter => parameter.IsRequired).Aggregate(EffectCatalog.Of(kind.Name), (made, parameter) => made.With(parameter.Name, Sample(kind, parameter)));
            OrchestratedRun run = Run(effect, kind.Target == EffectTarget.Pods ? Web(2) : null, 100, effect.IsInstant ? null : 60, out IReadOnlyList<Fact> facts);
            Assert.True(run.World.Active == 0, kind.Name);
            Assert.All(Enumerable.Range(0, 4), node => Assert.Equal(NodeTrouble.None, run.Health![node]));
            Assert.Contains(facts, fact => fact.Kind is FactKind.FaultBegan or FactKind.PodKilled or FactKind.FaultHitPod);
            // The first half of every run is the same: the fault moves nobody's dice.
            Assert.Equal((UseData([effect]) ? CalmWithData : CalmFacts).Value.TakeWhile(fact => fact.At < TimeSpan.FromSeconds(100)), facts.TakeWhile(fact => fact.At < TimeSpan.FromSeconds(100)));
        }
    }

    [Fact]
    public void A_slow_machine_answers_as_many_times_as_slowly_while_it_is_slow()
    {
        (long answered, double milliseconds) = Requests(EffectCatalog.Of("slowCpu").With("factor", "4"), 100, 1000);
        // All requests between 100 s and 400 s take 4 × 20 ms, those before and after 20 ms.
        Assert.InRange(milliseconds, 60, 90);
        Assert.True(answered > 3_000);
    }

    /// <remarks>With <c>slowDisk</c> found by fuzzing (seed 681): a process that started meanwhile kept its pace after the fault was over.</remarks>
    [Theory]
    [InlineData("slowCpu")]
    [InlineData("slowDisk")]
    public void Starts_under_way_are_slowed_down_and_sped_up_again(string name)
    {
        // 10 s of work from 20 s on: 5 s at full speed, then at a quarter: 25 s + 4 × 5 s.
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = Ended }).Apply(20, ReplicaSet("web", 1));
        var agents = new AgentOptions { Images = new ImageCatalog().Add("app", new ImageBehavior { StartSeconds = new ConstantDistribution(10) }), RelistPeriod = TimeSpan.Zero, ImagesArePresent = true };
        foreach (RunStep step in Steps(EffectCatalog.Of(name).With("factor", "4"), new PlannedFault(0, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(12), FaultEffect.Crash, ["node-000"], "t"))) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(agents);
        var watch = new ListenWatch(run);
        run.Runtime!.Observe(watch);
        run.Run();
        // 25 s + 12 s at a quarter are 3 s of work, the other 2 s at full speed.
        Assert.Equal(39, watch.ListeningAt.TotalSeconds, 1);
    }

    /// <summary>A pod that is ready at 20 s and has to be so for 30 s is available at 50 s by a clock that is right.</summary>
    [Theory]
    [InlineData("ahead", 50 + 40)]
    [InlineData("behind", 20)]
    public void A_wrong_clock_of_a_machine_makes_pods_available_too_late_or_too_soon(string direction, double expected)
    {
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = Ended }).Apply(20, ReplicaSet("web", 1) with { MinReady = TimeSpan.FromSeconds(30) });
        var agents = new AgentOptions { Images = new ImageCatalog().Add("app", new ImageBehavior { StartSeconds = new ConstantDistribution(2) }), RelistPeriod = TimeSpan.Zero, ImagesArePresent = true };
        FaultEffect skew = EffectCatalog.Of("clockSkew").With("offset", "40s").With("direction", direction);
        foreach (RunStep step in Steps(skew, new PlannedFault(0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15), skew, ["node-000"], "t"))) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(agents);
        var watch = new AvailabilityWatch(run);
        run.Store.Subscribe(watch);
        run.Run();
        Assert.Equal(expected, watch.AvailableAt.TotalSeconds, 1);
        Assert.NotNull(Fleet(1).With(o => o with { Swarm = new Core.Swarm.SwarmOptions() }).BuildWithAgents().World.Refuses(skew.Build()));
    }

    private sealed class AvailabilityWatch(OrchestratedRun run) : IStoreListener
    {
        public TimeSpan AvailableAt { get; private set; }

        public void OnChange(in StoreChange change)
        {
            if (change is { Before: ReplicaSet { Status.Available: 0 }, After: ReplicaSet { Status.Available: 1 } }) AvailableAt = run.Loop.Now;
        }
    }

    /// <remarks>Found by fuzzing (seed 154): the task ran, and then started again.</remarks>
    [Fact]
    public void Docker_Swarm_exchanges_no_containers_of_a_task()
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Swarm = new Core.Swarm.SwarmOptions() }).BuildWithAgents();
        Assert.Contains("never exchanged", run.World.Refuses(EffectCatalog.Of("podFailure").Build()), StringComparison.Ordinal);
        Assert.Null(run.World.Refuses(EffectCatalog.Of("containerKill").Build()));
        Assert.Null(Fleet(1).BuildWithAgents().World.Refuses(EffectCatalog.Of("podFailure").Build()));
    }

    [Fact]
    public void A_partition_between_zones_fails_the_requests_between_them_alone()
    {
        FaultEffect cut = EffectCatalog.Of("partition").With("peer", "outside");
        (OrchestratedRun run, IReadOnlyList<Fact> facts) = Traffic(new PlannedFault(0, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), cut, ["node-000", "node-001"], "t"));
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        // Half of the pods are unreachable for 60 s of 390 s: about a thirteenth of the requests times out, after their second.
        double share = (double)facts.Count(fact => fact.Kind == FactKind.RequestFailed && (RequestOutcome)(fact.Detail & 0xFF) == RequestOutcome.TimedOut) / ledger.Sent;
        Assert.InRange(share, 0.05, 0.1);
        Assert.All(facts.Where(fact => fact.Kind == FactKind.RequestFailed), fact => Assert.InRange(fact.At.TotalSeconds, 100, 162));
        Assert.Equal(NodeTrouble.None, run.Health![0]);
    }

    [Fact]
    public void Delay_adds_a_round_trip_for_the_connection_and_one_for_the_request()
    {
        (_, double milliseconds) = Requests(EffectCatalog.Of("delay").With("latency", "50ms"), 0, 1000);
        Assert.Equal(20 + (4 * 50), milliseconds, 0);
    }

    [Fact]
    public void Lost_packets_are_sent_again()
    {
        (OrchestratedRun run, IReadOnlyList<Fact> facts) = Traffic(new PlannedFault(0, TimeSpan.Zero, null, EffectCatalog.Of("loss").With("percent", "10"), Names, "t"), timeout: 60);
        Assert.DoesNotContain(facts, fact => fact.Kind == FactKind.RequestFailed);
        // A round trip is lost with 19 %, which costs 1 s and twice that each time after: 0.19 / (1 - 0.38) s; each packet after it 0.1 × 0.2 s / (1 - 0.2).
        double mean = MeanOf(run).Milliseconds / 1000;
        Assert.InRange(mean, 0.30, 0.42);
    }

    [Theory]
    [InlineData("requestAbort", RequestOutcome.Lost)]
    [InlineData("requestError", RequestOutcome.Error)]
    [InlineData("dnsFailure", RequestOutcome.NoEndpoint)]
    public void Requests_fail_in_the_way_of_the_fault_and_as_often_as_it_says(string name, RequestOutcome outcome)
    {
        FaultEffect effect = EffectCatalog.Of(name).With("percent", "30");
        (OrchestratedRun run, IReadOnlyList<Fact> facts) = Traffic(new PlannedFault(0, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(200), effect, [], "t") { Pods = name == "dnsFailure" ? null : Web(0) });
        Fact[] failed = [.. facts.Where(fact => fact.Kind == FactKind.RequestFailed)];
        Assert.All(failed, fact => Assert.Equal((outcome, true), ((RequestOutcome)(fact.Detail & 0xFF), fact.At.TotalSeconds is >= 100 and < 301)));
        Assert.InRange(failed.Length / (run.Traffic!.Ledgers[0].Sent * 200 / 390.0), 0.25, 0.35);
    }

    [Fact]
    public void A_failed_pod_serves_nobody_until_the_fault_is_over_and_its_containers_restart_twice()
    {
        OrchestratedRun run = Run(EffectCatalog.Of("podFailure"), Web(1), 100, 60, out IReadOnlyList<Fact> facts);
        Pod hit = Pods(run).Single(pod => pod.Uid == facts.First(fact => fact.Kind == FactKind.FaultHitPod).Uid);
        Assert.Equal(2, hit.Status.Restarts);
        Assert.True(hit.Status.IsReady);
        (double Seconds, FactKind Kind)[] readiness = [.. facts.Where(fact => fact.Uid == hit.Uid && fact.Kind is FactKind.PodReady or FactKind.PodNotReady && fact.At.TotalSeconds >= 100).Select(fact => (fact.At.TotalSeconds, fact.Kind))];
        Assert.Equal([FactKind.PodNotReady, FactKind.PodReady], readiness.Select(change => change.Kind));
        Assert.InRange(readiness[0].Seconds, 100, 103);
        Assert.InRange(readiness[1].Seconds, 160, 166);
    }

    [Fact]
    public void Memory_beyond_the_limit_kills_the_container_and_a_full_node_evicts()
    {
        _ = Run(EffectCatalog.Of("podStress").With("memory", "200Mi"), Web(1), 100, 60, out IReadOnlyList<Fact> facts);
        Fact killed = Assert.Single(facts, fact => fact.Kind == FactKind.OomKilled);
        Assert.Equal(100, killed.At.TotalSeconds, 1);
        _ = Run(EffectCatalog.Of("memoryPressure").With("percent", "100"), null, 40, 30, out facts);
        Assert.Contains(facts, fact => fact.Kind == FactKind.NodePressureChanged && fact.Detail == 1);
        Assert.Contains(facts, fact => fact.Kind == FactKind.NodePressureChanged && fact.Detail == 0);
        Assert.Contains(facts, fact => fact.Kind == FactKind.PodEvictedByPressure);
    }

    /// <remarks>Found by fuzzing (seed 44620): the factors of twenty faults multiplied, and an instant left the range of time.</remarks>
    [Fact]
    public void Stress_of_two_faults_shares_the_cpu_with_all_of_their_threads()
    {
        FaultEffect stress = EffectCatalog.Of("podStress").With("cpuWorkers", "1");
        PlannedFault[] two = [.. Enumerable.Range(0, 2).Select(n => new PlannedFault(n, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(390), stress, [], "t") { Pods = Web(0) })];
        // A third of the CPU each: 60 ms instead of 20 ms, and not a quarter.
        Assert.InRange(MeanOf(Traffic(two, out _)).Milliseconds, 58, 64);
        FaultEffect much = EffectCatalog.Of("slowCpu").With("factor", "10000");
        _ = Traffic([.. Enumerable.Range(0, 6).Select(n => new PlannedFault(n, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(50), much, Names, "t"))], out IReadOnlyList<Fact> facts);
        Assert.Contains(facts, fact => fact.Kind == FactKind.RequestFailed);
    }

    /// <remarks>Found while mending what fuzzing found: workers were busy for minutes after the machine was well.</remarks>
    [Fact]
    public void Requests_under_way_are_done_soon_when_the_machine_is_well_again()
    {
        FaultEffect much = EffectCatalog.Of("slowCpu").With("factor", "10000");
        PlannedFault[] two = [.. Enumerable.Range(0, 2).Select(n => new PlannedFault(n, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), much, Names, "t"))];
        _ = Traffic(two, out IReadOnlyList<Fact> facts);
        Fact[] failed = [.. facts.Where(fact => fact.Kind == FactKind.RequestFailed && fact.At.TotalSeconds > 30)];
        Assert.NotEmpty(failed);
        Assert.All(failed, fact => Assert.InRange(fact.At.TotalSeconds, 100, 163));
    }

    [Fact]
    public void Effects_add_up_and_the_last_one_over_ends_them()
    {
        var seen = new List<double>();
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = Ended });
        FaultEffect Slow(string factor) => EffectCatalog.Of("registrySlow").With("factor", factor);
        var plan = new FaultPlan([new PlannedFault(0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), Slow("2"), [], "a"), new PlannedFault(1, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30), Slow("3"), [], "b")], 0);
        foreach (RunStep step in FaultInjection.Steps(plan, 1)) builder.Step(step);
        foreach (double at in (double[])[5, 15, 25, 45, 55]) builder.Do(at, run => seen.Add(run.Runtime!.RegistrySlowness));
        builder.BuildWithAgents().Run();
        Assert.Equal([1, 2, 6, 3, 1], seen);
    }

    [Theory]
    [InlineData("volumeReadOnly", "", true)]
    [InlineData("volumeReadOnly", "data", true)]
    [InlineData("volumeReadOnly", "default-data", true)]
    [InlineData("volumeReadOnly", "other", false)]
    [InlineData("volumeDelay", "", true)]
    [InlineData("volumeDelay", "other", false)]
    public void A_volume_in_trouble_is_felt_by_requests_to_the_pods_that_use_it(string name, string claim, bool isFelt)
    {
        FaultEffect effect = EffectCatalog.Of(name);
        if (effect.Kind.Name == "volumeDelay") effect = effect.With("latency", "2s");
        if (claim.Length > 0) effect = effect.With("claim", claim);
        (_, IReadOnlyList<Fact> facts) = Traffic(new PlannedFault(0, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), effect, [], "t") { Pods = Web(0) });
        Fact[] failed = [.. facts.Where(fact => fact.Kind == FactKind.RequestFailed && fact.At.TotalSeconds > 30)];
        Assert.Equal(isFelt, failed.Length > 0);
        Assert.Equal(isFelt ? 8 : 0, facts.Count(fact => fact.Kind == FactKind.FaultHitPod));
        Assert.All(failed, fact => Assert.InRange(fact.At.TotalSeconds, 100, 162));
    }

    [Fact]
    public void Pods_without_a_claim_have_no_volume_that_could_be_in_trouble()
    {
        Assert.False(EffectCatalog.Of("volumeReadOnly").Build().Touches(Some.Pod("p")));
        Assert.True(EffectCatalog.Of("requestError").Build().Touches(Some.Pod("p")));
    }

    /// <summary>What all pods of the service have mounted.</summary>
    private static readonly PersistentVolumeClaim Data = new() { Metadata = Meta("default-data"), SizeBytes = 1, StorageClass = "", AccessModes = ["ReadWriteMany"] };

    private static readonly PersistentVolume Everywhere = new() { Metadata = new ObjectMeta { Name = "everywhere" }, SizeBytes = 1, AccessModes = ["ReadWriteMany"] };

    private static readonly string[] Names = ["node-000", "node-001", "node-002", "node-003"];

    private static PodTarget Web(int count) => new(["default"], LabelSelector.Of([new Label("app", "web")]), count == 0 ? TargetMode.All : TargetMode.Fixed, count);

    private static string Sample(EffectKind kind, EffectParameter parameter) => (kind.Name, parameter.Type) switch
    {
        ("imageCorrupt", _) => "app",
        ("storeRestore", ParameterType.Duration) => "30s",
        (_, ParameterType.Duration) => "20ms",
        (_, ParameterType.Bytes) => "1Mi",
        (_, ParameterType.Whole or ParameterType.Number) => "50",
        _ => "default/web",
    };

    private static IReadOnlyList<RunStep> Steps(FaultEffect effect, PlannedFault fault) => FaultInjection.Steps(new FaultPlan([fault with { Effect = effect }], 0), 1);

    private static readonly Lazy<IReadOnlyList<Fact>> CalmFacts = Calm(withData: false), CalmWithData = Calm(withData: true);

    private static Lazy<IReadOnlyList<Fact>> Calm(bool withData) => new(() =>
    {
        _ = Traffic([], out IReadOnlyList<Fact> facts, 1, withData);
        return facts;
    });

    private static bool UseData(IEnumerable<FaultEffect> effects) => effects.Any(effect => effect.Build() is RequestEffect { Claim: not null });

    private static OrchestratedRun Run(FaultEffect effect, PodTarget? pods, double at, double? seconds, out IReadOnlyList<Fact> facts)
    {
        var fault = new PlannedFault(0, TimeSpan.FromSeconds(at), seconds is { } length ? TimeSpan.FromSeconds(length) : null, effect, pods is null && effect.Kind.Target != EffectTarget.Cluster ? ["node-000"] : [], "test") { Pods = pods };
        return Traffic(fault, out facts);
    }

    private static (long Answered, double Milliseconds) Requests(FaultEffect effect, double at, double seconds)
    {
        (OrchestratedRun run, _) = Traffic(new PlannedFault(0, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(seconds), effect, Names, "t"));
        return MeanOf(run);
    }

    private static (long Answered, double Milliseconds) MeanOf(OrchestratedRun run)
    {
        RequestSums sums = run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, Ended);
        return (sums.Answered, (double)sums.LatencyTicks / sums.Answered / TimeSpan.TicksPerMillisecond);
    }

    private static (OrchestratedRun Run, IReadOnlyList<Fact> Facts) Traffic(PlannedFault fault, double timeout = 1) => (Traffic(fault, out IReadOnlyList<Fact> facts, timeout), facts);

    private static OrchestratedRun Traffic(PlannedFault? fault, out IReadOnlyList<Fact> facts, double timeout = 1) => Traffic(fault is null ? [] : [fault], out facts, timeout);

    private static OrchestratedRun Traffic(IReadOnlyList<PlannedFault> faults, out IReadOnlyList<Fact> facts, double timeout = 1, bool? withData = null)
    {
        bool hasData = withData ?? UseData(faults.Select(fault => fault.Effect));
        var stream = new TrafficSpec { Service = "web", Rates = [new(TimeSpan.Zero, 0), new(TimeSpan.FromSeconds(10), 20)], Timeout = TimeSpan.FromSeconds(timeout) };
        PodTemplate template = Template("web");
        Container container = template.Spec.Containers[0] with { MemoryBytesLimit = 128L << 20, Readiness = new Probe { Period = TimeSpan.FromSeconds(1), FailureThreshold = 1 } };
        template = template with { Spec = template.Spec with { Containers = [container], Volumes = hasData ? [new Volume("data", VolumeKind.PersistentVolumeClaim, Data.Name, false, null)] : [] } };
        OrchestrationBuilder builder = Fleet(4).With(o => o with { Until = Ended, Traffic = [stream], SchedulerDelay = WatchLag, ControllerDelay = WatchLag }).Apply(Service("web"), Deployment("web", 8, template));
        if (hasData) builder.Apply(Everywhere, Data);
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan(faults, 0), 1)) builder.Step(step);

        OrchestratedRun run = builder.BuildWithAgents(new AgentOptions { WatchDelay = WatchLag, Images = new ImageCatalog().Add("app", new ImageBehavior { ServiceSeconds = new ConstantDistribution(0.02), StopSeconds = new ConstantDistribution(0.1) }) });
        var recorder = new FactRecorder();
        run.Facts.Subscribe(recorder);
        ObjectJudge.AttachAll(run);
        run.Run();
        facts = recorder.Facts;
        return run;
    }

    private sealed class ListenWatch(OrchestratedRun run) : IServingObserver
    {
        public TimeSpan ListeningAt { get; private set; }

        public void OnListening(Pod pod, ImageBehavior behavior) => ListeningAt = run.Loop.Now;

        public void OnFitChanged(Pod pod, bool isFit)
        {
            // Only the first listening counts.
        }

        public void OnStopping(Pod pod)
        {
            // Nobody stops here.
        }

        public void OnStopped(Pod pod)
        {
            // Nobody stops here.
        }
    }
}
