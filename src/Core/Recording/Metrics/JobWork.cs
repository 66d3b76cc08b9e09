using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Resource-time of pods of Jobs: what they held, what of it was useful, what they ran, what of it was lost (REFERENCE §1.2 goodput, wasted work).</summary>
internal sealed class JobWork
{
    private const int Resources = 3;
    private static readonly string[] Names = ["cpu", "memory", "gpu"];
    private readonly Int128[] _held = new Int128[Resources];
    private readonly Int128[] _useful = new Int128[Resources];
    private readonly Int128[] _run = new Int128[Resources];
    private readonly Int128[] _killed = new Int128[Resources];

    /// <summary>A pod is over that held its requests that long.</summary>
    public void AddHeld(PodSpec spec, TimeSpan time, TimeSpan useful)
    {
        Add(_held, spec, time);
        Add(_useful, spec, useful);
    }

    /// <summary>A pod ran that long until now.</summary>
    public void AddRun(PodSpec spec, TimeSpan time, TimeSpan lost)
    {
        Add(_run, spec, time);
        Add(_killed, spec, lost);
    }

    /// <summary>Reports the resources that were asked for.</summary>
    public void Report(MetricSink sink)
    {
        for (int r = 0; r < Resources; r++)
        {
            if (_held[r] > 0) sink.AddRatio($"goodput_{Names[r]}_ratio", _useful[r], _held[r]);
            if (_run[r] > 0) sink.AddRatio($"wasted_work_{Names[r]}_ratio", _killed[r], _run[r]);
        }
    }

    private static void Add(Int128[] sums, PodSpec spec, TimeSpan time)
    {
        sums[0] += (Int128)spec.CpuMilli * time.Ticks;
        sums[1] += (Int128)spec.MemoryBytes * time.Ticks;
        sums[2] += (Int128)spec.GpuMilliTotal * time.Ticks;
    }
}
