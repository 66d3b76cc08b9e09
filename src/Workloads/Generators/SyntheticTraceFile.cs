using SchedBench.Core.Input;

namespace SchedBench.Workloads.Generators;

/// <summary>The YAML form of <see cref="SyntheticTraceOptions"/>, described in docs/synthetic-traces.md. Strict: unknown keys, wrong types and impossible values are
/// errors with their places, all reported at once.</summary>
public static class SyntheticTraceFile
{
    /// <summary>The file's <c>apiVersion</c>.</summary>
    public const string ApiVersion = "schedbench/v1";

    /// <summary>The file's <c>kind</c>.</summary>
    public const string Kind = "SyntheticTrace";

    private const long LargestFileBytes = 16 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="displayName">The file as the user named it.</param>
    /// <param name="sha256Hex">SHA-256 of the file's bytes.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static SyntheticTraceOptions Read(string path, string displayName, out string sha256Hex) =>
        Parse(InputFile.ReadAllText(path, displayName, LargestFileBytes, out sha256Hex), displayName);

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="displayName">The file as the user named it.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static SyntheticTraceOptions Parse(string text, string displayName)
    {
        var reader = new YamlReader(displayName);
        var reading = new SyntheticTraceReading();
        SyntheticTraceOptions options = reading.Read(reader.Open(YamlDocument.ParseSingle(text, displayName)));
        reader.Finish();

        // The rules know paths; the places come from the reading.
        IReadOnlyList<InputProblem> problems = SyntheticTraceRules.Check(options, displayName);
        return problems.Count == 0 ? options : throw new InputException([.. problems.Select(reading.Placed).OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
    }

    /// <summary>Writes options in the form that <see cref="Parse"/> reads; numbers of up to 15 digits read back equal, others to 15 digits. Equal options give equal text,
    /// with <c>\n</c> line ends.</summary>
    /// <param name="options">Options that keep the rules.</param>
    /// <param name="comment">Lines to put in front, without <c>#</c>.</param>
    public static string Write(SyntheticTraceOptions options, IReadOnlyList<string>? comment = null) => new SyntheticTraceText().Write(options, comment ?? []);
}
