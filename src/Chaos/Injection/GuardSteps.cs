using SchedBench.Chaos.Plans;
using SchedBench.Core.Networking;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;

namespace SchedBench.Chaos.Injection;

/// <summary>A guard begins to look.</summary>
/// <param name="At">When.</param>
/// <param name="Guard">The guard.</param>
/// <param name="Book">What guards have seen.</param>
/// <param name="Seed">Seed of the run.</param>
internal sealed record GuardBegins(TimeSpan At, ServiceGuard Guard, GuardBook Book, ulong Seed) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        TimeSpan end = Book.EndOf(run, Guard);
        if (At < end) run.Do(new GuardLooks(At + Guard.Timeout, Guard, 0, Book, Seed));
        if (Guard.HasOutcome && end < run.Until) run.Do(new GuardTimesOut(end > At ? end : At, Guard, Book));
    }
}

/// <summary>A guard's time is over.</summary>
/// <param name="At">When.</param>
/// <param name="Guard">The guard.</param>
/// <param name="Book">What guards have seen.</param>
internal sealed record GuardTimesOut(TimeSpan At, ServiceGuard Guard, GuardBook Book) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => Book.TimesOut(run, Guard);
}

/// <summary>The outcome of a guard's look is known.</summary>
/// <param name="At">When: at the time-out of the look.</param>
/// <param name="Guard">The guard.</param>
/// <param name="Number">Which look.</param>
/// <param name="Book">What guards have seen.</param>
/// <param name="Seed">Seed of the run.</param>
internal sealed record GuardLooks(TimeSpan At, ServiceGuard Guard, ulong Number, GuardBook Book, ulong Seed) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (Book.IsOver(run, Guard)) return;
        Look(run);
        TimeSpan next = At + Guard.Every;
        if (!Book.IsOver(run, Guard) && next - Guard.Timeout < Book.EndOf(run, Guard)) run.Do(this with { At = next, Number = Number + 1 });
    }

    private void Look(OrchestratedRun run)
    {
        TimeSpan to = At - Guard.Timeout, from = to > Guard.Every ? to - Guard.Every : TimeSpan.Zero;
        var sums = default(RequestSums);
        bool isThere = false;
        foreach (RequestLedger ledger in run.Load?.Ledgers ?? [])
        {
            if (ledger.Stream.Service != Guard.Service || ledger.Stream.Namespace != Guard.Namespace) continue;
            isThere = true;
            sums = sums.Plus(ledger.Sum(from, to));
        }

        if (!isThere) throw new RunStepException($"guard {Guard.Name}: no stream of requests goes to service {Guard.Namespace}/{Guard.Service}");
        if (sums.Requests > 0) Book.Looked(run, Guard, Draw.Stream(Seed, $"chaos/{Guard.Name}/looks").Uniform(0, Number) < (double)sums.Failed / sums.Requests);
    }
}
