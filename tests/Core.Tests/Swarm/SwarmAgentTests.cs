using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>What an agent of Docker Swarm does with a task, and when it says so.</summary>
public sealed class SwarmAgentTests
{
    private static PodTemplate Checked(Func<Container, Container> change)
    {
        PodTemplate template = Template("web");
        return template with { Spec = template.Spec with { Containers = [change(template.Spec.Containers[0])] } };
    }

    private static WriteLog At(OrchestratedRun run, SwarmTaskState state) =>
        WriteLog.Of(run, change => change.After is Pod { Swarm: { } now } && now.State == state && (change.Before as Pod)?.Swarm?.State != state);

    private static IReadOnlyList<double> Rounded(WriteLog log) => [.. log.Seconds.Select(second => Math.Round(second, 2))];

    [Fact]
    public void A_task_goes_through_its_states_in_order()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1)).BuildWithAgents(new AgentOptions { Images = new ImageCatalog().Add("app", SwarmFleet.Quick) });
        var states = new List<SwarmTaskState>();
        run.OnEveryWrite(change =>
        {
            if (change.After is Pod pod && (states.Count == 0 || states[^1] != SwarmTask.StateOf(pod))) states.Add(SwarmTask.StateOf(pod));
        });
        run.Run();
        Assert.Equal([SwarmTaskState.Pending, SwarmTaskState.Assigned, SwarmTaskState.Preparing, SwarmTaskState.Starting, SwarmTaskState.Running], states);
    }

    [Fact]
    public void The_scheduler_gathers_the_dispatcher_batches_the_engine_starts_and_reports_are_batched()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog bound = WriteLog.Of(run, change => change is { After: Pod { Node.IsNode: true }, Before: Pod { Node.IsNode: false } }), running = At(run, SwarmTaskState.Running);
        run.Run();
        Assert.Equal([0.05], Rounded(bound));
        // 0.05 s scheduler, 0.1 s dispatcher, 0.4 s engine, then the next tenth of a second.
        Assert.Equal([0.6], Rounded(running));
    }

    [Fact]
    public void What_is_new_for_a_node_within_a_batch_arrives_together()
    {
        SwarmOptions options = SwarmFleet.Instant with { DispatcherBatch = TimeSpan.FromSeconds(1) };
        OrchestratedRun run = SwarmFleet.Of(1, options).Apply(10, Deployment("a", 1, Template("a"))).Apply(10.7, Deployment("b", 1, Template("b"))).BuildWithAgents(SwarmFleet.Agents());
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Equal([11, 11], facts.Seconds(FactKind.PodAdmitted));
    }

    [Fact]
    public void A_task_that_ends_is_never_restarted_in_place()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(5) }));
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Empty(facts.Of(FactKind.ContainerRestarted));
        Assert.True(facts.Of(FactKind.PodFailed).Count > 20);
        Assert.All(Pods(run), pod => Assert.Equal(0, pod.Status.Restarts));
    }

    [Fact]
    public void The_stop_signal_comes_two_seconds_after_the_address_has_left()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1), Service("web")).Step(new ScaleStep(TimeSpan.FromSeconds(60), ResourceKind.Deployment, "web", 0)).BuildWithAgents(SwarmFleet.Agents());
        var truth = new Truth(run);
        run.Runtime!.Observe(truth);
        WriteLog left = WriteLog.Of(run, change => change.After is EndpointSlice slice && run.Loop.Now.TotalSeconds >= 60 && slice.Endpoints.All(endpoint => !endpoint.IsReady));
        run.Run();
        Assert.Equal(60, left.Seconds[0]);
        // The assignment takes its batch.
        Assert.Equal([62.1], truth.Stopping.Select(second => Math.Round(second, 3)));
    }

    [Theory]
    [InlineData(30, null, 10)]
    [InlineData(20, null, 20)]
    [InlineData(30, 3.0, 3)]
    public void The_grace_is_that_of_the_options_or_of_the_manifest_and_ten_seconds_where_it_states_the_default(double stated, double? option, double expected)
    {
        PodTemplate template = Template("web");
        template = template with { Spec = template.Spec with { TerminationGrace = TimeSpan.FromSeconds(stated) } };
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant with { StopGrace = option is { } grace ? TimeSpan.FromSeconds(grace) : null }).Apply(Deployment("web", 1, template))
            .Step(new ScaleStep(TimeSpan.FromSeconds(60), ResourceKind.Deployment, "web", 0)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { StopSeconds = new ConstantDistribution(1000) }));
        var truth = new Truth(run);
        run.Runtime!.Observe(truth);
        run.Run();
        Assert.Equal([60 + expected], truth.Stopped);
    }

    [Fact]
    public void A_crash_takes_the_address_out_of_discovery_before_the_managers_hear_of_it()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1), Service("web")).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(60.03) }));
        WriteLog left = WriteLog.Of(run, change => change.After is EndpointSlice slice && run.Loop.Now.TotalSeconds > 50 && slice.Endpoints.All(endpoint => !endpoint.IsReady)), failed = At(run, SwarmTaskState.Failed);
        run.Run();
        // The process began at 0.55 s.
        Assert.Equal(60.58, left.Seconds[0], 3);
        Assert.Equal(60.7, failed.Seconds[0], 3);
    }

    [Fact]
    public void A_task_with_a_readiness_probe_runs_when_it_is_healthy_first()
    {
        PodTemplate template = Checked(container => container with { Readiness = new Probe { Period = TimeSpan.FromSeconds(2) } });
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant).Apply(Deployment("web", 1, template)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { ReadySeconds = new ConstantDistribution(5) }));
        WriteLog starting = At(run, SwarmTaskState.Starting), running = At(run, SwarmTaskState.Running);
        run.Run();
        Assert.Equal((0d, 6d), (starting.Seconds[0], running.Seconds[0]));
    }

    [Fact]
    public void The_first_look_of_a_health_check_is_one_interval_after_the_start()
    {
        PodTemplate template = Checked(container => container with { Liveness = new Probe { Period = TimeSpan.FromSeconds(7) } });
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant).Apply(Deployment("web", 1, template)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog running = At(run, SwarmTaskState.Running);
        run.Run();
        Assert.Equal([7], running.Seconds);
    }

    [Theory]
    [InlineData(0, null, 3)]
    [InlineData(10, null, 13)]
    [InlineData(0, 20, 23)]
    public void A_task_that_never_gets_healthy_is_stopped_after_its_retries_beyond_the_start_period(double initialDelay, int? startup, double expected)
    {
        PodTemplate template = Checked(container => container with
        {
            Readiness = new Probe { Period = TimeSpan.FromSeconds(1), InitialDelay = TimeSpan.FromSeconds(initialDelay), FailureThreshold = 3 },
            Startup = startup is { } failures ? new Probe { Period = TimeSpan.FromSeconds(1), FailureThreshold = failures } : null,
        });
        OrchestratedRun run = SwarmFleet.Of(1, SwarmFleet.Instant, until: 40).Apply(Deployment("web", 1, template)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { IsNeverReady = true }));
        WriteLog failed = At(run, SwarmTaskState.Failed);
        run.Run();
        Assert.Equal(expected + 0.05, failed.Seconds[0], 3);
    }

    [Fact]
    public void An_unhealthy_task_leaves_discovery_at_once_is_stopped_and_fails_whatever_its_exit_code()
    {
        PodTemplate template = Checked(container => container with { Liveness = new Probe { Period = TimeSpan.FromSeconds(1), FailureThreshold = 2 } });
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 1, template), Service("web")).Do(60, r => r.Health!.Set(0, NodeTrouble.ProcessesHung)).Do(64, r => r.Health!.Recover(0)).BuildWithAgents(SwarmFleet.Agents());
        WriteLog left = WriteLog.Of(run, change => change.After is EndpointSlice slice && run.Loop.Now.TotalSeconds > 50 && slice.Endpoints.All(endpoint => !endpoint.IsReady)), failed = At(run, SwarmTaskState.Failed);
        run.Run();
        Assert.InRange(left.Seconds[0], 61.9, 63.1);
        Assert.True(failed.Seconds[0] > left.Seconds[0] + 2);
        Assert.Equal(0, Pods(run)[0].Status.ExitCode);
        Assert.Equal(SwarmTaskState.Failed, Pods(run)[0].Swarm!.State);
    }

    [Fact]
    public void A_task_that_does_not_fit_its_node_is_rejected_and_replaced()
    {
        // Bound by hand to a node that is full.
        OrchestratedRun run = SwarmFleet.Of(2).Step(new CordonStep(TimeSpan.Zero, "node-001")).Apply(1, Deployment("big", 1, Template("big", "7"))).Apply(20, Deployment("web", 1, Template("web", "4")))
            .Do(30, r =>
            {
                Pod waiting = Pods(r).Single(pod => !pod.Node.IsNode);
                Assert.Null(r.Store.Update(waiting with { Node = new NodeIndex(0) }));
            }).Step(new UncordonStep(TimeSpan.FromSeconds(40), "node-001")).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Single(Pods(run), pod => pod.Swarm is { State: SwarmTaskState.Rejected, Desired: SwarmTaskState.Shutdown });
        Assert.Equal(1, SwarmFleet.Running(run, "web").Single().Node.Value);
    }

    [Fact]
    public void A_node_short_of_memory_evicts_nobody()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Deployment("web", 2)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { MemoryBytes = 30L << 30 }));
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Empty(facts.Of(FactKind.NodePressureChanged));
        Assert.Equal(2, SwarmFleet.Running(run).Count);
    }

    /// <summary>Instants at which processes were told to stop, and stopped.</summary>
    private sealed class Truth(OrchestratedRun run) : IServingObserver
    {
        public List<double> Stopping { get; } = [];

        public List<double> Stopped { get; } = [];

        public void OnListening(Pod pod, ImageBehavior behavior)
        {
        }

        public void OnFitChanged(Pod pod, bool isFit)
        {
        }

        public void OnStopping(Pod pod) => Stopping.Add(run.Loop.Now.TotalSeconds);

        public void OnStopped(Pod pod) => Stopped.Add(run.Loop.Now.TotalSeconds);
    }
}
