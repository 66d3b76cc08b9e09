namespace SchedBench.Core.Controllers;

/// <summary>What the users of a version of a service met in a stretch of time.</summary>
/// <param name="Requests">Requests that ended.</param>
/// <param name="Failed">Failed ones among them.</param>
/// <param name="LatencySeconds">Mean latency of those that were answered, in seconds; 0 without any.</param>
public readonly record struct ReleaseSignal(long Requests, long Failed, double LatencySeconds);

/// <summary>What requests met, by service and version: the measurements that a release is judged by.</summary>
public interface IReleaseSignals
{
    /// <summary>Reads a stretch of time.</summary>
    /// <param name="service">Service, as <c>namespace/name</c>.</param>
    /// <param name="version">Value of the label that tells the versions' pods apart (<see cref="ReleasePlan.VersionLabel"/>).</param>
    /// <param name="from">Its first instant.</param>
    /// <param name="to">Its end, not after now.</param>
    ReleaseSignal Read(string service, string version, TimeSpan from, TimeSpan to);
}

/// <summary>What is judged: a stretch of time of a release.</summary>
/// <param name="Service">Service, as <c>namespace/name</c>.</param>
/// <param name="OldVersion">Version of the old side.</param>
/// <param name="NewVersion">Version of the new side.</param>
/// <param name="From">First instant.</param>
/// <param name="To">End.</param>
public readonly record struct ReleaseWindow(string Service, string OldVersion, string NewVersion, TimeSpan From, TimeSpan To);

/// <summary>Decides whether a release may go on. Asked at every interval of a pause, and at its end.</summary>
public interface IReleaseAnalysis
{
    /// <summary>Whether the new version is good enough.</summary>
    bool IsGood(IReleaseSignals signals, in ReleaseWindow window);
}

/// <summary>A version is good when few of its requests fail and they are fast.</summary>
public sealed record ThresholdAnalysis : IReleaseAnalysis
{
    /// <summary>Largest share of failed requests, 0 to 1.</summary>
    public double MostErrors { get; init; } = 0.01;

    /// <summary>Largest mean latency, in seconds; null for any.</summary>
    public double? MostLatencySeconds { get; init; }

    /// <summary>With fewer requests than this nothing is said against a version.</summary>
    public long LeastRequests { get; init; } = 10;

    /// <inheritdoc/>
    public bool IsGood(IReleaseSignals signals, in ReleaseWindow window)
    {
        ReleaseSignal signal = signals.Read(window.Service, window.NewVersion, window.From, window.To);
        if (signal.Requests < LeastRequests) return true;
        return signal.Failed <= MostErrors * signal.Requests && !(signal.LatencySeconds > MostLatencySeconds);
    }
}
