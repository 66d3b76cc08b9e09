using System.Text.RegularExpressions;
using SchedBench.Cli.Commands;
using SchedBench.Cli.Tests.Support;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

[Collection(FinishedRunCollection.Name)]
public sealed class CommandTests(FinishedRun finished)
{
    private static readonly string[] ResultFiles =
    [
        "cells.csv", "comparisons.csv", "figures/figures.json", "journal/cells.jsonl", "manifest.json", "report.html", "series.csv", "summary.csv", "tables/comparison.md", "tables/comparison.tex", "timing.csv",
    ];

    [Fact]
    public void Run_prints_the_table_on_standard_output_and_everything_else_on_standard_error()
    {
        Assert.StartsWith("Strategies compared", finished.Run.Out, StringComparison.Ordinal);
        Assert.Contains("tiny: 9 cells", finished.Run.Error, StringComparison.Ordinal);
        Assert.Contains("9 of 9 cells", finished.Run.Error, StringComparison.Ordinal);
        Assert.Contains($"results: {finished.Results}", finished.Run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("of 9 cells", finished.Run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("note:", finished.Run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("best-fit  3", finished.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_writes_every_file_of_the_results_folder()
    {
        foreach (string name in ResultFiles) Assert.True(new FileInfo(Path.Combine(finished.Results, name)).Length > 0, name);
        Assert.Equal(1 + TinyExperiment.Cells, File.ReadAllLines(Path.Combine(finished.Results, "cells.csv")).Length);
        Assert.Empty(Directory.EnumerateFiles(finished.Results, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Plan_lists_the_cells_and_writes_nothing()
    {
        string out1 = finished.Experiment.Path("never");
        CliRun run = CliRun.Of("plan", finished.Experiment.File, "-o", "csv").Ok();
        Assert.Equal("cell,fleet,workload,faults,strategy,seed", run.Out.Split('\n')[0]);
        Assert.Equal(TinyExperiment.Cells + 2, run.Out.Split('\n').Length);
        Assert.StartsWith("9 cells, plan ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(out1));
    }

    [Theory]
    [InlineData("--seeds 7", 3)]
    [InlineData("--seeds 1..2,9", 9)]
    [InlineData("--only strategy=fgd", 3)]
    [InlineData("--only strategy=fgd,strategy=random,seed=2", 2)]
    public void Plan_keeps_the_part_that_is_asked_for(string options, int cells) =>
        Assert.StartsWith($"{cells} cells", CliRun.Of(["plan", finished.Experiment.File, .. options.Split(' ')]).Ok().Error, StringComparison.Ordinal);

    [Fact]
    public void A_child_process_gets_seeds_as_ranges_which_no_command_line_is_too_short_for()
    {
        var request = new RunRequest { ExperimentPath = "x.yaml", Seeds = SeedList.Parse("1..99999,7000000") };
        Assert.Contains("1..99999,7000000", CellCommand.Of(request)(0, "record.json"));
    }

    [Fact]
    public void Validate_says_that_a_file_is_valid_and_what_its_results_will_say()
    {
        CliRun run = CliRun.Of("validate", finished.Experiment.File).Ok();
        Assert.Equal($"{finished.Experiment.File}: valid, 9 cells\n", run.Out);
        Assert.Contains("note: fgd is given the workload's mix", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Strategies_lists_at_least_the_fourteen_of_the_program()
    {
        string[] names = [.. CliRun.Of("strategies", "-o", "csv").Ok().Out.Split('\n').Skip(1).Select(line => line.Split(',')[0])];
        foreach (string name in (string[])["random", "round-robin", "first-fit", "best-fit", "worst-fit", "power-of-two", "dot-product", "gpu-packing", "gpu-clustering", "fgd", "swarm-spread", "least-allocated", "most-allocated", "balanced"])
            Assert.Contains(name, names);
    }

    [Fact]
    public void Report_makes_the_same_files_anew()
    {
        string copy = finished.Copy("report-again");
        Directory.Delete(Path.Combine(copy, "figures"), recursive: true);
        Directory.Delete(Path.Combine(copy, "tables"), recursive: true);
        File.Delete(Path.Combine(copy, "report.html"));
        CliRun run = CliRun.Of("report", copy).Ok();
        Assert.Equal(finished.Run.Out, run.Out);
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, copy));
    }

    [Fact]
    public void Compare_of_a_folder_with_itself_shows_no_difference()
    {
        CliRun run = CliRun.Of("compare", finished.Results, finished.Results, "-o", "csv").Ok();
        Assert.Single(run.Out.TrimEnd('\n').Split('\n'));
        Match said = Regex.Match(run.Error, "^([0-9]+) comparisons, ([0-9]+) of them without any difference; ([0-9]+) without a pair", RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.True(said.Success, run.Error);
        Assert.True(int.Parse(said.Groups[1].Value, null) > 10);
        Assert.Equal(said.Groups[1].Value, said.Groups[2].Value);
        string[] all = CliRun.Of("compare", finished.Results, finished.Results, "-o", "csv", "--all").Ok().Out.TrimEnd('\n').Split('\n');
        Assert.Equal(int.Parse(said.Groups[1].Value, null), all.Length - 1);
    }

    [Fact]
    public void Compare_shows_what_differs_between_two_folders()
    {
        string other = finished.Experiment.Path("other-fleet");
        CliRun.Of("run", finished.Experiment.WriteWith("bigger.yaml", "count: 4, cpu: \"8\"", "count: 5, cpu: \"8\""), "--out", other).Ok();
        string[] rows = CliRun.Of("compare", finished.Results, other, "-o", "csv").Ok().Out.TrimEnd('\n').Split('\n');
        Assert.True(rows.Length > 1);
        Assert.All(rows.Skip(1), row => Assert.StartsWith("small,mixed,", row, StringComparison.Ordinal));
    }

    [Fact]
    public void Version_names_product_build_and_machine()
    {
        string[] lines = CliRun.Of("version").Ok().Out.Split('\n');
        Assert.Matches(@"^SchedBench [0-9]+\.[0-9]+\.[0-9]+$", lines[0]);
        Assert.StartsWith("build   ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("machine ", lines[2], StringComparison.Ordinal);
    }
}
