using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>The Ingresses of every namespace over time: an observer that is late routes by an older version, as it does with endpoints (<see cref="EndpointHistory"/>).</summary>
/// <param name="now">The current instant.</param>
/// <param name="longest">Longest time from a change until everybody knows it: versions that nobody can still see are dropped.</param>
public sealed class IngressHistory(Func<TimeSpan> now, TimeSpan longest) : IStoreListener
{
    private readonly Dictionary<string, List<(TimeSpan At, Ingress[] Ingresses)>> _namespaces = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Ingress ingress) return;
        string ns = ingress.Metadata.Namespace;
        if (!_namespaces.TryGetValue(ns, out List<(TimeSpan At, Ingress[] Ingresses)>? versions)) _namespaces.Add(ns, versions = []);
        List<Ingress> next = versions.Count == 0 ? [] : [.. versions[^1].Ingresses];
        int at = next.FindIndex(known => known.Uid == ingress.Uid);
        if (change.After is null)
        {
            if (at >= 0) next.RemoveAt(at);
        }
        else if (at >= 0)
        {
            next[at] = ingress;
        }
        else
        {
            next.Add(ingress);
        }

        TimeSpan instant = now();
        if (versions.Count > 0 && versions[^1].At == instant) versions[^1] = (instant, [.. next]);
        else versions.Add((instant, [.. next]));
        int old = 0;
        while (old + 1 < versions.Count && versions[old + 1].At <= instant - longest) old++;
        if (old > 0) versions.RemoveRange(0, old);
    }

    /// <summary>The Ingresses of a namespace as they stood at an instant that is not too long ago, in the order of their creation.</summary>
    public ReadOnlySpan<Ingress> At(string ns, TimeSpan instant)
    {
        if (!_namespaces.TryGetValue(ns, out List<(TimeSpan At, Ingress[] Ingresses)>? versions)) return [];
        for (int i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].At <= instant) return versions[i].Ingresses;
        }

        return [];
    }
}
