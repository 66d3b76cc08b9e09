using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Judges the writes of a run from outside: keeps its own books of the store's changes and ends the run when an invariant is broken.</summary>
/// <remarks>Judges are told of every write of the API truth, before the next is made. They never look at what controllers hold in memory.</remarks>
public abstract class ObjectJudge : IStoreListener
{
    private protected ObjectJudge(OrchestratedRun run) => Run = run;

    /// <summary>Judgements made so far: a judge that never judged proves nothing.</summary>
    public long Judged { get; private protected set; }

    private protected OrchestratedRun Run { get; }

    private protected ObjectView View => Run.Store.View;

    private protected TimeSpan Now => Run.Loop.Now;

    /// <summary>Whether the write is part of a return to an older snapshot, which opens another epoch: it is noted, and laws of what follows what do not bind it.</summary>
    private protected bool IsCrossing => Run.Store.IsRestoring;

    /// <summary>Lets all judges that apply watch a run; call it before the run starts, once.</summary>
    /// <remarks>What binds controllers at once is judged only where they see the store at once: <see cref="OrchestratedRun.ControllersSeeAtOnce"/>. Nodes are judged where there are
    /// agents (<see cref="NodeInvariants"/>); they look after their own rest.</remarks>
    /// <param name="run">The run.</param>
    /// <returns>The judges; call <see cref="JudgeRest"/> of each when the run has come to rest.</returns>
    public static IReadOnlyList<ObjectJudge> AttachAll(OrchestratedRun run)
    {
        if (run.Swarm is not null) return AttachSwarm(run);
        List<ObjectJudge> judges = [new MetadataJudge(run), new QuotaJudge(run), new GarbageJudge(run), new StatefulJudge(run), new DaemonJudge(run), new JobJudge(run), new CronJudge(run), new AutoscalerJudge(run)];
        foreach (ObjectJudge judge in judges) run.Store.Subscribe(judge);
        judges.Add(PlacementJudge.Attach(run));
        if (run.ControllersSeeAtOnce)
        {
            judges.Add(RolloutJudge.Attach(run));
            judges.Add(DisruptionJudge.Attach(run));
        }

        judges.Add(TrafficJudge.Attach(run, run.EndpointPropagation));
        if (run.Agents is not null) NodeInvariants.Attach(run);
        return judges;
    }

    /// <summary>What holds of objects of any kind, of placements and of nodes, and Docker Swarm's own laws; those of Kubernetes' controllers have nobody to bind.</summary>
    private static List<ObjectJudge> AttachSwarm(OrchestratedRun run)
    {
        List<ObjectJudge> judges = [new MetadataJudge(run), new GarbageJudge(run), new SwarmJudge(run)];
        foreach (ObjectJudge judge in judges) run.Store.Subscribe(judge);
        judges.Add(PlacementJudge.Attach(run));
        if (run.Agents is not null) NodeInvariants.Attach(run);
        return judges;
    }

    /// <inheritdoc/>
    public virtual void OnChange(in StoreChange change)
    {
        Judged++;
        Judge(in change);
    }

    /// <summary>Judges what must hold when nothing is under way any more.</summary>
    public virtual void JudgeRest()
    {
        // Most laws hold at every write.
    }

    /// <summary>Judges one write.</summary>
    private protected virtual void Judge(in StoreChange change)
    {
        // A judge that counts only some writes as judgements looks at them itself.
    }

    /// <summary>Ends the run.</summary>
    [DoesNotReturn]
    private protected void Fail(Invariant invariant, KubeObject subject, string expected, string actual) => Fail(invariant, subject.Key.ToString(), expected, actual);

    /// <summary>Ends the run.</summary>
    [DoesNotReturn]
    private protected void Fail(Invariant invariant, string subject, string expected, string actual) =>
        throw new InvariantViolationException(invariant, Now, Run.Loop.EventsHandled, Run.Seed, subject, expected, actual);
}
