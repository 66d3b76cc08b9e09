using System.Runtime.InteropServices;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>Sums of requests over a trace. That they fit 64 bits is what the engine's counters rely on.</summary>
internal sealed class RequestSums
{
    private readonly Dictionary<string, long> _extended = new(StringComparer.Ordinal);
    private long _cpuMilli;
    private long _memoryBytes;
    private long _ephemeralStorageBytes;
    private long _gpuMilli;

    /// <summary>Adds a pod's requests.</summary>
    /// <returns>The resource whose sum no longer fits, or nothing.</returns>
    public string? Add(PodSpec spec)
    {
        if (!TryAdd(ref _cpuMilli, spec.CpuMilli)) return "cpu";
        if (!TryAdd(ref _memoryBytes, spec.MemoryBytes)) return "memory";
        if (!TryAdd(ref _ephemeralStorageBytes, spec.EphemeralStorageBytes)) return "ephemeral storage";
        if (!TryAdd(ref _gpuMilli, spec.GpuMilliTotal)) return "gpu";
        foreach (ResourceAmount amount in spec.Extended.AsSpan())
        {
            if (!TryAdd(ref CollectionsMarshal.GetValueRefOrAddDefault(_extended, amount.Name, out _), amount.Amount)) return amount.Name;
        }

        return null;
    }

    private static bool TryAdd(ref long sum, long amount)
    {
        if (amount > long.MaxValue - sum) return false;
        sum += amount;
        return true;
    }
}
