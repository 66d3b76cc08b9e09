using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Journal;

/// <summary>A part of a journal that cannot be used; the cell it held runs again.</summary>
/// <param name="Offset">First byte of the damaged line.</param>
/// <param name="Bytes">Its length, line feed included.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record JournalDamage(long Offset, long Bytes, string Problem);

/// <summary>What a journal file holds: its header, the cells whose records are whole, and the damaged parts.</summary>
internal sealed record JournalContent(
    HeaderDocument Header, IReadOnlyDictionary<int, CellResult> Cells, bool FilesWritten, IReadOnlyList<JournalDamage> Damage)
{
    /// <summary>What the user can do about a journal that cannot be continued.</summary>
    public const string Remedy = "choose another results folder, or remove this one to start over";

    /// <summary>Reads a journal from its beginning. Damage is not an error: damaged lines are listed and left out.</summary>
    /// <param name="path">The journal file.</param>
    /// <exception cref="InputException">The file cannot be read, its first line is not a header of a journal, or it has another version.</exception>
    public static JournalContent Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            return Read(path, stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(new InputProblem(path, 0, 0, "", null, $"cannot be read: {e.Message}"));
        }
    }

    private static JournalContent Read(string path, Stream stream)
    {
        HeaderDocument? header = null;
        var cells = new Dictionary<int, CellResult>();
        var damage = new List<JournalDamage>();
        bool filesWritten = false;
        foreach (JournalLineReader.Line line in JournalLineReader.Read(stream))
        {
            ReadOnlySpan<byte> document = default;
            string problem = line.Problem;
            bool isWhole = problem.Length == 0 && JournalLine.TryOpen(line.Bytes.Span, out document, out problem);
            if (header is null)
            {
                header = isWhole ? ReadHeader(path, document) : throw NoHeader(path);
                continue;
            }

            if (isWhole) problem = Take(document, header, cells, ref filesWritten);
            if (problem.Length > 0) damage.Add(new JournalDamage(line.Offset, line.Length, problem));
        }

        return header is null ? throw NoHeader(path) : new JournalContent(header, cells, filesWritten, damage);
    }

    /// <summary>Takes one entry in; returns what is wrong with it, or nothing.</summary>
    private static string Take(ReadOnlySpan<byte> document, HeaderDocument header, Dictionary<int, CellResult> cells, ref bool filesWritten)
    {
        try
        {
            (EntryDocument entry, CellResult? cell) = CellDocuments.Read(document);
            if (cell is null)
            {
                filesWritten = entry.FilesWritten;
                return "";
            }

            int index = entry.Cell!.Index;
            if (index < 0 || index >= header.Cells) return $"cell {index} where the plan has {header.Cells}";
            if (!cells.TryAdd(index, cell)) return $"cell {index} a second time";
            filesWritten = false;
            return "";
        }
        catch (JsonException)
        {
            return "its text is not the record of a cell";
        }
    }

    private static HeaderDocument ReadHeader(string path, ReadOnlySpan<byte> document)
    {
        try
        {
            HeaderProbe? probe = JsonSerializer.Deserialize(document, JournalJson.Default.HeaderProbe);
            if (probe?.Kind != ResultsJournal.Kind) throw NoHeader(path);
            if (probe.Version != ResultsJournal.FormatVersion)
            {
                throw new InputException(new InputProblem(
                    path, 1, 0, "version", $"{probe.Version}", $"this program reads journals of version {ResultsJournal.FormatVersion}: {Remedy}"));
            }

            return JsonSerializer.Deserialize(document, JournalJson.Default.HeaderDocument) ?? throw NoHeader(path);
        }
        catch (JsonException)
        {
            throw NoHeader(path);
        }
    }

    private static InputException NoHeader(string path) => new(new InputProblem(
        path, 1, 0, "", null, $"expected the header of a journal; it is damaged, or the file is not a journal: {Remedy}"));
}
