using SchedBench.Core.Objects;
using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>The API truth: what the control plane has written down. Optimistic concurrency, admission, finalizers, two-step deletion of running pods.</summary>
/// <remarks>Every write takes the next version. An object's version changes exactly when the object does: a write that changes nothing is none.</remarks>
public sealed partial class ObjectStore : ObjectFeed
{
    private readonly EventLoop _loop;
    private IAdmission[] _admission = [];
    private long _uid;

    /// <summary>An empty store.</summary>
    /// <param name="loop">Whose instants are written down.</param>
    public ObjectStore(EventLoop loop) => _loop = loop;

    /// <summary>Version of the last write.</summary>
    public long ResourceVersion { get; private set; }

    /// <summary>The changes that someone outside may still ask for; none are kept while nobody watches.</summary>
    public WatchHistory History { get; } = new();

    /// <summary>How well the API works. Reads of <see cref="ObjectFeed.View"/> are of the truth, not calls.</summary>
    internal ApiConditions Conditions { get; init; } = new(0);

    private ApiError? Outage => Conditions.Outage;

    /// <summary>Adds a plug-in of admission; it is asked after those before it.</summary>
    public void Admit(IAdmission admission) => _admission = [.. _admission, admission];

    /// <summary>Writes a new object.</summary>
    /// <param name="requested">The object; identity, version, generation and instant are the store's to give.</param>
    /// <param name="created">The object as written, or as it would be.</param>
    /// <returns>Null, or why not: 409 when the name is taken, 403 and 422 of admission.</returns>
    public ApiError? Create(KubeObject requested, out KubeObject created)
    {
        if (DryRunCreate(requested, out created) is { } error) return error;
        created = created with
        {
            Metadata = created.Metadata with { Uid = ++_uid, ResourceVersion = ++ResourceVersion, Generation = 1, CreatedAt = _loop.Now, DeletionAt = null, DeletionGrace = null },
        };
        Write(null, created);
        return null;
    }

    /// <summary>Says what <see cref="Create"/> would answer, and what it would write but for what the store gives; nothing is written.</summary>
    public ApiError? DryRunCreate(KubeObject requested, out KubeObject created)
    {
        created = requested;
        if (Outage is not null) return Outage;
        if (View.Find(requested.Key) is not null) return new ApiError(ApiErrorCode.Conflict, $"{requested.Key} already exists");
        foreach (IAdmission admission in _admission)
        {
            if (admission.OnCreate(ref created) is { } error) return error;
        }

        return null;
    }

    /// <summary>Writes an object anew, spec or status.</summary>
    /// <param name="next">The object made from the one read: identity and version must be those of the stored one.</param>
    /// <returns>Null, or why not: 404, 409 when the version is stale or the identity another's, 403 and 422 of admission.</returns>
    public ApiError? Update(KubeObject next)
    {
        if (DryRunUpdate(ref next, out KubeObject? current) is { } error) return error;
        if (next.Equals(current)) return null;
        ObjectMeta old = current!.Metadata;
        Put(current, next, next.Metadata with
        {
            CreatedAt = old.CreatedAt,
            DeletionAt = old.DeletionAt,
            DeletionGrace = old.DeletionGrace,
            Generation = next.HasSameSpec(current) ? old.Generation : old.Generation + 1,
        });
        return null;
    }

    /// <summary>Says what <see cref="Update"/> would answer, and what it would write but for what the store gives; nothing is written.</summary>
    public ApiError? DryRunUpdate(ref KubeObject next) => DryRunUpdate(ref next, out _);

    private ApiError? DryRunUpdate(ref KubeObject next, out KubeObject? current)
    {
        current = null;
        if (Outage is not null) return Outage;
        current = View.Find(next.Key);
        if (current is null) return new ApiError(ApiErrorCode.NotFound, $"{next.Key} not found");
        if (next.Metadata.ResourceVersion != current.Metadata.ResourceVersion || next.Uid != current.Uid)
            return new ApiError(ApiErrorCode.Conflict, $"{next.Key} has changed: version {next.Metadata.ResourceVersion} was read, {current.Metadata.ResourceVersion} is stored");
        if (next.HasSameSpec(current)) return null;
        foreach (IAdmission admission in _admission)
        {
            if (admission.OnUpdate(current, ref next) is { } error) return error;
        }

        return null;
    }

