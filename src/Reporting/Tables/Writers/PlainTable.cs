namespace SchedBench.Reporting.Tables.Writers;

/// <summary>Aligned text: two blanks between columns, a line of hyphens below the head, an empty line before a group, † behind the best.</summary>
internal static class PlainTable
{
    private const string Gap = "  ";
    private const string Best = "†";

    public static void Write(Table table, TextWriter writer)
    {
        PlainColumn[] columns = [.. table.ShownColumns.Select(c => new PlainColumn(table, c))];
        if (table.Caption.Length > 0) writer.Write($"{OneLine(table.Caption)}\n\n");
        Line(columns.Select(column => column.Head));
        Line(columns.Select(column => column.Rule));
        for (int r = 0; r < table.Rows.Count; r++)
        {
            if (r > 0 && table.Rows[r].StartsGroup) writer.Write('\n');
            Line(columns.Select(column => column.Rows[r]));
        }

        string[] notes = [.. table.Notes, .. table.BestMeans.Length > 0 ? [$"{Best} {table.BestMeans}."] : Array.Empty<string>()];
        if (notes.Length > 0) writer.Write('\n');
        foreach (string note in notes) writer.Write($"{OneLine(note)}\n");

        void Line(IEnumerable<string> texts) => writer.Write($"{string.Join(Gap, texts).TrimEnd()}\n");
    }

    /// <summary>The padded texts of one column. Behind its text a cell may have a sign and a mark; they get a strip of their own, so that digits stay below each other.</summary>
    private sealed class PlainColumn
    {
        private readonly bool _isRight;
        private readonly int _width;

        public PlainColumn(Table table, int c)
        {
            _isRight = table.Columns[c].Alignment == ColumnAlignment.Right;
            TableCell[] cells = [.. table.Rows.Select(row => row.Cells[c])];
            int strip = cells.Select(cell => Width(Suffix(cell))).DefaultIfEmpty().Max();
            string[] bodies = [.. cells.Select(cell => OneLine(cell.Text))];
            int body = bodies.Select(Width).DefaultIfEmpty().Max();
            string head = OneLine(table.Columns[c].Head);
            _width = Math.Max(body + strip, Width(head));
            Head = Pad(head);
            Rule = new string('-', _width);
            Rows = [.. cells.Select((cell, r) => Pad(PadTo(bodies[r], body) + Suffix(cell) + new string(' ', strip - Width(Suffix(cell)))))];
        }

        public string Head { get; }

        public string Rule { get; }

        public string[] Rows { get; }

        private string Pad(string text) => PadTo(text, _width);

        private string PadTo(string text, int width)
        {
            string padding = new(' ', width - Width(text));
            return _isRight ? padding + text : text + padding;
        }

        private static string Suffix(TableCell cell) => (cell.IsBest ? Best : "") + (cell.Mark.Length > 0 ? " " + cell.Mark : "");
    }

    private static int Width(string text) => text.EnumerateRunes().Count();

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
