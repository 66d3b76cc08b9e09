using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ExperimentFileTests : IDisposable
{
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Everything_that_is_not_stated_has_its_default()
    {
        Experiment experiment = _files.Parse(TestExperiments.Small);
        Assert.Equal("small", experiment.Name);
        Assert.Equal("2024-01-01T00:00:00Z", Rfc3339.Format(experiment.Epoch));
        Assert.Equal([42, 43, 44], experiment.Seeds);
        Assert.Equal("random", experiment.Baseline);
        Assert.Equal(0, experiment.TimelineNodes);
        Assert.Empty(experiment.Report.Metrics);
        Assert.Null(experiment.Published);
        Assert.Empty(experiment.Expectations);
        Assert.Empty(experiment.Notes);
        NodeFile nodes = experiment.Fleets.Single().Nodes!;
        Assert.Equal(("openb", "nodes.csv", RecordOrder.Recorded, false), (nodes.Format, nodes.Path.Written, nodes.Order, nodes.Strict));
        Assert.Null(nodes.Subset);
        WorkloadSpec workload = experiment.Workloads.Single();
        Assert.Equal(new SaturateReplay(RecordOrder.Recorded, null), workload.Replay);
        Assert.True(workload.Trace!.Options is { IgnoreTimes: true, Strict: false, DisplayName: "pods.csv" });
        Assert.All(experiment.Strategies, strategy => Assert.Equal((TieBreak.FirstInOrder, strategy.Name), (strategy.TieBreak, strategy.Label)));
    }

    [Fact]
    public void Everything_that_is_stated_is_taken()
    {
        Experiment experiment = _files.Parse("""
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: { name: full }
            spec:
              epoch: 2025-06-01T12:00:00+02:00
              seeds: [18446744073709551615, 0, 7]
              fleets:
                - name: recorded
                  nodes: { format: openb, path: nodes.csv, order: shuffled, strict: true, subset: { fraction: 0.5 } }
                - name: made
                  pools:
                    - { name: small, count: 11, cpu: "16", memory: 64Gi, pods: 20, gpus: 2, gpuModel: A10, zone: a, labels: { tier: b, a.example/x: "1" } }
                    - { name: empty, count: 1, cpu: 0, memory: 0, pods: 0, ephemeralStorage: 10G, extended: { example.com/fpga: 4 } }
              workloads:
                - name: saturated
                  trace: { format: openb, path: pods.csv, strict: true }
                  replay: { mode: saturate, order: shuffled, until: { resource: gpu, ofCapacity: 1.30 } }
                - name: timed
                  trace: { format: openb, path: more-pods.csv }
                  replay: { mode: timed, from: 1h, to: 7d, compress: 2, shake: 0.05, startLatency: 500ms, cacheDelay: 1s, bindLatency: 20ms }
              strategies:
                - random
                - { name: fgd, tieBreak: uniform }
                - { name: fgd, tieBreak: lowestName, label: FGD by name }
                - { name: swarm-spread, options: { window: 90s, maxFailures: 3, weight: 0.50, sticky: yes, by: memory } }
              baseline: FGD by name
              record: { timeline: { nodes: 40 } }
              report: { metrics: [gpu_allocated_percent, wait_seconds_max], figures: [curves] }
              expected:
                path: published.csv
                source: Somebody 2023
                fleet: made
                x: { column: arrived, metric: gpu_arrived_percent }
                metrics: { gpu_allocated: gpu_allocated_percent }
                strategies: { Random: random, FGD: FGD by name }
              expect:
                - { metric: gpu_allocated_percent, strategy: random, workload: timed, fleet: made, at: 100, atLeast: 90, atMost: 99.5 }
                - { metric: wait_seconds_max, statistic: max, atMost: 10 }
            """);
        Assert.Equal("2025-06-01T10:00:00Z", Rfc3339.Format(experiment.Epoch));
        Assert.Equal([ulong.MaxValue, 0, 7], experiment.Seeds);
        Assert.Equal((RecordOrder.Shuffled, true, 0.5m), (experiment.Fleets[0].Nodes!.Order, experiment.Fleets[0].Nodes!.Options.Strict, experiment.Fleets[0].Nodes!.Subset!.Fraction!.Value));

        IReadOnlyList<NodeSpec> nodes = experiment.Fleets[1].BuildPoolNodes();
        Assert.Equal(["small-00", "small-10", "empty-0"], [nodes[0].Name, nodes[10].Name, nodes[11].Name]);
        Assert.Equal(
            new NodeSpec
            {
                Name = "small-00",
                CpuMilli = 16000,
                MemoryBytes = 64L << 30,
                Pods = 20,
                GpuCount = 2,
                GpuModel = "A10",
                Zone = "a",
                Labels = [new Label("a.example/x", "1"), new Label("tier", "b")],
            },
            nodes[0]);
        Assert.Equal(new NodeSpec { Name = "empty-0", Pods = 0, EphemeralStorageBytes = 10_000_000_000, Extended = [new ResourceAmount("example.com/fpga", 4)] }, nodes[11]);

        Assert.Equal(new SaturateReplay(RecordOrder.Shuffled, new SaturationLimit(SaturationResource.Gpu, 1.3m)), experiment.Workloads[0].Replay);
        Assert.True(experiment.Workloads[0].Trace!.Options is { Strict: true, IgnoreTimes: true });
        Assert.Equal(
            new TimedReplay
            {
                From = TimeSpan.FromHours(1),
                To = TimeSpan.FromDays(7),
                Compress = 2,
                Shake = 0.05m,
                StartLatency = TimeSpan.FromMilliseconds(500),
                CacheDelay = TimeSpan.FromSeconds(1),
                BindLatency = TimeSpan.FromMilliseconds(20),
            },
            experiment.Workloads[1].Replay);
        Assert.False(experiment.Workloads[1].Trace!.Options.IgnoreTimes);
        Assert.Equal(Path.Combine(_files.Data, "more-pods.csv"), experiment.Workloads[1].Trace!.Path.FullPath);

        Assert.Equal(["random", "fgd[tieBreak=uniform]", "FGD by name", "swarm-spread"], experiment.Strategies.Select(strategy => strategy.Label));
        Assert.Equal("by=memory maxFailures=3 sticky=true weight=0.5 window=1m30s", string.Join(' ', experiment.Strategies[3].Options.Select(option => $"{option.Key}={option.Value}")));
        Assert.Equal("FGD by name", experiment.Baseline);
        Assert.Equal(40, experiment.TimelineNodes);
        Assert.Equal(["gpu_allocated_percent", "wait_seconds_max"], experiment.Report.Metrics);
        Assert.Equal(["curves"], experiment.Report.Figures);
        Assert.Equal(("Somebody 2023", "made", "arrived", "gpu_arrived_percent"), (experiment.Published!.Source, experiment.Published.Fleet, experiment.Published.XColumn, experiment.Published.XMetric));
        Assert.Equal(Path.Combine(_files.Data, "published.csv"), experiment.Published.Path!.FullPath);
        Assert.Equal([new("Random", "random"), new("FGD", "FGD by name")], experiment.Published.Strategies);
        Assert.Equal(
            [
                new Expectation("gpu_allocated_percent", ExpectationStatistic.Mean, 90, 99.5m) { Strategy = "random", Workload = "timed", Fleet = "made", At = 100 },
                new Expectation("wait_seconds_max", ExpectationStatistic.Max, null, 10),
            ],
            experiment.Expectations);
        Assert.Equal(["nodes.csv", "pods.csv", "more-pods.csv"], experiment.CellInputs.Select(input => input.Written));
    }

    [Fact]
    public void A_file_beside_the_experiment_comes_before_one_in_the_data_folder()
    {
        _files.Write("data/pods.csv", "x\n");
        Assert.Equal(Path.Combine(_files.Folder, "pods.csv"), _files.Parse(TestExperiments.Small).Workloads[0].Trace!.Path.FullPath);
    }

    [Fact]
    public void A_missing_file_names_both_places_and_the_nearest_name()
    {
        InputProblem problem = _files.Problems(TestExperiments.SmallWith("pods.csv", "mor-pods.csv")).Single();
        Assert.Equal(("spec.workloads[0].trace.path", "mor-pods.csv", "more-pods.csv", 11), (problem.Field, problem.Value, problem.Nearest, problem.Line));
        Assert.Contains($"'{Path.Combine(_files.Folder, "mor-pods.csv")}' and '{Path.Combine(_files.Data, "mor-pods.csv")}'", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_data_folder_the_message_says_how_to_give_one()
    {
        string text = TestExperiments.SmallWith("pods.csv", "x.csv");
        InputProblem problem = Assert.Throws<InputException>(() => ExperimentFile.Parse(text, "e.yaml", _files.Folder, null, TestExperiments.Vocabulary)).Problems.Single();
        Assert.Contains("--data DIR", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_rejected() =>
        Assert.Contains("found a folder", _files.Problems(TestExperiments.SmallWith("pods.csv", "data")).Single().Expected, StringComparison.Ordinal);

    [Fact]
    public void A_native_trace_may_be_a_folder_of_CSV_files()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "trace"));
        string text = TestExperiments.SmallWith("trace: { format: openb, path: pods.csv }", "trace: { format: native, path: trace }");
        Assert.StartsWith("expected a folder with CSV files", _files.Problems(text).Single().Expected, StringComparison.Ordinal);
        foreach (string name in (string[])["pods.csv.gz", "groups.csv", "command.txt"]) _files.Write("trace/" + name, "x\n");
        Assert.Equal(["trace/groups.csv", "trace/pods.csv.gz"], _files.Parse(text).Workloads[0].Trace!.Path.Files.Select(file => file.Written));
    }

    [Fact]
    public void Settings_of_a_format_are_taken_and_checked()
    {
        Experiment experiment = _files.Parse(TestExperiments.SmallWith("format: openb, path: pods.csv", "format: swf, path: pods.csv, memoryUnit: bytes"));
        Assert.Equal(SwfMemoryUnit.Bytes, experiment.Workloads[0].Trace!.Options.SwfMemoryUnit);
        Assert.Equal([new("memoryUnit", "bytes")], experiment.Workloads[0].Trace!.Settings);
        InputProblem problem = _files.Problems(TestExperiments.SmallWith("format: openb, path: pods.csv", "format: swf, path: pods.csv, memoryUnit: byts")).Single();
        Assert.Equal(("spec.workloads[0].trace.memoryUnit", "byts", "bytes"), (problem.Field, problem.Value, problem.Nearest));
        Assert.Equal("spec.workloads[0].trace", _files.Problems(TestExperiments.SmallWith("format: openb, path: pods.csv", "format: openb, path: pods.csv, memoryUnit: bytes")).Single().Field);
    }

    [Fact]
    public void Published_values_that_are_not_there_become_a_note()
    {
        Experiment experiment = _files.Parse(TestExperiments.Small + """
              expected:
                path: publishd.csv
                x: { column: arrived, metric: gpu_arrived_percent }
                metrics: { gpu_allocated: gpu_allocated_percent }
                strategies: { FGD: fgd }
            """);
        Assert.Null(experiment.Published!.Path);
        InputProblem note = experiment.Notes.Single();
        Assert.Equal(
            "e.yaml:15:11: spec.expected.path: 'publishd.csv': not found beside the experiment or in the data folder; the results stand without the published values beside them",
            note.ToString());
        Assert.Equal("published", experiment.Published.Source);
    }

    [Fact]
    public void Rounded_quantities_become_notes()
    {
        Experiment experiment = _files.Parse(TestExperiments.SmallWith("nodes: { format: openb, path: nodes.csv }", "pools: [{ name: p, count: 1, cpu: 0.1m, memory: 1 }]"));
        Assert.Equal(1, experiment.Fleets[0].Pools[0].Template.CpuMilli);
        Assert.Equal("spec.fleets[0].pools[0].cpu", experiment.Notes.Single().Field);
    }

    [Fact]
    public void An_empty_document_before_the_experiment_is_accepted() => Assert.Equal("small", _files.Parse("---\n---\n" + TestExperiments.Small).Name);

    [Fact]
    public void A_file_is_read_from_disk_with_its_own_folder()
    {
        _files.Write("small.yaml", "\uFEFF" + TestExperiments.Small.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal("small", ExperimentFile.Read(Path.Combine(_files.Folder, "small.yaml"), null, TestExperiments.Vocabulary).Name);
    }

    [Fact]
    public void Notes_say_nothing_about_where_the_experiment_lies()
    {
        _files.Write("rounded.yaml", TestExperiments.SmallWith("nodes: { format: openb, path: nodes.csv }", "pools: [{ name: p, count: 1, cpu: 0.1m, memory: 1 }]"));
        Experiment experiment = ExperimentFile.Read(Path.Combine(_files.Folder, "rounded.yaml"), _files.Data, TestExperiments.Vocabulary);
        Assert.StartsWith("rounded.yaml:8:", experiment.Notes.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 5, 3)]
    [InlineData(0.5, 4, 2)]
    [InlineData(0.01, 5, 1)]
    [InlineData(1, 5, 5)]
    [InlineData(0.5, 0, 0)]
    public void A_fraction_of_a_fleet_is_rounded_and_never_empty(double fraction, int nodes, int size) =>
        Assert.Equal(size, new NodeSubset((decimal)fraction, null).SizeOf(nodes));

    [Fact]
    public void A_number_of_nodes_is_at_most_the_fleet() => Assert.Equal(5, new NodeSubset(null, 10).SizeOf(5));
}
