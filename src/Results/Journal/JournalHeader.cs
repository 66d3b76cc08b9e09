using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Results.Files;

namespace SchedBench.Results.Journal;

/// <summary>Beginning a journal, and telling whether an earlier one belongs to the same plan.</summary>
internal static class JournalHeader
{
    /// <summary>Writes a journal with the header and the whole records of <paramref name="earlier"/>, in one step in place of any file of that name.</summary>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written; an earlier journal is untouched.</exception>
    public static void WriteAnew(string path, PlanFingerprint plan, int cellCount, JournalContent? earlier) => AtomicFile.Write(path, stream =>
    {
        var header = new HeaderDocument(ResultsJournal.Kind, ResultsJournal.FormatVersion, plan.Hash, cellCount, [.. plan.Parts]);
        stream.Write(JournalLine.Frame(JsonSerializer.SerializeToUtf8Bytes(header, JournalJson.Default.HeaderDocument)));
        if (earlier is null) return;
        foreach (int index in earlier.Cells.Keys.Order()) stream.Write(JournalLine.Frame(CellDocuments.Write(index, earlier.Cells[index])));
        if (earlier.FilesWritten) stream.Write(JournalLine.Frame(CellDocuments.WriteFilesWritten()));
    });

    /// <summary>Refuses the journal of another plan, naming every part that differs.</summary>
    /// <exception cref="InputException">The plans differ.</exception>
    public static void RequireSamePlan(string path, HeaderDocument header, PlanFingerprint plan, int cellCount)
    {
        var problems = new List<InputProblem>();
        foreach ((string name, string? here, string? there) in plan.DifferencesTo(header.Parts))
        {
            problems.Add(new InputProblem(path, 1, 0, name, there, here is null ? "this plan has no such part" : $"this plan has '{here}'"));
        }

        if (header.Cells != cellCount) problems.Add(new InputProblem(path, 1, 0, "cells", $"{header.Cells}", $"this plan has '{cellCount}'"));
        if (problems.Count == 0 && header.Plan != plan.Hash) problems.Add(new InputProblem(path, 1, 0, "plan", header.Plan, $"this plan has '{plan.Hash}'"));
        if (problems.Count == 0) return;
        problems.Add(new InputProblem(path, 1, 0, "", null, $"these results belong to another plan: {JournalContent.Remedy}"));
        throw new InputException(problems);
    }
}
