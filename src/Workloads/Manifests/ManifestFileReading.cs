using System.Text;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests.Reading;
using SchedBench.Workloads.Manifests.Schema;

namespace SchedBench.Workloads.Manifests;

/// <summary>An object and where its name stands, for messages.</summary>
/// <param name="Object">The object.</param>
/// <param name="Place">File, line, column and path of its metadata.</param>
internal sealed record PlacedObject(KubeObject Object, InputProblem Place);

/// <summary>Reads the documents of one file.</summary>
internal sealed class ManifestFileReading
{
    /// <summary>What etcd takes as one object.</summary>
    private const int MostObjectBytes = 1_572_864;

    private const string ListKind = "List";

    private readonly YamlReader _reader;
    private readonly ObjectReading _reading;
    private readonly List<PlacedObject> _objects = [];
    private int _nodes;

    internal ManifestFileReading(string displayName, int nodesBefore)
    {
        _reader = new YamlReader(displayName) { IsSchemaChecked = true };
        _reading = new ObjectReading(_reader);
        _nodes = nodesBefore;
    }

    /// <summary>Objects in order.</summary>
    internal IReadOnlyList<PlacedObject> Objects => _objects;

    /// <summary>Rounded quantities and what else was changed or left out, by line.</summary>
    internal IEnumerable<InputProblem> Notes => _reader.Roundings.Concat(_reading.Notes).OrderBy(note => note.Line).ThenBy(note => note.Column);

    /// <summary>What is most likely a mistake.</summary>
    internal IReadOnlyList<InputProblem> Warnings => _reading.Warnings;

    /// <summary>Reads all documents; empty ones are left out.</summary>
    /// <exception cref="InputException">Everything that is wrong with the file.</exception>
    internal void Read(string text)
    {
        foreach (YamlDocument document in ManifestText.Parse(text, _reader.DisplayName)) ReadItem(document.Root, "");
        _reader.Finish();
    }

    private void ReadItem(YamlNode node, string path)
    {
        if (node is not YamlMapping mapping)
        {
            _reader.At(node, path).Map();
            return;
        }

        YamlMap root = _reader.At(node, path).Map()!;
        if (mapping.Find("kind")?.Value is YamlScalar { Text: ListKind } && mapping.Find("items") is not null) ReadList(root, mapping, path);
        else if (ReadKind(root, mapping) is { } kind) ReadObject(root, mapping, kind, path);
    }

    /// <summary>A <c>v1 List</c>, as <c>kubectl get -o yaml</c> writes it; lists may stand in lists.</summary>
    private void ReadList(YamlMap root, YamlMapping mapping, string path)
    {
        foreach (YamlEntry entry in mapping.Entries.Where(entry => entry.Key is not ("apiVersion" or "kind" or "metadata" or "items")))
        {
            _reader.Report(new InputProblem(_reader.DisplayName, entry.Line, entry.Column, path, entry.Key, "expected a field of List (apiVersion, kind, metadata, items)"));
        }

        CheckVersion(root, mapping, ListKind, "v1");
        IReadOnlyList<YamlValue> items = root.Values("items");
        for (int i = 0; i < items.Count; i++) ReadItem(items[i].Node, $"{YamlMap.Join(path, "items")}[{i}]");
    }

    /// <summary>The kind, when it is one that can be read and its version fits.</summary>
    private ResourceKind? ReadKind(YamlMap root, YamlMapping mapping)
    {
        if (mapping.Find("kind") is null || root.Optional("kind") is not { } value)
        {
            string? misspelt = mapping.Entries.Select(entry => entry.Key).FirstOrDefault(key => key is not "kind" && NearestName.Find(key, ["kind"]) is not null);
            root.Report(misspelt is null ? "expected kind, such as Deployment" : $"expected kind, such as Deployment; there is '{misspelt}'");
            return null;
        }

        if (value.Text() is not { } name) return null;
        if (KindReading.Known.FirstOrDefault(info => info.Kind.ToString() == name) is { } known)
        {
            return CheckVersion(root, mapping, name, known.ApiVersion) ? known.Kind : null;
        }

        if (KindReading.Ignored.FirstOrDefault(ignored => ignored.Kind == name) is { Kind: not null } left)
        {
            if (CheckVersion(root, mapping, name, left.ApiVersion)) _reading.Note(value, "not simulated: left out");
            return null;
        }

        string[] names = [.. KindReading.Known.Select(info => info.Kind.ToString()), .. KindReading.Ignored.Select(ignored => ignored.Kind), ListKind];
        string expected = ResourceKinds.Find(name) is null ? "expected a kind that can be read" : "expected a kind that people write: only the control plane makes these";
        value.Report($"{expected} ({string.Join(", ", names)})", NearestName.Find(name, names));
        return null;
    }

    private static bool CheckVersion(YamlMap root, YamlMapping mapping, string kind, string apiVersion)
    {
        string expected = $"expected apiVersion {apiVersion}, to which {kind} belongs";
        if (root.Optional("apiVersion") is not { } value)
        {
            string? misspelt = mapping.Entries.Select(entry => entry.Key).FirstOrDefault(key => NearestName.Find(key, ["apiVersion"]) is not null);
            root.Report(misspelt is null ? expected : $"{expected}; there is '{misspelt}'");
            return false;
        }

        if (value.Text() is not { } text || text == apiVersion) return value.PlainText == apiVersion;
        value.Report(expected, NearestName.Find(text, [apiVersion]));
        return false;
    }

    private void ReadObject(YamlMap root, YamlMapping mapping, ResourceKind kind, string path)
    {
        new SchemaWalk(_reader).Object(mapping, ApiSchema.Type(kind.ToString()), path);
        _reader.EndOfSchema();
        KubeObject read = KindReading.Read(_reading, root, kind, _nodes);
        if (kind == ResourceKind.Node) _nodes++;
        string json = DocumentJson.Write(mapping, kind);
        if (Encoding.UTF8.GetByteCount(json) > MostObjectBytes) root.Report($"expected an object of at most {MostObjectBytes} bytes, as etcd does");
        YamlNode place = mapping.Find("metadata")?.Value is YamlMapping metadata ? metadata.Find("name")?.Value ?? metadata : mapping;
        var at = new InputProblem(_reader.DisplayName, place.Line, place.Column, YamlMap.Join(YamlMap.Join(path, "metadata"), "name"), read.Name, "");
        _objects.Add(new PlacedObject(read with { Document = new ObjectDocument(json) }, at));
    }
}
