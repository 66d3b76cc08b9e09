using SchedBench.Core.Controllers;

namespace SchedBench.Core.Networking;

/// <summary>What releases are judged by: the ledgers of the run's streams. Instants are rounded down to the ledgers' steps.</summary>
public sealed class TrafficSignals(RequestTraffic traffic) : IReleaseSignals
{
    /// <inheritdoc/>
    public ReleaseSignal Read(string service, string version, TimeSpan from, TimeSpan to)
    {
        var sums = default(RequestSums);
        foreach (RequestLedger ledger in traffic.Ledgers)
        {
            if ($"{ledger.Stream.Namespace}/{ledger.Stream.Service}" == service) sums = sums.Plus(ledger.Sum(from, to, version));
        }

        double latency = sums.Answered == 0 ? 0 : (double)sums.LatencyTicks / sums.Answered / TimeSpan.TicksPerSecond;
        return new ReleaseSignal(sums.Requests, sums.Failed, latency);
    }
}
