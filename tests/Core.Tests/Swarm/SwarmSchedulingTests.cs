using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>When tasks are placed, and where.</summary>
public sealed class SwarmSchedulingTests
{
    private static SwarmOptions Gathering { get; } = SwarmFleet.Instant with { SchedulerGap = TimeSpan.FromMilliseconds(50), SchedulerLatencyMax = TimeSpan.FromSeconds(1) };

    private static WriteLog Bound(OrchestratedRun run) => WriteLog.Of(run, change => change is { After: Pod { Node.IsNode: true }, Before: Pod { Node.IsNode: false } });

    private static IReadOnlyList<double> Rounded(WriteLog log) => [.. log.Seconds.Select(second => Math.Round(second, 3))];

    [Fact]
    public void Changes_are_gathered_until_nothing_was_written_for_the_gap()
    {
        OrchestrationBuilder builder = SwarmFleet.Of(2, Gathering);
        for (int i = 0; i < 5; i++) builder.Apply(10 + (i * 0.04), Deployment($"w{i}", 1, Template($"w{i}")));
        OrchestratedRun run = builder.BuildWithAgents(SwarmFleet.Agents());
        WriteLog bound = Bound(run);
        run.Run();
        Assert.Equal(Enumerable.Repeat(10.21, 5), Rounded(bound));
    }

    [Fact]
    public void They_are_gathered_for_a_second_at_most()
    {
        OrchestrationBuilder builder = SwarmFleet.Of(2, Gathering);
        for (int i = 0; i < 30; i++) builder.Apply(10 + (i * 0.04), Deployment($"w{i}", 1, Template($"w{i}", "10m")));
        OrchestratedRun run = builder.BuildWithAgents(SwarmFleet.Agents());
        WriteLog bound = Bound(run);
        run.Run();
        Assert.Equal(11, Rounded(bound)[0]);
        Assert.Equal(26, Rounded(bound).Count(second => second == 11));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Failures_of_a_version_on_a_node_say_nothing_about_the_next_version(bool isNewVersion)
    {
        // The service crashes on node 0 five times and more, while node 1 is closed.
        SwarmOptions options = SwarmFleet.Instant with { Restart = new SwarmRestartPolicy { Delay = TimeSpan.FromSeconds(1) } };
        PodTemplate template = Template("web", image: "app:bad");
        OrchestratedRun run = SwarmFleet.Of(2, options, until: 40).Step(new CordonStep(TimeSpan.Zero, "node-001")).Apply(1, Deployment("web", 1, template)).Step(new UncordonStep(TimeSpan.FromSeconds(20), "node-001"))
            .Step(new ScaleStep(TimeSpan.FromSeconds(20.1), ResourceKind.Deployment, "web", 0)).Do(20.2, r => r.Store.Update(r.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")! with
            {
                Replicas = 1,
                Template = template with { Annotations = isNewVersion ? [new Label("version", "2")] : default },
            })).BuildWithAgents(SwarmFleet.Agents(images: images => images.Add("app:bad", SwarmFleet.Quick with { CrashAfterSeconds = new ConstantDistribution(1) })));
        var places = new List<int>();
        run.OnEveryWrite(change =>
        {
            if (run.Loop.Now.TotalSeconds > 20.15 && change is { After: Pod { Node.IsNode: true } pod, Before: Pod { Node.IsNode: false } }) places.Add(pod.Node.Value);
        });
        run.Run();
        // Both nodes have no task: the first in order wins unless it is avoided.
        Assert.Equal(isNewVersion ? 0 : 1, places[0]);
    }

    [Fact]
    public void Any_strategy_may_place_the_tasks()
    {
        OrchestratedRun run = SwarmFleet.Of(4).With(o => o with { Strategy = Schedulers.Catalog.StrategyCatalog.BuiltIn().Find("most-allocated")!.Build() }).Apply(Deployment("web", 8)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Single(SwarmFleet.Running(run).Select(pod => pod.Node.Value).Distinct());
    }
}
