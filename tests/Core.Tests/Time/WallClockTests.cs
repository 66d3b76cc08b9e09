using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Time;

public sealed class WallClockTests
{
    [Fact]
    public void A_run_on_the_wall_clock_is_the_run_in_virtual_time() => Law.Holds(WorldTraits.All, world =>
    {
        RunResult inVirtualTime = world.Run("least-allocated").Go();
        var clock = new WallClock(new SteppingTime(TimeSpan.FromHours(1)), pace: 3);
        Assert.Equal(inVirtualTime.Fingerprint, world.Run("least-allocated").Go(clock).Fingerprint);
    }, cases: 50);

    [Fact]
    public void A_huge_pace_on_the_real_clock_changes_nothing()
    {
        World world = WorldGenerator.World(4, WorldTraits.All);
        var clock = new WallClock(TimeProvider.System, pace: 1e9);
        Assert.Equal(world.Run("best-fit").Go().Fingerprint, world.Run("best-fit").Go(clock).Fingerprint);
    }

    [Fact]
    public void Lateness_is_the_real_time_by_which_an_event_was_missed()
    {
        // Every look at the clock finds 100 s gone: the clock starts at 100, and the first look, at an event due after 10 s of the run (5 s real), at 200.
        var clock = new WallClock(new SteppingTime(TimeSpan.FromSeconds(100)), pace: 2);
        Assert.True(clock.WaitUntil(TimeSpan.FromSeconds(10), null, default));
        Assert.Equal(TimeSpan.FromSeconds(95), clock.WorstLateness);
    }

    [Fact]
    public void Elapsed_time_runs_at_the_pace()
    {
        var clock = new WallClock(new SteppingTime(TimeSpan.FromSeconds(1)), pace: 60);
        Assert.Equal(TimeSpan.FromMinutes(1), clock.Elapsed);
        Assert.Equal(TimeSpan.FromMinutes(2), clock.Elapsed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_pace_is_a_finite_number_above_zero(double pace) => Assert.Throws<ArgumentOutOfRangeException>(() => new WallClock(TimeProvider.System, pace));

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void No_pace_overflows_the_clock(double pace)
    {
        var clock = new WallClock(new SteppingTime(TimeSpan.FromDays(1)), pace);
        Assert.True(clock.Elapsed >= TimeSpan.Zero);
        Assert.True(clock.WaitUntil(TimeSpan.Zero, null, default));
    }

    [Fact]
    public void A_message_ends_the_wait()
    {
        using var mailbox = new Mailbox();
        mailbox.Post(TimeSpan.Zero, default);
        var clock = new WallClock(TimeProvider.System, pace: 1);
        Assert.False(clock.WaitUntil(TimeSpan.FromDays(1), mailbox, default));
    }

    [Fact]
    public void A_wait_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var clock = new WallClock(TimeProvider.System, pace: 1);
        Assert.Throws<OperationCanceledException>(() => clock.WaitUntil(TimeSpan.FromDays(1), null, cancellation.Token));
    }

    /// <summary>Time that moves on by a step whenever somebody looks.</summary>
    private sealed class SteppingTime(TimeSpan step) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += step.Ticks;
    }
}
