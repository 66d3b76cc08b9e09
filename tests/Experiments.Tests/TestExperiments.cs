using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests;

/// <summary>A folder with the files that test experiments name, and the names they may use.</summary>
public sealed class TestExperiments : IDisposable
{
    /// <summary>The smallest experiment that uses one of everything that is required.</summary>
    public const string Small = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: small }
        spec:
          seeds: { first: 42, count: 3 }
          fleets:
            - name: gpus
              nodes: { format: openb, path: nodes.csv }
          workloads:
            - name: default
              trace: { format: openb, path: pods.csv }
              replay: { mode: saturate }
          strategies: [random, best-fit, fgd]

        """;

    public TestExperiments()
    {
        Folder = Directory.CreateTempSubdirectory("schedbench-experiments-").FullName;
        Data = Path.Combine(Folder, "data");
        Directory.CreateDirectory(Data);
        Write("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\n");
        Write("pods.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n");
        Write("data/more-pods.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n");
        Write("data/published.csv", "workload,policy,metric,arrived,runs,mean,stdev\n");
    }

    public static ExperimentVocabulary Vocabulary { get; } = new()
    {
        Strategies = new TestDirectory(),
        Figures = ["curves", "boxes"],
    };

    /// <summary>The strategies that really exist.</summary>
    public static ExperimentVocabulary BuiltIn { get; } = Vocabulary with { Strategies = new CatalogStrategies(StrategyCatalog.BuiltIn()) };

    public string Folder { get; }

    public string Data { get; }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    public Experiment Parse(string text) => ExperimentFile.Parse(text, "e.yaml", Folder, Data, Vocabulary);

    /// <summary><see cref="Small"/> with one text in it replaced by another.</summary>
    public static string SmallWith(string old, string replacement)
    {
        Assert.Contains(old, Small, StringComparison.Ordinal);
        return Small.Replace(old, replacement, StringComparison.Ordinal);
    }

    public IReadOnlyList<InputProblem> Problems(string text) => Assert.Throws<InputException>(() => Parse(text)).Problems;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class TestDirectory : IStrategyDirectory
    {
        public IReadOnlyCollection<string> Names { get; } = ["random", "best-fit", "dot-product", "gpu-packing", "gpu-clustering", "fgd", "swarm-spread"];

        public IReadOnlyList<StrategyOption> OptionsOf(string name) => name != "swarm-spread"
            ? []
            :
            [
                new StrategyOption("maxFailures", StrategyOptionKind.Integer, "5", "Failures that make a node avoided.") { Min = 1, Max = 100 },
                new StrategyOption("window", StrategyOptionKind.Duration, "5m", "How long a failure counts."),
                new StrategyOption("weight", StrategyOptionKind.Decimal, "0.5", "A weight.") { Min = 0, Max = 1 },
                new StrategyOption("sticky", StrategyOptionKind.Boolean, "false", "Whether it sticks."),
                new StrategyOption("by", StrategyOptionKind.Choice, "tasks", "What is spread.") { Choices = ["tasks", "memory"] },
            ];
    }
}
