using System.Net;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Fleets.Load;

namespace SchedBench.Fleets.Runtime;

/// <summary>Asks one container again and again whether it listens, is ready and lives, and tells what changed.</summary>
/// <remarks>It looks as often as the most frequent probe of the container, and every 20 ms until it has been ready once: what it finds is the truth that the agent's own probes, at their own instants, look at.</remarks>
internal static class Prober
{
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(1);

    /// <summary>Probes until it is cancelled.</summary>
    /// <param name="address">Where the container listens.</param>
    /// <param name="container">Its spec.</param>
    /// <param name="paced">Time between two looks; zero for that of its probes.</param>
    /// <param name="listens">Told once it accepts connections.</param>
    /// <param name="found">Told what readiness and liveness are, when either changes.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task ProbeAsync(IPEndPoint address, Container container, TimeSpan paced, Action listens, Action<ProbeAnswer, ProbeAnswer> found, CancellationToken cancellation)
    {
        Probe[] probes = [.. new[] { container.Readiness, container.Liveness, container.Startup }.OfType<Probe>()];
        TimeSpan period = paced > TimeSpan.Zero ? paced : probes.Length > 0 ? probes.Min(probe => probe.Period) : Usual, timeout = probes.Length > 0 ? probes.Min(probe => probe.Timeout) : Usual;
        try
        {
            while (!await HttpExchange.AcceptsAsync(address, Usual, cancellation).ConfigureAwait(false)) await Task.Delay(Eager, cancellation).ConfigureAwait(false);
            listens();
            (ProbeAnswer Readiness, ProbeAnswer Liveness) last = (ProbeAnswer.Fails, ProbeAnswer.Fails);
            bool wasReady = false;
            while (!cancellation.IsCancellationRequested)
            {
                ProbeAnswer readiness = await AskAsync(address, container.Readiness ?? container.Startup, "/readyz", timeout, cancellation).ConfigureAwait(false);
                ProbeAnswer liveness = container.Liveness is null ? ProbeAnswer.Passes : await AskAsync(address, container.Liveness, "/livez", timeout, cancellation).ConfigureAwait(false);
                if (cancellation.IsCancellationRequested) return;
                if ((readiness, liveness) != last) found(readiness, liveness);
                last = (readiness, liveness);
                wasReady |= readiness == ProbeAnswer.Passes;
                await Task.Delay(!wasReady && Eager < period ? Eager : period, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The container has ended, or the run.
        }
    }

    private static async Task<ProbeAnswer> AskAsync(IPEndPoint address, Probe? probe, string path, TimeSpan timeout, CancellationToken cancellation)
    {
        if (probe?.Action == "tcpSocket") return await HttpExchange.AcceptsAsync(address, timeout, cancellation).ConfigureAwait(false) ? ProbeAnswer.Passes : ProbeAnswer.Fails;
        ExchangeResult result = await HttpExchange.GetAsync(address, path, "", timeout, cancellation).ConfigureAwait(false);
        if (result.Ending == ExchangeEnding.TimedOut) return ProbeAnswer.Hangs;
        return result is { Ending: ExchangeEnding.Answered, Status: >= 200 and < 400 } ? ProbeAnswer.Passes : ProbeAnswer.Fails;
    }
}
