using System.Collections.Frozen;

namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>The field tables of the Kubernetes API, one text an API group: every field that v1.34 knows, with its type.</summary>
/// <remarks>
/// <code>
/// table := Type: field type, field type, …        a line that begins with blanks goes on
/// field := name | name!                           ! : has to be there
/// type  := string int long bool quantity time intOrString any bytes secret secretBytes
///        | A|B|C       one of these words
///        | [type]      a list        | {type}   a mapping with keys of the user's own
///        | Type        an object
/// </code>
/// <c>int</c> and <c>long</c> are whole numbers of 32 and 64 bits, <c>bytes</c> is base64, <c>secret…</c> are texts that no message may repeat.
/// </remarks>
internal static class ApiSchema
{
    private static readonly FrozenDictionary<string, ApiType> Types = Parse(
        MetaSchema.Text, PlacementSchema.Text, VolumesSchema.Text, PodsSchema.Text, PodStatusSchema.Text, NodesSchema.Text, CoreSchema.Text,
        StorageSchema.Text, AppsSchema.Text, BatchSchema.Text, AutoscalingSchema.Text, NetworkingSchema.Text, PolicySchema.Text);

    /// <summary>The type of that name.</summary>
    internal static ApiType Type(string name) => Types[name];

    /// <summary>Names of all types.</summary>
    internal static IEnumerable<string> TypeNames => Types.Keys;

    private static FrozenDictionary<string, ApiType> Parse(params ReadOnlySpan<string> texts)
    {
        var types = new Dictionary<string, ApiType>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            ApiType? type = null;
            foreach (string line in text.Split('\n'))
            {
                string fields = line;
                if (line[0] != ' ')
                {
                    int colon = line.IndexOf(':', StringComparison.Ordinal);
                    type = new ApiType(line[..colon]);
                    types.Add(type.Name, type);
                    fields = line[(colon + 1)..];
                }

                foreach (string field in fields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    string[] parts = field.Split(' ');
                    type!.Add(new ApiField(parts[0].TrimEnd('!'), parts[0][^1] == '!', ApiShape.Parse(parts[1])));
                }
            }
        }

        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>An object type of the API.</summary>
internal sealed class ApiType(string name)
{
    private readonly Dictionary<string, ApiField> _fields = new(StringComparer.Ordinal);

    /// <summary>Name, Kubernetes' own without the version.</summary>
    internal string Name => name;

    /// <summary>Fields in alphabetical order.</summary>
    internal IReadOnlyCollection<ApiField> Fields => _fields.Values;

    /// <summary>Names of the fields.</summary>
    internal IReadOnlyCollection<string> FieldNames => _fields.Keys;

    /// <summary>The field of that name, or null.</summary>
    internal ApiField? Find(string field) => _fields.GetValueOrDefault(field);

    internal void Add(ApiField field) => _fields.Add(field.Name, field);
}

/// <summary>A field of an object type.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsRequired">Whether it has to be there.</param>
/// <param name="Shape">Type of its value.</param>
internal sealed record ApiField(string Name, bool IsRequired, ApiShape Shape);

/// <summary>What form a value has.</summary>
internal enum ApiForm : byte
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Whole number of 32 bits.</summary>
    Int,

    /// <summary>Whole number of 64 bits.</summary>
    Long,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Quantity.</summary>
    Quantity,

    /// <summary>Instant.</summary>
    Time,

    /// <summary>Whole number or text.</summary>
    IntOrString,

    /// <summary>Anything.</summary>
    Any,

    /// <summary>Base64.</summary>
    Bytes,

    /// <summary>Text that no message repeats.</summary>
    Secret,

    /// <summary>Base64 that no message repeats.</summary>
    SecretBytes,

    /// <summary>One of several words.</summary>
    Choice,

    /// <summary>List of <see cref="ApiShape.Item"/>.</summary>
    List,

    /// <summary>Mapping to <see cref="ApiShape.Item"/>.</summary>
    Map,

    /// <summary>Object of the type <see cref="ApiShape.TypeName"/>.</summary>
    Object,
}

/// <summary>Type of a value.</summary>
internal sealed record ApiShape(ApiForm Form)
{
    private static readonly FrozenDictionary<string, ApiForm> Simple = new Dictionary<string, ApiForm>
    {
        ["string"] = ApiForm.Text,
        ["int"] = ApiForm.Int,
        ["long"] = ApiForm.Long,
        ["bool"] = ApiForm.Boolean,
        ["quantity"] = ApiForm.Quantity,
        ["time"] = ApiForm.Time,
        ["intOrString"] = ApiForm.IntOrString,
        ["any"] = ApiForm.Any,
        ["bytes"] = ApiForm.Bytes,
        ["secret"] = ApiForm.Secret,
        ["secretBytes"] = ApiForm.SecretBytes,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Of a list or mapping.</summary>
    internal ApiShape? Item { get; private init; }

    /// <summary>Of an object.</summary>
    internal string TypeName { get; private init; } = "";

    /// <summary>Of a choice.</summary>
    internal IReadOnlyList<string> Choices { get; private init; } = [];

    internal static ApiShape Parse(string text) => text[0] switch
    {
        '[' => new ApiShape(ApiForm.List) { Item = Parse(text[1..^1]) },
        '{' => new ApiShape(ApiForm.Map) { Item = Parse(text[1..^1]) },
        _ when Simple.TryGetValue(text, out ApiForm form) => new ApiShape(form),
        _ when text.Contains('|', StringComparison.Ordinal) => new ApiShape(ApiForm.Choice) { Choices = text.Split('|') },
        _ => new ApiShape(ApiForm.Object) { TypeName = text },
    };
}
