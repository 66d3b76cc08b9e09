using SchedBench.Core.Objects;

namespace SchedBench.Core.Networking;

/// <summary>Services by namespace and the first label of their selector: which services a pod may belong to.</summary>
public sealed class ServiceIndex
{
    private readonly Dictionary<(string Namespace, string Key, string Value), List<Service>> _byLabel = [];
    private readonly List<Service> _found = [];

    /// <summary>A service was created, changed or removed.</summary>
    public void Update(Service? before, Service? after)
    {
        if (before is not null && KeyOf(before) is { } old && _byLabel.TryGetValue(old, out List<Service>? services)) services.RemoveAll(service => service.Uid == before.Uid);
        if (after is null || KeyOf(after) is not { } key) return;
        if (!_byLabel.TryGetValue(key, out services)) _byLabel.Add(key, services = []);
        services.Add(after);
    }

    /// <summary>Everything is forgotten.</summary>
    public void Clear() => _byLabel.Clear();

    /// <summary>The services of a namespace whose selector matches, in the order of their identities. Valid until the next call.</summary>
    public IReadOnlyList<Service> Of(string ns, ValueList<Label> labels)
    {
        _found.Clear();
        foreach (ref readonly Label label in labels.AsSpan())
        {
            if (!_byLabel.TryGetValue((ns, label.Key, label.Value), out List<Service>? services)) continue;
            foreach (Service service in services)
            {
                if (service.Selector!.Matches(labels)) _found.Add(service);
            }
        }

        if (_found.Count > 1) _found.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        return _found;
    }

    /// <summary>Selectors of services are plain labels: the first of them finds it. A selector without labels selects nothing here, as in Kubernetes.</summary>
    private static (string, string, string)? KeyOf(Service service) =>
        service.Selector is { Requirements.Count: > 0 } selector && selector.Requirements[0] is { Operator: SelectorOperator.In, Values.Count: 1 } first
            ? (service.Metadata.Namespace, first.Key, first.Values[0])
            : null;
}
