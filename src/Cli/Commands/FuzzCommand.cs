using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Fuzzing;
using SchedBench.Fuzzing.Cases;
using SchedBench.Fuzzing.Play;
using SchedBench.Reporting.Tables;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench fuzz</c>: plays random clusters with every judge on, makes failures smaller and says how to repeat them.</summary>
internal sealed class FuzzCommand
{
    private const int MostJobs = 1024;
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly Option<string?> _budget = new("--budget") { Description = "How long to play (10m unless --runs is stated); failures are made smaller afterwards.", HelpName = "TIME" };
    private readonly Option<long?> _runs = new("--runs") { Description = "Cases to play.", HelpName = "N", CustomParser = result => OptionValues.Number<long>("--runs", "expected a whole number")(result) };
    private readonly Option<ulong> _seed = new("--seed") { Description = "First seed (1 unless stated); the others follow it.", HelpName = "FIRST", DefaultValueFactory = _ => 1, CustomParser = OptionValues.Number<ulong>("--seed", "expected a whole number from 0") };
    private readonly Option<int> _jobs = new("--jobs", "-j") { Description = "Cases at a time (default: processors).", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount, CustomParser = OptionValues.Whole("--jobs") };
    private readonly Option<string?> _replay = new("--replay") { Description = "Play the case of a file instead.", HelpName = "FILE" };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the cases of failures.", HelpName = "DIR", DefaultValueFactory = _ => "fuzz-failures" };
    private readonly Option<TableFormat> _format;
    private readonly Terminal _terminal;
    private readonly CancellationToken _cancellation;

    private FuzzCommand(Command command, Terminal terminal, CancellationToken cancellation)
    {
        (_terminal, _cancellation) = (terminal, cancellation);
        foreach (Option option in (Option[])[_budget, _runs, _seed, _jobs, _replay, _out]) command.Options.Add(option);
        _format = TableOutput.AddTo(command);
        command.SetAction(parsed => parsed.GetValue(_replay) is { } file ? Replay(file) : Play(parsed));
    }

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("fuzz", "Play random clusters, workloads, strategies and faults with every judge on; make failures smaller.");
        _ = new FuzzCommand(command, terminal, cancellation);
        return command;
    }

    private int Play(ParseResult parsed)
    {
        long? runs = parsed.GetValue(_runs);
        if (runs < 1) throw new InputException(new InputProblem("--runs", 0, 0, "", Text(runs.Value), "expected a whole number from 1"));
        TimeSpan? budget = parsed.GetValue(_budget) is { } stated ? OptionValues.Duration("--budget", stated) : runs is null ? TimeSpan.FromMinutes(10) : null;
        int jobs = OptionValues.Whole("--jobs", parsed.GetValue(_jobs), 1, MostJobs);
        string folder = parsed.GetValue(_out)!;
        ulong first = parsed.GetValue(_seed);
        if (runs is { } many && (ulong)many - 1 > ulong.MaxValue - first) throw new InputException(new InputProblem("--seed", 0, 0, "", first.ToString(CultureInfo.InvariantCulture), "expected a seed that leaves room for the others"));
        var watch = Stopwatch.StartNew();
        TimeSpan last = TimeSpan.Zero, played = TimeSpan.Zero;
        var session = FuzzSession.Play(first, taken => !(taken >= (ulong?)runs) && !(watch.Elapsed >= budget), jobs, Tell, cancellation: _cancellation);
        Report(session, first, played, jobs, parsed.GetValue(_format));
        foreach (FuzzFinding finding in session.Findings) Report(finding, folder);
        return session.Findings.Count == 0 ? ExitCode.Ok : ExitCode.RunFailed;

        void Tell(FuzzTally tally, FuzzFinding? finding)
        {
            played = watch.Elapsed;
            if (finding is not null) _terminal.Note($"seed {finding.Seed}: {finding.Failure.Message}");
            if (played - last < BetweenLines) return;
            last = played;
            _terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{tally.Runs} runs in {played.TotalSeconds:F0} s, {PerHour(tally.Runs, played):F0} an hour, {tally.Failures} failed"));
        }
    }

    private void Report(FuzzSession session, ulong first, TimeSpan played, int jobs, TableFormat format)
    {
        FuzzTally tally = session.Tally;
        var table = new SimpleTable("Exercised", "what", "name", "#times");
        foreach ((string effect, long times) in tally.Effects) table.Add("effect (hits)", effect, Text(times));
        foreach ((string feature, long times) in tally.Features) table.Add("feature (cases)", feature, Text(times));
        foreach ((string check, long times) in tally.Checks) table.Add("check (cases)", check, Text(times));
        TableOutput.Write(_terminal, table.Build(), format);
        string[] never = [.. tally.Effects.Concat(tally.Features).Where(known => known.Value == 0).Select(known => known.Key)];
        if (never.Length > 0) _terminal.Note($"note: never exercised: {string.Join(", ", never)}");
        _terminal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Runs} runs (seeds {first} to {first + (ulong)Math.Max(0, tally.Runs - 1)}) in {played.TotalSeconds:F1} s with {jobs} jobs: {PerHour(tally.Runs, played):F0} an hour; {tally.Failures} failed"));
    }

    private void Report(FuzzFinding finding, string folder)
    {
        _terminal.Note($"seed {finding.Seed} failed: {finding.Failure.Message}");
        _terminal.Note($"  repeat: schedbench fuzz --seed {finding.Seed} --runs 1");
        if (finding.Shrunk is not { } shrunk) return;
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"seed-{finding.Seed}.json");
        File.WriteAllText(path, CaseFile.Write(new CaseDocument(CaseFile.Format, shrunk.Failure.Kind, shrunk.Failure.Message, shrunk.Case)));
        FuzzCase item = shrunk.Case;
        _terminal.Note($"  made smaller in {shrunk.Tries} tries: {item.Nodes.Count} nodes, {item.Workloads.Count} workloads, {item.Steps.Count} steps, {item.Faults.Count} faults: {shrunk.Failure.Message}");
        _terminal.Note($"  repeat: schedbench fuzz --replay {path}");
        if (shrunk.Failure.Trace.Length > 0 && Environment.GetEnvironmentVariable("SCHEDBENCH_DEBUG") == "1") _terminal.Note(shrunk.Failure.Trace);
    }

    private int Replay(string file)
    {
        CaseDocument document = CaseFile.Read(file);
        FuzzOutcome outcome = FuzzRun.Play(document.Case, cancellation: _cancellation);
        if (outcome.Failure is not { } failure)
        {
            _terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ok, fingerprint {outcome.Fingerprint:x16}"));
            if (document.Failure.Length > 0) _terminal.Note($"{file} was kept for '{document.Failure}', which it does not show any more");
            return ExitCode.Ok;
        }

        _terminal.Out.WriteLine($"{failure.Kind}: {failure.Message}");
        if (failure.Kind != document.Failure) _terminal.Note($"{file} was kept for '{document.Failure}'");
        if (failure.Trace.Length > 0 && Environment.GetEnvironmentVariable("SCHEDBENCH_DEBUG") == "1") _terminal.Note(failure.Trace);
        return ExitCode.RunFailed;
    }

    private static double PerHour(long runs, TimeSpan time) => time > TimeSpan.Zero ? runs / time.TotalHours : 0;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
