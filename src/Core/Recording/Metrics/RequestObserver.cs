using SchedBench.Core.Networking;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>What users got: availability, failures by cause, latency, over all streams, from the end of the warm-up to the end of the run (REFERENCE §1.5 avail.request, §1.6
/// failed.req and slow.req before the paired run is taken off).</summary>
/// <param name="load">Who sends the requests.</param>
/// <param name="from">End of the warm-up.</param>
/// <param name="step">Step of the curves, a multiple of the ledgers' step.</param>
public sealed class RequestObserver(ILoad load, TimeSpan from, TimeSpan step)
{
    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        var sums = default(RequestSums);
        var latencies = new LatencyHistogram();
        IReadOnlyList<RequestLedger> ledgers = load.Ledgers;
        foreach (RequestLedger ledger in ledgers)
        {
            sums = sums.Plus(ledger.Sum(from, end));
            latencies.Add(ledger.Latencies);
        }

        sink.Add("requests_total", sums.Requests);
        sink.Add("requests_failed_total", sums.Failed);
        sink.AddRatio("request_availability_ratio", sums.Answered, sums.Requests);
        sink.AddRatio("request_failures_per_million", sums.Failed, sums.Requests, 1_000_000);
        sink.AddRatio("slow_requests_per_million", sums.Slow, sums.Requests, 1_000_000);
        sink.Add("requests_without_endpoint_total", sums.NoEndpoint);
        sink.Add("requests_refused_total", sums.Refused);
        sink.Add("requests_overloaded_total", sums.Overloaded);
        sink.Add("requests_timed_out_total", sums.TimedOut);
        sink.Add("requests_lost_total", sums.Lost);
        sink.Add("requests_answered_with_error_total", sums.Errors);
        sink.Add("requests_denied_total", sums.Denied);
        sink.AddRatio("request_latency_seconds_mean", sums.LatencyTicks, (Int128)sums.Answered * TimeSpan.TicksPerSecond);
        sink.Add("request_latency_seconds_p50", latencies.Quantile(500)?.TotalSeconds);
        sink.Add("request_latency_seconds_p99", latencies.Quantile(990)?.TotalSeconds);
        for (TimeSpan at = from; at < end; at += step)
        {
            var part = default(RequestSums);
            foreach (RequestLedger ledger in ledgers) part = part.Plus(ledger.Sum(at, at + step));
            if (part.Requests > 0) sink.AddPoint("failed_requests_percent", "time_seconds", at.TotalSeconds, 100.0 * part.Failed / part.Requests);
        }
    }
}
