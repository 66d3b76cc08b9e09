using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests;

/// <summary>What objects of one set must not do to each other.</summary>
internal static class ManifestRules
{
    internal static IEnumerable<InputProblem> Check(IReadOnlyList<PlacedObject> objects)
    {
        var byKey = new Dictionary<ObjectKey, PlacedObject>();
        var namespaces = new Dictionary<(ResourceKind, string), string>();
        foreach (PlacedObject placed in objects)
        {
            if (placed.Object.Name.Length == 0) continue;
            if (!byKey.TryAdd(placed.Object.Key, placed))
            {
                InputProblem first = byKey[placed.Object.Key].Place;
                yield return placed.Place with { Expected = $"expected every name once in its kind and namespace; the first stands in {first.File}, line {first.Line}" };
            }

            namespaces.TryAdd((placed.Object.Kind, placed.Object.Name), placed.Object.Metadata.Namespace);
        }

        foreach (PlacedObject placed in objects)
        {
            foreach (OwnerReference owner in placed.Object.Metadata.Owners)
            {
                string space = ResourceKinds.Info(owner.Kind).IsNamespaced ? placed.Object.Metadata.Namespace : "";
                if (byKey.ContainsKey(new ObjectKey(owner.Kind, space, owner.Name)) || !namespaces.TryGetValue((owner.Kind, owner.Name), out string? elsewhere)) continue;
                string expected = $"expected an owner in the object's own namespace; {owner.Kind} {owner.Name} is in {elsewhere}";
                yield return placed.Place with { Field = placed.Place.Field.Replace(".name", ".ownerReferences", StringComparison.Ordinal), Value = owner.Name, Expected = expected };
            }
        }

        foreach (InputProblem problem in NodePorts(objects)) yield return problem;
    }

    private static IEnumerable<InputProblem> NodePorts(IReadOnlyList<PlacedObject> objects)
    {
        var taken = new Dictionary<(int, string), Service>();
        foreach (PlacedObject placed in objects)
        {
            if (placed.Object is not Service service) continue;
            foreach (ServicePort port in service.Ports)
            {
                if (port.NodePort == 0 || taken.TryAdd((port.NodePort, port.Protocol), service)) continue;
                Service other = taken[(port.NodePort, port.Protocol)];
                yield return placed.Place with { Expected = $"expected a node port of its own; {port.Protocol} {port.NodePort} is service {other.Key.Namespace}/{other.Name}'s" };
            }
        }
    }
}
