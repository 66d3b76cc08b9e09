using SchedBench.Core.Input;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages.Figures;
using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Files;

namespace SchedBench.Reporting.Pages;

/// <summary>Makes the tables, figures and report of a results folder from what the folder holds, and from nothing else.</summary>
/// <remarks>The files are a pure function of the other result files but <c>timing.csv</c> and the manifest's volatile section:
/// writing them again gives the same bytes.</remarks>
public static class ResultsReport
{
    /// <summary>The report, relative to the results folder.</summary>
    public const string PageName = "report.html";

    /// <summary>Folder of the tables in a results folder.</summary>
    public const string TablesFolder = "tables";

    /// <summary>Folder of the figures in a results folder.</summary>
    public const string FiguresFolder = "figures";

    /// <summary>Writes tables, figures and report into <paramref name="folder"/>, each file in one step.
    /// Figures of an earlier report that no longer exist are removed, and so are its tables that these results do not have.</summary>
    /// <param name="folder">The results folder.</param>
    /// <param name="pdfFont">Font of the PDF figures. <see langword="null"/> for <see cref="PdfFont.Helvetica"/>, which is not embedded and gives
    /// the same bytes on every machine; publishers that want every font embedded need another.</param>
    /// <exception cref="InputException">It is no results folder, or a file of it is missing or damaged.</exception>
    /// <exception cref="ResultsIncompleteException">The run was interrupted; nothing is written.</exception>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    public static ReportFiles Write(string folder, PdfFont? pdfFont = null)
    {
        var data = ReportData.Load(folder);
        var files = new List<string>();
        Table headline = ReportTables.Headline(data), summary = ReportTables.Summary(data);
        Table? published = ReportTables.Published(data);
        IReadOnlyList<Table> topics = ReportTables.Topics(data);
        foreach (Table table in ((Table?[])[headline, summary, published, .. topics]).OfType<Table>())
            files.AddRange(TableFiles.Write(Path.Combine(folder, TablesFolder), table).Select(name => $"{TablesFolder}/{name}"));
        if (published is null) TableFiles.Delete(Path.Combine(folder, TablesFolder), PublishedTableBuilder.AgreementName);
        foreach (string name in ReportTables.TopicNames.Except(topics.Select(table => table.Name), StringComparer.Ordinal)) TableFiles.Delete(Path.Combine(folder, TablesFolder), name);
        FigureSet figures = FigureSet.Of(data);
        files.AddRange(FigureFiles.Write(Path.Combine(folder, FiguresFolder), figures, pdfFont ?? PdfFont.Helvetica).Select(name => $"{FiguresFolder}/{name}"));
        string page = ReportPage.Render(data, headline, published, topics, figures);
        AtomicFile.WriteText(Path.Combine(folder, PageName), text => text.Write(page));
        return new ReportFiles(headline, PageName, [.. files, PageName]);
    }

    /// <summary>The comparison table that stands first in the report, as the folder's experiment asks for it.</summary>
    /// <exception cref="InputException">The manifest is missing or damaged.</exception>
    public static Table Headline(ResultsFolder folder) => ReportTables.Headline(ReportData.Of(folder));
}
