using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Writers;

/// <summary>JSON: <c>{ name, caption, notes, columns: [{ title, unit, fields }], rows: [{ field: value }] }</c>; <c>null</c> for nothing.</summary>
internal static class JsonTable
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Table table, TextWriter writer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options)) Write(table, json);
        writer.Write(Encoding.UTF8.GetString(buffer.ToArray()));
        writer.Write('\n');
    }

    private static void Write(Table table, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteString("caption", table.Caption);
        json.WriteStartArray("notes");
        foreach (string note in table.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartArray("columns");
        foreach (TableColumn column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("title", column.Title);
            json.WriteString("unit", column.Unit);
            json.WriteStartArray("fields");
            foreach (string field in column.Fields) json.WriteStringValue(field);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (TableRow row in table.Rows) WriteRow(table, row, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRow(Table table, TableRow row, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (int c = 0; c < table.Columns.Count; c++)
        {
            for (int f = 0; f < table.Columns[c].Fields.Count; f++)
            {
                json.WritePropertyName(table.Columns[c].Fields[f]);
                TableValue value = row.Cells[c].Values[f];
                if (value is { Text: { } exact, Number: not null }) json.WriteRawValue(exact);
                else if (value.Text is { } text) json.WriteStringValue(text);
                else if (value.Number is { } number) json.WriteRawValue(ResultNumber.Format(number));
                else json.WriteNullValue();
            }
        }

        json.WriteEndObject();
    }
}
