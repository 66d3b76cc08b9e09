using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

/// <summary>Nodes of 100 GiB of disk, looked at every 10 s.</summary>
public sealed class NodeDiskTests
{
    private const long Gib = 1L << 30;

    [Fact]
    public void A_node_short_of_disk_evicts_who_wrote_more_than_it_requested_first()
    {
        // 60 + 20 GiB at once, 2 GiB every 10 s then: 85 are passed at the fourth look.
        var images = new ImageCatalog().Add("honest", Writes(60 * Gib)).Add("greedy", Writes(20 * Gib, Gib / 5.0));
        (OrchestratedRun run, FactLog facts) = Start(images, 500, Bare("honest", App(image: "honest") with { EphemeralStorageBytes = 70 * Gib }), Bare("greedy", App(image: "greedy") with { EphemeralStorageBytes = Gib }));
        Node? during = null;
        At(run, 100, () => during = NodeLifecycleTests.Find(run, 0));
        run.Run();
        PodStatus greedy = Get(run, "greedy").Status;
        Assert.Equal((PodLifePhase.Failed, "Evicted", "The node was low on resource: ephemeral-storage."), (greedy.Phase, greedy.Reason, greedy.Message));
        Assert.True(Get(run, "honest").Status.IsReady);
        Assert.Equal([30.0], facts.Seconds(FactKind.PodEvictedByPressure));
        Assert.True(during!.HasDiskPressure && NodeTaints.Has(during, NodeTaints.DiskPressureKey, TaintEffect.NoSchedule));
        Assert.False(during.HasMemoryPressure);
    }

    [Fact]
    public void Condition_and_taint_are_those_of_an_agent_that_makes_every_look()
    {
        var images = new ImageCatalog().Add("a", Writes(Gib, 3.1 * Gib)).Add("b", Writes(30 * Gib, 0.07 * Gib));
        (OrchestratedRun run, FactLog facts) = Start(images, 1500, Bare("a", App(image: "a")), Bare("b", App(image: "b")));
        var levels = new List<double>();
        for (int look = 0; look <= 150; look++) At(run, 10 * look, () => levels.Add(run.Agents!.DiskBytesOf(new NodeIndex(0)) / (double)Gib));
        run.Run();
        var expected = new List<double>();
        double seen = double.MinValue;
        for (int look = 0; look < levels.Count; look++)
        {
            bool isSet = expected.Count % 2 == 1, isAbove = levels[look] > 85;
            if (isAbove) seen = 10 * look;
            if (isAbove && !isSet) expected.Add(10 * look);
            if (!isAbove && isSet && (10 * look) - seen >= 300) expected.Add(10 * look);
        }

        Assert.Equal(4, expected.Count);
        Assert.Equal(expected, facts.Seconds(FactKind.NodeDiskPressureChanged));
    }

    [Fact]
    public void Images_that_nobody_uses_are_removed_before_a_pod_is_evicted()
    {
        var images = new ImageCatalog().Add("big", new ImageBehavior { Layers = [new ImageLayer("big", 30 * Gib)] }).Add("grows", Writes(20 * Gib, Gib / 5.0));
        (OrchestratedRun run, FactLog facts) = Start(
            images, 1000, o => o with { ImagesArePresent = false, ImageGcPeriod = TimeSpan.FromDays(1), Registry = new RegistryOptions { BytesPerSecond = 10.0 * Gib } },
            Bare("big", App(image: "big")), Bare("grows", App(image: "grows") with { EphemeralStorageBytes = Gib }));
        At(run, 20, () => run.Store.Delete(Get(run, "big").Key));
        run.Run();
        Assert.Equal([30 * Gib], facts.Of(FactKind.ImageRemoved).Select(fact => fact.Detail));
        double evicted = Assert.Single(facts.Seconds(FactKind.PodEvictedByPressure));
        // 85 GiB with the image, and again without it: 30 GiB later at 0.2 GiB/s.
        Assert.InRange(evicted - facts.Seconds(FactKind.ImageRemoved)[0], 140, 160);
    }

    [Theory]
    [InlineData(13.0, 0)]
    [InlineData(14.5, 1)]
    public void From_85_percent_on_old_images_go_until_80_are_left_the_one_not_used_for_longest_first(double gib, int removed)
    {
        var images = new ImageCatalog();
        foreach (string name in (string[])["a", "b", "c"]) images.Add(name, new ImageBehavior { Layers = [new ImageLayer("base", 40 * Gib), new ImageLayer(name, 10 * Gib)] });
        images.Add("main", new ImageBehavior { Layers = [new ImageLayer("base", 40 * Gib), new ImageLayer("main", (long)(gib * Gib))] });
        (OrchestratedRun run, FactLog facts) = Start(
            images, 2000, o => o with { ImagesArePresent = false, Registry = new RegistryOptions { BytesPerSecond = 10.0 * Gib } },
            Bare("a", App(image: "a")), Bare("b", App(image: "b")), Bare("c", App(image: "c")));
        At(run, 40, () => run.Store.Delete(Get(run, "b").Key));
        At(run, 50, () => run.Store.Delete(Get(run, "a").Key));
        At(run, 400, () => run.Store.Create(Bare("main", App(image: "main")), out _));
        run.Run();
        // 84.5 GiB are 85 % rounded up. 4.5 are to be freed by the sizes of whole images: b counts 50 GiB, of which its own layer of 10 comes back.
        Assert.Equal(Enumerable.Repeat(10 * Gib, removed), facts.Of(FactKind.ImageRemoved).Select(fact => fact.Detail));
        Assert.Equal((removed == 0, true, true), (run.Runtime!.HasImage(0, "b"), run.Runtime!.HasImage(0, "a"), run.Runtime!.HasImage(0, "c")));
        Assert.All(facts.Seconds(FactKind.ImageRemoved), at => Assert.InRange(at, 400, 710));
    }

