using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SchedBench.Core.Input;

/// <summary>Builds the trees of one text from YamlDotNet's events, with an explicit stack and all bounds checked as it goes.</summary>
internal sealed class YamlComposer
{
    private const string MergeKey = "<<";
    private const string TagExpected = "expected no tag, or one of !!str !!int !!float !!bool !!null !!map !!seq";
    private const string KeyExpected = "expected a key of plain text, not a list or mapping";

    /// <summary>How many anchors a misspelt alias is compared with.</summary>
    private const int AnchorsCompared = 1000;

    private readonly string _text;
    private readonly string _displayName;
    private readonly YamlLimits _limits;
    private readonly List<YamlDocument> _documents = [];
    private readonly Stack<Frame> _open = new();

    /// <summary>Anchored nodes of the document; <see langword="null"/> while a node is still being read.</summary>
    private readonly Dictionary<string, Subtree?> _anchors = new(StringComparer.Ordinal);

    private Mark _last = Mark.Empty;
    private int _documentsSeen;
    private long _nodes;

    internal YamlComposer(string text, string displayName, YamlLimits limits) => (_text, _displayName, _limits) = (text, displayName, limits);

    internal IReadOnlyList<YamlDocument> Compose()
    {
        try
        {
            var parser = new Parser(new StringReader(_text));
            while (parser.MoveNext())
            {
                ParsingEvent current = parser.Current!;
                _last = current.Start;
                Take(current);
            }
        }
        catch (YamlException exception)
        {
            throw new InputException(YamlText.Explain(_text, _displayName, exception.Start, exception.End, exception.Message));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException)
        {
            // YamlDotNet loses its place on a flow collection that a line without comma interrupts, and says so with its own state instead of a mark.
            throw new InputException(YamlText.Explain(_text, _displayName, _last, _last, "a bracket, a comma or a quote is missing after this place"));
        }

        return _documents;
    }

    private void Take(ParsingEvent current)
    {
        if (current is NodeEvent) CheckIndentation(current);
        switch (current)
        {
            case DocumentStart start:
                if (start.Version is { Version: { Major: not 1 } or { Minor: not (1 or 2) } }) throw Failure(start, "expected YAML 1.1 or 1.2");
                _anchors.Clear();
                break;
            case DocumentEnd:
                _documentsSeen++;
                break;
            case Scalar scalar:
                Add(scalar, new Subtree(MakeScalar(scalar), 1, 0));
                break;
            case AnchorAlias alias:
                TakeAlias(alias);
                break;
            case SequenceStart or MappingStart:
                Open((NodeEvent)current);
                break;
            case SequenceEnd or MappingEnd:
                Frame frame = _open.Pop();
                YamlNode node = frame.IsMapping
                    ? new YamlMapping(Line(frame.Start), Column(frame.Start), frame.Entries)
                    : new YamlList(Line(frame.Start), Column(frame.Start), frame.Items);
                Add(frame.Start, new Subtree(node, frame.Size, frame.Height));
                break;
        }
    }

    /// <summary>Refuses tabs in front of the first node of a line, which YamlDotNet lets pass after spaces. Inside brackets they only separate.</summary>
    private void CheckIndentation(ParsingEvent current)
    {
        if (_open.TryPeek(out Frame? parent) && parent.IsFlow) return;
        int at = (int)Math.Min(current.Start.Index, _text.Length) - 1, tab = -1;
        for (; at >= 0 && _text[at] is ' ' or '\t'; at--)
        {
            if (_text[at] == '\t') tab = at;
        }

        bool isFirst = at < 0 || _text[at] == '\n';
        if (tab >= 0 && isFirst) throw new InputException(new InputProblem(_displayName, Line(current), tab - at, "", null, YamlText.TabHint));
    }

