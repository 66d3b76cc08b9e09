using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Generators;

namespace SchedBench.Workloads.Tests.Generators;

public sealed class SyntheticTraceFileTests
{
    private const string Head = "apiVersion: schedbench/v1\nkind: SyntheticTrace\nmetadata: { name: t }\nspec:\n";

    private const string Full = Head + """
          seed: 18446744073709551615
          pods: 100
          timeStep: 10ms
          fleet:
            - { name: a, count: 3, cpu: "64", memory: 256Gi, ephemeralStorage: 1Ti, pods: 250, gpus: 8, gpuModel: L80, zones: [x, "y"], labels: { arch: arm, disk: ssd }, extended: { example.com/x: 4 } }
            - { name: b, count: 1, cpu: 500m, memory: "1", zones: [z] }
          arrivals:
            process: weibull
            shape: 0.75
            offeredLoad: { resource: gpu, ofCapacity: 0.9 }
            daily: { period: 12h, weights: [1, 2.5, 0] }
            bursts: { factor: 5, meanBurst: 10m, meanCalm: 1h30m }
          lifetime: { distribution: lognormal, median: 600.5, sigma: 1.25, atLeast: 1, atMost: 86400 }
          classes:
            - { name: one, weight: 2.5, cpu: 100m, memory: 500Mi, gpus: 1, gpuMilli: 250, gpuModels: [L80, A10], app: web, maxPerNode: 2, priority: -3, failedShare: 0.125 }
            - name: two
              cpuMilli: { distribution: gamma, shape: 2, mean: 500, atLeast: 100, atMost: 4000 }
              memoryMib: { distribution: empirical, values: [512, 1024], weights: [3, 1] }
              gpus: 1
              gpuMilli: { distribution: uniform, min: 100, max: 900 }
              lifetime: 10m
              groupShare: 0.5
              groupSize: { distribution: constant, value: 4 }
              nodeSelector: { disk: ssd }
              extended: { example.com/x: 1 }
              ephemeralStorage: 10Gi

        """;

    [Fact]
    public void Every_key_reaches_the_options()
    {
        SyntheticTraceOptions options = SyntheticTraceFile.Parse(Full, "t.yaml");
        Assert.Equal((ulong.MaxValue, 100, TimeSpan.FromMilliseconds(10), "t"), (options.Seed, options.Pods, options.TimeStep, options.Name));
        NodeSpec node = options.Fleet[0].Template;
        Assert.Equal((64_000L, 256L << 30, 1L << 40, 250, 8, "L80"), (node.CpuMilli, node.MemoryBytes, node.EphemeralStorageBytes, node.Pods, node.GpuCount, node.GpuModel));
        Assert.Equal(["x", "y"], options.Fleet[0].Zones);
        Assert.Equal([new Label("arch", "arm"), new Label("disk", "ssd")], node.Labels);
        Assert.Equal([new ResourceAmount("example.com/x", 4)], node.Extended);
        Assert.Equal((ArrivalProcess.Weibull, 0.75, new OfferedLoadOptions(LoadResource.Gpu, 0.9)), (options.Arrivals.Process, options.Arrivals.Shape, options.Arrivals.OfferedLoad));
        Assert.Equal(TimeSpan.FromHours(12), options.Arrivals.Daily!.Period);
        Assert.Equal([1, 2.5, 0], options.Arrivals.Daily.Weights);
        Assert.Equal(new BurstOptions(5, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(90)), options.Arrivals.Bursts);
        Assert.Equal(A.Drawn("lognormal(median=600.5, sigma=1.25)", 1, 86400), options.Lifetime);
        DemandClassOptions one = options.Classes[0], two = options.Classes[1];
        Assert.Equal((2.5, Demand.Exactly(100), Demand.Exactly(500 << 20), Demand.Exactly(250), 0.125), (one.Weight, one.CpuMilli, one.MemoryBytes, one.GpuMilli, one.FailedShare));
        Assert.Equal(new PodSpec { GpuCount = 1, GpuMilliPerDevice = 1000, GpuModels = ["A10", "L80"], App = "web", MaxPerNode = 2, Priority = -3 }, one.Template);
        Assert.Equal(Demand.DrawnCpuMilli(A.Drawn("gamma(shape=2, scale=250)", 100, 4000)), two.CpuMilli);
        Assert.Equal(A.Drawn("constant(value=600)", 0, 3_153_600_000), two.Lifetime);
        Assert.Equal((0.5, A.Drawn("constant(value=4)", 2, 10_000)), (two.GroupShare, two.GroupSize));
        Assert.Equal(100, SyntheticTrace.Generate(options).Workload.Pods.Length);
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        SyntheticTraceOptions options = SyntheticTraceFile.Parse(Full, "t.yaml");
        string text = SyntheticTraceFile.Write(options, ["a comment", "of two lines"]);
        Assert.StartsWith("# a comment\n# of two lines\napiVersion: schedbench/v1\n", text, StringComparison.Ordinal);
        SyntheticTraceOptions again = SyntheticTraceFile.Parse(text, "again.yaml");
        Assert.Equal(text, SyntheticTraceFile.Write(again, ["a comment", "of two lines"]));
        Assert.Equal(SyntheticTrace.Generate(options).Workload.Pods.ToArray(), SyntheticTrace.Generate(again).Workload.Pods.ToArray());
        Assert.Equal(SyntheticTrace.Nodes(options), SyntheticTrace.Nodes(again));
    }

