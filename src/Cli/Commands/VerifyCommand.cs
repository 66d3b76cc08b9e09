using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench verify</c>: runs a sample of the cells of a results folder again and compares the bytes they would leave in its files.</summary>
internal static class VerifyCommand
{
    private const long LargestManifestBytes = 64L << 20;

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("verify", "Run a sample of the cells of a results folder again and compare bytes.");
        var folder = new Argument<string>("folder") { Description = "Results folder." };
        var sample = new Option<int>("--sample") { Description = "Cells to run again, spread evenly over the plan (0: all).", HelpName = "N", DefaultValueFactory = _ => 5, CustomParser = OptionValues.Whole("--sample") };
        var experiment = new Option<string?>("--experiment") { Description = "Experiment file, when it is not where the manifest says.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "Data folder, when it is not where the manifest says.", HelpName = "DIR" };
        var plugins = new Option<string[]>("--plugin") { Description = "Assembly with strategies; may be given several times.", HelpName = "DLL" };
        command.Arguments.Add(folder);
        foreach (Option option in (Option[])[sample, experiment, data, plugins]) command.Options.Add(option);
        var limits = new PluginLimitOptions(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(folder)!;
            var results = ResultsFolder.Load(path);
            using JsonDocument manifest = ReadManifest(path);
            var facts = new ManifestFacts(Path.Combine(path, ResultFileNames.Manifest), manifest.RootElement);
            RunRequest request = Request(facts, parsed.GetValue(experiment), parsed.GetValue(data)) with
            {
                Plugins = parsed.GetValue(plugins) ?? [],
                Limits = limits.Of(parsed),
            };
            return Verify(results, facts.Text("planFingerprint"), request, OptionValues.Whole("--sample", parsed.GetValue(sample), 0, int.MaxValue), terminal, cancellation);
        });
        return command;
    }

    private static int Verify(ResultsFolder results, string recorded, RunRequest request, int sample, Terminal terminal, CancellationToken cancellation)
    {
        var session = ExperimentSession.Open(request);
        if (session.Plan.Fingerprint.Hash != recorded)
        {
            throw new InputException(new InputProblem(
                Path.Combine(results.Path, ResultFileNames.Manifest), 0, 0, "planFingerprint", recorded,
                $"expected {session.Plan.Fingerprint.Hash}: the experiment, an input or the version has changed since"));
        }

        int count = session.Plan.Cells.Count;
        int wanted = sample == 0 ? count : Math.Min(sample, count);
        PlannedCell[] cells = [.. Enumerable.Range(0, wanted).Select(k => session.Plan.Cells[(int)((long)k * count / wanted)])];
        Func<PlannedCell, CancellationToken, CellResult> run = session.Cells(cells, CellCommand.Of(request));
        int different = 0;
        foreach (PlannedCell cell in cells)
        {
            CellResult? before = Stored(results, cell);
            string after = Bytes(PairedMetrics.Add(cell, run(cell, cancellation), cell.Pair is { } pair ? Stored(results, session.Plan.Cells[pair]) : null, cell.Calm is { } calm ? Stored(results, session.Plan.Cells[calm]) : null));
            bool equal = before is not null && Bytes(before) == after;
            if (!equal) different++;
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(equal ? "equal" : "DIFFERENT")} {cell.Key.Fleet} {cell.Key.Workload} {cell.Key.Faults} {cell.Key.Strategy} {cell.Key.Seed}"));
        }

        terminal.Note($"{cells.Length - different} of {cells.Length} cells are equal byte by byte ({count} in the plan)");
        return different == 0 ? ExitCode.Ok : ExitCode.RunFailed;
    }

    private static CellResult? Stored(ResultsFolder results, PlannedCell cell) => results.Cells.FirstOrDefault(known => known.Key == cell.Key);

    /// <summary>What the cell leaves in cells.csv, series.csv and services.csv. Empty fields are left out: read back, a failed cell has the columns of the others, and alone it has none.</summary>
    private static string Bytes(CellResult whole)
    {
        CellResult cell = whole with { Metrics = [.. whole.Metrics.Where(metric => metric.Value is not null)] };
        using var text = new StringWriter { NewLine = "\n" };
        CellsCsv.Write(text, [cell]);
        SeriesCsv.Write(text, [cell]);
        ServicesCsv.Write(text, [cell]);
        return text.ToString();
    }

    private static JsonDocument ReadManifest(string folder)
    {
        string path = Path.Combine(folder, ResultFileNames.Manifest);
        return JsonDocument.Parse(InputFile.ReadAllText(path, path, LargestManifestBytes));
    }

    /// <summary>The request that made the results: paths from the volatile section, seeds and filter from the resolved experiment.</summary>
    private static RunRequest Request(ManifestFacts facts, string? experimentPath, string? dataFolder)
    {
        string data = dataFolder ?? facts.Text("volatile", "dataFolder");
        string only = facts.Text("experiment", "only");
        return new RunRequest
        {
            ExperimentPath = experimentPath ?? facts.Text("volatile", "experimentPath"),
            DataFolder = data.Length > 0 ? data : null,
            Seeds = facts.Seeds("experiment", "seeds"),
            Only = only.Length > 0 ? CellFilter.Parse(only) : CellFilter.All,
        };
    }

    /// <summary>Parts of a manifest; one that is missing or of another type is bad input and not a failure of the program.</summary>
    private sealed class ManifestFacts(string path, JsonElement root)
    {
        public string Text(params string[] names) =>
            Find(names) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Problem(names, "expected a text");

        public ulong[] Seeds(params string[] names) => Find(names) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(seed => seed.ValueKind == JsonValueKind.Number && seed.TryGetUInt64(out ulong value) ? value : throw Problem(names, "expected seeds"))]
            : throw Problem(names, "expected a list of seeds");

        private JsonElement? Find(string[] names)
        {
            JsonElement at = root;
            foreach (string name in names)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
            }

            return at;
        }

        private InputException Problem(string[] names, string expected) =>
            new(new InputProblem(path, 0, 0, string.Join('.', names), null, $"{expected}; this manifest is damaged"));
    }
}
