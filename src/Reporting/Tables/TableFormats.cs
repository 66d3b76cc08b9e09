using SchedBench.Reporting.Tables.Writers;

namespace SchedBench.Reporting.Tables;

/// <summary>The formats that a table can be written in.</summary>
public enum TableFormat
{
    /// <summary>Aligned text for a terminal.</summary>
    Plain,

    /// <summary>A GitHub-flavoured Markdown table.</summary>
    Markdown,

    /// <summary>A LaTeX <c>table</c> with the rules of booktabs.</summary>
    Latex,

    /// <summary>Comma-separated values: the machine columns, numbers to nine significant digits, no caption and no notes.</summary>
    Csv,

    /// <summary>JSON with caption, notes, columns and rows as objects.</summary>
    Json,
}

/// <summary>Writes tables.</summary>
public static class TableFormats
{
    /// <summary>The names on a command line: <c>table</c>, <c>md</c>, <c>latex</c>, <c>csv</c>, <c>json</c>.</summary>
    public static IReadOnlyList<KeyValuePair<string, TableFormat>> Names { get; } =
    [
        new("table", TableFormat.Plain), new("json", TableFormat.Json), new("csv", TableFormat.Csv), new("md", TableFormat.Markdown), new("latex", TableFormat.Latex),
    ];

    /// <summary>Writes <paramref name="table"/>; every line ends with <c>\n</c>, and culture plays no part.</summary>
    /// <param name="table">The table.</param>
    /// <param name="format">Format.</param>
    /// <param name="writer">Where it goes.</param>
    /// <param name="width">Signs of a line that a terminal shows, for <see cref="TableFormat.Plain"/>; other formats know no width.</param>
    public static void Write(Table table, TableFormat format, TextWriter writer, int width = int.MaxValue)
    {
        switch (format)
        {
            case TableFormat.Plain: PlainTable.Write(table, writer, width); break;
            case TableFormat.Markdown: MarkdownTable.Write(table, writer); break;
            case TableFormat.Latex: LatexTable.Write(table, writer); break;
            case TableFormat.Csv: CsvTable.Write(table, writer); break;
            case TableFormat.Json: JsonTable.Write(table, writer); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "A format of tables.");
        }
    }

    /// <summary>The text of <paramref name="table"/>, in lines of at most <paramref name="width"/> signs where the format knows a width.</summary>
    public static string ToText(Table table, TableFormat format, int width = int.MaxValue)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(table, format, writer, width);
        return writer.ToString();
    }
}
