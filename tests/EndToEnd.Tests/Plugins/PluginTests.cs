using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests.Plugins;

/// <summary>Strategies from assemblies: the documented sample works, and one that misbehaves costs its own cells and nothing else.</summary>
public sealed class PluginTests : IDisposable
{
    private static readonly string Configuration =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static readonly string Sample = Built("samples/TightestCpu", "TightestCpu.dll");
    private static readonly string Naughty = Built("tests/NaughtyStrategies", "NaughtyStrategies.dll");
    private readonly TinyExperiment _experiment = new();

    [Fact]
    public void The_sample_runs_as_its_page_says()
    {
        string folder = _experiment.Path("sample");
        using var run = ProgramRun.ToTheEnd("run", Path.Combine(Repository.Root, "samples", "TightestCpu", "experiment.yaml"), "--plugin", Sample, "--out", folder);
        Assert.Contains("15 of 15 cells", run.Ok().Error, StringComparison.Ordinal);
        Assert.Equal(5, Cells(folder).Count(row => row.Contains(",tightest-cpu,", StringComparison.Ordinal) && row.Contains(",ok,", StringComparison.Ordinal)));
        Assert.Contains("tightest-cpu comes from a plug-in and ran in a child process", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_strategies_of_an_assembly_are_listed()
    {
        using var run = ProgramRun.ToTheEnd("strategies", "--plugin", Sample);
        Assert.Contains("tightest-cpu", run.Ok().Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("naughty-hang", "took longer than its limit of 3 s")]
    [InlineData("naughty-memory", "memory", "used more than its limit", "OutOfMemory")]
    [InlineData("naughty-native-memory", "used more than its limit")]
    [InlineData("naughty-exit-0", "exit code 0 and without a result")]
    [InlineData("naughty-exit-7", "exit code 7 and without a result")]
    [InlineData("naughty-stack", "without a result")]
    [InlineData("naughty-thread", "without a result")]
    [InlineData("naughty-impure", "ImpureScoreException")]
    [InlineData("naughty-throw-early", "TargetInvocationException", "Exception")]
    public void A_strategy_that_cannot_be_contained_in_a_process_costs_its_cell_and_not_the_sweep(string strategy, params string[] oneOf)
    {
        string folder = _experiment.Path("out");
        using ProgramRun run = Run(strategy, folder);
        Assert.True(run.ExitCode == 1, $"exit code {run.ExitCode}: {run.Error}");
        string[] rows = Cells(folder);
        string failed = Assert.Single(rows, row => row.Contains(",failed,", StringComparison.Ordinal));
        Assert.Contains($",{strategy},", failed, StringComparison.Ordinal);
        Assert.True(oneOf.Any(text => failed.Contains(text, StringComparison.Ordinal)), failed);
        Assert.Equal(2, rows.Count(row => row.Contains(",ok,", StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(folder, "report.html")), "The sweep ends with its files.");
    }

    [Theory]
    [InlineData("naughty-throw", "strategy_errors_total", 1)]
    [InlineData("naughty-unknown-node", "refused_decisions_total", 0)]
    [InlineData("naughty-devices", "refused_decisions_total", 0)]
    public void Nonsense_is_refused_and_counted_and_the_run_goes_on(string strategy, string counter, int exitCode)
    {
        string folder = _experiment.Path("out");
        using ProgramRun run = Run(strategy, folder);
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}: {run.Error}");
        string[] header = File.ReadLines(Path.Combine(folder, "cells.csv")).First().Split(',');
        string[] row = Cells(folder).Single(line => line.Contains($",{strategy},", StringComparison.Ordinal)).Split(',');
        Assert.Equal("ok", row[Array.IndexOf(header, "status")]);
        Assert.NotEqual("0", row[Array.IndexOf(header, counter)]);
    }

    [Fact]
    public void What_a_strategy_prints_reaches_no_result()
    {
        string folder = _experiment.Path("out");
        using ProgramRun run = Run("naughty-print", folder);
        Assert.Equal(3, Cells(run.Ok() is null ? "" : folder).Count(row => row.Contains(",ok,", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("missing.dll", "expected an existing assembly")]
    [InlineData("tiny.yaml", "expected a .NET assembly")]
    [InlineData("trace", "found a folder")]
    public void A_file_that_is_no_plug_in_is_refused(string file, string expected)
    {
        using var run = ProgramRun.ToTheEnd("strategies", "--plugin", _experiment.Path(file));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_strategies_is_refused()
    {
        using var run = ProgramRun.ToTheEnd("strategies", "--plugin", typeof(FactAttribute).Assembly.Location);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("expected at least one public strategy", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        using var run = ProgramRun.ToTheEnd("strategies", "--plugin", Sample, "--plugin", Sample);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("expected a name that is not taken", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _experiment.Dispose();

    private ProgramRun Run(string strategy, string folder)
    {
        string file = _experiment.Write("naughty.yaml", TinyExperiment.Text
            .Replace("count: 3", "count: 1", StringComparison.Ordinal)
            .Replace("strategies: [best-fit, random, { name: fgd, tieBreak: uniform }]", $"strategies: [best-fit, {strategy}, first-fit]", StringComparison.Ordinal));
        return ProgramRun.ToTheEnd("run", file, "--plugin", Naughty, "--plugin-time", strategy == "naughty-hang" ? "3s" : "60s", "--plugin-memory", "300Mi", "--out", folder);
    }

    private static string[] Cells(string folder) => [.. File.ReadLines(Path.Combine(folder, "cells.csv")).Skip(1)];

    private static string Built(string project, string assembly) => Path.Combine(Repository.Root, project, "bin", Configuration, "net10.0", assembly);
}
