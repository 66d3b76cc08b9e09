using SchedBench.Core.Recording;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Conformance;

/// <summary>The laws that every listed strategy obeys. The invariant observer judges every event of every run.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Strategies => [.. StrategyCatalog.BuiltIn().Entries.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Never_decides_what_is_not_feasible(string strategy) => Law.Holds(WorldTraits.All, world =>
    {
        RunResult result = world.Run(strategy).Go();
        Assert.Empty(result.Refusals);
        Assert.Equal(0, result.Count(FactKind.StrategyError));
        Assert.Equal(0, result.Count(FactKind.PodRejected));
    });
}
