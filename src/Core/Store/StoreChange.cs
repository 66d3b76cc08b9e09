using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>One write: an object before and after it.</summary>
/// <param name="Before">Null for a creation.</param>
/// <param name="After">Null for a removal.</param>
/// <param name="ResourceVersion">Version of the write; a removal has one too.</param>
public readonly record struct StoreChange(KubeObject? Before, KubeObject? After, long ResourceVersion)
{
    /// <summary>The object as it is now, or as it last was.</summary>
    public KubeObject Object => After ?? Before!;

    /// <summary>Kind of the object.</summary>
    public ResourceKind Kind => Object.Kind;
}

/// <summary>Sees writes. Called at once, in order, with the view already changed. It takes notes and wakes others; it never writes.</summary>
public interface IStoreListener
{
    /// <summary>A write was made, or became visible.</summary>
    void OnChange(in StoreChange change);
}

/// <summary>A view of the store and the changes to it: the store itself, or a watch on it that lags behind.</summary>
public abstract class ObjectFeed
{
    private IStoreListener[] _listeners = [];

    /// <summary>The objects as they are known here.</summary>
    public ObjectView View { get; } = new();

    /// <summary>Adds a listener; it sees the changes from now on, after the listeners before it.</summary>
    public void Subscribe(IStoreListener listener) => _listeners = [.. _listeners, listener];

    /// <summary>Takes a listener away; it sees no further change.</summary>
    internal void Unsubscribe(IStoreListener listener) => _listeners = [.. _listeners.Where(other => !ReferenceEquals(other, listener))];

    /// <summary>Changes the view and tells the listeners.</summary>
    private protected void Publish(in StoreChange change)
    {
        View.Apply(in change);
        foreach (IStoreListener listener in _listeners) listener.OnChange(in change);
    }
}

/// <summary>Why the API refused a request, by its HTTP code.</summary>
public enum ApiErrorCode
{
    /// <summary>Not allowed: quota, limits, namespace going away.</summary>
    Forbidden = 403,

    /// <summary>No such object.</summary>
    NotFound = 404,

    /// <summary>The name is taken, or the version is stale.</summary>
    Conflict = 409,

    /// <summary>The version is too old for the history.</summary>
    Gone = 410,

    /// <summary>The object is not valid.</summary>
    Invalid = 422,

    /// <summary>A disruption budget refuses the eviction, or too many calls wait to be answered.</summary>
    TooManyRequests = 429,

    /// <summary>The request cannot be judged, such as an eviction under two budgets.</summary>
    InternalError = 500,

    /// <summary>Nobody answers any more: the run has ended.</summary>
    ServiceUnavailable = 503,

    /// <summary>The version asked for has not been written yet.</summary>
    Timeout = 504,
}

/// <summary>A refusal.</summary>
/// <param name="Code">Code.</param>
/// <param name="Message">One line.</param>
public sealed record ApiError(ApiErrorCode Code, string Message);
