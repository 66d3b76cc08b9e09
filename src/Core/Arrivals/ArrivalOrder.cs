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
    public static int[] Saturation(ReadOnlySpan<PodArrival> pods, bool shuffled, SaturationResource? resource, long limit, ulong seed)
    {
        Draw draw = Draw.Stream(seed, Stream);
        int[] order = new int[pods.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (shuffled) draw.Shuffle(order.AsSpan(), entity: 0);
        if (resource is not { } measured || pods.Length == 0) return order;

        long offered = 0;
        foreach (ref readonly PodArrival pod in pods) offered = checked(offered + Amount(pod.Spec, measured));
        var result = new List<int>(order);
        for (ulong n = 0; offered > limit; n++)
        {
            int victim = (int)draw.Below(entity: 1, n, (ulong)result.Count);
            offered -= Amount(pods[result[victim]].Spec, measured);
            result.RemoveAt(victim);
        }

        if (result.Count < order.Length) return [.. result];
        // A trace that asks for nothing of the resource would be appended to for ever.
        if (offered == 0) return order;
        for (ulong n = 0; ; n++)
        {
            int next = (int)draw.Below(entity: 2, n, (ulong)pods.Length);
            long amount = Amount(pods[next].Spec, measured);
            if (amount > limit - offered) return [.. result];
            offered += amount;
            result.Add(next);
        }
    }

    /// <summary>What a pod requests of the resource, in its unit.</summary>
    public static long Amount(PodSpec spec, SaturationResource resource) => resource switch
    {
        SaturationResource.Gpu => spec.GpuMilliTotal,
        SaturationResource.Cpu => spec.CpuMilli,
        _ => spec.MemoryBytes,
    };
}
