using SchedBench.Core.Recording;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Decisions;

/// <summary>The decisions of one run, one after the other: of a run that is made now, or of a log.</summary>
public abstract class DecisionSource : IDisposable
{
    /// <summary>The cell whose decisions these are.</summary>
    public abstract CellKey Cell { get; }

    /// <summary>Why the run failed, once there is no further decision; empty when it did not.</summary>
    public virtual string Failure => "";

    /// <summary>Goes to the next decision.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    /// <exception cref="Core.Input.InputException">A log cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public abstract bool TryNext(out LoggedDecision decision);

    /// <summary>Ends what makes the decisions.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Dispose()"/>.</summary>
    protected abstract void Dispose(bool disposing);
}
