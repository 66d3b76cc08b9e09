using System.Text;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Plan;

public sealed class ExperimentPlanTests : IDisposable
{
    private const string Product = "SchedBench 0.1.0";

    private const string Wide = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: wide }
        spec:
          seeds: [7, 3]
          fleets:
            - { name: f1, pools: [{ name: p, count: 1, cpu: 1, memory: 1Gi }] }
            - { name: f2, nodes: { format: openb, path: nodes.csv, subset: { fraction: 0.50 } } }
          workloads:
            - { name: w1, trace: { format: openb, path: pods.csv }, replay: { mode: timed, to: 90s } }
            - { name: w2, trace: { format: openb, path: pods.csv }, replay: { mode: saturate, until: { resource: gpu, ofCapacity: 1.30 } } }
          strategies: [random, fgd, { name: fgd, tieBreak: uniform }]
          record: { timeline: { nodes: 5 } }

        """;

    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Levels_multiply_in_the_order_fleet_workload_faults_strategy_seed()
    {
        ExperimentPlan plan = Plan(Wide);
        Assert.Equal(24, plan.Cells.Count);
        Assert.Equal(Enumerable.Range(0, 24), plan.Cells.Select(cell => cell.Index));
        Assert.Equal(new CellKey("wide", "f1", "w1", "none", "random", 7), plan.Cells[0].Key);
        Assert.Equal(new CellKey("wide", "f1", "w1", "none", "random", 3), plan.Cells[1].Key);
        Assert.Equal(new CellKey("wide", "f1", "w1", "none", "fgd[tieBreak=firstInOrder]", 7), plan.Cells[2].Key);
        Assert.Equal(new CellKey("wide", "f1", "w2", "none", "random", 7), plan.Cells[6].Key);
        Assert.Equal(new CellKey("wide", "f2", "w2", "none", "fgd[tieBreak=uniform]", 3), plan.Cells[23].Key);
        Assert.Equal(("f2", "w2", "uniform"), (plan.Cells[23].Fleet.Name, plan.Cells[23].Workload.Name, plan.Cells[23].Strategy.TieBreakName));
    }

    [Fact]
    public void The_timeline_is_recorded_for_the_first_seed_and_only_when_asked_for()
    {
        Assert.All(Plan(Wide).Cells, cell => Assert.Equal(cell.Key.Seed == 7, cell.RecordsTimeline));
        Assert.All(Plan(TestExperiments.Small).Cells, cell => Assert.False(cell.RecordsTimeline));
    }

    [Theory]
    [InlineData("strategy=random", 8)]
    [InlineData("strategy=fgd", 16)]
    [InlineData("strategy=fgd[tieBreak=uniform]", 8)]
    [InlineData("strategy=fgd[tieBreak=uniform],strategy=random", 16)]
    [InlineData("strategy=random,workload=w2,fleet=f1,seed=3,faults=none", 1)]
    [InlineData("seed=3", 12)]
    public void A_filter_keeps_the_cells_that_meet_its_conditions(string only, int cells)
    {
        ExperimentPlan plan = Plan(Wide, new PlanOverrides { Only = CellFilter.Parse(only) });
        Assert.Equal(cells, plan.Cells.Count);
        Assert.Equal(Enumerable.Range(0, cells), plan.Cells.Select(cell => cell.Index));
    }

    [Theory]
    [InlineData("", "factor=level", null)]
    [InlineData("fgd", "factor=level", null)]
    [InlineData("strategy=", "factor=level", null)]
    [InlineData("=fgd", "factor=level", null)]
    [InlineData("strategy=fgd,", "factor=level", null)]
    [InlineData("stategy=fgd", "expected one of the factors", "strategy")]
    [InlineData("strategy=fdg", "expected one of the strategies random, fgd[tieBreak=firstInOrder], fgd", "fgd")]
    [InlineData("workload=w3", "expected one of the workloads w1, w2", "w1")]
    [InlineData("fleet=x", "expected one of the fleets f1, f2", null)]
    [InlineData("faults=zone", "expected one of the fault sets none", "none")]
    [InlineData("seed=4", "expected one of the seeds 7, 3", "7")]
    [InlineData("seed=abc", "expected one of the seeds 7, 3", null)]
    public void A_filter_that_names_nothing_is_answered_with_what_there_is(string only, string expected, string? nearest)
    {
        InputProblem problem = Assert.Throws<InputException>(() => Plan(Wide, new PlanOverrides { Only = CellFilter.Parse(only) })).Problems.Single();
        Assert.Equal("--only", problem.File);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
    }

    [Fact]
    public void Seeds_of_the_command_line_replace_those_of_the_file()
    {
        ExperimentPlan plan = Plan(Wide, new PlanOverrides { Seeds = SeedList.Parse("1..3") });
        Assert.Equal([1, 2, 3], plan.Cells.Take(3).Select(cell => cell.Key.Seed));
        Assert.Equal([1, 2, 3], plan.Experiment.Seeds);
        Assert.True(plan.Cells[0].RecordsTimeline);
    }

    [Fact]
    public void More_cells_than_anybody_can_run_are_rejected() => Assert.Contains(
        "at most 1000000 cells, found 1200000",
        Assert.Throws<InputException>(() => Plan(Wide, new PlanOverrides { Seeds = SeedList.Parse("1..100000") })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_input_that_vanished_after_reading_is_reported_by_the_name_in_the_file()
    {
        Experiment experiment = _files.Parse(TestExperiments.Small);
        File.Delete(Path.Combine(_files.Folder, "pods.csv"));
        Assert.Equal("pods.csv", Assert.Throws<InputException>(() => ExperimentPlan.Create(experiment, new PlanOverrides(), Product)).Problems.Single().File);
    }

    [Fact]
    public void The_canonical_form_states_every_default_and_no_place_on_this_machine()
    {
        ExperimentPlan plan = Plan(TestExperiments.Small);
        string nodes = InputFile.Sha256Hex(Path.Combine(_files.Folder, "nodes.csv")), pods = InputFile.Sha256Hex(Path.Combine(_files.Folder, "pods.csv"));
        Assert.Equal(
            $$$$"""
            {"product":"SchedBench 0.1.0","apiVersion":"schedbench/v1","kind":"Experiment","name":"small","epoch":"2024-01-01T00:00:00Z",
            "seeds":[42,43,44],"only":"",
            "fleets":[{"name":"gpus","nodes":{"format":"openb","path":"nodes.csv","order":"recorded","strict":false}}],
            "workloads":[{"name":"default","trace":{"format":"openb","path":"pods.csv","strict":false,"settings":{}},"replay":{"mode":"saturate","order":"recorded"}}],
            "strategies":[{"name":"random","tieBreak":"firstInOrder","label":"random","options":{}},
            {"name":"best-fit","tieBreak":"firstInOrder","label":"best-fit","options":{}},
            {"name":"fgd","tieBreak":"firstInOrder","label":"fgd","options":{}}],
            "baseline":"random","timelineNodes":0,"report":{"metrics":[],"figures":[]},"expect":[],
            "inputs":[{"path":"nodes.csv","sha256":"{{{{nodes}}}}"},{"path":"pods.csv","sha256":"{{{{pods}}}}"}]}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(plan.CanonicalJson.Span));
        Assert.Equal([new PlannedInput("nodes.csv", nodes), new PlannedInput("pods.csv", pods)], plan.Inputs);
    }

    [Fact]
    public void The_canonical_form_of_an_experiment_with_everything_is_sound_JSON()
    {
        using var json = JsonDocument.Parse(Plan(Wide + """
              report: { metrics: [wait_seconds_max], figures: [boxes] }
              expected:
                path: published.csv
                fleet: f2
                x: { column: arrived, metric: gpu_arrived_percent }
                metrics: { a: wait_seconds_max }
                strategies: { R: random }
              expect: [{ metric: wait_seconds_max, strategy: random, fleet: f1, workload: w1, at: 0.50, atLeast: -1.0, atMost: 2 }]
            """).CanonicalJson);
        JsonElement root = json.RootElement;
        Assert.Equal("0.5", root.GetProperty("fleets")[1].GetProperty("nodes").GetProperty("subsetFraction").GetRawText());
        Assert.Equal("1.3", root.GetProperty("workloads")[1].GetProperty("replay").GetProperty("until").GetProperty("ofCapacity").GetRawText());
        Assert.Equal("1m30s", root.GetProperty("workloads")[0].GetProperty("replay").GetProperty("to").GetString());
        Assert.Equal("0.5", root.GetProperty("expect")[0].GetProperty("at").GetRawText());
        Assert.Equal("published.csv", root.GetProperty("expected").GetProperty("path").GetString());
        Assert.Equal("f2", root.GetProperty("expected").GetProperty("fleet").GetString());
        Assert.Equal(1, root.GetProperty("fleets")[0].GetProperty("pools")[0].GetProperty("count").GetInt32());
        Assert.Equal(3, root.GetProperty("inputs").GetArrayLength());
    }

    [Fact]
    public void The_fingerprint_is_the_same_wherever_and_however_often_the_plan_is_made()
    {
        using var elsewhere = new TestExperiments();
        Assert.Equal(Plan(Wide).Fingerprint.Hash, ExperimentPlan.Create(elsewhere.Parse(Wide), new PlanOverrides(), Product).Fingerprint.Hash);
        Assert.Matches("^[0-9a-f]{64}$", Plan(Wide).Fingerprint.Hash);
    }

    [Theory]
    [InlineData("strategies: [random, fgd, ", "strategies: [random, best-fit, ")]
    [InlineData("to: 90s", "to: 91s")]
    [InlineData("ofCapacity: 1.30", "ofCapacity: 1.31")]
    [InlineData("fraction: 0.50", "fraction: 0.51")]
    [InlineData("cpu: 1,", "cpu: 1001m,")]
    [InlineData("name: wide", "name: wider")]
    [InlineData("timeline: { nodes: 5 }", "timeline: { nodes: 6 }")]
    [InlineData("seeds: [7, 3]", "seeds: [3, 7]")]
    [InlineData("seeds: [7, 3]", "seeds: [7, 3, 8]")]
    public void What_changes_a_cell_changes_the_fingerprint(string old, string replacement) => Assert.NotEqual(Plan(Wide).Fingerprint.Hash, Plan(Replace(old, replacement)).Fingerprint.Hash);

    [Fact]
    public void Every_part_of_the_fingerprint_can_be_read_by_a_person()
    {
        IReadOnlyList<PlanPart> parts = Plan(Wide, new PlanOverrides { Only = CellFilter.Parse("fleet=f1"), Seeds = SeedList.Parse("1..4") }).Fingerprint.Parts;
        Assert.Equal(
            ["program version", "experiment", "epoch", "seeds", "only", "timeline nodes", "fleet f1", "fleet f2", "workload w1", "workload w2", "strategy random",
                "strategy fgd[tieBreak=firstInOrder]", "strategy fgd[tieBreak=uniform]", "input nodes.csv", "input pods.csv"],
            parts.Select(part => part.Name));
        Assert.Equal(("1..4", "fleet=f1"), (parts[3].Value, parts[4].Value));
        Assert.All(parts, part => Assert.InRange(part.Value.Length, 1, 400));
    }

    [Fact]
    public void Other_bytes_of_an_input_or_another_version_change_the_fingerprint()
    {
        ExperimentPlan plan = Plan(Wide);
        Assert.NotEqual(plan.Fingerprint.Hash, ExperimentPlan.Create(_files.Parse(Wide), new PlanOverrides(), "SchedBench 0.1.1").Fingerprint.Hash);
        _files.Write("pods.csv", "other\n");
        Assert.NotEqual(plan.Fingerprint.Hash, Plan(Wide).Fingerprint.Hash);
    }

    [Theory]
    [InlineData("to: 90s", "to: 1m30s")]
    [InlineData("ofCapacity: 1.30", "ofCapacity: 1.3")]
    [InlineData("cpu: 1,", "cpu: 1000m,")]
    [InlineData("record:", "baseline: fgd[tieBreak=uniform]\n  report: { metrics: [wait_seconds_max] }\n  record:")]
    public void Another_spelling_or_another_report_leave_the_fingerprint(string old, string replacement) =>
        Assert.Equal(Plan(Wide).Fingerprint.Hash, Plan(Replace(old, replacement)).Fingerprint.Hash);

    [Fact]
    public void Published_values_are_an_input_of_the_report_but_not_of_the_cells()
    {
        string text = Wide + "  expected: { path: published.csv, fleet: f1, x: { column: x, metric: gpu_arrived_percent }, metrics: {}, strategies: {} }\n";
        ExperimentPlan plan = Plan(text);
        Assert.Equal(["nodes.csv", "pods.csv", "published.csv"], plan.Inputs.Select(input => input.Path));
        Assert.Equal(Plan(Wide).Fingerprint.Hash, plan.Fingerprint.Hash);
    }

    private static string Replace(string old, string replacement)
    {
        Assert.Contains(old, Wide, StringComparison.Ordinal);
        return Wide.Replace(old, replacement, StringComparison.Ordinal);
    }

    private ExperimentPlan Plan(string text, PlanOverrides? overrides = null) => ExperimentPlan.Create(_files.Parse(text), overrides ?? new PlanOverrides(), Product);
}
