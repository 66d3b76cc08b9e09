using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;
using SchedBench.Schedulers.Sampling;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Conformance;

/// <summary>Caches, tables and bit sets decide what a plain scan of all nodes decides.</summary>
public sealed class NaiveChoiceTests
{
    private const WorldTraits Traits = WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Timed;

    public static TheoryData<string, TieBreak> Cases
    {
        get
        {
            var cases = new TheoryData<string, TieBreak>();
            foreach (StrategyEntry entry in StrategyCatalog.BuiltIn().Entries)
            {
                foreach (TieBreak tieBreak in Enum.GetValues<TieBreak>()) cases.Add(entry.Name, tieBreak);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_decision_is_the_one_of_a_plain_scan(string strategy, TieBreak tieBreak)
    {
        int decisions = 0;
        Law.Holds(Traits | WorldTraits.Placement, world =>
        {
            NaiveChoice? naive = null;
            (world with { TieBreak = tieBreak }).Run(strategy).Judged(0).Before(run => naive = new NaiveChoice(run, strategy, tieBreak)).Go();
            decisions += naive!.Decisions;
        }, cases: 150);
        Assert.InRange(decisions, 3_000, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_decision_among_many_nodes_is_the_one_of_a_plain_scan(string strategy, TieBreak tieBreak)
    {
        // Several blocks of 64 nodes, several hundred changes between two visits of a shape.
        World world = WorldGenerator.World(7, Traits, nodes: 150, pods: 900) with { TieBreak = tieBreak };
        NaiveChoice? naive = null;
        world.Run(strategy).Judged(500).Before(run => naive = new NaiveChoice(run, strategy, tieBreak)).Go();
        Assert.InRange(naive!.Decisions, 900, int.MaxValue);
    }

    [Theory]
    [InlineData("best-fit")]
    [InlineData("random")]
    [InlineData("round-robin")]
    public void Every_decision_among_many_nodes_with_rules_is_the_one_of_a_plain_scan(string strategy)
    {
        foreach (TieBreak tieBreak in Enum.GetValues<TieBreak>())
        {
            World world = WorldGenerator.World(9, Traits | WorldTraits.Placement, nodes: 70, pods: 300) with { TieBreak = tieBreak };
            NaiveChoice? naive = null;
            world.Run(strategy).Judged(500).Before(run => naive = new NaiveChoice(run, strategy, tieBreak)).Go();
            Assert.InRange(naive!.Decisions, 300, int.MaxValue);
        }
    }

    [Theory]
    [InlineData(3, TieBreak.FirstInOrder)]
    [InlineData(3, TieBreak.LowestName)]
    [InlineData(3, TieBreak.Uniform)]
    [InlineData(64, TieBreak.Uniform)]
    public void A_node_that_is_drawn_again_does_not_get_another_chance_in_a_tie(int choices, TieBreak tieBreak) => Law.Holds(Traits, world =>
        (world with { TieBreak = tieBreak }).Run(new PowerOfChoices(new PowerOfChoicesOptions { Choices = choices }))
            .Judged(0).Before(run => _ = new NaiveChoice(run, "power-of-two", tieBreak, choices)).Go(), cases: 150);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_tiny_budget_for_tables_changes_nothing(string strategy, TieBreak tieBreak) => Law.Holds(WorldTraits.All, world =>
    {
        world = world with { TieBreak = tieBreak };
        ulong usual = world.Run(strategy).Judged(0).Go().Fingerprint;
        Assert.Equal(usual, world.Run(strategy).Judged(0).Scheduler(options => options with { CacheBudgetBytes = 1 }).Go().Fingerprint);
    }, cases: 60);
}
