using SchedBench.Core.Input;
using SchedBench.Workloads.Manifests;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Experiments.Runner;

/// <summary>What was read from manifests, in the form in which readers of traces report.</summary>
internal static class ManifestReport
{
    private const string Format = "manifests";
    private const int MostLines = 20;
    private const int MostExamples = 5;

    /// <summary>The report; its rows are objects.</summary>
    public static ReadReport Of(ManifestSet set) => new()
    {
        Format = Format,
        Files = [.. set.Files.Select(file => new ReadFile(file.Name, file.Sha256Hex))],
        RowsRead = set.Objects.Count,
        Notes = [.. Counted(set.Notes, "manifest-note", ReadNoteKind.Changed), .. Counted(set.Warnings, "manifest-warning", ReadNoteKind.Warning)],
    };

    /// <summary>Notes and warnings with their places, a line each; of very many the first, and how many there are.</summary>
    public static IEnumerable<string> Lines(ManifestSet set)
    {
        InputProblem[] all = [.. set.Warnings, .. set.Notes];
        foreach (InputProblem note in all.Take(MostLines)) yield return note.ToString();
        if (all.Length > MostLines) yield return $"{set.Files[0].Name}: {all.Length - MostLines} more notes on the manifests are in the list of inputs.";
    }

    private static IEnumerable<ReadNote> Counted(IReadOnlyList<InputProblem> notes, string code, ReadNoteKind kind) =>
        from note in notes
        group note by note.Expected into same
        select new ReadNote(code, kind, same.Key, same.Count(), [.. same.Take(MostExamples).Select(note => new ReadExample(note.Line, note.Field, note.Value ?? ""))]);
}