    [Fact]
    public void Names_that_YAML_would_read_as_something_else_are_written_so_that_they_read_back()
    {
        SyntheticTraceOptions options = A.Trace(classes: [A.Class("on"), A.Class("1"), A.Class("null")]) with { Name = "no" };
        SyntheticTraceOptions again = SyntheticTraceFile.Parse(SyntheticTraceFile.Write(options), "t.yaml");
        Assert.Equal(["no", "on", "1", "null"], again.Classes.Select(kind => kind.Name).Prepend(again.Name));
    }

    [Fact]
    public void A_wave_is_written_as_its_weights()
    {
        string amplitude = Head + "  pods: 1\n  arrivals: { process: poisson, meanInterarrival: 1s, daily: { amplitude: 0.333, peak: 14h } }\n  classes: [{ name: a, cpu: 1, memory: 1 }]\n";
        SyntheticTraceOptions options = SyntheticTraceFile.Parse(amplitude, "t.yaml");
        Assert.Equal(DailyCycleOptions.Wave(TimeSpan.FromDays(1), 0.333, TimeSpan.FromHours(14)).Weights, SyntheticTraceFile.Parse(SyntheticTraceFile.Write(options), "t.yaml").Arrivals.Daily!.Weights);
    }

    [Theory]
    [InlineData("pods: 0", "spec.pods", null)]
    [InlineData("pods: 20000001", "spec.pods", null)]
    [InlineData("pod: 5", "spec", "pods")]
    [InlineData("pods: 5\n  seed: -1", "spec.seed", null)]
    [InlineData("pods: 5\n  seed: 18446744073709551616", "spec.seed", null)]
    [InlineData("pods: 5\n  timeStep: 0s", "spec.timeStep", null)]
    [InlineData("pods: 5\n  lifetime: { distribution: lognormla, median: 1, sigma: 1 }", "spec.lifetime.distribution", "lognormal")]
    [InlineData("pods: 5\n  lifetime: { distribution: lognormal, median: 1, sgima: 1 }", "spec.lifetime", "sigma")]
    [InlineData("pods: 5\n  lifetime: { distribution: exponential, mean: -1 }", "spec.lifetime.mean", null)]
    [InlineData("pods: 5\n  lifetime: { distribution: exponential, mean: 1, atLeast: 5, atMost: 4 }", "spec.lifetime", null)]
    [InlineData("pods: 5\n  fleet: [{ name: a, count: 1, cpu: 1, memory: 1, gpuModel: X }]", "spec.fleet[0].gpuModel", null)]
    [InlineData("pods: 5\n  fleet: [{ name: a, count: 1, cpu: 1, memory: 1 }, { name: a, count: 1, cpu: 1, memory: 1 }]", "spec.fleet[1].name", null)]
    public void A_bad_value_is_reported_with_its_place(string spec, string field, string? nearest)
    {
        InputException e = Assert.Throws<InputException>(() => SyntheticTraceFile.Parse(
            Head + "  arrivals: { process: poisson, meanInterarrival: 1s }\n  classes: [{ name: a, cpu: 1, memory: 1 }]\n  " + spec + "\n", "t.yaml"));
        Assert.Contains(e.Problems, problem => problem.Field == field && problem.Nearest == nearest && problem.Line > 6);
    }

