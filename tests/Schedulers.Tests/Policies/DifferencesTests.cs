using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>Six pods on four nodes, on which every strategy answers differently.</summary>
public sealed class DifferencesTests
{
    // a: 8 CPU, 16 GiB. b: 4 CPU, 32 GiB, 2 GPUs. c: 16 CPU, 32 GiB, 4 GPUs. d: 6 CPU, 8 GiB, 1 GPU.
    private static readonly ClusterBuilder Cluster = A.Cluster()
        .Node(A.Node("a").Cpu("8").Memory("16Gi")).Node(A.Node("b").Cpu("4").Memory("32Gi").Gpus(2, "T4"))
        .Node(A.Node("c").Cpu("16").Memory("32Gi").Gpus(4, "A10")).Node(A.Node("d").Cpu("6").Memory("8Gi").Gpus(1, "T4"));

    private static WorkloadBuilder Workload => A.Workload()
        .Pod(A.Pod("half").Cpu("1").Memory("1Gi").GpuShare(500))
        .Pod(A.Pod("web1").Cpu("1").Memory("2Gi").App("web"))
        .Pod(A.Pod("one").Cpu("1").Memory("1Gi").Gpus(1))
        .Pod(A.Pod("web2").Cpu("1").Memory("2Gi").GpuShare(300).App("web"))
        .Pod(A.Pod("half2").Cpu("1").Memory("1Gi").GpuShare(500))
        .Pod(A.Pod("two").Cpu("2").Memory("4Gi").Gpus(2));

    [Theory]
    [InlineData("random", "bcdbbc", "0 - 0 0 1 0+1")]
    [InlineData("round-robin", "bcdbcc", "0 - 0 0 0 1+2")]
    [InlineData("first-fit", "babbcc", "0 - 1 0 0 1+2")]
    [InlineData("best-fit", "ddbdbc", "0 - 0 0 1 0+1")]
    [InlineData("worst-fit", "cccccb", "0 - 1 0 2 0+1")]
    [InlineData("power-of-two", "babccc", "0 - 1 0 0 1+2")]
    [InlineData("dot-product", "dbbbbc", "0 - 0 1 1 0+1")]
    [InlineData("gpu-packing", "dabdbc", "0 - 0 0 1 0+1")]
    [InlineData("gpu-clustering", "dabdcc", "0 - 0 0 0 1+2")]
    [InlineData("fgd", "dacdcb", "0 - 0 0 1 0+1")]
    [InlineData("swarm-spread", "bacdbc", "0 - 0 0 0 1+2")]
    [InlineData("kube-scheduler", "caccdc", "0 - 1 0 0 2+3")]
    [InlineData("least-allocated", "ccbcdc", "0 - 0 0 0 1+2")]
    [InlineData("most-allocated", "bbbbdc", "0 - 1 0 0 0+1")]
    [InlineData("balanced", "cadccc", "0 - 0 0 1 2+3")]
    public void Places_and_devices(string strategy, string nodes, string devices)
    {
        RunResult result = A.Run(strategy).On(Cluster).Of(Workload).Go();
        string[] pods = ["half", "web1", "one", "web2", "half2", "two"];
        Assert.Equal(nodes, string.Concat(pods.Select(pod => result[pod])));
        Assert.Equal(devices, string.Join(' ', pods.Select(pod => result.DevicesOf[pod].Length == 0 ? "-" : result.DevicesOf[pod])));
    }

    [Fact]
    public void Every_strategy_answers_in_its_own_way() => Assert.Equal(
        StrategyCatalog.BuiltIn().Entries.Count,
        StrategyCatalog.BuiltIn().Entries.Select(entry => string.Join(' ', A.Run(entry.Name).On(Cluster).Of(Workload).Go().Placements.Values)).Distinct().Count());
}
