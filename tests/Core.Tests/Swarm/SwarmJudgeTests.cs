using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>Planted bugs: writes that no correct orchestrator makes are found, each by its law.</summary>
public sealed class SwarmJudgeTests
{
    private static void Broken(Invariant invariant, OrchestrationBuilder builder)
    {
        OrchestratedRun run = builder.BuildWithAgents(SwarmFleet.Agents());
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        InvariantViolationException found = Assert.Throws<InvariantViolationException>(() =>
        {
            run.Run();
            foreach (ObjectJudge judge in judges) judge.JudgeRest();
        });
        Assert.Same(invariant, found.Invariant);
    }

    private static OrchestrationBuilder Web(SwarmOptions? options = null) => SwarmFleet.Of(4, options).Apply(Deployment("web", 4));

    private static Pod Task(OrchestratedRun run, int slot) => Pods(run).First(pod => pod.Swarm!.Slot == slot && pod.Swarm.IsWanted && !pod.Metadata.IsDeleting);

    private static void Create(OrchestratedRun run, Pod like, string name, Func<SwarmTask, SwarmTask>? change = null) => Assert.Null(run.Store.Create(
        like with
        {
            Metadata = like.Metadata with { Name = name },
            Node = NodeIndex.None,
            Status = PodStatus.New,
            Swarm = (change ?? (task => task))(like.Swarm! with { State = SwarmTaskState.New }),
        },
        out _));

    private static void Write(OrchestratedRun run, Pod pod, Func<Pod, Pod> change) => Assert.Null(run.Store.Update(change(pod)));

    [Fact]
    public void Runs_without_bugs_pass()
    {
        OrchestratedRun run = Web().Apply(Some.DaemonSet("log"), Some.Job("sum", 3)).Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:v2")).Step(new DrainStep(TimeSpan.FromSeconds(120), "node-001"))
            .Step(new UncordonStep(TimeSpan.FromSeconds(200), "node-001")).Do(250, r => r.Health!.Crash(2)).Do(300, r => r.Health!.Recover(2)).Step(new ScaleStep(TimeSpan.FromSeconds(350), ResourceKind.Deployment, "web", 2))
            .BuildWithAgents(SwarmFleet.Agents());
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Run();
        foreach (ObjectJudge judge in judges) judge.JudgeRest();
        Assert.All(judges, judge => Assert.True(judge.Judged > 10, $"{judge.GetType().Name}: {judge.Judged}"));
        Assert.Contains(judges, judge => judge.GetType().Name == "SwarmJudge");
    }

