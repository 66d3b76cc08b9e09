using SchedBench.Results.Schema;
using SchedBench.TestKit;

namespace SchedBench.Results.Tests.Schema;

/// <summary>Set SCHEDBENCH_UPDATE_GOLDEN=1 to rewrite the table of the page from the catalog.</summary>
public sealed class MetricPageTests
{
    [Fact]
    public void The_page_of_metrics_and_the_catalog_agree_line_by_line()
    {
        string page = Path.Combine(SharedFiles.RepositoryRoot, "docs", "metrics.md");
        string[] lines = File.ReadAllLines(page);
        string[] catalog = [.. MetricCatalog.All.Select(m =>
            $"| `{m.Name}` | {m.Unit} | {m.Definition} | {m.Population} | {m.Better.ToString().ToLowerInvariant()} | {m.Place.ToString().ToLowerInvariant()} | {(m.Reference == "–" ? "own" : m.Reference)} |")];
        if (Environment.GetEnvironmentVariable("SCHEDBENCH_UPDATE_GOLDEN") == "1")
        {
            int first = Array.FindIndex(lines, IsRow), last = Array.FindLastIndex(lines, IsRow);
            lines = [.. lines[..first], .. catalog, .. lines[(last + 1)..]];
            File.WriteAllText(page, string.Join('\n', lines) + "\n");
        }

        Assert.Equal(catalog, lines.Where(IsRow));
    }

    private static bool IsRow(string line) => line.StartsWith("| `", StringComparison.Ordinal);
}
