using System.Threading.Channels;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Intake;

/// <summary>What a watch tells.</summary>
public enum WatchEventKind : byte
{
    /// <summary>An object came to be, or came to match.</summary>
    Added,

    /// <summary>An object changed.</summary>
    Modified,

    /// <summary>An object is gone, or matches no more: shown as it last was, with the version of its end.</summary>
    Deleted,

    /// <summary>Everything up to the version was sent.</summary>
    Bookmark,

    /// <summary>The watch ends: 410 when it fell too far behind, 503 when the run is over.</summary>
    Error,
}

/// <summary>Something that a watch tells.</summary>
/// <param name="Kind">What.</param>
/// <param name="Object">The object; null for bookmarks and errors.</param>
/// <param name="ResourceVersion">Everything up to this version was sent: where a new watch may go on.</param>
/// <param name="Error">Why it ends; null otherwise.</param>
public sealed record WatchEvent(WatchEventKind Kind, KubeObject? Object, long ResourceVersion, ApiError? Error = null);

/// <summary>A watch from outside of the loop: the loop writes, one reader reads, on any thread. Never a gap in silence: who falls too far behind is told 410.</summary>
public sealed class OutsideWatch : IDisposable
{
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();
    private readonly int _capacity;
    private volatile bool _isClosed;

    internal OutsideWatch(WatchCall call, int capacity)
    {
        Call = call;
        _capacity = capacity;
    }

    /// <summary>The events, in order; completed after an error and when the watch is closed.</summary>
    public ChannelReader<WatchEvent> Events => _events.Reader;

    /// <summary>What is watched.</summary>
    public WatchCall Call { get; }

    /// <summary>Whether nothing is sent any more.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>Instant of the last event.</summary>
    internal TimeSpan SentAt { get; private set; }

    /// <summary>Nobody reads it any more. Thread-safe.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _events.Writer.TryComplete();
    }

    /// <summary>Sends a change, as far as it concerns this watch.</summary>
    internal void OnChange(in StoreChange change, TimeSpan now, TimeSpan bookmarkPeriod)
    {
        bool did = change.Before is { } before && Call.Matches(before), does = change.After is { } after && Call.Matches(after);
        if (does) Send(new WatchEvent(did ? WatchEventKind.Modified : WatchEventKind.Added, change.After, change.ResourceVersion), now);
        else if (did) Send(new WatchEvent(WatchEventKind.Deleted, change.Before! with { Metadata = change.Before.Metadata with { ResourceVersion = change.ResourceVersion } }, change.ResourceVersion), now);
        else if (Call.SendsBookmarks && now - SentAt >= bookmarkPeriod) Send(new WatchEvent(WatchEventKind.Bookmark, null, change.ResourceVersion), now);
    }

    /// <summary>Sends an event; the watch ends when its reader is too far behind.</summary>
    internal void Send(WatchEvent next, TimeSpan now)
    {
        if (_isClosed) return;
        SentAt = now;
        if (_events.Reader.Count < _capacity) _events.Writer.TryWrite(next);
        else End(new ApiError(ApiErrorCode.Gone, $"the watch is {_capacity} events behind: list again"), next.ResourceVersion - 1);
    }

    /// <summary>Tells why it ends.</summary>
    internal void End(ApiError why, long version)
    {
        if (_isClosed) return;
        _events.Writer.TryWrite(new WatchEvent(WatchEventKind.Error, null, version, why));
        Dispose();
    }
}
