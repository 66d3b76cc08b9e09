using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests.Support;

/// <summary>The tiny experiment, run to its end without disturbance: what every disturbed run has to arrive at.</summary>
public sealed class FinishedSweep : IDisposable
{
    public FinishedSweep()
    {
        Results = Experiment.Path("undisturbed");
        using var run = ProgramRun.ToTheEnd("run", Experiment.File, "--out", Results, "--jobs", "2");
        Table = run.Ok().Out;
    }

    public TinyExperiment Experiment { get; } = new();

    public string Results { get; }

    public string Table { get; }

    /// <summary>The command that runs it slowly into a folder: some 1,700 s of the run pass in the time given for a cell, so that a test can catch it in the middle.</summary>
    public string[] Slowly(string folder) => ["run", Experiment.File, "--out", folder, "--jobs", "1", "--clock", "wall", "--pace", "2500"];

    public void Dispose() => Experiment.Dispose();
}

/// <summary>Tests of runs that are disturbed, one after another: they watch processes and the machine is small.</summary>
[CollectionDefinition(Name)]
public sealed class SweepCollection : ICollectionFixture<FinishedSweep>
{
    public const string Name = "sweep";
}
