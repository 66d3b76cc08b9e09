using SchedBench.Core.Arrivals;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Arrivals;

/// <summary>The order of the saturation protocol (papers/fgd, one run, steps 1 and 2).</summary>
public sealed class ArrivalOrderTests
{
    [Fact]
    public void The_offer_ends_just_before_the_limit() => Law.Holds(dice =>
    {
        PodArrival[] pods = Pods(dice);
        long total = pods.Sum(pod => pod.Spec.GpuMilliTotal);
        long limit = total * dice.Of(13, 20, 35) / 10;
        ulong seed = (ulong)dice.Between(0, 1000);
        int[] order = ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Gpu, limit, seed);
        long offered = order.Sum(i => pods[i].Spec.GpuMilliTotal);
        Assert.InRange(offered, 0, limit);
        // The trace comes first, once and whole.
        Assert.Equal(Enumerable.Range(0, pods.Length), order.Take(pods.Length).Order());
        // A larger limit goes on where this one stopped, with a pod that would have passed the limit.
        int[] longer = ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Gpu, limit + 100_000, seed);
        Assert.Equal(order, longer.Take(order.Length));
        Assert.True(longer.Length > order.Length);
        Assert.True(offered + pods[longer[order.Length]].Spec.GpuMilliTotal > limit);
    });

    [Fact]
    public void A_trace_beyond_the_limit_loses_pods_until_it_is_within() => Law.Holds(dice =>
    {
        PodArrival[] pods = Pods(dice);
        long total = pods.Sum(pod => pod.Spec.GpuMilliTotal), limit = total * dice.Between(0, 9) / 10;
        int[] order = ArrivalOrder.Saturation(pods, shuffled: dice.Percent(50), SaturationResource.Gpu, limit, 5);
        Assert.InRange(order.Sum(i => pods[i].Spec.GpuMilliTotal), 0, limit);
        Assert.Equal(order.Length, order.Distinct().Count());
        Assert.True(order.Length < pods.Length);
    });

    [Fact]
    public void Without_shuffling_the_trace_keeps_its_order()
    {
        PodArrival[] pods = Pods(new Dice(3));
        long total = pods.Sum(pod => pod.Spec.GpuMilliTotal);
        Assert.Equal(Enumerable.Range(0, pods.Length), ArrivalOrder.Saturation(pods, shuffled: false, SaturationResource.Gpu, total * 2, 1).Take(pods.Length));
        int[] shortened = ArrivalOrder.Saturation(pods, shuffled: false, SaturationResource.Gpu, total / 2, 1);
        Assert.Equal(shortened.Order(), shortened);
    }

    [Fact]
    public void Seeds_give_orders_and_equal_seeds_equal_orders()
    {
        PodArrival[] pods = Pods(new Dice(4));
        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));

        int[] Order(ulong seed) => ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Gpu, 100_000, seed);
    }

    [Fact]
    public void Every_order_of_a_trace_is_equally_likely()
    {
        PodArrival[] pods = [.. A.Pod("p").Gpus(1).Times(3)];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 6_000; seed++)
        {
            string order = string.Join("", ArrivalOrder.Saturation(pods, shuffled: true, resource: null, 0, seed));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(6, counts.Count);
        // 1,000 ± 4·29.
        Assert.All(counts.Values, count => Assert.InRange(count, 884, 1_116));
    }

    [Fact]
    public void A_trace_that_asks_for_nothing_of_the_resource_is_taken_as_it_is()
    {
        PodArrival[] pods = [.. A.Pod("p").Cpu("1").Times(5)];
        Assert.Equal(5, ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Gpu, 1_000, 1).Length);
        Assert.Empty(ArrivalOrder.Saturation([], shuffled: true, SaturationResource.Gpu, 1_000, 1));
    }

    [Fact]
    public void Other_resources_limit_too()
    {
        PodArrival[] pods = [.. A.Pod("p").Cpu("1").Memory("1Gi").Times(5)];
        Assert.Equal(12, ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Cpu, 12_999, 1).Length);
        Assert.Equal(7, ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Memory, 7L << 30, 1).Length);
    }

    [Fact]
    public void Groups_stay_together() => Law.Holds(WorldTraits.Gpus | WorldTraits.Groups, world =>
    {
        PodArrival[] pods = [.. world.Pods];
        long total = pods.Sum(pod => pod.Spec.CpuMilli);
        int[] order = ArrivalOrder.Saturation(pods, shuffled: true, SaturationResource.Cpu, total * 15 / 10, 9);
        for (int i = 0; i < order.Length; i++)
        {
            int group = pods[order[i]].Group;
            bool isFirst = group >= 0 && (order[i] == 0 || pods[order[i] - 1].Group != group);
            if (!isFirst) continue;
            int members = pods.Count(pod => pod.Group == group);
            Assert.Equal(Enumerable.Range(order[i], members), order.Skip(i).Take(members));
        }
    });

    [Fact]
    public void A_sum_that_overflows_is_an_error()
    {
        PodArrival[] pods = [.. A.Pod("p").Times(2).Select(pod => pod with { Spec = pod.Spec with { MemoryBytes = long.MaxValue } })];
        Assert.Throws<OverflowException>(() => ArrivalOrder.Saturation(pods, shuffled: false, SaturationResource.Memory, 1, 1));
    }

    private static PodArrival[] Pods(Dice dice) =>
    [
        .. Enumerable.Range(0, dice.Between(2, 40)).Select(i => (dice.Percent(50) ? A.Pod($"p{i}").GpuShare(dice.Between(1, 999)) : A.Pod($"p{i}").Gpus(dice.Between(1, 8))).Build()),
    ];
}
