using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

/// <summary>A volume for one node alone, on a node that crashes at 60 s; a pod on another node wants it.</summary>
public sealed class ForceDetachTests
{
    [Fact]
    public void From_a_lost_node_a_volume_is_detached_by_force_after_six_minutes()
    {
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(200, Kill));
        run.Run();
        Assert.Equal([560.0], facts.Seconds(FactKind.VolumeForceDetached));
        Assert.Equal(360_000, facts.Of(FactKind.VolumeForceDetached)[0].Detail);
        // 4 s off, 8 s on.
        Assert.InRange(Started(facts), 572, 576);
    }

    [Fact]
    public void A_pod_elsewhere_meets_a_multi_attach_error_meanwhile()
    {
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(200, Kill).With(o => o with { WritesEvents = true }));
        run.Run();
        Fact refused = Assert.Single(facts.Of(FactKind.VolumeMultiAttach));
        Assert.Equal((10.0, 1), (refused.At.TotalSeconds, refused.Node.Value));
        ObjectEvent told = run.Store.View.All(ResourceKind.Event).Cast<ObjectEvent>().Single(item => item.Reason == "FailedAttachVolume");
        Assert.StartsWith("Multi-Attach error", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Out_of_service_detaches_at_once_when_the_pod_is_gone()
    {
        // The taint lets the collector remove the terminating pod at its next look.
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(150, r => r.Store.Delete(Key("a")))
            .Step(new TaintNodeStep(TimeSpan.FromSeconds(200), "node-000", [new Taint(NodeTaints.OutOfService, "", TaintEffect.NoExecute)])));
        run.Run();
        Assert.Equal([220.0], facts.Seconds(FactKind.PodForceDeleted));
        Assert.Equal([220.0], facts.Seconds(FactKind.VolumeForceDetached));
        Assert.InRange(Started(facts), 232, 236);
    }

    [Fact]
    public void A_node_that_returns_in_time_unmounts_it_itself()
    {
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(200, Kill).Do(300, r => r.Health!.Recover(0)));
        run.Run();
        Assert.Empty(facts.Of(FactKind.VolumeForceDetached));
        Assert.InRange(Started(facts), 312, 316);
    }

    [Fact]
    public void A_crash_that_the_control_plane_has_not_noticed_does_not_free_the_volume()
    {
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(61, Kill));
        run.Run();
        Assert.Equal([421.0], facts.Seconds(FactKind.VolumeForceDetached));
    }

    [Fact]
    public void With_force_turned_off_it_stays()
    {
        (OrchestratedRun run, FactLog facts) = Lost(
            builder => builder.Do(200, Kill).With(o => o with { Controllers = o.Controllers with { Storage = new StorageOptions { ForceDetaches = false } } }));
        run.Run();
        Assert.Empty(facts.Of(FactKind.VolumeForceDetached));
        Assert.Equal(1, run.Volumes.CountOn(new NodeIndex(0)));
    }

    [Fact]
    public void A_pod_that_is_still_there_holds_its_volume_for_ever()
    {
        // Deleted, but nobody can say that it stopped.
        (OrchestratedRun run, FactLog facts) = Lost(builder => builder.Do(150, r => r.Store.Delete(Key("a"))));
        run.Run();
        Assert.Empty(facts.Of(FactKind.VolumeForceDetached));
        Assert.NotNull(run.Find<Pod>("a"));
    }

    private static void Kill(OrchestratedRun run) => Assert.Null(run.Store.Delete(Key("a"), new DeleteOptions(Grace: TimeSpan.Zero)));

    private static ObjectKey Key(string pod) => new(ResourceKind.Pod, "default", pod);

    private static double Started(FactLog facts) => facts.Of(FactKind.PodStarted).Last(fact => fact.Node.Value == 1).At.TotalSeconds;

    private static (OrchestratedRun Run, FactLog Facts) Lost(Func<OrchestrationBuilder, OrchestrationBuilder> change)
    {
        OrchestrationBuilder builder = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(1500) })
            .Apply(
                new PersistentVolume { Metadata = new ObjectMeta { Name = "v" }, SizeBytes = 20, AccessModes = ["ReadWriteOnce"] },
                new PersistentVolumeClaim { Metadata = Meta("data"), SizeBytes = 10, StorageClass = "", AccessModes = ["ReadWriteOnce"] })
            .Apply(2, On("a", 0)).Apply(10, On("b", 1)).Do(60, r => r.Health!.Crash(0));
        OrchestratedRun run = change(builder).BuildWithAgents(new AgentOptions { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true });
        return (run, FactLog.Of(run));
    }

    /// <summary>A pod that tolerates for ever that its node is lost.</summary>
    private static Pod On(string name, int node)
    {
        PodSpec spec = Some.Pod(name).Spec with
        {
            Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, "data", false, null)],
            Tolerations = [new Toleration(NodeTaints.Unreachable, true, "", TaintEffect.NoExecute, null), new Toleration(NodeTaints.OutOfService, true, "", TaintEffect.NoExecute, null)],
        };
        return Some.Pod(name) with { Spec = spec, Node = new NodeIndex(node) };
    }
}
