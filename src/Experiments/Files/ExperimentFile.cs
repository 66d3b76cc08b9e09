using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary>Reads experiment files. Strict: unknown keys, wrong types, impossible values, unknown names and missing files are errors, all reported at once
/// with their places. The format is described in <c>docs/experiment-file.md</c>.</summary>
public static class ExperimentFile
{
    private const long LargestFileBytes = 16 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Path of the file, also its name in messages.</param>
    /// <param name="dataFolder">Folder in which files are looked for that are not beside the experiment, or <see langword="null"/>.</param>
    /// <param name="vocabulary">Names the file may use.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static Experiment Read(string path, string? dataFolder, ExperimentVocabulary vocabulary)
    {
        string text = InputFile.ReadAllText(path, path, LargestFileBytes);
        return Parse(text, path, Path.GetDirectoryName(path) ?? "", dataFolder, vocabulary);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="displayName">Name of the file in messages.</param>
    /// <param name="experimentFolder">Folder that relative paths start from.</param>
    /// <param name="dataFolder">Folder in which files are looked for that are not there, or <see langword="null"/>.</param>
    /// <param name="vocabulary">Names the text may use.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static Experiment Parse(string text, string displayName, string experimentFolder, string? dataFolder, ExperimentVocabulary vocabulary) =>
        Parse(text, new YamlReader(displayName), experimentFolder, dataFolder, vocabulary);

    /// <summary>As the other, with a reader that the caller can ask which keys there are.</summary>
    internal static Experiment Parse(string text, YamlReader reader, string experimentFolder, string? dataFolder, ExperimentVocabulary vocabulary)
    {
        var document = YamlDocument.ParseSingle(text, reader.DisplayName);
        var reading = new ExperimentReading(reader, new InputPaths(experimentFolder, dataFolder), vocabulary);
        return reading.Read(reader.Open(document));
    }
}
