using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Plugins;

/// <summary>Limits of a child process.</summary>
public sealed record ChildLimits
{
    /// <summary>Wall time of one cell, loading its inputs included.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Memory of the process, in bytes.</summary>
    public long MemoryBytes { get; init; } = 2L << 30;
}

/// <summary>Runs cells one by one in child processes, so that a strategy that hangs, eats memory or exits costs its cell and not the sweep.</summary>
/// <remarks>
/// The child is this program with the arguments of <paramref name="commandOf"/>; it writes the cell's record to a file of its own and nothing else counts. What the
/// child prints is drained; the last lines of its standard error go into the failure. Memory is limited twice: the child's garbage collector gets a hard limit, and the
/// parent looks at the resident set twenty times a second, for memory that no collector sees. The child's standard input stays open as long as this process lives; when it ends,
/// the child ends too.
/// </remarks>
/// <param name="commandOf">Program and arguments that run the cell of an index and write its record to a file.</param>
/// <param name="limits">Limits of each process.</param>
/// <param name="time">Source of real time.</param>
public sealed class ChildCells(Func<int, string, IReadOnlyList<string>> commandOf, ChildLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private string TimeBroken => $"the strategy's process took longer than its limit of {limits.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s and was ended";

    private string MemoryBroken => $"the strategy's process used more than its limit of {limits.MemoryBytes} bytes and was ended";

    /// <summary>Runs a cell in a process of its own.</summary>
    public CellResult Run(PlannedCell cell, CancellationToken cancellation)
    {
        // A folder that only this user may enter.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("schedbench-cell-");
        try
        {
            return RunProcess(cell, Path.Combine(folder.FullName, "record.json"), cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private CellResult RunProcess(PlannedCell cell, string record, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Command(cell, record) };
        long begun = time.GetTimestamp();
        process.Start();
        var printed = new ChildOutput(process.StandardOutput, keepsLines: false);
        var said = new ChildOutput(process.StandardError, keepsLines: true);
        string? broken = Watch(process, begun, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (broken is not null) return CellRunner.Failed(cell.Key, broken);
        said.WaitForEnd(LastWords);
        printed.WaitForEnd(LastWords);
        return process.ExitCode == 0 && Read(record, cell) is { } result ? Judge(result) : Dead(cell, process.ExitCode, said.LastLines());
    }

    private ProcessStartInfo Command(PlannedCell cell, string record)
    {
        IReadOnlyList<string> command = commandOf(cell.Index, record);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        // Workstation GC: one run on one thread. The hard limit makes .NET itself refuse memory beyond it.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = limits.MemoryBytes.ToString("x", CultureInfo.InvariantCulture);
        return start;
    }

    /// <summary>Waits for the end of the process; ends it and says why when it passes a limit.</summary>
    private string? Watch(Process process, long begun, CancellationToken cancellation)
    {
        while (!process.WaitForExit(Look))
        {
            string? broken = null;
            if (cancellation.IsCancellationRequested) broken = "cancelled";
            else if (time.GetElapsedTime(begun) > limits.Time) broken = TimeBroken;
            else if (Resident(process) > limits.MemoryBytes) broken = MemoryBroken;
            if (broken is null) continue;
            End(process);
            return broken;
        }

        return null;
    }

    /// <summary>Ends the process and those it started. Waits for it alone: what it printed, and who else holds the streams, does not matter any more.</summary>
    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is Win32Exception or AggregateException or InvalidOperationException)
        {
            // One of them has just ended by itself; whether all have is seen next.
        }

        if (!process.WaitForExit(LastWords)) throw new InvalidOperationException($"The child process {process.Id} could not be ended.");
    }

    /// <summary>Whether the collector's limit or ours is met first depends on the moment; the result says the same.</summary>
    private CellResult Judge(CellResult result) =>
        result.Status == CellStatus.Failed && result.Failure.StartsWith(nameof(OutOfMemoryException), StringComparison.Ordinal) ? CellRunner.Failed(result.Key, MemoryBroken) : result;

    private CellResult Dead(PlannedCell cell, int exitCode, string[] lastLines)
    {
        bool outOfMemory = exitCode != 0 && lastLines.Any(line => line.StartsWith("Out of memory", StringComparison.Ordinal) || line.Contains(nameof(OutOfMemoryException), StringComparison.Ordinal));
        if (outOfMemory) return CellRunner.Failed(cell.Key, MemoryBroken);
        string said = lastLines.Length == 0 ? "" : $"; it said: {string.Join(" / ", lastLines)}";
        return CellRunner.Failed(cell.Key, $"the strategy's process ended with exit code {exitCode.ToString(CultureInfo.InvariantCulture)} and without a result{said}");
    }

    private static CellResult? Read(string record, PlannedCell cell) => File.Exists(record) && CellRecordFile.Read(record) is { } result && result.Key == cell.Key ? result : null;

    private static long Resident(Process process)
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended; its exit code is read next.
            return 0;
        }
    }
}
