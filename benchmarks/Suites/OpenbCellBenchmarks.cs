using BenchmarkDotNet.Attributes;
using SchedBench.Benchmarks.Harness;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Benchmarks.Suites;

/// <summary>One cell of the FGD study (seed 42, the default trace, 1,213 nodes, about 10,000 pods) from its inputs in memory to its metrics, for each of the study's policies.</summary>
public class OpenbCellBenchmarks
{
    private CellRunner _runner = null!;
    private PlannedCell _cell = null!;

    public static IEnumerable<string> Names => ["random", "best-fit", "dot-product", "gpu-packing", "gpu-clustering", "fgd"];

    [ParamsSource(nameof(Names))]
    public string Strategy { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        var session = ExperimentSession.Open(new RunRequest
        {
            ExperimentPath = Path.Combine(Locations.Repository, "workloads", "fgd", "experiment.yaml"),
            DataFolder = Locations.Openb ?? throw new InvalidOperationException(Locations.OpenbMissing),
            Only = CellFilter.Parse($"strategy={Strategy},workload=default,seed=42"),
        });
        _cell = session.Plan.Cells.Single();
        _runner = session.Runner([_cell]);
    }

    [Benchmark]
    public CellResult Cell()
    {
        CellResult result = _runner.Run(_cell);
        return result.Status == CellStatus.Ok ? result : throw new InvalidOperationException($"The cell failed: {result.Failure}");
    }
}
