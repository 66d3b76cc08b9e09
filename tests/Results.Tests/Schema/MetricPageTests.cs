using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Schema;

public sealed class MetricPageTests
{
    [Fact]
    public void The_page_of_metrics_and_the_catalog_agree_line_by_line()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "metrics.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] catalog = [.. MetricCatalog.All.Select(m =>
            $"| `{m.Name}` | {m.Unit} | {m.Definition} | {m.Population} | {m.Better.ToString().ToLowerInvariant()} | {m.Place.ToString().ToLowerInvariant()} | {(m.Reference == "–" ? "own" : m.Reference)} |")];
        Assert.Equal(catalog, rows);
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SchedBench.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
