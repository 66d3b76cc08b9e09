using SchedBench.Core.Cluster;
using SchedBench.Core.Intake;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Runs;

public sealed class RunControlTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static OrchestratedRunOptions Options(double until = 600) => OrchestrationBuilder.Fleet(3)
        .With(o => o with { Until = TimeSpan.FromSeconds(until) })
        .Apply(OrchestrationBuilder.ReplicaSet("web", 5)).Apply(100, OrchestrationBuilder.ReplicaSet("web", 8)).Options();

    private static ConfigMap Map(string name) => new() { Metadata = OrchestrationBuilder.Meta(name) };

    private static (ulong Fingerprint, long Events, long Version) End(OrchestratedRunOptions options, Action<RunControl> drive)
    {
        using var control = new RunControl(options);
        var fingerprint = new FingerprintObserver();
        control.Run.Facts.Subscribe(fingerprint);
        control.CloseIntake();
        drive(control);
        Assert.Equal(RunState.Ended, control.State);
        return (fingerprint.Value, control.Run.Loop.EventsHandled, control.Run.Store.ResourceVersion);
    }

    [Fact]
    public void However_a_run_is_driven_it_is_the_same_run()
    {
        var plain = new OrchestratedRun(Options(), new VirtualClock());
        var fingerprint = new FingerprintObserver();
        plain.Facts.Subscribe(fingerprint);
        plain.Run();
        (ulong, long, long) wanted = (fingerprint.Value, plain.Loop.EventsHandled, plain.Store.ResourceVersion);
        Assert.Equal(wanted, End(Options(), control => control.RunToEnd()));
        Assert.Equal(wanted, End(Options(), control =>
        {
            while (control.Step())
            {
                // Event by event.
            }
        }));
        Assert.Equal(wanted, End(Options(), control =>
        {
            for (int i = 1; control.RunUntil(TimeSpan.FromSeconds(7 * i)); i++) Assert.True(control.Run.Loop.Now <= control.Now);
        }));
        Assert.Equal(wanted, End(Options(), control =>
        {
            for (int events = 10; control.RunUntil(run => run.Loop.EventsHandled >= events); events += 10)
            {
                // Ten by ten.
            }
        }));
    }

    [Fact]
    public void A_step_handles_one_event()
    {
        using var control = new RunControl(Options());
        Assert.Equal(RunState.Ready, control.State);
        for (int i = 1; i <= 20; i++)
        {
            Assert.True(control.Step());
            Assert.Equal(i, control.Run.Loop.EventsHandled);
        }

        Assert.Equal(RunState.Stopped, control.State);
    }

    [Fact]
    public void A_run_stops_at_an_instant_at_a_condition_and_when_nothing_is_written_any_more()
    {
        using var control = new RunControl(Options());
        Assert.True(control.RunUntil(run => OrchestrationBuilder.Pods(run).Count(pod => pod.Status.IsReady) == 5));
        Assert.True(control.RunUntilQuiet(TimeSpan.FromSeconds(20)));
        Assert.True(control.Run.Loop.Now < TimeSpan.FromSeconds(100));
        Assert.True(control.RunUntil(TimeSpan.FromSeconds(90)));
        Assert.Equal((TimeSpan.FromSeconds(90), 5), (control.Now, OrchestrationBuilder.Pods(control.Run).Count));
        Assert.True(control.RunUntil(TimeSpan.FromSeconds(150)));
        Assert.Equal(8, OrchestrationBuilder.Pods(control.Run).Count(pod => pod.Status.IsReady));
        Assert.False(control.RunUntil(_ => false));
        Assert.Equal(RunState.Ended, control.State);
        Assert.False(control.Step());
    }

    [Fact]
    public void A_paused_run_answers_at_the_instant_at_which_it_stands_and_goes_on_when_it_is_told()
    {
        using var control = new RunControl(Options());
        control.RunUntil(TimeSpan.FromSeconds(50));
        control.Pause();
        Thread driver = Start(control);
        ApiAnswer answer = Answer(control.Api.Send(new CreateCall(Map("a"))));
        Assert.Equal((null, TimeSpan.FromSeconds(50)), (answer.Error, answer.At));
        Assert.Equal(RunState.Paused, control.State);
        Assert.Equal(TimeSpan.FromSeconds(50), Answer(control.Api.Send(new GetCall(Map("a").Key))).At);
        control.Resume();
        Assert.True(driver.Join(Patience));
        Assert.Equal(RunState.Ended, control.State);
    }

    [Fact]
    public void A_run_keeps_its_pace_and_changes_it_while_it_runs()
    {
        using var control = new RunControl(Options(1e6), new RunControlOptions { Time = TimeProvider.System, Pace = 1 });
        Thread driver = Start(control);
        Assert.True(Answer(control.Api.Send(new GetCall(new ObjectKey(ResourceKind.Node, "", "node-000")))).At < TimeSpan.FromSeconds(20));
        // A million seconds at one a second are more than a test has.
        control.Pace = 1e8;
        Assert.True(driver.Join(Patience));
        Assert.Equal(RunState.Ended, control.State);
        Assert.Equal(8, OrchestrationBuilder.Pods(control.Run).Count);
    }

    [Fact]
    public void Time_does_not_pass_before_a_holder_has_answered()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Time = TimeProvider.System });
        ClockHold hold = control.Hold("kubectl");
        Thread driver = Start(control);
        for (int i = 0; i < 20; i++) Assert.Equal(TimeSpan.Zero, Answer(control.Api.Send(new CreateCall(Map($"m{i}")))).At);
        Assert.Equal(RunState.Held, control.State);
        Assert.True(hold.Release());
        Assert.True(driver.Join(Patience));
        HoldSummary sum = Assert.Single(control.Holds);
        Assert.Equal(("kubectl", 1L, 0L), (sum.Who, sum.Count, sum.Lapsed));
        Assert.True(sum.Real > TimeSpan.Zero);
    }

    [Fact]
    public void A_holder_who_never_answers_fails_the_run_with_his_name()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Time = TimeProvider.System, HoldLimit = TimeSpan.FromMilliseconds(30) });
        control.Hold("sleeper");
        Task<ApiAnswer> waiting = control.Api.Send(new CreateCall(Map("a")), TimeSpan.FromSeconds(9));
        Assert.Contains("'sleeper'", Assert.Throws<HoldExpiredException>(control.RunToEnd).Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, control.State);
        Assert.Contains("'sleeper'", Answer(waiting).Error!.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => control.Step());
    }

    [Fact]
    public void A_holder_may_be_given_up_and_the_run_says_so()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Time = TimeProvider.System, HoldLimit = TimeSpan.FromMilliseconds(30), OnLimit = HoldLapse.GoesOn });
        ClockHold hold = control.Hold("sleeper");
        control.RunToEnd();
        Assert.Equal(RunState.Ended, control.State);
        Assert.Equal(1, Assert.Single(control.Holds).Lapsed);
        Assert.False(hold.Release());
    }

    [Fact]
    public void A_cancelled_run_ends_wherever_it_waits()
    {
        using var control = new RunControl(Options());
        control.Pause();
        Exception? ended = null;
        var driver = new Thread(() => ended = Record.Exception(control.RunToEnd));
        driver.Start();
        Assert.True(Answer(control.Api.Send(new CreateCall(Map("a")))).IsOk);
        control.Cancel();
        Assert.True(driver.Join(Patience));
        Assert.IsAssignableFrom<OperationCanceledException>(ended);
        Assert.Equal(RunState.Cancelled, control.State);
    }

    [Fact]
    public void One_thread_at_a_time_drives_a_run()
    {
        using var control = new RunControl(Options());
        control.Pause();
        Thread driver = Start(control);
        Answer(control.Api.Send(new CreateCall(Map("a"))));
        Assert.Throws<InvalidOperationException>(() => control.Step());
        control.Resume();
        Assert.True(driver.Join(Patience));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_scheduler_outside_binds_at_the_instant_at_which_a_pod_appears_and_its_run_is_the_same_however_long_it_thinks(int milliseconds)
    {
        (ulong first, IReadOnlyList<Mailbox.RecordedMessage> recorded) = Outside(0);
        (ulong second, _) = Outside(milliseconds);
        Assert.Equal(first, second);
        using RunControl replay = RunControl.Replay(Idle(), recorded);
        var fingerprint = new FingerprintObserver();
        replay.Run.Facts.Subscribe(fingerprint);
        replay.RunToEnd();
        Assert.Equal(first, fingerprint.Value);
        Assert.Equal(RunState.Ended, replay.State);
    }

    [Fact]
    public void Parties_are_asked_in_their_order_and_one_that_leaves_is_not_asked_again()
    {
        using var control = new RunControl(Idle(), new RunControlOptions { Time = TimeProvider.System }, "b", "a");
        List<string> asked = [];
        Thread[] threads = [.. ((string[])["a", "b"]).Select(name => new Thread(() =>
        {
            RunParty party = control.Party(name);
            while (party.WaitForTurn() is { } turn)
            {
                lock (asked) asked.Add($"{name}{turn.Number}");
                if (name == "a") party.Leave();
                turn.Done();
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        control.RunToEnd();
        Assert.All(threads, thread => Assert.True(thread.Join(Patience)));
        Assert.Equal(["b1", "a1", "b2"], asked);
        Assert.Contains("did you mean", Assert.Throws<ArgumentException>(() => control.Party("bb")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_party_that_does_not_answer_in_time_lapses_and_is_counted()
    {
        using var control = new RunControl(Idle(), new RunControlOptions { Time = TimeProvider.System, HoldLimit = TimeSpan.FromMilliseconds(20), OnLimit = HoldLapse.GoesOn }, "slow");
        using var ended = new ManualResetEventSlim();
        bool? last = null;
        var thread = new Thread(() =>
        {
            RunTurn? turn = control.Party("slow").WaitForTurn();
            ended.Wait(Patience);
            last = turn?.Done();
        });
        thread.Start();
        control.RunToEnd();
        ended.Set();
        Assert.True(thread.Join(Patience));
        Assert.NotEqual(true, last);
        Assert.Equal(2, Assert.Single(control.Holds).Lapsed);
    }

    [Fact]
    public void An_idle_run_ends_where_it_need_not_wait_for_calls()
    {
        using var control = new RunControl(OrchestrationBuilder.Fleet(1).Options() with { Agents = null }, new RunControlOptions { EndsWhenIdle = true });
        control.RunToEnd();
        Assert.Equal(RunState.Ended, control.State);
    }

    [Fact]
    public void A_recording_does_not_fit_another_run()
    {
        (_, IReadOnlyList<Mailbox.RecordedMessage> recorded) = Outside(0);
        using RunControl replay = RunControl.Replay(Idle() with { Steps = [] }, recorded);
        Assert.Contains("not the run that was recorded", Assert.Throws<InvalidOperationException>(replay.RunToEnd).Message, StringComparison.Ordinal);
    }

    /// <summary>A run in which nobody but a party outside binds pods.</summary>
    private static (ulong Fingerprint, IReadOnlyList<Mailbox.RecordedMessage> Recorded) Outside(int milliseconds)
    {
        using var control = new RunControl(Idle(), new RunControlOptions { Time = TimeProvider.System }, "scheduler");
        var fingerprint = new FingerprintObserver();
        control.Run.Facts.Subscribe(fingerprint);
        var thread = new Thread(() => Bind(control, milliseconds));
        thread.Start();
        control.RunToEnd();
        Assert.True(thread.Join(Patience));
        Assert.Equal(RunState.Ended, control.State);
        Assert.All(OrchestrationBuilder.Pods(control.Run), pod => Assert.True(pod.Status.IsReady));
        Assert.All(OrchestrationBuilder.Pods(control.Run), pod => Assert.Equal(pod.Metadata.CreatedAt, pod.Status.ScheduledAt));
        Assert.Equal(8, OrchestrationBuilder.Pods(control.Run).Count);
        Assert.Equal(0, Assert.Single(control.Holds).Lapsed);
        return (fingerprint.Value, control.Recorded);
    }

    private static void Bind(RunControl control, int milliseconds)
    {
        int next = 0;
        while (control.Party("scheduler").WaitForTurn() is { } turn)
        {
            foreach (StoreChange change in turn.Changes)
            {
                if (change is not { Before: null, After: Pod { Node.IsNode: false } pod }) continue;
                if (milliseconds > 0) Thread.Sleep(milliseconds);
                Task<ApiAnswer> bound = control.Api.Send(new BindCall(pod.Key, $"node-{next++ % 3:D3}", pod.Uid));
                if (next % 2 == 0) Answer(bound);
            }

            turn.Done();
        }
    }

    [Fact]
    public void A_party_that_leaves_just_before_it_is_asked_holds_nobody_up()
    {
        var party = new RunParty("a");
        party.Leave();
        int woken = 0;
        Assert.True(party.Ask(TimeSpan.Zero, () => woken++).IsOver);
        Assert.Equal(1, woken);
        Assert.True(new RunParty("b").Ask(TimeSpan.Zero, () => woken++) is { IsOver: false });
    }

    private static OrchestratedRunOptions Idle() => Options() with { Strategy = new LeavesItToOthers(), Preempts = false };

    private static Thread Start(RunControl control)
    {
        var driver = new Thread(control.RunToEnd);
        driver.Start();
        return driver;
    }

    private static TAnswer Answer<TAnswer>(Task<TAnswer> task)
    {
        Assert.True(task.Wait(Patience));
        return task.Result;
    }

    private sealed class LeavesItToOthers : ClusterStrategy
    {
        public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible) => NodeIndex.None;
    }
}
