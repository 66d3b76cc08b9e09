using System.Runtime.CompilerServices;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Chaos.Injection;

/// <summary>What the guards of a plan have seen, run by run, the guarded faults that hold, and what waits for guards to be over.</summary>
/// <param name="guards">All guards.</param>
/// <param name="waiting">Faults that begin when guards are over, as steps from a known instant on.</param>
/// <param name="seed">Seed of the run.</param>
internal sealed class GuardBook(IReadOnlyList<ServiceGuard> guards, IReadOnlyList<FaultBegins> waiting, ulong seed)
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

    /// <summary>Whether a guard is over.</summary>
    public bool IsOver(OrchestratedRun run, ServiceGuard guard) => PageOf(run).Over.Contains(guard);

    /// <summary>When a moment is, or null as long as guards that it depends upon go on.</summary>
    public TimeSpan? Resolve(OrchestratedRun run, Moment moment) => moment.Resolve(name => PageOf(run).Ends.TryGetValue(name, out TimeSpan end) ? end : null);

    /// <summary>When a guard is over at the latest.</summary>
    public TimeSpan EndOf(OrchestratedRun run, ServiceGuard guard) => guard.By is { } by && Resolve(run, by) is { } end && end < guard.Until ? end : guard.Until;

    /// <summary>The outcome of a look is known.</summary>
    public void Looked(OrchestratedRun run, ServiceGuard guard, bool failed)
    {
        Page page = PageOf(run);
        int failures = page.Failures[guard] = failed ? page.Failures.GetValueOrDefault(guard) + 1 : 0;
        int successes = page.Successes[guard] = failed ? 0 : page.Successes.GetValueOrDefault(guard) + 1;
        if (successes >= guard.Successes) page.Succeeded.Add(guard);
        if (failures >= guard.Failures) Over(run, guard, hasFailed: true);
        else if (guard.IsOverOnSuccess && successes >= guard.Successes) Over(run, guard, hasFailed: false);
    }

    /// <summary>A guard's time is over: without as many successes in a row as it needs it has failed.</summary>
    public void TimesOut(OrchestratedRun run, ServiceGuard guard) => Over(run, guard, hasFailed: guard.Successes > 0 && !PageOf(run).Succeeded.Contains(guard));

    /// <summary>Ends a guard: calls off, or lets what waited for it begin.</summary>
    private void Over(OrchestratedRun run, ServiceGuard guard, bool hasFailed)
    {
        Page page = PageOf(run);
        TimeSpan now = run.Loop.Now;
        if (!page.Over.Add(guard)) return;
        page.Ends.TryAdd(guard.Name, now);
        if (hasFailed && guard.CallsOff)
        {
            page.CalledOff.Add(guard);
            foreach (PlannedFault fault in page.Active.Values.Where(fault => fault.Guards.Contains(guard)).OrderBy(fault => fault.Number).ToArray()) new FaultEnds(now, fault, this).Execute(run);
        }

        foreach (ServiceGuard other in guards)
        {
            if (other.After is { } after && Waited(after) is { } at && page.Begun.Add(other)) run.Do(new GuardBegins(at, other, this, seed));
        }

        foreach (FaultBegins fault in waiting)
        {
            if (Waited(fault.Fault.After!) is { } at && page.BegunFaults.Add(fault.Fault.Number)) run.Do(fault with { At = at });
        }

        TimeSpan? Waited(Moment moment) => moment.Guards.Contains(guard.Name, StringComparer.Ordinal) && Resolve(run, moment) is { } at ? at > now ? at : now : null;
    }

    private Page PageOf(OrchestratedRun run) => _pages.GetValue(run, _ => new Page());

    private sealed class Page
    {
        public HashSet<ServiceGuard> CalledOff { get; } = [];

        public Dictionary<ServiceGuard, int> Failures { get; } = [];

        public Dictionary<ServiceGuard, int> Successes { get; } = [];

        public HashSet<ServiceGuard> Succeeded { get; } = [];

        public HashSet<ServiceGuard> Over { get; } = [];

        public Dictionary<string, TimeSpan> Ends { get; } = new(StringComparer.Ordinal);

        public HashSet<ServiceGuard> Begun { get; } = [];

        public HashSet<int> BegunFaults { get; } = [];

        public Dictionary<int, PlannedFault> Active { get; } = [];
    }
}
