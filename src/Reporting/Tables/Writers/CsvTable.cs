using CsvHelper;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Writers;

/// <summary>The machine columns as comma-separated values: one field a value, no units, no marks, empty for nothing.</summary>
internal static class CsvTable
{
    public static void Write(Table table, TextWriter writer)
    {
        using var csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        foreach (string field in table.Columns.SelectMany(column => column.Fields)) csv.WriteField(field);
        csv.EndRecord();
        foreach (TableRow row in table.Rows)
        {
            foreach (TableValue value in row.Cells.SelectMany(cell => cell.Values)) csv.WriteField(value.Text ?? ResultNumber.Format(value.Number));
            csv.EndRecord();
        }
    }
}
