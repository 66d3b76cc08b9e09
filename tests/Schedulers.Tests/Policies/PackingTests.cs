using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>Scores by hand, from the formulas of papers/fgd. The largest node has 128 CPU and 8 GPUs.</summary>
public sealed class PackingTests
{
    private static Bench Bench => new(A.Cluster().Node(A.Node("large").Cpu("128").Memory("1Ti").Gpus(8, "A10")).Node(A.Node("small").Cpu("64").Memory("1Ti").Gpus(4, "A10")).Node(A.Node("cpu").Cpu("32")));

    [Theory]
    // 100·(1 − [½·96/128 + ½·6/8]) = 25
    [InlineData("large", "32", 2, 25)]
    [InlineData("large", "0", 0, 0)]
    [InlineData("large", "128", 8, 100)]
    // ½·127/128 + ½ = 0.996: 0.39 is cut to 0
    [InlineData("large", "1", 0, 0)]
    // ½·63/128 + ½·3/8 = 0.4336: 56.6
    [InlineData("small", "1", 1, 56)]
    // ½·31/128 = 0.1211: 87.9
    [InlineData("cpu", "1", 0, 87)]
    public void Best_fit(string node, string cpu, int gpus, long score) => Assert.Equal(score, Bench.Score("best-fit", A.Pod().Cpu(cpu).Gpus(gpus), node));

    [Theory]
    [InlineData("large", "32", 2, 75)]
    [InlineData("large", "0", 0, 100)]
    [InlineData("large", "1", 0, 99)]
    [InlineData("small", "1", 1, 43)]
    [InlineData("cpu", "1", 0, 12)]
    public void Worst_fit(string node, string cpu, int gpus, long score) => Assert.Equal(score, Bench.Score("worst-fit", A.Pod().Cpu(cpu).Gpus(gpus), node));

    [Theory]
    // 100·(1 − (1·¼ + 1·¼)/2)
    [InlineData("large", "32", 2, 75)]
    [InlineData("large", "128", 8, 0)]
    [InlineData("large", "0", 0, 100)]
    // (64/128)(1/128) + (4/8)(1/8) = 0.0664, halved 0.0332: 96.68
    [InlineData("small", "1", 1, 96)]
    // (32/128)(16/128) = 0.03125, halved: 98.4
    [InlineData("cpu", "16", 0, 98)]
    public void Dot_product(string node, string cpu, int gpus, long score) => Assert.Equal(score, Bench.Score("dot-product", A.Pod().Cpu(cpu).Gpus(gpus), node));

    [Fact]
    public void Best_fit_counts_shares_in_milli()
    {
        // ½·63/128 + ½·3500/8000 = 0.4648: 53.5
        Assert.Equal(53, Bench.Score("best-fit", A.Pod().Cpu("1").GpuShare(500), "small"));
        Assert.Equal(46, Bench.Score("worst-fit", A.Pod().Cpu("1").GpuShare(500), "small"));
    }

    [Fact]
    public void What_others_hold_makes_the_node_fuller()
    {
        // ½·(64 − 32 − 1)/128 + ½·(4 − 2 − 1)/8 = 0.1836: 81.6
        Bench bench = Bench.With("small", A.Pod().Cpu("32").Gpus(2), 0, 1);
        Assert.Equal(81, bench.Score("best-fit", A.Pod().Cpu("1").Gpus(1), "small"));
        // (32/128)(1/128) + (2/8)(1/8) = 0.0332, halved 0.0166: 98.3
        Assert.Equal(98, bench.Score("dot-product", A.Pod().Cpu("1").Gpus(1), "small"));
    }

    [Fact]
    public void A_fleet_without_gpus_is_scored_by_cpu()
    {
        var bench = new Bench(A.Cluster().Node(A.Node("a").Cpu("8")).Node(A.Node("b").Cpu("4")));
        // 100 − 50·(8 − 2)/8 and 100 − 50·(4 − 2)/8
        Assert.Equal((62, 87), (bench.Score("best-fit", A.Pod().Cpu("2"), "a"), bench.Score("best-fit", A.Pod().Cpu("2"), "b")));
    }

    [Fact]
    public void Memory_counts_for_feasibility_only() => Assert.Null(Bench.Score("best-fit", A.Pod().Memory("2Ti"), "large"));

    [Theory]
    [InlineData("most-allocated", "1", "4Gi", 25)]
    [InlineData("least-allocated", "1", "4Gi", 75)]
    // CPU 25, memory 0: the mean of 25 and 0, and of 75 and 100, cut
    [InlineData("most-allocated", "1", "0", 12)]
    [InlineData("least-allocated", "1", "0", 87)]
    // 333·100/4000 = 8.3 → 8, mean with 0; 3667·100/4000 = 91.7 → 91, mean with 100
    [InlineData("most-allocated", "333m", "0", 4)]
    [InlineData("least-allocated", "333m", "0", 95)]
    [InlineData("most-allocated", "4", "16Gi", 100)]
    [InlineData("least-allocated", "4", "16Gi", 0)]
    // |¼ − ¼| = 0; |½ − 0|/2 = ¼; |1 − 0|/2 = ½; |¼ − ½|/2 = ⅛ → 87.5
    [InlineData("balanced", "1", "4Gi", 100)]
    [InlineData("balanced", "2", "0", 75)]
    [InlineData("balanced", "4", "0", 50)]
    [InlineData("balanced", "1", "8Gi", 87)]
    public void Kubernetes_scores(string strategy, string cpu, string memory, long score) =>
        Assert.Equal(score, new Bench(A.Cluster().Nodes(1, cpu: "4", memory: "16Gi")).Score(strategy, A.Pod().Cpu(cpu).Memory(memory), "n0"));

    [Theory]
    [InlineData("most-allocated", "4", "0", 25)]
    [InlineData("least-allocated", "4", "0", 75)]
    [InlineData("balanced", "4", "0", 100)]
    [InlineData("most-allocated", "0", "0", 0)]
    [InlineData("least-allocated", "0", "0", 0)]
    [InlineData("balanced", "0", "0", 100)]
    public void A_resource_that_a_node_does_not_have_is_left_out(string strategy, string cpu, string memory, long score)
    {
        PodBuilder pod = A.Pod().Cpu(cpu == "0" ? "0" : "1");
        Assert.Equal(score, new Bench(A.Cluster().Nodes(1, cpu: cpu, memory: memory)).Score(strategy, pod, "n0"));
    }

    [Fact]
    public void Requests_of_others_count()
    {
        Bench bench = new Bench(A.Cluster().Nodes(1, cpu: "4", memory: "16Gi")).With("n0", A.Pod().Cpu("2").Memory("4Gi"));
        PodBuilder pod = A.Pod().Cpu("1").Memory("4Gi");
        Assert.Equal((37, 62, 87), (bench.Score("least-allocated", pod, "n0"), bench.Score("most-allocated", pod, "n0"), bench.Score("balanced", pod, "n0")));
    }

    [Fact]
    public void Exabytes_do_not_overflow()
    {
        Bench bench = new Bench(A.Cluster().Nodes(1, memory: "4Ei")).With("n0", A.Pod().Cpu("1").Memory("2Ei"));
        Assert.Equal((62, 37), (bench.Score("least-allocated", A.Pod(), "n0"), bench.Score("most-allocated", A.Pod(), "n0")));
    }
}
