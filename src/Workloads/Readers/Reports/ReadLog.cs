using SchedBench.Core.Input;

namespace SchedBench.Workloads.Readers.Reports;

/// <summary>Gathers what happens while files are read: counted notes, and problems that make the input unusable.</summary>
internal sealed class ReadLog
{
    private const int MostProblems = 20;
    private const int MostExamples = 5;

    private readonly bool _strict;
    private readonly Dictionary<ReadReason, Counted> _notes = [];
    private readonly List<InputProblem> _problems = [];
    private readonly List<ReadFile> _files = [];

    public ReadLog(string displayName, bool strict)
    {
        DisplayName = displayName;
        _strict = strict;
    }

    /// <summary>The file that is being read, as the user named it.</summary>
    public string DisplayName { get; set; }

    public int Problems => _problems.Count;

    /// <summary>Counts a case, or refuses it when reading is strict.</summary>
    public void Note(ReadReason reason, int line, string field, string value)
    {
        if (_strict && reason.Kind != ReadNoteKind.Warning)
        {
            Problem(new InputProblem(DisplayName, line, 0, field, value, $"{reason.Meaning}: refused, as reading is strict"));
            return;
        }

        if (!_notes.TryGetValue(reason, out Counted? note)) _notes.Add(reason, note = new Counted());
        if (note.Examples.Count < MostExamples) note.Examples.Add(new ReadExample(line, field, value));
        note.Count++;
    }

    /// <summary>Whether the value of a further case will be looked at; where not, the caller need not make its text.</summary>
    public bool WantsValue(ReadReason reason) => _strict || !_notes.TryGetValue(reason, out Counted? note) || note.Examples.Count < MostExamples;

    /// <summary>Remembers a problem; the twentieth ends the reading.</summary>
    /// <exception cref="InputException">There are twenty.</exception>
    public void Problem(InputProblem problem)
    {
        _problems.Add(problem);
        if (_problems.Count == MostProblems) ThrowIfProblems();
    }

    public void Problem(int line, string field, string? value, string expected, string? nearest = null) =>
        Problem(new InputProblem(DisplayName, line, 0, field, value, expected, nearest));

    /// <summary>Ends the reading when there are problems.</summary>
    /// <exception cref="InputException">There are.</exception>
    public void ThrowIfProblems()
    {
        if (_problems.Count > 0) throw new InputException([.. _problems]);
    }

    /// <summary>Remembers that a file has been read to its end.</summary>
    public void FileRead(string sha256Hex) => _files.Add(new ReadFile(DisplayName, sha256Hex));

    /// <summary>The report; the reader adds its own figures.</summary>
    public ReadReport Report(string format, long rowsRead) => new()
    {
        Format = format,
        Files = [.. _files],
        RowsRead = rowsRead,
        Notes =
        [
            .. _notes.OrderBy(note => note.Key.Kind).ThenBy(note => note.Key.Code, StringComparer.Ordinal)
                .Select(note => new ReadNote(note.Key.Code, note.Key.Kind, note.Key.Meaning, note.Value.Count, note.Value.Examples)),
        ],
    };

    private sealed class Counted
    {
        public long Count { get; set; }

        public List<ReadExample> Examples { get; } = [];
    }
}
