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

    /// <inheritdoc/>
    public abstract void OnChange(in StoreChange change);

    /// <summary>Ends the run.</summary>
    [DoesNotReturn]
    private protected void Fail(Invariant invariant, KubeObject subject, string expected, string actual) =>
        throw new InvariantViolationException(invariant, Now, Run.Loop.EventsHandled, Run.Seed, subject.Key.ToString(), expected, actual);
}
