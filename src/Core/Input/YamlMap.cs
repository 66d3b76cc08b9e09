namespace SchedBench.Core.Input;

/// <summary>A mapping with known keys. What is asked for is known; what stands there and was never asked for is reported by <see cref="YamlReader.Finish"/>,
/// with the nearest known key.</summary>
public sealed class YamlMap
{
    private readonly YamlReader _reader;
    private readonly YamlMapping _mapping;
    private readonly string _schemaPath;
    private readonly List<string> _known = [];
    private readonly List<string> _missing = [];

    private bool _isAbandoned;

    internal YamlMap(YamlReader reader, YamlMapping mapping, string path, string schemaPath)
    {
        (_reader, _mapping, Path, _schemaPath) = (reader, mapping, path, schemaPath);
        reader.Opened(this);
    }

    /// <summary>Path of the mapping (<c>spec.fleets[0]</c>); empty for the root.</summary>
    public string Path { get; }

    /// <summary>Whether the key stands there. Does not make it known.</summary>
    public bool Has(string key) => _mapping.Find(key) is not null;

    /// <summary>The value of a key that has to stand there; when it does not, that is reported.</summary>
    public YamlValue? Required(string key)
    {
        YamlValue? value = Find(key, out bool isThere);
        if (!isThere) _missing.Add(key);
        return value;
    }

    /// <summary>The value of a key that may be left out. A key that is written without a value is reported.</summary>
    public YamlValue? Optional(string key) => Find(key, out _);

    /// <summary>The value of a key that another getter judges, or <see langword="null"/>. Reports nothing and makes nothing known.</summary>
    public YamlValue? Peek(string key) =>
        _mapping.Find(key) is { } entry ? new YamlValue(_reader, entry.Value, Join(Path, key), Join(_schemaPath, key)) : null;

    /// <summary>Reports a problem of the mapping as a whole, at its first character.</summary>
    public void Report(string expected) => _reader.Report(new InputProblem(_reader.DisplayName, _mapping.Line, _mapping.Column, Path, null, expected));

    /// <summary>Reports that exactly one of several keys has to stand there, unless it does. All of them become known.</summary>
    /// <returns>The key that stands there, when exactly one does.</returns>
    public string? ExactlyOneOf(params ReadOnlySpan<string> keys)
    {
        string? found = null;
        int count = 0;
        foreach (string key in keys)
        {
            Know(key);
            if (!Has(key)) continue;
            found ??= key;
            count++;
        }

        if (count == 1) return found;
        Report($"expected exactly one of the keys {string.Join(", ", keys)}");
        return null;
    }

    /// <summary>Reports that at least one of several keys has to stand there, unless one does or a key that is not known is told to be nearest to one. All of them become known.</summary>
    /// <returns>Whether one stands there.</returns>
    public bool AtLeastOneOf(params ReadOnlySpan<string> keys)
    {
        bool isAny = false;
        foreach (string key in keys)
        {
            Know(key);
            isAny |= Has(key);
        }

        string[] wanted = [.. keys];
        bool isMeant = _mapping.Entries.Any(entry => !_known.Contains(entry.Key, StringComparer.Ordinal) && NearestName.Find(entry.Key, _known) is { } nearest && wanted.Contains(nearest, StringComparer.Ordinal));
        if (!isAny && !isMeant) Report($"expected at least one of the keys {string.Join(", ", wanted)}");
        return isAny;
    }

    /// <summary>Makes a key known without reading it: its presence was judged otherwise.</summary>
    public void Know(string key)
    {
        if (_known.Contains(key, StringComparer.Ordinal)) return;
        _known.Add(key);
        _reader.Asked(Join(_schemaPath, key));
    }

    /// <summary>Reading it ended at a problem that was reported: of keys that nobody asked for only misspelt ones are reported.</summary>
    public void Abandon() => _isAbandoned = true;

    internal void ReportKeys()
    {
        var meant = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlEntry entry in _mapping.Entries)
        {
            if (_known.Contains(entry.Key, StringComparer.Ordinal)) continue;
            string? nearest = NearestName.Find(entry.Key, _known);
            if (nearest is not null) meant.Add(nearest);
            else if (_isAbandoned) continue;
            string expected = _known.Count == 0 ? "expected no key here" : $"expected one of the keys {string.Join(", ", _known)}";
            _reader.Report(new InputProblem(_reader.DisplayName, entry.Line, entry.Column, Path, entry.Key, expected, nearest));
        }

        // A misspelt key is one mistake, not two.
        foreach (string key in _missing.Where(key => !meant.Contains(key)))
        {
            const string Expected = "expected this key, which is required";
            _reader.Report(new InputProblem(_reader.DisplayName, _mapping.Line, _mapping.Column, Join(Path, key), null, Expected));
        }
    }

    /// <summary>The path of a key below a path: <c>path.key</c>, or <c>path["odd key"]</c>.</summary>
    public static string Join(string path, string key)
    {
        bool isName = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        if (!isName) return $"{path}[\"{key}\"]";
        return path.Length == 0 ? key : $"{path}.{key}";
    }

    private YamlValue? Find(string key, out bool isThere)
    {
        if (!_reader.IsSchemaChecked) Know(key);
        YamlEntry? entry = _mapping.Find(key);
        isThere = entry is not null;
        if (entry is null || (_reader.IsSchemaChecked && entry.Value is YamlScalar { Kind: YamlScalarKind.Null })) return null;
        var value = new YamlValue(_reader, entry.Value, Join(Path, key), Join(_schemaPath, key));
        if (entry.Value is not YamlScalar { Kind: YamlScalarKind.Null }) return value;
        const string Expected = "expected a value after this key, or the key left out";
        _reader.Report(new InputProblem(_reader.DisplayName, entry.Line, entry.Column, value.Path, null, Expected));
        return null;
    }
}
