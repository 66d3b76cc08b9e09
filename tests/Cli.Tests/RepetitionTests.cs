using System.Globalization;
using SchedBench.Cli.Tests.Support;
using SchedBench.TestKit;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

/// <summary>Equal inputs give equal bytes, however the run was cut, shared out or paced.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class RepetitionTests(FinishedRun finished)
{
    [Theory]
    [InlineData("--jobs 1")]
    [InlineData("--jobs 4")]
    [InlineData("--clock wall --pace 1000000")]
    [InlineData("--invariants 1")]
    [InlineData("--data TRACE")]
    [InlineData("--seeds 1..3")]
    public void Equal_runs_leave_equal_bytes(string options)
    {
        string folder = finished.Experiment.Path($"again{options.Replace(' ', '_')}");
        string[] more = options.Replace("TRACE", finished.Experiment.Path("trace"), StringComparison.Ordinal).Split(' ');
        CliRun run = CliRun.Of(["run", finished.Experiment.File, "--out", folder, .. more]).Ok();
        Assert.Equal(finished.Run.Out, run.Out);
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void Without_kept_scores_kube_scheduler_decides_the_same()
    {
        string file = finished.Experiment.Path("kube-scheduler.yaml");
        File.WriteAllText(file, File.ReadAllText(finished.Experiment.File).Replace("[best-fit, random,", "[best-fit, kube-scheduler,", StringComparison.Ordinal));
        string kept = finished.Experiment.Path("kept"), anew = finished.Experiment.Path("anew");
        CliRun.Of("run", file, "--out", kept).Ok();
        CliRun.Of("run", file, "--out", anew, "--no-cache").Ok();
        Assert.Equal(Fingerprints(kept), Fingerprints(anew));

        static string[] Fingerprints(string folder)
        {
            string[] lines = File.ReadAllLines(Path.Combine(folder, "cells.csv"));
            int column = Array.IndexOf(lines[0].Split(','), "fingerprint");
            string[] fingerprints = [.. lines.Skip(1).Select(line => line.Split(',')[column])];
            Assert.Equal(3, lines.Count(line => line.Contains("kube-scheduler", StringComparison.Ordinal)));
            return fingerprints;
        }
    }

    [SkippableFact]
    public void The_sample_in_Python_runs_and_its_answers_are_timed()
    {
        Skip.IfNot((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3"))), "needs python3");
        string sample = Path.Combine(SharedFiles.RepositoryRoot, "samples", "python-strategy", "experiment.yaml");
        string once = finished.Experiment.Path("python-once"), again = finished.Experiment.Path("python-again");
        CliRun run = CliRun.Of("run", sample, "--seeds", "1", "--out", once).Ok();
        Assert.Contains("tightest-cpu-in-python", run.Out, StringComparison.Ordinal);
        Assert.Contains("strategy_answer_seconds_p99", File.ReadAllText(Path.Combine(once, "timing.csv")), StringComparison.Ordinal);
        CliRun.Of("run", sample, "--seeds", "1", "--out", again).Ok();
        Assert.Empty(ResultsSnapshot.Differences(once, again));
    }

    [Fact]
    public void Running_into_a_finished_folder_starts_over_and_leaves_equal_bytes()
    {
        string folder = finished.Copy("over-again");
        File.WriteAllText(Path.Combine(folder, "cells.csv"), "stale");
        // What an experiment with published values would have left here.
        foreach (string name in (string[])["published.csv", "tables/published.md", "tables/published.tex"]) File.WriteAllText(Path.Combine(folder, name), "stale");
        CliRun.Of("run", finished.Experiment.File, "--out", folder).Ok();
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--resume")]
    public void A_folder_in_which_a_process_was_killed_before_it_had_written_anything_is_gone_on_with(string option)
    {
        string folder = finished.Experiment.Path("begun" + option), journal = Path.Combine(folder, "journal");
        Directory.CreateDirectory(journal);
        File.WriteAllText(Path.Combine(journal, "lock"), "");
        File.WriteAllText(Path.Combine(journal, "cells.jsonl.tmp"), "{");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");
        CliRun.Of("run", finished.Experiment.File, "--out", folder).Fails(2, folder, "this one holds other files");
        File.Delete(Path.Combine(folder, "notes.txt"));
        CliRun.Of(["run", finished.Experiment.File, "--out", folder, .. option.Length > 0 ? [option] : Array.Empty<string>()]).Ok();
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void Fresh_discards_an_unfinished_run_of_another_plan_which_is_refused_without_it()
    {
        string folder = finished.Experiment.Path("fresh");
        Assert.Equal(130, CliRun.CancelledAt("1 of 6 cells", "run", finished.Experiment.File, "--seeds", "8,9", "--out", folder, "--jobs", "1").ExitCode);
        CliRun.Of("run", finished.Experiment.File, "--out", folder).Fails(2, folder, "an unfinished run of another plan (1 of 6 cells)", "--fresh");
        CliRun.Of("run", finished.Experiment.File, "--out", folder, "--fresh").Ok();
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--resume")]
    public void An_interrupted_run_goes_on_and_leaves_the_bytes_of_one_that_was_not(string option)
    {
        string folder = finished.Experiment.Path($"interrupted{option}"), journal = Path.Combine(folder, "journal", "cells.jsonl");
        string[] command = ["run", finished.Experiment.File, "--out", folder, "--jobs", "1"];
        CliRun cut = CliRun.CancelledAt("3 of 9 cells", command);
        cut.Fails(130, "interrupted; 3 of 9 cells have finished and are kept", "the same command goes on", folder);
        Assert.Equal(1 + 3, File.ReadAllLines(journal).Length);
        Assert.False(File.Exists(Path.Combine(folder, "cells.csv")));
        foreach (string[] reading in (string[][])[["report", folder], ["compare", finished.Results, folder], ["compare", folder, finished.Results], ["verify", folder]])
            CliRun.Of(reading).Fails(5, "3 of 9 cells have finished", "resume the run");

        CliRun rest = CliRun.Of([.. command, .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Ok();
        Assert.DoesNotContain("3 of 9 cells\n", rest.Error, StringComparison.Ordinal);
        Assert.Contains("4 of 9 cells\n", rest.Error, StringComparison.Ordinal);
        Assert.Equal(finished.Run.Out, rest.Out);
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
        Assert.Equal(1 + 9 + 1, File.ReadAllLines(journal).Length);
    }

    [Fact]
    public void A_finished_run_that_is_cut_when_it_is_repeated_is_incomplete_until_it_goes_on()
    {
        string folder = finished.Copy("cut-repetition");
        string[] command = ["run", finished.Experiment.File, "--out", folder, "--jobs", "1"];
        Assert.Equal(130, CliRun.CancelledAt("2 of 9 cells", command).ExitCode);
        CliRun.Of("report", folder).Fails(5, "2 of 9 cells have finished");
        CliRun.Of(command).Ok();
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void After_fresh_was_interrupted_the_message_does_not_advise_to_discard_again()
    {
        string folder = finished.Experiment.Path("fresh-cut");
        CliRun.CancelledAt("1 of 9 cells", "run", finished.Experiment.File, "--out", folder, "--jobs", "1", "--fresh").Fails(130, "the same command without --fresh goes on");
    }

    [Fact]
    public void An_unfinished_run_is_not_resumed_with_a_trace_that_has_changed()
    {
        using var own = new TinyExperiment();
        string folder = own.Path("out");
        string[] command = ["run", own.File, "--out", folder, "--jobs", "1"];
        Assert.Equal(130, CliRun.CancelledAt("2 of 9 cells", command).ExitCode);
        File.AppendAllText(own.Path("trace/pods.csv"), "one-more,2000,60,100,1024,0,0\n");
        CliRun.Of(command).Fails(2, "another plan");
        CliRun.Of([.. command, "--resume"]).Fails(2, "pods.csv", "another plan");
    }

    [Fact]
    public void Verify_explain_and_diff_are_interrupted_with_130_too()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (string[] command in (string[][])[["verify", finished.Results], ["explain", finished.Experiment.File, "--pod", "pod-01"], ["diff", finished.Experiment.File, "--only", "strategy=fgd,seed=1"]])
        {
            using StringWriter output = new(), error = new();
            Assert.Equal(130, CliApp.Run(command, new Terminal(output, error, IsInteractive: false), source.Token));
            Assert.Contains("interrupted", error.ToString(), StringComparison.Ordinal);
        }
    }
}

/// <summary>Decimal commas and other calendars of the user change nothing. Alone, because the culture is that of the process.</summary>
[CollectionDefinition("culture", DisableParallelization = true)]
public sealed class CultureCollection;

[Collection("culture")]
public sealed class CultureTests
{
    [Fact]
    public void A_culture_with_decimal_commas_leaves_equal_bytes()
    {
        using var experiment = new TinyExperiment();
        string invariant = experiment.Path("invariant"), comma = experiment.Path("comma");
        CliRun first = CliRun.Of("run", experiment.File, "--out", invariant).Ok(), second = InCommaCulture(() => CliRun.Of("run", experiment.File, "--out", comma).Ok());
        Assert.Equal(first.Out, second.Out);
        Assert.Empty(ResultsSnapshot.Differences(invariant, comma));
        Assert.DoesNotContain(";", File.ReadAllText(Path.Combine(comma, "timing.csv")), StringComparison.Ordinal);
        InCommaCulture(() => CliRun.Of("verify", comma).Ok());
        InCommaCulture(() => CliRun.Of("run", experiment.File, "--out", comma, "--clock", "wall", "--pace", "500000.5").Ok());
        Assert.Empty(ResultsSnapshot.Differences(invariant, comma));
    }

    private static CliRun InCommaCulture(Func<CliRun> run)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "−", PercentDecimalSeparator = "," };
        (CultureInfo before, CultureInfo? beforeOfThreads) = (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture);
        (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture) = (culture, culture);
        try
        {
            return run();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture) = (before, beforeOfThreads);
        }
    }
}
