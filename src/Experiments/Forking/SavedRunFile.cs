using System.Globalization;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Forking;

/// <summary>A saved run as a small file that people can read.</summary>
public static class SavedRunFile
{
    /// <summary>Kind of the file.</summary>
    public const string Kind = "SavedRun";

    private const long LargestBytes = 16 << 20;
    private const int MostInputs = 1_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>The run as text.</summary>
    public static string Write(SavedRun run)
    {
        var text = new StringBuilder();
        CultureInfo invariant = CultureInfo.InvariantCulture;
        text.Append(invariant, $"apiVersion: {Files.Experiment.ApiVersion}\nkind: {Kind}\nexperiment: {Quoted(run.Experiment)}\n");
        if (run.DataFolder.Length > 0) text.Append(invariant, $"data: {Quoted(run.DataFolder)}\n");
        if (run.Plugins.Count > 0) text.Append(invariant, $"plugins: [{string.Join(", ", run.Plugins.Select(Quoted))}]\n");
        text.Append(invariant, $"cell: {{ experiment: {Quoted(run.Cell.Experiment)}, fleet: {Quoted(run.Cell.Fleet)}, workload: {Quoted(run.Cell.Workload)}, faults: {Quoted(run.Cell.Faults)}, strategy: {Quoted(run.Cell.Strategy)}, seed: {run.Cell.Seed} }}\n");
        text.Append(invariant, $"at: {DurationText.Format(run.Point.At)}\nevents: {run.Point.Events}\nfacts: {Quoted(run.Point.Facts.ToString("x16", invariant))}\nplan: {Quoted(run.Plan)}\ninputs:{(run.Inputs.Count == 0 ? " []" : "")}\n");
        foreach (PlannedInput input in run.Inputs) text.Append(invariant, $"- {{ path: {Quoted(input.Path)}, sha256: {Quoted(input.Sha256Hex)} }}\n");
        return text.ToString();
    }

    /// <summary>The run of a file.</summary>
    /// <exception cref="InputException">It cannot be read, or something is wrong with it.</exception>
    public static SavedRun Read(string path)
    {
        var reader = new YamlReader(path);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(InputFile.ReadAllText(path, path, LargestBytes), path));
        root.Required("apiVersion")?.OneOf([(Files.Experiment.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(Kind, 0)]);
        YamlMap? cell = root.Required("cell")?.Map();
        var inputs = new List<PlannedInput>();
        var run = new SavedRun
        {
            Experiment = root.Required("experiment")?.Text() ?? "",
            DataFolder = root.Optional("data")?.Text() ?? "",
            Plugins = [.. (root.Optional("plugins")?.Items(1) ?? []).Select(item => item.Text()).OfType<string>()],
            Cell = new CellKey(Text(cell, "experiment"), Text(cell, "fleet"), Text(cell, "workload"), Text(cell, "faults"), Text(cell, "strategy"), cell?.Required("seed")?.Unsigned(0, ulong.MaxValue) ?? 0),
            Point = new SavedPoint(root.Required("at")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero, root.Required("events")?.Integer(0, long.MaxValue) ?? 0, Facts(root.Required("facts"))),
            Plan = root.Required("plan")?.Text() ?? "",
            Inputs = inputs,
        };
        foreach (YamlValue item in root.Required("inputs")?.Items(0, MostInputs) ?? [])
        {
            if (item.Map() is { } map) inputs.Add(new PlannedInput(Text(map, "path"), Text(map, "sha256")));
        }

        reader.Finish();
        return run;
    }

    private static string Text(YamlMap? map, string key) => map?.Required(key)?.Text() ?? "";

    private static ulong Facts(YamlValue? value)
    {
        if (value?.Text() is not { } text) return 0;
        if (ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong facts)) return facts;
        value.Report("expected 16 hexadecimal digits");
        return 0;
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
