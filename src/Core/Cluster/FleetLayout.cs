using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>
/// A fleet as it begins: the nodes in the run's order, their classes (nodes that model rules and selectors cannot tell apart),
/// the extended resources anybody offers, and where each node's GPU devices stand in the device columns. Labels that change later are kept by <see cref="ClusterState"/>.
/// </summary>
public sealed partial class FleetLayout
{
    private readonly NodeSpec[] _nodes;
    private readonly List<NodeSpec> _classes = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Lays out a fleet.</summary>
    /// <param name="nodes">Nodes in the run's order, names unique, at most 64 GPU devices each.</param>
    /// <exception cref="ArgumentException">Duplicate names, too many devices, or negative capacities.</exception>
    public FleetLayout(IReadOnlyList<NodeSpec> nodes)
    {
        _nodes = [.. nodes];
        ClassOf = new int[_nodes.Length];
        DeviceOffset = new int[_nodes.Length + 1];
        CpuMilli = new long[_nodes.Length];
        MemoryBytes = new long[_nodes.Length];
        Pods = new int[_nodes.Length];
        var classes = new Dictionary<(string Model, string Zone, ValueList<Label> Labels), int>();
        ExtendedNames = [.. _nodes.SelectMany(node => node.Extended).Select(e => e.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        for (int n = 0; n < _nodes.Length; n++)
        {
            NodeSpec node = _nodes[n];
            if (!_places.TryAdd(node.Name, n)) throw new ArgumentException($"Two nodes are named '{node.Name}'.", nameof(nodes));
            if (node.GpuCount is < 0 or > DeviceSet.MaxDevices)
                throw new ArgumentException($"Node '{node.Name}' has {node.GpuCount} GPU devices; 0 to {DeviceSet.MaxDevices} are possible.", nameof(nodes));
            if (node.CpuMilli < 0 || node.MemoryBytes < 0 || node.EphemeralStorageBytes < 0 || node.Pods < 0)
                throw new ArgumentException($"Node '{node.Name}' has a negative capacity.", nameof(nodes));
            DeviceOffset[n + 1] = DeviceOffset[n] + node.GpuCount;
            (CpuMilli[n], MemoryBytes[n], Pods[n]) = (node.CpuMilli, node.MemoryBytes, node.Pods);
            (string, string, ValueList<Label>) key = (node.GpuModel, node.Zone, node.Labels);
            if (!classes.TryGetValue(key, out int nodeClass))
            {
                nodeClass = classes.Count;
                classes.Add(key, nodeClass);
                _classes.Add(node);
            }

            ClassOf[n] = nodeClass;
            LargestCpuMilli = Math.Max(LargestCpuMilli, node.CpuMilli);
            LargestGpuMilli = Math.Max(LargestGpuMilli, (long)node.GpuCount * PodSpec.WholeGpuMilli);
            LargestMemoryBytes = Math.Max(LargestMemoryBytes, node.MemoryBytes);
            checked
            {
                TotalCpuMilli += node.CpuMilli;
                TotalMemoryBytes += node.MemoryBytes;
                TotalGpuMilli += (long)node.GpuCount * PodSpec.WholeGpuMilli;
            }
        }
    }

    /// <summary>The node of that name; none when the fleet has none.</summary>
    public NodeIndex Find(string name) => _places.TryGetValue(name, out int place) ? new NodeIndex(place) : NodeIndex.None;

    /// <summary>The nodes in the run's order.</summary>
    public ReadOnlySpan<NodeSpec> Nodes => _nodes;

    /// <summary>Number of nodes.</summary>
    public int Count => _nodes.Length;

    /// <summary>CPU milli of the node with the most CPU: what packing strategies normalise by.</summary>
    public long LargestCpuMilli { get; }

    /// <summary>Memory bytes of the node with the most memory.</summary>
    public long LargestMemoryBytes { get; }

    /// <summary>GPU milli of the node with the most GPU devices.</summary>
    public long LargestGpuMilli { get; }

    /// <summary>CPU milli of the whole fleet.</summary>
    public long TotalCpuMilli { get; }

    /// <summary>Memory bytes of the whole fleet.</summary>
    public long TotalMemoryBytes { get; }

    /// <summary>GPU milli of the whole fleet.</summary>
    public long TotalGpuMilli { get; }

    /// <summary>[node] allocatable CPU milli.</summary>
    internal long[] CpuMilli { get; }

    /// <summary>[node] allocatable memory bytes.</summary>
    internal long[] MemoryBytes { get; }

    /// <summary>[node] pod limit.</summary>
    internal int[] Pods { get; }

    /// <summary>[node] index of the node's class as the run begins.</summary>
    internal int[] ClassOf { get; }

    /// <summary>[class] a node of each class.</summary>
    internal IReadOnlyList<NodeSpec> Classes => _classes;

    /// <summary>[node] first device of the node in device columns; one entry more than nodes.</summary>
    internal int[] DeviceOffset { get; }

    /// <summary>[extended resource] names, sorted.</summary>
    internal string[] ExtendedNames { get; }

    /// <summary>Number of an extended resource that some node offers as the run begins; negative when none does.</summary>
    public int ExtendedIndex(string name) => Array.BinarySearch(ExtendedNames, name, StringComparer.Ordinal);

    /// <summary>[extended resource] amounts the pod requests, or null; a resource nobody offers makes an amount that fits nowhere.</summary>
    internal long[]? ExtendedRequests(PodSpec spec)
    {
        if (spec.Extended.Count == 0) return null;
        // One column more than the fleet has: it collects requests for resources that no node offers.
        long[] amounts = new long[ExtendedNames.Length + 1];
        foreach (ResourceAmount request in spec.Extended)
        {
            int column = Array.BinarySearch(ExtendedNames, request.Name, StringComparer.Ordinal);
            amounts[column >= 0 ? column : ExtendedNames.Length] = request.Amount;
        }

        return amounts;
    }
}
