using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>A watch that lags: what is written becomes known here some time later, in order. A controller on it decides on a stale view, as in reality.</summary>
public sealed class DelayedFeed : ObjectFeed, IStoreListener, IEventHandler
{
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly Queue<StoreChange> _underway = new();

    private DelayedFeed(EventLoop loop, TimeSpan delay)
    {
        _loop = loop;
        _handler = loop.Register(this);
        Delay = delay;
    }

    /// <summary>How late changes become known from now on. Shortening it does not let a change overtake earlier ones.</summary>
    public TimeSpan Delay { get; set; }

    private TimeSpan _lastDue;

    /// <summary>Grows when everything becomes known early: events of what was under way then do nothing.</summary>
    private long _generation;

    /// <summary>A feed behind another one; with no delay, that one itself.</summary>
    public static ObjectFeed Behind(ObjectFeed source, EventLoop loop, TimeSpan delay)
    {
        if (delay == TimeSpan.Zero) return source;
        var feed = new DelayedFeed(loop, delay);
        source.Subscribe(feed);
        return feed;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        _underway.Enqueue(change);
        TimeSpan due = _loop.Now + Delay;
        if (due < _lastDue) due = _lastDue;
        _lastDue = due;
        _loop.Schedule(due, new EventData(_handler, 0, 0, _generation));
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Argument != _generation) return;
        StoreChange change = _underway.Dequeue();
        Publish(in change);
    }

    /// <summary>Everything that is under way becomes known now: whoever looks through this feed begins anew with a list, as a restarted process does.</summary>
    public void CatchUp()
    {
        _generation++;
        // What comes from now on follows nothing that is late.
        _lastDue = _loop.Now;
        StoreChange[] known = [.. _underway];
        _underway.Clear();
        foreach (StoreChange change in known) Publish(in change);
    }
}
