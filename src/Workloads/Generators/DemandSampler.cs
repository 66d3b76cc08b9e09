using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Generators;

/// <summary>The specs of one class. Equal specs are one instance, also between classes.</summary>
internal sealed class DemandSampler
{
    private readonly DemandClassOptions _kind;
    private readonly SpecPool _pool;
    private readonly Draw _cpu;
    private readonly Draw _memory;
    private readonly Draw _gpu;
    private readonly Dictionary<(long CpuMilli, long MemoryBytes, long GpuMilli), PodSpec> _specs = [];

    public DemandSampler(DemandClassOptions kind, ulong seed, SpecPool pool)
    {
        _kind = kind;
        _pool = pool;
        _cpu = Draw.Stream(seed, "workloads/cpu");
        _memory = Draw.Stream(seed, "workloads/memory");
        _gpu = Draw.Stream(seed, "workloads/gpu-milli");
    }

    /// <summary>The spec of a job's pods.</summary>
    public PodSpec Spec(ulong job)
    {
        long gpuMilli = _kind.Template.GpuCount == 0 ? 0 : Math.Clamp(At(_kind.GpuMilli, _gpu, job), 1, PodSpec.WholeGpuMilli);
        var demand = (CpuMilli: At(_kind.CpuMilli, _cpu, job), MemoryBytes: At(_kind.MemoryBytes, _memory, job), gpuMilli);
        if (_specs.TryGetValue(demand, out PodSpec? known)) return known;
        PodSpec spec = _pool.Shared(_kind.Template with { CpuMilli = demand.CpuMilli, MemoryBytes = demand.MemoryBytes, GpuMilliPerDevice = (int)gpuMilli });
        _specs.Add(demand, spec);
        return spec;
    }

    private static long At(Demand demand, in Draw draw, ulong job) => demand.Drawn is null ? demand.Amount : demand.At(draw.Uniform(job, 0));
}
