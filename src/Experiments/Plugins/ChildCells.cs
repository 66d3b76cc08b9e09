using System.Diagnostics;
using System.Globalization;
using System.Text;
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
/// parent looks at the resident set five times a second, for memory that no collector sees.
/// </remarks>
/// <param name="commandOf">Program and arguments that run the cell of an index and write its record to a file.</param>
/// <param name="limits">Limits of each process.</param>
/// <param name="time">Source of real time.</param>
public sealed class ChildCells(Func<int, string, IReadOnlyList<string>> commandOf, ChildLimits limits, TimeProvider time)
{
    private const int LinesKept = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a cell in a process of its own.</summary>
    public CellResult Run(PlannedCell cell, CancellationToken cancellation)
    {
        string record = Path.Combine(Path.GetTempPath(), $"schedbench-cell-{Environment.ProcessId}-{cell.Index}.json");
        File.Delete(record);
        try
        {
            return RunProcess(cell, record, cancellation);
        }
        finally
        {
            File.Delete(record);
        }
    }

    private CellResult RunProcess(PlannedCell cell, string record, CancellationToken cancellation)
    {
        IReadOnlyList<string> command = commandOf(cell.Index, record);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        // Workstation GC: one run on one thread. The hard limit makes .NET itself refuse memory beyond it.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = limits.MemoryBytes.ToString("x", CultureInfo.InvariantCulture);
        using var process = new Process { StartInfo = start };
        var lastLines = new Queue<string>();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Keep(lastLines, line.Data);
        long begun = time.GetTimestamp();
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string? broken = Watch(process, begun, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (broken is not null) return CellRunner.Failed(cell.Key, broken);
        if (process.ExitCode == 0 && File.Exists(record) && CellRecordFile.Read(record) is { } result && result.Key == cell.Key) return result;
        return CellRunner.Failed(cell.Key, $"the strategy's process ended with exit code {process.ExitCode} and without a result{Said(lastLines)}");
    }

    /// <summary>Waits for the end of the process; kills it and says why when it passes a limit.</summary>
    private string? Watch(Process process, long begun, CancellationToken cancellation)
    {
        while (!process.WaitForExit(Look))
        {
            string? broken = null;
            process.Refresh();
            if (cancellation.IsCancellationRequested) broken = "cancelled";
            else if (time.GetElapsedTime(begun) > limits.Time) broken = $"the strategy's process took longer than its limit of {limits.Time.TotalSeconds} s and was ended";
            else if (Resident(process) > limits.MemoryBytes) broken = $"the strategy's process used more than its limit of {limits.MemoryBytes} bytes and was ended";
            if (broken is null) continue;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return broken;
        }

        process.WaitForExit();
        return null;
    }

    private static long Resident(Process process)
    {
        try
        {
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended; its exit code is read next.
            return 0;
        }
    }

    private static void Keep(Queue<string> lines, string? line)
    {
        if (string.IsNullOrWhiteSpace(line) || IsStackTrace(line.TrimStart())) return;
        lock (lines)
        {
            lines.Enqueue(line.Length > 200 ? line[..200] : line.Trim());
            if (lines.Count > LinesKept) lines.Dequeue();
        }
    }

    /// <summary>Lines by which the runtime shows a stack: they name places on this machine and counts that differ from run to run, and results must hold neither.</summary>
    private static bool IsStackTrace(string line) =>
        line.StartsWith("at ", StringComparison.Ordinal) || line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("-----", StringComparison.Ordinal)
        || line.StartsWith("Repeat", StringComparison.Ordinal);

    private static string Said(Queue<string> lines)
    {
        lock (lines) return lines.Count == 0 ? "" : new StringBuilder("; it said: ").AppendJoin(" / ", lines).ToString();
    }
}
