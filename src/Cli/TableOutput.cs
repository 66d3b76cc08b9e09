using System.CommandLine;
using System.Globalization;
using SchedBench.Reporting.Tables;

namespace SchedBench.Cli;

/// <summary>The option <c>-o</c> and what it does to a table on standard output.</summary>
internal static class TableOutput
{
    /// <summary>Adds <c>-o table|json|csv|md|latex</c>.</summary>
    public static Option<TableFormat> AddTo(Command command)
    {
        string[] names = [.. TableFormats.Names.Select(name => name.Key)];
        var option = new Option<TableFormat>("--output", "-o")
        {
            Description = $"Format on standard output: {string.Join(", ", names)} (default table).",
            HelpName = "FORMAT",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach ((string name, TableFormat format) in TableFormats.Names)
                {
                    if (name == text) return format;
                }

                result.AddError($"--output: '{text}': expected one of {string.Join(", ", names)}");
                return default;
            },
        };
        option.CompletionSources.Add(names);
        command.Options.Add(option);
        return option;
    }

    /// <summary>Writes a table.</summary>
    public static void Write(Terminal terminal, Table table, TableFormat format)
    {
        TableFormats.Write(table, format, terminal.Out, terminal.Width);
        terminal.Out.Flush();
    }

    /// <summary>Writes several tables: one JSON array, or one table after another with an empty line between.</summary>
    public static void WriteAll(Terminal terminal, IReadOnlyList<Table> tables, TableFormat format)
    {
        TextWriter output = terminal.Out;
        bool json = format == TableFormat.Json;
        if (json) output.Write('[');
        for (int t = 0; t < tables.Count; t++)
        {
            if (t > 0) output.Write(json ? "," : "\n");
            output.Write(json ? TableFormats.ToText(tables[t], format).TrimEnd('\n') : TableFormats.ToText(tables[t], format, terminal.Width));
        }

        if (json) output.Write("]\n");
        output.Flush();
    }
}

/// <summary>A table of plain words and numbers.</summary>
/// <param name="caption">What it shows.</param>
/// <param name="columns">Column names; a <c>#</c> before one makes it a column of numbers.</param>
internal sealed class SimpleTable(string caption, params string[] columns)
{
    private readonly List<TableRow> _rows = [];

    /// <summary>Adds a row; empty texts are empty cells.</summary>
    public void Add(params string[] cells) => _rows.Add(new TableRow([.. cells.Select((cell, c) => columns[c].StartsWith('#') ? Number(cell) : TableCell.Words(cell))]));

    /// <summary>The table.</summary>
    public Table Build() => new(
        "table",
        [.. columns.Select(column => column.StartsWith('#')
            ? new TableColumn(column[1..], [Field(column[1..])])
            : new TableColumn(column, [Field(column)], ColumnAlignment.Left))],
        _rows)
    { Caption = caption };

    private static TableCell Number(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return TableCell.Number(text, null);
        // A seed has up to 64 bits, of which a double keeps 53.
        bool isExact = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong whole) && whole.ToString(CultureInfo.InvariantCulture) == text;
        return isExact ? new TableCell(text, [new TableValue(text, number)]) : TableCell.Number(text, number);
    }

    private static string Field(string name) => name.Replace(' ', '_').ToLowerInvariant();
}
