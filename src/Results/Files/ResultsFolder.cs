using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary>The results are there, but not all of them: the run was interrupted before its final files were written. The command line says how to resume and exits with 5.</summary>
public sealed class ResultsIncompleteException : Exception
{
    /// <summary>Reports that only part of the cells of <paramref name="folder"/> have finished.</summary>
    /// <param name="folder">The results folder.</param>
    /// <param name="finished">Cells in the journal.</param>
    /// <param name="total">Cells of the plan.</param>
    public ResultsIncompleteException(string folder, int finished, int total)
        : base($"{folder}: these results are incomplete: {finished} of {total} cells have finished and the final files are not written; resume the run") =>
        (Finished, Total) = (finished, total);

    /// <summary>Cells in the journal.</summary>
    public int Finished { get; }

    /// <summary>Cells of the plan.</summary>
    public int Total { get; }
}

/// <summary>A complete results folder, read back for reports and comparisons.</summary>
public sealed class ResultsFolder
{
    private const long LargestManifestBytes = 64L << 20;

    private ResultsFolder(string path, IReadOnlyList<CellResult> cells, IReadOnlyList<SummaryRow> summary, IReadOnlyList<ComparisonRow> comparisons) =>
        (Path, Cells, Summary, Comparisons) = (path, cells, summary, comparisons);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>All cells in plan order, with series and timing, their numbers as printed. A timeline is there as long as the folder has its journal, the one place that keeps it.</summary>
    public IReadOnlyList<CellResult> Cells { get; }

    /// <summary>The rows of <c>summary.csv</c>.</summary>
    public IReadOnlyList<SummaryRow> Summary { get; }

    /// <summary>The rows of <c>comparisons.csv</c>.</summary>
    public IReadOnlyList<ComparisonRow> Comparisons { get; }

    /// <summary>The baseline of the comparisons; <see langword="null"/> when there was only one strategy.</summary>
    public string? Baseline => Comparisons.Count == 0 ? null : Comparisons[0].Baseline;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="InputException">There is no such folder, it is not a results folder, it has another version, or a file of it is missing or damaged.</exception>
    /// <exception cref="ResultsIncompleteException">The journal holds cells that the final files do not.</exception>
    public static ResultsFolder Load(string folder)
    {
        if (!Directory.Exists(folder)) throw Problem(folder, "expected a results folder; there is no such folder");
        string journalPath = Combine(ResultsJournal.FolderName, ResultsJournal.FileName);
        JournalContent? journal = File.Exists(journalPath) ? JournalContent.Read(journalPath) : null;
        if (journal is { FilesWritten: false }) throw new ResultsIncompleteException(folder, journal.Cells.Count, journal.Header.Cells);
        RequireStamp(folder, Combine(ResultFileNames.Manifest));
        IReadOnlyDictionary<CellKey, IReadOnlyList<SeriesPoint>> series = SeriesCsv.Read(Combine(ResultFileNames.Series));
        IReadOnlyDictionary<CellKey, IReadOnlyList<MetricValue>> timing = TimingCsv.Read(Combine(ResultFileNames.Timing));
        string servicesPath = Combine(ResultFileNames.Services);
        IReadOnlyDictionary<CellKey, IReadOnlyList<ServiceValue>>? services = File.Exists(servicesPath) ? ServicesCsv.Read(servicesPath) : null;
        var timelines = (journal?.Cells.Values ?? []).Where(cell => cell.Timeline.Count > 0).ToDictionary(cell => cell.Key, cell => cell.Timeline);
        CellResult[] cells =
        [
            .. CellsCsv.Read(Combine(ResultFileNames.Cells)).Select(cell => cell with
            {
                Series = series.GetValueOrDefault(cell.Key, []),
                Services = services?.GetValueOrDefault(cell.Key, []) ?? [],
                Timing = timing.GetValueOrDefault(cell.Key, []),
                Timeline = timelines.GetValueOrDefault(cell.Key, []),
            }),
        ];
        return new ResultsFolder(folder, cells, SummaryCsv.Read(Combine(ResultFileNames.Summary)), ComparisonsCsv.Read(Combine(ResultFileNames.Comparisons)));

        string Combine(params string[] names) => System.IO.Path.Combine([folder, .. names]);
    }

    /// <summary>Refuses a folder whose manifest is missing, is no manifest of ours, or names another version.</summary>
    private static void RequireStamp(string folder, string path)
    {
        if (!File.Exists(path)) throw Problem(folder, $"expected a results folder; it has no {ResultFileNames.Manifest}");
        string text = InputFile.ReadAllText(path, path, LargestManifestBytes);
        try
        {
            using var manifest = JsonDocument.Parse(text);
            JsonElement root = manifest.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("kind", out JsonElement kind)
                || kind.ValueKind != JsonValueKind.String || kind.GetString() != ResultFileNames.ManifestKind)
            {
                throw Problem(path, $"expected \"kind\": \"{ResultFileNames.ManifestKind}\"; this folder is another program's");
            }

            if (!root.TryGetProperty("formatVersion", out JsonElement version)
                || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != ResultFileNames.FormatVersion)
            {
                string found = version.ValueKind == JsonValueKind.Undefined ? "none" : version.GetRawText();
                throw new InputException(new InputProblem(
                    path, 0, 0, "formatVersion", found, $"this program reads results of version {ResultFileNames.FormatVersion}: use the version that wrote them, or run again"));
            }
        }
        catch (JsonException e)
        {
            throw new InputException(new InputProblem(path, (int)(e.LineNumber ?? 0) + 1, 0, "", null, "expected a manifest in JSON; this is damaged"));
        }
    }

    private static InputException Problem(string path, string expected) => new(new InputProblem(path, 0, 0, "", null, expected));
}
