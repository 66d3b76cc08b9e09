using SchedBench.Core.Recording;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Decisions;

/// <summary>The decisions of a log that an earlier run wrote.</summary>
/// <param name="path">The file.</param>
public sealed class LoggedDecisions(string path) : DecisionSource
{
    private readonly DecisionLogReader _log = new(path);

    /// <inheritdoc/>
    public override CellKey Cell => _log.Cell;

    /// <inheritdoc/>
    public override string Failure => _log.Failure;

    /// <inheritdoc/>
    public override bool TryNext(out LoggedDecision decision) => _log.TryNext(out decision);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _log.Dispose();
    }
}
