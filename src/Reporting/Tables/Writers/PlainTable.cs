namespace SchedBench.Reporting.Tables.Writers;

/// <summary>Aligned text: two blanks between columns, a line of hyphens below the head, an empty line before a group, † behind the best.</summary>
/// <remarks>A table that is wider than the terminal is written in several parts, one below the other, each with the columns of words at its left; where the last column is one of words, its
/// texts are broken between words instead, like the notes.</remarks>
internal static class PlainTable
{
    private const string Gap = "  ";
    private const string Best = "†";

    /// <summary>Texts of words are not broken into lines shorter than this.</summary>
    private const int ShortestLine = 20;

    public static void Write(Table table, TextWriter writer, int width = int.MaxValue)
    {
        PlainColumn[] columns = [.. table.ShownColumns.Select(c => new PlainColumn(table, c))];
        if (table.Caption.Length > 0) writer.Write($"{OneLine(table.Caption)}\n\n");
        int room = width - columns.SkipLast(1).Sum(column => column.Width + Gap.Length);
        if (columns.Length > 1 && WidthOf(columns) > width && !columns[^1].IsRight && room >= ShortestLine)
        {
            Rows(columns, room);
        }
        else
        {
            PlainColumn[][] parts = [.. PartsOf(columns, width)];
            for (int p = 0; p < parts.Length; p++)
            {
                if (p > 0) writer.Write('\n');
                Rows(parts[p], int.MaxValue);
            }
        }

        string[] notes = [.. table.Notes, .. table.BestMeans.Length > 0 ? [$"{Best} {table.BestMeans}."] : Array.Empty<string>()];
        if (notes.Length > 0) writer.Write('\n');
        foreach (string line in notes.SelectMany(note => Broken(OneLine(note), width))) writer.Write($"{line.TrimEnd()}\n");

        void Line(IEnumerable<string> texts) => writer.Write($"{string.Join(Gap, texts).TrimEnd()}\n");

        void Rows(PlainColumn[] shown, int last)
        {
            Line(shown.Select(column => column.Head));
            Line(shown.Select(column => column.Rule.Length > last ? column.Rule[..last] : column.Rule));
            string indent = new(' ', shown.SkipLast(1).Sum(column => column.Width + Gap.Length));
            for (int r = 0; r < table.Rows.Count; r++)
            {
                if (r > 0 && table.Rows[r].StartsGroup) writer.Write('\n');
                string[] lines = [.. Broken(shown[^1].Rows[r], last)];
                Line([.. shown.SkipLast(1).Select(column => column.Rows[r]), lines[0]]);
                foreach (string line in lines.Skip(1)) writer.Write($"{indent}{line.TrimEnd()}\n");
            }
        }
    }

    private static int WidthOf(IReadOnlyCollection<PlainColumn> columns) => columns.Sum(column => column.Width) + (Gap.Length * (columns.Count - 1));

    /// <summary>The columns in parts that fit; a column stays beside those after it whose head is a single sign, such as its difference.</summary>
    private static IEnumerable<PlainColumn[]> PartsOf(PlainColumn[] columns, int width)
    {
        PlainColumn[] keys = WidthOf(columns) <= width ? [] : [.. columns.TakeWhile(column => !column.IsRight)];
        List<PlainColumn> part = [.. keys];
        for (int c = keys.Length; c < columns.Length;)
        {
            int end = c + 1;
            while (end < columns.Length && columns[end].Head.Trim().Length == 1) end++;
            PlainColumn[] next = columns[c..end];
            if (part.Count > keys.Length && WidthOf([.. part, .. next]) > width)
            {
                yield return [.. part];
                part = [.. keys];
            }

            part.AddRange(next);
            c = end;
        }

        yield return [.. part];
    }

    /// <summary>A text in lines that are no longer than a width, where its words allow it.</summary>
    private static IEnumerable<string> Broken(string text, int width)
    {
        string rest = text;
        while (rest.TrimEnd().Length > width)
        {
            int at = rest.LastIndexOf(' ', width);
            if (at <= 0) at = rest.IndexOf(' ', width);
            if (at <= 0) break;
            yield return rest[..at];
            rest = rest[(at + 1)..];
        }

        yield return rest;
    }

    /// <summary>The padded texts of one column. Behind its text a cell may have a sign and a mark; they get a strip of their own, so that digits stay below each other.</summary>
    private sealed class PlainColumn
    {
        public PlainColumn(Table table, int c)
        {
            IsRight = table.Columns[c].Alignment == ColumnAlignment.Right;
            TableCell[] cells = [.. table.Rows.Select(row => row.Cells[c])];
            int strip = cells.Select(cell => RunesOf(Suffix(cell))).DefaultIfEmpty().Max();
            string[] bodies = [.. cells.Select(cell => OneLine(cell.Text))];
            int body = bodies.Select(RunesOf).DefaultIfEmpty().Max();
            string head = OneLine(table.Columns[c].Head);
            Width = Math.Max(body + strip, RunesOf(head));
            Head = Pad(head);
            Rule = new string('-', Width);
            Rows = [.. cells.Select((cell, r) => Pad(PadTo(bodies[r], body) + Suffix(cell) + new string(' ', strip - RunesOf(Suffix(cell)))))];
        }

        public bool IsRight { get; }

        public int Width { get; }

        public string Head { get; }

        public string Rule { get; }

        public string[] Rows { get; }

        private string Pad(string text) => PadTo(text, Width);

        private string PadTo(string text, int width)
        {
            string padding = new(' ', width - RunesOf(text));
            return IsRight ? padding + text : text + padding;
        }

        private static string Suffix(TableCell cell) => (cell.IsBest ? Best : "") + (cell.Mark.Length > 0 ? " " + cell.Mark : "");
    }

    private static int RunesOf(string text) => text.EnumerateRunes().Count();

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
