namespace SchedBench.Workloads.Readers;

/// <summary>In what unit an SWF file counts memory.</summary>
public enum SwfMemoryUnit
{
    /// <summary>Kilobytes of 1024 bytes: the standard.</summary>
    Kilobytes,

    /// <summary>Bytes, as the wagap files do.</summary>
    Bytes,
}

/// <summary>For what an SWF file states memory.</summary>
public enum SwfMemoryScope
{
    /// <summary>For each processor: the standard.</summary>
    Processor,

    /// <summary>For the whole job; every processor gets an equal part, rounded up to a byte.</summary>
    Job,
}

/// <summary>How a trace is to be read. The defaults fit the published files.</summary>
public sealed record TraceReadOptions
{
    /// <summary>Longest span of a trace, as recorded or as replayed, and longest service time: 200,000,000,000 s, some 6,000 years, so that the sum of an instant and
    /// a service time fits a <see cref="TimeSpan"/>.</summary>
    public static readonly TimeSpan LongestSpan = TimeSpan.FromTicks(2_000_000_000_000_000_000);

    /// <summary>The file as the user named it, for messages; default the path.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Refuses the file where reading would change, censor, ignore or drop anything; otherwise that is done and counted in the report.</summary>
    public bool Strict { get; init; }

    /// <summary>Takes the pods without their times, for replays that have no clock (saturation): all arrive at 0 and run on, in the order of the file,
    /// and no row is dropped or counted for what its times say.</summary>
    public bool IgnoreTimes { get; init; }

    /// <summary>Most pods a trace may have; more are refused. Bounds memory (a pod takes about 100 bytes). Default 20 million.</summary>
    public int MaxPods { get; init; } = 20_000_000;

    /// <summary>SWF: unit of memory.</summary>
    public SwfMemoryUnit SwfMemoryUnit { get; init; }

    /// <summary>SWF: scope of memory.</summary>
    public SwfMemoryScope SwfMemoryScope { get; init; }

    /// <summary>Philly: CPU for each GPU, which the trace does not record. Default 6 cores: an Azure NC6, a machine of that time with one GPU.</summary>
    public long PhillyCpuMilliPerGpu { get; init; } = 6_000;

    /// <summary>Philly: memory for each GPU, which the trace does not record. Default 56 GiB, as the same machine.</summary>
    public long PhillyMemoryBytesPerGpu { get; init; } = 56L << 30;

    /// <summary>Synthetic: seed in place of the one in the file.</summary>
    public ulong? SyntheticSeed { get; init; }
}
