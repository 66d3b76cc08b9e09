using SchedBench.Cli.Tests.Support;

namespace SchedBench.Cli.Tests;

[Collection(FinishedRunCollection.Name)]
public sealed class TraceCommandTests(FinishedRun finished)
{
    private const string Swf = "; Version: 2.2\n1 0 10 100 2 -1 512 2 200 -1 1 1 1 1 1 -1 -1 -1\n2 60 -1 50 1 -1 -1 1 100 -1 1 2 1 1 1 -1 -1 -1\n";

    private const string Generator = """
        apiVersion: schedbench/v1
        kind: SyntheticTrace
        metadata: { name: small }
        spec:
          seed: 1
          pods: 50
          fleet:
            - { name: node, count: 3, cpu: "4", memory: 32Gi, pods: 110 }
          arrivals:
            process: poisson
            offeredLoad: { resource: cpu, ofCapacity: 0.5 }
          lifetime: { distribution: lognormal, median: 300, sigma: 1.0, atLeast: 5, atMost: 7200 }
          classes:
            - { name: small, cpu: 100m, memory: 500Mi }

        """;

    [Fact]
    public void Inspect_prints_figures_on_standard_output_and_what_the_reader_did_on_standard_error()
    {
        CliRun run = CliRun.Of("trace", "inspect", finished.Experiment.Path("trace")).Ok();
        Assert.StartsWith("Overview", run.Out, StringComparison.Ordinal);
        Assert.Contains("41 rows read as native: 41 pods, 0 groups", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("rows read", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_writes_native_csv_that_inspects_alike()
    {
        string swf = finished.Experiment.Write("log.swf", Swf), folder = finished.Experiment.Path("converted");
        CliRun run = CliRun.Of("trace", "convert", swf, "--out", folder).Ok();
        Assert.Equal("", run.Out);
        Assert.Contains($"3 pods written to {folder}", run.Error, StringComparison.Ordinal);
        Assert.Equal(CliRun.Of("trace", "inspect", swf, "-o", "json").Ok().Out, CliRun.Of("trace", "inspect", folder, "-o", "json").Ok().Out);
    }

    [Fact]
    public void Strict_refuses_rows_that_would_be_changed() =>
        CliRun.Of("trace", "inspect", finished.Experiment.Write("strict.swf", Swf.Replace("60 -1 50", "60 -1 -50", StringComparison.Ordinal)), "--strict").Fails(2, "strict.swf:3");

    [Fact]
    public void A_note_without_a_line_names_none_and_the_likely_unit_follows_from_the_first_instant()
    {
        string pods = finished.Experiment.Write("epoch/pods.csv", "name,arrival_seconds,cpu_milli,memory_bytes\na,160000000000,1,1\nb,160000000100,1,1\n");
        string error = CliRun.Of("trace", "inspect", Path.GetDirectoryName(pods)!).Ok().Error;
        Assert.DoesNotContain("line 0", error, StringComparison.Ordinal);
        File.WriteAllText(pods, "name,arrival_seconds,cpu_milli,memory_bytes\na,1700000000000,1,1\n");
        CliRun.Of("trace", "inspect", Path.GetDirectoryName(pods)!).Fails(2, "the times look like milliseconds");
    }

    [Fact]
    public void Generate_makes_the_same_trace_from_the_same_seed_and_another_from_another()
    {
        string options = finished.Experiment.Write("generator.yaml", Generator);
        string[] made = [.. ((string[])["1", "1", "2"]).Select((seed, k) =>
        {
            string folder = finished.Experiment.Path($"generated-{k}");
            CliRun.Of("trace", "generate", options, "--out", folder, "--seed", seed).Ok();
            return File.ReadAllText(Path.Combine(folder, "pods.csv"));
        })];
        Assert.Equal(51, made[0].TrimEnd('\n').Split('\n').Length);
        Assert.Equal(made[0], made[1]);
        Assert.NotEqual(made[0], made[2]);
    }

    [Fact]
    public void Fit_writes_options_that_generate_understands()
    {
        string options = finished.Experiment.Path("fitted.yaml"), folder = finished.Experiment.Path("from-fitted");
        CliRun run = CliRun.Of("trace", "fit", finished.Experiment.Path("trace"), "--out", options, "-o", "json").Ok();
        using var tables = System.Text.Json.JsonDocument.Parse(run.Out);
        Assert.Equal(System.Text.Json.JsonValueKind.Array, tables.RootElement.ValueKind);
        Assert.Contains($"options written to {options}", run.Error, StringComparison.Ordinal);
        CliRun.Of("trace", "generate", options, "--out", folder).Ok();
        Assert.True(new FileInfo(Path.Combine(folder, "pods.csv")).Length > 100);
    }

    [Fact]
    public void Fit_rejects_a_name_that_is_none() =>
        CliRun.Of("trace", "fit", finished.Experiment.Path("trace"), "--out", finished.Experiment.Path("never.yaml"), "--name", "No Name").Fails(2, "--name: 'No Name'");

    [Fact]
    public void Generate_ends_with_5_where_nothing_can_be_written()
    {
        string options = finished.Experiment.Write("generator-5.yaml", Generator), file = finished.Experiment.Write("no-folder", "");
        CliRun.Of("trace", "generate", options, "--out", Path.Combine(file, "out")).Fails(5, "cannot be written");
        CliRun.Of("trace", "convert", finished.Experiment.Path("trace"), "--out", Path.Combine(file, "out")).Fails(5, "cannot be written");
    }
}
