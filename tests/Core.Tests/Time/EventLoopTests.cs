using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Time;

public sealed class EventLoopTests
{
    [Fact]
    public void Events_run_in_order_of_instant()
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        foreach (int second in new[] { 5, 1, 3, 2, 4 }) loop.Schedule(TimeSpan.FromSeconds(second), new EventData(0, 0, second));
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal([1, 2, 3, 4, 5], log.Subjects);
        Assert.Equal(TimeSpan.FromSeconds(5), loop.Now);
        Assert.Equal(5, loop.EventsHandled);
    }

    [Fact]
    public void Equal_instants_run_in_the_order_in_which_they_were_scheduled()
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        // The library's heap alone would mix a hundred equal priorities.
        for (int i = 0; i < 100; i++) loop.Schedule(TimeSpan.FromSeconds(1), new EventData(0, 0, i));
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal(Enumerable.Range(0, 100), log.Subjects);
    }

    [Fact]
    public void An_event_scheduled_for_now_runs_after_those_that_wait_for_now()
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        log.OnEvent = data =>
        {
            if (data.Subject == 0) loop.Schedule(loop.Now, new EventData(0, 0, 9));
        };
        for (int i = 0; i < 3; i++) loop.Schedule(TimeSpan.Zero, new EventData(0, 0, i));
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal([0, 1, 2, 9], log.Subjects);
    }

    [Fact]
    public void Nothing_is_scheduled_in_the_past()
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        log.OnEvent = _ => loop.Schedule(TimeSpan.FromTicks(loop.Now.Ticks - 1), default);
        loop.Schedule(TimeSpan.FromSeconds(1), default);
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Run(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => loop.Schedule(TimeSpan.FromTicks(-1), default));
    }

    [Fact]
    public void A_run_stops_at_its_last_instant_and_can_go_on()
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        for (int i = 1; i <= 4; i++) loop.Schedule(TimeSpan.FromSeconds(i), new EventData(0, 0, i));
        loop.Run(TimeSpan.FromSeconds(2));
        Assert.Equal([1, 2], log.Subjects);
        Assert.Equal(2, loop.Pending);
        Assert.Equal(TimeSpan.FromSeconds(2), loop.Now);
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal([1, 2, 3, 4], log.Subjects);
    }

    [Fact]
    public void A_cancelled_run_ends()
    {
        using var cancellation = new CancellationTokenSource();
        var log = new Log();
        EventLoop loop = log.Loop();
        log.OnEvent = _ =>
        {
            if (loop.EventsHandled == 10_000) cancellation.Cancel();
            loop.Schedule(loop.Now, default);
        };
        loop.Schedule(TimeSpan.Zero, default);
        Assert.Throws<OperationCanceledException>(() => loop.Run(TimeSpan.MaxValue, null, cancellation.Token));
        Assert.InRange(loop.EventsHandled, 10_000, 10_000 + 4096);
    }

    [Fact]
    public void Every_handler_gets_its_own_events()
    {
        var first = new Log();
        var second = new Log();
        EventLoop loop = first.Loop();
        ushort number = loop.Register(second);
        loop.Schedule(TimeSpan.Zero, new EventData(number, 0, 7));
        loop.Schedule(TimeSpan.Zero, new EventData(0, 0, 3));
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal([3], first.Subjects);
        Assert.Equal([7], second.Subjects);
    }

    [Fact]
    public void Whatever_is_scheduled_when_comes_out_in_total_order() => Law.Holds(dice =>
    {
        var log = new Log();
        EventLoop loop = log.Loop();
        var observer = new KeyRecorder();
        loop.Observer = observer;
        int left = dice.Between(0, 200);
        log.OnEvent = _ =>
        {
            for (int i = dice.Between(0, 2); i > 0 && left > 0; i--, left--)
                loop.Schedule(loop.Now + TimeSpan.FromTicks(dice.Of(0, 0, 1, 2, 50)), new EventData(0, 0, left));
        };
        for (int i = 0; i < 20; i++) loop.Schedule(TimeSpan.FromTicks(dice.Between(0, 10)), new EventData(0, 0, i));
        loop.Run(TimeSpan.MaxValue);
        Assert.Equal(observer.Keys.Order(), observer.Keys);
        Assert.Equal(observer.Keys.Distinct().Count(), observer.Keys.Count);
        Assert.Equal(loop.EventsHandled, observer.Keys.Count);
        Assert.Equal(0, loop.Pending);
    });

    [Fact]
    public void Keys_are_totally_ordered() => Law.Holds(dice =>
    {
        var left = new EventKey(TimeSpan.FromTicks(dice.Between(0, 2)), (ulong)dice.Between(0, 2));
        var right = new EventKey(TimeSpan.FromTicks(dice.Between(0, 2)), (ulong)dice.Between(0, 2));
        int expected = left.Due != right.Due ? left.Due.CompareTo(right.Due) : left.Sequence.CompareTo(right.Sequence);
        Assert.Equal(Math.Sign(expected), Math.Sign(left.CompareTo(right)));
        Assert.Equal(expected < 0, left < right);
        Assert.Equal(expected > 0, left > right);
        Assert.Equal(expected <= 0, left <= right);
        Assert.Equal(expected >= 0, left >= right);
    });

    private sealed class KeyRecorder : IEventLoopObserver
    {
        public List<EventKey> Keys { get; } = [];

        public void AfterEvent(EventKey key) => Keys.Add(key);
    }
}

/// <summary>A handler that remembers whom its events concerned.</summary>
internal sealed class Log : IEventHandler
{
    public List<int> Subjects { get; } = [];

    public Action<EventData>? OnEvent { get; set; }

    public EventLoop Loop(IClock? clock = null)
    {
        var loop = new EventLoop(clock ?? new VirtualClock());
        loop.Register(this);
        return loop;
    }

    public void Handle(in EventData data)
    {
        Subjects.Add(data.Subject);
        OnEvent?.Invoke(data);
    }
}
