using System.Runtime.CompilerServices;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;

namespace SchedBench.Chaos.Injection;

/// <summary>What the guards of a plan have seen, run by run, and the guarded faults that hold.</summary>
internal sealed class GuardBook
{
    private readonly ConditionalWeakTable<OrchestratedRun, Page> _pages = [];

    /// <summary>Whether one of some guards has called its faults off.</summary>
    public bool IsCalledOff(OrchestratedRun run, ValueList<ServiceGuard> guards) => guards.Count > 0 && guards.Any(PageOf(run).CalledOff.Contains);

    /// <summary>A guarded fault holds from now on.</summary>
    public void Begins(OrchestratedRun run, PlannedFault fault)
    {
        if (fault.Guards.Count > 0) PageOf(run).Active.Add(fault.Number, fault);
    }

    /// <summary>A fault is over.</summary>
    /// <returns>False for one that was called off: it is over already.</returns>
    public bool Ends(OrchestratedRun run, PlannedFault fault) => fault.Guards.Count == 0 || PageOf(run).Active.Remove(fault.Number);

    /// <summary>The outcome of a look is known.</summary>
    /// <returns>Faults that it ends.</returns>
    public IReadOnlyList<PlannedFault> Looked(OrchestratedRun run, ServiceGuard guard, bool failed)
    {
        Page page = PageOf(run);
        int failures = page.Failures[guard] = failed ? page.Failures.GetValueOrDefault(guard) + 1 : 0;
        if (failures < guard.Failures || !page.CalledOff.Add(guard)) return [];
        return [.. page.Active.Values.Where(fault => fault.Guards.Contains(guard)).OrderBy(fault => fault.Number)];
    }

    private Page PageOf(OrchestratedRun run) => _pages.GetValue(run, _ => new Page());

    private sealed class Page
    {
        public HashSet<ServiceGuard> CalledOff { get; } = [];

        public Dictionary<ServiceGuard, int> Failures { get; } = [];

        public Dictionary<int, PlannedFault> Active { get; } = [];
    }
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
    public override void Execute(OrchestratedRun run)
    {
        TimeSpan to = At - Guard.Timeout, from = to > Guard.Every ? to - Guard.Every : TimeSpan.Zero;
        var sums = default(RequestSums);
        bool isThere = false;
        foreach (RequestLedger ledger in run.Traffic?.Ledgers ?? [])
        {
            if (ledger.Stream.Service != Guard.Service || ledger.Stream.Namespace != Guard.Namespace) continue;
            isThere = true;
            sums = sums.Plus(ledger.Sum(from, to));
        }

        if (!isThere) throw new RunStepException($"guard {Guard.Name}: no stream of requests goes to service {Guard.Namespace}/{Guard.Service}");
        if (sums.Requests == 0) return;
        bool failed = Draw.Stream(Seed, $"chaos/{Guard.Name}/looks").Uniform(0, Number) < (double)sums.Failed / sums.Requests;
        foreach (PlannedFault fault in Book.Looked(run, Guard, failed)) new FaultEnds(At, fault, Book).Execute(run);
    }
}
