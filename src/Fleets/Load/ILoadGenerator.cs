using SchedBench.Core.Networking;

namespace SchedBench.Fleets.Load;

/// <summary>A request that is over, or was only sent: what a generator reports of it.</summary>
/// <param name="Stream">Place of its stream.</param>
/// <param name="Number">Its number in the stream.</param>
/// <param name="IntendedAt">When it was to be sent: what its latency is counted from, so that a generator that is late makes no request look fast.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Latency">From <see cref="IntendedAt"/> to the end.</param>
/// <param name="Version">Version of the pod that it was sent to last; empty when to none.</param>
/// <param name="Lateness">From <see cref="IntendedAt"/> until it really was sent.</param>
public readonly record struct RequestReport(int Stream, long Number, TimeSpan IntendedAt, RequestOutcome Outcome, TimeSpan Latency, string Version, TimeSpan Lateness);

/// <summary>Sends the requests of streams to real endpoints, open loop: when one is sent depends upon the stream alone, never on how others fare.</summary>
/// <remarks>The contract behind which generators stand side by side. One sends at the instants of a plan (<see cref="ArrivalPlan"/>), chooses endpoints from a table that others change, and reports in batches.</remarks>
public interface ILoadGenerator : IAsyncDisposable
{
    /// <summary>Begins to send.</summary>
    /// <param name="now">The instant of the run that real time has reached.</param>
    /// <param name="table">Endpoints of each stream as they are now.</param>
    /// <param name="reports">Told what was sent and what has ended, from any thread, one call at a time.</param>
    void Begin(Func<TimeSpan> now, EndpointTable table, Action<IReadOnlyList<RequestReport>, int[]> reports);
}
