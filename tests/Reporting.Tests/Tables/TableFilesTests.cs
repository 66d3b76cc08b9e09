using SchedBench.Reporting.Tables;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Files;

namespace SchedBench.Reporting.Tests.Tables;

public sealed class TableFilesTests
{
    [Fact]
    public void Table_becomes_a_markdown_and_a_latex_file()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("schedbench-");
        try
        {
            Table table = ComparisonTableBuilder.Of(SampleStudies.Saturation);
            Assert.Equal(["comparison.md", "comparison.tex"], TableFiles.Write(Path.Combine(folder.FullName, "tables"), table));
            Assert.Equal(TableFormats.ToText(table, TableFormat.Markdown), File.ReadAllText(Path.Combine(folder.FullName, "tables", "comparison.md")));
            Assert.Equal(TableFormats.ToText(table, TableFormat.Latex), File.ReadAllText(Path.Combine(folder.FullName, "tables", "comparison.tex")));
            Assert.Throws<ResultsUnwritableException>(() => TableFiles.Write(Path.Combine(folder.FullName, "tables", "comparison.md"), table));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
