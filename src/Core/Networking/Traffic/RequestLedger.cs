namespace SchedBench.Core.Networking;

/// <summary>What became of the requests of one stream: counters by version and outcome for each step of time, latencies by the log of their length.</summary>
public sealed class RequestLedger
{
    private readonly long _stepTicks;
    private readonly List<Step> _steps = [];

    /// <summary>An empty ledger.</summary>
    /// <param name="stream">The stream it is about.</param>
    /// <param name="step">Time over which requests are summed.</param>
    public RequestLedger(TrafficSpec stream, TimeSpan step)
    {
        Stream = stream;
        StepLength = step;
        _stepTicks = step.Ticks;
    }

    private sealed class Step
    {
        public readonly List<VersionCounts> Versions = [];
    }

    private sealed class VersionCounts
    {
        public required string Version { get; init; }

        public long[] ByOutcome { get; } = new long[Enum.GetValues<RequestOutcome>().Length];

        public long Slow { get; set; }

        public long LatencyTicks { get; set; }
    }

    /// <summary>The stream.</summary>
    public TrafficSpec Stream { get; }

    /// <summary>Time over which requests are summed.</summary>
    public TimeSpan StepLength { get; }

    /// <summary>Requests that were sent, tries that followed a failure aside.</summary>
    public long Sent { get; private set; }

    /// <summary>Requests that ended, in either way.</summary>
    public long Ended { get; private set; }

    /// <summary>Requests on their way.</summary>
    public long InFlight => Sent - Ended;

    /// <summary>Steps begun so far.</summary>
    public int StepCount => _steps.Count;

    /// <summary>Latencies of the answered requests that were sent after the warm-up.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>A request was sent.</summary>
    public void OnSent() => Sent++;

    /// <summary>A request ended.</summary>
    /// <param name="sentAt">When it was sent: the step it counts in.</param>
    /// <param name="version">Version that it met, or empty.</param>
    /// <param name="outcome">How.</param>
    /// <param name="latency">Time from sending to the answer; meaningful for answered ones.</param>
    /// <param name="isMeasured">Whether its latency is kept: not during the warm-up.</param>
    public void OnEnded(TimeSpan sentAt, string version, RequestOutcome outcome, TimeSpan latency, bool isMeasured)
    {
        Ended++;
        VersionCounts counts = At(sentAt, version);
        counts.ByOutcome[(int)outcome]++;
        if (outcome != RequestOutcome.Answered) return;
        counts.LatencyTicks += latency.Ticks;
        if (latency > Stream.LatencyTarget) counts.Slow++;
        if (isMeasured) Latencies.Add(latency);
    }

    /// <summary>So many requests were sent.</summary>
    internal void OnSent(long count) => Sent += count;

    /// <summary>So many requests ended alike; their latencies are added to <see cref="Latencies"/> by the caller.</summary>
    /// <param name="sentAt">Instant in the step they count in.</param>
    /// <param name="version">Version that they met, or empty.</param>
    /// <param name="outcome">How.</param>
    /// <param name="count">How many.</param>
    /// <param name="slow">How many of them are beyond the latency target.</param>
    /// <param name="latencyTicks">Sum of their latencies.</param>
    internal void OnEnded(TimeSpan sentAt, string version, RequestOutcome outcome, long count, long slow, long latencyTicks)
    {
        Ended += count;
        VersionCounts counts = At(sentAt, version);
        counts.ByOutcome[(int)outcome] += count;
        counts.Slow += slow;
        counts.LatencyTicks += latencyTicks;
    }

    /// <summary>Sums over the requests that were sent in [from, to), instants rounded down to steps.</summary>
    /// <param name="from">Begin.</param>
    /// <param name="to">End.</param>
    /// <param name="version">Only those that met this version; null for all.</param>
    public RequestSums Sum(TimeSpan from, TimeSpan to, string? version = null)
    {
        var sums = default(RequestSums);
        int last = (int)Math.Min(_steps.Count, to.Ticks / _stepTicks);
        for (int at = (int)(from.Ticks / _stepTicks); at < last; at++)
        {
            foreach (VersionCounts counts in _steps[at].Versions)
            {
                if (version is not null && counts.Version != version) continue;
                sums = sums.Plus(counts.ByOutcome, counts.Slow, counts.LatencyTicks);
            }
        }

        return sums;
    }

    private VersionCounts At(TimeSpan sentAt, string version)
    {
        int at = (int)(sentAt.Ticks / _stepTicks);
        while (_steps.Count <= at) _steps.Add(new Step());
        return Of(_steps[at], version);
    }

