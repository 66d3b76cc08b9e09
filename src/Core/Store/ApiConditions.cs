using SchedBench.Core.Randomness;

namespace SchedBench.Core.Store;

/// <summary>How well the API server and its store work: what faults change, and clients meet.</summary>
/// <remarks>The store itself knows of the outage alone. That a write is late or refused is met by whoever makes it: the scheduler, a controller, an agent; people and their tools try again until they are answered.</remarks>
internal sealed class ApiConditions
{
    /// <summary>How long a client waits that was told to try again (<c>Retry-After</c> of 429, <c>apiserver/pkg/util/flowcontrol</c>).</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly ApiError NoAnswer = new(ApiErrorCode.ServiceUnavailable, "the API server does not answer");
    private static readonly ApiError TryAgain = new(ApiErrorCode.TooManyRequests, "the API server refuses calls: try again later");
    private readonly Draw _draws;
    private ulong _drawn;

    /// <summary>An API that works.</summary>
    /// <param name="seed">Seed of the run.</param>
    public ApiConditions(ulong seed) => _draws = Draw.Stream(seed, "control-plane/refusals");

    /// <summary>What every call is answered while nothing works; null while it does.</summary>
    public ApiError? Outage { get; private set; }

    /// <summary>How much longer a write takes.</summary>
    public TimeSpan WriteDelay { get; set; }

    /// <summary>Share of writes that are refused, 0 to 1.</summary>
    public double RefusedShare { get; set; }

    /// <summary>Sets whether anything is answered.</summary>
    public void SetOutage(bool isOut) => Outage = isOut ? NoAnswer : null;

    /// <summary>What the write of a client is refused with, or null. Every call is a draw of its own.</summary>
    public ApiError? Refusal() => RefusedShare > 0 && _draws.Uniform(0, _drawn++) < RefusedShare ? TryAgain : null;
}
