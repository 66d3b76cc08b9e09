namespace SchedBench.Core.Networking;

/// <summary>Whoever sends the requests of a run: simulated clients, or real ones.</summary>
public interface ILoad
{
    /// <summary>What became of the requests, by stream.</summary>
    IReadOnlyList<RequestLedger> Ledgers { get; }
}
