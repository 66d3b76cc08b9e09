using SchedBench.Chaos.Effects;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Stores that go back to an older snapshot, and pods that do not.</summary>
public sealed class StoreRestoreTests
{
    private static FaultEffect Restore(string age) => EffectCatalog.Of("storeRestore").With("age", age);

    [Fact]
    public void What_was_made_since_is_gone_and_what_was_deleted_since_is_there_again()
    {
        (int late, long version) = (0, 0);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(150, Deployment("late", 5)).Do(160, run => Assert.Null(run.Store.Delete(new ObjectKey(ResourceKind.Service, "default", "web"))))
            .Do(170, run => new ScaleStep(default, ResourceKind.Deployment, "web", 3).Execute(run))
            .Fault(200, 30, Restore("100s")).Look(199, run => (late, version) = (Ready(run, "late"), run.Store.ResourceVersion));
        OrchestratedRun run = world.Run();
        Assert.Equal((5, 0, 8), (late, Ready(run, "late"), Ready(run)));
        Assert.Null(run.Find<Deployment>("late"));
        Assert.NotNull(run.Find<Service>("web"));
        Assert.True(run.Store.ResourceVersion > version);
        Fact crossing = Assert.Single(world.Facts, fact => fact.Kind == FactKind.StoreRestored);
        Assert.Equal((230, 130), (crossing.At.TotalSeconds, TimeSpan.FromTicks(crossing.Detail).TotalSeconds));
    }

    [Fact]
    public void Pods_that_the_API_does_not_know_any_more_are_stopped_by_their_agents()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(150, Deployment("late", 5)).Fault(200, 30, Restore("100s"));
        OrchestratedRun run = world.Run();
        Assert.Equal(5, world.Facts.Count(fact => fact.Kind == FactKind.PodStopped && fact.At > TimeSpan.FromSeconds(230)));
        Assert.Equal(8, Pods(run).Count);
        Assert.Equal(8, run.Agents!.Count);
    }

    [Fact]
    public void Pods_that_the_API_thinks_run_are_started()
    {
        // One of eight is replaced after the snapshot: its replacement is stopped, and it is started again where it was.
        (long uid, string name, int node) = (0, "", -1);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600)
            .Do(150, run =>
            {
                Pod pod = Pods(run)[0];
                (uid, name, node) = (pod.Uid, pod.Name, pod.Node.Value);
                Assert.Null(run.Store.Delete(pod.Key));
            })
            .Fault(200, 30, Restore("100s"));
        OrchestratedRun run = world.Run();
        Pod back = Pods(run).Single(pod => pod.Name == name);
        Assert.Equal((8, node, true), (Ready(run), back.Node.Value, back.Uid > uid));
    }

    [Fact]
    public void Pods_of_the_past_find_their_room_taken_until_those_of_the_present_have_stopped()
    {
        // As with a kubelet: what runs under e is told to stop, and takes its room until it has.
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(50, Some.Pod("a", "6"), Some.Pod("b", "6"), Some.Pod("c", "6"), Some.Pod("d", "6"), Some.Pod("e", "6"))
            .Do(150, run => Assert.Null(run.Store.Delete(new ObjectKey(ResourceKind.Pod, "default", "a")))).Fault(200, 30, Restore("100s"));
        OrchestratedRun run = world.Run();
        // a is back where e runs; then e, which waited at the time of the snapshot, is placed there once more.
        Assert.All((string[])["a", "e"], name => Assert.Equal(PodLifePhase.Failed, run.Find<Pod>(name)!.Status.Phase));
        Assert.All((string[])["b", "c", "d"], name => Assert.True(run.Find<Pod>(name)!.Status.IsReady));
        Assert.Equal(2, world.At(FactKind.PodRejected).Length);
        Assert.InRange(world.At(FactKind.PodBound)[^1], 230, 234);
    }

    [Fact]
    public void A_snapshot_is_not_older_than_the_run()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().Fault(50, 30, Restore("100s")).Run());
        Assert.Contains("the store cannot go back by 1m40s, as the run is younger", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_pasts_hold_all_laws_and_come_to_rest()
    {
        for (ulong seed = 1; seed <= 40; seed++) Recovers(seed);
    }

    private static void Recovers(ulong seed)
    {
        Draw draw = Draw.Stream(seed, "test/restore");
        ulong n = 0;
        int Next(int bound) => (int)draw.Below(0, n++, (ulong)bound);
        Job batch = Some.Job("batch", 6, 2);
        batch = batch with { Template = batch.Template with { Spec = batch.Template.Spec with { Containers = [.. batch.Template.Spec.Containers.Select(container => container with { Image = "batch:v1" })] } } };
        TimeSpan delay = TimeSpan.FromMilliseconds(Next(2) * 50);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 3000, nodes: 5).With(o => o with { SchedulerDelay = delay, ControllerDelay = delay }, new AgentOptions { WatchDelay = delay, Images = new ImageCatalog().Add("batch", new ImageBehavior { RunSeconds = DistributionCatalog.TryParse("constant(value=60)", out _) }) });
        world.Apply(10, Service("shop"), Deployment("shop", 6), Some.StatefulSet("db", 3), Some.DaemonSet("agent"), batch);
        int[] sizes = [.. Enumerable.Range(0, 4).Select(_ => 3 + Next(10))];
        for (int i = 0; i < sizes.Length; i++)
        {
            int size = sizes[i];
            world.Do(100 + (i * 150) + Next(100), run => new ScaleStep(default, ResourceKind.Deployment, "shop", size).Execute(run));
        }

        world.Do(200 + Next(300), run => new SetImageStep(default, "shop", "*", "app:v2").Execute(run));
        world.Fault(300 + Next(200), 20 + Next(100), Restore($"{20 + Next(250)}s"));
        if (Next(2) == 0) world.Fault(600 + Next(200), 20 + Next(100), Restore($"{20 + Next(550)}s"));
        world.Fault(60 + Next(600), 60 + Next(300), FaultEffect.Crash, $"node-{Next(4):D3}");
        OrchestratedRun run = world.Run(seed);
        Assert.Equal($"seed {seed}: web 8 shop {run.Find<Deployment>("shop")!.Replicas} db 3 agent 5", $"seed {seed}: web {Ready(run)} shop {Ready(run, "shop")} db {Ready(run, "db")} agent {Ready(run, "agent")}");
        Assert.Equal(6, run.Find<Job>("batch")!.Status.Succeeded);
    }
}
