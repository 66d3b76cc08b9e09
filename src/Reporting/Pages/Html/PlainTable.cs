namespace SchedBench.Reporting.Pages.Html;

/// <summary>A table of words: the first column names the row.</summary>
internal static class PlainTable
{
    private const int MostRows = 300;

    public static void Write(HtmlWriter html, string caption, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        html.Start("div", ("class", "wide")).Start("table", ("class", "plain")).Element("caption", caption).Start("thead").Start("tr");
        foreach (string head in heads) html.Element("th", head, ("scope", "col"));
        html.End().End().Start("tbody");
        foreach (IReadOnlyList<string> row in all.Take(MostRows))
        {
            html.Start("tr").Element("th", row[0], ("scope", "row"));
            foreach (string text in row.Skip(1)) html.Element("td", text);
            html.End();
        }

        html.End().End().End();
        if (all.Length <= MostRows) return;
        html.Element("p", $"The first {MostRows} of {all.Length} rows; manifest.json and cells.csv hold all of them.", ("class", "note"));
    }
}
