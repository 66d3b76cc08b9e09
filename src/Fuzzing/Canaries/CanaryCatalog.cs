using SchedBench.Chaos.Plans;
using SchedBench.Core.Controllers;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Canaries;

/// <summary>All planted bugs, by name.</summary>
public static class CanaryCatalog
{
    /// <summary>Time between two tries of a bug that needs a pod to be there.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private static readonly FaultPlan NoFaults = new([], 0);

    /// <summary>All, in the order in which they are listed.</summary>
    public static IReadOnlyList<Canary> All { get; } =
    [
        new("overcommit", "the scheduler believes that nodes are ten times as large, so its host lets pods through that do not fit", "invariant 4", Steps(Overcommit)),
        new("leak", "an agent keeps the resources of pods that have stopped", "invariant 1", Steps(Leak)),
        new("double-admission", "an agent takes every third pod in twice", "invariant 5", Steps(DoubleAdmission)),
        new("budget-overspent", "ready pods are evicted without a look at their budget", "invariant 32", Steps(BudgetOverspent)),
        new("fault-stays", "a fault begins twice and ends once", "invariant 36", Steps(FaultStays)),
        new("fault-beside-target", "a fault of machines hits one more than it aims at", "invariant 37", Steps(FaultBesideTarget)),
        new("controllers-lost", "controllers stop at the first fault and never come back", "invariant 38", Steps(ControllersLost)),
        new("time-goes-back", "a fact carries an instant that is over", "invariant 42", Steps(TimeGoesBack)),
        new("draw-by-order", "a strategy's preferences depend on how many runs came before", "invariant 43", new FuzzSeams { Strategy = _ => new DrawByOrder() }),
        new("early-fault", "where there are faults, a pod is lost before the first of them", "invariant 44", Steps(EarlyFault)),
        new("strategy-throws", "a strategy cannot cope with a pod of half a CPU", "InvalidOperationException", new FuzzSeams { Strategy = _ => new Throwing() }),
    ];

    /// <summary>The canary of that name, or null.</summary>
    public static Canary? Find(string name) => All.FirstOrDefault(canary => canary.Name == name);

    private static FuzzSeams Steps(Func<FuzzCase, FaultPlan, IEnumerable<RunStep>> steps) => new() { Steps = play => steps(play.Case, play.HasFaults ? play.Plan : NoFaults) };

    private static IEnumerable<RunStep> Overcommit(FuzzCase item, FaultPlan plan)
    {
        yield return new Planted(TimeSpan.Zero, run =>
        {
            for (int n = 0; n < run.Fleet.Count; n++)
            {
                NodeSpec size = run.Fleet.Nodes[n];
                run.ViewState.SetSize(n, size with { CpuMilli = size.CpuMilli * 10, MemoryBytes = size.MemoryBytes * 10, Pods = size.Pods * 10 });
            }
        });
    }

    private static IEnumerable<RunStep> Leak(FuzzCase item, FaultPlan plan)
    {
        yield return new Planted(TimeSpan.Zero, run => run.Facts.Subscribe(new Leaking(run)));
    }

    private static IEnumerable<RunStep> DoubleAdmission(FuzzCase item, FaultPlan plan)
    {
        yield return new Planted(TimeSpan.Zero, run => run.Facts.Subscribe(new AdmittingTwice(run.Facts)));
    }

    private static IEnumerable<RunStep> BudgetOverspent(FuzzCase item, FaultPlan plan) => Again(item, run =>
    {
        if (Pods(run).FirstOrDefault(pod => pod.Status.IsReady && !pod.Metadata.IsDeleting && IsGuarded(run, pod)) is not { } pod) return;
        _ = run.Store.Update(pod with { Status = pod.Status with { Disruption = EvictionApi.Reason } });
        _ = run.Store.Delete(pod.Key);
    });

    private static IEnumerable<RunStep> FaultStays(FuzzCase item, FaultPlan plan) => plan.Faults.Where(fault => fault.Nodes.Count > 0 && !fault.Effect.IsInstant).Take(1).Select(fault =>
        new Planted(fault.At, run => run.World.Begin(plan.Faults.Count + fault.Number, fault.Effect.Build(), new FaultVictims([.. fault.Nodes.Select(run.Fleet.Find)], []))));

    private static IEnumerable<RunStep> FaultBesideTarget(FuzzCase item, FaultPlan plan) => plan.Faults.Where(fault => fault.Nodes.Count > 0 && fault.Effect.Build() is MachineEffect).Select(fault =>
        new Planted(fault.At, run =>
        {
            for (int n = 0; n < run.Fleet.Count; n++)
            {
                if (fault.Nodes.Contains(run.Fleet.Nodes[n].Name, StringComparer.Ordinal) || run.Health![n] != NodeTrouble.None) continue;
                run.Health.Crash(n);
                return;
            }
        }));

    private static IEnumerable<RunStep> ControllersLost(FuzzCase item, FaultPlan plan) => plan.Faults.Take(1).Select(fault => new Planted(fault.At, run => run.Controllers.Stop()));

    private static IEnumerable<RunStep> TimeGoesBack(FuzzCase item, FaultPlan plan) => plan.Faults.Take(1).Select(fault =>
        new Planted(fault.At, run => run.Facts.Mark(new Fact(FactKind.FaultBegan, run.Loop.Now - TimeSpan.FromTicks(1), new(-1), fault.Number, Core.Cluster.NodeIndex.None, 0))));

    private static IEnumerable<RunStep> EarlyFault(FuzzCase item, FaultPlan plan) => plan.Faults.Take(1).Select(fault => new Planted(fault.At / 2, run =>
    {
        if (Pods(run).FirstOrDefault() is { } pod) _ = run.Store.Delete(pod.Key);
    }));

    private static IEnumerable<Planted> Again(FuzzCase item, Action<OrchestratedRun> act)
    {
        for (TimeSpan at = Period; at < TimeSpan.FromSeconds(item.HealAtSeconds); at += Period) yield return new Planted(at, act);
    }

    private static IEnumerable<Pod> Pods(OrchestratedRun run) => run.Store.View.All(ResourceKind.Pod).Cast<Pod>().OrderBy(pod => pod.Uid);

    private static bool IsGuarded(OrchestratedRun run, Pod pod) => run.Store.View.All(ResourceKind.PodDisruptionBudget).Cast<PodDisruptionBudget>()
        .Any(budget => budget.Selector?.Matches(pod.Metadata.Labels) == true && budget.Metadata.Namespace == pod.Metadata.Namespace);
}