    [Theory]
    [InlineData("process: poison, meanInterarrival: 1s", "spec.arrivals.process", "poisson")]
    [InlineData("process: poisson", "spec.arrivals", null)]
    [InlineData("process: poisson, meanInterarrival: 1s, offeredLoad: { resource: cpu, ofCapacity: 1 }", "spec.arrivals", null)]
    [InlineData("process: poisson, offeredLoad: { resource: cpu, ofCapacity: 1 }", "spec.lifetime", null)]
    [InlineData("process: together, meanInterarrival: 1s", "spec.arrivals", null)]
    [InlineData("process: gamma, shape: 0, meanInterarrival: 1s", "spec.arrivals.shape", null)]
    [InlineData("process: poisson, meanInterarrival: 0s", "spec.arrivals.meanInterarrival", null)]
    [InlineData("process: poisson, meanInterarrival: 1s, daily: { weights: [0, 0] }", "spec.arrivals.daily.weights", null)]
    [InlineData("process: poisson, meanInterarrival: 1s, daily: { amplitude: 1.5, peak: 1h }", "spec.arrivals.daily.amplitude", null)]
    [InlineData("process: poisson, meanInterarrival: 1s, daily: { amplitude: 1, weights: [1], peak: 1h }", "spec.arrivals.daily", null)]
    [InlineData("process: poisson, meanInterarrival: 1d, daily: { period: 1s, weights: [1, 2] }", "spec.arrivals.daily.period", null)]
    [InlineData("process: poisson, meanInterarrival: 1s, bursts: { factor: 1, meanBurst: 1s, meanCalm: 1s }", "spec.arrivals.bursts.factor", null)]
    public void Bad_arrivals_are_reported_with_their_place(string arrivals, string field, string? nearest)
    {
        InputException e = Assert.Throws<InputException>(() => SyntheticTraceFile.Parse(
            Head + "  pods: 5\n  arrivals: { " + arrivals + " }\n  classes: [{ name: a, cpu: 1, memory: 1 }]\n", "t.yaml"));
        Assert.Contains(e.Problems, problem => problem.Field == field && problem.Nearest == nearest && problem.Line >= 4);
    }

    [Theory]
    [InlineData("cpu: 1, memory: 1", "spec.classes[0].name")]
    [InlineData("name: a, memory: 1", "spec.classes[0]")]
    [InlineData("name: a, cpu: 1, cpuMilli: { distribution: constant, value: 1 }, memory: 1", "spec.classes[0]")]
    [InlineData("name: a, cpu: -1, memory: 1", "spec.classes[0].cpu")]
    [InlineData("name: a, cpu: 1, memory: 1, gpuMilli: 500", "spec.classes[0].gpuMilli")]
    [InlineData("name: a, cpu: 1, memory: 1, gpus: 2, gpuMilli: 500", "spec.classes[0].gpuMilli")]
    [InlineData("name: a, cpu: 1, memory: 1, gpus: 1, gpuMilli: 1001", "spec.classes[0].gpuMilli")]
    [InlineData("name: a, cpu: 1, memory: 1, gpus: 65", "spec.classes[0].gpus")]
    [InlineData("name: a, cpu: 1, memory: 1, gpuModels: [X]", "spec.classes[0].gpuModels")]
    [InlineData("name: a, cpu: 1, memory: 1, groupShare: 0.5", "spec.classes[0].groupSize")]
    [InlineData("name: a, cpu: 1, memory: 1, groupShare: 2", "spec.classes[0].groupShare")]
    [InlineData("name: a, cpu: 1, memory: 1, groupShare: 1, groupSize: { distribution: constant, value: 1, atLeast: 1 }", "spec.classes[0].groupSize")]
    [InlineData("name: a, cpu: 1, memory: 1, weight: -1", "spec.classes[0].weight")]
    [InlineData("name: a, cpu: 1, memory: 1, weight: 0", "spec.classes")]
    [InlineData("name: a, cpu: 1, memoryMib: { distribution: exponential, mean: 1, atMost: 1e30 }", "spec.classes[0].memoryMib.atMost")]
    public void A_bad_class_is_reported_with_its_place(string kind, string field)
    {
        InputException e = Assert.Throws<InputException>(() => SyntheticTraceFile.Parse(
            Head + "  pods: 5\n  arrivals: { process: poisson, meanInterarrival: 1s }\n  classes:\n    - { " + kind + " }\n", "t.yaml"));
        Assert.Contains(e.Problems, problem => problem.Field == field && problem.Line is 7 or 8);
    }

    [Fact]
    public void Options_that_no_file_wrote_are_checked_too() =>
        Assert.Equal("spec.pods", Assert.Single(Assert.Throws<InputException>(() => SyntheticTrace.Generate(A.Trace(0))).Problems).Field);
}
