using SchedBench.Core.Input;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Forking;

/// <summary>Saved runs that go on, as they were and otherwise.</summary>
public sealed class ForkTests : IDisposable
{
    private const string Cluster = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: forks }
        spec:
          seeds: [1, 2]
          fleets: [{ name: six, pools: [{ name: node, count: 6, cpu: 4, memory: 8Gi }] }]
          workloads: [{ name: shop, cluster: { manifests: services.yaml, until: 20m, traffic: [{ service: web, rate: 5 }] } }]
          faults:
            - { name: outage, faults: [{ at: 5m, duration: 8m, nodes: [node-0, node-1, node-2] }, { at: 12m, every: 1m, effect: podKill, pods: { namespace: default }, mode: one }] }
            - { name: crashes, faults: [{ model: renewal, timeToFailure: { distribution: exponential, mean: 900 }, timeToRepair: 2m }, { at: 9m, duration: 1m, effect: schedulerCrash }] }
          strategies: [least-allocated, random, kube-scheduler]
        """;

    private const string Trace = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: traces }
        spec:
          seeds: [1]
          fleets: [{ name: ten, pools: [{ name: node, count: 10, cpu: "8", memory: 16Gi }] }]
          workloads: [{ name: jobs, trace: { format: swf, path: jobs.swf }, replay: { mode: timed } }]
          strategies: [first-fit, random, kube-scheduler]
        """;

    private readonly TestExperiments _files = new();

    public ForkTests()
    {
        _files.Write("services.yaml", ClusterExperiments.Services);
        _files.Write("forks.yaml", Cluster);
        _files.Write("traces.yaml", Trace);
        _files.Write("jobs.swf", string.Concat(Enumerable.Range(1, 200).Select(n => $"{n} {n * 20} -1 {100 + (n * 37 % 400)} {1 + (n % 4)} -1 -1 {1 + (n % 4)} -1 -1 1 1 1 -1 -1 -1 -1 -1\n")));
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("strategy=least-allocated,faults=outage,seed=1", "4m")]
    [InlineData("strategy=random,faults=outage,seed=1", "8m")]
    [InlineData("strategy=kube-scheduler,faults=crashes,seed=2", "9m30s")]
    [InlineData("strategy=kube-scheduler,faults=none,seed=2", "12m")]
    public void A_saved_run_that_goes_on_is_the_run_that_was_never_stopped(string cell, string at)
    {
        (SavedRun saved, ExperimentSession session, PlannedCell planned) = Saved("forks.yaml", cell, at);
        CellResult uninterrupted = session.Runner([planned]).Run(planned);
        CellResult resumed = RunForks.Continue(saved, session, planned, WhatIf.Nothing, default);
        Equal(uninterrupted, resumed);
        // What leads to the same thing is the same, too.
        Equal(uninterrupted, RunForks.Continue(saved, session, planned, new WhatIf(null, planned.Key.Faults), default));
    }

    [Fact]
    public void A_trace_goes_on_and_may_get_another_strategy()
    {
        (SavedRun saved, ExperimentSession session, PlannedCell planned) = Saved("traces.yaml", "strategy=first-fit", "10m");
        CellResult uninterrupted = session.Runner([planned]).Run(planned);
        Equal(uninterrupted, RunForks.Continue(saved, session, planned, WhatIf.Nothing, default));
        // A scheduler that starts anew with the same strategy, which keeps nothing, decides alike.
        CellResult anew = RunForks.Continue(saved, session, planned, new WhatIf("first-fit", null), default);
        Assert.Equal(("", uninterrupted.Fingerprint), (anew.Failure, anew.Fingerprint));
        CellResult other = RunForks.Continue(saved, session, planned, new WhatIf("kube-scheduler", null), default);
        Assert.Equal(CellStatus.Ok, other.Status);
        Assert.NotEqual(uninterrupted.Fingerprint, other.Fingerprint);
        Assert.Equal(Of(uninterrupted, "pods_arrived_total"), Of(other, "pods_arrived_total"));
        CellResult refused = RunForks.Continue(saved, session, planned, new WhatIf(null, "none"), default);
        Assert.Equal((CellStatus.Failed, true), (refused.Status, refused.Failure.Contains("a trace has no machines that fail", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_scheduler_that_follows_another_hears_once_of_pods_that_a_late_watch_was_about_to_tell()
    {
        _files.Write("traces.yaml", Trace.Replace("mode: timed", "mode: timed, cacheDelay: 50s", StringComparison.Ordinal));
        (SavedRun saved, ExperimentSession session, PlannedCell planned) = Saved("traces.yaml", "strategy=first-fit", "10m");
        CellResult uninterrupted = session.Runner([planned]).Run(planned);
        Equal(uninterrupted, RunForks.Continue(saved, session, planned, WhatIf.Nothing, default));
        CellResult other = RunForks.Continue(saved, session, planned, new WhatIf("kube-scheduler", null), default);
        Assert.Equal((CellStatus.Ok, ""), (other.Status, other.Failure));
        Assert.Equal(Of(uninterrupted, "pods_arrived_total"), Of(other, "pods_placed_total"));
    }

    [Fact]
    public void Faults_that_hold_end_as_planned_and_those_that_come_are_the_other_sets()
    {
        (SavedRun saved, ExperimentSession session, PlannedCell planned) = Saved("forks.yaml", "strategy=least-allocated,faults=outage,seed=1", "10m");
        CellResult calm = RunForks.Continue(saved, session, planned, new WhatIf(null, "none"), default);
        CellResult as0 = RunForks.Continue(saved, session, planned, WhatIf.Nothing, default);
        // Of the outage alone the rest is left out: eight pods that would have been killed.
        Assert.Equal((1, 9), (Of(calm, "faults_total"), Of(as0, "faults_total")));
        (saved, session, planned) = Saved("forks.yaml", "strategy=least-allocated,faults=none,seed=1", "10m");
        CellResult hit = RunForks.Continue(saved, session, planned, new WhatIf("random", "outage"), default);
        Assert.Equal((CellStatus.Ok, 8), (hit.Status, Of(hit, "faults_total")));
    }

    [Fact]
    public void What_is_not_as_it_was_is_told()
    {
        (SavedRun saved, ExperimentSession session, PlannedCell planned) = Saved("forks.yaml", "strategy=random,faults=outage,seed=1", "8m");
        ForkDivergedException diverged = Assert.Throws<ForkDivergedException>(() => RunForks.Continue(saved with { Point = saved.Point with { Facts = 7 } }, session, planned, WhatIf.Nothing, default));
        Assert.Contains("does not repeat itself", diverged.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'random'?", $"{Assert.Throws<InputException>(() => RunForks.Continue(saved, session, planned, new WhatIf("randm", null), default)).Problems[0]}", StringComparison.Ordinal);
        string file = Path.Combine(_files.Folder, "saved.yaml");
        _files.Write("services.yaml", ClusterExperiments.Services + "\n");
        Assert.Contains("services.yaml': expected the file to be what it was", $"{Assert.Throws<InputException>(() => RunForks.Open(saved, file)).Problems[0]}", StringComparison.Ordinal);
        _files.Write("services.yaml", ClusterExperiments.Services);
        _files.Write("forks.yaml", Cluster.Replace("rate: 5", "rate: 6", StringComparison.Ordinal));
        Assert.Contains("expected the experiment, the plug-ins and the program to be those that saved the run", $"{Assert.Throws<InputException>(() => RunForks.Open(saved, file)).Problems[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_read_back_equal_and_says_what_is_wrong_with_it()
    {
        (SavedRun saved, _, _) = Saved("forks.yaml", "strategy=random,faults=outage,seed=1", "8m");
        string text = SavedRunFile.Write(saved), path = Path.Combine(_files.Folder, "saved.yaml");
        _files.Write("saved.yaml", text);
        Assert.Equal(text, SavedRunFile.Write(SavedRunFile.Read(path)));
        Assert.Equal(saved.Point, SavedRunFile.Read(path).Point);
        _files.Write("saved.yaml", text.Replace("facts: \"", "facts: \"x", StringComparison.Ordinal).Replace("events:", "evnts:", StringComparison.Ordinal));
        InputException error = Assert.Throws<InputException>(() => SavedRunFile.Read(path));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains("expected 16 hexadecimal digits", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains("did you mean 'events'?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("strategy", "expected strategy=LEVEL or faults=LEVEL")]
    [InlineData("strategi=random", "did you mean 'strategy'?")]
    [InlineData("strategy=a,seed=3", "expected strategy=LEVEL or faults=LEVEL")]
    public void What_is_no_change_is_told(string text, string expected) =>
        Assert.Contains(expected, $"{Assert.Throws<InputException>(() => WhatIf.Parse(text)).Problems[0]}", StringComparison.Ordinal);

    private (SavedRun Saved, ExperimentSession Session, PlannedCell Cell) Saved(string experiment, string only, string at)
    {
        Assert.True(DurationText.TryParse(at, out TimeSpan instant, out _));
        string file = Path.Combine(_files.Folder, "saved.yaml");
        SavedRun saved = RunForks.Save(new RunRequest { ExperimentPath = Path.Combine(_files.Folder, experiment), Only = CellFilter.Parse(only) }, instant, file, default);
        (ExperimentSession session, PlannedCell cell) = RunForks.Open(saved, file);
        return (saved, session, cell);
    }

    private static double? Of(CellResult result, string metric) => result.Metrics.Single(value => value.Metric == metric).Value;

    private static void Equal(CellResult expected, CellResult actual)
    {
        Assert.Equal((expected.Status, expected.Failure, expected.Fingerprint), (actual.Status, actual.Failure, actual.Fingerprint));
        Assert.Equal(expected.Metrics, actual.Metrics);
        Assert.Equal(expected.Series, actual.Series);
        Assert.Equal(expected.Services, actual.Services);
    }
}
