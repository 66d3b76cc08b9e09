using System.Text;

namespace SchedBench.Reporting.Tables.Writers;

/// <summary>A LaTeX <c>table</c> with the rules of booktabs; notes in small print below, the best in bold, a rule between groups. Compiles with <c>\usepackage{booktabs}</c> and UTF-8 input.</summary>
internal static class LatexTable
{
    /// <summary>Rows that fit a page; more stand in a <c>longtable</c>, which breaks over pages and repeats its head.</summary>
    private const int MostRowsOfOnePage = 50;

    public static void Write(Table table, TextWriter writer)
    {
        IReadOnlyList<int> shown = table.ShownColumns;
        bool isLong = table.Rows.Count > MostRowsOfOnePage;
        string alignment = string.Concat(shown.Select(c => table.Columns[c].Alignment == ColumnAlignment.Right ? 'r' : 'l'));
        string head = $"    {string.Join(" & ", shown.Select(c => Escape(table.Columns[c].Head)))} \\\\\n    \\midrule\n";
        string caption = table.Caption.Length > 0 ? $"\\caption{{{Escape(table.Caption)}}}" : "", label = $"\\label{{tab:{table.Name}}}";
        if (isLong)
        {
            writer.Write($"% needs \\usepackage{{booktabs,longtable}}\n\\begin{{longtable}}{{{alignment}}}\n  {caption}{label}\\\\\n");
            writer.Write($"    \\toprule\n{head}  \\endfirsthead\n    \\toprule\n{head}  \\endhead\n    \\bottomrule\n  \\endfoot\n");
        }
        else
        {
            writer.Write($"% needs \\usepackage{{booktabs}}\n\\begin{{table}}\n  \\centering\n{(caption.Length > 0 ? $"  {caption}\n" : "")}  {label}\n");
            writer.Write($"  \\begin{{tabular}}{{{alignment}}}\n    \\toprule\n{head}");
        }

        for (int r = 0; r < table.Rows.Count; r++)
        {
            if (r > 0 && table.Rows[r].StartsGroup) writer.Write("    \\midrule\n");
            writer.Write($"    {string.Join(" & ", shown.Select(c => TextOf(table.Rows[r].Cells[c], table.Columns[c].Alignment)))} \\\\\n");
        }

        writer.Write(isLong ? "\\end{longtable}\n" : "    \\bottomrule\n  \\end{tabular}\n");
        string[] notes = [.. table.Notes, .. table.BestMeans.Length > 0 ? [$"Bold: {table.BestMeans}."] : Array.Empty<string>()];
        foreach (string note in notes) writer.Write($"  \\par\\smallskip{{\\footnotesize {Escape(note)}}}\n");
        if (!isLong) writer.Write("\\end{table}\n");
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

    private static string TextOf(TableCell cell, ColumnAlignment alignment)
    {
        string text = Escape(cell.Text);
        if (alignment == ColumnAlignment.Right && text.StartsWith('-')) text = $"$-${text[1..]}";
        if (cell.IsBest && text.Length > 0) text = $"\\textbf{{{text}}}";
        return cell.Mark.Length > 0 ? $"{text}\\textsuperscript{{{Escape(cell.Mark)}}}" : text;
    }
}
