using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Judges a store by its stream of writes alone: keeps its own books and never asks the code it judges. A broken law throws.</summary>
public abstract class ObjectJudge : IStoreListener
{
    private readonly OrchestratedRun _run;

    private protected ObjectJudge(OrchestratedRun run) => _run = run;

    /// <summary>Writes judged so far.</summary>
    public long Judged { get; private set; }

    /// <summary>Instant of the run.</summary>
    private protected TimeSpan Now => _run.Loop.Now;

    /// <summary>Lets all judges of objects watch a run; call it before the run starts.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The judges; call <see cref="JudgeRest"/> of each when the run has come to rest.</returns>
    public static IReadOnlyList<ObjectJudge> AttachAll(OrchestratedRun run)
    {
        ObjectJudge[] judges = [new MetadataJudge(run), new QuotaJudge(run), new GarbageJudge(run), new StatefulJudge(run), new DaemonJudge(run), new JobJudge(run), new CronJudge(run), new AutoscalerJudge(run)];
        foreach (ObjectJudge judge in judges) run.Store.Subscribe(judge);
        return judges;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        Judged++;
        Judge(in change);
    }

    /// <summary>Judges what must hold when nothing is under way any more.</summary>
    public virtual void JudgeRest()
    {
        // Most laws hold at every write.
    }

    private protected abstract void Judge(in StoreChange change);

    [DoesNotReturn]
    private protected void Fail(Invariant invariant, string subject, string expected, string actual) =>
        throw new InvariantViolationException(invariant, _run.Loop.Now, _run.Loop.EventsHandled, _run.Seed, subject, expected, actual);
}
