using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests.Support;

/// <summary>The tiny experiment, run once for all tests that only read its results.</summary>
public sealed class FinishedRun : IDisposable
{
    public FinishedRun()
    {
        Results = Experiment.Path("out");
        Run = CliRun.Of("run", Experiment.File, "--out", Results, "--jobs", "2").Ok();
    }

    public TinyExperiment Experiment { get; } = new();

    public string Results { get; }

    internal CliRun Run { get; }

    /// <summary>A copy of the results that a test may damage.</summary>
    public string Copy(string name)
    {
        string copy = Experiment.Path(name);
        foreach (string file in Directory.EnumerateFiles(Results, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(Results, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public void Dispose() => Experiment.Dispose();
}

/// <summary>Tests that share the finished run, which they leave as it is.</summary>
[CollectionDefinition(Name)]
public sealed class FinishedRunCollection : ICollectionFixture<FinishedRun>
{
    public const string Name = "finished run";
}
