using SchedBench.Experiments.Expectations;
using SchedBench.Experiments.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Expectations;

/// <summary>Published values stand beside the runs that they are about, and no others.</summary>
public sealed class PublishedComparisonTests : IDisposable
{
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Only_undisturbed_runs_on_the_fleet_stand_beside_published_values()
    {
        _files.Write("published.csv", "workload,policy,metric,arrived,runs,mean,stdev\ndefault,FGD,gpu_allocated,100,10,90,0.5\nother,FGD,gpu_allocated,100,10,90,0.5\n");
        CellResult[] cells =
        [
            Cell("large", Experiment.NoFaults, 1, 91), Cell("large", Experiment.NoFaults, 2, 93),
            Cell("small", Experiment.NoFaults, 1, 10), Cell("large", "crashes", 1, 20), Cell("small", "crashes", 2, 30),
        ];
        PublishedRow row = Assert.Single(PublishedComparison.Of(Published("large"), cells));
        Assert.Equal(("fgd", "gpu_allocated_percent", 92.0, 2), (row.Published.Policy, row.Published.Metric, row.Mean, row.Seeds));
        Assert.Equal(10.0, Assert.Single(PublishedComparison.Of(Published("small"), cells)).Mean);
        Assert.Empty(PublishedComparison.Of(Published("third"), cells));
    }

    private PublishedSpec Published(string fleet) => new(
        new InputPath("published.csv", Path.Combine(_files.Folder, "published.csv")), "published.csv", "Somebody", fleet, "arrived", "gpu_arrived_percent",
        [new("gpu_allocated", "gpu_allocated_percent")], [new("FGD", "fgd")]);

    private static CellResult Cell(string fleet, string faults, ulong seed, double allocated) => new()
    {
        Key = new CellKey("e", fleet, "default", faults, "fgd", seed),
        Series = [new SeriesPoint("gpu_allocated_percent", "gpu_arrived_percent", 100, allocated)],
    };
}
