using System.Text;

namespace SchedBench.Reporting.Tables.Writers;

/// <summary>A LaTeX <c>table</c> with the rules of booktabs, in small print; notes below, the best in bold, a rule between groups. Compiles with <c>\usepackage{booktabs}</c> and UTF-8 input;
/// the first line of the file names what else it needs.</summary>
/// <remarks>Heads break into lines about as long as what stands below them. A table for which one column of a paper is too narrow is a <c>table*</c>, which spans both,
/// and is scaled down where the text is narrower still (graphicx). A <c>longtable</c> cannot be scaled; a wide one reaches into both margins alike.</remarks>
internal static class LatexTable
{
    /// <summary>Rows that fit a page; more stand in a <c>longtable</c>, which breaks over pages and repeats its head.</summary>
    private const int MostRowsOfOnePage = 50;

    /// <summary>Width of a character in print of 8 points, of the gap between two columns, and of one column of a paper, in points.</summary>
    private const double CharacterPt = 4.2, GapPt = 8, ColumnPt = 240;

    private const string SmallPrint = @"\footnotesize\setlength{\tabcolsep}{4pt}";
    private const string CentredOnPage = @"\setlength{\LTleft}{0pt plus 1fill minus 1fill}\setlength{\LTright}{0pt plus 1fill minus 1fill}";
    private const string NoWiderThanText = @"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}";

    /// <summary>How much longer than the texts below it a line of a head may be.</summary>
    private const int HeadOverhang = 2;

    public static void Write(Table table, TextWriter writer)
    {
        IReadOnlyList<int> shown = table.ShownColumns;
        bool isLong = table.Rows.Count > MostRowsOfOnePage;
        string alignment = string.Concat(shown.Select(c => table.Columns[c].Alignment == ColumnAlignment.Right ? 'r' : 'l'));
        string[][] heads = [.. shown.Select(c => HeadLines(table, c))];
        string head = $"    {string.Join(" & ", shown.Select((c, i) => Head(heads[i], table.Columns[c].Alignment)))} \\\\\n    \\midrule\n";
        bool isWide = shown.Select((c, i) => (Math.Max(BodyLength(table, c), heads[i].Max(line => line.Length)) * CharacterPt) + GapPt).Sum() > ColumnPt;
        string environment = isWide ? "table*" : "table";
        string caption = table.Caption.Length > 0 ? $"\\caption{{{Escape(table.Caption)}}}" : "", label = $"\\label{{tab:{table.Name}}}";
        if (isLong)
        {
            writer.Write($"% needs \\usepackage{{booktabs,longtable}}\n\\begingroup{SmallPrint}\n{CentredOnPage}\n\\begin{{longtable}}{{{alignment}}}\n  {caption}{label}\\\\\n");
            writer.Write($"    \\toprule\n{head}  \\endfirsthead\n    \\toprule\n{head}  \\endhead\n    \\bottomrule\n  \\endfoot\n");
        }
        else
        {
            writer.Write($"% needs \\usepackage{{booktabs{(isWide ? ",graphicx" : "")}}}\n\\begin{{{environment}}}\n  \\centering\n{(caption.Length > 0 ? $"  {caption}\n" : "")}  {label}\n");
            writer.Write($"  {SmallPrint}\n{(isWide ? $"  {NoWiderThanText}{{%\n" : "")}  \\begin{{tabular}}{{{alignment}}}\n    \\toprule\n{head}");
        }

        for (int r = 0; r < table.Rows.Count; r++)
        {
            if (r > 0 && table.Rows[r].StartsGroup) writer.Write("    \\midrule\n");
            string row = string.Join(" & ", shown.Select(c => TextOf(table.Rows[r].Cells[c], table.Columns[c].Alignment)));
            // The end of the row before would take these for arguments of its own.
            writer.Write($"    {(row.StartsWith('[') || row.StartsWith('*') ? "{}" : "")}{row} \\\\\n");
        }

        writer.Write(isLong ? "\\end{longtable}\n\\endgroup\n" : $"    \\bottomrule\n  \\end{{tabular}}{(isWide ? "}" : "")}\n");
        string[] notes = [.. table.Notes, .. table.BestMeans.Length > 0 ? [$"Bold: {table.BestMeans}."] : Array.Empty<string>()];
        foreach (string note in notes) writer.Write($"  \\par\\smallskip{{\\footnotesize\\raggedright {Escape(note)}\\par}}\n");
        if (!isLong) writer.Write($"\\end{{{environment}}}\n");
    }

    /// <summary>Escapes LaTeX's special characters and writes our mathematical signs as commands; other characters of UTF-8 stay.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '\\' => "\\textbackslash{}",
                '{' or '}' or '$' or '&' or '#' or '_' or '%' => $"\\{c}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '<' => "\\textless{}",
                '>' => "\\textgreater{}",
                '|' => "\\textbar{}",
                '"' => "\\textquotedbl{}",
                '±' => "$\\pm$",
                '−' => "$-$",
                '≤' => "$\\leq$",
                '≥' => "$\\geq$",
                '×' => "$\\times$",
                'Δ' => "$\\Delta$",
                'σ' => "$\\sigma$",
                'μ' => "$\\mu$",
                '–' => "--",
                '†' => "\\dag{}",
                _ when char.IsControl(c) => " ",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>The head of a column, broken at blanks.</summary>
    private static string[] HeadLines(Table table, int column)
    {
        var lines = new List<string>();
        foreach (string word in table.Columns[column].Head.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= BodyLength(table, column) + HeadOverhang) lines[^1] += " " + word;
            else lines.Add(word);
        }

        return [.. lines];
    }

    private static string Head(string[] lines, ColumnAlignment alignment) => lines.Length == 1
        ? Escape(lines[0])
        : $"\\begin{{tabular}}[b]{{@{{}}{(alignment == ColumnAlignment.Right ? 'r' : 'l')}@{{}}}}{string.Join("\\\\", lines.Select(Escape))}\\end{{tabular}}";

    private static int BodyLength(Table table, int column) => table.Rows.Select(row => row.Cells[column].Text.Length).DefaultIfEmpty().Max();

    private static string TextOf(TableCell cell, ColumnAlignment alignment)
    {
        string text = Escape(cell.Text);
        if (alignment == ColumnAlignment.Right && text.StartsWith('-')) text = $"$-${text[1..]}";
        if (cell.IsBest && text.Length > 0) text = $"\\textbf{{{text}}}";
        return cell.Mark.Length > 0 ? $"{text}\\textsuperscript{{{Escape(cell.Mark)}}}" : text;
    }
}
