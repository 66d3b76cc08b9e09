using SchedBench.Cli.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

/// <summary>Experiments and inputs that cannot be used end with exit code 2, with file, line and column, and leave no results.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class ExperimentErrorTests(FinishedRun finished)
{
    [Theory]
    [InlineData("strategies: [best-fit", "strategies: [best-fitt", ":15:16: spec.strategies[0]: 'best-fitt': expected a strategy", "did you mean 'best-fit'?")]
    [InlineData("  baseline: best-fit", "  basline: best-fit", ":16:3: spec: 'basline': expected one of the keys", "did you mean 'baseline'?")]
    [InlineData("cpu: \"8\"", "cpu: 1.1.M", ":9:43: spec.fleets[0].pools[0].cpu: '1.1.M'", "")]
    [InlineData("cpu: \"8\"", "cpu: 1e999", ":9:40: spec.fleets[0].pools[0].cpu: '1e999'", "")]
    [InlineData("memory: 32Gi", "memory: 9223372036854775808Mi", ":9:53: spec.fleets[0].pools[0].memory: '9223372036854775808Mi'", "")]
    [InlineData("cpu: \"8\"", "cpu: -0.5", ":9:40: spec.fleets[0].pools[0].cpu: '-0.5'", "")]
    [InlineData("cpu: \"8\"", "cpu: NaN", ":9:40: spec.fleets[0].pools[0].cpu: 'NaN'", "")]
    [InlineData("count: 4", "count: 2147483648", ":9:32: spec.fleets[0].pools[0].count: '2147483648'", "")]
    [InlineData("first: 1", "first: -1", ":5:19: spec.seeds.first: '-1'", "")]
    [InlineData("first: 1", "first: 18446744073709551616", ":5:19: spec.seeds.first: '18446744073709551616'", "")]
    [InlineData("{ first: 1, count: 3 }", "[1, 2, 1]", ":5:17: spec.seeds[2]: '1'", "")]
    [InlineData("path: trace", "path: trac", ":13:38: spec.workloads[0].trace.path: 'trac'", "did you mean 'trace'?")]
    [InlineData("format: native", "format: natve", ":13:24: spec.workloads[0].trace.format: 'natve'", "did you mean 'native'?")]
    [InlineData("kind: Experiment", "kind: Experimnt", ":2:7: kind: 'Experimnt'", "")]
    [InlineData("metadata: { name: tiny }", "metadata: { name: ../../x }", ":3:19: metadata.name: '../../x'", "")]
    [InlineData("metadata: { name: tiny }", "metadata: { name: tiny, name: tiny }", ":3:25: 'name': expected every key once", "")]
    public void An_experiment_with_a_mistake_is_rejected_where_the_mistake_is(string old, string replacement, string problem, string nearest)
    {
        string file = finished.Experiment.WriteWith("mistake.yaml", old, replacement), folder = finished.Experiment.Path("never-written");
        foreach (string command in (string[])["run", "plan", "validate"])
            CliRun.Of([command, file, .. command == "run" ? ["--out", folder] : Array.Empty<string>()]).Fails(2, $"schedbench: {file}{problem}", nearest);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("timed, shake: 0.05,", "timed, to: 36500d, compress: 0.000001,", "replay.compress: '0.000001': expected a replay of at most 200000000000 seconds")]
    [InlineData("timed, shake: 0.05, startLatency: 2s", "saturate, until: { resource: memory, ofCapacity: 1000 }", "replay.until.ofCapacity: '1000': expected an offer below 2^63", "memory: 32Gi", "memory: 1Ei")]
    [InlineData("timed, shake: 0.05, startLatency: 2s", "saturate, until: { resource: cpu, ofCapacity: 1000 }", "replay.until.ofCapacity: '1000': expected an offer that at most 20000000 pods of this trace reach", "cpu: \"8\"", "cpu: 80M")]
    public void A_replay_that_nobody_can_run_is_rejected_before_it_begins(string old, string replacement, string expected, string oldPool = "", string pool = "")
    {
        string text = TinyExperiment.Text.Replace(old, replacement, StringComparison.Ordinal);
        if (oldPool.Length > 0) text = text.Replace(oldPool, pool, StringComparison.Ordinal);
        string file = finished.Experiment.Write("large.yaml", text), folder = finished.Experiment.Path("large");
        CliRun.Of("validate", file).Fails(2, expected);
        CliRun.Of("run", file, "--out", folder).Fails(2, expected);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once_a_line_each()
    {
        string file = finished.Experiment.WriteWith("mistakes.yaml", "strategies: [best-fit, random,", "speed: fast\n  strategies: [best-fitt, randm,");
        CliRun run = CliRun.Of("validate", file);
        run.Fails(2, "'best-fitt'", "'randm'", "'speed'");
        Assert.All(run.Error.TrimEnd('\n').Split('\n'), line => Assert.StartsWith($"schedbench: {file}:", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Times_that_compress_draws_out_beyond_reach_are_rejected_where_compress_stands()
    {
        // The last pod comes after 1,000,000,000 s, some 32 years; with 0.005 it comes after 200,000,000,000 s, the longest span of a trace.
        finished.Experiment.Write("decades/pods.csv", "name,arrival_seconds,duration_seconds,cpu_milli,memory_bytes\na,0,60,100,1\nb,1000000000,198000000000,100,1\n");
        string Written(string compress)
        {
            string text = TinyExperiment.Text.Replace("path: trace", "path: decades", StringComparison.Ordinal);
            return finished.Experiment.Write("decades.yaml", text.Replace("shake: 0.05", $"compress: {compress}", StringComparison.Ordinal));
        }

        string folder = finished.Experiment.Path("decades-results");
        foreach (string compress in (string[])["0.000001", "0.0049999"])
        {
            foreach (string command in (string[])["run", "validate"])
            {
                CliRun.Of([command, Written(compress), .. command == "run" ? ["--out", folder] : Array.Empty<string>()])
                    .Fails(2, $"decades.yaml:14:40: spec.workloads[0].replay.compress: '{compress}': expected a divisor with which 11574d1h46m40s of the trace take at most 2314814d19h33m20s");
            }
        }

        Assert.False(Directory.Exists(folder));
        CliRun.Of("run", Written("0.005"), "--out", folder, "--seeds", "1").Ok();
    }

    [Fact]
    public void A_missing_experiment_is_named_with_the_nearest_file() =>
        CliRun.Of("run", finished.Experiment.Path("tyni.yaml")).Fails(2, "tyni.yaml: expected an existing file", "did you mean 'tiny.yaml'?");

    [Fact]
    public void A_folder_in_place_of_an_experiment_is_rejected() => CliRun.Of("plan", finished.Experiment.Folder).Fails(2, "this is a folder");

    [Theory]
    [InlineData("", "pods.csv")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\n", "pods.csv")]
    [InlineData("name,arrival_seconds,cpu_milli\npod-1,0,100\n", "memory_bytes")]
    [InlineData("name;arrival_seconds;cpu_milli;memory_bytes\npod-1;0;100;1\n", "pods.csv:1")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\npod-1,0,100\n", "pods.csv:2")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\npod-1,0,-100,1\n", "pods.csv:2")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\npod-1,0,9223372036854775808,1\n", "pods.csv:2")]
    [InlineData("name,arrival_seconds,cpu_milli,memory_bytes\n\"pod-1,0,100,1\n", "pods.csv:2")]
    public void A_trace_with_a_mistake_is_rejected_before_results_are_touched(string pods, string where)
    {
        string name = Path.GetRandomFileName(), folder = finished.Copy($"results-{name}");
        finished.Experiment.Write($"{name}/pods.csv", pods);
        string file = finished.Experiment.WriteWith($"{name}.yaml", "path: trace", $"path: {name}, strict: true");
        CliRun.Of("validate", file).Fails(2, where);
        CliRun.Of("run", file, "--out", folder).Fails(2, where);
        Assert.Empty(TestKit.Results.ResultsSnapshot.Differences(finished.Results, folder));
        CliRun.Of("report", folder).Ok();
    }

    [SkippableFact]
    public void A_pipe_a_loop_of_links_and_a_folder_in_place_of_a_trace_are_rejected_without_waiting()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no named pipes in the file system.");
        string pipe = finished.Experiment.Path("pipe.swf"), loop = finished.Experiment.Path("loop.swf");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) make.WaitForExit();
        File.CreateSymbolicLink(loop, loop);
        Directory.CreateDirectory(finished.Experiment.Path("folder.swf"));
        foreach (string name in (string[])["pipe.swf", "loop.swf", "folder.swf"])
        {
            string file = finished.Experiment.WriteWith("odd.yaml", "{ format: native, path: trace }", $"{{ format: swf, path: {name} }}");
            CliRun.Of("validate", file).Fails(2, name);
            CliRun.Of("trace", "inspect", finished.Experiment.Path(name), "--format", "swf").Fails(2, name);
        }
    }
}
