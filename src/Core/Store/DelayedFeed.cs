using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>A watch that lags: what is written becomes known here some time later, in order. A controller on it decides on a stale view, as in reality.</summary>
public sealed class DelayedFeed : ObjectFeed, IStoreListener
{
    private readonly DelayLine<StoreChange> _line;

    private DelayedFeed(EventLoop loop, TimeSpan delay) => _line = new DelayLine<StoreChange>(loop, delay, change => Publish(in change));

    /// <summary>How late changes become known from now on. Shortening it does not let a change overtake earlier ones.</summary>
    public TimeSpan Delay
    {
        get => _line.Delay;
        set => _line.Delay = value;
    }

    /// <summary>A feed behind another one; with no delay, that one itself.</summary>
    public static ObjectFeed Behind(ObjectFeed source, EventLoop loop, TimeSpan delay)
    {
        if (delay == TimeSpan.Zero) return source;
        var feed = new DelayedFeed(loop, delay);
        source.Subscribe(feed);
        return feed;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change) => _line.Add(in change);

    /// <summary>Everything that is under way becomes known now: whoever looks through this feed begins anew with a list, as a restarted process does.</summary>
    public void CatchUp() => _line.CatchUp();
}
