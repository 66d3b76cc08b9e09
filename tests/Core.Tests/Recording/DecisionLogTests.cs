using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Tests.Scheduling;
using SchedBench.Core.Tests.Scheduling.PreemptionTests;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording;

/// <summary>What the log says of decisions, and what is recorded of one of them.</summary>
public sealed class DecisionLogTests
{
    private static readonly LoggedDecision Decision = new(TimeSpan.FromSeconds(1), "p", 1, DecisionOutcome.Placed) { Node = "n0", Devices = DeviceSet.Of(1) };

    public static TheoryData<DecisionParts> AllParts => [.. Enum.GetValues<DecisionParts>()];

    [Theory]
    [MemberData(nameof(AllParts))]
    public void Two_decisions_differ_in_what_was_changed_and_in_nothing_else(DecisionParts part)
    {
        LoggedDecision other = part switch
        {
            DecisionParts.Time => Decision with { At = Decision.At + TimeSpan.FromTicks(1) },
            DecisionParts.Pod => Decision with { Pod = "q" },
            DecisionParts.Attempt => Decision with { Attempt = 2 },
            DecisionParts.Outcome => Decision with { Outcome = DecisionOutcome.Waits },
            DecisionParts.Node => Decision with { Node = "n1" },
            DecisionParts.Devices => Decision with { Devices = DeviceSet.Of(2) },
            DecisionParts.Preemption => Decision with { Preemption = "n0: q" },
            _ => Decision with { Reasons = "InsufficientCpu 3" },
        };
        Assert.Equal((part, part), (Decision.DifferencesTo(in other), other.DifferencesTo(in Decision)));
    }

    [Fact]
    public void Refusals_for_different_reasons_are_different_outcomes()
    {
        LoggedDecision one = Decision with { Outcome = DecisionOutcome.Refused, Refusal = RefusalReason.DoesNotFit }, other = one with { Refusal = RefusalReason.InvalidDevices };
        Assert.Equal(DecisionParts.Outcome, one.DifferencesTo(in other));
    }

