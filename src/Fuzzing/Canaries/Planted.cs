using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.Fuzzing.Canaries;

/// <summary>Does what no part of the product would.</summary>
internal sealed record Planted(TimeSpan At, Action<OrchestratedRun> Act) : RunStep(At)
{
    public override void Execute(OrchestratedRun run) => Act(run);
}

/// <summary>Books the resources of stopped pods once more in node truth.</summary>
internal sealed class Leaking(OrchestratedRun run) : IFactObserver
{
    public void Observe(in Fact fact)
    {
        if (fact.Kind != FactKind.PodStopped || run.Store.View.Find(fact.Uid) is not Pod pod) return;
        ClusterState truth = run.Agents!.Truth;
        truth.Add(in truth.Shapes[truth.Shapes.Intern(pod.Spec)], fact.Node.Value, pod.Devices);
    }
}

/// <summary>Says of every third pod once more that its agent has taken it in.</summary>
internal sealed class AdmittingTwice(FactStream facts) : IFactObserver
{
    private long _last = -1;

    public void Observe(in Fact fact)
    {
        if (fact.Kind != FactKind.PodAdmitted || fact.Uid % 3 != 0 || fact.Uid == _last) return;
        _last = fact.Uid;
        facts.Record(in fact);
    }
}

/// <summary>Prefers nodes by a number of its own that the process counts up: within a run it is pure, between two runs it is not.</summary>
[Strategy("planted-draw-by-order", "Prefers nodes by the number of runs before")]
internal sealed class DrawByOrder : ScoringStrategy
{
    private static int _runs;

    private readonly int _run = Interlocked.Increment(ref _runs);

    public override long Score(in PodShape pod, in NodeState node) => (node.Index.Value + _run) % 7;
}

/// <summary>Fails at some pods.</summary>
[Strategy("planted-throwing", "Throws at pods of half a CPU")]
internal sealed class Throwing : ScoringStrategy
{
    public override long Score(in PodShape pod, in NodeState node) => pod.CpuMilli == 500 ? throw new InvalidOperationException("half a CPU") : 0;
}
