using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests.Schema;

namespace SchedBench.Workloads.Manifests;

/// <summary>Writes a document as JSON in the order of its keys, as <c>kubectl</c> turns YAML into JSON. A Secret's values are replaced by their lengths.</summary>
internal static class DocumentJson
{
    /// <summary>Annotation in which <c>kubectl apply</c> keeps the whole object, values of secrets included.</summary>
    internal const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(YamlMapping document, ResourceKind kind)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (kind == ResourceKind.Secret) Secret(writer, document);
            else Value(writer, document);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Secret(Utf8JsonWriter writer, YamlMapping document)
    {
        writer.WriteStartObject();
        foreach (YamlEntry entry in document.Entries)
        {
            writer.WritePropertyName(entry.Key);
            if (entry.Key is "data" or "stringData" && entry.Value is YamlMapping values) Hidden(writer, values, entry.Key == "data" ? "base64 characters" : "characters");
            else if (entry.Key == "metadata" && entry.Value is YamlMapping metadata) Metadata(writer, metadata);
            else Value(writer, entry.Value);
        }

        writer.WriteEndObject();
    }

    private static void Hidden(Utf8JsonWriter writer, YamlMapping values, string unit)
    {
        writer.WriteStartObject();
        foreach (YamlEntry entry in values.Entries)
        {
            int length = (entry.Value as YamlScalar)?.Text.Length ?? 0;
            writer.WriteString(entry.Key, string.Create(CultureInfo.InvariantCulture, $"<{length} {unit}>"));
        }

        writer.WriteEndObject();
    }

    private static void Metadata(Utf8JsonWriter writer, YamlMapping metadata)
    {
        writer.WriteStartObject();
        foreach (YamlEntry entry in metadata.Entries)
        {
            writer.WritePropertyName(entry.Key);
            if (entry.Key != "annotations" || entry.Value is not YamlMapping annotations)
            {
                Value(writer, entry.Value);
                continue;
            }

            writer.WriteStartObject();
            foreach (YamlEntry annotation in annotations.Entries.Where(annotation => annotation.Key != LastApplied))
            {
                writer.WritePropertyName(annotation.Key);
                Value(writer, annotation.Value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter writer, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (YamlEntry entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Value(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case YamlList list:
                writer.WriteStartArray();
                foreach (YamlNode item in list.Items) Value(writer, item);
                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                Scalar(writer, scalar);
                break;
        }
    }

    private static void Scalar(Utf8JsonWriter writer, YamlScalar scalar)
    {
        switch (scalar.Kind)
        {
            case YamlScalarKind.Null:
                writer.WriteNullValue();
                break;
            case YamlScalarKind.Boolean:
                writer.WriteBooleanValue(scalar.Text[0] is 't' or 'T' or 'y' or 'Y' || scalar.Text is "on" or "On" or "ON");
                break;
            case YamlScalarKind.Integer when YamlInteger.TryParse(scalar.Text, out Int128 number):
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
            case YamlScalarKind.Float when IsJsonNumber(scalar.Text):
                writer.WriteRawValue(scalar.Text, skipInputValidation: true);
                break;
            default:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }

    private static bool IsJsonNumber(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.BytesConsumed == text.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
