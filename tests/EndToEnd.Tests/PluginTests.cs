using System.Text.Json;
using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit;

namespace SchedBench.EndToEnd.Tests;

/// <summary>Strategies of a user's own: the sample runs, and one that misbehaves costs its cell and nothing else.</summary>
[Collection(SweepCollection.Name)]
public sealed class PluginTests(FinishedSweep finished)
{
    [Fact]
    public void The_sample_runs_beside_the_strategies_of_the_program()
    {
        string folder = finished.Experiment.Path("sample"), plugin = PluginAssemblies.Sample;
        using (var list = ProgramRun.ToTheEnd("strategies", "--plugin", plugin, "-o", "csv")) Assert.Contains("\ntightest-cpu,", list.Ok().Out, StringComparison.Ordinal);
        using var run = ProgramRun.ToTheEnd("run", Path.Combine(SharedFiles.RepositoryRoot, "samples", "TightestCpu", "experiment.yaml"), "--plugin", plugin, "--seeds", "1", "--out", folder);
        Assert.Contains("tightest-cpu comes from a plug-in and ran in a child process", run.Ok().Error, StringComparison.Ordinal);
        Assert.All(Cells(folder).Values, cell => Assert.Equal("ok", cell["status"]));
        Assert.Equal(3, Cells(folder).Count);
    }

    [Fact]
    public void A_saved_run_of_a_plug_in_goes_on_as_the_run_that_was_never_stopped()
    {
        string folder = finished.Experiment.Path("forked"), plugin = PluginAssemblies.Sample;
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "experiment.yaml"), saved = Path.Combine(folder, "saved.yaml");
        File.WriteAllText(Path.Combine(folder, "services.yaml"), """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web, namespace: default }
            spec:
              replicas: 12
              selector: { matchLabels: { app: web } }
              template:
                metadata: { labels: { app: web } }
                spec: { containers: [{ name: main, image: "shop/web:v1", resources: { requests: { cpu: 500m, memory: 256Mi } } }] }
            """);
        File.WriteAllText(file, """
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: { name: forked }
            spec:
              seeds: [1]
              fleets: [{ name: six, pools: [{ name: node, count: 6, cpu: 4, memory: 8Gi }] }]
              workloads: [{ name: shop, cluster: { manifests: services.yaml, until: 20m } }]
              faults: [{ name: outage, faults: [{ at: 3m, duration: 8m, nodes: [node-0, node-1] }, { at: 10m, every: 1m, effect: podKill, pods: { namespace: default }, mode: one }] }]
              strategies: [tightest-cpu]
            """);
        string[] cell = ["--plugin", plugin, "--only", "strategy=tightest-cpu,faults=outage,seed=1"];
        using (var run = ProgramRun.ToTheEnd(["run", file, .. cell, "--out", Path.Combine(folder, "whole")])) run.Ok();
        using (var save = ProgramRun.ToTheEnd(["save", file, .. cell, "--at", "6m", "--out", saved])) save.Ok();
        using (var fork = ProgramRun.ToTheEnd("fork", saved, "--what-if", "faults=none", "--out", Path.Combine(folder, "branches"))) fork.Ok();
        Assert.Equal(Rows("whole")[1], Rows("branches")[1]);
        Assert.NotEqual(Rows("whole")[1], Rows("branches")[2]);

