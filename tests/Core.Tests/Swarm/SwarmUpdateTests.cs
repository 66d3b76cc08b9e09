using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>Updates of services: parallelism, order, delay, monitor, failures, rollback.</summary>
public sealed class SwarmUpdateTests
{
    private const double At = 50;

    private static OrchestrationBuilder Web(SwarmUpdateConfig? update, string image = "app:v2", int replicas = 4, Func<SwarmOptions, SwarmOptions>? change = null, Func<Deployment, Deployment>? service = null)
    {
        SwarmOptions options = SwarmFleet.Instant with { Update = update };
        Deployment web = Deployment("web", replicas);
        return SwarmFleet.Of(4, change is null ? options : change(options)).Apply(service is null ? web : service(web)).Step(new SetImageStep(TimeSpan.FromSeconds(At), "web", "main", image));
    }

    /// <summary><c>app:bad</c> crashes two seconds after its start.</summary>
    private static OrchestratedRun Build(OrchestrationBuilder builder) => builder.BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("app:bad", SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(2) })));

    private static WriteLog Made(OrchestratedRun run, string image = "app:v2") => WriteLog.Of(run, change => change is { Before: null, After: Pod pod } && pod.Spec.Containers[0].Image == image);

    private static SwarmServiceStatus Status(OrchestratedRun run) => SwarmFleet.Service(run, ResourceKind.Deployment, "web");

    private static IEnumerable<string> Images(OrchestratedRun run) => SwarmFleet.Running(run).Select(pod => pod.Spec.Containers[0].Image);

    private static double Round(double seconds) => Math.Round(seconds - At, 2);

    [Fact]
    public void By_default_one_task_after_the_other_is_stopped_and_replaced()
    {
        OrchestratedRun run = Build(Web(null));
        WriteLog made = Made(run);
        run.Run();
        // 0.05 s to stop, 0.1 s because the update begins when the old one has stopped.
        Assert.Equal([0, 0.05, 0.1, 0.15], made.Seconds.Select(Round));
        Assert.Equal(SwarmUpdateState.Completed, Status(run).Update);
        Assert.All(Images(run), image => Assert.Equal("app:v2", image));
        Assert.Equal(2, Status(run).Version);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(0, 4)]
    public void Parallelism_says_how_many_are_replaced_at_once_and_zero_is_all(int parallelism, int atOnce)
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Parallelism = parallelism }));
        WriteLog made = Made(run);
        run.Run();
        Assert.Equal(atOnce, made.Seconds.Count(second => Round(second) == 0));
        Assert.Equal(4, made.Seconds.Count);
    }

    [Fact]
    public void Between_two_tasks_of_a_worker_the_delay_passes_and_after_the_last_too()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Parallelism = 2, Delay = TimeSpan.FromSeconds(10), Monitor = TimeSpan.FromSeconds(20) }));
        WriteLog made = Made(run);
        run.Run();
        Assert.Equal([0, 0, 10.05, 10.05], made.Seconds.Select(Round));
        // Two batches of 0.05 s and 10 s, and the monitor.
        Assert.Equal(40.1, Round(Status(run).CompletedAt!.Value.TotalSeconds));
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(0, 0.5, 1)]
    [InlineData(10, 5, 11)]
    [InlineData(10, 30, 30)]
    public void The_monitor_is_raised_to_a_second_beyond_the_delay(double delay, double monitor, double expected)
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Parallelism = 0, Delay = TimeSpan.FromSeconds(delay), Monitor = TimeSpan.FromSeconds(monitor) }));
        run.Run();
        Assert.Equal(0.05 + delay + expected, Round(Status(run).CompletedAt!.Value.TotalSeconds));
    }

    [Fact]
    public void Stop_first_starts_the_new_task_when_the_old_one_has_stopped()
    {
        OrchestratedRun run = Web(new SwarmUpdateConfig()).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { StopSeconds = new ConstantDistribution(3) }));
        WriteLog started = WriteLog.Of(run, change => change is { After: Pod { Swarm: { State: SwarmTaskState.Running, Version: 2 } }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });
        run.Run();
        Assert.Equal([3, 6, 9, 12], started.Seconds.Select(Round));
    }

    [Fact]
    public void An_old_task_that_does_not_stop_is_waited_for_a_minute_at_most()
    {
        OrchestratedRun run = Web(new SwarmUpdateConfig(), replicas: 1, change: options => options with { StopGrace = TimeSpan.FromMinutes(5) })
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { StopSeconds = new ConstantDistribution(250) }));
        WriteLog started = WriteLog.Of(run, change => change is { After: Pod { Swarm: { State: SwarmTaskState.Running, Version: 2 } }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });
        run.Run();
        Assert.Equal([60], started.Seconds.Select(Round));
    }

    [Fact]
    public void Start_first_stops_the_old_task_when_the_new_one_is_healthy()
    {
        PodTemplate template = Template("web");
        template = template with { Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { Readiness = new Probe { Period = TimeSpan.FromSeconds(1) } }] } };
        OrchestratedRun run = Web(new SwarmUpdateConfig { Order = SwarmUpdateOrder.StartFirst }, service: web => web with { Template = template })
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { ReadySeconds = new ConstantDistribution(2.5) }));
        WriteLog told = WriteLog.Of(run, change => change is { After: Pod { Swarm: { Version: 1, Desired: SwarmTaskState.Shutdown } }, Before: Pod { Swarm.Desired: SwarmTaskState.Running } });
        int lowest = 4;
        WriteLog _ = WriteLog.Of(run, change =>
        {
            if (run.Loop.Now.TotalSeconds >= At) lowest = Math.Min(lowest, SwarmFleet.Running(run).Count);
            return false;
        });
        run.Run();
        Assert.Equal([3, 6, 9, 12], told.Seconds.Select(Round));
        Assert.Equal(4, lowest);
    }

    [Fact]
    public void A_task_that_fails_while_it_is_watched_pauses_the_update()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Delay = TimeSpan.FromSeconds(3) }, "app:bad"));
        run.Run();
        Assert.Equal(SwarmUpdateState.Paused, Status(run).Update);
        Assert.StartsWith("update paused due to failure or early termination of task web.", Status(run).Message, StringComparison.Ordinal);
        // The first one crashed before the second was begun; the others stay as they are, the first is tried again and again.
        Assert.Equal(3, Images(run).Count(image => image == "app:v1"));
    }

    [Fact]
    public void Failures_up_to_the_ratio_are_let_pass()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { MaxFailureRatio = 1 }, "app:bad"));
        run.Run();
        Assert.NotEqual(SwarmUpdateState.Paused, Status(run).Update);
        Assert.DoesNotContain("app:v1", Pods(run).Where(pod => !pod.HasEnded).Select(pod => pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void With_continue_failures_stop_nothing()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { FailureAction = SwarmFailureAction.Continue }, "app:bad"));
        run.Run();
        Assert.Equal(SwarmUpdateState.Completed, Status(run).Update);
    }

    [Fact]
    public void A_task_that_fails_after_it_was_watched_does_not_count()
    {
        OrchestratedRun run = Web(new SwarmUpdateConfig { Parallelism = 0 }, "app:late").BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("app:late", SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(8) })));
        run.Run();
        Assert.Equal(SwarmUpdateState.Completed, Status(run).Update);
    }

    [Fact]
    public void With_rollback_the_version_before_comes_back_and_the_template_with_it()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Parallelism = 2, FailureAction = SwarmFailureAction.Rollback }, "app:bad"));
        FactLog log = FactLog.Of(run);
        run.Run();
        Assert.Equal(SwarmUpdateState.RollbackCompleted, Status(run).Update);
        Assert.Equal(1, Status(run).Version);
        Assert.Equal("app:v1", run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")!.Template.Spec.Containers[0].Image);
        Assert.Equal(["app:v1", "app:v1", "app:v1", "app:v1"], Images(run));
        FactKind[] kinds = [.. log.All.Select(fact => fact.Kind).Where(kind => kind is FactKind.RolloutStarted or FactKind.RolloutFailed or FactKind.RolledBack or FactKind.RolloutCompleted)];
        Assert.Equal([FactKind.RolloutStarted, FactKind.RolloutFailed, FactKind.RolledBack, FactKind.RolloutCompleted], kinds);
    }

    [Fact]
    public void A_rollback_never_rolls_back()
    {
        // Both versions crash, the first one a little later.
        OrchestratedRun run = Web(new SwarmUpdateConfig { FailureAction = SwarmFailureAction.Rollback }, "app:bad", change: options => options with { Rollback = new SwarmUpdateConfig() })
            .BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(4) }, images => images.Add("app:bad", SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(2) })));
        run.Run();
        Assert.Equal(SwarmUpdateState.RollbackPaused, Status(run).Update);
    }

    [Fact]
    public void An_update_supersedes_the_one_before()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Delay = TimeSpan.FromSeconds(10) }).Step(new SetImageStep(TimeSpan.FromSeconds(At + 15), "web", "main", "app:v3")));
        run.Run();
        Assert.Equal((SwarmUpdateState.Completed, 3L), (Status(run).Update, Status(run).Version));
        Assert.All(Images(run), image => Assert.Equal("app:v3", image));
    }

    [Fact]
    public void A_paused_update_goes_on_with_the_next_version()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig(), "app:bad").Step(new SetImageStep(TimeSpan.FromSeconds(At + 60), "web", "main", "app:v3")));
        run.Run();
        Assert.Equal(SwarmUpdateState.Completed, Status(run).Update);
        Assert.Equal(["app:v3", "app:v3", "app:v3", "app:v3"], Images(run));
    }

    [Fact]
    public void A_user_may_roll_a_service_back_once()
    {
        OrchestratedRun run = Build(Web(null).Step(new RollbackStep(TimeSpan.FromSeconds(At + 60), "web")));
        run.Run();
        Assert.Equal((SwarmUpdateState.RollbackCompleted, 1L), (Status(run).Update, Status(run).Version));
        Assert.All(Images(run), image => Assert.Equal("app:v1", image));
        OrchestratedRun twice = Build(Web(null).Step(new RollbackStep(TimeSpan.FromSeconds(At + 60), "web")).Step(new RollbackStep(TimeSpan.FromSeconds(At + 90), "web")));
        Assert.Matches("no version before the current one \\(the step at [0-9dhms]+\\)$", Assert.Throws<RunStepException>(() => twice.Run()).Message);
    }

    [Fact]
    public void An_update_cannot_be_held_by_a_command()
    {
        OrchestratedRun run = Build(Web(null).Step(new PauseStep(TimeSpan.FromSeconds(At + 1), "web")));
        Assert.Contains("Docker Swarm has no command", Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_version_that_equals_the_old_one_updates_nothing()
    {
        OrchestratedRun run = Build(Web(null, "app:v1"));
        run.Run();
        Assert.Equal((SwarmUpdateState.None, 1L, 4), (Status(run).Update, Status(run).Version, Pods(run).Count));
    }

    [Fact]
    public void A_restarted_manager_goes_on_with_the_update()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig { Delay = TimeSpan.FromSeconds(10) }).Do(At + 15, r =>
        {
            r.Controllers.Stop();
            r.Controllers.Restart();
        }));
        run.Run();
        Assert.Equal(SwarmUpdateState.Completed, Status(run).Update);
        Assert.All(Images(run), image => Assert.Equal("app:v2", image));
        Assert.Equal(8, Pods(run).Count);
    }

    [Fact]
    public void A_manifest_says_how_an_update_goes_where_the_options_do_not()
    {
        static SwarmUpdateConfig Config(DeploymentStrategy strategy, TimeSpan minReady = default) =>
            SwarmService.Of(Deployment("web", 10) with { Strategy = strategy, MinReady = minReady })!.Value.Config(new SwarmOptions(), isRollback: false);
        Assert.Equal(new SwarmUpdateConfig(), Config(DeploymentStrategy.Default));
        Assert.Equal(new SwarmUpdateConfig { Delay = TimeSpan.FromSeconds(7) }, Config(DeploymentStrategy.Default, TimeSpan.FromSeconds(7)));
        // A stated quarter of ten that may be missing: two.
        Assert.Equal(new SwarmUpdateConfig { Parallelism = 2 }, Config(DeploymentStrategy.Default with { IsStated = true }));
        Assert.Equal(new SwarmUpdateConfig { Parallelism = 0 }, Config(DeploymentStrategy.Recreate));
        Assert.Equal(new SwarmUpdateConfig { Parallelism = 3, Order = SwarmUpdateOrder.StartFirst }, Config(new DeploymentStrategy(false, IntOrPercent.Of(0), IntOrPercent.Of(3))));
        Assert.Equal(new SwarmUpdateConfig { Parallelism = 2 }, Config(new DeploymentStrategy(false, IntOrPercent.Of(2), IntOrPercent.Of(0))));
        Assert.Equal(new SwarmUpdateConfig { Parallelism = 2 }, SwarmService.Of(Some.DaemonSet("log") with { MaxUnavailable = IntOrPercent.Of(2) })!.Value.Config(new SwarmOptions(), isRollback: false));
    }

    [Fact]
    public void The_metrics_of_a_rolling_update_are_those_of_its_tasks()
    {
        OrchestratedRun run = Web(new SwarmUpdateConfig { Parallelism = 2 }).Apply(Service("web")).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { StopSeconds = new ConstantDistribution(3) }));
        var observer = new RolloutObserver(() => run.Loop.Now, run.Store.View, TimeSpan.FromSeconds(At), "v2", TimeSpan.FromSeconds(10));
        run.Store.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(600), sink);
        Dictionary<string, double?> metrics = sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value);
        Assert.Equal(6, metrics["rollout_duration_seconds"]!.Value, 3);
        Assert.Equal(12, metrics["deficit_replica_seconds"]!.Value, 3);
        Assert.Equal(0.5, metrics["available_ratio_min"]);
        Assert.Equal(0, metrics["surge_replica_seconds"]!.Value, 3);
        Assert.Equal(12, metrics["surge_held_replica_seconds"]!.Value, 3);
        Assert.Equal(1, metrics["pods_created_per_replica_ratio"]);
        Assert.Equal(4, metrics["pods_removed_total"]);
        // The second half stops serving when the first half of the new ones serves.
        Assert.Equal(0, metrics["mixed_versions_seconds_mean"]!.Value, 3);
    }

    [Fact]
    public void What_an_update_did_is_told_as_a_timeline()
    {
        OrchestratedRun run = Build(Web(new SwarmUpdateConfig(), "app:bad"));
        ObjectHistory history = ObjectHistory.Attach(run, ResourceKind.Deployment, null, "web", withPods: false);
        run.Run();
        string[] lines = [.. history.Entries.Select(entry => entry.What)];
        Assert.Contains("update of version 2: Updating, update in progress", lines);
        Assert.Contains(lines, line => line.StartsWith("update of version 2: Paused, update paused due to failure", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("deadline", StringComparison.Ordinal));
    }

    [Fact]
    public void A_global_services_update_passes_a_node_that_is_down_and_finds_it_when_it_is_back()
    {
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant).Apply(Some.DaemonSet("log")).Do(At - 30, r => r.Health!.Crash(1)).Apply(At, Some.DaemonSet("log", "app:v2")).Do(At + 100, r => r.Health!.Recover(1))
            .BuildWithAgents(SwarmFleet.Agents());
        SwarmUpdateState meanwhile = default;
        Later.Do(run, At + 50, () => meanwhile = SwarmFleet.Service(run, ResourceKind.DaemonSet, "log").Update);
        run.Run();
        Assert.Equal(SwarmUpdateState.Completed, meanwhile);
        Assert.Equal(["app:v2", "app:v2", "app:v2"], Images(run));
    }

    [Fact]
    public void Tasks_say_which_version_of_their_service_they_are()
    {
        OrchestratedRun run = Build(Web(null));
        run.Run();
        Deployment web = run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")!;
        Assert.All(SwarmFleet.Running(run), pod => Assert.Equal(SwarmService.VersionLabel(web, 2), pod.Metadata.Labels.ValueOf(Revisions.HashLabel)));
        Assert.NotEqual(SwarmService.VersionLabel(web, 1), SwarmService.VersionLabel(web, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Releases_over_services_are_promoted_as_under_Kubernetes(bool isBlueGreen)
    {
        ReleasePlan plan = isBlueGreen
            ? new BlueGreenPlan { Deployment = "web", Service = "web", Template = Template("web", image: "app:v2"), Hold = TimeSpan.FromSeconds(30) }
            : new CanaryPlan { Deployment = "web", Service = "web", Template = Template("web", image: "app:v2"), Steps = [new CanaryStep(25, TimeSpan.FromSeconds(30))] };
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Service("web"), Deployment("web", 4)).Step(new ReleaseStep(TimeSpan.FromSeconds(At), plan)).BuildWithAgents(SwarmFleet.Agents());
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Single(facts.Of(FactKind.ReleasePromoted));
        Assert.Equal(["app:v2", "app:v2", "app:v2", "app:v2"], Images(run));
    }

    [Fact]
    public void Global_services_are_updated_node_by_node()
    {
        DaemonSet log = Some.DaemonSet("log");
        OrchestratedRun run = SwarmFleet.Of(3, SwarmFleet.Instant).Apply(log).Apply(At, Some.DaemonSet("log", "app:v2")).BuildWithAgents(SwarmFleet.Agents());
        WriteLog made = Made(run);
        run.Run();
        Assert.Equal([0, 0.05, 0.1], made.Seconds.Select(Round));
        Assert.Equal(3, Images(run).Count(image => image == "app:v2"));
        Assert.Equal(SwarmUpdateState.Completed, SwarmFleet.Service(run, ResourceKind.DaemonSet, "log").Update);
    }
}