    [Fact]
    public void Every_decision_is_told_once_in_order_with_node_and_devices()
    {
        List<LoggedDecision> log = Log(A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "4", gpus: 2)).Of(A.Workload().Pod(A.Pod("a").Cpu("1")).Pod(A.Pod("b").Gpus(2).At(2.5))));
        Assert.Equal(
            [
                new LoggedDecision(TimeSpan.Zero, "a", 1, DecisionOutcome.Placed) { Node = "n0" },
                new LoggedDecision(TimeSpan.FromSeconds(2.5), "b", 1, DecisionOutcome.Placed) { Node = "n0", Devices = new DeviceSet(0b11) },
            ],
            log);
    }

    [Fact]
    public void A_pod_without_a_node_has_the_reasons_counted_and_its_attempts_numbered()
    {
        List<LoggedDecision> log = Log(A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Pods(2, A.Pod("p").Cpu("1").For(30)).Pod(A.Pod("late").Cpu("1").At(1))));
        Assert.Equal(
            [
                new LoggedDecision(TimeSpan.FromSeconds(1), "late", 1, DecisionOutcome.NoNodeFits) { Reasons = "InsufficientCpu 2" },
                new LoggedDecision(TimeSpan.FromSeconds(30), "late", 2, DecisionOutcome.Placed) { Node = "n0" },
            ],
            log.Where(decision => decision.Pod == "late"));
    }

    [Theory]
    [InlineData(99, DecisionOutcome.Refused, RefusalReason.UnknownNode)]
    [InlineData(-1, DecisionOutcome.Waits, null)]
    [InlineData(int.MinValue, DecisionOutcome.StrategyError, null)]
    public void The_outcome_says_what_the_strategy_did(int node, DecisionOutcome outcome, RefusalReason? refusal)
    {
        var strategy = new Chosen((_, _) => node == int.MinValue ? throw new InvalidOperationException("no") : new NodeIndex(node));
        LoggedDecision first = Log(A.Run(strategy).On(A.Cluster().Nodes(2, cpu: "4")).Of(A.Workload().Pod(A.Pod("p"))))[0];
        Assert.Equal((outcome, refusal, ""), (first.Outcome, first.Refusal, first.Node));
    }

    [Fact]
    public void Members_of_a_group_are_a_decision_each_every_time_the_group_is_tried()
    {
        List<LoggedDecision> log = Log(GroupThatWaits);
        Assert.Equal(["now Placed n0", "m-0 NotPlanned ", "m-1 NotPlanned ", "m-0 Placed n0", "m-1 Placed n1"], log.Select(decision => $"{decision.Pod} {decision.Outcome} {decision.Node}"));
    }

    [Fact]
    public void Preemption_is_part_of_the_decision_that_led_to_it()
    {
        LoggedDecision high = Log(A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("low").Cpu("1").Priority(1)).Pod(A.Pod("high").Cpu("1").Priority(5).At(1)))
            .Before(run => run.Scheduler.Preemptor = new DefaultPreemptor(new StorePods(run))))[1];
        Assert.Equal(("high", DecisionOutcome.NoNodeFits, "n0: low"), (high.Pod, high.Outcome, high.Preemption));
    }

    [Fact]
    public void Listening_changes_no_decision()
    {
        RunBuilder Run() => A.Run("worst-fit").On(A.Cluster().Nodes(5, cpu: "4")).Of(A.Workload().Pods(40, A.Pod("p").Cpu("700m").For(20)).Group("g", 2, 3, A.Pod("m").Cpu("3").At(7)));
        RunResult heard = Run().Before(run => run.Scheduler.DecisionObserver = new DecisionLogger(DecisionScene.Of(run), _ => { }, withReasons: true)).Go();
        Assert.Equal(Run().Go().Fingerprint, heard.Fingerprint);
    }

    [Fact]
    public void A_decision_is_recalled_by_its_number_with_the_room_before_it()
    {
        RecordedDecision decision = Recall(A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "4", memory: "8Gi", gpus: 2)).Of(A.Workload().Pods(3, A.Pod("p").Cpu("1").GpuShare(400))), 1, "n0", "n7");
        Assert.Equal(("n0", 1), (decision.Chosen, decision.Uid));
        NodeRoom room = Assert.Single(decision.Rooms);
        Assert.Equal(("n0", true, 3000L, "600 1000"), (room.Node, room.IsPresent, room.FreeCpuMilli, string.Join(' ', room.DeviceFreeMilli)));
    }

    [Fact]
    public void The_number_of_a_decision_is_the_same_for_the_log_and_for_what_is_recalled()
    {
        List<LoggedDecision> log = Log(GroupThatWaits);
        for (int k = 0; k < log.Count; k++)
        {
            RecordedDecision decision = Recall(GroupThatWaits, k);
            Assert.Equal((log[k].At, log[k].Attempt, log[k].Node), (decision.At, decision.Attempt + 1, decision.Chosen));
            Assert.Equal(log[k].Pod.StartsWith('m'), decision.IsPlanned);
        }
    }

    private static RunBuilder GroupThatWaits => A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1"))
        .Of(A.Workload().Pod(A.Pod("now").Cpu("1").For(30)).Group("g", 2, 2, A.Pod("m").Cpu("1").At(1)));

    private static List<LoggedDecision> Log(RunBuilder builder)
    {
        var log = new List<LoggedDecision>();
        DecisionLogger? logger = null;
        builder.Before(run => run.Scheduler.DecisionObserver = logger = new DecisionLogger(DecisionScene.Of(run), log.Add, withReasons: true)).Go();
        logger!.Complete();
        return log;
    }

    /// <summary>The recorder asks for the end of the run by an exception as soon as another decision begins.</summary>
    private static RecordedDecision Recall(RunBuilder builder, long decision, params string[] rooms)
    {
        DecisionRecorder? recorder = null;
        try
        {
            builder.Before(run => run.Scheduler.DecisionObserver = recorder = new DecisionRecorder(DecisionScene.Of(run), decision, rooms, () => throw new OperationCanceledException())).Go();
        }
        catch (OperationCanceledException)
        {
            // Another decision came.
        }

        return Assert.Single(recorder!.Decisions);
    }
}
