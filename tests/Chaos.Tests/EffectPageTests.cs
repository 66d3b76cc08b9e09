using SchedBench.Chaos.Effects;
using SchedBench.TestKit;

namespace SchedBench.Chaos.Tests;

/// <summary>Set SCHEDBENCH_UPDATE_GOLDEN=1 to rewrite the table of effects from the catalog.</summary>
public sealed class EffectPageTests
{
    [Fact]
    public void The_page_of_chaos_and_the_catalog_of_effects_agree_line_by_line()
    {
        string page = Path.Combine(SharedFiles.RepositoryRoot, "docs", "chaos.md");
        string[] lines = File.ReadAllLines(page);
        string[] catalog = [.. EffectCatalog.All.Select(Row)];
        if (Environment.GetEnvironmentVariable("SCHEDBENCH_UPDATE_GOLDEN") == "1")
        {
            int first = Array.FindIndex(lines, IsRow), last = Array.FindLastIndex(lines, IsRow);
            lines = [.. lines[..first], .. catalog, .. lines[(last + 1)..]];
            File.WriteAllText(page, string.Join('\n', lines) + "\n");
        }

        Assert.Equal(catalog, lines.Where(IsRow));
    }

    [Fact]
    public void Values_are_written_one_way_and_equal_effects_are_equal()
    {
        FaultEffect slow = EffectCatalog.Of("delay").With("jitter", "0.5s").With("latency", "60s");
        Assert.Equal("delay latency=1m jitter=500ms", $"{slow}");
        Assert.Equal(slow, EffectCatalog.Of("delay").With("latency", "1m").With("jitter", "500ms"));
        Assert.NotEqual(slow, slow.With("jitter", "1s"));
        Assert.Equal("pods shop/ app=web", EffectCatalog.Of("partition").With("peer", "pods  shop/  app=web").Value("peer"));
        Assert.Throws<ArgumentException>(() => slow.With("factor", "2"));
        Assert.Throws<ArgumentException>(() => slow.With("latency", "2"));
    }

    private static string Row(EffectKind kind)
    {
        string who = kind.Target switch { EffectTarget.Nodes => "nodes", EffectTarget.Pods => "pods", EffectTarget.NodesOrPods => "nodes or pods", _ => "the cluster" };
        string parameters = string.Join("; ", kind.Parameters.Select(parameter => $"`{parameter.Name}` {parameter.Meaning}{(parameter.Default is { } usual ? $" (`{usual}`)" : parameter.IsRequired ? " (required)" : "")}"));
        return $"| `{kind}` | {who} | {kind.Truth} | {kind.Seen} | {parameters} |";
    }

    private static bool IsRow(string line) => line.StartsWith("| `", StringComparison.Ordinal);
}