        string[] Rows(string which) => File.ReadAllLines(Path.Combine(folder, which, "cells.csv"));
    }

    [Fact]
    public void A_strategy_that_misbehaves_costs_its_cell_and_not_the_sweep()
    {
        (string Strategy, string Failure)[] failing =
        [
            ("hang", "the strategy's process took longer than its limit of 10 s and was ended"),
            ("native-memory", "the strategy's process used more than its limit of 419430400 bytes and was ended"),
            ("memory", "the strategy's process used more than its limit of 419430400 bytes and was ended"),
            ("exit-0", "the strategy's process ended with exit code 0 and without a result"),
            ("exit-7", "the strategy's process ended with exit code 7 and without a result; it said: I have seen enough"),
            ("throw-early", "InvalidOperationException: not today"),
            ("throw-hook", "InvalidOperationException: I did not want to know that"),
            ("stack", "without a result; it said: Stack overflow"),
            ("thread", "it said: Unhandled exception. System.InvalidOperationException: thrown where nobody looks"),
        ];
        // Only the one that hangs meets its limit of time; the others get as long as a busy machine may need.
        Judge(failing[..1], Run("hanging", failing[..1].Select(pair => pair.Strategy), "10s", out ProgramRun hanging), hanging);
        Judge(failing[1..], Run("misbehaving", failing[1..].Select(pair => pair.Strategy), "120s", out ProgramRun run), run);
    }

    private static void Judge((string Strategy, string Failure)[] failing, Dictionary<string, Dictionary<string, string>> cells, ProgramRun run)
    {
        using (run)
        {
            foreach ((string strategy, string failure) in failing)
            {
                Dictionary<string, string> cell = cells[$"naughty-{strategy}"];
                Assert.Equal("failed", cell["status"]);
                Assert.Contains(failure, cell["failure"], StringComparison.Ordinal);
                Assert.DoesNotContain(" at ", cell["failure"], StringComparison.Ordinal);
                Assert.DoesNotContain(SharedFiles.RepositoryRoot, cell["failure"], StringComparison.Ordinal);
                Assert.Contains($"naughty-{strategy}/seed 1: failed: ", run.Error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Answers_that_are_nonsense_are_refused_and_counted()
    {
        string[] refused = ["unknown-node", "negative-node", "devices", "full-node", "twice"], threw = ["throw", "no-score"], harmless = ["not", "print", "refuse"];
        Dictionary<string, Dictionary<string, string>> cells = Run("nonsense", [.. refused, .. threw, .. harmless], "120s", out ProgramRun run);
        using (run)
        {
            Assert.All(cells.Values, cell => Assert.Equal("ok", cell["status"]));
            Assert.All(refused, name => Assert.NotEqual("0", cells[$"naughty-{name}"]["refused_decisions_total"]));
            Assert.All(threw, name => Assert.NotEqual("0", cells[$"naughty-{name}"]["strategy_errors_total"]));
            Assert.All(harmless, name => Assert.Equal(("0", "0"), (cells[$"naughty-{name}"]["refused_decisions_total"], cells[$"naughty-{name}"]["strategy_errors_total"])));
            Assert.Contains("the strategy threw in ", run.Error, StringComparison.Ordinal);
            const string Said = "InvalidOperationException: no idea where to put this pod";
            Assert.Equal(Said, cells["naughty-throw"]["failure"]);
            Assert.Contains($"first {Said}", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plug_in_that_knew_the_workload_is_labelled_as_a_strategy_of_the_program_is()
    {
        const string Sentence = " is given the workload's mix of requests beforehand: it is clairvoyant in timed replays.";
        string folder = finished.Experiment.Path("clairvoyant");
        string file = finished.Experiment.WriteWith("clairvoyant.yaml", "[best-fit, random, { name: fgd, tieBreak: uniform }]", "[best-fit, fgd, naughty-not, naughty-clairvoyant]");
        string[] command = ["run", file, "--plugin", PluginAssemblies.Naughty, "--seeds", "1", "--out", folder];
        using var run = ProgramRun.ToTheEnd(command);
        string error = run.Ok().Error;
        Assert.All((string[])["fgd", "naughty-clairvoyant"], strategy => Assert.Contains(strategy + Sentence, error, StringComparison.Ordinal));
        Assert.All((string[])["best-fit", "naughty-not"], strategy => Assert.DoesNotContain(strategy + Sentence, error, StringComparison.Ordinal));
        const string Beneath = "Given the workload's mix of requests beforehand (clairvoyant in timed replays): fgd, naughty-clairvoyant.";
        Assert.Contains(Beneath, string.Concat(Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);

        // The journal keeps it: what an earlier process found out is still known when no cell is run again.
        string manifest = Path.Combine(folder, "manifest.json");
        JsonElement[] Knowing() => [.. JsonDocument.Parse(File.ReadAllText(manifest)).RootElement.GetProperty("knowWorkload").EnumerateArray()];
        Assert.Equal(["fgd", "naughty-clairvoyant"], Knowing().Select(label => label.GetString()!));
        File.Delete(manifest);
        using var again = ProgramRun.ToTheEnd([.. command, "--resume"]);
        again.Ok();
        Assert.Equal(["fgd", "naughty-clairvoyant"], Knowing().Select(label => label.GetString()!));
    }

    [Theory]
    [InlineData("tiny.yaml", "tiny.yaml")]
    [InlineData("no-such.dll", "no-such.dll")]
    public void What_is_no_assembly_is_rejected(string file, string expected)
    {
        using var run = ProgramRun.ToTheEnd("plan", finished.Experiment.File, "--plugin", finished.Experiment.Path(file));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Runs strategies of the plug-in beside best-fit, which must not feel them; the command ends with 1.</summary>
    /// <param name="limit">Time that a cell gets: short where one must meet it, long where a busy machine must not.</param>
    private Dictionary<string, Dictionary<string, string>> Run(string name, IEnumerable<string> strategies, string limit, out ProgramRun run)
    {
        string list = string.Join(", ", strategies.Select(strategy => $"naughty-{strategy}")), folder = finished.Experiment.Path(name);
        string file = finished.Experiment.WriteWith($"{name}.yaml", "[best-fit, random, { name: fgd, tieBreak: uniform }]", $"[best-fit, {list}]");
        run = ProgramRun.ToTheEnd("run", file, "--plugin", PluginAssemblies.Naughty, "--seeds", "1", "--plugin-time", limit, "--plugin-memory", "400Mi", "--out", folder);
        Assert.True(run.ExitCode == 1, $"exit code {run.ExitCode}: {run.Error}");
        Dictionary<string, Dictionary<string, string>> cells = Cells(folder);
        string untouched = Cells(finished.Results)["best-fit"]["fingerprint"];
        Assert.Equal(("ok", untouched), (cells["best-fit"]["status"], cells["best-fit"]["fingerprint"]));
        return cells;
    }

    /// <summary>The cells of seed 1 by strategy, with their columns. No field of these has a comma in it.</summary>
    private static Dictionary<string, Dictionary<string, string>> Cells(string folder)
    {
        string[] rows = File.ReadAllLines(Path.Combine(folder, "cells.csv")), header = rows[0].Split(',');
        return rows.Skip(1).Select(row => header.Zip(row.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))
            .Where(cell => cell["seed"] == "1").ToDictionary(cell => cell["strategy"]);
    }
}
