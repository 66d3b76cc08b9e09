using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Arrivals;

/// <summary>A resource that a saturation replay measures its offer in.</summary>
public enum SaturationResource
{
    /// <summary>GPU milli.</summary>
    Gpu,

    /// <summary>CPU milli.</summary>
    Cpu,

    /// <summary>Memory bytes.</summary>
    Memory,
}

/// <summary>Which pods of a workload arrive in which order: positions in the pod list, with repeats where the protocol draws pods again.</summary>
public static class ArrivalOrder
{
    private const string Stream = "replay/saturation";

    /// <summary>The order of the saturation protocol (papers: FGD23, section 6; one run of the published study).</summary>
    /// <param name="pods">The trace in file order.</param>
    /// <param name="shuffled">Whether the trace is put into random order; otherwise it keeps its own.</param>
    /// <param name="resource">What the offer is measured in; null takes the trace as it is.</param>
    /// <param name="limit">How much is offered: while the sum of requests stays within it, pods drawn uniformly with replacement are appended
    /// (drawing stops at the first pod that would pass it); where the trace alone exceeds it, uniformly drawn pods are removed until it does not.</param>
    /// <param name="seed">Seed of the run: equal seeds meet equal orders under every strategy.</param>
    /// <returns>Positions in <paramref name="pods"/>.</returns>
    /// <remarks>A group is shuffled, removed and drawn as one: its members stay neighbours.</remarks>
    public static int[] Saturation(ReadOnlySpan<PodArrival> pods, bool shuffled, SaturationResource? resource, long limit, ulong seed)
    {
        Draw draw = Draw.Stream(seed, Stream);
        Unit[] units = Units(pods, resource);
        int[] order = new int[units.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (shuffled) draw.Shuffle(order.AsSpan(), entity: 0);
        var result = new List<int>(order);
        if (resource is not null && units.Length > 0) Limit(result, units, limit, draw);
        return Positions(result, units);
    }

    /// <summary>Pods that stand together: one pod, or the members of a group.</summary>
    private readonly record struct Unit(int First, int Count, long Amount);

    private static Unit[] Units(ReadOnlySpan<PodArrival> pods, SaturationResource? resource)
    {
        var units = new List<Unit>(pods.Length);
        for (int first = 0; first < pods.Length; first += units[^1].Count)
        {
            int count = 1;
            while (pods[first].Group >= 0 && first + count < pods.Length && pods[first + count].Group == pods[first].Group) count++;
            long amount = 0;
            for (int i = first; i < first + count && resource is not null; i++) amount = checked(amount + Amount(pods[i].Spec, resource.Value));
            units.Add(new Unit(first, count, amount));
        }

        return [.. units];
    }

    private static void Limit(List<int> order, Unit[] units, long limit, Draw draw)
    {
        long offered = 0;
        foreach (Unit unit in units) offered = checked(offered + unit.Amount);
        for (ulong n = 0; offered > limit; n++)
        {
            int victim = (int)draw.Below(entity: 1, n, (ulong)order.Count);
            offered -= units[order[victim]].Amount;
            order.RemoveAt(victim);
        }

        // A trace that asks for nothing of the resource would be appended to for ever.
        if (order.Count < units.Length || offered == 0) return;
        for (ulong n = 0; ; n++)
        {
            int next = (int)draw.Below(entity: 2, n, (ulong)units.Length);
            if (units[next].Amount > limit - offered) return;
            offered += units[next].Amount;
            order.Add(next);
        }
    }

    private static int[] Positions(List<int> order, Unit[] units)
    {
        var positions = new List<int>(order.Count);
        foreach (int unit in order)
        {
            for (int i = 0; i < units[unit].Count; i++) positions.Add(units[unit].First + i);
        }

        return [.. positions];
    }

    /// <summary>What a pod requests of the resource, in its unit.</summary>
    public static long Amount(PodSpec spec, SaturationResource resource) => resource switch
    {
        SaturationResource.Gpu => spec.GpuMilliTotal,
        SaturationResource.Cpu => spec.CpuMilli,
        _ => spec.MemoryBytes,
    };
}
