using SchedBench.Results.Schema;
using SchedBench.TestKit;

namespace SchedBench.Results.Tests.Schema;

public sealed class MetricPageTests
{
    [Fact]
    public void The_page_of_metrics_and_the_catalog_agree_line_by_line()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(SharedFiles.RepositoryRoot, "docs", "metrics.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] catalog = [.. MetricCatalog.All.Select(m =>
            $"| `{m.Name}` | {m.Unit} | {m.Definition} | {m.Population} | {m.Better.ToString().ToLowerInvariant()} | {m.Place.ToString().ToLowerInvariant()} | {(m.Reference == "–" ? "own" : m.Reference)} |")];
        Assert.Equal(catalog, rows);
    }
}
