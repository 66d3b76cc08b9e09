using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Forking;

/// <summary>Saves runs at an instant, and lets them go on, as they were or otherwise.</summary>
public static class RunForks
{
    /// <summary>Runs the one cell that a request leaves up to an instant.</summary>
    /// <param name="request">Experiment and filter.</param>
    /// <param name="at">The instant.</param>
    /// <param name="file">File that the saved run will be in: paths are written relative to it where they can be.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InputException">The request leaves no cell or several, or something is wrong with its files.</exception>
    public static SavedRun Save(RunRequest request, TimeSpan at, string file, CancellationToken cancellation)
    {
        PlannedCell chosen = CellChoice.Only(ExperimentSession.Open(request).Plan, "--only", request.Only.Text);
        // The plan of all levels under the one seed: what forks may choose from.
        var session = ExperimentSession.Open(request with { Only = CellFilter.All, Seeds = [chosen.Key.Seed] });
        PlannedCell cell = Find(session.Plan, chosen.Key) ?? throw new InvalidOperationException($"The plan of seed {chosen.Key.Seed} lacks a cell that it had.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return new SavedRun
        {
            Experiment = Path.GetRelativePath(folder, Path.GetFullPath(request.ExperimentPath)),
            DataFolder = request.DataFolder is { } data ? Path.GetRelativePath(folder, Path.GetFullPath(data)) : "",
            Plugins = [.. request.Plugins.Select(plugin => Path.GetRelativePath(folder, Path.GetFullPath(plugin)))],
            Cell = cell.Key,
            Point = session.Runner([cell]).RunTo(cell, at, cancellation),
            Plan = session.Plan.Fingerprint.Hash,
            Inputs = session.Plan.Inputs,
        };
    }

    /// <summary>Opens a saved run again, and makes sure that it leads to where it was.</summary>
    /// <exception cref="InputException">A file is not what it was, or the program is another one.</exception>
    public static (ExperimentSession Session, PlannedCell Cell) Open(SavedRun saved, string file, bool fromScratch = false)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var session = ExperimentSession.Open(new RunRequest
        {
            ExperimentPath = Shorter(Path.Combine(folder, saved.Experiment)),
            DataFolder = saved.DataFolder.Length > 0 ? Shorter(Path.Combine(folder, saved.DataFolder)) : null,
            Plugins = [.. saved.Plugins.Select(plugin => Shorter(Path.Combine(folder, plugin)))],
            Seeds = [saved.Cell.Seed],
            FromScratch = fromScratch,
        });
        var now = session.Plan.Inputs.ToDictionary(input => input.Path, input => input.Sha256Hex, StringComparer.Ordinal);
        foreach (PlannedInput input in saved.Inputs)
        {
            if (!now.TryGetValue(input.Path, out string? hash)) throw Problem(file, "inputs", input.Path, "expected the experiment to read this file, as it did when the run was saved");
            if (hash != input.Sha256Hex) throw Problem(file, "inputs", input.Path, "expected the file to be what it was when the run was saved: its bytes are others");
        }

        if (session.Plan.Fingerprint.Hash != saved.Plan) throw Problem(file, "plan", saved.Plan, $"expected the experiment, the plug-ins and the program to be those that saved the run: the plan is {session.Plan.Fingerprint.Hash} now");
        return (session, Find(session.Plan, saved.Cell) ?? throw Problem(file, "cell", saved.Cell.Strategy, "expected a cell of the experiment"));
    }

    /// <summary>Lets a saved run go on.</summary>
    /// <param name="saved">The run.</param>
    /// <param name="session">As <see cref="Open"/> gave it.</param>
    /// <param name="cell">The same.</param>
    /// <param name="whatIf">What is otherwise from the instant on.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InputException">The experiment has no such level.</exception>
    /// <exception cref="ForkDivergedException">The first part did not lead to where the run was: a strategy does not repeat itself.</exception>
    public static CellResult Continue(SavedRun saved, ExperimentSession session, PlannedCell cell, WhatIf whatIf, CancellationToken cancellation)
    {
        IReadOnlyList<PlannedCell> cells = session.Plan.Cells;
        var point = new ForkPoint(saved.Point.At, reached =>
        {
            if (reached != saved.Point) throw new ForkDivergedException(saved.Point, reached);
        })
        {
            Strategy = whatIf.Strategy is { } strategy ? WhatIf.Level(strategy, "strategies", cells, other => other.Key.Strategy, other => other.Strategy) : null,
            Faults = whatIf.Faults is { } faults ? WhatIf.Level(faults, "faults", cells, other => other.Key.Faults, other => other.Faults) : null,
        };
        return session.Runner([cell]).Fork(cell, point, cancellation);
    }

    private static PlannedCell? Find(ExperimentPlan plan, CellKey key) => plan.Cells.FirstOrDefault(cell => cell.Key == key);

    /// <summary>A path as short as it can be said from here.</summary>
    private static string Shorter(string path)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetFullPath(path));
        return relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
    }

    private static InputException Problem(string file, string field, string? value, string expected) => new(new InputProblem(file, 0, 0, field, value, expected));
}

/// <summary>A saved run that was run again did not lead to where it was.</summary>
public sealed class ForkDivergedException(SavedPoint expected, SavedPoint found)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"the run was at event {expected.Events} with facts {expected.Facts:x16} when it was saved, and is at event {found.Events} with {found.Facts:x16} now: a strategy of it does not repeat itself"));