    /// <summary>Deletes an object: at once, or in two steps where something must happen first (finalizers, a pod that runs on a node).</summary>
    /// <param name="key">Which.</param>
    /// <param name="options">How.</param>
    /// <returns>Null, or why not: 404, 409 when the identity or the version is another's, 403 of admission.</returns>
    public ApiError? Delete(in ObjectKey key, DeleteOptions options = default)
    {
        if (DryRunDelete(key, options, out KubeObject? found) is { } error) return error;
        KubeObject current = found!;
        ObjectMeta meta = current.Metadata;
        string? finalizer = options.Propagation switch { Propagation.Foreground => Finalizers.Foreground, Propagation.Orphan => Finalizers.Orphan, _ => null };
        if (finalizer is not null && !meta.Finalizers.AsSpan().Contains(finalizer)) meta = meta with { Finalizers = [.. meta.Finalizers, finalizer] };
        TimeSpan grace = Grace(current, options);
        if (meta.Finalizers.Count == 0 && grace == TimeSpan.Zero)
        {
            Remove(current);
            return null;
        }

        // A second deletion may shorten the grace, never lengthen it.
        TimeSpan at = _loop.Now + grace;
        if (meta.DeletionAt is { } before && before <= at) at = before;
        meta = meta with { DeletionAt = at, DeletionGrace = meta.DeletionGrace is { } longer && longer < grace ? longer : grace };
        if (meta != current.Metadata) Put(current, current, meta);
        return null;
    }

    /// <summary>Says what <see cref="Delete"/> would answer; nothing is written.</summary>
    /// <param name="key">Which.</param>
    /// <param name="options">How.</param>
    /// <param name="current">The object, or null when there is none.</param>
    public ApiError? DryRunDelete(in ObjectKey key, DeleteOptions options, out KubeObject? current)
    {
        current = null;
        if (Outage is not null) return Outage;
        current = View.Find(key);
        if (current is null) return new ApiError(ApiErrorCode.NotFound, $"{key} not found");
        if (options.Uid is { } uid && uid != current.Uid) return new ApiError(ApiErrorCode.Conflict, $"{key} is {current.Uid}, not {uid}");
        if (options.ResourceVersion is { } version && version != current.Metadata.ResourceVersion)
            return new ApiError(ApiErrorCode.Conflict, $"{key} has changed: version {version} is the precondition, {current.Metadata.ResourceVersion} is stored");
        foreach (IAdmission admission in _admission)
        {
            if (admission.OnDelete(current) is { } error) return error;
        }

        return null;
    }

    /// <summary>Grace of a deletion: a pod that runs on a node keeps running until its agent has stopped it.</summary>
    private static TimeSpan Grace(KubeObject current, in DeleteOptions options) =>
        current is Pod { HasEnded: false, Node.IsNode: true } pod ? options.Grace ?? pod.Spec.TerminationGrace : TimeSpan.Zero;

    private void Put(KubeObject current, KubeObject next, ObjectMeta meta)
    {
        KubeObject written = next with { Metadata = meta with { ResourceVersion = ++ResourceVersion } };
        // The last finalizer of a deleted object is gone: so is the object, unless it is a pod that its agent still has to stop.
        if (meta.IsDeleting && meta.Finalizers.Count == 0 && (current.Metadata.Finalizers.Count > 0 || written is Pod { HasEnded: true }) && IsFree(written)) Remove(current);
        else Write(current, written);
    }

    /// <summary>Whether nothing runs for it any more: no pod, one that ended or never ran, or one that its agent has reported stopped (grace zero).</summary>
    private static bool IsFree(KubeObject written) => written is not Pod pod || pod.HasEnded || !pod.Node.IsNode || pod.Metadata.DeletionGrace == TimeSpan.Zero;

    private void Remove(KubeObject current)
    {
        ++ResourceVersion;
        Write(current, null);
    }

    private void Write(KubeObject? before, KubeObject? after)
    {
        var change = new StoreChange(before, after, ResourceVersion);
        History.Add(in change);
        Log(in change);
        Publish(in change);
    }
}

/// <summary>Finalizers that mean something to the garbage collector.</summary>
public static class Finalizers
{
    /// <summary>The object goes after what it owns.</summary>
    public const string Foreground = "foregroundDeletion";

    /// <summary>What it owns stays.</summary>
    public const string Orphan = "orphan";
}

/// <summary>What becomes of owned objects.</summary>
public enum Propagation : byte
{
    /// <summary>They are collected after the owner is gone. The default.</summary>
    Background,

    /// <summary>They go first.</summary>
    Foreground,

    /// <summary>They stay, without owner.</summary>
    Orphan,
}

/// <summary>How an object is deleted.</summary>
/// <param name="Uid">Only if it has this identity; null for any.</param>
/// <param name="Grace">Grace of a running pod; null for the one its spec states. Zero removes it although it may still run: what its agent does, and what a user should not.</param>
/// <param name="Propagation">What becomes of owned objects.</param>
/// <param name="ResourceVersion">Only if it has this version; null for any.</param>
public readonly record struct DeleteOptions(long? Uid = null, TimeSpan? Grace = null, Propagation Propagation = Propagation.Background, long? ResourceVersion = null);

/// <summary>Changes or refuses what is about to be written (Kubernetes admission).</summary>
public interface IAdmission
{
    /// <summary>An object is about to be created.</summary>
    ApiError? OnCreate(ref KubeObject requested);

    /// <summary>A spec is about to be changed.</summary>
    ApiError? OnUpdate(KubeObject current, ref KubeObject next);

    /// <summary>An object is about to be deleted.</summary>
    ApiError? OnDelete(KubeObject current) => null;
}
