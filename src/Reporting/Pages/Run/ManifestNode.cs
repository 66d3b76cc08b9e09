using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Input;

namespace SchedBench.Reporting.Pages.Run;

/// <summary>A place in a manifest: reads what must be there, and says which file and field when it is not.</summary>
/// <param name="File">The manifest, for messages.</param>
/// <param name="Path">Path of the field, for messages.</param>
/// <param name="Json">The value.</param>
internal readonly record struct ManifestNode(string File, string Path, JsonElement Json)
{
    /// <summary>A member of this object.</summary>
    /// <exception cref="InputException">This is no object, or has no such member.</exception>
    public ManifestNode this[string name] => Find(name) ?? throw Problem(PathOf(name), "expected a value; there is none");

    /// <summary>A member of this object, or <see langword="null"/>.</summary>
    /// <exception cref="InputException">This is no object.</exception>
    public ManifestNode? Find(string name)
    {
        Require(JsonValueKind.Object, "an object");
        return Json.TryGetProperty(name, out JsonElement member) ? new ManifestNode(File, PathOf(name), member) : null;
    }

    /// <summary>The text of a member.</summary>
    /// <exception cref="InputException">There is no such member, or it is no text.</exception>
    public string Text(string name) => this[name].Text();

    /// <summary>This text.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public string Text()
    {
        Require(JsonValueKind.String, "a text");
        return Json.GetString()!;
    }

    /// <summary>A whole number that is not negative.</summary>
    /// <exception cref="InputException">There is no such member, or it is something else.</exception>
    public long Count(string name)
    {
        ManifestNode member = this[name];
        member.Require(JsonValueKind.Number, "a number");
        return member.Json.TryGetInt64(out long value) && value >= 0 ? value : throw Problem(member.Path, "expected a whole number that is not negative");
    }

    /// <summary>Whether a member is true.</summary>
    /// <exception cref="InputException">There is no such member, or it is neither true nor false.</exception>
    public bool Flag(string name)
    {
        ManifestNode member = this[name];
        return member.Json.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Problem(member.Path, "expected true or false"),
        };
    }

    /// <summary>A number as it is written, in canonical form already.</summary>
    /// <exception cref="InputException">There is no such member, or it is no number.</exception>
    public string NumberText(string name)
    {
        ManifestNode member = this[name];
        member.Require(JsonValueKind.Number, "a number");
        return member.Json.GetRawText();
    }

    /// <summary>This unsigned number of 64 bits.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public ulong Unsigned()
    {
        Require(JsonValueKind.Number, "a number");
        return Json.TryGetUInt64(out ulong value) ? value : throw Problem(Path, "expected a whole number from 0 to 2^64−1");
    }

    /// <summary>The items of a list.</summary>
    /// <exception cref="InputException">There is no such member, or it is no list.</exception>
    public IEnumerable<ManifestNode> Items(string name)
    {
        ManifestNode list = this[name];
        list.Require(JsonValueKind.Array, "a list");
        return list.Json.EnumerateArray()
            .Select((item, i) => new ManifestNode(list.File, string.Create(CultureInfo.InvariantCulture, $"{list.Path}[{i}]"), item));
    }

    /// <summary>The texts of a list.</summary>
    /// <exception cref="InputException">There is no such member, it is no list, or an item is no text.</exception>
    public IReadOnlyList<string> Texts(string name) => [.. Items(name).Select(item => item.Text())];

    /// <summary>The members of an object whose values are texts, as <c>name value</c> pairs in their order.</summary>
    /// <exception cref="InputException">There is no such member, it is no object, or a value is no text.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Words(string name)
    {
        ManifestNode map = this[name];
        map.Require(JsonValueKind.Object, "an object");
        return
        [
            .. from member in map.Json.EnumerateObject()
               select KeyValuePair.Create(member.Name, new ManifestNode(map.File, map.PathOf(member.Name), member.Value).Text()),
        ];
    }

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void Require(JsonValueKind kind, string expected)
    {
        if (Json.ValueKind != kind) throw Problem(Path, $"expected {expected}; this manifest is damaged or was edited");
    }

    private InputException Problem(string field, string expected) => new(new InputProblem(File, 0, 0, field, null, expected));
}
