using System.Diagnostics;
using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>The disk fills up in mid-run: exit code 5, finished cells intact, and the run goes on once there is room.</summary>
[Collection(SweepCollection.Name)]
public sealed class FullDiskTests(FinishedSweep finished)
{
    [SkippableFact]
    public void A_disk_that_fills_up_stops_the_run_and_keeps_what_has_finished()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small file system takes the rights of root.");
        string disk = finished.Experiment.Path("disk"), folder = Path.Combine(disk, "out");
        Directory.CreateDirectory(disk);
        // Room for the header and a few of the nine records.
        long room = new FileInfo(JournalFile.PathOf(finished.Results)).Length / 2 / 4096 * 4096;
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", $"size={room}", "tmpfs", disk), "This machine does not let its root mount.");
        try
        {
            FillsUpAndGoesOn(folder, ProgramRun.Start("run", finished.Experiment.File, "--out", folder), () => Run("mount", "-o", "remount,size=64m", disk));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [SkippableFact]
    public void A_limit_on_the_size_of_files_stops_the_run_and_keeps_what_has_finished()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such limit.");
        string folder = finished.Experiment.Path("limited");
        long blocks = new FileInfo(JournalFile.PathOf(finished.Results)).Length / 2 / 512;
        string script = $"ulimit -f {blocks}; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; exec \"$0\" \"$@\"";
        FillsUpAndGoesOn(folder, ProgramRun.Command("/bin/sh", [], "-c", script, ProgramRun.Executable, "run", finished.Experiment.File, "--out", folder), () => true);
    }

    private void FillsUpAndGoesOn(string folder, ProgramRun first, Func<bool> makeRoom)
    {
        using (first)
        {
            first.WaitForEnd();
            Assert.True(first.ExitCode == 5, $"exit code {first.ExitCode}: {first.Error}");
            Assert.Contains("cannot be written", first.Error, StringComparison.Ordinal);
            Assert.Contains("finished cells are intact", first.Error, StringComparison.Ordinal);
            Assert.Equal("", first.Out);
        }

        int[] kept = JournalFile.Cells(folder);
        Assert.InRange(kept.Length, 1, TinyExperiment.Cells - 1);
        Assert.False(File.Exists(Path.Combine(folder, "cells.csv")));
        using (var report = ProgramRun.ToTheEnd("report", folder)) Assert.Equal(5, report.ExitCode);
        Assert.True(makeRoom());
        using var rest = ProgramRun.ToTheEnd("run", finished.Experiment.File, "--out", folder);
        rest.Ok();
        Assert.DoesNotContain($"\n{kept.Length} of 9 cells", rest.Error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, TinyExperiment.Cells), JournalFile.Cells(folder).Order());
        Assert.Empty(ResultsSnapshot.Differences(finished.Results, folder));
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
