using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Pods that use a claim, by the claim's place: those that have not ended, as a controller knows them.</summary>
internal sealed class ClaimUsers
{
    private readonly Dictionary<ObjectKey, SortedSet<long>> _users = [];

    /// <summary>Identities of the pods that use a claim, the oldest first.</summary>
    public IReadOnlyCollection<long> Of(ObjectKey claim) => _users.TryGetValue(claim, out SortedSet<long>? users) ? users : [];

    /// <summary>A pod uses a claim, or no longer.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Set(ObjectKey claim, long pod, bool uses)
    {
        if (!_users.TryGetValue(claim, out SortedSet<long>? users))
        {
            if (!uses) return false;
            _users.Add(claim, users = []);
        }

        if (uses) return users.Add(pod);
        if (!users.Remove(pod)) return false;
        if (users.Count == 0) _users.Remove(claim);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _users.Clear();
}
