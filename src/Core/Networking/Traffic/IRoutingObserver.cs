namespace SchedBench.Core.Networking;

/// <summary>Told where requests go.</summary>
internal interface IRoutingObserver
{
    /// <summary>A client that opens a connection chose a pod of a service as it knows it.</summary>
    void OnRouted(TimeSpan at, string ns, string service, long podUid);
}
