using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Decisions;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using SchedBench.TestKit.Results;

namespace SchedBench.Experiments.Tests.Decisions;

/// <summary>Where two rows of decisions part, and the decisions of runs that are made for it.</summary>
public sealed class DivergenceTests : IDisposable
{
    private readonly TinyExperiment _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("", "", 0, "", "")]
    [InlineData("abc", "abc", 3, "", "")]
    [InlineData("abc", "abd", 2, "c", "d")]
    [InlineData("abc", "xbc", 0, "a", "x")]
    [InlineData("abc", "ab", 2, "c", "")]
    [InlineData("ab", "abcd", 2, "", "c")]
    [InlineData("", "a", 0, "", "a")]
    public void The_first_decision_that_differs_or_is_missing_is_found(string a, string b, int equal, string ofA, string ofB)
    {
        using Row left = new(a), right = new(b);
        var divergence = Divergence.Find(left, right);
        Assert.Equal((equal, ofA, ofB), (divergence.Equal, divergence.A?.Pod ?? "", divergence.B?.Pod ?? ""));
        Assert.Equal(a == b, divergence.IsNone);
        Assert.Equal(ofA.Length > 0 && ofB.Length > 0 ? DecisionParts.Pod : DecisionParts.None, divergence.Parts);
        // No more of either row is read than it takes.
        Assert.True(left.Read <= equal + 1 && right.Read <= equal + 1);
    }

    [Fact]
    public void A_run_and_its_repetition_make_the_same_decisions()
    {
        (CellRunner runner, PlannedCell cell) = Cell("strategy=fgd,seed=2");
        using RunDecisions a = new(runner, cell, CancellationToken.None), b = new(runner, cell, CancellationToken.None);
        var divergence = Divergence.Find(a, b);
        Assert.True(divergence.IsNone);
        // Forty pods and the one that is too big: each is decided on at least once.
        Assert.True(divergence.Equal >= 41, $"{divergence.Equal} decisions");
        Assert.Equal(("", ""), (a.Failure, b.Failure));
    }

    [Fact]
    public void What_is_recalled_is_the_decision_where_they_part()
    {
        (CellRunner ofA, PlannedCell a) = Cell("strategy=best-fit,seed=1");
        (CellRunner ofB, PlannedCell b) = Cell("strategy=random,seed=1");
        Divergence divergence;
        using (RunDecisions left = new(ofA, a, CancellationToken.None), right = new(ofB, b, CancellationToken.None)) divergence = Divergence.Find(left, right);
        Assert.Equal(DecisionParts.Node, divergence.Parts);
        RecordedDecision recalled = Divergence.Recall(ofB, b, divergence.Equal, [divergence.A!.Value.Node], CancellationToken.None)!;
        Assert.Equal((divergence.B!.Value.At, divergence.B.Value.Node), (recalled.At, recalled.Chosen));
        Assert.Equal(divergence.A.Value.Node, Assert.Single(recalled.Rooms).Node);
    }

    [Fact]
    public void Beyond_the_last_decision_nothing_is_recalled()
    {
        (CellRunner runner, PlannedCell cell) = Cell("strategy=best-fit,seed=1");
        Assert.Null(Divergence.Recall(runner, cell, 1_000_000, [], CancellationToken.None));
    }

    [Fact]
    public void A_reader_that_has_seen_enough_ends_the_run()
    {
        (CellRunner runner, PlannedCell cell) = Cell("strategy=best-fit,seed=1");
        using var run = new RunDecisions(runner, cell, CancellationToken.None);
        Assert.True(run.TryNext(out LoggedDecision first));
        Assert.Equal(("pod-00", 1, DecisionOutcome.Placed), (first.Pod, first.Attempt, first.Outcome));
    }

    [Fact]
    public void A_cancelled_run_is_not_taken_for_a_short_one()
    {
        (CellRunner runner, PlannedCell cell) = Cell("strategy=best-fit,seed=1");
        using var source = new CancellationTokenSource();
        source.Cancel();
        using var run = new RunDecisions(runner, cell, source.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => run.TryNext(out _));
        Assert.ThrowsAny<OperationCanceledException>(() => Divergence.Recall(runner, cell, 3, [], source.Token));
    }

    [Theory]
    [InlineData("strategy=fgd,seed=1", "seed=2", "strategy=fgd,seed=2")]
    [InlineData("strategy=fgd", "seed=2", "strategy=fgd,seed=2")]
    [InlineData("strategy=fgd,strategy=random", "strategy=best-fit", "strategy=best-fit")]
    public void A_filter_beside_another_takes_the_place_of_its_conditions_on_a_factor(string first, string second, string both) =>
        Assert.Equal(both, CellFilter.Parse(first).With(CellFilter.Parse(second, "--a")).Text);

    private (CellRunner Runner, PlannedCell Cell) Cell(string only)
    {
        var session = ExperimentSession.Open(new RunRequest { ExperimentPath = _tiny.File, Only = CellFilter.Parse(only) });
        PlannedCell cell = Assert.Single(session.Plan.Cells);
        return (session.Runner([cell]), cell);
    }

    /// <summary>A decision a letter.</summary>
    private sealed class Row(string pods) : DecisionSource
    {
        public int Read { get; private set; }

        public override CellKey Cell => new("e", "f", "w", "none", "s", 1);

        public override bool TryNext(out LoggedDecision decision)
        {
            decision = default;
            if (Read == pods.Length) return false;
            decision = new LoggedDecision(TimeSpan.Zero, pods[Read++].ToString(), 1, DecisionOutcome.Placed);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
