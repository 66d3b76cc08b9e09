namespace SchedBench.Core.Input;

/// <summary>What a plain scalar means under YAML 1.1 as <c>kubectl</c> resolves it. Quoted and block scalars are strings.</summary>
public enum YamlScalarKind : byte
{
    /// <summary>Text.</summary>
    String,

    /// <summary>Nothing: empty, <c>~</c>, <c>null</c>.</summary>
    Null,

    /// <summary><c>true false yes no on off y n</c> in the usual cases.</summary>
    Boolean,

    /// <summary>A whole number in any of YAML 1.1's notations.</summary>
    Integer,

    /// <summary>A number with a point or an exponent, or <c>.inf</c>, <c>.nan</c>.</summary>
    Float,

    /// <summary>A number to base 60, such as <c>1:30</c>: 90 to some readers of YAML, text to others.</summary>
    Sexagesimal,
}

/// <summary>One node of a YAML document with the place where it was written.</summary>
public abstract class YamlNode
{
    private protected YamlNode(int line, int column) => (Line, Column) = (line, column);

    /// <summary>One-based line of the node's first character.</summary>
    public int Line { get; }

    /// <summary>One-based column of the node's first character (of the tag or anchor in front of it when there is one).</summary>
    public int Column { get; }
}

/// <summary>A scalar.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(int line, int column, string text, YamlScalarKind kind, int textColumn)
        : base(line, column) => (Text, Kind, TextColumn) = (text, kind, textColumn);

    /// <summary>The text as written, after quotes, escapes and folding.</summary>
    public string Text { get; }

    /// <summary>What the text means.</summary>
    public YamlScalarKind Kind { get; }

    /// <summary>Column of the text's first character when character <c>i</c> stands at column <c>TextColumn + i</c>; otherwise 0.</summary>
    public int TextColumn { get; }
}

/// <summary>A list.</summary>
public sealed class YamlList : YamlNode
{
    internal YamlList(int line, int column, IReadOnlyList<YamlNode> items)
        : base(line, column) => Items = items;

    /// <summary>Items in order.</summary>
    public IReadOnlyList<YamlNode> Items { get; }
}

/// <summary>One key of a mapping.</summary>
/// <param name="Key">The key, unique in its mapping.</param>
/// <param name="Line">One-based line of the key.</param>
/// <param name="Column">One-based column of the key.</param>
/// <param name="Value">Its value.</param>
public sealed record YamlEntry(string Key, int Line, int Column, YamlNode Value);

/// <summary>A mapping from text keys, in the order written. Keys that a merge (<c>&lt;&lt;</c>) brought in follow the mapping's own.</summary>
public sealed class YamlMapping : YamlNode
{
    private readonly Dictionary<string, YamlEntry> _byKey;

    internal YamlMapping(int line, int column, IReadOnlyList<YamlEntry> entries)
        : base(line, column)
    {
        Entries = entries;
        _byKey = entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    /// <summary>Entries in order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    /// <summary>The entry of a key, or <see langword="null"/>.</summary>
    public YamlEntry? Find(string key) => _byKey.GetValueOrDefault(key);
}
