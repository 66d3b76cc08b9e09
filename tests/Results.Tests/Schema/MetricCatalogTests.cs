using System.Text.RegularExpressions;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Tests.Schema;

public sealed partial class MetricCatalogTests
{
    public static TheoryData<string> Names => [.. MetricCatalog.All.Select(metric => metric.Name)];

    [Fact]
    public void Names_are_unique() => Assert.Equal(MetricCatalog.All.Count, MetricCatalog.All.Select(m => m.Name).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_entry_is_complete_and_named_by_the_rules(string name)
    {
        MetricDefinition metric = MetricCatalog.Get(name);
        Assert.Matches(SnakeCase(), metric.Name);
        Assert.NotEmpty(metric.Definition);
        Assert.NotEmpty(metric.Population);
        Assert.NotEmpty(metric.Reference);
        Assert.DoesNotContain('\n', metric.Definition);
        string bare = Figure().Replace(metric.Name, "");
        string unit = bare switch
        {
            _ when bare.EndsWith("_percent", StringComparison.Ordinal) => "%",
            _ when bare.EndsWith("_per_second", StringComparison.Ordinal) => "1/s",
            _ when bare.EndsWith("_per_hour", StringComparison.Ordinal) => "1/h",
            _ when bare.EndsWith("_node_seconds", StringComparison.Ordinal) => "node·s",
            _ when bare.EndsWith("_replica_seconds", StringComparison.Ordinal) => "replica·s",
            _ when bare.EndsWith("_seconds", StringComparison.Ordinal) => "s",
            _ when bare.EndsWith("_bytes", StringComparison.Ordinal) || bare.EndsWith("_bytes_total", StringComparison.Ordinal) => "B",
            _ => "",
        };
        Assert.Equal(unit, metric.Unit);
    }

    [Fact]
    public void The_count_of_decisions_says_what_a_group_counts_as() =>
        Assert.EndsWith("a pod group that is decided on as a whole counts as one", MetricCatalog.Get("decisions_total").Definition, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void Lookup_finds_every_entry_at_its_place(string name)
    {
        Assert.Same(MetricCatalog.All[MetricCatalog.PositionOf(name)], MetricCatalog.Find(name));
        Assert.Equal(name, MetricCatalog.Get(name).Name);
    }

    [Fact]
    public void Unknown_name_is_answered_with_the_nearest()
    {
        Assert.Null(MetricCatalog.Find("wait_second_p95"));
        var unknown = Assert.Throws<ArgumentException>(() => MetricCatalog.Get("wait_second_p95"));
        Assert.Contains("Did you mean 'wait_seconds_p95'?", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_timing_metrics_depend_on_a_wall_clock()
    {
        string[] expected =
        [
            "cell_wall_seconds", "decisions_per_second", "placements_per_second", "events_per_second", "strategy_answers_per_second", "strategy_answer_seconds_p50",
            "strategy_answer_seconds_p99", "strategy_answer_seconds_max", "clock_lateness_seconds_max", "peak_memory_bytes",
        ];
        Assert.Equal(expected, MetricCatalog.All.Where(m => m.Place == MetricPlace.Timing).Select(m => m.Name));
    }

    [SkippableFact]
    public void Definitions_name_formulas_of_the_reference()
    {
        string? reference = Shared.Find("REFERENCE.md");
        Skip.If(reference is null, "needs ../shared/REFERENCE.md");
        string text = File.ReadAllText(reference);
        HashSet<string> listed = [.. FirstCell().Matches(text).SelectMany(row => row.Groups["ids"].Value.Split(", "))];
        foreach (string id in MetricCatalog.All.SelectMany(m => m.Reference.Split(", ")).Distinct(StringComparer.Ordinal))
        {
            if (id is "–" or "cost") continue;
            Assert.True(
                listed.Contains(id) || text.Contains($"`{id}`", StringComparison.Ordinal) || text.Contains($"| {id}[", StringComparison.Ordinal)
                || text.Contains($"| {id} (", StringComparison.Ordinal),
                $"REFERENCE.md defines no '{id}'");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();

    [GeneratedRegex(@"^\| (?<ids>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstCell();

    [GeneratedRegex("_(mean|p50|p95|p99|max)$")]
    private static partial Regex Figure();
}
