using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class StorageTests
{
    private static readonly StorageClass Fast = new() { Metadata = new ObjectMeta { Name = "fast" }, Provisioner = "csi.test" };

    private static PersistentVolume Volume(string name, long size, string type = "", params string[] modes) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        SizeBytes = size,
        StorageClass = type,
        AccessModes = [.. modes.DefaultIfEmpty("ReadWriteOnce")],
    };

    private static PersistentVolumeClaim Claim(string name, long size, string? type = "") => new()
    {
        Metadata = Meta(name),
        SizeBytes = size,
        StorageClass = type,
        AccessModes = ["ReadWriteOnce"],
    };

    private static Pod Using(string name, string claim) => Some.Pod(name) with
    {
        Spec = Some.Pod(name).Spec with { Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, claim, false, null)] },
    };

    private static OrchestratedRun Run(OrchestrationBuilder builder)
    {
        OrchestratedRun run = builder.Build(out _);
        run.Run();
        return run;
    }

    private static string VolumeOf(OrchestratedRun run, string claim) => run.Find<PersistentVolumeClaim>(claim) is { IsBound: true } bound ? bound.VolumeName : "";

    [Fact]
    public void A_claim_takes_the_smallest_volume_that_is_large_enough()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Volume("big", 100), Volume("small", 5), Volume("right", 20)).Apply(1, Claim("data", 10)));
        Assert.Equal("right", VolumeOf(run, "data"));
        Assert.Equal((VolumePhase.Bound, Claim("data", 10).Key), (run.Find<PersistentVolume>("right")!.Phase, run.Find<PersistentVolume>("right")!.Claim!.Value));
    }

    [Fact]
    public void Class_access_modes_and_labels_must_fit()
    {
        OrchestratedRun run = Run(Fleet(1)
            .Apply(Volume("other-class", 20, "slow"), Volume("read-only", 20, "", "ReadOnlyMany"))
            .Apply(Volume("labelled", 20) with { Metadata = new ObjectMeta { Name = "labelled", Labels = [new Label("tier", "gold")] } })
            .Apply(1, Claim("gold", 10) with { Selector = LabelSelector.Of([new Label("tier", "gold")]) }, Claim("none", 10)));
        Assert.Equal(("labelled", ""), (VolumeOf(run, "gold"), VolumeOf(run, "none")));
    }

    [Fact]
    public void A_claim_that_names_its_volume_waits_for_that_one()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Volume("first", 20)).Apply(1, Claim("data", 10) with { VolumeName = "second" }).Apply(30, Volume("second", 20)));
        Assert.Equal("second", VolumeOf(run, "data"));
    }

    [Fact]
    public void A_volume_that_was_made_for_a_claim_is_bound_though_its_node_has_another_zone_by_now()
    {
        PersistentVolumeClaim claim = Claim("data", 10, "fast") with { SelectedNode = "node-000" };
        PersistentVolume made = Volume("made", 10, "fast") with
        {
            Claim = claim.Key,
            Phase = VolumePhase.Bound,
            NodeAffinity = [new NodeSelectorTerm([new LabelRequirement("topology.kubernetes.io/zone", SelectorOperator.In, ["elsewhere"])], default)],
        };
        OrchestratedRun run = Run(Fleet(1).Apply(Fast, claim, made));
        Assert.Equal("made", VolumeOf(run, "data"));
    }

    [Fact]
    public void A_volume_is_never_bound_twice()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Volume("only", 20)).Apply(1, Claim("a", 10), Claim("b", 10)));
        Assert.Equal(["only", ""], (string[])[VolumeOf(run, "a"), VolumeOf(run, "b")]);
    }

    [Fact]
    public void A_class_makes_a_volume_after_a_while()
    {
        OrchestratedRun run = Fleet(1).Apply(Fast).Apply(1, Claim("data", 10, "fast")).Build(out _);
        TimeSpan bound = default;
        run.OnEveryWrite(change => { if (change.After is PersistentVolumeClaim { IsBound: true } && bound == default) bound = run.Loop.Now; });
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(6), bound);
        Assert.Equal((10, ReclaimPolicy.Delete), (run.Find<PersistentVolume>(VolumeOf(run, "data"))!.SizeBytes, run.Find<PersistentVolume>(VolumeOf(run, "data"))!.Reclaim));
    }

    [Fact]
    public void A_claim_without_a_class_takes_the_default_one()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Fast with { IsDefault = true }).Apply(1, Claim("data", 10, null)));
        Assert.Equal("fast", run.Find<PersistentVolumeClaim>("data")!.StorageClass);
        Assert.NotEqual("", VolumeOf(run, "data"));
    }

    [Fact]
    public void A_waiting_class_makes_the_volume_in_the_zone_of_the_first_pods_node()
    {
        OrchestratedRun run = Run(Fleet(3).Apply(Fast with { WaitsForFirstConsumer = true }).Apply(1, Claim("data", 10, "fast"), Claim("unused", 10, "fast")).Apply(20, Using("p", "data")));
        Pod pod = run.Find<Pod>("p")!;
        PersistentVolume volume = run.Find<PersistentVolume>(VolumeOf(run, "data"))!;
        Assert.Equal(run.Fleet.Nodes[pod.Node.Value].Name, run.Find<PersistentVolumeClaim>("data")!.SelectedNode);
        Assert.Equal(run.Fleet.Nodes[pod.Node.Value].Zone, volume.NodeAffinity!.Value[0].Labels[0].Values[0]);
        Assert.Equal("", VolumeOf(run, "unused"));
    }

    [Fact]
    public void A_class_without_provisioner_makes_none()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Fast with { Provisioner = "kubernetes.io/no-provisioner" }).Apply(1, Claim("data", 10, "fast")));
        Assert.Equal(0, run.Count(ResourceKind.PersistentVolume));
    }

    [Fact]
    public void The_volume_goes_with_its_claim_or_stays_released_as_its_policy_says()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Fast, Volume("kept", 20)).Apply(1, Claim("made", 10, "fast"), Claim("taken", 10))
            .Step(Some.Delete(30, ResourceKind.PersistentVolumeClaim, "made")).Step(Some.Delete(30, ResourceKind.PersistentVolumeClaim, "taken")).Apply(60, Claim("again", 10)));
        Assert.Equal(("kept", VolumePhase.Released), (run.Store.View.All(ResourceKind.PersistentVolume).Single().Name, run.Find<PersistentVolume>("kept")!.Phase));
        Assert.Equal("", VolumeOf(run, "again"));
    }

    [Fact]
    public void A_claim_that_a_pod_uses_goes_after_the_pod()
    {
        OrchestratedRun run = Fleet(1).Apply(Volume("v", 20)).Apply(1, Claim("data", 10)).Apply(2, Using("p", "data"))
            .Step(Some.Delete(30, ResourceKind.PersistentVolumeClaim, "data")).Step(Some.Delete(60, ResourceKind.Pod, "p")).Build(out _);
        TimeSpan gone = default;
        run.OnEveryWrite(change => { if (change is { After: null, Before.Kind: ResourceKind.PersistentVolumeClaim }) gone = run.Loop.Now; });
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(61), gone);
    }

    [Fact]
    public void A_volume_that_a_claim_has_goes_after_the_claim()
    {
        OrchestratedRun run = Run(Fleet(1).Apply(Volume("v", 20)).Apply(1, Claim("data", 10))
            .Step(Some.Delete(30, ResourceKind.PersistentVolume, "v")).Step(Some.Step(40, r => Assert.NotNull(r.Find<PersistentVolume>("v")))).Step(Some.Delete(60, ResourceKind.PersistentVolumeClaim, "data")));
        Assert.Null(run.Find<PersistentVolume>("v"));
    }

    [Fact]
    public void A_pods_volumes_are_ready_when_they_are_bound_and_attached()
    {
        List<(double At, bool IsReady)> seen = [];
        OrchestrationBuilder builder = Fleet(1).Apply(Volume("v", 20)).Apply(1, Claim("data", 10)).Apply(2, Using("p", "data"));
        foreach (double at in (double[])[3, 9, 10.5, 30]) builder.Step(Some.Step(at, r => seen.Add((at, r.Volumes.IsReady(r.Find<Pod>("p")!)))));
        Run(builder);
        Assert.Equal([(3.0, false), (9.0, false), (10.5, true), (30.0, true)], seen);
    }

    [Fact]
    public void A_volume_that_one_node_may_write_to_comes_to_the_next_when_it_is_off_the_first()
    {
        Pod On(string name, int node) => Using(name, "data") with { Node = new NodeIndex(node) };
        List<double> ready = [];
        OrchestrationBuilder builder = Fleet(2).Apply(Volume("v", 20)).Apply(1, Claim("data", 10)).Apply(2, On("a", 0), On("b", 1)).Step(Some.Delete(60, ResourceKind.Pod, "a"));
        for (double at = 50; at < 90; at++)
        {
            double instant = at;
            builder.Step(Some.Step(at + 0.5, r => { if (r.Volumes.IsReady(r.Find<Pod>("b")!)) ready.Add(instant); }));
        }

        Run(builder);
        // Stopped at 61, off at 65, on at 73.
        Assert.Equal(73.0, ready[0]);
    }

    [Fact]
    public void A_node_takes_no_more_volumes_than_its_limit()
    {
        OrchestratedRun run = Fleet(1).Apply(Volume("v", 20), Volume("w", 20)).Apply(1, Claim("a", 10), Claim("b", 10)).Apply(2, Using("p", "a"), Using("q", "b"))
            .Step(Some.Step(30, r => Assert.Equal((true, false, 1), (r.Volumes.IsReady(r.Find<Pod>("p")!), r.Volumes.IsReady(r.Find<Pod>("q")!), r.Volumes.CountOn(new NodeIndex(0))))))
            .Step(Some.Delete(40, ResourceKind.Pod, "p"))
            .With(o => o with { Controllers = o.Controllers with { Storage = new StorageOptions { AttachLimit = 1 } } }).Build(out _);
        run.Run();
        Assert.True(run.Volumes.IsReady(run.Find<Pod>("q")!));
    }
}
