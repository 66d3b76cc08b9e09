using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Runs;

/// <summary>Changes that must not matter (REFERENCE §4): no oracle needed.</summary>
public sealed class MetamorphicTests
{
    private static readonly string[] Deterministic = ["first-fit", "best-fit", "worst-fit", "least-allocated", "most-allocated", "balanced", "gpu-packing", "gpu-clustering", "dot-product", "fgd"];

    [Fact]
    public void Renaming_changes_nothing() => Law.Holds(WorldTraits.All, world =>
    {
        // Names in the same order, so that even lowestName agrees.
        string[] sorted = [.. world.Nodes.Select(node => node.Name).Order(StringComparer.Ordinal)];
        World renamed = world with
        {
            Nodes = [.. world.Nodes.Select(node => node with { Name = $"machine-{Array.IndexOf(sorted, node.Name):000}" })],
            Pods = [.. world.Pods.Select((pod, i) => pod with { Name = $"job-{i}" })],
            Groups = [.. world.Groups.Select((group, i) => group with { Name = $"gang-{i}" })],
        };
        foreach (string strategy in Deterministic.Append("random").Append("swarm-spread")) Assert.Equal(Prints(world, strategy), Prints(renamed, strategy));
    }, cases: 60);

    [Fact]
    public void The_order_of_nodes_does_not_matter_when_the_lowest_name_wins() => Law.Holds(WorldTraits.All, world =>
    {
        int[] permutation = new Dice(world.Seed).Permutation(world.Nodes.Count);
        world = world with { TieBreak = TieBreak.LowestName };
        World permuted = world with { Nodes = [.. permutation.Select(n => world.Nodes[n])] };
        foreach (string strategy in Deterministic.Append("swarm-spread")) Assert.Equal(ByName(world, strategy), ByName(permuted, strategy));
    }, cases: 60);

    [Fact]
    public void Multiplying_all_plain_resources_changes_nothing() => Law.Holds(WorldTraits.Gpus | WorldTraits.Timed | WorldTraits.Groups, world =>
    {
        // GPU devices are not divisible and stay. Strategies that mix CPU and GPU normalise both by the largest node, so the factor cancels.
        World multiplied = world with
        {
            Nodes = [.. world.Nodes.Select(node => node with { CpuMilli = node.CpuMilli * 3, MemoryBytes = node.MemoryBytes * 3 })],
            Pods = [.. world.Pods.Select(pod => pod with { Spec = pod.Spec with { CpuMilli = pod.Spec.CpuMilli * 3, MemoryBytes = pod.Spec.MemoryBytes * 3 } })],
        };
        foreach (string strategy in Deterministic.Except(["dot-product", "balanced"])) Assert.Equal(Prints(world, strategy), Prints(multiplied, strategy));
        // Floating-point scores may fall on the other side of an integer when both sides of a quotient grow; by 4 they cannot.
        World byFour = world with
        {
            Nodes = [.. world.Nodes.Select(node => node with { CpuMilli = node.CpuMilli * 4, MemoryBytes = node.MemoryBytes * 4 })],
            Pods = [.. world.Pods.Select(pod => pod with { Spec = pod.Spec with { CpuMilli = pod.Spec.CpuMilli * 4, MemoryBytes = pod.Spec.MemoryBytes * 4 } })],
        };
        foreach (string strategy in new[] { "dot-product", "balanced" }) Assert.Equal(Prints(world, strategy), Prints(byFour, strategy));
    }, cases: 60);

    [Fact]
    public void Shifting_all_times_shifts_the_run() => Law.Holds(WorldTraits.All, world =>
    {
        TimeSpan shift = TimeSpan.FromSeconds(1_000_000);
        World shifted = world with { Pods = [.. world.Pods.Select(pod => pod with { Arrival = pod.Arrival + shift })] };
        foreach (string strategy in Deterministic.Append("random").Append("swarm-spread"))
        {
            Assert.Equal(
                world.Run(strategy).Judged(0).Go().Facts.Select(fact => fact with { At = fact.At + shift, Pod = default }),
                shifted.Run(strategy).Judged(0).Go().Facts.Select(fact => fact with { Pod = default }));
        }
    }, cases: 60);

    [Fact]
    public void A_node_that_nobody_can_use_changes_nothing() => Law.Holds(WorldTraits.All, world =>
    {
        NodeSpec useless = new() { Name = "useless", Pods = 0, CpuMilli = 1, MemoryBytes = 1 };
        World larger = world with { Nodes = [.. world.Nodes, useless] };
        foreach (string strategy in Deterministic.Append("random").Append("round-robin").Append("power-of-two").Append("swarm-spread"))
            Assert.Equal(Prints(world, strategy), Prints(larger, strategy));
    }, cases: 60);

    [Fact]
    public void A_pod_that_fits_nowhere_changes_nobody_elses_place() => Law.Holds(WorldTraits.All & ~WorldTraits.Latencies, world =>
    {
        PodArrival giant = A.Pod("giant").Cpu("1000").Build();
        World larger = world with { Pods = [.. world.Pods, giant with { Arrival = world.Pods[^1].Arrival }] };
        foreach (string strategy in Deterministic) Assert.Equal(ByName(world, strategy), ByName(larger, strategy));
    }, cases: 60);

    private static ulong Prints(World world, string strategy) => world.Run(strategy).Judged(0).Go().Fingerprint;

    private static IEnumerable<(int, string, TimeSpan, string)> ByName(World world, string strategy)
    {
        RunResult result = world.Run(strategy).Judged(0).Go();
        return [.. result.Of(FactKind.PodBound).Select(fact => (fact.Uid, world.Nodes[fact.Node.Value].Name, fact.At, new Core.Cluster.DeviceSet((ulong)fact.Detail).ToString()))];
    }
}
