using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Experiments.Decisions;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary>One of the two runs that are compared: a cell of an experiment, or a log.</summary>
internal sealed class DiffSide
{
    private readonly string _path;
    private readonly CellRunner? _runner;
    private readonly PlannedCell? _cell;

    private DiffSide(string name, string path, CellRunner? runner, PlannedCell? cell) => (Name, _path, _runner, _cell) = (name, path, runner, cell);

    /// <summary>A or B.</summary>
    public string Name { get; }

    /// <summary>Why the run failed; empty when it did not, or was not looked at to its end.</summary>
    public string Failure { get; set; } = "";

    /// <summary>Opens a side.</summary>
    /// <param name="name">A or B.</param>
    /// <param name="option">The option of its filter.</param>
    /// <param name="filter">The filter; null without.</param>
    /// <param name="request">Its file, and the options that both share.</param>
    /// <exception cref="InputException">The file cannot be used, or the filter does not leave exactly one cell.</exception>
    public static DiffSide Open(string name, string option, string? filter, RunRequest request)
    {
        if (DecisionLogReader.IsLog(request.ExperimentPath))
        {
            if (filter is not null) throw Problem(option, filter, $"expected no filter: {request.ExperimentPath} is a decision log, which has one cell");
            return new DiffSide(name, request.ExperimentPath, null, null);
        }

        if (filter is not null) request = request with { Only = request.Only.With(CellFilter.Parse(filter, option)) };
        var session = ExperimentSession.Open(request);
        PlannedCell cell = CellChoice.Only(session.Plan, option, request.Only.Text);
        return new DiffSide(name, request.ExperimentPath, session.Runner([cell]), cell);
    }

    /// <summary>Starts the run, or opens the log.</summary>
    public DecisionSource Decisions(CancellationToken cancellation) => _cell is null ? new LoggedDecisions(_path) : new RunDecisions(_runner!, _cell, cancellation);

    /// <summary>The cell.</summary>
    public CellKey Key
    {
        get
        {
            if (_cell is not null) return _cell.Key;
            using var log = new DecisionLogReader(_path);
            return log.Cell;
        }
    }

    /// <summary>Whether this side is a log, which does not hold what was seen.</summary>
    public bool IsLog => _cell is null;

    /// <summary>What was seen at a decision; null for a log, and for a run that decided differently when it was repeated.</summary>
    public RecordedDecision? Recall(long decision, in LoggedDecision logged, IReadOnlyList<string> rooms, CancellationToken cancellation)
    {
        if (_cell is null) return null;
        RecordedDecision? recorded = Divergence.Recall(_runner!, _cell, decision, rooms, cancellation);
        return recorded is not null && recorded.At == logged.At && recorded.Chosen == logged.Node ? recorded : null;
    }

    private static InputException Problem(string option, string? value, string expected) => new(new InputProblem(option, 0, 0, "", value, expected));
}