    /// <summary>Counterexamples of the fuzzer: what Docker Swarm does, too, is no broken law.</summary>
    /// <param name="what">What happens.</param>
    [Theory]
    [InlineData("seed 3556: an update that starts first finds no place on a full node and stands still")]
    [InlineData("seed 11068: an update that began with half of six tasks at once goes on so when the service has three")]
    [InlineData("seed 15182: a service that grows during its update may replace its tasks in another order from then on")]
    public void What_swarmkit_does_too_is_no_broken_law(string what)
    {
        bool isFull = what.Contains("3556", StringComparison.Ordinal), grows = what.Contains("15182", StringComparison.Ordinal);
        int replicas = isFull ? 2 : grows ? 1 : 6;
        DeploymentStrategy strategy = new(false, IntOrPercent.Percent(isFull || grows ? 25 : 50), IntOrPercent.Of(1));
        PodTemplate slow = Template("web");
        NodeSpec[] nodes = [new NodeSpec { Name = "node-000", CpuMilli = 8000, MemoryBytes = 32L << 30, Pods = isFull ? 2 : 110 }];
        OrchestrationBuilder builder = SwarmFleet.Of(1).With(o => o with { Fleet = new FleetLayout(nodes) })
            .Apply(Deployment("web", replicas, slow) with { Strategy = strategy }).Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", grows ? "app:bad" : "app:v2"));
        if (!isFull) builder.Step(new ScaleStep(TimeSpan.FromSeconds(grows ? 86 : 64), ResourceKind.Deployment, "web", grows ? 5 : 3));
        OrchestratedRun run = builder.BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("app:bad", new() { CrashAfterSeconds = new Core.Randomness.ConstantDistribution(3) })));
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Run();
        foreach (ObjectJudge judge in judges) judge.JudgeRest();
        Assert.Contains(judges, judge => judge.Judged > 10 && judge.GetType().Name == "SwarmJudge");
    }

    [Fact]
    public void Requests_go_to_addresses_that_discovery_knows_and_add_up()
    {
        var stream = new TrafficSpec { Service = "web", Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(TimeSpan.FromSeconds(30), 50)] };
        OrchestratedRun run = Web().Apply(Service("web")).With(o => o with { Traffic = [stream], Until = TimeSpan.FromSeconds(400) }).Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:v2"))
            .Step(new DrainStep(TimeSpan.FromSeconds(120), "node-001")).Do(200, r => r.Health!.Crash(2)).Do(260, r => r.Health!.CutOff(3)).Do(300, r => r.Health!.Recover(2)).Do(320, r => r.Health!.Recover(3))
            .BuildWithAgents(SwarmFleet.Agents());
        // Gossip takes addresses of a lost node away before the managers know: they may differ for as long as that takes.
        TrafficJudge judge = TrafficJudge.Attach(run, TimeSpan.FromSeconds(17));
        run.Run();
        judge.JudgeRest();
        Assert.True(judge.Judged > 1000);
    }

    [Fact]
    public void A_second_task_that_runs_in_a_slot_is_found() =>
        Broken(SwarmInvariants.OneTaskASlot, Web().Do(60, r => Create(r, Task(r, 1), "twin", task => task with { Definition = task.Definition with { Annotations = [new Label("twin", "")] }, Desired = SwarmTaskState.Running })));

    [Fact]
    public void An_update_of_one_more_than_the_parallelism_is_found() => Broken(SwarmInvariants.UpdateBounds, Web().Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:v2")).Do(60.5, r =>
    {
        Pod fresh = Pods(r).First(pod => pod.Swarm!.Version == 2), old = Task(r, 3);
        Write(r, old, pod => pod with { Swarm = pod.Swarm! with { Desired = SwarmTaskState.Shutdown } });
        Create(r, fresh, "early", task => task with { Slot = 3, Desired = SwarmTaskState.Ready, After = old.Uid });
    }));

    [Fact]
    public void A_start_first_update_that_stops_first_is_found() =>
        Broken(SwarmInvariants.UpdateBounds, Web(new SwarmOptions { Update = new SwarmUpdateConfig { Order = SwarmUpdateOrder.StartFirst } }).Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:v2"))
            .Do(60.2, r => Write(r, Pods(r).First(pod => pod.Swarm is { Slot: 1, Version: 1 }), pod => pod with { Swarm = pod.Swarm! with { Desired = SwarmTaskState.Shutdown } })));

    [Fact]
    public void A_second_task_of_a_global_service_on_a_node_is_found() =>
        Broken(SwarmInvariants.OneTaskANode, SwarmFleet.Of(2).Apply(Some.DaemonSet("log")).Do(60, r => Create(r, Pods(r)[0], "twin")));

    [Fact]
    public void A_global_task_for_a_node_that_is_down_is_found() => Broken(SwarmInvariants.OneTaskANode, SwarmFleet.Of(2).Apply(Some.DaemonSet("log")).Do(10, r => r.Health!.Crash(1))
        .Do(60, r => Create(r, Pods(r).First(pod => pod.Swarm!.TiedTo.Value == 1), "ghost", task => task with { Desired = SwarmTaskState.Running })));

    [Fact]
    public void A_history_that_is_never_shortened_is_found() => Broken(SwarmInvariants.History, Web(new SwarmOptions { TaskHistory = 1 }).Do(60, r => r.Controllers.Stop()).Do(70, r =>
    {
        for (int i = 0; i < 2; i++) Create(r, Task(r, 1), $"old{i}", task => task with { Desired = SwarmTaskState.Shutdown });
        foreach (Pod pod in Pods(r).Where(pod => pod.Name.StartsWith("old", StringComparison.Ordinal)).ToArray())
            Write(r, pod, old => old with { Swarm = old.Swarm! with { State = SwarmTaskState.Failed }, Status = old.Status with { Phase = PodLifePhase.Failed } });
    }).Do(80, r => Create(r, Task(r, 1), "next", task => task with { Desired = SwarmTaskState.Shutdown })));

    [Fact]
    public void A_task_that_goes_back_is_found() =>
        Broken(SwarmInvariants.OnlyForwards, Web().Do(60, r => Write(r, Task(r, 1), pod => pod with { Swarm = pod.Swarm! with { State = SwarmTaskState.Ready } })));

    [Fact]
    public void A_task_that_is_wanted_again_is_found() =>
        Broken(SwarmInvariants.OnlyForwards, Web().Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:v2"))
            .Do(61, r => Write(r, Pods(r).First(pod => pod.Swarm!.Desired == SwarmTaskState.Shutdown), pod => pod with { Swarm = pod.Swarm! with { Desired = SwarmTaskState.Running } })));

    [Fact]
    public void A_task_placed_on_a_paused_node_is_found() => Broken(SwarmInvariants.OnlyForwards, SwarmFleet.Of(1).Step(new CordonStep(TimeSpan.Zero, "node-000")).Apply(10, Deployment("web", 1))
        .Do(60, r => Write(r, Pods(r)[0], pod => pod with { Node = new NodeIndex(0) })));

    [Fact]
    public void A_task_that_is_missing_at_rest_is_found() => Broken(SwarmInvariants.WantedAtRest, Web().Do(60, r =>
    {
        r.Controllers.Stop();
        new ScaleStep(default, ResourceKind.Deployment, "web", 5).Execute(r);
    }));
}
