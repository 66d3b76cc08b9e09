using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Fuzzing.Play;

namespace SchedBench.Fuzzing.Tests;

/// <summary>Bugs that tests plant: each of them does what some wrong program would do.</summary>
internal static class Planted
{
    private static readonly TimeSpan At = TimeSpan.FromSeconds(90);

    /// <summary>All, by name, with the kind of failure that has to be found.</summary>
    public static IReadOnlyDictionary<string, (string Kind, FuzzSeams Seams)> Bugs { get; } = new Dictionary<string, (string, FuzzSeams)>(StringComparer.Ordinal)
    {
        ["a fault is never taken back"] = ("invariant 36", AtFaultsOnNodes((run, node) => run.World.Begin(1_000_000 + (int)run.Loop.Now.TotalMilliseconds, new MachineEffect(NodeTrouble.HeartbeatsLost), new FaultVictims([node], [])))),
        ["a fault touches a node that it does not aim at"] = ("invariant 37", Steps(run => run.Health!.Set(0, NodeTrouble.HeartbeatsLost))),
        ["a cordon is never taken back"] = ("invariant 36", Steps(run => run.Drains.Cordon(run.Fleet.Nodes[0].Name, isCordoned: true))),
        ["a pod is evicted for a taint that is not there"] = ("invariant 34", Steps(EndsWithoutCause)),
        ["a set makes more pods than its size"] = ("invariant 24", Steps(MakesOneMore)),
        ["a budget is overspent"] = ("invariant 32", Steps(Overspends)),
        ["a play differs from the one before"] = ("invariant 43", new FuzzSeams { Steps = play => play.Number > 0 ? [new Does(At, DeletesOne)] : [] }),
        ["facts before the first fault depend on the faults"] = ("invariant 44", new FuzzSeams { Steps = play => play.HasFaults ? [new Does(TimeSpan.FromSeconds(45), DeletesOne)] : [] }),
        ["a score throws"] = (nameof(InvalidOperationException), new FuzzSeams { Strategy = _ => new Throws() }),
    };

    private static FuzzSeams Steps(Action<OrchestratedRun> what) => new() { Steps = _ => [new Does(At, what)] };

    /// <summary>Something that happens when a fault on nodes begins, to the first of them.</summary>
    private static FuzzSeams AtFaultsOnNodes(Action<OrchestratedRun, NodeIndex> what) => new()
    {
        Steps = play => play.HasFaults ? play.Plan.Faults.Where(fault => fault.Nodes.Count > 0).Take(1).Select(fault => new Does(fault.At, run => what(run, run.Fleet.Find(fault.Nodes[0])))) : [],
    };

    private static void DeletesOne(OrchestratedRun run)
    {
        if (Pods(run).FirstOrDefault() is { } pod) _ = run.Store.Delete(pod.Key);
    }

    private static IEnumerable<Pod> Pods(OrchestratedRun run) => run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Where(pod => pod.IsActive && pod.Node.IsNode && !pod.Metadata.IsDeleting).OrderBy(pod => pod.Uid);

    private static void EndsWithoutCause(OrchestratedRun run)
    {
        if (Pods(run).FirstOrDefault() is { } pod) _ = run.Store.Update(pod with { Status = pod.Status with { Phase = PodLifePhase.Failed, Reason = "Evicted", IsReady = false } });
    }

    private static void MakesOneMore(OrchestratedRun run)
    {
        if (Pods(run).FirstOrDefault(pod => pod.Metadata.Controller?.Kind == ResourceKind.ReplicaSet) is { } pod)
            _ = run.Store.Create(pod with { Metadata = pod.Metadata with { Name = pod.Name + "-more" }, Node = NodeIndex.None, Status = PodStatus.New }, out _);
    }

    private static void Overspends(OrchestratedRun run)
    {
        if (run.Store.View.All(ResourceKind.PodDisruptionBudget).Cast<PodDisruptionBudget>().FirstOrDefault() is { } budget)
            _ = run.Store.Update(budget with { Status = budget.Status with { DisruptionsAllowed = budget.Status.DisruptionsAllowed + 3 } });
    }

    private sealed record Does(TimeSpan At, Action<OrchestratedRun> What) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => What(run);
    }

    private sealed class Throws : ScoringStrategy
    {
        public override long Score(in PodShape pod, in NodeState node) => node.PodCount > 1 ? throw new InvalidOperationException("planted") : 0;
    }
}