    [Theory]
    [InlineData(85, 1)]
    [InlineData(100, 0)]
    public void A_high_threshold_of_100_percent_turns_the_collection_of_images_off(int high, int removed)
    {
        var images = new ImageCatalog().Add("big", new ImageBehavior { Layers = [new ImageLayer("big", 100 * Gib)], RunSeconds = new ConstantDistribution(1) });
        (OrchestratedRun run, FactLog facts) = Start(
            images, 1000, o => o with { ImagesArePresent = false, ImageGcHighPercent = high, ImageGcPeriod = TimeSpan.FromSeconds(10), ImageFsAvailablePercent = 0, NodeFsAvailablePercent = 0, Registry = new RegistryOptions { BytesPerSecond = 90.0 * Gib } },
            Bare("big", App(image: "big")));
        At(run, 20, () => run.Store.Delete(Get(run, "big").Key));
        run.Run();
        Assert.Equal(removed, facts.Of(FactKind.ImageRemoved).Count);
    }

    [Fact]
    public void A_young_image_is_not_removed()
    {
        var images = new ImageCatalog().Add("big", new ImageBehavior { Layers = [new ImageLayer("big", 90 * Gib)], RunSeconds = new ConstantDistribution(1) });
        (OrchestratedRun run, FactLog facts) = Start(
            images, 1000, o => o with { ImagesArePresent = false, ImageGcPeriod = TimeSpan.FromSeconds(10), ImageFsAvailablePercent = 0, NodeFsAvailablePercent = 0, Registry = new RegistryOptions { BytesPerSecond = 90.0 * Gib, LatencySeconds = new ConstantDistribution(0) } },
            Bare("big", App(image: "big")));
        At(run, 20, () => run.Store.Delete(Get(run, "big").Key));
        run.Run();
        // It came after 1 s.
        Assert.InRange(Assert.Single(facts.Seconds(FactKind.ImageRemoved)), 121, 131);
    }

    [Fact]
    public void The_containers_of_an_ended_pod_hold_their_image_until_the_pod_is_deleted()
    {
        var images = new ImageCatalog().Add("job", new ImageBehavior { Layers = [new ImageLayer("big", 84 * Gib + 1)], RunSeconds = new ConstantDistribution(5) });
        (OrchestratedRun run, FactLog facts) = Start(
            images, 3000, o => o with { ImagesArePresent = false, Registry = new RegistryOptions { BytesPerSecond = 90.0 * Gib } }, Bare("job", App(image: "job")) is var pod ? pod with { Spec = pod.Spec with { RestartPolicy = RestartPolicy.Never } } : pod);
        At(run, 1500, () => run.Store.Delete(Get(run, "job").Key));
        run.Run();
        Assert.InRange(Assert.Single(facts.Seconds(FactKind.ImageRemoved)), 1500, 1810);
    }

