using System.Text;
using System.Text.Json;
using SchedBench.Results.Files;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tests.Pages;

/// <summary>A results folder made by hand: cells through <see cref="ResultFiles"/>, and a manifest that says what a test wants it to say. Gone afterwards.</summary>
internal sealed class StudyFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schedbench-");

    /// <summary>Writes the files.</summary>
    /// <param name="cells">The cells in plan order.</param>
    /// <param name="manifest">What ran.</param>
    /// <param name="withJournal">Whether the folder has its journal, the only file that holds timelines.</param>
    public StudyFolder(IReadOnlyList<CellResult> cells, StudyManifest manifest, bool withJournal = false)
    {
        if (withJournal)
        {
            using var journal = ResultsJournal.Open(Path, new PlanFingerprint([new PlanPart("test", "study")]), cells.Count, ResumePolicy.RequireNew);
            for (int i = 0; i < cells.Count; i++) journal.Append(i, cells[i]);
            journal.MarkFilesWritten();
        }

        ResultFiles.WriteAll(Path, cells, manifest.Baseline);
        File.WriteAllText(this["manifest.json"], manifest.ToJson());
    }

    public string Path => _folder.FullName;

    public string this[params string[] names] => System.IO.Path.Combine([Path, .. names]);

    public string Read(params string[] names) => File.ReadAllText(this[names]);

    /// <summary>Relative names of all files below, in order.</summary>
    public string[] Files(string below = "") =>
        [.. Directory.EnumerateFiles(this[below], "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>The parts of a manifest that tests vary; the rest is fixed.</summary>
internal sealed record StudyManifest
{
    public string Name { get; init; } = "tiny";

    public ulong[] Seeds { get; init; } = [42, 43, 44, 45, 46, 47];

    public (string Label, string Name, string TieBreak)[] Strategies { get; init; } = [];

    public string[] Workloads { get; init; } = ["default"];

    public bool IsTimed { get; init; }

    /// <summary>Whether workloads apply manifests; all but the last are updated.</summary>
    public bool IsCluster { get; init; }

    public string Compress { get; init; } = "1";

    public string Baseline { get; init; } = "best-fit";

    public string[] Metrics { get; init; } = [];

    public string[] Figures { get; init; } = [];

    public string[] KnowWorkload { get; init; } = [];

    public string[] Notes { get; init; } = [];

    public (bool Holds, string Statement)[] Verdicts { get; init; } = [];

    public string Only { get; init; } = "";

    public string Orchestrator { get; init; } = "kubernetes";

    public string Steps { get; init; } = "[]";

    public string PublishedSource { get; init; } = "";

    /// <summary>What differs from run to run; nothing of it may reach a report.</summary>
    public string Volatile { get; init; } = "a machine, a command line, an hour";

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("kind", ResultFileNames.ManifestKind);
            json.WriteNumber("formatVersion", ResultFileNames.FormatVersion);
            json.WriteString("product", "SchedBench 0.0.0");
            json.WriteString("planFingerprint", "0123456789abcdef");
            Texts(json, "notes", Notes);
            Texts(json, "knowWorkload", KnowWorkload);
            WriteVerdicts(json);
            json.WriteRaw("inputs", """[{ "format": "openb", "files": [{ "name": "pods.csv", "sha256": "a1b2" }], "rowsRead": 12, "pods": 10, "groups": 0, "nodes": 0, "notes": [{ "code": "no-end", "kind": "dropped", "count": 2, "meaning": "rows without an end" }] }]""");
            WriteExperiment(json);
            json.WriteStartObject("volatile");
            json.WriteString("commandLine", Volatile);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void WriteVerdicts(Utf8JsonWriter json)
    {
        json.WriteStartArray("verdicts");
        foreach ((bool holds, string statement) in Verdicts)
        {
            json.WriteStartObject();
            json.WriteBoolean("holds", holds);
            json.WriteString("statement", statement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteExperiment(Utf8JsonWriter json)
    {
        json.WriteStartObject("experiment");
        json.WriteString("name", Name);
        json.WriteString("epoch", "2024-01-01T00:00:00Z");
        json.WriteStartArray("seeds");
        foreach (ulong seed in Seeds) json.WriteNumberValue(seed);
        json.WriteEndArray();
        json.WriteString("only", Only);
        json.WriteRaw("fleets", """
            [
              { "name": "small", "nodes": { "format": "openb", "path": "nodes.csv", "order": "shuffled", "strict": false, "subsetFraction": 0.5 } },
              { "name": "pools", "pools": [{ "name": "big", "count": 4, "cpuMilli": 96000, "memoryBytes": 412316860416, "ephemeralStorageBytes": 0, "pods": 110, "gpus": 8, "gpuModel": "A10", "zone": "", "labels": {}, "extended": {} }] }
            ]
            """);
        json.WriteStartArray("workloads");
        foreach (string workload in Workloads)
        {
            json.WriteStartObject();
            json.WriteString("name", workload);
            if (IsCluster)
            {
                json.WriteRaw("cluster", """{ "manifests": "shop", "warmup": "1m", "until": "5m", "clientLimits": "kubernetes", "watchDelay": "0s", "bindLatency": "0s", "images": {}, "traffic": [{ "service": "web" }] }""");
                json.WriteString("orchestrator", Orchestrator);
                json.WriteRaw("steps", Steps);
                if (workload != Workloads[^1]) json.WriteRaw("update", """{ "at": "2m", "method": "rollingUpdate", "tag": "v2" }""");
                json.WriteEndObject();
                continue;
            }

            json.WriteRaw("trace", """{ "format": "openb", "path": "pods.csv", "strict": false, "settings": {} }""");
            json.WriteRaw("replay", IsTimed
                ? $$"""{ "mode": "timed", "from": "0s", "to": "7d", "compress": {{Compress}}, "shake": 0, "startLatency": "2s", "cacheDelay": "0s", "bindLatency": "0s" }"""
                : """{ "mode": "saturate", "order": "shuffled", "until": { "resource": "gpu", "ofCapacity": 1.3 } }""");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("strategies");
        foreach ((string label, string name, string tieBreak) in Strategies)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("tieBreak", tieBreak);
            json.WriteString("label", label);
            json.WriteRaw("options", "{}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("baseline", Baseline);
        json.WriteStartObject("report");
        Texts(json, "metrics", Metrics);
        Texts(json, "figures", Figures);
        json.WriteEndObject();
        if (PublishedSource.Length > 0)
        {
            json.WriteStartObject("expected");
            json.WriteString("source", PublishedSource);
            json.WriteString("fleet", "small");
            json.WriteString("xMetric", "gpu_arrived_percent");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, string[] texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

file static class RawJson
{
    public static void WriteRaw(this Utf8JsonWriter json, string name, string raw)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(raw);
    }
}
