using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>Services and jobs: slots, replacements, sizes, history.</summary>
public sealed class SwarmServiceTests
{
    private static SwarmOptions With(SwarmRestartPolicy restart) => SwarmFleet.Instant with { Restart = restart };

    private static IReadOnlyList<int> Slots(OrchestratedRun run) => [.. SwarmFleet.Running(run).Select(task => task.Swarm!.Slot).Order()];

    private static WriteLog Runs(OrchestratedRun run) =>
        WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Running }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });

    [Fact]
    public void A_replicated_service_comes_up_spread_over_the_nodes_with_one_task_a_slot()
    {
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Deployment("web", 8)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal(Enumerable.Range(1, 8), Slots(run));
        Assert.All(SwarmFleet.Running(run).GroupBy(task => task.Node.Value), node => Assert.Equal(2, node.Count()));
        Assert.Empty(run.Store.View.All(ResourceKind.ReplicaSet));
        Deployment web = run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")!;
        Assert.Equal((8, 8, 8, true), (web.Status.Pods.Ready, web.Status.Pods.Available, web.Status.UpdatedReplicas, web.Status.IsAvailable));
    }

    [Fact]
    public void ReplicaSets_and_ReplicationControllers_are_replicated_services_too()
    {
        var controller = new ReplicationController { Metadata = Meta("old"), Replicas = 2, Selector = LabelSelector.Of([new Label("app", "old")]), Template = Template("old") };
        OrchestratedRun run = SwarmFleet.Of(2).Apply(ReplicaSet("web", 3), controller).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal((3, 2), (SwarmFleet.Running(run, "web").Count, SwarmFleet.Running(run, "old").Count));
    }

    [Fact]
    public void A_task_that_crashes_is_replaced_in_its_slot_after_the_restart_delay()
    {
        OrchestratedRun run = SwarmFleet.Of(2, SwarmFleet.Instant).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(100) }));
        WriteLog runs = Runs(run);
        run.Run();
        Assert.Equal([0, 105, 210, 315, 420, 525], runs.Seconds.Select(second => Math.Round(second, 3)));
        Assert.All(Pods(run), pod => Assert.Equal(1, pod.Swarm!.Slot));
    }

    [Fact]
    public void While_the_delay_runs_the_new_task_is_wanted_Ready_and_its_node_has_prepared_it()
    {
        OrchestratedRun run = SwarmFleet.Of(2, SwarmFleet.Instant, until: 102).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(100) }));
        run.Run();
        Pod next = Pods(run)[^1];
        Assert.Equal((SwarmTaskState.Ready, SwarmTaskState.Ready), (next.Swarm!.Desired, next.Swarm.State));
        Assert.True(next.Node.IsNode);
        Assert.Equal(1, run.Agents!.StateOf(next.Node).PodCount);
    }

    [Theory]
    [InlineData(SwarmRestartCondition.Any, 0, true)]
    [InlineData(SwarmRestartCondition.Any, 1, true)]
    [InlineData(SwarmRestartCondition.OnFailure, 0, false)]
    [InlineData(SwarmRestartCondition.OnFailure, 1, true)]
    [InlineData(SwarmRestartCondition.None, 1, false)]
    public void The_restart_condition_decides_whether_a_task_that_ended_is_replaced(SwarmRestartCondition condition, int code, bool isReplaced)
    {
        OrchestratedRun run = SwarmFleet.Of(1, With(new SwarmRestartPolicy { Condition = condition }), until: 20).Apply(Deployment("web", 1))
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { RunSeconds = new ConstantDistribution(10), ExitCode = code }));
        run.Run();
        Assert.Equal(code == 0 ? SwarmTaskState.Complete : SwarmTaskState.Failed, Pods(run)[0].Swarm!.State);
        Assert.Equal(isReplaced ? 2 : 1, Pods(run).Count);
    }

    [Theory]
    [InlineData(RestartPolicy.Always, 0, true)]
    [InlineData(RestartPolicy.OnFailure, 0, false)]
    [InlineData(RestartPolicy.OnFailure, 1, true)]
    [InlineData(RestartPolicy.Never, 1, false)]
    public void Without_a_condition_the_pods_restart_policy_is_it(RestartPolicy policy, int code, bool isReplaced)
    {
        PodTemplate template = Template("web");
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant, until: 20).Apply(Deployment("web", 1, template with { Spec = template.Spec with { RestartPolicy = policy } }))
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { RunSeconds = new ConstantDistribution(10), ExitCode = code }));
        run.Run();
        Assert.Equal(isReplaced ? 2 : 1, Pods(run).Count);
    }

    [Fact]
    public void After_so_many_attempts_a_slot_is_left_alone_until_a_new_version_comes()
    {
        OrchestratedRun run = SwarmFleet.Of(1, With(new SwarmRestartPolicy { MaxAttempts = 2, Delay = TimeSpan.FromSeconds(1) }), until: 100).Apply(Deployment("web", 1, Template("web", image: "app:bad")))
            .Step(new SetImageStep(TimeSpan.FromSeconds(60), "web", "main", "app:good"))
            .BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("app:bad", SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(1) })));
        WriteLog runs = Runs(run);
        run.Run();
        Assert.Equal([0, 2, 4, 60], runs.Seconds.Select(second => Math.Round(second, 2)));
        Assert.Single(SwarmFleet.Running(run));
    }

    [Fact]
    public void Attempts_count_within_the_window_only()
    {
        var restart = new SwarmRestartPolicy { MaxAttempts = 2, Delay = TimeSpan.FromSeconds(1), Window = TimeSpan.FromSeconds(15) };
        OrchestratedRun run = SwarmFleet.Of(1, With(restart), until: 100).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(9) }));
        run.Run();
        Assert.Equal(11, Pods(run).Max(pod => pod.Swarm!.NotBefore.TotalSeconds) / 10, 1.0);
        Assert.True(Pods(run).Count >= 3);
    }

    [Fact]
    public void A_slot_keeps_five_tasks_the_live_one_among_them()
    {
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant, until: 305).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(10) }));
        run.Run();
        Assert.Equal(5, Pods(run).Count);
        Assert.Equal(4, Pods(run).Count(pod => pod is { Swarm.State: SwarmTaskState.Failed, HasEnded: true }));
    }

    [Fact]
    public void The_task_reaper_looks_a_quarter_of_a_second_later()
    {
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant with { TaskHistory = 1, ReaperBatch = TimeSpan.FromMilliseconds(250) }, until: 50).Apply(Deployment("web", 1))
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(20) }));
        WriteLog gone = WriteLog.Of(run, change => change is { After: null, Before: Pod });
        run.Run();
        Assert.Equal([20.25, 45.25], gone.Seconds);
    }

    [Fact]
    public void Scaling_up_fills_the_lowest_slots_that_are_free()
    {
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant).Apply(Deployment("web", 3)).Step(new ScaleStep(TimeSpan.FromSeconds(10), ResourceKind.Deployment, "web", 1))
            .Step(new ScaleStep(TimeSpan.FromSeconds(40), ResourceKind.Deployment, "web", 4)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([1, 2, 3, 4], Slots(run));
    }

    [Fact]
    public void Scaling_down_takes_tasks_of_the_nodes_that_have_most_and_leaves_no_history()
    {
        // Three on one node, one on each of two others, because of the cordons.
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant).Step(new CordonStep(TimeSpan.Zero, "node-001")).Step(new CordonStep(TimeSpan.Zero, "node-002"))
            .Apply(1, Deployment("web", 3)).Step(new UncordonStep(TimeSpan.FromSeconds(5), "node-001")).Step(new UncordonStep(TimeSpan.FromSeconds(5), "node-002"))
            .Step(new ScaleStep(TimeSpan.FromSeconds(10), ResourceKind.Deployment, "web", 5)).Step(new ScaleStep(TimeSpan.FromSeconds(30), ResourceKind.Deployment, "web", 3))
            .BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([0, 1, 2], SwarmFleet.Running(run).Select(task => task.Node.Value).Order());
        Assert.Equal(3, Pods(run).Count);
    }

    [Fact]
    public void Scaling_down_takes_slots_first_whose_task_does_not_run()
    {
        // Slot 4 fits nowhere.
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant).Apply(Deployment("web", 3, Template("web", "2"))).Step(new ScaleStep(TimeSpan.FromSeconds(10), ResourceKind.Deployment, "web", 6))
            .Step(new ScaleStep(TimeSpan.FromSeconds(20), ResourceKind.Deployment, "web", 4)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([1, 2, 3, 4], Slots(run));
        Assert.Equal(4, Pods(run).Count);
    }

    [Fact]
    public void A_service_that_is_deleted_takes_its_tasks_and_their_history_with_it()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Deployment("web", 4)).Step(Some.Delete(200, ResourceKind.Deployment, "web"))
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(50) }));
        run.Run();
        Assert.Empty(Pods(run));
        Assert.Equal(0, run.Loop.Pending);
    }

    [Fact]
    public void A_task_that_fits_nowhere_waits_and_is_placed_at_the_first_change_that_helps()
    {
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant).Apply(Deployment("big", 1, Template("big", "7"))).Apply(5, Deployment("web", 1, Template("web", "4")))
            .Step(Some.Delete(50, ResourceKind.Deployment, "big")).BuildWithAgents(SwarmFleet.Agents());
        WriteLog bound = WriteLog.Of(run, change => change is { After: Pod { Node.IsNode: true }, Before: Pod { Node.IsNode: false } });
        run.Run();
        Assert.Equal([0, 50.05], bound.Seconds.Select(second => Math.Round(second, 2)));
    }

    [Fact]
    public void Tasks_have_no_priority_and_preempt_nobody()
    {
        PodTemplate template = Template("vip", "7");
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant).Apply(Deployment("web", 1, Template("web", "4")))
            .Apply(5, Deployment("vip", 1, template with { Spec = template.Spec with { Priority = 1000 } })).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Single(SwarmFleet.Running(run, "web"));
        Assert.Empty(SwarmFleet.Running(run, "vip"));
        Assert.All(Pods(run), pod => Assert.Equal(0, pod.Spec.Priority));
    }

    [Fact]
    public void A_job_runs_its_completions_in_parallel_slots_and_is_then_complete()
    {
        Job job = Some.Job("sum", 5, 2);
        OrchestratedRun run = SwarmFleet.Of(2, SwarmFleet.Instant).Apply(WithImage(job)).BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("job", new() { RunSeconds = new ConstantDistribution(10) })));
        int most = 0;
        WriteLog _ = WriteLog.Of(run, change =>
        {
            most = Math.Max(most, Pods(run).Count(pod => pod is { HasEnded: false }));
            return false;
        });
        run.Run();
        Job done = run.Store.View.Find<Job>(ResourceKind.Job, "default", "sum")!;
        Assert.Equal((5, 0, false, 30d), (done.Status.Succeeded, done.Status.Active, done.Status.HasFailed, Math.Round(done.Status.FinishedAt!.Value.TotalSeconds)));
        Assert.Equal(2, most);
        Assert.Equal(Enumerable.Range(1, 5), Pods(run).Where(pod => pod.Swarm!.State == SwarmTaskState.Complete).Select(pod => pod.Swarm!.Slot).Order());
    }

    [Fact]
    public void A_jobs_task_that_fails_is_tried_again_in_its_slot_as_often_as_the_back_off_limit_says()
    {
        Job job = Some.Job("sum", 1, 1) with { BackoffLimit = 2 };
        OrchestratedRun run = SwarmFleet.Of(2, SwarmFleet.Instant).Apply(WithImage(job)).BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("job", new() { RunSeconds = new ConstantDistribution(10), ExitCode = 1 })));
        run.Run();
        Job done = run.Store.View.Find<Job>(ResourceKind.Job, "default", "sum")!;
        Assert.Equal((0, 3, true, "MaxAttempts"), (done.Status.Succeeded, done.Status.Failed, done.Status.HasFailed, done.Status.Reason));
        Assert.Equal(3, Pods(run).Count);
    }

    private static Job WithImage(Job job) => job with { Template = job.Template with { Spec = job.Template.Spec with { Containers = [job.Template.Spec.Containers[0] with { Image = "job" }] } } };
}
