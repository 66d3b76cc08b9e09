namespace SchedBench.Core.Controllers;

/// <summary>What a controller has asked for and not seen yet: as long as it expects something, it asks for nothing more, so that a stale view never makes extra
/// pods (Kubernetes <c>controller.ControllerExpectations</c>).</summary>
/// <param name="timeout">After this long it trusts its view again.</param>
public sealed class Expectations(TimeSpan timeout)
{
    private readonly Dictionary<long, Expected> _expected = [];

    /// <summary>Kubernetes' five minutes.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(5);

    private sealed class Expected
    {
        public int Creations;
        public HashSet<long> Deletions = [];
        public TimeSpan Since;
    }

    /// <summary>Whether everything asked for under a key has been seen, or is too long ago.</summary>
    public bool AreMet(long key, TimeSpan now) =>
        !_expected.TryGetValue(key, out Expected? expected) || (expected.Creations <= 0 && expected.Deletions.Count == 0) || now - expected.Since > timeout;

    /// <summary>When the key's expectations time out, or null when none are open.</summary>
    public TimeSpan? TimesOutAt(long key) =>
        _expected.TryGetValue(key, out Expected? expected) && (expected.Creations > 0 || expected.Deletions.Count > 0) ? expected.Since + timeout : null;

    /// <summary>One creation was asked for.</summary>
    public void ExpectCreation(long key, TimeSpan now) => Open(key, now).Creations++;

    /// <summary>One deletion was asked for.</summary>
    public void ExpectDeletion(long key, long uid, TimeSpan now) => Open(key, now).Deletions.Add(uid);

    /// <summary>A creation was seen, or failed.</summary>
    public void CreationSeen(long key)
    {
        if (_expected.TryGetValue(key, out Expected? expected)) expected.Creations--;
    }

    /// <summary>A deletion was seen, or failed.</summary>
    public void DeletionSeen(long key, long uid)
    {
        if (_expected.TryGetValue(key, out Expected? expected)) expected.Deletions.Remove(uid);
    }

    /// <summary>The key is gone, or everything about it is looked at anew.</summary>
    public void Forget(long key) => _expected.Remove(key);

    /// <summary>Everything is forgotten.</summary>
    public void Clear() => _expected.Clear();

    private Expected Open(long key, TimeSpan now)
    {
        if (!_expected.TryGetValue(key, out Expected? expected)) _expected.Add(key, expected = new Expected());
        if (expected.Creations <= 0 && expected.Deletions.Count == 0) expected.Creations = 0;
        expected.Since = now;
        return expected;
    }
}
