using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests;

/// <summary>Reads ordinary Kubernetes manifests: YAML of several documents, JSON, <c>kind: List</c>, and folders of such files. docs/manifests.md says what is read,
/// which defaults hold and what is refused.</summary>
/// <remarks>
/// Names and types of all fields are those of Kubernetes v1.34, whether we model them or not; defaults and validation are those of its API server; the text is read as
/// <c>kubectl</c> reads it, on the strict side. What the typed projections have no place for survives in <see cref="KubeObject.Document"/>. Pure: equal files give equal sets.
/// </remarks>
public static class ManifestReader
{
    private const long LargestFileBytes = 32 << 20;
    private const int MostProblems = 200;

    /// <summary>Reads a file, or all <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> files of a folder and the folders in it, in the ordinal order of their relative paths.</summary>
    /// <param name="path">Where the file or folder is.</param>
    /// <param name="displayName">It as the user named it, for messages.</param>
    /// <exception cref="InputException">Everything that is wrong, over all files.</exception>
    public static ManifestSet Read(string path, string displayName)
    {
        var building = new Building();
        foreach ((string file, string name) in ManifestFolder.Files(path, displayName))
        {
            building.Add(name, (out string sha256Hex) => InputFile.ReadAllText(file, name, LargestFileBytes, out sha256Hex));
        }

        return building.Finish();
    }

    /// <summary>Reads the text of one file.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="displayName">The file as the user named it, for messages.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static ManifestSet Parse(string text, string displayName)
    {
        var building = new Building();
        building.Add(displayName, (out string sha256Hex) =>
        {
            sha256Hex = "";
            return text;
        });
        return building.Finish();
    }

    private delegate string TextOf(out string sha256Hex);

    /// <summary>A set as its files come in; problems of all of them are kept to the end.</summary>
    private sealed class Building
    {
        private readonly List<PlacedObject> _objects = [];
        private readonly List<InputProblem> _problems = [];
        private readonly List<InputProblem> _notes = [];
        private readonly List<InputProblem> _warnings = [];
        private readonly List<ManifestFile> _files = [];
        private int _nodes;

        internal void Add(string name, TextOf read)
        {
            var reading = new ManifestFileReading(name, _nodes);
            try
            {
                string text = read(out string sha256Hex);
                _files.Add(new ManifestFile(name, sha256Hex));
                reading.Read(text);
            }
            catch (InputException exception)
            {
                _problems.AddRange(exception.Problems);
            }

            _objects.AddRange(reading.Objects);
            _nodes += reading.Objects.Count(placed => placed.Object.Kind == ResourceKind.Node);
            _notes.AddRange(reading.Notes);
            _warnings.AddRange(reading.Warnings);
        }

        internal ManifestSet Finish()
        {
            _problems.AddRange(ManifestRules.Check(_objects));
            if (_problems.Count > 0) throw new InputException(_problems.Count <= MostProblems ? _problems : [.. _problems.Take(MostProblems)]);
            _warnings.AddRange(ManifestConflicts.Find(_objects));
            return new ManifestSet { Objects = [.. _objects.Select(placed => placed.Object)], Notes = _notes, Warnings = _warnings, Files = _files };
        }
    }
}
