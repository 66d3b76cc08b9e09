using SchedBench.Core.Nodes;
using SchedBench.Core.Time;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Plugins;

namespace SchedBench.Experiments.Runner;

/// <summary>What the user asks for, before anything is read.</summary>
public sealed record RunRequest
{
    /// <summary>Path of the experiment file.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>Folder for files that are not beside the experiment.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Results folder; null means <c>results/&lt;name&gt;</c>.</summary>
    public string? OutFolder { get; init; }

    /// <summary>Cells at a time, ≥ 1.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Seeds instead of the file's.</summary>
    public IReadOnlyList<ulong>? Seeds { get; init; }

    /// <summary>Which cells run.</summary>
    public CellFilter Only { get; init; } = CellFilter.All;

    /// <summary>Goes on with an earlier run; there has to be one of the same plan.</summary>
    public bool Resume { get; init; }

    /// <summary>Discards whatever the results folder holds.</summary>
    public bool Fresh { get; init; }

    /// <summary>Assemblies with strategies.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>Limits of the child processes that run plug-ins.</summary>
    public ChildLimits Limits { get; init; } = new();

    /// <summary>Pace of the wall clock; null for the virtual clock.</summary>
    public double? WallClockPace { get; init; }

    /// <summary>Kind of the real fleet that cells run on, one after the other; empty for simulated machines.</summary>
    public string FleetKind { get; init; } = "";

    /// <summary>Opens the machines of a cell (<see cref="CellRunOptions.OpenFleet"/>).</summary>
    public Func<WallClock, Mailbox, TimeSpan, INodeFleet>? OpenFleet { get; init; }

    /// <summary>File that says what real machines took, which simulated ones take as well; null for none.</summary>
    public string? Calibration { get; init; }

    /// <summary>Whether strategies compute every score anew (<see cref="Schedulers.Catalog.StrategyCatalog.BuiltIn"/>).</summary>
    public bool FromScratch { get; init; }

    /// <summary>Sampling of the invariant observer; 0 leaves it out.</summary>
    public int InvariantSampling { get; init; }
}
