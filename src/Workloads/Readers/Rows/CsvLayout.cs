using System.Text;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers.Rows;

/// <summary>A column that a format knows.</summary>
/// <param name="Name">Header, exactly.</param>
/// <param name="Required">Whether the file must have it.</param>
internal readonly record struct CsvColumn(string Name, bool Required = true);

/// <summary>The columns of a format. A reader names them by their position in this list, whatever their order in the file.</summary>
internal sealed class CsvLayout(params CsvColumn[] columns)
{
    public CsvColumn this[int column] => columns[column];

    /// <summary>Finds the columns in a file's header; the result holds the cell of each, or −1. Extra columns are counted.</summary>
    /// <param name="header">The cells of the header.</param>
    /// <param name="line">Line of the header.</param>
    /// <param name="log">Gets the problems: missing, renamed and repeated columns, other separators.</param>
    public int[] Locate(IReadOnlyList<string> header, int line, ReadLog log)
    {
        int[] cells = new int[columns.Length];
        Array.Fill(cells, -1);
        if (header.Count == 1 && columns.Length > 1 && OtherSeparator(header[0]) is string separator)
        {
            log.Problem(line, "", header[0], $"expected columns separated by commas; these are separated by {separator}");
            log.ThrowIfProblems();
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var extra = new List<int>();
        for (int cell = 0; cell < header.Count; cell++)
        {
            string name = header[cell];
            int column = Array.FindIndex(columns, known => string.Equals(known.Name, name, StringComparison.Ordinal));
            if (!seen.Add(name)) log.Problem(line, name, null, "expected every column once; this one is repeated");
            else if (column >= 0) cells[column] = cell;
            else extra.Add(cell);
        }

        // A missing column and an unknown one that is nearly it are one mistake: a renamed column.
        foreach (CsvColumn missing in columns.Where((column, i) => column.Required && cells[i] < 0))
        {
            string? renamed = NearestName.Find(missing.Name, extra.Select(cell => header[cell]));
            if (renamed is null)
            {
                log.Problem(line, missing.Name, null, $"expected this column, which is missing; the columns are {Listed(header)}");
            }
            else
            {
                log.Problem(line, renamed, null, $"expected the column {missing.Name}, which is missing", missing.Name);
                extra.RemoveAll(cell => string.Equals(header[cell], renamed, StringComparison.Ordinal));
            }
        }

        foreach (int cell in extra) log.Note(ReadReason.ExtraColumn, line, header[cell], "");
        log.ThrowIfProblems();
        return cells;
    }

    private static string? OtherSeparator(string header) =>
        header.Contains(';') ? "semicolons" : header.Contains('\t') ? "tabs" : header.Contains('|') ? "vertical bars" : null;

    private static string Listed(IReadOnlyList<string> header)
    {
        const int MostListed = 12;
        var text = new StringBuilder(string.Join(", ", header.Take(MostListed).Select(name => name.Length > 40 ? name[..40] + "…" : name)));
        if (header.Count > MostListed) text.Append(", …");
        return text.ToString();
    }
}
