using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

/// <summary>What machines take beyond what images say: starts, stops and kills come so much later, and nothing else changes.</summary>
public sealed class RuntimeDelayTests
{
    [Fact]
    public void Starts_stops_and_kills_take_so_much_longer()
    {
        RuntimeDelays delays = new(new ConstantDistribution(0.3), new ConstantDistribution(0.7), new ConstantDistribution(0.2));
        (double ready, double stopped, double restarted) = Play(null);
        (double lateReady, double lateStopped, double lateRestarted) = Play(delays);
        Assert.Equal(0.3, lateReady - ready, 6);
        Assert.Equal(0.7, lateStopped - stopped, 6);
        Assert.Equal(0.2, lateRestarted - restarted, 6);
    }

    private static (double Ready, double Stopped, double Restarted) Play(RuntimeDelays? delays)
    {
        PodTemplate template = Template("web");
        template = template with { Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { Readiness = new Probe { Period = TimeSpan.FromMilliseconds(1) } }] } };
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(60) }).Apply(ReplicaSet("web", 1, template)).Do(20, run => run.Runtime!.Kill(0)).Do(40, run =>
        {
            foreach (Pod pod in run.Store.View.All(ResourceKind.Pod).Cast<Pod>().ToArray()) _ = run.Store.Delete(pod.Key);
        });
        OrchestratedRun run = builder.BuildWithAgents(new AgentOptions { RuntimeDelays = delays, RelistPeriod = TimeSpan.Zero, ImagesArePresent = true, BackoffStart = TimeSpan.FromSeconds(1) });
        var recorder = new FactRecorder();
        run.Facts.Subscribe(recorder);
        run.Run();
        TimeSpan First(FactKind kind) => recorder.Facts.First(fact => fact.Kind == kind).At;
        TimeSpan stopped = recorder.Facts.First(fact => fact.Kind == FactKind.PodStopped).At;
        return (First(FactKind.PodReady).TotalSeconds, stopped.TotalSeconds, First(FactKind.ContainerRestarted).TotalSeconds);
    }
}
