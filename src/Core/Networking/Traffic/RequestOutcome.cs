namespace SchedBench.Core.Networking;

/// <summary>How a request ended.</summary>
public enum RequestOutcome : byte
{
    /// <summary>Answered in time.</summary>
    Answered,

    /// <summary>The client knew of no ready endpoint.</summary>
    NoEndpoint,

    /// <summary>Nobody listened there: the process had not started, refused new requests while stopping, or was gone.</summary>
    Refused,

    /// <summary>The pod's queue was full.</summary>
    Overloaded,

    /// <summary>No answer within the client's time-out.</summary>
    TimedOut,

    /// <summary>The process ended while it worked on the request, or while the request waited in it.</summary>
    Lost,

    /// <summary>The application answered with an error.</summary>
    Error,

    /// <summary>A NetworkPolicy keeps the client from the pod.</summary>
    Denied,
}
