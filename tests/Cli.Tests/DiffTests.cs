using SchedBench.Cli.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

/// <summary><c>diff</c>: the first decision in which two runs differ. Equal runs end with 0, different ones with 1.</summary>
[Collection(FinishedRunCollection.Name)]
public sealed class DiffTests(FinishedRun finished)
{
    private string Experiment => finished.Experiment.File;

    [Fact]
    public void A_cell_and_its_repetition_are_equal()
    {
        CliRun run = Diff(0, Experiment, "--a", "strategy=fgd,seed=2", "--b", "strategy=fgd,seed=2");
        Assert.Matches("^equal: [0-9]+ decisions in both runs\n$", run.Error);
        Assert.Matches("\nequal decisions,(?<n>4[1-9]|[5-9][0-9]),\\k<n>,\n$", run.Out);
        Assert.DoesNotContain("yes", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_strategies_part_in_the_node_and_what_each_saw_is_shown()
    {
        CliRun run = Diff(1, Experiment, "--only", "seed=1", "--a", "strategy=best-fit", "--b", "strategy=random");
        string[][] tables = Tables(run);
        Assert.Equal(4, tables.Length);
        (string a, string b) = Row(tables[0], "node", "yes");
        Assert.NotEqual(a, b);
        Assert.Equal(("best-fit", "random"), Row(tables[0], "strategy", "yes"));
        (string equal, string decision) = (Row(tables[0], "equal decisions", "").A, Row(tables[0], "decision", "").A);
        Assert.Equal(int.Parse(equal, null) + 1, int.Parse(decision, null));
        Assert.Contains($"decision {decision} differs in node", run.Error, StringComparison.Ordinal);
        // All before it is equal, so both saw the same room on both nodes.
        Assert.Equal("node,free,a,b,differs", tables[1][0]);
        Assert.All(tables[1].Skip(1), row => Assert.EndsWith(",", row, StringComparison.Ordinal));
        Assert.Equal([a, b], tables[1].Skip(1).Select(row => row.Split(',')[0]).Distinct());
        // The chosen node first, the other run's second.
        foreach ((string[] table, string[] nodes) in ((string[], string[])[])[(tables[2], [a, b]), (tables[3], [b, a])])
        {
            Assert.Equal("node,score,outcome", table[0]);
            Assert.Equal(nodes, table.Skip(1).Take(2).Select(row => row.Split(',')[0]));
            Assert.EndsWith(",chosen", table[1], StringComparison.Ordinal);
            Assert.Equal(1 + 6, table.Length);
        }

        Assert.Contains("A: pod ", run.Error, StringComparison.Ordinal);
        Assert.Contains("B: pod ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_decision_that_is_named_is_what_explain_shows()
    {
        CliRun run = Diff(1, Experiment, "--only", "seed=3", "--a", "strategy=fgd", "--b", "strategy=best-fit", "--nodes", "0");
        string[][] tables = Tables(run);
        (string pod, _) = Row(tables[0], "pod", "");
        string attempt = Row(tables[0], "attempt", "").A;
        CliRun explained = CliRun.Of("explain", Experiment, "--only", "seed=3,strategy=best-fit", "--pod", pod, "--attempt", attempt, "--nodes", "0", "-o", "csv").Ok();
        Assert.Equal(explained.Out.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal), tables[3].Order(StringComparer.Ordinal));
        Assert.Contains($"B: {explained.Error.Split('\n')[0]}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_seeds_part_in_time()
    {
        CliRun run = Diff(1, Experiment, "--only", "strategy=best-fit", "--a", "seed=1", "--b", "seed=2");
        string[][] tables = Tables(run);
        (string a, string b) = Row(tables[0], "time (s)", "yes");
        Assert.NotEqual(decimal.Parse(a, System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(b, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("differs in time", run.Error, StringComparison.Ordinal);
        Assert.Equal(("1", "2"), Row(tables[0], "seed", "yes"));
    }

    [Fact]
    public void Another_experiment_is_the_second_file()
    {
        string slower = finished.Experiment.WriteWith("slower.yaml", "replay: { mode: timed,", "replay: { mode: timed, compress: 0.5,");
        Assert.Contains("differs in time", Diff(1, Experiment, slower, "--only", "strategy=best-fit,seed=1").Error, StringComparison.Ordinal);
        string same = finished.Experiment.WriteWith("same.yaml", "name: tiny", "name: other");
        Assert.Contains("\nexperiment,tiny,other,yes\n", Diff(0, Experiment, same, "--only", "strategy=best-fit,seed=1").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_ends_earlier_is_said_to()
    {
        string window = finished.Experiment.WriteWith("half.yaml", "shake: 0.05,", "shake: 0.05, to: 600s,");
        CliRun run = Diff(1, Experiment, window, "--only", "strategy=best-fit,seed=1");
        Assert.Matches("^the first [0-9]+ decisions are equal; B makes no further one, A goes on with decision [0-9]+\n", run.Error);
        string[][] tables = Tables(run);
        Assert.Equal(("", true), (Row(tables[0], "pod", "yes").B, Row(tables[0], "pod", "yes").A.StartsWith("pod-", StringComparison.Ordinal)));
        Assert.Equal("none", Row(tables[0], "decision", "yes").B);
        Assert.Equal(3, tables.Length);
        Assert.DoesNotContain("B: pod", run.Error, StringComparison.Ordinal);
        Assert.Contains("A makes no further one, B goes on", Diff(1, window, Experiment, "--only", "strategy=best-fit,seed=1").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_stand_in_for_runs_on_either_side()
    {
        string best = Log("strategy=best-fit,seed=1"), random = Log("strategy=random,seed=1");
        CliRun runs = Diff(1, Experiment, "--only", "seed=1", "--a", "strategy=best-fit", "--b", "strategy=random");
        CliRun logs = Diff(1, best, random);
        Assert.Equal(Tables(runs)[0], Tables(logs)[0]);
        Assert.Single(Tables(logs));
        Assert.Contains("note: A is a log", logs.Error, StringComparison.Ordinal);
        CliRun mixed = Diff(1, best, Experiment, "--b", "strategy=random,seed=1");
        Assert.Equal(Tables(runs)[0], Tables(mixed)[0]);
        Assert.Equal(Tables(runs)[3], Tables(mixed)[2]);
        Diff(0, best, best);
        Diff(0, best, Experiment, "--b", "strategy=best-fit,seed=1");
        Diff(0, Experiment, best, "--a", "strategy=best-fit,seed=1");
        CliRun.Of("diff", best, random, "--a", "seed=1").Fails(2, "--a: 'seed=1': expected no filter", "is a decision log");
    }

    [Fact]
    public void A_log_has_every_decision_and_why_there_was_no_node()
    {
        string[] rows = File.ReadAllLines(Log("strategy=best-fit,seed=1"));
        Assert.Equal("experiment,fleet,workload,faults,strategy,seed,decision,time_seconds,pod,attempt,outcome,refusal,node,devices,preemption,reasons", rows[0]);
        Assert.Contains(rows, row => row.Contains($",{TinyExperiment.TooBig},1,NoNodeFits,", StringComparison.Ordinal) && row.EndsWith(",InsufficientCpu 6", StringComparison.Ordinal));
        Assert.EndsWith(",RunEnded,,,,,", rows[^1], StringComparison.Ordinal);
        Assert.StartsWith($"tiny,small,mixed,none,best-fit,1,{rows.Length - 1},", rows[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_was_cut_off_is_no_shorter_run()
    {
        string log = Log("strategy=best-fit,seed=1"), cut = finished.Experiment.Path("cut.csv");
        File.WriteAllLines(cut, File.ReadAllLines(log).SkipLast(3));
        CliRun.Of("diff", log, cut).Fails(2, "cut.csv: expected a last row with outcome RunEnded: this log was cut off");
    }

    [Fact]
    public void A_log_where_no_file_can_be_ends_with_5()
    {
        string under = finished.Experiment.Write("file", "");
        CliRun.Of("explain", Experiment, "--log", Path.Combine(under, "log.csv")).Fails(5, "cannot be written");
    }

    [SkippableFact]
    public void A_strategy_that_does_not_repeat_itself_is_found_out()
    {
        Skip.IfNot((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3"))), "needs python3");
        // Every start of the program claims the next number, and takes the node of that number where so many are feasible: two runs that are compared and their repetitions are four starts.
        finished.Experiment.Write("moody.py", """
            import json, os, sys
            k = 0
            while True:
                try:
                    os.close(os.open(f"{sys.argv[1]}/start-{k}", os.O_CREAT | os.O_EXCL))
                    break
                except FileExistsError:
                    k += 1
            for line in sys.stdin:
                message = json.loads(line)
                if message["type"] == "hello":
                    print(json.dumps({"type": "ready", "protocol": 1}), flush=True)
                elif message["type"] == "decide":
                    nodes = message["feasible"]
                    print(json.dumps({"id": message["id"], "node": nodes[k if len(nodes) > k and len(nodes) >= 4 else 0]}), flush=True)
            """);
        finished.Experiment.Write("moody.process.yaml", $"""
            apiVersion: schedbench/v1
            kind: ProcessStrategy
            command: [python3, moody.py, {Directory.CreateDirectory(finished.Experiment.Path("starts")).FullName}]
            """);
        string file = finished.Experiment.WriteWith("moody.yaml", "[best-fit, random,", "[best-fit, { name: process, config: moody.process.yaml, label: moody },");
        CliRun run = Diff(1, file, "--only", "strategy=moody,seed=1");
        Assert.StartsWith("the first decision is equal; decision 2 differs in node\n", run.Error, StringComparison.Ordinal);
        foreach (string side in (string[])["A", "B"]) Assert.Contains($"note: {side} decided differently when it was repeated", run.Error, StringComparison.Ordinal);
        Assert.Single(Tables(run));
    }

    [Fact]
    public void Runs_that_fail_alike_are_no_success()
    {
        finished.Experiment.Write("alone.yaml", "apiVersion: v1\nkind: Pod\nmetadata: { name: alone }\nspec: { containers: [{ name: main, image: alone:v1 }] }\n");
        string file = finished.Experiment.Write("failing.yaml", """
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: { name: failing }
            spec:
              seeds: [1]
              fleets: [{ name: one, pools: [{ name: node, count: 1, cpu: 2, memory: 8Gi }] }]
              workloads:
                - name: it
                  cluster: { manifests: alone.yaml, until: 4m, warmup: 10s }
                  steps: [{ at: 1m, drain: { nodes: [node-0], force: false } }]
              strategies: [least-allocated]

            """);
        CliRun run = Diff(1, file);
        Assert.Contains("the run A failed: drain: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("the run B failed: drain: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\nequal: 1 decision in both runs\n", run.Error, StringComparison.Ordinal);
        string log = finished.Experiment.Path("failing.csv");
        CliRun.Of("explain", file, "--log", log).Fails(1, "failing.csv: 1 decision\n", "the run failed: drain: ");
        Assert.Contains("the run B failed: drain: ", Diff(1, file, log).Error, StringComparison.Ordinal);
    }

    private string Log(string only)
    {
        string path = finished.Experiment.Path($"{Path.GetRandomFileName()}.csv");
        CliRun run = CliRun.Of("explain", Experiment, "--only", only, "--log", path).Ok();
        Assert.Equal("", run.Out);
        Assert.Equal($"{path}: {File.ReadAllLines(path).Length - 2} decisions\n", run.Error);
        return path;
    }

    private static CliRun Diff(int exitCode, params string[] arguments)
    {
        CliRun run = CliRun.Of(["diff", .. arguments, "-o", "csv"]);
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}: {run.Error}");
        return run;
    }

    private static string[][] Tables(CliRun run) => [.. run.Out.TrimEnd('\n').Split("\n\n").Select(table => table.Split('\n'))];

    private static (string A, string B) Row(string[] table, string what, string differs)
    {
        string[] fields = Assert.Single(table, row => row.StartsWith(what + ",", StringComparison.Ordinal)).Split(',');
        Assert.Equal(differs, fields[3]);
        return (fields[1], fields[2]);
    }
}
