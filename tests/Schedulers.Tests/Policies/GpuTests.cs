using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>Scores by hand, from the formulas of papers/fgd.</summary>
public sealed class GpuTests
{
    [Theory]
    // All devices free: max(33 − devices, devices).
    [InlineData(1, 32)]
    [InlineData(4, 29)]
    [InlineData(8, 25)]
    [InlineData(17, 17)]
    [InlineData(64, 64)]
    public void Gpu_packing_opens_an_idle_node_last(int devices, long score)
    {
        var bench = new Bench(A.Cluster().Nodes(1, gpus: devices));
        Assert.Equal(score, bench.Score("gpu-packing", A.Pod().GpuShare(300), "n0"));
        Assert.Equal(score, bench.Score("gpu-packing", A.Pod().Gpus(1), "n0"));
        Assert.Equal(0, bench.Score("gpu-packing", A.Pod().Cpu("1"), "n0"));
    }

    [Theory]
    // On a device in use with f free: 100 − ⌊⌊f %⌋/10⌋.
    [InlineData(300, 300, 93)]
    [InlineData(700, 300, 97)]
    [InlineData(1, 300, 91)]
    [InlineData(951, 49, 100)]
    // No device in use has room: one free device is opened.
    [InlineData(800, 300, 49)]
    public void Gpu_packing_fills_the_tightest_device_in_use(int used, int share, long score) =>
        Assert.Equal(score, new Bench(A.Cluster().Nodes(1, gpus: 3)).With("n0", A.Pod().GpuShare(used), 1).Score("gpu-packing", A.Pod().GpuShare(share), "n0"));

    [Theory]
    [InlineData(1, 49)]
    [InlineData(2, 48)]
    [InlineData(17, 33)]
    [InlineData(20, 33)]
    public void Gpu_packing_pays_for_each_device_that_it_opens(int count, long score) =>
        Assert.Equal(score, new Bench(A.Cluster().Nodes(1, gpus: 32)).With("n0", A.Pod().GpuShare(500), 0).Score("gpu-packing", A.Pod().Gpus(count), "n0"));

    [Fact]
    public void Gpu_clustering_prefers_its_own_kind()
    {
        Bench bench = new Bench(A.Cluster().Nodes(4, gpus: 8).Node(A.Node("small").Gpus(2)))
            .With("n0", A.Pod().GpuShare(500), 0)
            .With("n1", A.Pod().GpuShare(500), 0).With("n1", A.Pod().Gpus(1), 1)
            .With("n2", A.Pod().Cpu("1"));
        // b = ⌊25·(8000 − free)/8000⌋: n0 1, n1 4, n2 and n3 0, small 18.
        Assert.Equal([76, 54, 25, 25, 43], Scores(A.Pod().GpuShare(300)));
        Assert.Equal([1, 54, 25, 25, 43], Scores(A.Pod().Gpus(1)));
        Assert.Equal([1, 4, 25, 25, 43], Scores(A.Pod().Gpus(2)));
        Assert.Equal([0, 0, 0, 0, 0], Scores(A.Pod().Cpu("1")));

        long?[] Scores(PodBuilder pod) => [.. new[] { "n0", "n1", "n2", "n3", "small" }.Select(node => bench.Score("gpu-clustering", pod, node))];
    }

    // The typical pod takes half a device and a CPU; F counts what is left on devices with less than half free.
    private static WorkloadBuilder Halves => A.Workload().Pods(100, A.Pod("half").Cpu("1").GpuShare(500));

    [Theory]
    // Free 1000 → 700: nothing lost, sigmoid(0) = 0.5.
    [InlineData(300, 50, "0")]
    [InlineData(500, 50, "0")]
    // → 400 wasted: sigmoid(−0.4) = 0.4013.
    [InlineData(600, 40, "0")]
    // → 1 wasted: sigmoid(−0.001) = 0.49975.
    [InlineData(999, 49, "0")]
    public void Fgd_pays_for_what_it_wastes(int share, long score, string device)
    {
        var bench = new Bench(A.Cluster().Nodes(1, gpus: 1));
        Assert.Equal(score, bench.Score("fgd", A.Pod().GpuShare(share), "n0", Halves));
        Assert.Equal(device, bench.Devices("fgd", A.Pod().GpuShare(share), "n0", Halves));
    }

    [Fact]
    public void Fgd_takes_the_fragment_that_nobody_else_can_use()
    {
        Bench bench = new Bench(A.Cluster().Nodes(1, gpus: 3)).With("n0", A.Pod().GpuShare(600), 1);
        // Device 1 has 400 left, wasted: taking it all wins 400: sigmoid(0.4) = 0.5987; the others win nothing.
        Assert.Equal((59, "1"), (bench.Score("fgd", A.Pod().GpuShare(400), "n0", Halves), bench.Devices("fgd", A.Pod().GpuShare(400), "n0", Halves)));
        Assert.Equal((50, "0+2"), (bench.Score("fgd", A.Pod().Gpus(2), "n0", Halves), bench.Devices("fgd", A.Pod().Gpus(2), "n0", Halves)));
    }

    [Fact]
    public void Fgd_keeps_cpu_for_gpus()
    {
        var bench = new Bench(A.Cluster().Node(A.Node("n").Cpu("4").Gpus(1)).Node(A.Node("cpu").Cpu("4")));
        // With less than one CPU left the free device is lost: sigmoid(−1) = 0.2689.
        Assert.Equal(26, bench.Score("fgd", A.Pod().Cpu("3500m"), "n", Halves));
        Assert.Equal(50, bench.Score("fgd", A.Pod().Cpu("3"), "n", Halves));
        Assert.Equal(50, bench.Score("fgd", A.Pod().Cpu("3500m"), "cpu", Halves));
    }

    [Fact]
    public void Fgd_without_a_profile_is_an_error_of_the_set_up() =>
        Assert.Throws<Core.Scheduling.StrategyFaultException>(() => new Gpu.FragmentationGradientDescent().Prepare(
            new Core.Scheduling.StrategyContext(new Core.Cluster.ClusterView(new Bench(A.Cluster()).State), 1, default, null, () => TimeSpan.Zero)));
}
