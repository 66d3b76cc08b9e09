using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Cluster;

public sealed class FleetAndShapeTests
{
    private static readonly FleetLayout Fleet = A.Cluster().Nodes(2).Build();

    [Fact]
    public void Pods_that_nobody_could_tell_apart_share_a_shape()
    {
        var shapes = new ShapeTable(Fleet, countsApps: false);
        ShapeIndex first = shapes.Intern(A.Pod().Cpu("1").Priority(3).App("web").Spec());
        Assert.Equal(first, shapes.Intern(A.Pod().Cpu("1").Priority(7).App("db").Spec()));
        Assert.NotEqual(first, shapes.Intern(A.Pod().Cpu("1").Memory("1").Spec()));
        Assert.Equal(2, shapes.Count);
    }

    [Fact]
    public void Apps_are_told_apart_where_the_strategy_or_a_limit_does()
    {
        var byStrategy = new ShapeTable(Fleet, countsApps: true);
        Assert.NotEqual(byStrategy.Intern(A.Pod().App("a").Spec()), byStrategy.Intern(A.Pod().App("b").Spec()));
        var byLimit = new ShapeTable(Fleet, countsApps: false, new HashSet<string> { "a" });
        Assert.NotEqual(byLimit.Intern(A.Pod().App("a", 1).Spec()), byLimit.Intern(A.Pod().App("a", 2).Spec()));
        Assert.NotEqual(byLimit.Intern(A.Pod().App("a").Spec()), byLimit.Intern(A.Pod().App("b").Spec()));
    }

    [Fact]
    public void A_pod_without_limit_counts_towards_the_limit_of_its_app()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("free").App("web")).Pod(A.Pod("alone").App("web", 1))).Go();
        Assert.Equal(("n0", "n1"), (result["free"], result["alone"]));
    }

    [Fact]
    public void Many_shapes_keep_their_numbers()
    {
        var shapes = new ShapeTable(Fleet, countsApps: false);
        PodSpec[] specs = [.. Enumerable.Range(0, 100).Select(i => A.Pod().Cpu($"{i}m").Spec())];
        ShapeIndex[] first = [.. specs.Select(shapes.Intern)];
        Assert.Equal(Enumerable.Range(0, 100), first.Select(shape => shape.Value));
        Assert.Equal(first, specs.Select(spec => shapes.Intern(spec with { })));
        Assert.All(specs.Zip(first), pair => Assert.Equal(pair.First, shapes[pair.Second].Spec));
    }

    [Fact]
    public void A_fleet_refuses_what_cannot_be()
    {
        Assert.Throws<ArgumentException>(() => A.Cluster().Node(A.Node("a")).Node(A.Node("a")).Build());
        Assert.Throws<ArgumentException>(() => A.Cluster().Node(A.Node().Gpus(65)).Build());
        Assert.Throws<ArgumentException>(() => A.Cluster().Node(A.Node().Cpu("-1")).Build());
        Assert.Throws<OverflowException>(() => new FleetLayout([A.Node("a").Build() with { MemoryBytes = long.MaxValue }, A.Node("b").Build() with { MemoryBytes = 1 }]));
    }

    [Fact]
    public void A_fleet_knows_its_sums_and_its_largest_nodes()
    {
        FleetLayout fleet = A.Cluster().Node(A.Node("a").Cpu("8").Memory("1Gi").Gpus(2)).Node(A.Node("b").Cpu("2").Memory("4Gi").Gpus(8)).Build();
        Assert.Equal((10_000L, 5L << 30, 10_000L), (fleet.TotalCpuMilli, fleet.TotalMemoryBytes, fleet.TotalGpuMilli));
        Assert.Equal((8_000L, 4L << 30, 8_000L), (fleet.LargestCpuMilli, fleet.LargestMemoryBytes, fleet.LargestGpuMilli));
        Assert.Equal([0, 2, 10], fleet.DeviceOffset);
    }

    [Fact]
    public void The_zone_can_be_selected_like_a_label()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Node(A.Node("a").Zone("east")).Node(A.Node("b").Zone("west")))
            .Of(A.Workload().Pod(A.Pod("w").On("topology.kubernetes.io/zone", "west")).Pod(A.Pod("n").On("topology.kubernetes.io/zone", "north"))).Go();
        Assert.Equal(("b", "-"), (result["w"], result["n"]));
    }

    [Theory]
    [InlineData(0, 0UL, "")]
    [InlineData(1, 1UL, "0")]
    [InlineData(3, 0b1000_0101UL, "0+2+7")]
    [InlineData(1, 1UL << 63, "63")]
    public void A_device_set_counts_and_prints(int count, ulong bits, string text)
    {
        var devices = new DeviceSet(bits);
        Assert.Equal((count, text), (devices.Count, devices.ToString()));
    }

    [Fact]
    public void A_node_of_64_devices_works()
    {
        RunResult result = A.Run("best-fit").On(A.Cluster().Node(A.Node("big").Gpus(64)))
            .Of(A.Workload().Pod(A.Pod("most").Gpus(63)).Pod(A.Pod("last").Gpus(1)).Pod(A.Pod("none").GpuShare(1))).Go();
        Assert.Equal("63", result.DevicesOf["last"]);
        Assert.Equal("-", result["none"]);
    }

    [Fact]
    public void A_share_takes_the_tightest_device_and_whole_devices_are_the_first_free()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Node(A.Node().Gpus(4)))
            .Of(A.Workload().Pod(A.Pod("a").GpuShare(300)).Pod(A.Pod("b").Gpus(1)).Pod(A.Pod("c").GpuShare(800)).Pod(A.Pod("d").GpuShare(200)).Pod(A.Pod("e").GpuShare(600))).Go();
        Assert.Equal("0 1 2 2 0", string.Join(' ', "abcde".Select(name => result.DevicesOf[$"{name}"])));
    }
}
