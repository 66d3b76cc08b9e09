namespace SchedBench.Workloads.Readers.Reports;

/// <summary>What a note of a <see cref="ReadReport"/> means for the rows it counts.</summary>
public enum ReadNoteKind
{
    /// <summary>The row is used with another value than the one written, for a stated reason.</summary>
    Changed,

    /// <summary>The row is used, and a part of its life lies outside the record.</summary>
    Censored,

    /// <summary>The row is not used.</summary>
    Dropped,

    /// <summary>Something written (a column) has no meaning here and is not used.</summary>
    Ignored,

    /// <summary>An assumption or an oddity that a person should know; the rows are used as written. The only kind that strict reading lets pass.</summary>
    Warning,
}

/// <summary>Where a counted case stands.</summary>
/// <param name="Line">One-based line, or 0 when it concerns the whole file.</param>
/// <param name="Field">Column, or empty.</param>
/// <param name="Value">What is written there.</param>
public readonly record struct ReadExample(int Line, string Field, string Value);

/// <summary>One kind of thing that reading did, how often, and the first cases.</summary>
/// <param name="Code">Stable name of the reason, such as <c>end-before-start</c>; all are listed in docs/traces.md.</param>
/// <param name="Kind">What it means for the rows.</param>
/// <param name="Meaning">The reason and what was done, as a sentence fragment.</param>
/// <param name="Count">Number of cases.</param>
/// <param name="Examples">The first cases, at most five.</param>
public sealed record ReadNote(string Code, ReadNoteKind Kind, string Meaning, long Count, IReadOnlyList<ReadExample> Examples);

/// <summary>A file that was read.</summary>
/// <param name="Name">The file as the user named it.</param>
/// <param name="Sha256Hex">SHA-256 of its raw bytes: 64 lower-case hex digits.</param>
public sealed record ReadFile(string Name, string Sha256Hex);

/// <summary>What a reader did with its input: nothing is skipped in silence.</summary>
public sealed record ReadReport
{
    /// <summary>Name of the format.</summary>
    public required string Format { get; init; }

    /// <summary>The files read, in order.</summary>
    public required IReadOnlyList<ReadFile> Files { get; init; }

    /// <summary>Rows of pods or jobs (for a list of nodes: rows of nodes) in the file, used or not; headers and comments are none.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Pods made of them.</summary>
    public int Pods { get; init; }

    /// <summary>Pod groups made of them.</summary>
    public int Groups { get; init; }

    /// <summary>Nodes read.</summary>
    public int Nodes { get; init; }

    /// <summary>The recorded instant, in seconds on the trace's own clock, that became time 0.</summary>
    public decimal StartSeconds { get; init; }

    /// <summary>What the file says about itself (the header of an SWF file), in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Header { get; init; } = [];

    /// <summary>What was changed, censored, ignored and dropped, in the order of the kinds, then of the codes.</summary>
    public required IReadOnlyList<ReadNote> Notes { get; init; }

    /// <summary>Number of cases of one kind.</summary>
    public long Count(ReadNoteKind kind) => Notes.Where(note => note.Kind == kind).Sum(note => note.Count);

    /// <summary>Number of cases of one code; 0 when there were none.</summary>
    public long Count(string code) => Notes.FirstOrDefault(note => string.Equals(note.Code, code, StringComparison.Ordinal))?.Count ?? 0;
}
