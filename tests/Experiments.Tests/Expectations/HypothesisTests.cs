using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Tests.Expectations;

/// <summary>Expectations in words.</summary>
public sealed class HypothesisTests
{
    [Theory]
    [InlineData("availability of web >= 99.9 %", "replica_availability_ratio", "web", null, 0.999, null)]
    [InlineData("quorum of shop/web under crashes>=95%", "quorum_availability_ratio", "shop/web", "crashes", 0.95, null)]
    [InlineData("recovery p95 <= 90s", "time_to_recover_seconds_p95", null, null, null, 90.0)]
    [InlineData("detection max under crashes <= 1m", "time_to_detect_seconds_max", null, "crashes", null, 60.0)]
    [InlineData("pods_lost_total <= 3", "pods_lost_total", null, null, null, 3.0)]
    [InlineData("no budget overspent", "budget_overspent_seconds", null, null, null, 0.0)]
    public void Words_mean_a_metric_and_a_bound_for_the_worst_seed(string text, string metric, string? service, string? faults, double? atLeast, double? atMost)
    {
        (Expectation? expectation, IReadOnlyList<InputProblem> problems) = Read(text);
        Assert.Empty(problems);
        Assert.Equal(new Expectation(metric, atLeast is null ? ExpectationStatistic.Max : ExpectationStatistic.Min, (decimal?)atLeast, (decimal?)atMost) { Service = service, Faults = faults }, expectation);
    }

    [Theory]
    [InlineData("availability of web", "expected a hypothesis such as")]
    [InlineData("availability of web >= many", "expected a hypothesis such as")]
    [InlineData("avalability of web >= 99 %", "did you mean 'availability'?")]
    [InlineData("recovery p96 <= 90s", "with mean, p50, p95, p99, max")]
    [InlineData("recovery p95 under crashs <= 90s", "did you mean 'crashes'?")]
    public void What_is_no_hypothesis_is_told(string text, string expected)
    {
        (Expectation? expectation, IReadOnlyList<InputProblem> problems) = Read(text);
        Assert.Null(expectation);
        Assert.Contains(expected, $"{Assert.Single(problems)}", StringComparison.Ordinal);
    }

    private static (Expectation? Expectation, IReadOnlyList<InputProblem> Problems) Read(string text)
    {
        var reader = new YamlReader("test.yaml");
        YamlMap map = reader.Open(YamlDocument.ParseSingle($"expect: \"{text}\"\n", "test.yaml"));
        Expectation? expectation = HypothesisText.Read(map.Required("expect")!, ["pods_lost_total", "budget_overspent_seconds"], [new FaultSet("crashes", [])]);
        try
        {
            reader.Finish();
            return (expectation, []);
        }
        catch (InputException error)
        {
            return (expectation, error.Problems);
        }
    }
}
