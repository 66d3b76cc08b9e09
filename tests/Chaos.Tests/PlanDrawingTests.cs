using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Tests;

/// <summary>Who is hit when: a function of set, fleet and seed.</summary>
public sealed class PlanDrawingTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_seed_another()
    {
        FaultSet set = Set(new TimedSource("s", FaultEffect.Crash, new TargetSpec { Mode = TargetMode.Fixed, Value = 5 }, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)));
        Assert.Equal(Text(set, 60, 1), Text(set, 60, 1));
        Assert.NotEqual(Text(set, 60, 1), Text(set, 60, 2));
        Assert.Equal(12, PlanDrawing.Draw(set, Nodes(60), 1, Hour).Faults.Count);
    }

    [Theory]
    [InlineData(TargetMode.All, 0, 30, 30)]
    [InlineData(TargetMode.One, 0, 1, 1)]
    [InlineData(TargetMode.Fixed, 7, 7, 7)]
    [InlineData(TargetMode.FixedPercent, 50, 15, 15)]
    [InlineData(TargetMode.FixedPercent, 1, 1, 1)]
    [InlineData(TargetMode.RandomMaxPercent, 50, 1, 15)]
    public void The_mode_says_how_many_are_hit(TargetMode mode, int value, int least, int most)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            FaultPlan plan = PlanDrawing.Draw(Set(new TimedSource("s", FaultEffect.Hang, new TargetSpec { Mode = mode, Value = value }, TimeSpan.Zero, null, TimeSpan.Zero)) with { Survivors = IntOrPercent.Of(0) }, Nodes(30), seed, Hour);
            Assert.InRange(Assert.Single(plan.Faults).Nodes.Count, least, most);
        }
    }

    [Fact]
    public void Domains_fail_as_one_and_a_shock_hits_each_of_their_nodes_with_its_probability()
    {
        FaultSet zone = Set(new TimedSource("s", FaultEffect.Crash, new TargetSpec { DomainKey = "topology.kubernetes.io/zone", Mode = TargetMode.One }, TimeSpan.Zero, null, TimeSpan.Zero));
        Assert.Single(Assert.Single(PlanDrawing.Draw(zone, Nodes(30), 1, Hour).Faults).Nodes.Select(name => name[..1]).Distinct());
        var model = new FailureModel("m", Parse("exponential(mean=600)"), Parse("constant(value=1)")) { Hits = 0.3 };
        FaultPlan plan = PlanDrawing.Draw(Set(new ModelSource("s", FaultEffect.Crash, new TargetSpec { DomainKey = "topology.kubernetes.io/zone" }, model, TimeSpan.Zero)), Nodes(300), 1, TimeSpan.FromHours(10));
        Assert.InRange(plan.Faults.Average(fault => fault.Nodes.Count), 25, 35);
    }

    [Fact]
    public void A_rewiring_takes_every_node_down_once_five_percent_at_a_time_within_two_days()
    {
        FailureModel model = FailurePresets.Find("rewiring")!.Model() with { TimeToFailure = Parse("constant(value=864000)"), IsStationary = false };
        FaultPlan plan = PlanDrawing.Draw(Set(new ModelSource("s", FaultEffect.Crash, new TargetSpec(), model, TimeSpan.Zero)), Nodes(100), 1, TimeSpan.FromDays(15));
        Assert.Equal(20, plan.Faults.Count);
        Assert.All(plan.Faults, fault => Assert.Equal((5, TimeSpan.FromHours(2.4)), (fault.Nodes.Count, fault.Duration)));
        Assert.Equal(100, plan.Faults.SelectMany(fault => fault.Nodes).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Enumerable.Range(0, 20).Select(group => TimeSpan.FromDays(10) + (group * TimeSpan.FromMinutes(144))), plan.Faults.Select(fault => fault.At));
    }

    /// <summary>Of a wave that is under way when the run begins the groups that had their turn are well again: the share of nodes that are down is that of any other instant.</summary>
    [Fact]
    public void A_wave_under_way_at_the_start_goes_on_from_where_it_is()
    {
        FailureModel model = FailurePresets.Find("rewiring")!.Model() with { TimeToFailure = Parse("constant(value=1)"), Wave = 0.25 };
        for (ulong seed = 1; seed <= 20; seed++)
        {
            FaultPlan plan = PlanDrawing.Draw(Set(new ModelSource("s", FaultEffect.Crash, new TargetSpec(), model, TimeSpan.Zero)), Nodes(40), seed, TimeSpan.FromDays(1));
            Assert.All(plan.Faults, fault => Assert.Equal(10, fault.Nodes.Count));
            Assert.Equal(TimeSpan.Zero, plan.Faults[0].At);
            Assert.InRange(plan.Faults[0].Duration!.Value, TimeSpan.FromTicks(1), TimeSpan.FromHours(12));
        }
    }

    [Fact]
    public void A_node_more_changes_nothing_for_the_others()
    {
        FaultSet set = Set(new ModelSource("s", FaultEffect.Crash, new TargetSpec(), new FailureModel("m", Parse("exponential(mean=3000)"), Parse("exponential(mean=60)")), TimeSpan.Zero));
        string[] fewer = Text(set, 30, 1).Split('\n'), more = Text(set, 31, 1).Split('\n');
        Assert.Equal(fewer, more.Where(line => !line.Contains("a-30", StringComparison.Ordinal)));
        Assert.True(fewer.Length > 10);
    }

    [Fact]
    public void Another_source_changes_nothing_for_the_first()
    {
        var first = new TimedSource("first", FaultEffect.Crash, new TargetSpec { Mode = TargetMode.Fixed, Value = 3 }, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
        var second = new TimedSource("second", FaultEffect.CutOff, new TargetSpec { Mode = TargetMode.Fixed, Value = 3 }, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(7));
        Assert.Equal(Text(Set(first), 60, 1), string.Join('\n', Text(Set(second, first), 60, 1).Split('\n').Where(line => line.Contains("crash", StringComparison.Ordinal))));
    }

    [Fact]
    public void As_many_nodes_as_the_floor_says_are_hit_by_nothing()
    {
        FaultSet set = Set(new TimedSource("s", FaultEffect.Crash, new TargetSpec { Mode = TargetMode.FixedPercent, Value = 40 }, TimeSpan.Zero, TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(5))) with { Survivors = IntOrPercent.Percent(70) };
        FaultPlan plan = PlanDrawing.Draw(set, Nodes(50), 1, Hour);
        Assert.True(plan.Spared > 0);
        foreach (PlannedFault fault in plan.Faults)
        {
            int hit = plan.Faults.Where(other => other.At <= fault.At && fault.At < other.At + other.Duration).SelectMany(other => other.Nodes).Distinct(StringComparer.Ordinal).Count();
            Assert.InRange(hit, 1, 15);
        }
    }

    [Fact]
    public void Nodes_are_chosen_by_name_and_by_label()
    {
        FaultSet named = Set(new TimedSource("s", FaultEffect.Crash, new TargetSpec { Nodes = ["b-01", "nobody"] }, TimeSpan.Zero, null, TimeSpan.Zero));
        Assert.Equal(["b-01"], Assert.Single(PlanDrawing.Draw(named, Nodes(10), 1, Hour).Faults).Nodes);
        FaultSet labelled = Set(new TimedSource("s", FaultEffect.Crash, new TargetSpec { Selector = LabelSelector.Of([new Label("topology.kubernetes.io/zone", "c")]) }, TimeSpan.Zero, null, TimeSpan.Zero));
        Assert.Equal(["c-02", "c-05", "c-08"], Assert.Single(PlanDrawing.Draw(labelled, Nodes(10), 1, Hour).Faults).Nodes);
    }

    private static Core.Randomness.Distribution Parse(string text) => Core.Randomness.DistributionCatalog.TryParse(text, out _)!;

    private static FaultSet Set(params FaultSource[] sources) => new("set", sources);

    private static NodeSpec[] Nodes(int count) => [.. Enumerable.Range(0, count).Select(n => new NodeSpec { Name = $"{(char)('a' + (n % 3))}-{n:D2}", CpuMilli = 1000, Zone = ((char)('a' + (n % 3))).ToString() })];

    private static string Text(FaultSet set, int nodes, ulong seed) =>
        string.Join('\n', PlanDrawing.Draw(set, Nodes(nodes), seed, Hour).Faults.Select(fault => $"{fault.At} {fault.Duration} {fault.Effect} {string.Join(',', fault.Nodes)}"));
}
