using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording;

/// <summary>Sums up a rollout for the line that says that it is complete: how long it took, which pods it made and took away, and how few were ready on the way.</summary>
internal sealed class RolloutTally
{
    private TimeSpan? _begun;
    private int _ready;
    private int _fewest;
    private int _made;
    private int _removed;

    /// <summary>An object of the Deployment changed.</summary>
    public void OnChange(in StoreChange change, TimeSpan now)
    {
        // Recreate takes the old pods away before the rollout is said to have started.
        if (change is { Before: Deployment before, After: Deployment after } && !ReferenceEquals(before.Template, after.Template))
        {
            _begun = null;
            Begin(now);
        }

        if (change.Object is not Pod) return;
        _ready += (IsReady(change.After) ? 1 : 0) - (IsReady(change.Before) ? 1 : 0);
        if (_ready < _fewest) _fewest = _ready;
        if (change.Before is null) _made++;
        if (change.After is { Metadata.IsDeleting: true } && change.Before is { Metadata.IsDeleting: false }) _removed++;
    }

    /// <summary>A rollout begins, unless it has begun already.</summary>
    public void Begin(TimeSpan now)
    {
        if (_begun is not null) return;
        _begun = now;
        _fewest = _ready;
        _made = _removed = 0;
    }

    /// <summary>A rollout is complete.</summary>
    /// <returns>What it did, to be added to that line.</returns>
    public string End(TimeSpan now)
    {
        if (_begun is not { } begun) return "";
        _begun = null;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $", after {(now - begun).TotalSeconds:0.###} s: {_made} pods made, {_removed} taken away, never fewer than {_fewest} ready");
    }

    private static bool IsReady(KubeObject? item) => item is Pod { IsActive: true, Status.IsReady: true };
}
