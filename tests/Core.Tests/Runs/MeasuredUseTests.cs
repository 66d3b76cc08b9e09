using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Runs;

/// <summary>Autoscalers of runs with node agents see what pods really use.</summary>
public sealed class MeasuredUseTests
{
    [Fact]
    public void Containers_that_take_twice_their_target_bring_more_and_more_replicas_up_to_the_limit()
    {
        OrchestratedRun run = Scaled(new AutoscalingTarget(AutoscalingMetric.Cpu, false, 50), new ImageBehavior { IdleCpuMilli = 100 });
        var sizes = new List<int> { 2 };
        run.OnEveryWrite(change => { if (change.After is Deployment web && web.Replicas != sizes[^1]) sizes.Add(web.Replicas); });
        run.Run();
        Assert.Equal([2, 4, 6], sizes);
    }

    [Fact]
    public void Memory_is_what_the_agents_know()
    {
        OrchestratedRun run = Scaled(new AutoscalingTarget(AutoscalingMetric.Memory, false, 1 << 20), new ImageBehavior { MemoryBytes = 3 << 20 });
        run.Run();
        Assert.Equal(6, run.Find<Deployment>("web")!.Replicas);
    }

    [Fact]
    public void Requests_count_and_so_does_the_cpu_that_they_take()
    {
        foreach ((AutoscalingMetric metric, long target) in ((AutoscalingMetric, long)[])[(AutoscalingMetric.RequestRate, 10_000), (AutoscalingMetric.Cpu, 100)])
        {
            // 40 requests a second of 10 ms each: 10 a second and pod, or 100 milli CPU a pod, of four pods.
            OrchestratedRun run = Scaled(new AutoscalingTarget(metric, false, target), new ImageBehavior { IdleCpuMilli = 0, CpuMillisecondsPerRequest = 10 }, builder => builder.Apply(Service("web"))
                .With(o => o with { Traffic = [new TrafficSpec { Service = "web", Arrivals = ArrivalProcess.Constant, Rates = [new RateFrom(TimeSpan.Zero, 40)] }] }));
            run.Run();
            Assert.Equal(4, run.Find<Deployment>("web")!.Replicas);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Requests_in_work_take_memory_too(double fluidAbove)
    {
        // 40 requests a second of half a second: 20 in work, of 1 MiB each, and 1 MiB a pod; 6 MiB a pod make four pods of 6 MiB.
        OrchestratedRun run = Scaled(
            new AutoscalingTarget(AutoscalingMetric.Memory, false, 6 << 20),
            new ImageBehavior { MemoryBytes = 1 << 20, MemoryBytesPerRequest = 1 << 20, ServiceSeconds = new ConstantDistribution(0.5), Concurrency = 100 },
            builder => builder.Apply(Service("web")).With(o => o with { Traffic = [new TrafficSpec { Service = "web", Arrivals = ArrivalProcess.Constant, FluidAbove = fluidAbove, Rates = [new RateFrom(TimeSpan.Zero, 40)] }] }));
        run.Run();
        Assert.Equal(4, run.Find<Deployment>("web")!.Replicas);
    }

    private static OrchestratedRun Scaled(AutoscalingTarget target, ImageBehavior behavior, Func<OrchestrationBuilder, OrchestrationBuilder>? more = null)
    {
        var scaler = new HorizontalPodAutoscaler { Metadata = Meta("web"), TargetName = "web", MinReplicas = 2, MaxReplicas = 6, Metrics = [target] };
        OrchestrationBuilder builder = Fleet(2).Apply(Deployment("web", 2), scaler).With(o => o with { Until = TimeSpan.FromMinutes(8) });
        return (more?.Invoke(builder) ?? builder).BuildWithAgents(new AgentOptions { Images = new ImageCatalog { Default = behavior } });
    }
}
