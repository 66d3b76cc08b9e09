using SchedBench.Core.Objects;

namespace SchedBench.Core.Networking;

/// <summary>How requests of one stream come.</summary>
public enum ArrivalProcess : byte
{
    /// <summary>Independently of each other (exponential gaps).</summary>
    Poisson,

    /// <summary>Evenly spaced.</summary>
    Constant,
}

/// <summary>A stream of requests to a service: open loop, so that a slow service does not slow its clients down.</summary>
public sealed record TrafficSpec
{
    /// <summary>Name of the service.</summary>
    public required string Service { get; init; }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Host and path with which requests come through an Ingress; empty when clients use the service's own name.</summary>
    public string Host { get; init; } = "";

    /// <summary>See <see cref="Host"/>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>How requests come.</summary>
    public ArrivalProcess Arrivals { get; init; }

    /// <summary>Rates by the instant from which they hold, ascending, the first at 0: requests a second.</summary>
    public ValueList<RateFrom> Rates { get; init; }

    /// <summary>Observers among which the clients are spread: each knows of a change of endpoints at an instant of its own.</summary>
    public int Observers { get; init; } = 10;

    /// <summary>Addresses that the clients come from, spread over the observers; 0 for as many as observers. A service with <c>sessionAffinity: ClientIP</c> keeps each at its pod.</summary>
    public int Clients { get; init; }

    /// <summary>A request that takes longer has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A request that takes longer is slow (REFERENCE §1.6 slow.req).</summary>
    public TimeSpan LatencyTarget { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a failed request is tried again at another endpoint.</summary>
    public int Retries { get; init; }

    /// <summary>Requests that a client sends over one connection before it opens a new one; 1 opens one for each.</summary>
    public int RequestsPerConnection { get; init; } = 1;

    /// <summary>Where the requests come from, for NetworkPolicies; null for clients outside of the cluster.</summary>
    public TrafficClient? From { get; init; }

    /// <summary>Rate above which a fluid approximation takes over, in requests a second; 0 never. Streams that keep connections (<see cref="RequestsPerConnection"/> above 1)
    /// are always sent request by request.</summary>
    public double FluidAbove { get; init; }
}

/// <summary>A rate and when it begins.</summary>
/// <param name="From">Instant.</param>
/// <param name="RequestsPerSecond">Rate, ≥ 0.</param>
public readonly record struct RateFrom(TimeSpan From, double RequestsPerSecond);
