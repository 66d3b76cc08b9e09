using SchedBench.Core.Randomness;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests;

/// <summary>What the documentation lists is what the code has.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void Every_code_of_a_report_is_documented_with_its_kind_and_no_other()
    {
        string[] rows = [.. File.ReadLines(RepositoryFiles.Path("docs/traces.md")).SkipWhile(line => !line.StartsWith("## Codes", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.Equal(
            ReadReason.All.Select(reason => $"{reason.Code} {reason.Kind.ToString().ToLowerInvariant()}").Order(StringComparer.Ordinal),
            rows.Select(row => row.Split('|')).Select(cells => $"{cells[1].Trim(' ', '`')} {cells[2].Trim()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_format_setting_column_and_distribution_is_documented()
    {
        string traces = File.ReadAllText(RepositoryFiles.Path("docs/traces.md"));
        foreach (ITraceReader reader in TraceReaderCatalog.All)
        {
            Assert.Contains(reader.Format, traces, StringComparison.Ordinal);
            if (reader.Format == "synthetic") continue;
            foreach (string setting in reader.Settings) Assert.Contains($"`{setting}", traces, StringComparison.Ordinal);
        }

        string synthetic = File.ReadAllText(RepositoryFiles.Path("docs/synthetic-traces.md"));
        Assert.All(DistributionCatalog.Names, name => Assert.Contains($"| `{name}` |", synthetic, StringComparison.Ordinal));

        string native = File.ReadAllText(RepositoryFiles.Path("docs/native-csv.md"));
        foreach (string column in new[]
        {
            "name", "arrival_seconds", "duration_seconds", "outcome", "group", "cpu_milli", "memory_bytes", "ephemeral_storage_bytes", "gpu_count", "gpu_milli", "gpu_models", "extended",
            "node_selector", "app", "max_per_node", "priority", "min_member", "pods", "gpu_model", "zone", "labels",
        })
        {
            Assert.Contains($"`{column}`", native, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_example_of_the_native_format_can_be_read()
    {
        using var scratch = new Scratch();
        string[] blocks = File.ReadAllText(RepositoryFiles.Path("docs/native-csv.md")).Split("```");
        TraceContents contents = TraceReaderCatalog.Get("native", "test").Read(scratch.File("pods.csv", blocks[1].TrimStart('\n')), new TraceReadOptions { Strict = true });
        Assert.Equal((4, 1), (contents.Report.Pods, contents.Report.Groups));
    }

    [Fact]
    public void The_example_of_a_synthetic_trace_can_be_generated()
    {
        using var scratch = new Scratch();
        string example = File.ReadAllText(RepositoryFiles.Path("docs/synthetic-traces.md")).Split("```")[1];
        TraceContents contents = TraceReaderCatalog.Get("synthetic", "test").Read(scratch.File("trace.yaml", example["yaml\n".Length..]), new TraceReadOptions());
        Assert.Equal(10_000, contents.Report.Pods);
    }
}