    [Fact]
    public void A_pod_that_writes_more_to_an_emptyDir_than_its_size_limit_is_evicted_at_the_next_look()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { Disk = new DiskUsage(0, 0, 0, 0, Gib / 10.0) } };
        Pod pod = Bare("a", App() with { Mounts = [new VolumeMount("tmp", "/tmp", false)] });
        pod = pod with { Spec = pod.Spec with { Volumes = [new Volume("tmp", VolumeKind.EmptyDir, "", false, 5 * Gib)] } };
        (OrchestratedRun run, FactLog facts) = Start(images, 300, pod);
        run.Run();
        Assert.Equal("Usage of EmptyDir volume \"tmp\" exceeds the limit \"5368709120\".", Get(run, "a").Status.Message);
        Assert.Equal([60.0], facts.Seconds(FactKind.PodEvictedByPressure));
        Assert.Empty(facts.Of(FactKind.NodeDiskPressureChanged));
        Assert.Equal(0, run.Agents!.DiskBytesOf(new NodeIndex(0)));
    }

    [Theory]
    [InlineData(2, 3.0, "Container main exceeded its local ephemeral storage limit \"2147483648\".", 40)]
    [InlineData(2, 0.5, "Pod ephemeral local storage usage exceeds the total limit of containers 2684354560.", 40)]
    public void A_pod_over_its_limits_of_ephemeral_storage_is_evicted(double gib, double other, string message, double at)
    {
        // The first grows by 0.06 GiB a second, the second holds 0.4 GiB.
        var images = new ImageCatalog().Add("main", Writes(0, 0.06 * Gib)).Add("side", Writes(4 * Gib / 10));
        Container main = App(image: "main") with { EphemeralStorageBytesLimit = (long)(gib * Gib) };
        Container side = App("side", "side") with { EphemeralStorageBytesLimit = (long)(other * Gib) };
        Pod pod = Bare("a", main);
        pod = pod with { Spec = PodRequests.OfContainers(pod.Spec with { Containers = [main, side] }) };
        (OrchestratedRun run, FactLog facts) = Start(images, 300, pod);
        run.Run();
        Assert.Equal(("Evicted", message), (Get(run, "a").Status.Reason, Get(run, "a").Status.Message));
        Assert.Equal([at], facts.Seconds(FactKind.PodEvictedByPressure));
    }

    [Fact]
    public void Logs_are_rotated_and_never_take_more_than_fifty_mebibytes()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { Disk = new DiskUsage(0, 0, 1 << 20, 0, 0) } };
        (OrchestratedRun run, FactLog facts) = Start(images, 100_000, Bare("a", App() with { EphemeralStorageBytesLimit = 50 << 20 }));
        run.Run();
        Assert.Equal(50 << 20, run.Agents!.DiskBytesOf(Get(run, "a").Uid));
        Assert.True(Get(run, "a").Status.IsReady);
        Assert.Empty(facts.Of(FactKind.PodEvictedByPressure));
    }

    [Fact]
    public void An_emptyDir_outlives_the_restart_of_its_container_and_a_writable_layer_does_not()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(5), Disk = new DiskUsage(3 * Gib, 0, 0, 2 * Gib, 0) } };
        Pod pod = Bare("a", App() with { Mounts = [new VolumeMount("tmp", "/tmp", false)] });
        pod = pod with { Spec = pod.Spec with { Volumes = [new Volume("tmp", VolumeKind.EmptyDir, "", false, null)] } };
        (OrchestratedRun run, FactLog _) = Start(images, 9, pod);
        run.Run();
        Assert.Equal((3 + 2 + 2) * Gib, run.Agents!.DiskBytesOf(Get(run, "a").Uid));
    }

    [Fact]
    public void A_node_under_disk_pressure_refuses_every_pod_but_critical_ones()
    {
        var images = new ImageCatalog { Default = Writes(90 * Gib) }.Add("small", Writes(0));
        Pod Late(string name, int priority) => Bare(name, App(image: "small")) is var pod ? pod with { Node = new NodeIndex(0), Spec = pod.Spec with { Priority = priority } } : pod;
        (OrchestratedRun run, FactLog _) = Start(images, 200, Bare("a", App()));
        At(run, 60, () =>
        {
            run.Store.Create(Late("b", 0), out _);
            run.Store.Create(Late("c", 2_000_000_000), out _);
        });
        run.Run();
        Assert.Equal(("Evicted", "The node had condition: [DiskPressure]"), (Get(run, "b").Status.Reason, Get(run, "b").Status.Message));
        Assert.True(Get(run, "c").Status.IsReady);
    }

    [Fact]
    public void A_node_that_states_no_disk_has_one_without_bounds()
    {
        var images = new ImageCatalog { Default = Writes(90 * Gib, Gib) };
        OrchestratedRun run = Fleet(1).Apply(Bare("a", App())).With(o => o with { Until = TimeSpan.FromSeconds(10_000) }).BuildWithAgents(Options(images));
        FactLog facts = FactLog.Of(run);
        run.Run();
        Assert.Empty(facts.Of(FactKind.NodeDiskPressureChanged));
        Assert.True(Get(run, "a").Status.IsReady);
    }

    [Fact]
    public void Nothing_is_looked_at_again_while_nobody_can_be_evicted()
    {
        var images = new ImageCatalog { Default = Writes(90 * Gib) };
        Pod pod = Bare("a", App());
        (OrchestratedRun run, FactLog facts) = Start(images, 1_000_000, pod with { Spec = pod.Spec with { Priority = 2_000_000_000 } });
        long during = 0;
        At(run, 1000, () => during = run.Loop.EventsHandled);
        run.Run();
        Assert.Single(facts.Of(FactKind.NodeDiskPressureChanged));
        Assert.InRange(run.Loop.EventsHandled - during, 0, 1);
    }

    private static ImageBehavior Writes(long bytes, double growth = 0) => new() { Disk = new DiskUsage(bytes, growth, 0, 0, 0) };

    private static AgentOptions Options(ImageCatalog images) => new() { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true, Images = images };

    private static (OrchestratedRun Run, FactLog Facts) Start(ImageCatalog images, double until, params KubeObject[] objects) => Start(images, until, o => o, objects);

    private static (OrchestratedRun Run, FactLog Facts) Start(ImageCatalog images, double until, Func<AgentOptions, AgentOptions> change, params KubeObject[] objects)
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(until), Fleet = new FleetLayout([o.Fleet.Nodes[0] with { EphemeralStorageBytes = 100 * Gib }]) }).Apply(objects)
            .BuildWithAgents(change(Options(images)));
        NodeInvariants.Attach(run, 16);
        return (run, FactLog.Of(run));
    }
}
