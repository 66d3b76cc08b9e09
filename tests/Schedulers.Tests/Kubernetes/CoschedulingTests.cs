using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Gangs by the Coscheduling plugin: of PodGroup objects and of traces.</summary>
public sealed class CoschedulingTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void Members_wait_for_one_another_and_are_bound_together()
    {
        RunResult result = A.Run(Scheduler()).On(A.Cluster().Nodes(3, cpu: "1")).Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1").For(5))).BindLatency(1).Go();
        Assert.Equal([1.0, 1.0, 1.0], result.BoundAt.Values);
        Assert.Equal((2, 0), (result.Count(FactKind.PodWaitsOnPermit), result.Count(FactKind.PodUnreserved)));
    }

    [Fact]
    public void A_group_without_room_holds_none_until_there_is()
    {
        // Two nodes for a group of three: the third sends the others back, and the pod that comes then has its room.
        RunResult result = A.Run(Scheduler()).On(A.Cluster().Nodes(3, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("1").For(30)).Group("g", 3, 3, A.Pod("m").Cpu("1").At(1).For(5)).Pod(A.Pod("p").Cpu("1").At(2).For(1))).Go();
        Assert.Equal(2, result.BoundAt["p"]);
        double[] members = [result.BoundAt["m-0"], result.BoundAt["m-1"], result.BoundAt["m-2"]];
        Assert.Equal(members[0], members[2]);
        Assert.InRange(members[0], 30, 41);
    }

    [Fact]
    public void A_group_that_never_fits_ends_with_nothing_held()
    {
        RunResult result = A.Run(Scheduler()).On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1")).Pods(2, A.Pod("p").Cpu("1").At(20).For(5))).Go();
        Assert.Equal(["p-0", "p-1"], result.Placements.Keys);
    }

    [Fact]
    public void Two_half_gangs_that_hold_what_the_other_needs_are_parted_by_the_time_out()
    {
        // The large member of each group is tried last: by then the small ones of both hold all there is, and one in twenty missing is not enough to be sent back at once.
        KubeObject[] objects =
        [
            Group("a", 20), Group("b", 20),
            .. Enumerable.Range(0, 38).Select(i => Member($"{(i % 2 == 0 ? "a" : "b")}-{i / 2:D2}", i % 2 == 0 ? "a" : "b", "4")),
            Last("a"), Last("b"),
        ];
        // 38 places of 4 CPU: three on each node of 12, two on the last.
        FleetLayout fleet = new([.. Enumerable.Range(0, 13).Select(n => new NodeSpec { Name = $"n{n}", CpuMilli = n < 12 ? 12_000 : 8_000, MemoryBytes = 64L << 30 })]);
        OrchestratedRun run = Fleet(13).With(o => o with { Fleet = fleet, Strategy = Scheduler(), Until = TimeSpan.FromMinutes(20) }).Apply(objects).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Dictionary<string, int> bound = Pods(run).Where(pod => pod.Node.IsNode).GroupBy(pod => pod.Name[..1], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Assert.Equal(20, Assert.Single(bound).Value);
        Assert.Contains(facts, fact => fact.Kind == FactKind.PodUnreserved && fact.Detail == (long)UnreserveReason.TimedOut);
        Assert.True(facts.First(fact => fact.Kind == FactKind.PodBound).At >= TimeSpan.FromSeconds(60));
        // What is not bound holds nothing.
        Assert.Equal(0, run.Scheduler.BindsInFlight - run.Scheduler.WaitingPods);
    }

    [Fact]
    public void A_group_states_its_own_time_out()
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Strategy = Scheduler(), Until = TimeSpan.FromMinutes(2) })
            .Apply(Group("g", 10) with { ScheduleTimeout = TimeSpan.FromSeconds(7) }, Member("stray", "g", "1")).Apply([.. Enumerable.Range(0, 9).Select(i => Member($"m-{i}", "g", i == 0 ? "99" : "100m"))]).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Fact late = facts.First(fact => fact.Kind == FactKind.PodUnreserved && fact.Detail == (long)UnreserveReason.TimedOut);
        Assert.Equal(7, late.At.TotalSeconds);
        Assert.DoesNotContain(facts, fact => fact.Kind == FactKind.PodBound);
    }

    [Fact]
    public void A_group_with_too_few_pods_is_not_tried_until_they_come()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = Scheduler() }).Apply(Group("g", 2), Member("m-0", "g")).Apply(30, Member("m-1", "g")).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.Equal([30.0, 30.0], facts.Where(fact => fact.Kind == FactKind.PodBound).Select(fact => fact.At.TotalSeconds));
        Assert.Equal(1, facts.Count(fact => fact.Kind == FactKind.PodWaitsOnPermit));
    }

    [Fact]
    public void A_pod_of_a_group_that_does_not_exist_waits_for_it()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = Scheduler() }).Apply(Member("m-0", "g"), Member("alone", "")).Apply(30, Group("g", 1)).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.Equal([("alone", 0.0), ("m-0", 30.0)], facts.Where(fact => fact.Kind == FactKind.PodBound).Select(fact => (run.PodAt(fact.Pod)!.Name, fact.At.TotalSeconds)));
    }

    [Fact]
    public void Minimum_resources_are_looked_for_before_a_member_is_tried()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = Scheduler(), Until = TimeSpan.FromMinutes(1) })
            .Apply(Group("g", 2) with { MinResources = [new ResourceAmount("cpu", 1_000_000)] }, Member("m-0", "g"), Member("m-1", "g")).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.DoesNotContain(facts, fact => fact.Kind is FactKind.PodWaitsOnPermit or FactKind.PodBound);
    }

    [Fact]
    public void Without_the_plugin_the_label_means_nothing()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = new KubeScheduler() }).Apply(Group("g", 5), Member("m-0", "g")).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.Single(facts, fact => fact.Kind == FactKind.PodBound);
    }

    [Fact]
    public void Arguments_are_read_and_wrong_ones_are_named()
    {
        KubeSchedulerConfiguration read = ConfigurationReader.Read(Head + "profiles: [{ plugins: { multiPoint: { enabled: [{ name: Coscheduling }] }, queueSort: { enabled: [{ name: Coscheduling }], disabled: [{ name: '*' }] } }, pluginConfig: [{ name: Coscheduling, args: { permitWaitingTimeSeconds: 10, podGroupBackoffSeconds: 3 } }] }]", "c.yaml");
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3)), (read.Profiles[0].Args.Coscheduling.PermitWaitingTime, read.Profiles[0].Args.Coscheduling.PodGroupBackoff));
    }

    private static KubeScheduler Scheduler(string args = "{}") => new(ConfigurationReader.Read(
        Head + $"profiles: [{{ plugins: {{ multiPoint: {{ enabled: [{{ name: Coscheduling }}] }}, queueSort: {{ enabled: [{{ name: Coscheduling }}], disabled: [{{ name: '*' }}] }} }}, pluginConfig: [{{ name: Coscheduling, args: {args} }}] }}]", "c.yaml"));

    private static Pod Last(string group) => Member($"{group}-last", group, "8") is var pod ? pod with { Spec = pod.Spec with { Priority = -1 } } : pod;

    private static PodGroup Group(string name, int minMember) => new() { Metadata = Meta(name), MinMember = minMember };

    private static IReadOnlyList<Fact> Run(OrchestratedRun run)
    {
        var recorder = new FactRecorder();
        run.Facts.Subscribe(recorder);
        ObjectJudge.AttachAll(run);
        run.Run();
        return recorder.Facts;
    }

    private static Pod Member(string name, string group, string cpu = "1") => new()
    {
        Metadata = Meta(name) with { Labels = group.Length == 0 ? default : [new Label(PodGroup.Label, group)] },
        Spec = Template("", cpu).Spec with { PreemptionPolicy = PreemptionPolicy.Never },
    };
}
