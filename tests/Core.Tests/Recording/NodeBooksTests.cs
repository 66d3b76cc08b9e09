using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording;

/// <summary>The judge's own arithmetic, by hand.</summary>
public sealed class NodeBooksTests
{
    private static readonly FleetLayout Fleet = A.Cluster()
        .Node(A.Node("n").Cpu("4").Memory("8Gi").EphemeralStorage("10Gi").Pods(3).Gpus(2, "A10").Extended("example.com/fpga", 2)).Build();

    [Fact]
    public void What_is_left_is_what_is_offered_less_what_is_held()
    {
        var books = new NodeBooks(Fleet);
        var state = new ClusterState(Fleet, new ShapeTable(Fleet, countsApps: false));
        Assert.Null(books.Compare(0, state));
        PodSpec pod = A.Pod().Cpu("1").Memory("1Gi").EphemeralStorage("2Gi").GpuShare(300).Extended("example.com/fpga", 1).Spec();
        books.Book(pod, 0, DeviceSet.Of(1), 1);
        Assert.Equal(new Finding(Invariant.NodeCapacity, "free milli CPU", "3000", "4000"), books.Compare(0, state));
        state.Add(in state.Shapes[state.Shapes.Intern(pod)], 0, DeviceSet.Of(1));
        Assert.Null(books.Compare(0, state));
        books.Book(pod, 0, DeviceSet.Of(1), -1);
        books.Book(pod, 0, DeviceSet.Of(0), 1);
        Assert.Equal(new Finding(Invariant.Devices, "free milli of device 0", "700", "1000"), books.Compare(0, state));
        books.Clear();
        Assert.NotNull(books.Compare(0, state));
    }

    [Theory]
    [InlineData("5", "0", "0", 0, 1, "milli CPU", "at most 4000", "5000")]
    [InlineData("0", "9Gi", "0", 0, 1, "bytes of memory", "at most 8589934592", "9663676416")]
    [InlineData("0", "0", "11Gi", 0, 1, "bytes of ephemeral storage", "at most 10737418240", "11811160064")]
    [InlineData("0", "0", "0", 3, 1, "example.com/fpga", "at most 2", "3")]
    [InlineData("0", "0", "0", 0, 4, "pods", "at most 3", "4")]
    public void More_than_is_offered_is_found(string cpu, string memory, string storage, int fpgas, int pods, string what, string expected, string actual)
    {
        var books = new NodeBooks(Fleet);
        PodBuilder pod = A.Pod().Cpu(cpu).Memory(memory).EphemeralStorage(storage);
        if (fpgas > 0) pod.Extended("example.com/fpga", fpgas);
        for (int i = 0; i < pods; i++) books.Book(pod.Spec(), 0, DeviceSet.Empty, 1);
        Invariant invariant = what == "pods" ? Invariant.PodLimit : Invariant.NodeCapacity;
        Assert.Equal(new Finding(invariant, what, expected, actual), books.CheckCapacity(0));
    }

    [Fact]
    public void A_device_above_one_is_found()
    {
        var books = new NodeBooks(Fleet);
        books.Book(A.Pod().GpuShare(600).Spec(), 0, DeviceSet.Of(1), 1);
        Assert.Null(books.CheckCapacity(0));
        books.Book(A.Pod().GpuShare(600).Spec(), 0, DeviceSet.Of(1), 1);
        Assert.Equal(new Finding(Invariant.Devices, "milli of device 1", "0 to 1000", "1200"), books.CheckCapacity(0));
    }

    [Fact]
    public void A_share_beside_a_whole_device_pod_is_found()
    {
        var books = new NodeBooks(Fleet);
        books.Book(A.Pod().Gpus(2).Spec(), 0, new DeviceSet(3), 1);
        books.Book(A.Pod().GpuShare(1).Spec(), 0, DeviceSet.Of(0), 1);
        Assert.Equal(Invariant.Devices, books.CheckCapacity(0)?.Invariant);
    }

    [Theory]
    [InlineData(1, 0UL)]
    [InlineData(1, 3UL)]
    [InlineData(2, 1UL)]
    [InlineData(2, 5UL)]
    [InlineData(0, 1UL)]
    public void A_device_set_that_is_not_what_the_pod_needs_is_found(int gpus, ulong devices) =>
        Assert.NotNull(new NodeBooks(Fleet).CheckDevices(A.Pod().Gpus(gpus).Spec(), 0, new DeviceSet(devices)));

    [Fact]
    public void Pods_of_an_app_are_counted_by_node()
    {
        var books = new NodeBooks(Fleet);
        books.Book(A.Pod().App("web").Spec(), 0, DeviceSet.Empty, 1);
        Assert.Equal(1, books.PodsOf("web", 0));
        books.Book(A.Pod().App("web").Spec(), 0, DeviceSet.Empty, -1);
        Assert.Equal(0, books.PodsOf("web", 0));
    }
}
