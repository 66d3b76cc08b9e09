using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class StatefulSetControllerTests
{
    private static readonly ClaimTemplate Data = new("data", "fast", 1 << 20, ["ReadWriteOnce"]);

    private static List<(string Pod, bool Made, double At)> Trace(OrchestratedRun run)
    {
        List<(string, bool, double)> trace = [];
        run.OnEveryWrite(change =>
        {
            if (change.Kind != ResourceKind.Pod) return;
            if (change.Before is null) trace.Add((change.Object.Name, true, run.Loop.Now.TotalSeconds));
            else if (change.After is { Metadata.IsDeleting: true } && !change.Before.Metadata.IsDeleting) trace.Add((change.Object.Name, false, run.Loop.Now.TotalSeconds));
        });
        return trace;
    }

    private static string Image(OrchestratedRun run, string pod) => run.Find<Pod>(pod)!.Spec.Containers[0].Image;

    [Fact]
    public void Pods_come_one_after_another_each_when_the_one_before_is_ready()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 3)).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.Equal([("db-0", true, 0.0), ("db-1", true, 2.0), ("db-2", true, 4.0)], trace);
        StatefulSetStatus status = run.Find<StatefulSet>("db")!.Status;
        Assert.Equal(new ReplicaStatus(3, 3, 3, 1), status.Pods);
        Assert.Equal(status.UpdateRevision, status.CurrentRevision);
    }

    [Fact]
    public void In_parallel_all_come_at_once()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 3) with { IsParallel = true }).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.All(trace, entry => Assert.Equal(0.0, entry.At));
        Assert.Equal(3, trace.Count);
    }

    [Fact]
    public void Pods_wait_until_the_one_before_has_been_ready_long_enough()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 2) with { MinReady = TimeSpan.FromSeconds(10) }).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.Equal(("db-1", true, 12.0), trace[1]);
    }

    [Fact]
    public void Ordinals_begin_where_the_set_says()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.StatefulSet("db", 2) with { FirstOrdinal = 5 }).Build(out _);
        run.Run();
        Assert.Equal(["db-5", "db-6"], Pods(run).Select(pod => pod.Name));
    }

    [Fact]
    public void Pods_carry_their_identity_as_labels_and_their_service_as_subdomain()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.StatefulSet("db", 1) with { ServiceName = "peers" }).Build(out _);
        run.Run();
        Pod pod = run.Find<Pod>("db-0")!;
        Assert.Equal(("db-0", "0"), (pod.Metadata.Labels.ValueOf("statefulset.kubernetes.io/pod-name"), pod.Metadata.Labels.ValueOf("apps.kubernetes.io/pod-index")));
        Assert.Equal(run.Find<StatefulSet>("db")!.Status.UpdateRevision, pod.Metadata.Labels.ValueOf("controller-revision-hash"));
        Assert.Equal("peers", pod.Spec.Subdomain);
    }

    [Fact]
    public void Scaling_down_takes_the_last_ordinal_first_one_after_another()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 4)).Apply(60, Some.StatefulSet("db", 1)).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.Equal([("db-3", false, 60.0), ("db-2", false, 61.0), ("db-1", false, 62.0)], trace.Where(entry => !entry.Made));
    }

    [Fact]
    public void Scaling_down_waits_while_a_pod_that_stays_is_not_ready()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 3))
            .Step(Some.Step(50, r => { Pod pod = r.Find<Pod>("db-0")!; r.Store.Update(pod with { Status = pod.Status with { IsReady = false } }); }))
            .Apply(60, Some.StatefulSet("db", 1))
            .Step(Some.Step(90, r => { Pod pod = r.Find<Pod>("db-0")!; r.Store.Update(pod with { Status = pod.Status with { IsReady = true } }); })).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.Equal(90.0, trace.First(entry => !entry.Made).At);
    }

    [Fact]
    public void An_update_goes_from_the_last_ordinal_down_one_pod_at_a_time()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 3)).Apply(60, Some.StatefulSet("db", 3, "app:v2")).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        // Stopped after a second, ready two later.
        Assert.Equal([("db-2", false, 60.0), ("db-1", false, 63.0), ("db-0", false, 66.0)], trace.Where(entry => !entry.Made));
        StatefulSetStatus status = run.Find<StatefulSet>("db")!.Status;
        Assert.Equal((status.UpdateRevision, 3), (status.CurrentRevision, status.UpdatedReplicas));
        Assert.Equal(2, run.Count(ResourceKind.ControllerRevision));
    }

    [Fact]
    public void An_update_stops_at_the_partition_and_pods_below_it_come_back_as_they_were()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 3)).Apply(60, Some.StatefulSet("db", 3, "app:v2") with { Partition = 2 })
            .Step(Some.Delete(100, ResourceKind.Pod, "db-0")).Build(out _);
        run.Run();
        Assert.Equal(("app:v1", "app:v1", "app:v2"), (Image(run, "db-0"), Image(run, "db-1"), Image(run, "db-2")));
        StatefulSetStatus status = run.Find<StatefulSet>("db")!.Status;
        Assert.NotEqual(status.UpdateRevision, status.CurrentRevision);
        Assert.Equal((2, 1), (status.CurrentReplicas, status.UpdatedReplicas));
    }

    [Fact]
    public void With_OnDelete_a_pod_is_new_when_somebody_has_deleted_it()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 2) with { UpdatesOnDelete = true }).Apply(60, Some.StatefulSet("db", 2, "app:v2") with { UpdatesOnDelete = true })
            .Step(Some.Delete(100, ResourceKind.Pod, "db-0")).Build(out _);
        run.Run();
        Assert.Equal(("app:v2", "app:v1"), (Image(run, "db-0"), Image(run, "db-1")));
    }

    [Fact]
    public void A_pod_of_the_same_identity_comes_only_when_the_old_one_is_gone()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 1)).Step(Some.Delete(30, ResourceKind.Pod, "db-0")).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromSeconds(17);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(47), run.Find<Pod>("db-0")!.Metadata.CreatedAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pod_that_ended_is_made_again(bool isWell)
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 1)).Build(out InstantAgent agent);
        agent.Ends = pod => pod.Metadata.CreatedAt == TimeSpan.Zero ? (10, isWell) : null;
        run.Run();
        Assert.True(run.Find<Pod>("db-0")!.Status.IsReady);
        Assert.Equal(TimeSpan.FromSeconds(12), run.Find<Pod>("db-0")!.Metadata.CreatedAt);
    }

    [Fact]
    public void A_template_that_was_there_before_keeps_its_revision()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 1)).Apply(60, Some.StatefulSet("db", 1, "app:v2")).Apply(120, Some.StatefulSet("db", 1)).Build(out _);
        run.Run();
        Assert.Equal(2, run.Count(ResourceKind.ControllerRevision));
        Assert.Equal("app:v1", Image(run, "db-0"));
        Assert.Contains(run.Store.View.All(ResourceKind.ControllerRevision).Cast<ControllerRevision>(), revision => revision.Revision == 3);
    }

    [Fact]
    public void Old_revisions_beyond_the_limit_are_deleted()
    {
        OrchestrationBuilder builder = Fleet(2);
        for (int i = 0; i < 6; i++) builder.Apply(i * 60, Some.StatefulSet("db", 1, $"app:v{i}") with { RevisionHistoryLimit = 2 });
        OrchestratedRun run = builder.Build(out _);
        run.Run();
        Assert.Equal(["app:v3", "app:v4", "app:v5"], run.Store.View.All(ResourceKind.ControllerRevision).Cast<ControllerRevision>().OrderBy(r => r.Revision).Select(r => r.Template.Spec.Containers[0].Image));
    }

    [Fact]
    public void Every_pod_gets_claims_of_its_own_which_stay_when_it_goes()
    {
        var disk = new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true };
        OrchestratedRun run = Fleet(2).Apply(disk, Some.StatefulSet("db", 3) with { ClaimTemplates = [Data] }).Apply(60, Some.StatefulSet("db", 1) with { ClaimTemplates = [Data] }).Build(out _);
        run.Run();
        Assert.Equal(["data-db-0", "data-db-1", "data-db-2"], run.Store.View.All(ResourceKind.PersistentVolumeClaim).Select(claim => claim.Name).Order());
        Assert.Contains(run.Find<Pod>("db-0")!.Spec.Volumes, volume => volume is { Name: "data", Kind: VolumeKind.PersistentVolumeClaim, Source: "data-db-0" });
        Assert.Equal("db", run.Find<PersistentVolumeClaim>("data-db-0")!.Metadata.Labels.ValueOf("app"));
    }

    [Fact]
    public void A_broken_update_stands_still_until_somebody_deletes_the_broken_pod()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 2)).Apply(60, Some.StatefulSet("db", 2, "app:bad")).Apply(200, Some.StatefulSet("db", 2, "app:v3"))
            .Step(Some.Delete(400, ResourceKind.Pod, "db-1")).Build(out InstantAgent agent);
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:bad";
        run.Run(cancellation: default);
        Assert.Equal(("app:v3", "app:v3"), (Image(run, "db-0"), Image(run, "db-1")));
        Assert.True(run.Find<Pod>("db-1")!.Metadata.CreatedAt >= TimeSpan.FromSeconds(400));
        Assert.True(run.Find<Pod>("db-0")!.Metadata.CreatedAt >= TimeSpan.FromSeconds(400));
    }

    [Fact]
    public void A_late_view_never_makes_a_pod_twice()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.StatefulSet("db", 4) with { IsParallel = true }).With(o => o with { ControllerDelay = TimeSpan.FromSeconds(20) }).Build(out _);
        List<(string Pod, bool Made, double At)> trace = Trace(run);
        run.Run();
        Assert.Equal(4, trace.Count(entry => entry.Made));
    }
}
