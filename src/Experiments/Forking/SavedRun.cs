using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Forking;

/// <summary>A run at an instant, as the recipe that leads there: a run is a function of its inputs, so going on is running the first part again and comparing.</summary>
public sealed record SavedRun
{
    /// <summary>The experiment, relative to the file or absolute.</summary>
    public required string Experiment { get; init; }

    /// <summary>Folder for files that are not beside the experiment, relative to the file or absolute; empty for none.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Assemblies with strategies, relative to the file or absolute.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>The cell.</summary>
    public required CellKey Cell { get; init; }

    /// <summary>Where the run was.</summary>
    public required SavedPoint Point { get; init; }

    /// <summary>Fingerprint of the plan of that seed: program, plug-ins, settings and inputs.</summary>
    public required string Plan { get; init; }

    /// <summary>The files that the experiment reads, with the hashes of their bytes.</summary>
    public required IReadOnlyList<PlannedInput> Inputs { get; init; }
}
