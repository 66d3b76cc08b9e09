using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Journal;

namespace SchedBench.Cli.Commands;

/// <summary>The hidden command with which the program runs one cell of a plug-in in a child process: writes the cell's record to a file.</summary>
internal static class CellCommand
{
    private const string Name = "cell";

    /// <summary>Program and arguments that run one cell of a request.</summary>
    public static Func<int, string, IReadOnlyList<string>> Of(RunRequest request)
    {
        List<string> program = Program();
        List<string> arguments = [request.ExperimentPath];
        if (request.DataFolder is { } data) arguments.AddRange(["--data", data]);
        if (request.Seeds is { } seeds) arguments.AddRange(["--seeds", SeedList.Format(seeds)]);
        if (request.Only.Text.Length > 0) arguments.AddRange(["--only", request.Only.Text]);
        foreach (string plugin in request.Plugins) arguments.AddRange(["--plugin", plugin]);
        arguments.AddRange(["--invariants", request.InvariantSampling.ToString(CultureInfo.InvariantCulture)]);
        if (request.FromScratch) arguments.Add("--no-cache");
        if (request.WallClockPace is { } pace) arguments.AddRange(["--pace", pace.ToString("R", CultureInfo.InvariantCulture)]);
        return (index, record) => [.. program, Name, .. arguments, "--index", index.ToString(CultureInfo.InvariantCulture), "--record", record];
    }

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(Name, "Run one cell and write its record (used by the program itself).") { Hidden = true };
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var index = new Option<int>("--index") { Required = true };
        var record = new Option<string>("--record") { Required = true };
        var invariants = new Option<int>("--invariants");
        var pace = new Option<double?>("--pace");
        var noCache = new Option<bool>("--no-cache");
        foreach (Option option in (Option[])[index, record, invariants, pace, noCache]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            EndWithParent();
            var session = ExperimentSession.Open(experiment.Request(parsed) with
            {
                InvariantSampling = parsed.GetValue(invariants),
                WallClockPace = parsed.GetValue(pace),
                FromScratch = parsed.GetValue(noCache),
            });
            PlannedCell cell = session.Plan.Cells[parsed.GetValue(index)];
            CellRecordFile.Write(parsed.GetValue(record)!, cell.Index, session.Runner([cell]).Run(cell, null, cancellation));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The parent holds the other end of standard input and never writes: its end is the parent's. A strategy that hangs would outlive it otherwise.</summary>
    private static void EndWithParent()
    {
        var watch = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            Span<byte> nothing = stackalloc byte[1];
            while (input.Read(nothing) > 0)
            {
            }

            // Not Environment.Exit: that would wait for handlers of the plug-in.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        })
        { IsBackground = true, Name = "parent watch" };
        watch.Start();
    }

    /// <summary>This program: the executable beside its assembly, or the runtime with the assembly where there is none.</summary>
    private static List<string> Program()
    {
        string assembly = typeof(CellCommand).Assembly.Location;
        string executable = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null)!;
        if (File.Exists(executable)) return [executable];
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return [host, assembly];
    }
}
