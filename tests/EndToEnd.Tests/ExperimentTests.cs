using System.Text.RegularExpressions;
using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>The experiments of the repository, with few seeds, and the surroundings that must not matter.</summary>
[Collection(SweepCollection.Name)]
public sealed class ExperimentTests(FinishedSweep finished)
{
    [Fact]
    public void The_quickstart_runs_and_its_report_needs_nothing_from_elsewhere()
    {
        string folder = finished.Experiment.Path("quickstart");
        using var run = ProgramRun.ToTheEnd("run", Path.Combine(SharedFiles.RepositoryRoot, "workloads", "quickstart", "experiment.yaml"), "--seeds", "1,2", "--out", folder);
        Assert.Contains("20 of 20 cells", run.Ok().Error, StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(Path.Combine(folder, "cells.csv")).Skip(1), row => Assert.Contains(",ok,", row, StringComparison.Ordinal));
        string page = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        // What a page can load it names in src, href or url(): all of them stay inside.
        string[] references = [.. Regex.Matches(page, """\b(?:src|srcset|href|action|data)\s*=\s*["']([^"']*)["']|url\(([^)]*)\)""", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(10))
            .Select(match => match.Groups[1].Value + match.Groups[2].Value)];
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Matches("^['\"]?(#|data:)", reference));
    }

    [SkippableFact]
    public void The_fgd_study_runs_on_its_traces_and_stands_beside_the_published_values()
    {
        string data = Path.GetDirectoryName(SharedFiles.OrSkip("traces/openb/openb_pod_list_default.csv"))!;
        SharedFiles.OrSkip("papers/fgd/expected.csv");
        string folder = finished.Experiment.Path("fgd");
        using var run = ProgramRun.ToTheEnd("run", Path.Combine(SharedFiles.RepositoryRoot, "workloads", "fgd", "experiment.yaml"), "--data", data, "--seeds", "42", "--out", folder);
        Assert.Contains("18 of 18 cells", run.Ok().Error, StringComparison.Ordinal);
        string[] rows = File.ReadAllLines(Path.Combine(folder, "published.csv"));
        // 3 traces × 6 policies × 2 metrics × 13 points.
        Assert.Equal(1 + (3 * 6 * 2 * 13), rows.Length);
        string[] header = rows[0].Split(',');
        int mean = Array.IndexOf(header, "mean");
        Assert.All(rows.Skip(1), row => Assert.NotEqual("", row.Split(',')[mean]));
    }

    [Theory]
    [InlineData("LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0")]
    [InlineData("TZ=Asia/Tokyo")]
    [InlineData("NO_COLOR=1 TERM=xterm-256color COLUMNS=40")]
    public void The_users_surroundings_leave_equal_bytes(string variables)
    {
        string folder = finished.Experiment.Path(variables.Split('=')[0]);
        using var run = ProgramRun.Start([.. variables.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))], "run", finished.Experiment.File, "--out", folder);
        Assert.Equal(finished.Table, run.WaitForEnd().Ok().Out);
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void Paths_that_do_not_start_at_the_root_mean_the_working_folder()
    {
        using var run = ProgramRun.Command("/bin/sh", [], "-c", "cd \"$1\" && exec \"$0\" run tiny.yaml --seeds 1 --only strategy=best-fit", ProgramRun.Executable, finished.Experiment.Folder);
        Assert.Contains(Path.Combine("results", "tiny", "report.html"), run.WaitForEnd().Ok().Error, StringComparison.Ordinal);
        Assert.True(File.Exists(finished.Experiment.Path("results/tiny/report.html")));
        Assert.DoesNotContain(finished.Experiment.Folder, File.ReadAllText(finished.Experiment.Path("results/tiny/report.html")), StringComparison.Ordinal);
    }
}
