using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Experiments.Expectations;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;
using SchedBench.Workloads.Manifests;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Experiments.Runner;

/// <summary>What may differ between equal runs.</summary>
/// <param name="CommandLine">The command as it was given.</param>
/// <param name="Commit">Version with the commit the program was built from.</param>
/// <param name="Machine">Processor count, operating system, architecture, runtime.</param>
/// <param name="ExperimentPath">Full path of the experiment file.</param>
/// <param name="DataFolder">Full path of the data folder, or empty.</param>
/// <param name="StartedAt">Begin.</param>
/// <param name="EndedAt">End.</param>
/// <param name="Jobs">Cells that ran at a time.</param>
public sealed record VolatileFacts(
    string CommandLine, string Commit, string Machine, string ExperimentPath, string DataFolder, DateTimeOffset StartedAt, DateTimeOffset EndedAt, int Jobs);

/// <summary>Writes <c>manifest.json</c>: what ran, on which inputs, what readers did with them, and what every reader of the results has to know.
/// All of it is a pure function of the plan but the section <c>volatile</c>.</summary>
public static class Manifest
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file in one step.</summary>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static void Write(
        string folder, ExperimentPlan plan, LoadedInputs inputs, StrategyCatalog strategies, IReadOnlyList<CellResult> cells, IReadOnlyList<string> notes,
        IReadOnlyList<Verdict> verdicts, string product, VolatileFacts facts) =>
        AtomicFile.Write(Path.Combine(folder, ResultFileNames.Manifest), stream =>
        {
            using (var json = new Utf8JsonWriter(stream, Indented))
            {
                json.WriteStartObject();
                json.WriteString("kind", ResultFileNames.ManifestKind);
                json.WriteNumber("formatVersion", ResultFileNames.FormatVersion);
                json.WriteString("product", product);
                json.WriteString("planFingerprint", plan.Fingerprint.Hash);
                WriteCells(json, cells);
                json.WriteStartArray("notes");
                foreach (string note in notes) json.WriteStringValue(note);
                json.WriteEndArray();
                json.WriteStartArray("knowWorkload");
                foreach (StrategySpec strategy in Levels(plan).Where(strategy => KnowsWorkload(strategies, strategy, cells))) json.WriteStringValue(strategy.Label);
                json.WriteEndArray();
                WriteVerdicts(json, verdicts);
                json.WriteStartArray("inputs");
                foreach (ReadReport report in inputs.Reports) WriteReport(json, report);
                foreach (ManifestSet set in inputs.Manifests) WriteReport(json, ManifestReport.Of(set));
                json.WriteEndArray();
                json.WritePropertyName("experiment");
                using (JsonDocument experiment = JsonDocument.Parse(plan.CanonicalJson)) experiment.RootElement.WriteTo(json);
                WriteVolatile(json, facts);
                json.WriteEndObject();
            }

            stream.Write("\n"u8);
        });

    /// <summary>What every output of the plan has to say: compressed times, strategies that knew the workload, rows that readers changed, what
    /// manifests hold that is not simulated or looks like a mistake, quantities that were rounded.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inputs">What was read.</param>
    /// <param name="strategies">Built-in strategies and those of plug-ins.</param>
    /// <param name="cells">The cells that have run; none before the run, when nobody knows yet what a plug-in asks for.</param>
    public static IReadOnlyList<string> Notes(ExperimentPlan plan, LoadedInputs inputs, StrategyCatalog strategies, IReadOnlyList<CellResult> cells)
    {
        var notes = new List<string>();
        foreach (WorkloadSpec workload in plan.Cells.Select(cell => cell.Workload).DistinctBy(workload => workload.Name))
        {
            if (workload.Replay is TimedReplay { Compress: not 1 } timed)
                notes.Add($"{workload.Name}: inter-arrival times are divided by {ResultNumber.Format((double)timed.Compress)} (compress); service times are as recorded.");
            if (workload.Replay is TimedReplay { Shake: not 0 } shaken)
                notes.Add($"{workload.Name}: gaps between arrivals and service times are jittered by up to ±{ResultNumber.Format((double)(100 * shaken.Shake))} % (shake), the same for every strategy under a seed.");
        }

        bool anyTimed = plan.Cells.Any(cell => cell.Workload.Replay is TimedReplay);
        foreach (StrategySpec strategy in Levels(plan))
        {
            if (strategies.Find(strategy.Name)!.Plugin.Length > 0) notes.Add($"{strategy.Label} comes from a plug-in and ran in a child process.");
            if (KnowsWorkload(strategies, strategy, cells))
                notes.Add($"{strategy.Label} is given the workload's mix of requests beforehand{(anyTimed ? ": it is clairvoyant in timed replays" : "")}.");
            if (strategy.TieBreak != Core.Scheduling.TieBreak.FirstInOrder) notes.Add($"{strategy.Label} settles ties by {strategy.TieBreakName}.");
        }

        foreach (ReadReport report in inputs.Reports)
        {
            foreach (ReadNote note in report.Notes) notes.Add($"{report.Files[0].Name}: {note.Count} × {note.Code}: {note.Meaning}.");
        }

        foreach (ManifestSet set in inputs.Manifests) notes.AddRange(ManifestReport.Lines(set));
        foreach (InputProblem note in plan.Experiment.Notes) notes.Add(note.ToString());
        return notes;
    }

    private static IEnumerable<StrategySpec> Levels(ExperimentPlan plan) => plan.Cells.Select(cell => cell.Strategy).DistinctBy(strategy => strategy.Label);

    /// <summary>Whether a strategy is given the workload's mix of requests beforehand. A plug-in is not built in this process to find out: its child processes say
    /// with each cell what they gave it.</summary>
    private static bool KnowsWorkload(StrategyCatalog strategies, StrategySpec strategy, IReadOnlyList<CellResult> cells) =>
        strategies.Find(strategy.Name)! is { Plugin.Length: 0 } entry
            ? entry.Build(strategy.Options, strategy.File).UsesWorkloadProfile
            : cells.Any(cell => cell.KnewWorkload && cell.Key.Strategy == strategy.Label);

    private static void WriteVerdicts(Utf8JsonWriter json, IReadOnlyList<Verdict> verdicts)
    {
        json.WriteStartArray("verdicts");
        foreach (Verdict verdict in verdicts)
        {
            json.WriteStartObject();
            json.WriteBoolean("holds", verdict.Holds);
            json.WriteString("statement", verdict.Statement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCells(Utf8JsonWriter json, IReadOnlyList<CellResult> cells)
    {
        json.WriteStartObject("cells");
        json.WriteNumber("total", cells.Count);
        json.WriteNumber("ok", cells.Count(cell => cell.Status == CellStatus.Ok));
        json.WriteNumber("failed", cells.Count(cell => cell.Status == CellStatus.Failed));
        json.WriteNumber("void", cells.Count(cell => cell.Status == CellStatus.Void));
        json.WriteEndObject();
    }

    private static void WriteReport(Utf8JsonWriter json, ReadReport report)
    {
        json.WriteStartObject();
        json.WriteString("format", report.Format);
        json.WriteStartArray("files");
        foreach (ReadFile file in report.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteString("sha256", file.Sha256Hex);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("rowsRead", report.RowsRead);
        json.WriteNumber("pods", report.Pods);
        json.WriteNumber("groups", report.Groups);
        json.WriteNumber("nodes", report.Nodes);
        json.WriteStartArray("notes");
        foreach (ReadNote note in report.Notes)
        {
            json.WriteStartObject();
            json.WriteString("code", note.Code);
            json.WriteString("kind", note.Kind.ToString().ToLowerInvariant());
            json.WriteNumber("count", note.Count);
            json.WriteString("meaning", note.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteVolatile(Utf8JsonWriter json, VolatileFacts facts)
    {
        json.WriteStartObject("volatile");
        json.WriteString("commandLine", facts.CommandLine);
        json.WriteString("commit", facts.Commit);
        json.WriteString("machine", facts.Machine);
        json.WriteString("experimentPath", facts.ExperimentPath);
        json.WriteString("dataFolder", facts.DataFolder);
        json.WriteString("startedAt", Rfc3339.Format(facts.StartedAt));
        json.WriteString("endedAt", Rfc3339.Format(facts.EndedAt));
        json.WriteNumber("jobs", facts.Jobs);
        json.WriteEndObject();
    }
}
