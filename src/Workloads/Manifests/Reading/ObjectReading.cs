using SchedBench.Core.Input;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>The reading of one file: what all kinds share. Names and types were judged by the schema; here are rules, defaults and the typed projection.</summary>
internal sealed class ObjectReading(YamlReader reader)
{
    private readonly List<InputProblem> _notes = [];
    private readonly List<InputProblem> _warnings = [];

    internal YamlReader Reader => reader;

    /// <summary>What was changed or left out.</summary>
    internal IReadOnlyList<InputProblem> Notes => _notes;

    /// <summary>What is accepted and most likely a mistake.</summary>
    internal IReadOnlyList<InputProblem> Warnings => _warnings;

    /// <summary>Notes what was changed or left out at a value.</summary>
    internal void Note(YamlValue at, string what) => _notes.Add(Problem(at, what));

    /// <summary>Warns about a value that is accepted.</summary>
    internal void Warn(YamlValue at, string what) => _warnings.Add(Problem(at, what));

    private InputProblem Problem(YamlValue at, string what) => new(reader.DisplayName, at.Line, at.Column, at.Path, at.Node is YamlScalar ? at.PlainText : null, what);
}
