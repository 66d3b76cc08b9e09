using System.Text;
using SchedBench.Cli.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

/// <summary>Exit codes of runs that went wrong, and of results that cannot be used.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class ResultsErrorTests(FinishedRun finished)
{
    [Fact]
    public void A_run_in_which_no_pod_arrives_is_void_and_ends_with_1()
    {
        string file = finished.Experiment.WriteWith("void.yaml", "mode: timed,", "mode: timed, from: 100d,"), folder = finished.Experiment.Path("void");
        CliRun run = CliRun.Of("run", file, "--out", folder);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("small/mixed/none/best-fit/seed 1: void: no pod arrived", run.Error, StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(Path.Combine(folder, "cells.csv")).Skip(1), row => Assert.Contains(",void,", row, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("atMost: 0", 3, "expectation FAILS: mean of nodes_active_mean for best-fit")]
    [InlineData("atLeast: 0", 0, "expectation holds: mean of nodes_active_mean for 3 of 3 combinations")]
    public void An_expectation_is_judged_and_ends_with_3_when_it_does_not_hold(string bound, int exitCode, string said)
    {
        string file = finished.Experiment.Write($"expect-{exitCode}.yaml", TinyExperiment.Text + $"  expect: [{{ metric: nodes_active_mean, {bound} }}]\n");
        CliRun run = CliRun.Of("run", file, "--out", finished.Experiment.Path($"expect-{exitCode}"));
        Assert.True(run.ExitCode == exitCode, run.Error);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("Strategies compared", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_without_an_earlier_run_is_refused()
    {
        string folder = finished.Experiment.Path("nothing-to-resume");
        CliRun.Of("run", finished.Experiment.File, "--out", folder, "--resume").Fails(2, folder, "expected an earlier run to resume");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_folder_with_somebody_elses_files_is_refused_and_left_alone()
    {
        string precious = finished.Experiment.Write("precious/thesis.tex", "years of work");
        CliRun.Of("run", finished.Experiment.File, "--out", Path.GetDirectoryName(precious)!).Fails(2, "expected an empty folder or a results folder");
        Assert.Equal("years of work", File.ReadAllText(precious));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(precious)!));
    }

    [Fact]
    public void Results_of_another_plan_are_not_resumed()
    {
        string folder = finished.Copy("another-plan");
        CliRun.Of("run", finished.Experiment.File, "--out", folder, "--seeds", "1", "--resume").Fails(2, "belong to another plan");
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void A_results_folder_that_cannot_be_created_ends_with_5()
    {
        string file = finished.Experiment.Write("a-file", "");
        CliRun.Of("run", finished.Experiment.File, "--out", Path.Combine(file, "out")).Fails(5, "cannot be written", "choose another folder");
    }

    [SkippableFact]
    public void A_results_folder_that_is_read_only_ends_with_5()
    {
        Skip.If(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "This user may write everywhere.");
        string folder = finished.Experiment.Path("read-only");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        CliRun.Of("run", finished.Experiment.File, "--out", folder).Fails(5, "cannot be written");
    }

    [Theory]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "use the version that wrote them")]
    [InlineData("\"kind\": \"schedbench-results\"", "\"kind\": \"other\"", "this folder is another program's")]
    [InlineData("\"kind\"", "kind", "this is damaged")]
    public void Results_of_another_version_or_program_are_rejected(string old, string replacement, string expected)
    {
        string folder = finished.Copy(Path.GetRandomFileName());
        Replace(Path.Combine(folder, "manifest.json"), old, replacement);
        CliRun.Of("report", folder).Fails(2, "manifest.json", expected);
        CliRun.Of("compare", finished.Results, folder).Fails(2, "manifest.json", expected);
        CliRun.Of("verify", folder).Fails(2, "manifest.json", expected);
    }

    [Theory]
    [InlineData("\"volatile\"", "\"unstable\"")]
    [InlineData("\"experimentPath\"", "\"experimentpath\"")]
    [InlineData("\"planFingerprint\"", "\"planfingerprint\"")]
    public void Verify_rejects_a_manifest_that_lacks_what_it_needs(string old, string replacement)
    {
        string folder = finished.Copy(Path.GetRandomFileName());
        Replace(Path.Combine(folder, "manifest.json"), old, replacement);
        CliRun.Of("verify", folder).Fails(2, "manifest.json", old.Trim('"'));
    }

    [Theory]
    [InlineData("cells.csv")]
    [InlineData("series.csv")]
    [InlineData("summary.csv")]
    [InlineData("comparisons.csv")]
    [InlineData("timing.csv")]
    public void A_result_file_that_is_missing_or_damaged_is_named(string name)
    {
        string folder = finished.Copy(Path.GetRandomFileName()), path = Path.Combine(folder, name);
        string text = File.ReadAllText(path);
        File.WriteAllText(path, text[..(text.Length / 2)].TrimEnd('\n') + ",\"");
        CliRun.Of("report", folder).Fails(2, name + ":");
        File.Delete(path);
        CliRun.Of("report", folder).Fails(2, name, "expected an existing file");
    }

    [Fact]
    public void Published_values_are_checked_before_a_run_and_leave_with_the_experiment_that_named_them()
    {
        string published = finished.Experiment.Write("published-values.csv", "workload,policy,metric,x,runs,mean,stdev\nmixed,Best,gpu,ten,1,5,0\n");
        string saturate = TinyExperiment.Text.Replace("timed, shake: 0.05, startLatency: 2s", "saturate", StringComparison.Ordinal);
        string file = finished.Experiment.Write("published.yaml", saturate
            + "  expected: { path: published-values.csv, x: { column: x, metric: gpu_arrived_percent }, metrics: { gpu: gpu_allocated_percent }, strategies: { Best: best-fit } }\n");
        string folder = finished.Experiment.Path("published");
        CliRun.Of("validate", file).Fails(2, "published-values.csv:2: x: 'ten'");
        CliRun.Of("run", file, "--out", folder).Fails(2, "published-values.csv:2: x: 'ten'");
        Assert.False(Directory.Exists(folder));

        File.WriteAllText(published, "workload,policy,metric,x,runs,mean,stdev\nmixed,Best,gpu,10,1,5,0\n");
        CliRun.Of("run", file, "--out", folder).Ok();
        Assert.True(File.Exists(Path.Combine(folder, "published.csv")) && File.Exists(Path.Combine(folder, "tables", "published.tex")));
        CliRun.Of("run", finished.Experiment.File, "--out", folder).Ok();
        Assert.Empty(Directory.EnumerateFiles(folder, "published.*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Verify_runs_cells_again_and_finds_them_equal()
    {
        CliRun run = CliRun.Of("verify", finished.Results).Ok();
        Assert.Equal(5, run.Out.TrimEnd('\n').Split('\n').Length);
        Assert.All(run.Out.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("equal small mixed none ", line, StringComparison.Ordinal));
        Assert.Contains("9 of 9 cells are equal", CliRun.Of("verify", finished.Results, "--sample", "0").Ok().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_finds_a_digit_that_was_changed_by_hand()
    {
        string folder = finished.Copy("forged"), path = Path.Combine(folder, "cells.csv");
        string[] lines = File.ReadAllLines(path);
        int digit = lines[2].LastIndexOfAny(['1', '2', '3', '4', '5', '6', '7', '8']);
        lines[2] = lines[2][..digit] + (char)(lines[2][digit] + 1) + lines[2][(digit + 1)..];
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        CliRun run = CliRun.Of("verify", folder, "--sample", "0");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("DIFFERENT small mixed none best-fit 2", Assert.Single(run.Out.Split('\n'), line => line.StartsWith("DIFFERENT", StringComparison.Ordinal)));
        Assert.Contains("8 of 9 cells are equal", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_refuses_results_whose_trace_has_changed_since()
    {
        using var own = new TinyExperiment();
        string folder = own.Path("out");
        CliRun.Of("run", own.File, "--out", folder, "--seeds", "1", "--only", "strategy=best-fit").Ok();
        CliRun.Of("verify", folder).Ok();
        File.AppendAllText(own.Path("trace/pods.csv"), "one-more,2000,60,100,1024,0,0\n");
        CliRun.Of("verify", folder).Fails(2, "planFingerprint", "has changed since");
    }

    private static void Replace(string path, string old, string replacement)
    {
        string text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal), new UTF8Encoding(false));
    }
}
