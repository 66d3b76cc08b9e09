using SchedBench.Core.Input;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ExperimentRejectionTests : IDisposable
{
    private const string Nodes = "nodes: { format: openb, path: nodes.csv }";
    private const string Replay = "replay: { mode: saturate }";
    private const string Strategies = "strategies: [random, best-fit, fgd]";
    private const string Seeds = "seeds: { first: 42, count: 3 }";
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("schedbench/v1", "schedbench/v2", "apiVersion", "expected one of schedbench/v1", "schedbench/v1")]
    [InlineData("apiVersion: schedbench/v1", "apiversion: schedbench/v1", "", "expected one of the keys apiVersion", "apiVersion")]
    [InlineData("kind: Experiment\n", "", "kind", "required", null)]
    [InlineData("kind: Experiment", "kind: experiment", "kind", "expected one of Experiment", "Experiment")]
    [InlineData("metadata: { name: small }", "metadata: { name: Small }", "metadata.name", "lower-case", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: ../../x }", "metadata.name", "lower-case", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: CON }", "metadata.name", "lower-case", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: no }", "metadata.name", "quote it", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: 42 }", "metadata.name", "quote it", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: \"\" }", "metadata.name", "lower-case", null)]
    [InlineData("metadata: { name: small }", "metadata: { name: small, title: x }", "metadata", "expected one of the keys name", null)]
    [InlineData("metadata: { name: small }", "metadata: small", "metadata", "expected a mapping", null)]
    [InlineData("kind: Experiment", "kind: Experiment\nkind: Experiment", "", "every key once", null)]
    [InlineData("spec:", "spec:\n  epoch: 2024-01-01", "spec.epoch", "RFC 3339", null)]
    [InlineData("  seeds:", "  sedes:", "spec", "expected one of the keys", "seeds")]
    public void The_head_of_the_file_is_checked(string old, string replacement, string field, string expected, string? nearest) =>
        AssertProblem(old, replacement, field, expected, nearest);

    [Theory]
    [InlineData("seeds: { first: -1, count: 3 }", "spec.seeds.first", "from 0 to 18446744073709551615")]
    [InlineData("seeds: { first: 18446744073709551616, count: 3 }", "spec.seeds.first", "from 0 to 18446744073709551615")]
    [InlineData("seeds: { first: abc, count: 3 }", "spec.seeds.first", "from 0 to 18446744073709551615")]
    [InlineData("seeds: { first: 1.0, count: 3 }", "spec.seeds.first", "plain decimal")]
    [InlineData("seeds: { first: 042, count: 3 }", "spec.seeds.first", "plain decimal")]
    [InlineData("seeds: { first: 18446744073709551615, count: 2 }", "spec.seeds.count", "2^64-1")]
    [InlineData("seeds: { first: 1, count: 0 }", "spec.seeds.count", "from 1 to")]
    [InlineData("seeds: { first: 1, count: 100001 }", "spec.seeds.count", "from 1 to")]
    [InlineData("seeds: { first: 1 }", "spec.seeds.count", "required")]
    [InlineData("seeds: [1, 2, 1]", "spec.seeds[2]", "every seed once")]
    [InlineData("seeds: [1, -1]", "spec.seeds[1]", "from 0 to 18446744073709551615")]
    [InlineData("seeds: [1, \"2\"]", "spec.seeds[1]", "without quotes")]
    [InlineData("seeds: [1, 1:30]", "spec.seeds[1]", "whole number")]
    [InlineData("seeds: []", "spec.seeds", "at least 1")]
    [InlineData("seeds: 42", "spec.seeds", "{ first: 42, count: 10 }")]
    [InlineData("seeds:", "spec.seeds", "expected a value")]
    public void Seeds_are_distinct_numbers_of_64_bits(string replacement, string field, string expected) => AssertProblem(Seeds, replacement, field, expected);

    [Theory]
    [InlineData("nodes: { format: opnb, path: nodes.csv }", "spec.fleets[0].nodes.format", "a format of node lists", "openb")]
    [InlineData("nodes: { format: openb, path: nodes.csv, order: random }", "spec.fleets[0].nodes.order", "recorded, shuffled", null)]
    [InlineData("nodes: { format: openb, path: nodes.csv, subset: { fraction: 0 } }", "spec.fleets[0].nodes.subset.fraction", "from 0.000001 to 1", null)]
    [InlineData("nodes: { format: openb, path: nodes.csv, subset: { fraction: 1.01 } }", "spec.fleets[0].nodes.subset.fraction", "from 0.000001 to 1", null)]
    [InlineData("nodes: { format: openb, path: nodes.csv, subset: { count: 0 } }", "spec.fleets[0].nodes.subset.count", "from 1 to", null)]
    [InlineData("nodes: { format: openb, path: nodes.csv, subset: { count: 1, fraction: 0.5 } }", "spec.fleets[0].nodes.subset", "exactly one of the keys", null)]
    [InlineData("nodes: { format: openb, path: nodes.csv, subset: {} }", "spec.fleets[0].nodes.subset", "exactly one of the keys", null)]
    [InlineData("nodes: { format: openb, path: \"\" }", "spec.fleets[0].nodes.path", "path of a file", null)]
    [InlineData("pools: []", "spec.fleets[0].pools", "at least 1", null)]
    [InlineData("pools: [{ name: a, count: 0, cpu: 1, memory: 1 }]", "spec.fleets[0].pools[0].count", "from 1 to 1000000", null)]
    [InlineData("pools: [{ name: a, count: 1000001, cpu: 1, memory: 1 }]", "spec.fleets[0].pools[0].count", "from 1 to 1000000", null)]
    [InlineData("pools: [{ name: a, count: 2147483648, cpu: 1, memory: 1 }]", "spec.fleets[0].pools[0].count", "from 1 to 1000000", null)]
    [InlineData("pools: [{ name: a, count: 600000, cpu: 1, memory: 1 }, { name: b, count: 600000, cpu: 1, memory: 1 }]", "spec.fleets[0].pools", "in all pools together", null)]
    [InlineData("pools: [{ name: a, count: 2, cpu: 1, memory: 9223372036854775807 }]", "spec.fleets[0].pools", "memory adds up", null)]
    [InlineData("pools: [{ name: a, count: 2, cpu: 9223372036854775807m, memory: 1 }]", "spec.fleets[0].pools", "cpu adds up", null)]
    [InlineData("pools: [{ name: a, count: 2, cpu: 1, memory: 1, extended: { a.b/c: 9223372036854775807 } }]", "spec.fleets[0].pools", "a.b/c adds up", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1 }, { name: a, count: 1, cpu: 1, memory: 1 }]", "spec.fleets[0].pools[1].name", "every name once", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1e999, memory: 1 }]", "spec.fleets[0].pools[0].cpu", "2^63-1", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: -1, memory: 1 }]", "spec.fleets[0].pools[0].cpu", "0 or more", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: NaN, memory: 1 }]", "spec.fleets[0].pools[0].cpu", "quantity", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: -0.5Gi }]", "spec.fleets[0].pools[0].memory", "0 or more", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 9223372036854775808Mi }]", "spec.fleets[0].pools[0].memory", "Kubernetes caps", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: \" 1\" }]", "spec.fleets[0].pools[0].memory", "quantity", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, gpus: 65 }]", "spec.fleets[0].pools[0].gpus", "from 0 to 64", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, gpuModel: A10 }]", "spec.fleets[0].pools[0].gpuModel", "gpus of 1 or more", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, pods: -1 }]", "spec.fleets[0].pools[0].pods", "from 0 to", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, zone: on }]", "spec.fleets[0].pools[0].zone", "quote it", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, zone: \"a b\" }]", "spec.fleets[0].pools[0].zone", "letters, digits", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, taints: [{ effect: NoSchedule }] }]", "spec.fleets[0].pools[0].taints[0].key", "required", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, taints: [{ key: a, effect: NoShedule }] }]", "spec.fleets[0].pools[0].taints[0].effect", "NoSchedule, PreferNoSchedule, NoExecute", "NoSchedule")]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, taints: [{ key: -a, effect: NoSchedule }] }]", "spec.fleets[0].pools[0].taints[0].key", "", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, taints: [{ key: a, value: x, effect: NoSchedule }, { key: a, value: y, effect: NoSchedule }] }]", "spec.fleets[0].pools[0].taints[1]", "differ in key or effect", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, labels: { x: 1 } }]", "spec.fleets[0].pools[0].labels.x", "quote it", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, labels: { x-: a } }]", "spec.fleets[0].pools[0].labels.x-", "as the label's key", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, labels: { /x: a } }]", "spec.fleets[0].pools[0].labels[\"/x\"]", "as the label's key", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, labels: { x: 🙂 } }]", "spec.fleets[0].pools[0].labels.x", "letters, digits", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memory: 1, extended: { cpu: 1 } }]", "spec.fleets[0].pools[0].extended.cpu", "example.com/fpga", null)]
    [InlineData("pools: [{ name: a, count: 1, cpu: 1, memroy: 1 }]", "spec.fleets[0].pools[0]", "expected one of the keys", "memory")]
    [InlineData("pools: [{ name: a, count: 1, CPU: 1, memory: 1 }]", "spec.fleets[0].pools[0]", "expected one of the keys", "cpu")]
    [InlineData("nodes: { format: openb, path: nodes.csv }\n      pools: []", "spec.fleets[0]", "exactly one of the keys nodes, pools", null)]
    [InlineData("note: x", "spec.fleets[0]", "exactly one of the keys nodes, pools", null)]
    public void Fleets_are_possible(string replacement, string field, string expected, string? nearest) => AssertProblem(Nodes, replacement, field, expected, nearest);

    [Theory]
    [InlineData("replay: { mode: saturated }", "spec.workloads[0].replay.mode", "saturate, timed", "saturate")]
    [InlineData("replay: {}", "spec.workloads[0].replay.mode", "required", null)]
    [InlineData("replay: { mode: saturate, from: 0s }", "spec.workloads[0].replay", "expected one of the keys mode, order, until", null)]
    [InlineData("replay: { mode: saturate, until: { resource: gpu, ofCapacity: 0 } }", "spec.workloads[0].replay.until.ofCapacity", "from 0.000001", null)]
    [InlineData("replay: { mode: saturate, until: { resource: gpu, ofCapacity: -1.3 } }", "spec.workloads[0].replay.until.ofCapacity", "from 0.000001", null)]
    [InlineData("replay: { mode: saturate, until: { resource: gpu, ofCapacity: .inf } }", "spec.workloads[0].replay.until.ofCapacity", "from 0.000001", null)]
    [InlineData("replay: { mode: saturate, until: { resource: gpu } }", "spec.workloads[0].replay.until.ofCapacity", "required", null)]
    [InlineData("replay: { mode: saturate, until: { resource: disk, ofCapacity: 1 } }", "spec.workloads[0].replay.until.resource", "gpu, cpu, memory", null)]
    [InlineData("replay: { mode: timed, from: 2h, to: 1h }", "spec.workloads[0].replay.to", "an instant after from (2h)", null)]
    [InlineData("replay: { mode: timed, from: 1h, to: 60m }", "spec.workloads[0].replay.to", "an instant after from (1h)", null)]
    [InlineData("replay: { mode: timed, to: 0s }", "spec.workloads[0].replay.to", "expected a duration from", null)]
    [InlineData("replay: { mode: timed, from: -1s }", "spec.workloads[0].replay.from", "expected a duration from 0s", null)]
    [InlineData("replay: { mode: timed, to: 30 }", "spec.workloads[0].replay.to", "unit is missing", null)]
    [InlineData("replay: { mode: timed, to: 1:30 }", "spec.workloads[0].replay.to", "expected a duration", null)]
    [InlineData("replay: { mode: timed, to: 99999999999d }", "spec.workloads[0].replay.to", "expected a duration", null)]
    [InlineData("replay: { mode: timed, compress: 0 }", "spec.workloads[0].replay.compress", "expected a decimal number", null)]
    [InlineData("replay: { mode: timed, compress: -2 }", "spec.workloads[0].replay.compress", "expected a decimal number", null)]
    [InlineData("replay: { mode: timed, to: 7d, compress: 0.000001 }", "spec.workloads[0].replay.compress", "expected a divisor with which 7d of the trace take at most", null)]
    [InlineData("replay: { mode: timed, shake: 0.51 }", "spec.workloads[0].replay.shake", "from 0 to 0.5", null)]
    [InlineData("replay: { mode: timed, shake: -0.01 }", "spec.workloads[0].replay.shake", "from 0 to 0.5", null)]
    [InlineData("replay: { mode: timed, startLatency: forever }", "spec.workloads[0].replay.startLatency", "expected a duration", null)]
    [InlineData("replay: { mode: timed, until: { resource: gpu, ofCapacity: 1 } }", "spec.workloads[0].replay", "expected one of the keys mode", null)]
    [InlineData("replay: { mode: timed, fro: 0s }", "spec.workloads[0].replay", "expected one of the keys mode", "from")]
    public void Replays_are_possible(string replacement, string field, string expected, string? nearest) => AssertProblem(Replay, replacement, field, expected, nearest);

    [Theory]
    [InlineData("trace: { format: openb, path: pods.csv }", "trace: { format: swfx, path: pods.csv }", "spec.workloads[0].trace.format", "a format of traces")]
    [InlineData("trace: { format: openb, path: pods.csv }", "trace: { format: openb, path: pods.csv, strict: 1 }", "spec.workloads[0].trace.strict", "true or false")]
    [InlineData("trace: { format: openb, path: pods.csv }", "trace: { format: openb, path: pods.csv, memoryUnit: bytes }", "spec.workloads[0].trace", "expected one of the keys")]
    [InlineData("trace: { format: openb, path: pods.csv }", "trace: pods.csv", "spec.workloads[0].trace", "expected a mapping")]
    [InlineData("- name: default\n", "- nme: default\n", "spec.workloads[0]", "expected one of the keys")]
    public void Traces_are_named_with_format_and_path(string old, string replacement, string field, string expected) => AssertProblem(old, replacement, field, expected);

    [Theory]
    [InlineData("strategies: [random, best-fit, fdg]", "spec.strategies[2]", "expected a strategy: random, best-fit", "fgd")]
    [InlineData("strategies: [random, bestfit]", "spec.strategies[1]", "expected a strategy", "best-fit")]
    [InlineData("strategies: [random, Best-Fit]", "spec.strategies[1]", "expected a strategy", "best-fit")]
    [InlineData("strategies: [random, on]", "spec.strategies[1]", "quote it", null)]
    [InlineData("strategies: [random, { name: fdg }]", "spec.strategies[1].name", "expected a strategy", "fgd")]
    [InlineData("strategies: [random, random]", "spec.strategies[1]", "every strategy once", null)]
    [InlineData("strategies: [random, { name: random, tieBreak: firstInOrder, label: other }]", "spec.strategies[1]", "every strategy once", null)]
    [InlineData("strategies: [swarm-spread, { name: swarm-spread, options: { window: 300s } }]", "spec.strategies[1]", "every strategy once", null)]
    [InlineData("strategies: [random, { name: fgd, label: random }]", "spec.strategies[1]", "every label once", null)]
    [InlineData("strategies: [random, { name: fgd, label: \"a,b\" }]", "spec.strategies[1].label", "without commas", null)]
    [InlineData("strategies: [random, { name: fgd, label: \"\" }]", "spec.strategies[1].label", "expected a label", null)]
    [InlineData("strategies: [random, { name: fgd, tieBreak: first }]", "spec.strategies[1].tieBreak", "firstInOrder, lowestName, uniform", null)]
    [InlineData("strategies: [random, { name: fgd, tiebreak: uniform }]", "spec.strategies[1]", "expected one of the keys", "tieBreak")]
    [InlineData("strategies: [random, { name: fgd, options: { window: 5m } }]", "spec.strategies[1].options", "expected no key here", null)]
    [InlineData("strategies: [random, { name: swarm-spread, options: { windw: 5m } }]", "spec.strategies[1].options", "expected one of the keys by, maxFailures, sticky, weight, window", "window")]
    [InlineData("strategies: [random, { name: swarm-spread, options: { maxFailures: 0 } }]", "spec.strategies[1].options.maxFailures", "from 1 to 100", null)]
    [InlineData("strategies: [random, { name: swarm-spread, options: { weight: 1.01 } }]", "spec.strategies[1].options.weight", "from 0 to 1", null)]
    [InlineData("strategies: [random, { name: swarm-spread, options: { window: 5 } }]", "spec.strategies[1].options.window", "unit is missing", null)]
    [InlineData("strategies: [random, { name: swarm-spread, options: { sticky: maybe } }]", "spec.strategies[1].options.sticky", "true or false", null)]
    [InlineData("strategies: [random, { name: swarm-spread, options: { by: memry } }]", "spec.strategies[1].options.by", "tasks, memory", "memory")]
    [InlineData("strategies: []", "spec.strategies", "at least 1", null)]
    [InlineData("strategies: random", "spec.strategies", "expected a list", null)]
    [InlineData("strategies: [random, fgd]\n  baseline: best-fit", "spec.baseline", "random, fgd", null)]
    [InlineData("strategies: [random, fgd]\n  baseline: fdg", "spec.baseline", "random, fgd", "fgd")]
    [InlineData("strategies: [fgd, { name: fgd, tieBreak: uniform }]\n  baseline: fgd", "spec.baseline", "fgd[tieBreak=firstInOrder], fgd[tieBreak=uniform]", "fgd[tieBreak=firstInOrder]")]
    public void Strategies_are_known_and_distinct(string replacement, string field, string expected, string? nearest) =>
        AssertProblem(Strategies, replacement, field, expected, nearest);

    [Theory]
    [InlineData("record: { timeline: { nodes: 0 } }", "spec.record.timeline.nodes", "from 1 to 10000", null)]
    [InlineData("record: { timeline: {} }", "spec.record.timeline.nodes", "required", null)]
    [InlineData("report: { metrics: [gpu_alocated_percent] }", "spec.report.metrics[0]", "expected a metric", "gpu_allocated_percent")]
    [InlineData("report: { metrics: [wait_seconds_max, wait_seconds_max] }", "spec.report.metrics[1]", "every name once", null)]
    [InlineData("report: { figures: [curve] }", "spec.report.figures[0]", "expected a figure", "curves")]
    [InlineData("expect: [{ metric: wait_seconds_max }]", "spec.expect[0]", "atLeast, atMost or both", null)]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: 2, atMost: 1 }]", "spec.expect[0].atMost", "not below atLeast", null)]
    [InlineData("expect: [{ metric: wait_second_max, atLeast: 2 }]", "spec.expect[0].metric", "expected a metric", "wait_seconds_max")]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: NaN }]", "spec.expect[0].atLeast", "decimal number", null)]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: 2, strategy: fdg }]", "spec.expect[0].strategy", "random, best-fit, fgd", "fgd")]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: 2, workload: defalt }]", "spec.expect[0].workload", "one of the workloads", "default")]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: 2, fleet: gpu }]", "spec.expect[0].fleet", "one of the fleets", "gpus")]
    [InlineData("expect: [{ metric: wait_seconds_max, atLeast: 2, statistic: p50 }]", "spec.expect[0].statistic", "mean, min, max", null)]
    [InlineData("expected: { path: published.csv, x: { column: a, metric: gpu_arrived_percent }, metrics: { a: gpu_alocated_percent }, strategies: {} }", "spec.expected.metrics.a", "expected a metric", "gpu_allocated_percent")]
    [InlineData("expected: { path: published.csv, x: { column: a, metric: gpu_arrived_percent }, metrics: {}, strategies: { FGD: fdg } }", "spec.expected.strategies.FGD", "random, best-fit, fgd", "fgd")]
    [InlineData("expected: { path: published.csv }", "spec.expected.x", "required", null)]
    [InlineData("expected: { path: published.csv, fleet: gpu, x: { column: a, metric: gpu_arrived_percent }, metrics: {}, strategies: {} }", "spec.expected.fleet", "one of the fleets", "gpus")]
    public void What_is_done_with_results_refers_to_what_exists(string addition, string field, string expected, string? nearest)
    {
        InputProblem problem = _files.Problems(TestExperiments.Small + "  " + addition + "\n")[0];
        Assert.Equal((field, nearest), (problem.Field, problem.Nearest));
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_values_name_their_fleet_where_there_are_several()
    {
        string text = TestExperiments.SmallWith("fleets:\n", "fleets:\n    - name: other\n      nodes: { format: openb, path: nodes.csv }\n")
            + "  expected: { path: published.csv, x: { column: a, metric: gpu_arrived_percent }, metrics: {}, strategies: {} }\n";
        InputProblem problem = Assert.Single(_files.Problems(text));
        Assert.Equal(("spec.expected", "expected the key fleet: the one whose results the published values stand beside, other or gpus"), (problem.Field, problem.Expected));
        Assert.Equal("gpus", _files.Parse(text.Replace("{ path: published.csv,", "{ path: published.csv, fleet: gpus,", StringComparison.Ordinal)).Published!.Fleet);
    }

    [Theory]
    [InlineData("fleets:\n    - name: gpus", "fleets:\n    - name: gpus\n      nodes: { format: openb, path: nodes.csv }\n    - name: gpus", "spec.fleets[1].name")]
    [InlineData("workloads:\n    - name: default", "workloads:\n    - name: default\n      trace: { format: openb, path: pods.csv }\n      replay: { mode: timed }\n    - name: default", "spec.workloads[1].name")]
    public void Two_levels_of_one_name_are_rejected(string old, string replacement, string field) => AssertProblem(old, replacement, field, "every name once");

    [Theory]
    [InlineData("", "holds none")]
    [InlineData("# nothing\n", "holds none")]
    [InlineData("---\n", "holds none")]
    [InlineData("just text\n", "expected a mapping")]
    [InlineData("- a\n- list\n", "expected a mapping")]
    public void A_file_that_is_no_experiment_at_all_is_rejected(string text, string expected) =>
        Assert.Contains(_files.Problems(text), problem => problem.Expected.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Two_experiments_in_one_file_are_rejected() =>
        Assert.Contains("expected one document, found 2", _files.Problems(TestExperiments.Small + "---\n" + TestExperiments.Small)[0].Expected, StringComparison.Ordinal);

    [Fact]
    public void All_problems_of_a_file_are_reported_together_in_its_order()
    {
        IReadOnlyList<InputProblem> problems = _files.Problems("""
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: { name: small }
            spec:
              seeds: { first: -1, count: 0 }
              fleets: [{ name: a, pools: [{ name: p, count: 0, cpu: 1.1.M, memory: 1 }] }]
              workloads: [{ name: w, trace: { format: openb, path: gone.csv }, replay: { mode: timed, to: 5 } }]
              strategies: [fdg, randm]
              speed: fast
            """);
        Assert.Equal(
            ["spec.seeds.first", "spec.seeds.count", "spec.fleets[0].pools[0].count", "spec.fleets[0].pools[0].cpu", "spec.workloads[0].trace.path", "spec.workloads[0].replay.to", "spec.strategies[0]", "spec.strategies[1]", "spec"],
            problems.Select(problem => problem.Field));
        Assert.All(problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.File == "e.yaml"));
    }

    private void AssertProblem(string old, string replacement, string field, string expected, string? nearest = null)
    {
        InputProblem problem = _files.Problems(TestExperiments.SmallWith(old, replacement))[0];
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        Assert.Equal(field, problem.Field);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
    }
}
