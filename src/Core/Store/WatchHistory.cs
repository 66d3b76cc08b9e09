using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>The last changes of the store, for watchers outside: a ring that exists only while somebody watches.</summary>
public sealed class WatchHistory
{
    private readonly int _capacity;
    private StoreChange[] _ring = [];
    private long _count;
    private long _start;

    /// <summary>An idle history.</summary>
    /// <param name="capacity">Changes kept while somebody watches.</param>
    public WatchHistory(int capacity = 16_384) => _capacity = capacity;

    /// <summary>Watches that are open.</summary>
    public int Watches { get; private set; }

    /// <summary>Starts a watch behind a version.</summary>
    /// <param name="kind">Kind to watch, or null for all.</param>
    /// <param name="from">Version after which changes are delivered: that of a list, or of the last change seen.</param>
    /// <param name="current">The store's version now.</param>
    /// <param name="watch">The watch.</param>
    /// <returns>Null, or 410 when changes after <paramref name="from"/> are no longer kept, 422 when it lies in the future.</returns>
    public ApiError? Watch(ResourceKind? kind, long from, long current, out ObjectWatch? watch)
    {
        watch = null;
        if (from > current) return new ApiError(ApiErrorCode.Invalid, $"version {from} lies in the future: {current} is the last");
        if (_ring.Length == 0)
        {
            _ring = new StoreChange[_capacity];
            _count = 0;
            _start = current;
        }

        if (from < Oldest) return new ApiError(ApiErrorCode.Gone, $"version {from} is too old: changes after {Oldest} are kept");
        Watches++;
        watch = new ObjectWatch(this, kind, from);
        return null;
    }

    /// <summary>The objects of a kind as they were when a version was the last.</summary>
    /// <param name="kind">Kind.</param>
    /// <param name="version">Version.</param>
    /// <param name="current">The store's version now.</param>
    /// <param name="view">The store's objects now.</param>
    /// <param name="items">The objects, in no particular order.</param>
    /// <returns>Null, or 410 when changes after the version are no longer kept, 504 when it was not written yet.</returns>
    public ApiError? ListAt(ResourceKind kind, long version, long current, ObjectView view, out IReadOnlyList<KubeObject> items)
    {
        items = [];
        if (version > current) return new ApiError(ApiErrorCode.Timeout, $"Too large resource version: {version}, current: {current}");
        if (version < current && (_ring.Length == 0 || version < Oldest))
            return new ApiError(ApiErrorCode.Gone, $"version {version} is too old: {(_ring.Length == 0 ? "no changes are kept as nobody watches" : $"changes after {Oldest} are kept")}");
        var then = new Dictionary<ObjectKey, KubeObject?>();
        for (long i = _count - 1; i >= 0 && i >= _count - _capacity && version < current && _ring[i % _capacity].ResourceVersion > version; i--)
        {
            StoreChange change = _ring[i % _capacity];
            if (change.Kind == kind) then[change.Object.Key] = change.Before;
        }

        List<KubeObject> found = [.. view.All(kind).Where(item => !then.ContainsKey(item.Key))];
        found.AddRange(then.Values.OfType<KubeObject>());
        items = found;
        return null;
    }

    /// <summary>Changes after this version are kept.</summary>
    private long Oldest => _count <= _capacity ? _start : _ring[_count % _capacity].ResourceVersion - 1;

    internal void Add(in StoreChange change)
    {
        if (_ring.Length > 0) _ring[_count++ % _capacity] = change;
    }

    internal void Close()
    {
        if (--Watches == 0) _ring = [];
    }

    /// <summary>The first kept change after a version.</summary>
    /// <returns>Null with a change, or 410.</returns>
    internal ApiError? Next(long after, out StoreChange? change)
    {
        change = null;
        if (after < Oldest) return new ApiError(ApiErrorCode.Gone, $"version {after} is too old: changes after {Oldest} are kept");
        long low = Math.Max(0, _count - _capacity), high = _count;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (_ring[middle % _capacity].ResourceVersion > after) high = middle;
            else low = middle + 1;
        }

        if (low < _count) change = _ring[low % _capacity];
        return null;
    }
}

/// <summary>A watch from outside: every change after its version, once, in order, or 410 when it fell too far behind. Never a gap in silence.</summary>
public sealed class ObjectWatch : IDisposable
{
    private readonly WatchHistory _history;
    private readonly ResourceKind? _kind;
    private bool _isClosed;

    internal ObjectWatch(WatchHistory history, ResourceKind? kind, long from)
    {
        _history = history;
        _kind = kind;
        ResourceVersion = from;
    }

    /// <summary>Everything up to this version was delivered: what a bookmark says.</summary>
    public long ResourceVersion { get; private set; }

    /// <summary>Takes the next change.</summary>
    /// <param name="change">The change; null when there is none yet.</param>
    /// <returns>Null, or 410.</returns>
    public ApiError? Read(out StoreChange? change)
    {
        while (true)
        {
            if (_history.Next(ResourceVersion, out change) is { } error) return error;
            if (change is not { } next) return null;
            ResourceVersion = next.ResourceVersion;
            if (_kind is null || next.Kind == _kind) return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        _history.Close();
    }
}
