using SchedBench.Core.Time;

namespace SchedBench.Core.Tests.Time;

public sealed class PacedClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly HandTime _time = new();

    [Fact]
    public void Without_pace_every_instant_is_reached_at_once()
    {
        using var clock = new PacedClock(_time);
        Assert.True(clock.WaitUntil(TimeSpan.FromDays(9), null, default));
        Assert.Equal(TimeSpan.FromDays(9), clock.Elapsed);
    }

    [Fact]
    public void A_change_of_pace_keeps_the_instant_and_counts_from_there()
    {
        using var clock = new PacedClock(_time, pace: 2);
        _time.Pass(10);
        clock.Pace = 5;
        _time.Pass(2);
        Assert.Equal(30 * Second, clock.Elapsed);
        Assert.True(clock.WaitUntil(28 * Second, null, default));
        Assert.Equal(TimeSpan.FromSeconds(0.4), clock.WorstLateness);
    }

    [Fact]
    public void Time_stands_while_it_is_paused_or_held()
    {
        using var clock = new PacedClock(_time, pace: 1);
        _time.Pass(3);
        clock.Pause();
        _time.Pass(100);
        Assert.Equal(3 * Second, clock.Elapsed);
        clock.Resume();
        _time.Pass(1);
        using (clock.Hold("somebody"))
        {
            _time.Pass(50);
            Assert.Equal(4 * Second, clock.Elapsed);
            Assert.True(clock.IsHeld);
            Assert.True(clock.WaitUntil(4 * Second, null, default));
        }

        _time.Pass(1);
        Assert.Equal(5 * Second, clock.Elapsed);
    }

    [Fact]
    public void A_hold_that_is_not_released_in_time_ends_the_run()
    {
        using var clock = new PacedClock(_time);
        ClockHold hold = clock.Hold("scheduler", 7 * Second);
        _time.Pass(8);
        HoldExpiredException late = Assert.Throws<HoldExpiredException>(() => clock.WaitUntil(Second, null, default));
        Assert.Contains("'scheduler' holds the run at 00:00:00 and has not answered within 00:00:07", late.Message, StringComparison.Ordinal);
        Assert.False(hold.Release());
    }

    [Fact]
    public void A_hold_of_the_loops_own_thread_that_took_too_long_ends_the_run_as_well()
    {
        using var clock = new PacedClock(_time);
        ClockHold hold = clock.Hold("extender", 7 * Second);
        _time.Pass(8);
        Assert.False(hold.Release());
        Assert.Throws<HoldExpiredException>(() => clock.WaitUntil(Second, null, default));
        Assert.Equal(1, Assert.Single(clock.Holds).Lapsed);
    }

    [Fact]
    public void A_hold_may_lapse_and_that_is_counted_with_the_real_time_it_took()
    {
        using var clock = new PacedClock(_time);
        clock.WaitUntil(Second, null, default);
        ClockHold late = clock.Hold("b", 7 * Second, HoldLapse.GoesOn);
        ClockHold quick = clock.Hold("a");
        _time.Pass(2);
        Assert.True(quick.Release());
        _time.Pass(8);
        Assert.True(clock.WaitUntil(2 * Second, null, default));
        Assert.False(late.Release());
        Assert.Equal([new HoldSummary("a", 1, 0, 2 * Second, 2 * Second, null), new HoldSummary("b", 1, 1, 10 * Second, 10 * Second, Second)], clock.Holds);
    }

    [Fact]
    public void What_was_posted_before_a_hold_was_released_comes_before_time_goes_on()
    {
        using var mailbox = new Mailbox();
        using var clock = new PacedClock(_time);
        ClockHold hold = clock.Hold("somebody");
        mailbox.Post(TimeSpan.Zero, default);
        hold.Release();
        Assert.False(clock.WaitUntil(Second, mailbox, default));
    }

    [Fact]
    public void A_wait_ends_when_time_goes_on_when_a_message_comes_and_when_it_is_cancelled()
    {
        using var mailbox = new Mailbox();
        using var clock = new PacedClock(_time);
        clock.Pause();
        After(() => clock.Resume());
        Assert.True(clock.WaitUntil(Second, mailbox, default));
        clock.Pause();
        After(() => mailbox.Post(TimeSpan.Zero, default));
        Assert.False(clock.WaitUntil(2 * Second, mailbox, default));
        using var cancellation = new CancellationTokenSource();
        using var silent = new Mailbox();
        After(cancellation.Cancel);
        Assert.Throws<OperationCanceledException>(() => clock.WaitUntil(2 * Second, silent, cancellation.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_pace_is_a_finite_number_above_zero(double pace)
    {
        using var clock = new PacedClock(_time);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Pace = pace);
    }

    private static void After(Action what) => new Thread(() =>
    {
        Thread.Sleep(20);
        what();
    }).Start();

    /// <summary>Real time that passes when the test says so.</summary>
    private sealed class HandTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Pass(double seconds) => Interlocked.Add(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);
    }
}
