using System.Globalization;
using SchedBench.Reporting.Tables;

namespace SchedBench.Reporting.Pages.Html;

/// <summary>A table as HTML: caption, heads with scopes, a body for each group, the best in bold, notes below.</summary>
internal static class HtmlTable
{
    /// <summary>Most rows of one table in a page; a file holds all of them.</summary>
    public const int MostRows = 600;

    /// <summary>Writes a table.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="table">The table.</param>
    /// <param name="wholeTable">File with the whole table, named when rows are left out.</param>
    public static void Write(HtmlWriter html, Table table, string wholeTable)
    {
        IReadOnlyList<int> shown = table.ShownColumns;
        int heads = shown.TakeWhile(c => table.Columns[c].Alignment == ColumnAlignment.Left).Count();
        html.Start("div", ("class", "wide"), ("role", "region"), ("tabindex", "0"), ("aria-label", table.Caption)).Start("table");
        html.Element("caption", table.Caption);
        html.Start("thead").Start("tr");
        foreach (int c in shown) html.Element("th", table.Columns[c].Head, ("scope", "col"), ("class", ClassOf(table.Columns[c])));
        html.End().End().Start("tbody");
        int rows = Math.Min(table.Rows.Count, MostRows);
        for (int r = 0; r < rows; r++)
        {
            if (r > 0 && table.Rows[r].StartsGroup) html.End().Start("tbody");
            html.Start("tr");
            for (int i = 0; i < shown.Count; i++)
            {
                if (i < heads) Head(html, table, shown, heads, r, i, rows);
                else Cell(html, table.Rows[r].Cells[shown[i]], ClassOf(table.Columns[shown[i]]));
            }

            html.End();
        }

        html.End().End().End();
        if (rows < table.Rows.Count) html.Element("p", $"The first {rows} of {table.Rows.Count} rows; {wholeTable} holds all of them.", ("class", "note"));
        foreach (string note in table.Notes) html.Element("p", note, ("class", "note"));
        if (table.BestMeans.Length > 0) html.Element("p", $"Bold: {table.BestMeans}.", ("class", "note"));
    }

    /// <summary>A head of rows. One that the rows of a group share stands once, beside all of them.</summary>
    private static void Head(HtmlWriter html, Table table, IReadOnlyList<int> shown, int heads, int row, int column, int rows)
    {
        string text = table.Rows[row].Cells[shown[column]].Text;
        bool isLast = column == heads - 1;
        if (!isLast && row > 0 && !table.Rows[row].StartsGroup && SameHeads(table, shown, row - 1, row, column)) return;
        int span = 1;
        while (!isLast && row + span < rows && !table.Rows[row + span].StartsGroup && SameHeads(table, shown, row, row + span, column)) span++;
        if (span > 1) html.Element("th", text, ("scope", "rowgroup"), ("rowspan", span.ToString(CultureInfo.InvariantCulture)));
        else html.Element("th", text, ("scope", "row"));
    }

    private static bool SameHeads(Table table, IReadOnlyList<int> shown, int a, int b, int upTo) =>
        shown.Take(upTo + 1).All(c => table.Rows[a].Cells[c].Text == table.Rows[b].Cells[c].Text);

    private static void Cell(HtmlWriter html, TableCell cell, string kind)
    {
        html.Start("td", ("class", kind));
        string text = kind == "number" && cell.Text.StartsWith('-') ? "−" + cell.Text[1..] : cell.Text;
        if (cell.IsBest && text.Length > 0) html.Start("strong").Text(text).EndInline();
        else html.Text(text);
        if (cell.Mark.Length > 0) html.Start("sup").Text(cell.Mark).EndInline();
        html.End();
    }

    private static string ClassOf(TableColumn column) => column.Alignment == ColumnAlignment.Right ? "number" : "words";
}
