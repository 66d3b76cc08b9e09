namespace SchedBench.Core.Objects;

/// <summary>What a whole pod requests, of what its containers do (Kubernetes <c>component-helpers/resource.PodRequests</c>).</summary>
public static class PodRequests
{
    /// <summary>The spec with its requests and host ports made of its containers: the larger of what runs together and what each init container needs beside the
    /// sidecars started before it, plus the overhead.</summary>
    /// <param name="spec">Spec with containers; its own requests are replaced.</param>
    /// <param name="overheadCpuMilli">CPU of the runtime class.</param>
    /// <param name="overheadMemoryBytes">Memory of the runtime class.</param>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    public static PodSpec OfContainers(PodSpec spec, long overheadCpuMilli = 0, long overheadMemoryBytes = 0)
    {
        string[] names = [.. spec.Containers.Concat(spec.InitContainers).SelectMany(c => c.Extended).Select(e => e.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        long scoredCpu = checked(Effective(spec, c => c.CpuMilli == 0 && !c.StatesZeroCpu ? ScoredRequests.DefaultCpuMilli : c.CpuMilli) + overheadCpuMilli);
        long scoredMemory = checked(Effective(spec, c => c.MemoryBytes == 0 && !c.StatesZeroMemory ? ScoredRequests.DefaultMemoryBytes : c.MemoryBytes) + overheadMemoryBytes);
        return spec with
        {
            CpuMilli = checked(Effective(spec, c => c.CpuMilli) + overheadCpuMilli),
            MemoryBytes = checked(Effective(spec, c => c.MemoryBytes) + overheadMemoryBytes),
            EphemeralStorageBytes = Effective(spec, c => c.EphemeralStorageBytes),
            Scored = new ScoredRequests(scoredCpu, scoredMemory, scoredCpu, scoredMemory),
            Extended = [.. names.Select(name => new ResourceAmount(name, Effective(spec, c => Amount(c, name)))).Where(amount => amount.Amount > 0)],
            HostPorts = [.. spec.Containers.Concat(spec.InitContainers.Where(c => c.IsSidecar)).SelectMany(c => c.Ports).Where(p => p.HostPort > 0).Select(p => new HostPort(p.HostPort, p.Protocol, p.HostIp))],
        };
    }

    private static long Effective(PodSpec spec, Func<Container, long> amount)
    {
        long together = 0, sidecars = 0, peak = 0;
        foreach (Container container in spec.InitContainers)
        {
            // A sidecar counts from its own start on; a plain init container is gone before the next begins.
            if (container.IsSidecar) sidecars = checked(sidecars + amount(container));
            peak = Math.Max(peak, container.IsSidecar ? sidecars : checked(sidecars + amount(container)));
        }

        foreach (Container container in spec.Containers) together = checked(together + amount(container));
        return Math.Max(peak, checked(together + sidecars));
    }

    private static long Amount(Container container, string name)
    {
        foreach (ref readonly ResourceAmount amount in container.Extended.AsSpan())
        {
            if (amount.Name == name) return amount.Amount;
        }

        return 0;
    }
}
