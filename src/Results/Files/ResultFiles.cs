using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Files;

/// <summary>Writes the CSV files of a results folder from its cells.</summary>
public static class ResultFiles
{
    /// <summary>Writes all files, each in one step; all but <c>timing.csv</c> are a pure function of the arguments, byte by byte.</summary>
    /// <param name="folder">The results folder; created when missing.</param>
    /// <param name="cells">All cells in plan order.</param>
    /// <param name="baseline">Label of the strategy that the others are compared with.</param>
    /// <exception cref="ArgumentException">A cell breaks <see cref="CellResultRules"/>; no file is touched.</exception>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written; each file is either its earlier or its new self.</exception>
    public static void WriteAll(string folder, IReadOnlyList<CellResult> cells, string baseline)
    {
        foreach (CellResult cell in cells) CellResultRules.Check(cell);
        IReadOnlyList<SummaryRow> summary = SummaryTable.Of(cells);
        IReadOnlyList<ComparisonRow> comparisons = ComparisonTable.Of(cells, baseline);
        Write(ResultFileNames.Cells, text => CellsCsv.Write(text, cells));
        Write(ResultFileNames.Series, text => SeriesCsv.Write(text, cells));
        Write(ResultFileNames.Summary, text => SummaryCsv.Write(text, summary));
        Write(ResultFileNames.Comparisons, text => ComparisonsCsv.Write(text, comparisons));
        if (cells.Any(cell => cell.Services.Count > 0)) Write(ResultFileNames.Services, text => ServicesCsv.Write(text, cells));
        else AtomicFile.Delete(Path.Combine(folder, ResultFileNames.Services)); // an earlier run's would pass for this one's
        Write(ResultFileNames.Timing, text => TimingCsv.Write(text, cells));

        void Write(string name, Action<TextWriter> content) => AtomicFile.WriteText(Path.Combine(folder, name), content);
    }
}
