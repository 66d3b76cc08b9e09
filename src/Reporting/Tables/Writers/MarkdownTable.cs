using System.Text;

namespace SchedBench.Reporting.Tables.Writers;

/// <summary>GitHub-flavoured Markdown: caption in bold above, notes as paragraphs below, the best in bold. Text is escaped, so no name can start markup or end a cell.</summary>
internal static class MarkdownTable
{
    private const string Special = "\\`*[]<>|~";

    public static void Write(Table table, TextWriter writer)
    {
        IReadOnlyList<int> shown = table.ShownColumns;
        if (table.Caption.Length > 0) writer.Write($"**{Escape(table.Caption)}**\n\n");
        Line(shown.Select(c => Escape(table.Columns[c].Head)));
        Line(shown.Select(c => table.Columns[c].Alignment == ColumnAlignment.Right ? "---:" : ":---"));
        foreach (TableRow row in table.Rows) Line(shown.Select(c => TextOf(row.Cells[c])));
        foreach (string note in table.Notes) writer.Write($"\n{Escape(note)}\n");
        if (table.BestMeans.Length > 0) writer.Write($"\n**Bold**: {Escape(table.BestMeans)}.\n");

        void Line(IEnumerable<string> cells) => writer.Write($"| {string.Join(" | ", cells)} |\n");
    }

    /// <summary>Escapes what Markdown would take for markup; underscores inside words are no markup and stay readable.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool insideWord = i > 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]);
            if (Special.Contains(c, StringComparison.Ordinal) || (c == '_' && !insideWord)) escaped.Append('\\');
            escaped.Append(char.IsControl(c) ? ' ' : c);
        }

        return escaped.ToString();
    }

    private static string TextOf(TableCell cell)
    {
        string text = Escape(cell.Text);
        if (cell.IsBest && text.Length > 0) text = $"**{text}**";
        return cell.Mark.Length > 0 ? $"{text} {Escape(cell.Mark)}" : text;
    }
}
