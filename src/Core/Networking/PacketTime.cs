using SchedBench.Core.Randomness;

namespace SchedBench.Core.Networking;

/// <summary>How long packets take on a way that is slow or loses some of them: a lost one is sent again after a time-out that doubles (TCP, RFC 6298).</summary>
internal static class PacketTime
{
    /// <summary>Numbers of draws that one packet takes at most.</summary>
    public const ulong Draws = 32;

    private const int MostLosses = 12;

    /// <summary>First time-out of an open connection (Linux' <c>TCP_RTO_MIN</c>).</summary>
    public static readonly TimeSpan OpenTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>First time-out of a connection that is being opened.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Time until a packet arrives, those that are sent again among it.</summary>
    /// <param name="draws">Draws.</param>
    /// <param name="entity">Whose packet it is.</param>
    /// <param name="n">Number of the first draw; the packet takes <see cref="Draws"/> of them.</param>
    /// <param name="delay">Delay of every packet.</param>
    /// <param name="jitter">Most that it varies, either way.</param>
    /// <param name="loss">Share of packets that are lost.</param>
    /// <param name="timeout">First time-out.</param>
    public static TimeSpan Of(in Draw draws, ulong entity, ulong n, TimeSpan delay, TimeSpan jitter, double loss, TimeSpan timeout)
    {
        TimeSpan time = delay;
        if (jitter > TimeSpan.Zero) time += TimeSpan.FromTicks((long)(((2 * draws.Uniform(entity, n)) - 1) * jitter.Ticks));
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        for (int k = 1; loss > 0 && k <= MostLosses && draws.Uniform(entity, n + (ulong)k) < loss; k++)
        {
            time += timeout;
            timeout *= 2;
        }

        return time;
    }
}
