using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Integrals by hand: pods are ready two seconds after their binding and gone one second after their deletion.</summary>
public sealed class RolloutObserverTests
{
    private static readonly TimeSpan At = TimeSpan.FromSeconds(60);

    [Fact]
    public void Recreate_lacks_all_pods_until_the_new_ones_serve()
    {
        Dictionary<string, double?> metrics = Update(DeploymentStrategy.Recreate);
        Assert.Equal(4 * 3, metrics["deficit_replica_seconds"]);
        Assert.Equal(4 * 3, metrics["deficit_by_update_replica_seconds"]);
        Assert.Equal(0, metrics["available_ratio_min"]);
        Assert.Equal(0, metrics["surge_replica_seconds"]);
        Assert.Equal(3, metrics["rollout_duration_seconds"]);
        Assert.Equal(0, metrics["mixed_versions_seconds_mean"]);
        Assert.Equal(1, metrics["pods_created_per_replica_ratio"]);
    }

    [Fact]
    public void One_more_and_none_less_lacks_nothing_and_pays_with_surge()
    {
        // New pods are ready at 62, 64, 66 and 68; each time an old one is deleted and holds its node for a second more.
        Dictionary<string, double?> metrics = Update(new DeploymentStrategy(IsRecreate: false, IntOrPercent.Of(0), IntOrPercent.Of(1)));
        Assert.Equal(0, metrics["deficit_replica_seconds"]);
        Assert.Equal(1, metrics["available_ratio_min"]);
        Assert.Equal(8, metrics["surge_replica_seconds"]);
        Assert.Equal(12, metrics["surge_held_replica_seconds"]);
        Assert.Equal(9, metrics["rollout_duration_seconds"]);
        Assert.Equal(6, metrics["mixed_versions_seconds_mean"]);
    }

    [Fact]
    public void None_more_and_one_less_lacks_one_pod_until_the_last_new_one_serves()
    {
        Dictionary<string, double?> metrics = Update(new DeploymentStrategy(IsRecreate: false, IntOrPercent.Of(1), IntOrPercent.Of(0)));
        Assert.Equal(0.75, metrics["available_ratio_min"]);
        Assert.Equal(0, metrics["surge_replica_seconds"]);
        Assert.Equal(8, metrics["deficit_replica_seconds"]);
        Assert.Equal(8, metrics["deficit_by_update_replica_seconds"]);
    }

    [Fact]
    public void A_run_without_update_has_no_duration_and_no_deficit()
    {
        OrchestratedRun run = Fleet(3).Apply(Service("web"), Deployment("web", 4)).Build(out _);
        Dictionary<string, double?> metrics = Observe(run, newTag: null);
        Assert.Equal(0, metrics["deficit_replica_seconds"]);
        Assert.Null(metrics["rollout_duration_seconds"]);
        Assert.False(metrics.ContainsKey("mixed_versions_seconds_mean"));
    }

    [Fact]
    public void Time_without_an_allowed_disruption_counts_from_the_update_to_the_end()
    {
        var observer = new RolloutFactObserver(At);
        Tell(FactKind.BudgetExhausted, 50, 1);
        Tell(FactKind.BudgetRestored, 70, 1);
        Tell(FactKind.BudgetExhausted, 90, 2);
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(100), sink);
        Assert.Equal(10 + 10, sink.Metrics.Single(metric => metric.Name == "budget_exhausted_seconds").Value);

        void Tell(FactKind kind, double seconds, int uid) => observer.Observe(new Fact(kind, TimeSpan.FromSeconds(seconds), default, uid, SchedBench.Core.Cluster.NodeIndex.None, 0));
    }

    private static Dictionary<string, double?> Update(DeploymentStrategy strategy)
    {
        Deployment old = Deployment("web", 4) with { Strategy = strategy };
        OrchestratedRun run = Fleet(3).Apply(Service("web"), old).Apply(At.TotalSeconds, old with { Template = Template("web", image: "app:v2") }).Build(out _);
        return Observe(run, "v2");
    }

    private static Dictionary<string, double?> Observe(OrchestratedRun run, string? newTag)
    {
        var observer = new RolloutObserver(() => run.Loop.Now, run.Store.View, At, newTag, TimeSpan.FromSeconds(10));
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(120), sink);
        return sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
    }
}
