using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Tests.Files;

public sealed class StrategyLabelTests : IDisposable
{
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("fgd, { name: fgd, tieBreak: uniform }", "fgd[tieBreak=firstInOrder] fgd[tieBreak=uniform]")]
    [InlineData("random, { name: fgd, tieBreak: uniform }", "random fgd")]
    [InlineData("swarm-spread, { name: swarm-spread, options: { window: 300s, maxFailures: 3 } }", "swarm-spread[maxFailures=5] swarm-spread[maxFailures=3]")]
    [InlineData(
        "swarm-spread, { name: swarm-spread, tieBreak: uniform }, { name: swarm-spread, options: { by: memory } }",
        "swarm-spread[tieBreak=firstInOrder;by=tasks] swarm-spread[tieBreak=uniform;by=tasks] swarm-spread[tieBreak=firstInOrder;by=memory]")]
    [InlineData("fgd, { name: fgd, tieBreak: uniform, label: mine }", "fgd[tieBreak=firstInOrder] mine")]
    public void Levels_of_one_name_say_in_what_they_differ(string strategies, string labels)
    {
        Experiment experiment = _files.Parse(TestExperiments.SmallWith("[random, best-fit, fgd]", $"[{strategies}]"));
        Assert.Equal(labels, string.Join(' ', experiment.Strategies.Select(strategy => strategy.Label)));
    }
}
