using System.Diagnostics;
using SchedBench.Fleets.Faults;
using SchedBench.Fleets.Processes;

namespace SchedBench.Fleets.Tests;

/// <summary>What a run that was killed has left is taken away, and nothing else.</summary>
public sealed class FleetJournalTests
{
    /// <summary>Number of a process that cannot be: above the largest that Linux gives.</summary>
    private const int Nobody = 4_194_305;

    [Fact]
    public void Processes_of_a_run_that_was_killed_are_ended_and_no_others()
    {
        using Process left = Sleeper(), other = Sleeper(), reused = Sleeper();
        string path = Journal(
            $"owner {Nobody} 1", $"process {left.Id} {Linux.StartedAt(left.Id)}",
            // The same number, but started at another instant: somebody else by now.
            $"process {reused.Id} {Linux.StartedAt(reused.Id) + 1}", "process 12");
        try
        {
            Assert.True(ProcessEngine.TakeAwayLeftovers() >= 1);
            Assert.True(left.WaitForExit(5_000));
            Assert.False(other.HasExited);
            Assert.False(reused.HasExited);
            Assert.False(File.Exists(path));
        }
        finally
        {
            other.Kill();
            reused.Kill();
        }
    }

    [Fact]
    public void What_belongs_to_a_process_that_is_alive_stays()
    {
        using Process mine = Sleeper();
        string path = Journal($"owner {Environment.ProcessId} {Linux.StartedAt(Environment.ProcessId)}", $"process {mine.Id} {Linux.StartedAt(mine.Id)}");
        ProcessEngine.TakeAwayLeftovers();
        Assert.False(mine.HasExited);
        Assert.True(File.Exists(path));
        mine.Kill();
        File.Delete(path);
    }

    [Fact]
    public async Task A_journal_goes_with_its_run()
    {
        var engine = new ProcessEngine();
        string[] Mine() => [.. Directory.GetFiles(FleetJournal.Folder, $"process-{Environment.ProcessId}-*")];
        Assert.NotEmpty(Mine());
        int before = Mine().Length;
        await engine.DisposeAsync();
        Assert.True(Mine().Length < before);
    }

    private static string Journal(params string[] lines)
    {
        Directory.CreateDirectory(FleetJournal.Folder);
        string path = Path.Combine(FleetJournal.Folder, $"process-{Nobody}-{Guid.NewGuid():N}.fleet");
        // The last line was being written when the run was killed.
        File.WriteAllText(path, string.Join('\n', lines) + "\nprocess 1");
        return path;
    }

    private static Process Sleeper() => Process.Start(new ProcessStartInfo("setsid", ["sleep", "60"]))!;
}
