using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Conformance;

/// <summary>One pinned fingerprint a strategy on a fixed small world: a change of behaviour is seen, here and on every machine. When a change is meant, the new
/// value is written down with it.</summary>
public sealed class GoldenRunTests
{
    [Theory]
    [InlineData("balanced", 0x9949313865B0EDA6)]
    [InlineData("best-fit", 0x6ABC67DFC985323A)]
    [InlineData("dot-product", 0x0579DEA7BA3F72AC)]
    [InlineData("fgd", 0x245B7186C99B4C27)]
    [InlineData("first-fit", 0x9BAD79EE687A14C6)]
    [InlineData("gpu-clustering", 0x362D1D6609576FCD)]
    [InlineData("gpu-packing", 0x186B2E1855FE855E)]
    [InlineData("kube-scheduler", 0x9DE1DD98F17F3EC5)]
    [InlineData("least-allocated", 0x16658FEE2EF2B9CA)]
    [InlineData("most-allocated", 0x04371A4AFD09C87D)]
    [InlineData("power-of-two", 0x344A2DA705CD109E)]
    [InlineData("random", 0x11952E6C8AB17784)]
    [InlineData("round-robin", 0x3B6E86F7E3D306E6)]
    [InlineData("swarm-spread", 0x3CCC1F3C7C1E40CF)]
    [InlineData("worst-fit", 0x311E8EBCEDDA75F7)]
    public void Runs_are_what_they_were(string strategy, ulong fingerprint) =>
        Assert.Equal($"{fingerprint:X16}", $"{Run(strategy).Fingerprint:X16}");

    [Fact]
    public void Every_strategy_has_a_golden_run()
    {
        IEnumerable<object?> pinned = typeof(GoldenRunTests).GetMethod(nameof(Runs_are_what_they_were))!.CustomAttributes
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value);
        Assert.Equal(StrategyCatalog.BuiltIn().Entries.Select(entry => entry.Name), pinned);
    }

    /// <summary>Everything the spine can do, by plain arithmetic: 12 nodes of three kinds, 200 pods of seven kinds over four minutes, groups, failures, latencies.</summary>
    private static RunResult Run(string strategy)
    {
        ClusterBuilder cluster = A.Cluster();
        for (int i = 0; i < 12; i++)
        {
            cluster.Node((i % 3) switch
            {
                0 => A.Node($"gpu-{i}").Cpu("16").Memory("64Gi").Gpus(4, i < 6 ? "A10" : "T4").Zone("east"),
                1 => A.Node($"cpu-{i}").Cpu("8").Memory("32Gi").Zone("west").Label("disk", "ssd"),
                _ => A.Node($"mixed-{i}").Cpu("8").Memory("16Gi").Pods(8).Gpus(1, "A10").Extended("example.com/fpga", 2),
            });
        }

        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 200; i++)
        {
            PodBuilder pod = A.Pod($"p{i}").At(i * 1.25).For(20 + (i * 7 % 90));
            if (i % 11 == 0) pod.Fails();
            switch (i % 7)
            {
                case 0: workload.Pod(pod.Cpu("1").Memory("2Gi").GpuShare(100 * (1 + (i % 9)))); break;
                case 1: workload.Pod(pod.Cpu("2").Memory("8Gi").App("web", 2)); break;
                case 2: workload.Pod(pod.Cpu("2").Memory("4Gi").Gpus(1 + (i % 4))); break;
                case 3: workload.Pod(pod.Cpu("500m").Memory("1Gi").On("disk", "ssd").Priority(i % 3)); break;
                case 4: workload.Pod(pod.Cpu("250m").Memory("6Gi").Extended("example.com/fpga", 1)); break;
                case 5: workload.Group($"g{i}", 2, 3, pod.Cpu("3").Memory("1Gi")); break;
                default: workload.Pod(pod.Cpu("1").Memory("512Mi").GpuShare(300).Models("T4")); break;
            }
        }

        return A.Run(strategy).On(cluster).Of(workload).Seed(2025).BindLatency(0.05).StartLatency(1.5).CacheDelay(0.1).Go();
    }
}