    private void Open(NodeEvent start)
    {
        bool isMapping = start is MappingStart;
        string expectedTag = isMapping ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq";
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != expectedTag) throw Failure(start, TagExpected, start.Tag.Value);
        CheckDepth(start, 1);
        if (_open.TryPeek(out Frame? parent) && parent.IsMapping && parent.Key is null) throw Failure(start, KeyExpected);
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = null;
        _open.Push(new Frame(start, isMapping));
    }

    private YamlScalar MakeScalar(Scalar scalar)
    {
        bool isPlain = scalar.Style == ScalarStyle.Plain;
        YamlScalarKind kind = isPlain ? YamlText.Resolve(scalar.Value) : YamlScalarKind.String;
        if (scalar.Tag is { IsEmpty: false, IsNonSpecific: false } tag)
        {
            YamlScalarKind asked = tag.Value switch
            {
                "tag:yaml.org,2002:str" => YamlScalarKind.String,
                "tag:yaml.org,2002:int" => YamlScalarKind.Integer,
                "tag:yaml.org,2002:float" => YamlScalarKind.Float,
                "tag:yaml.org,2002:bool" => YamlScalarKind.Boolean,
                "tag:yaml.org,2002:null" => YamlScalarKind.Null,
                _ => throw Failure(scalar, TagExpected, tag.Value),
            };
            YamlScalarKind meant = YamlText.Resolve(scalar.Value);
            bool fits = asked == YamlScalarKind.String || asked == meant || (asked == YamlScalarKind.Float && meant == YamlScalarKind.Integer);
            if (!fits) throw Failure(scalar, $"expected a value that fits the tag {tag.Value["tag:yaml.org,2002:".Length..]}", scalar.Value);
            kind = asked;
        }
        else if (isPlain && scalar.Tag.IsNonSpecific && !scalar.Tag.IsEmpty)
        {
            kind = YamlScalarKind.String;
        }

        // Only an untagged, unanchored one-line scalar without escapes keeps its characters at predictable columns.
        int quotes = isPlain ? 0 : 2;
        bool isVerbatim = scalar.Start.Line == scalar.End.Line && scalar.End.Column - scalar.Start.Column == scalar.Value.Length + quotes
            && scalar.Style is ScalarStyle.Plain or ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        return new YamlScalar(Line(scalar), Column(scalar), scalar.Value, kind, isVerbatim ? Column(scalar) + (quotes / 2) : 0);
    }

    private void TakeAlias(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out Subtree? target))
        {
            string? nearest = NearestName.Find(name, _anchors.Keys.Take(AnchorsCompared));
            throw Failure(alias, "expected an alias of an anchor above", "*" + name, nearest);
        }

        if (target is null) throw Failure(alias, "expected an alias that does not contain itself", "*" + name);
        CheckDepth(alias, target.Height);
        Add(alias, target);
    }

    private void CheckDepth(ParsingEvent at, int height)
    {
        if (_open.Count + height > _limits.Depth) throw Failure(at, $"expected at most {_limits.Depth} levels of nesting");
    }

    /// <summary>Puts a finished node where it belongs: under the open list or mapping (as key or value), or as the document.</summary>
    private void Add(ParsingEvent current, Subtree subtree)
    {
        YamlNode node = subtree.Node;
        _nodes += current is AnchorAlias ? subtree.Size : 1;
        if (_nodes > _limits.Nodes) throw Failure(current, $"expected at most {_limits.Nodes} nodes, counting what aliases repeat");
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored) _anchors[anchored.Anchor.Value] = subtree;

        if (!_open.TryPeek(out Frame? parent))
        {
            if (node is not YamlScalar { Kind: YamlScalarKind.Null, Text: "" }) _documents.Add(new YamlDocument(node, _documentsSeen));
            return;
        }

        parent.Size += subtree.Size;
        parent.Height = Math.Max(parent.Height, subtree.Height + 1);
        if (!parent.IsMapping) parent.Items.Add(node);
        else if (parent.Key is null) TakeKey(parent, current, node);
        else TakeValue(parent, current, node);
    }

    private void TakeKey(Frame mapping, ParsingEvent current, YamlNode node)
    {
        if (node is not YamlScalar scalar) throw Failure(current, KeyExpected);

        bool isMerge = current is Scalar { Style: ScalarStyle.Plain, Value: MergeKey };
        bool isNumber = scalar.Kind == YamlScalarKind.Integer && scalar.Text.All(char.IsAsciiDigit) && (scalar.Text.Length == 1 || scalar.Text[0] != '0');
        if (scalar.Kind != YamlScalarKind.String && !isNumber)
        {
            throw Failure(current, $"expected a text key; YAML 1.1 reads this as {Word(scalar.Kind)}, so quote it", scalar.Text);
        }

        if (isMerge ? mapping.HasMerge : !mapping.Keys.Add(scalar.Text)) throw Failure(current, "expected every key once in its mapping", scalar.Text);
        mapping.HasMerge |= isMerge;
        mapping.Key = new YamlEntry(scalar.Text, Line(current), Column(current), scalar);
        mapping.KeyIsMerge = isMerge;
    }

    private void TakeValue(Frame mapping, ParsingEvent current, YamlNode node)
    {
        if (mapping.KeyIsMerge) mapping.Merged = node;
        else mapping.Own.Add(mapping.Key! with { Value = node });
        if (mapping.KeyIsMerge && !(node is YamlMapping || node is YamlList { Items: var items } && items.All(item => item is YamlMapping)))
        {
            throw Failure(current, "expected a mapping, or a list of mappings, after the merge key <<");
        }

        mapping.Key = null;
        mapping.KeyIsMerge = false;
    }

    internal static string Word(YamlScalarKind kind) => kind switch
    {
        YamlScalarKind.Null => "null",
        YamlScalarKind.Boolean => "a boolean",
        YamlScalarKind.Integer or YamlScalarKind.Float => "a number",
        YamlScalarKind.Sexagesimal => "a number to base 60",
        _ => "text",
    };

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;

    private InputException Failure(ParsingEvent at, string expected, string? value = null, string? nearest = null) =>
        new(new InputProblem(_displayName, Line(at), Column(at), "", value, expected, nearest));

    /// <summary>A finished node.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Size">Its nodes, itself included, with aliases written out.</param>
    /// <param name="Height">Levels of lists and mappings in it; 0 for a scalar.</param>
    private sealed record Subtree(YamlNode Node, int Size, int Height);

    /// <summary>A list or mapping whose end has not come yet.</summary>
    private sealed class Frame(NodeEvent start, bool isMapping)
    {
        internal NodeEvent Start { get; } = start;

        internal bool IsMapping { get; } = isMapping;

        internal bool IsFlow { get; } = start is SequenceStart { Style: SequenceStyle.Flow } or MappingStart { Style: MappingStyle.Flow };

        internal int Size { get; set; } = 1;

        internal int Height { get; set; } = 1;

        internal List<YamlNode> Items { get; } = [];

        internal List<YamlEntry> Own { get; } = [];

        internal HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        internal YamlEntry? Key { get; set; }

        internal bool KeyIsMerge { get; set; }

        internal bool HasMerge { get; set; }

        internal YamlNode? Merged { get; set; }

        /// <summary>Own entries, then what merged mappings add.</summary>
        internal IReadOnlyList<YamlEntry> Entries
        {
            get
            {
                IEnumerable<YamlMapping> merged = Merged switch
                {
                    YamlMapping one => [one],
                    YamlList several => several.Items.Cast<YamlMapping>(),
                    _ => [],
                };
                foreach (YamlMapping mapping in merged) Own.AddRange(mapping.Entries.Where(entry => Keys.Add(entry.Key)));
                return Own;
            }
        }
    }
}
