using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>Runs that are killed, interrupted or damaged go on and arrive at the bytes of a run that was left alone.</summary>
[Collection(SweepCollection.Name)]
public sealed class DisturbedRunTests(FinishedSweep finished)
{
    [Fact]
    public void A_killed_run_goes_on_and_repeats_no_finished_cell()
    {
        string folder = finished.Experiment.Path("killed");
        string[] command = finished.Slowly(folder);
        using (var killed = ProgramRun.Start(command))
        {
            JournalFile.WaitFor(folder, 2, killed);
            killed.Kill();
        }

        int[] before = JournalFile.Cells(folder);
        Assert.InRange(before.Length, 2, TinyExperiment.Cells - 1);
        Assert.False(File.Exists(Path.Combine(folder, "cells.csv")));
        string journal = File.ReadAllText(JournalFile.PathOf(folder));
        string intact = journal[..(journal.LastIndexOf('\n') + 1)];

        using var rest = ProgramRun.ToTheEnd(command);
        Assert.Equal(finished.Table, rest.Ok().Out);
        Assert.Subset(File.ReadAllLines(JournalFile.PathOf(folder)).ToHashSet(), intact.TrimEnd('\n').Split('\n').ToHashSet());
        Assert.Equal(Enumerable.Range(0, TinyExperiment.Cells), JournalFile.Cells(folder).Order());
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [SkippableTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_stops_the_run_cleanly_and_the_message_says_how_to_go_on(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        string folder = finished.Experiment.Path($"signal-{signal}");
        string[] command = finished.Slowly(folder);
        using (var stopped = ProgramRun.Start(command))
        {
            JournalFile.WaitFor(folder, 1, stopped);
            Skip.If(signal == "INT" && IgnoresInterrupt(stopped.Id), "The tests were started with the interrupt signal ignored, and so is the program.");
            stopped.Signal(signal);
            stopped.WaitForEnd();
            Assert.True(stopped.ExitCode == 130, $"exit code {stopped.ExitCode}: {stopped.Error}");
            Assert.Equal("", stopped.Out);
            Assert.Matches("interrupted; [1-8] of 9 cells have finished and are kept", stopped.Error);
            Assert.Contains($"the same command goes on where this one stopped (results folder: {folder})", stopped.Error, StringComparison.Ordinal);
        }

        Assert.InRange(JournalFile.Cells(folder).Length, 1, TinyExperiment.Cells - 1);
        using var rest = ProgramRun.ToTheEnd("run", finished.Experiment.File, "--out", folder);
        Assert.Equal(finished.Table, rest.Ok().Out);
        Assert.Equal(Enumerable.Range(0, TinyExperiment.Cells), JournalFile.Cells(folder).Order());
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void A_second_process_on_the_same_folder_is_refused_until_the_first_has_ended()
    {
        string folder = finished.Experiment.Path("two");
        using (var first = ProgramRun.Start("run", finished.Experiment.File, "--out", folder, "--clock", "wall", "--pace", "1"))
        {
            JournalFile.WaitFor(folder, 0, first);
            foreach (string option in (string[])["--jobs=1", "--fresh", "--resume"])
            {
                using var second = ProgramRun.ToTheEnd("run", finished.Experiment.File, "--out", folder, option);
                Assert.True(second.ExitCode == 2, second.Error);
                Assert.Contains($"{folder}: another process is writing these results", second.Error, StringComparison.Ordinal);
            }

            Assert.False(first.HasEnded);
            first.Kill();
        }

        using var alone = ProgramRun.ToTheEnd("run", finished.Experiment.File, "--out", folder);
        alone.Ok();
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void A_half_written_record_is_recognised_and_its_cell_runs_again()
    {
        string folder = finished.Experiment.Path("torn");
        Copy(finished.Results, folder);
        string path = JournalFile.PathOf(folder);
        string[] lines = File.ReadAllLines(path);
        // The header, five whole records, and half of the sixth: what a power cut in the middle of a write leaves.
        File.WriteAllText(path, string.Concat(lines.Take(6).Select(line => line + "\n")) + lines[6][..(lines[6].Length / 2)]);
        using (var report = ProgramRun.ToTheEnd("report", folder))
        {
            Assert.Equal(5, report.ExitCode);
            Assert.Contains("5 of 9 cells have finished", report.Error, StringComparison.Ordinal);
        }

        using var rest = ProgramRun.ToTheEnd("run", finished.Experiment.File, "--out", folder, "--resume");
        rest.Ok();
        Assert.DoesNotContain("\n5 of 9 cells", rest.Error, StringComparison.Ordinal);
        Assert.Contains("\n6 of 9 cells", rest.Error, StringComparison.Ordinal);
        Assert.Subset(File.ReadAllLines(path).ToHashSet(), lines.Take(6).ToHashSet());
        Assert.Equal(Enumerable.Range(0, TinyExperiment.Cells), JournalFile.Cells(folder).Order());
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    [Fact]
    public void A_journal_of_another_version_is_rejected_and_left_alone()
    {
        string folder = finished.Experiment.Path("version");
        Copy(finished.Results, folder);
        string path = JournalFile.PathOf(folder), text = File.ReadAllText(path);
        string header = text[..text.IndexOf('\n', StringComparison.Ordinal)];
        string document = header[header.IndexOf('{', StringComparison.Ordinal)..];
        Assert.Equal(header + "\n", JournalFile.Frame(document));
        string newer = JournalFile.Frame(document.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)) + text[(header.Length + 1)..];
        File.WriteAllText(path, newer);
        foreach (string[] command in (string[][])[["run", finished.Experiment.File, "--out", folder], ["run", finished.Experiment.File, "--out", folder, "--resume"], ["report", folder], ["verify", folder]])
        {
            using var run = ProgramRun.ToTheEnd(command);
            Assert.True(run.ExitCode == 2, run.Error);
            Assert.Contains("version: '2': this program reads journals of version 1", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(newer, File.ReadAllText(path));
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    private static bool IgnoresInterrupt(int process)
    {
        string? ignored = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return ignored is not null && (Convert.ToUInt64(ignored[7..].Trim(), 16) & 2) != 0;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
