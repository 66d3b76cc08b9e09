using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;

namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Compares a document with the field tables: every name and every type, whether we model the field or not. Reports to the reader.</summary>
internal sealed class SchemaWalk(YamlReader reader)
{
    /// <summary>With more fields than that a list of them helps nobody; the nearest one does.</summary>
    private const int MostFieldsListed = 15;

    /// <summary>Checks an object of the API.</summary>
    internal void Object(YamlMapping mapping, ApiType type, string path)
    {
        var meant = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (type.Find(entry.Key) is { } field)
            {
                if (!IsNull(entry.Value)) Value(entry.Value, field.Shape, YamlMap.Join(path, entry.Key), field.IsRequired);
                continue;
            }

            string? nearest = NearestName.Find(entry.Key, type.FieldNames);
            if (nearest is not null) meant.Add(nearest);
            string list = type.Fields.Count <= MostFieldsListed ? $" ({string.Join(", ", type.FieldNames)})" : "";
            reader.Report(new InputProblem(reader.DisplayName, entry.Line, entry.Column, path, entry.Key, $"expected a field of {type.Name}{list}", nearest));
        }

        // A misspelt field is one mistake, not two.
        foreach (ApiField field in type.Fields.Where(field => field.IsRequired && !meant.Contains(field.Name)))
        {
            if (mapping.Find(field.Name) is { } entry && !IsNull(entry.Value)) continue;
            reader.Report(new InputProblem(reader.DisplayName, mapping.Line, mapping.Column, YamlMap.Join(path, field.Name), null, "expected this field, which is required"));
        }
    }

    private static bool IsNull(YamlNode node) => node is YamlScalar { Kind: YamlScalarKind.Null };

    private void Value(YamlNode node, ApiShape shape, string path, bool isRequired)
    {
        YamlValue value = reader.At(node, path);
        switch (shape.Form)
        {
            case ApiForm.Object when node is YamlMapping mapping:
                Object(mapping, ApiSchema.Type(shape.TypeName), path);
                break;
            case ApiForm.Object:
                value.Map();
                break;
            case ApiForm.List:
                List(value, shape.Item!, path);
                break;
            case ApiForm.Map:
                Map(value, shape.Item!, path);
                break;
            case ApiForm.Text:
                value.Text();
                break;
            case ApiForm.Boolean:
                value.Boolean();
                break;
            case ApiForm.Int:
                Integer(value, int.MinValue, int.MaxValue);
                break;
            case ApiForm.Long:
                Integer(value, long.MinValue, long.MaxValue);
                break;
            case ApiForm.IntOrString when node is not YamlScalar { Kind: YamlScalarKind.String }:
                Integer(value, int.MinValue, int.MaxValue, "expected a 32-bit whole number, or text");
                break;
            case ApiForm.Quantity:
                Quantity(value);
                break;
            case ApiForm.Time:
                // Instants without quotes look like text to us and like timestamps to YAML 1.1; Kubernetes takes both.
                value.Instant();
                break;
            case ApiForm.Choice when value.PlainText.Length > 0 || isRequired || node is not YamlScalar:
                value.OneOf<int>([.. shape.Choices.Select((name, i) => (name, i))]);
                break;
            case ApiForm.Bytes or ApiForm.Secret or ApiForm.SecretBytes:
                Bytes(node, shape.Form, path);
                break;
        }
    }

    private void List(YamlValue value, ApiShape item, string path)
    {
        IReadOnlyList<YamlValue> items = value.Items();
        for (int i = 0; i < items.Count; i++)
        {
            if (IsNull(items[i].Node)) items[i].Report("expected an item after '-', or the '-' left out");
            else Value(items[i].Node, item, $"{path}[{i}]", isRequired: true);
        }
    }

    private void Map(YamlValue value, ApiShape item, string path)
    {
        if (value.Node is not YamlMapping mapping)
        {
            if (item.Form is ApiForm.Secret or ApiForm.SecretBytes) reader.Report(new InputProblem(reader.DisplayName, value.Line, value.Column, path, null, "expected a mapping of keys to values"));
            else value.Map();
            return;
        }

        foreach (YamlEntry entry in mapping.Entries)
        {
            string below = YamlMap.Join(path, entry.Key);
            if (!IsNull(entry.Value)) Value(entry.Value, item, below, isRequired: true);
            else if (item.Form is ApiForm.Quantity) reader.At(entry.Value, below).Report("expected a quantity after this key, or the key left out");
        }
    }

    /// <summary>A whole number in any notation of YAML 1.1: <c>0644</c> is octal here as it is for Kubernetes.</summary>
    private static void Integer(YamlValue value, long min, long max, string? expected = null)
    {
        expected ??= string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {min} to {max}");
        if (value.Node is not YamlScalar scalar || scalar.Kind != YamlScalarKind.Integer)
        {
            bool isQuoted = value.Node is YamlScalar { Kind: YamlScalarKind.String } text && YamlInteger.TryParse(text.Text, out _);
            value.Report(isQuoted ? expected + ", without quotes" : expected);
        }
        else if (!YamlInteger.TryParse(scalar.Text, out Int128 number) || number < min || number > max)
        {
            value.Report(expected);
        }
    }

    private static void Quantity(YamlValue value)
    {
        if (value.TextOrNumber("expected a Kubernetes quantity such as 500m, 16 or 64Gi") is not { } text) return;
        if (!Core.Resources.Quantity.TryParse(text, out Quantity quantity, out TextError error)) value.Report(error);
        else if (quantity.Sign < 0) value.Report("expected a quantity of 0 or more");
    }

    /// <summary>Base64, and secrets of both kinds; what a secret holds stays out of the message.</summary>
    private void Bytes(YamlNode node, ApiForm form, string path)
    {
        string? expected = node switch
        {
            YamlScalar { Kind: YamlScalarKind.String } scalar when form == ApiForm.Secret || Base64.IsValid(scalar.Text) => null,
            YamlScalar { Kind: YamlScalarKind.String } => "expected base64 (stringData takes plain text)",
            YamlScalar => "expected text; YAML 1.1 reads this as something else, so quote it",
            _ => "expected text",
        };
        if (expected is null) return;
        if (form == ApiForm.Bytes && node is YamlScalar { Kind: YamlScalarKind.String }) expected = "expected base64";
        string? value = form == ApiForm.Bytes ? (node as YamlScalar)?.Text : null;
        reader.Report(new InputProblem(reader.DisplayName, node.Line, node.Column, path, value, expected));
    }
}
