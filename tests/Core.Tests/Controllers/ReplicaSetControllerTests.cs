using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class ReplicaSetControllerTests
{
    [Fact]
    public void A_replica_set_gets_its_pods_placed_and_ready()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("web", 10)).Build(out _);
        run.Run();
        Assert.Equal(10, Pods(run).Count(pod => pod.Status.IsReady && pod.Node.IsNode));
        Assert.Equal(new ReplicaStatus(10, 10, 10, 1), Find(run, "web").Status);
    }

    [Fact]
    public void Scaling_down_deletes_the_surplus_and_frees_the_nodes()
    {
        OrchestratedRun run = Fleet(2).Apply(ReplicaSet("web", 10)).Apply(60, ReplicaSet("web", 4)).Build(out _);
        run.Run();
        Assert.Equal(4, Pods(run).Count);
        Assert.Equal(2 * 8000 - (4 * 100), run.ViewState.FreeCpuMilli.Sum());
        Assert.Equal(2, Find(run, "web").Metadata.Generation);
    }

    [Fact]
    public void A_deleted_pod_is_replaced()
    {
        OrchestratedRun run = Fleet(2).Apply(ReplicaSet("web", 3)).Step(new DeleteOne(TimeSpan.FromSeconds(30))).Build(out _);
        run.Run();
        Assert.Equal(3, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Single(Pods(run), pod => pod.Metadata.CreatedAt == TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Pods_have_the_same_names_in_every_run()
    {
        string[] Names()
        {
            OrchestratedRun run = Fleet(2).Apply(ReplicaSet("web", 5)).Build(out _);
            run.Run();
            return [.. Pods(run).Select(pod => pod.Name)];
        }

        Assert.Equal(Names(), Names());
        Assert.Equal(5, Names().Distinct().Count());
    }

    [Fact]
    public void A_view_that_is_six_minutes_late_makes_no_extra_pods()
    {
        OrchestratedRun run = Fleet(2).Apply(ReplicaSet("web", 8)).With(o => o with { ControllerDelay = TimeSpan.FromMinutes(6) }).Build(out _);
        int most = 0;
        run.Store.Subscribe(new Watcher(() => most = Math.Max(most, run.Store.View.All(ResourceKind.Pod).Count)));
        run.Run();
        Assert.Equal(8, most);
    }

    private static ReplicaSet Find(OrchestratedRun run, string name) => run.Store.View.Find<ReplicaSet>(ResourceKind.ReplicaSet, "default", name)!;

    private sealed record DeleteOne(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => run.Store.Delete(Pods(run)[0].Key);
    }

    private sealed class Watcher(Action look) : IStoreListener
    {
        public void OnChange(in StoreChange change) => look();
    }
}
