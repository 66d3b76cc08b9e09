namespace SchedBench.Core.Input;

/// <summary>One reading of one YAML file into a model: collects every problem, so that the user meets them all at once.</summary>
/// <remarks>
/// <code>
/// var reader = new YamlReader(displayName);
/// YamlMap root = reader.Open(document);
/// string? name = root.Required("name")?.Text();
/// reader.Finish();                                 // throws all problems, unknown keys included
/// </code>
/// A getter that finds a problem records it and returns <see langword="null"/>; the model may be filled with any default then, because
/// <see cref="Finish"/> never lets it out.
/// </remarks>
public sealed class YamlReader
{
    /// <summary>More problems than a person will read in one go.</summary>
    private const int MostProblems = 100;

    private readonly List<InputProblem> _problems = [];
    private readonly List<InputProblem> _roundings = [];
    private readonly List<YamlMap> _maps = [];
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<InputProblem> _told = [];
    private readonly List<InputProblem> _sinceSchema = [];
    private readonly HashSet<(int Line, string Field, string? Value)> _judged = [];
    private long _problemCount;

    /// <summary>Starts reading a file.</summary>
    /// <param name="displayName">The file as the user named it.</param>
    public YamlReader(string displayName) => DisplayName = displayName;

    /// <summary>The file as the user named it.</summary>
    public string DisplayName { get; }

    /// <summary>Whether a schema judges the keys and types of the file: then unknown and missing keys are not this reader's business, a key without a value
    /// counts as left out (as in Kubernetes), and no problem is told twice.</summary>
    public bool IsSchemaChecked { get; init; }

    /// <summary>Problems so far.</summary>
    public long ProblemCount => _problemCount;

    /// <summary>Values that were rounded up on reading (quantities finer than their resource's unit): accepted, and to be told to the user.</summary>
    public IReadOnlyList<InputProblem> Roundings => _roundings;

    /// <summary>Paths of all keys asked for so far, list indices left out (<c>spec.fleets[].name</c>): what the documentation of a format
    /// has to cover.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>The document's root, which has to be a mapping.</summary>
    public YamlMap Open(YamlDocument document) =>
        new YamlValue(this, document.Root, "", "").Map() ?? new YamlMap(this, new YamlMapping(document.Root.Line, document.Root.Column, []), "", "");

    /// <summary>The value of a node that was found on a walk over the tree.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">Its path from the root.</param>
    public YamlValue At(YamlNode node, string path) => new(this, node, path, path);

    /// <summary>Records a problem.</summary>
    public void Report(InputProblem problem)
    {
        if (IsSchemaChecked)
        {
            if (_judged.Contains((problem.Line, problem.Field, problem.Value)) || !_told.Add(problem)) return;
            _sinceSchema.Add(problem);
        }

        _problemCount++;
        if (_problems.Count < MostProblems) _problems.Add(problem);
    }

    /// <summary>Ends the schema's judgement of a document: what it told of a value, getters do not tell in other words.</summary>
    public void EndOfSchema()
    {
        foreach (InputProblem problem in _sinceSchema) _judged.Add((problem.Line, problem.Field, problem.Value));
        _sinceSchema.Clear();
    }

    /// <summary>Looks for unknown keys in every mapping that was opened, then throws if anything was wrong.</summary>
    /// <exception cref="InputException">All problems, by place in the file.</exception>
    public void Finish()
    {
        foreach (YamlMap map in _maps) map.ReportKeys();
        _maps.Clear();
        if (_problems.Count == 0) return;
        var ordered = _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToList();
        if (_problemCount > _problems.Count)
        {
            string more = $"expected a valid file; {_problemCount - _problems.Count} more problems are not shown";
            ordered.Add(new InputProblem(DisplayName, 0, 0, "", null, more));
        }

        throw new InputException(ordered);
    }

    internal void Opened(YamlMap map)
    {
        if (!IsSchemaChecked) _maps.Add(map);
    }

    internal void Asked(string schemaPath)
    {
        if (!IsSchemaChecked) _keys.Add(schemaPath);
    }

    internal void Rounded(InputProblem note) => _roundings.Add(note);
}
