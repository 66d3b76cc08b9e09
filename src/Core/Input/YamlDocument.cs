namespace SchedBench.Core.Input;

/// <summary>Bounds on one YAML text. What passes them is rejected while it is read, before it costs more than it is allowed to.</summary>
public sealed record YamlLimits
{
    /// <summary>The bounds used everywhere unless a caller knows better.</summary>
    public static YamlLimits Default { get; } = new();

    /// <summary>UTF-16 units of text.</summary>
    public int Characters { get; init; } = 32 * 1024 * 1024;

    /// <summary>Nesting of lists and mappings, with aliases written out; nothing in Kubernetes comes near it.</summary>
    public int Depth { get; init; } = 100;

    /// <summary>Nodes of the file after aliases and merges are written out in full: what an alias bomb multiplies.</summary>
    public int Nodes { get; init; } = 2_000_000;
}

/// <summary>One document of a YAML text, as a tree of nodes that know where they stand.</summary>
/// <remarks>
/// <para>The dialect is YAML 1.1 as <c>kubectl</c> reads it, on the strict side: duplicate keys, keys that are not text, unknown tags, cyclic aliases,
/// control characters and lone carriage returns are errors. A merge key (<c>&lt;&lt;: *defaults</c>, or a list of aliases) works as YAML 1.1 defines it:
/// the mapping's own keys win, then the earlier of several merged mappings. An alias shares the node it points to, so problems inside it
/// name the place where it was written.</para>
/// <para>Nothing here recurses, so no input can exhaust the stack.</para>
/// </remarks>
public sealed class YamlDocument
{
    internal YamlDocument(YamlNode root, int index) => (Root, Index) = (root, index);

    /// <summary>The tree.</summary>
    public YamlNode Root { get; }

    /// <summary>Zero-based position among all documents of the text, the empty ones included.</summary>
    public int Index { get; }

    /// <summary>Reads all documents of a text; empty ones are left out.</summary>
    /// <param name="text">Decoded text; one byte order mark in front is allowed.</param>
    /// <param name="displayName">The file as the user named it, for problems.</param>
    /// <param name="limits">Bounds; <see cref="YamlLimits.Default"/> when <see langword="null"/>.</param>
    /// <returns>At least one document.</returns>
    /// <exception cref="InputException">The text is no YAML in the sense above, passes a bound, or holds no document with content.</exception>
    public static IReadOnlyList<YamlDocument> ParseAll(string text, string displayName, YamlLimits? limits = null)
    {
        limits ??= YamlLimits.Default;
        if (text.Length > limits.Characters) throw Failure($"expected at most {limits.Characters} characters");
        text = text.TrimStart('\uFEFF') is var trimmed && text.Length - trimmed.Length <= 1 ? trimmed : text;
        YamlText.CheckCharacters(text, displayName);
        IReadOnlyList<YamlDocument> documents = new YamlComposer(text, displayName, limits).Compose();
        return documents.Count > 0 ? documents : throw Failure("expected a YAML document, but the file holds none (empty, or only comments)");

        InputException Failure(string expected) => new(new InputProblem(displayName, 0, 0, "", null, expected));
    }

    /// <summary>Reads a text that must hold exactly one document with content.</summary>
    /// <inheritdoc cref="ParseAll" path="/param"/>
    /// <inheritdoc cref="ParseAll" path="/exception"/>
    public static YamlDocument ParseSingle(string text, string displayName, YamlLimits? limits = null)
    {
        IReadOnlyList<YamlDocument> documents = ParseAll(text, displayName, limits);
        if (documents.Count == 1) return documents[0];
        YamlNode second = documents[1].Root;
        throw new InputException(new InputProblem(displayName, second.Line, second.Column, "", null, $"expected one document, found {documents.Count}"));
    }
}