    private static VersionCounts Of(Step step, string version)
    {
        foreach (VersionCounts counts in step.Versions)
        {
            if (counts.Version == version) return counts;
        }

        var made = new VersionCounts { Version = version };
        step.Versions.Add(made);
        return made;
    }
}

/// <summary>Sums over requests.</summary>
/// <param name="Requests">All that ended.</param>
/// <param name="Failed">Those that were not answered in time and well.</param>
/// <param name="Slow">Answered ones beyond the latency target.</param>
/// <param name="LatencyTicks">Sum of the latencies of the answered ones.</param>
/// <param name="NoEndpoint">Failed because no endpoint was known.</param>
/// <param name="Refused">Failed because nobody listened.</param>
/// <param name="Overloaded">Failed because a queue was full.</param>
/// <param name="TimedOut">Failed because it took too long.</param>
/// <param name="Lost">Failed because the process ended.</param>
/// <param name="Errors">Failed by the application's own error.</param>
/// <param name="Denied">Failed because a NetworkPolicy keeps the client from the pod.</param>
public readonly record struct RequestSums(
    long Requests, long Failed, long Slow, long LatencyTicks, long NoEndpoint, long Refused, long Overloaded, long TimedOut, long Lost, long Errors,
    long Denied = 0)
{
    /// <summary>Answered requests.</summary>
    public long Answered => Requests - Failed;

    /// <summary>Both together.</summary>
    public RequestSums Plus(in RequestSums other) => new(
        Requests + other.Requests, Failed + other.Failed, Slow + other.Slow, LatencyTicks + other.LatencyTicks, NoEndpoint + other.NoEndpoint, Refused + other.Refused,
        Overloaded + other.Overloaded, TimedOut + other.TimedOut, Lost + other.Lost, Errors + other.Errors, Denied + other.Denied);

    internal RequestSums Plus(long[] byOutcome, long slow, long latencyTicks)
    {
        long all = 0;
        foreach (long count in byOutcome) all += count;
        return Plus(new RequestSums(
            all, all - byOutcome[(int)RequestOutcome.Answered], slow, latencyTicks, byOutcome[(int)RequestOutcome.NoEndpoint], byOutcome[(int)RequestOutcome.Refused],
            byOutcome[(int)RequestOutcome.Overloaded], byOutcome[(int)RequestOutcome.TimedOut], byOutcome[(int)RequestOutcome.Lost], byOutcome[(int)RequestOutcome.Error],
            byOutcome[(int)RequestOutcome.Denied]));
    }
}

/// <summary>Counts latencies by their length: 128 buckets for every doubling, so a quantile is at most 0.8 % too long.</summary>
public sealed class LatencyHistogram
{
    /// <summary>Number of buckets.</summary>
    internal const int BucketCount = (64 - SubBits) << SubBits;

    private const int SubBits = 7;
    private readonly long[] _counts = new long[BucketCount];

    /// <summary>Latencies counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one, in ticks of 100 ns.</summary>
    public void Add(TimeSpan latency) => Add(latency, 1);

    /// <summary>Counts several equal ones.</summary>
    public void Add(TimeSpan latency, long count)
    {
        _counts[BucketOf(latency.Ticks)] += count;
        Count += count;
    }

    /// <summary>Adds the counts of another.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int bucket = 0; bucket < _counts.Length; bucket++) _counts[bucket] += other._counts[bucket];
        Count += other.Count;
    }

    /// <summary>Nearest-rank quantile: the upper end of the bucket that holds it; null when nothing was counted.</summary>
    /// <param name="permille">Quantile in thousandths, 1 to 1000.</param>
    public TimeSpan? Quantile(int permille)
    {
        if (Count == 0) return null;
        long rank = ((Count * permille) + 999) / 1000, seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank) return TimeSpan.FromTicks(UpperEndOf(bucket));
        }

        return null;
    }

    internal void Add(int bucket, long count)
    {
        _counts[bucket] += count;
        Count += count;
    }

    internal static int BucketOf(long ticks)
    {
        if (ticks < 1 << SubBits) return (int)Math.Max(ticks, 0);
        int exponent = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)ticks) - SubBits;
        return ((exponent + 1) << SubBits) + (int)((ticks >> exponent) & ((1 << SubBits) - 1));
    }

    private static long UpperEndOf(int bucket)
    {
        int exponent = (bucket >> SubBits) - 1;
        if (exponent < 0) return bucket;
        long mantissa = (bucket & ((1 << SubBits) - 1)) + (1 << SubBits);
        return ((mantissa + 1) << exponent) - 1;
    }
}
