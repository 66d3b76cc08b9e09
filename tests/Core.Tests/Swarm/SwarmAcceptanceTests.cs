using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using Xunit.Abstractions;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>A simulated Swarm beside a real one: four nodes, eight replicas; the measured figures are those of <c>docs/swarm.md</c>, three repeats or more each.</summary>
public sealed class SwarmAcceptanceTests(ITestOutputHelper output)
{
    private const double UpdateAt = 60;

    [Fact]
    public void A_stop_first_update_of_two_at_once_takes_as_long_as_a_real_one_and_keeps_six_of_eight()
    {
        (double allNew, double completed, int lowest, int _, int _) = Update(new SwarmUpdateConfig { Parallelism = 2 });
        Assert.InRange(allNew, 15.6, 17.7);
        Assert.InRange(completed - allNew, 5, 5.1);
        Assert.Equal(6, lowest);
    }

    [Fact]
    public void A_start_first_update_of_two_at_once_takes_as_long_as_a_real_one_and_holds_as_many_tasks()
    {
        (double allNew, double completed, int lowest, int addresses, int held) = Update(new SwarmUpdateConfig { Parallelism = 2, Order = SwarmUpdateOrder.StartFirst });
        Assert.InRange(allNew, 2.2, 3.3);
        Assert.InRange(completed - allNew, 5, 5.1);
        Assert.Equal(8, lowest);
        Assert.InRange(addresses, 8, 10);
        Assert.InRange(held, 12, 16);
    }

    private (double AllNew, double Completed, int Lowest, int Addresses, int Held) Update(SwarmUpdateConfig config)
    {
        Deployment web = Deployment("web", 8);
        OrchestratedRun run = SwarmFleet.Of(4, new SwarmOptions { Update = config }).Apply(web).Apply(Service("web"))
            .Step(new SetImageStep(TimeSpan.FromSeconds(UpdateAt), "web", "main", "app:v2")).BuildWithAgents(SwarmFleet.Agents());
        double allNew = 0;
        int lowest = 8, held = 0, addresses = 0;
        run.OnEveryWrite(change =>
        {
            if (run.Loop.Now.TotalSeconds < UpdateAt) return;
            IReadOnlyList<Pod> running = SwarmFleet.Running(run);
            lowest = Math.Min(lowest, running.Count);
            held = Math.Max(held, Pods(run).Count(pod => pod.Swarm is { State: SwarmTaskState.Running }));
            addresses = Math.Max(addresses, run.Store.View.All(ResourceKind.EndpointSlice).Cast<EndpointSlice>().Sum(slice => slice.Endpoints.Count(endpoint => endpoint.IsReady)));
            if (allNew == 0 && running.Count(pod => pod.Spec.Containers[0].Image == "app:v2") == 8) allNew = run.Loop.Now.TotalSeconds - UpdateAt;
        });
        run.Run();
        SwarmServiceStatus status = SwarmFleet.Service(run, ResourceKind.Deployment, "web");
        Assert.Equal(SwarmUpdateState.Completed, status.Update);
        double completed = status.CompletedAt!.Value.TotalSeconds - UpdateAt;
        output.WriteLine($"all new {allNew:F2} s, completed {completed:F2} s, lowest {lowest}, addresses {addresses}, held {held}");
        return (allNew, completed, lowest, addresses, held);
    }

    [Fact]
    public void A_killed_container_is_replaced_as_fast_as_a_real_one()
    {
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Deployment("web", 8)).BuildWithAgents(SwarmFleet.Agents());
        double lost = 0, whole = 0;
        run.OnEveryWrite(change =>
        {
            if (run.Loop.Now.TotalSeconds < 60) return;
            int running = SwarmFleet.Running(run).Count;
            if (running < 8 && lost == 0) lost = run.Loop.Now.TotalSeconds - 60;
            if (running == 8 && lost > 0 && whole == 0) whole = run.Loop.Now.TotalSeconds - 60;
        });
        Later.Do(run, 60.03, () => run.Runtime!.Kill(0));
        run.Run();
        output.WriteLine($"detected {lost:F2} s, whole {whole:F2} s");
        Assert.InRange(lost, 0.05, 0.3);
        Assert.InRange(whole, 5.5, 5.9);
    }

    [Fact]
    public void A_node_without_power_is_detected_and_replaced_as_fast_as_a_real_one()
    {
        var detected = new List<double>();
        var replaced = new List<double>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            double at = 60 + (seed * 0.37), down = 0, whole = 0;
            OrchestratedRun run = SwarmFleet.Of(4).With(o => o with { Seed = seed }).Apply(Deployment("web", 8)).Do(at, r => r.Health!.Crash(2)).BuildWithAgents(SwarmFleet.Agents());
            run.OnEveryWrite(change =>
            {
                if (change.After is Node { IsReady: null } && down == 0) down = run.Loop.Now.TotalSeconds - at;
                if (down > 0 && whole == 0 && SwarmFleet.Running(run).Count(pod => pod.Node.Value != 2) == 8) whole = run.Loop.Now.TotalSeconds - at;
            });
            run.Run();
            detected.Add(down);
            replaced.Add(whole);
            Assert.InRange(whole - down, 5.4, 5.9);
        }

        output.WriteLine($"detected {detected.Min():F2} / {Median(detected):F2} / {detected.Max():F2}, replaced {replaced.Min():F2} / {Median(replaced):F2} / {replaced.Max():F2}");
        Assert.All(detected, seconds => Assert.InRange(seconds, 8, 16.5));
        Assert.All(replaced, seconds => Assert.InRange(seconds, 13.4, 22.4));
        Assert.InRange(Median(detected), 10, 14);
        Assert.InRange(Median(replaced), 15.5, 19.5);
        Assert.True(detected.Min() < 11.77 && detected.Max() > 10.06, "the measured range lies within");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
