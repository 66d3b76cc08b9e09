using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Limits of a client of the API: writes a second, and how many at once after a rest.</summary>
/// <param name="Qps">Writes a second; 0 for no limit.</param>
/// <param name="Burst">Most writes at once.</param>
public readonly record struct ClientLimits(int Qps, int Burst)
{
    /// <summary>No limit.</summary>
    public static readonly ClientLimits None;

    /// <summary>The controller manager's: 20 a second, 30 at once.</summary>
    public static readonly ClientLimits ControllerManager = new(20, 30);
}

/// <summary>Writes to the store for somebody who may be limited (client-go's token bucket) .</summary>
/// <remarks>A write never waits: a caller with much to write asks <see cref="Wait"/> before each, and comes back later when it is positive.</remarks>
public sealed class ApiClient
{
    private readonly EventLoop _loop;
    private readonly ObjectStore _store;
    private readonly ClientLimits _limits;
    private readonly TimeSpan _interval;
    private TimeSpan _full;

    /// <summary>A client with a full bucket.</summary>
    public ApiClient(EventLoop loop, ObjectStore store, ClientLimits limits)
    {
        _loop = loop;
        _store = store;
        _limits = limits;
        _interval = limits.Qps > 0 ? TimeSpan.FromSeconds(1) / limits.Qps : TimeSpan.Zero;
    }

    /// <summary>Another client with the same limits and a bucket of its own, as every controller of a controller manager has. Its writes count here too.</summary>
    public ApiClient Another() => new(_loop, _store, _limits) { _parent = this };

    private ApiClient? _parent;

    /// <summary>How much longer a write takes than nothing at all.</summary>
    internal TimeSpan WriteDelay => _store.Conditions.WriteDelay;

    /// <summary>Writes made, those of clients made of this one among them.</summary>
    public long Writes { get; private set; }

    /// <summary>Writes that the API refused because it is not well, those of clients made of this one not among them: whoever made them tries again.</summary>
    internal long Refusals { get; private set; }

    /// <summary>How long until the next write may be made; zero now. Writes of status and events that a caller makes regardless are counted all the same.</summary>
    public TimeSpan Wait
    {
        get
        {
            if (_limits.Qps <= 0) return TimeSpan.Zero;
            // The bucket is full at the instant _full; before it, every interval that is missing is a token that is missing.
            TimeSpan wait = _full - _loop.Now - (_interval * (_limits.Burst - 1));
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>See <see cref="ObjectStore.Create"/>.</summary>
    public ApiError? Create(KubeObject requested, out KubeObject created)
    {
        Spend();
        created = requested;
        return Refused() ?? _store.Create(requested, out created);
    }

    /// <summary>See <see cref="ObjectStore.Update"/>.</summary>
    public ApiError? Update(KubeObject next)
    {
        Spend();
        return Refused() ?? _store.Update(next);
    }

    /// <summary>See <see cref="ObjectStore.Update"/>; the answer carries the object as it is stored now.</summary>
    public ApiError? Update(KubeObject next, out KubeObject written)
    {
        ApiError? error = Update(next);
        written = error is null ? _store.View.Find(next.Uid) ?? next : next;
        return error;
    }

    /// <summary>Asks the API for an object, past any view that lags behind. Reads are not limited.</summary>
    public KubeObject? Read(in ObjectKey key) => _store.View.Find(key);

    /// <summary>See <see cref="ObjectStore.Delete"/>.</summary>
    public ApiError? Delete(in ObjectKey key, DeleteOptions options = default)
    {
        Spend();
        return Refused() ?? _store.Delete(in key, options);
    }

    private ApiError? Refused()
    {
        ApiError? error = _store.Conditions.Refusal();
        if (error is not null) Refusals++;
        return error;
    }

    private void Spend()
    {
        Writes++;
        if (_parent is not null) _parent.Writes++;
        if (_limits.Qps > 0) _full = (_full > _loop.Now ? _full : _loop.Now) + _interval;
    }
}
