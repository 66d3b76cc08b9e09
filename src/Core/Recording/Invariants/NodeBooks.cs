using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>What pods hold on each node, counted from pod specs alone: the judge's own arithmetic, sharing nothing with <see cref="ClusterState"/>.</summary>
internal sealed class NodeBooks
{
    private readonly NodeSpec[] _nodes;
    private readonly NodeSpec?[] _excused;
    private readonly Dictionary<string, int> _extendedColumn = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Node, string App), int> _pods = [];
    private readonly Dictionary<int, List<HostPort>> _ports = [];
    private readonly Held[] _held;
    private readonly int[][] _deviceMilli;
    private readonly int[][] _gpuPods;
    private readonly long[][] _extended;

    public NodeBooks(FleetLayout fleet)
    {
        _nodes = fleet.Nodes.ToArray();
        _excused = new NodeSpec?[_nodes.Length];
        foreach (string name in _nodes.SelectMany(node => node.Extended).Select(amount => amount.Name))
        {
            if (!_extendedColumn.ContainsKey(name)) _extendedColumn.Add(name, _extendedColumn.Count);
        }

        _held = new Held[_nodes.Length];
        _deviceMilli = [.. _nodes.Select(node => new int[node.GpuCount])];
        _gpuPods = [.. _nodes.Select(node => new int[node.GpuCount + 1])];
        _extended = [.. _nodes.Select(_ => new long[_extendedColumn.Count])];
    }

    private struct Held
    {
        public long CpuMilli;
        public long MemoryBytes;
        public long EphemeralStorageBytes;
        public int Pods;
    }

    /// <summary>Pods of an app on a node.</summary>
    public int PodsOf(string app, int node) => _pods.GetValueOrDefault((node, app));

    public void Clear()
    {
        Array.Clear(_held);
        _pods.Clear();
        _ports.Clear();
        for (int n = 0; n < _nodes.Length; n++)
        {
            Array.Clear(_deviceMilli[n]);
            Array.Clear(_gpuPods[n]);
            Array.Clear(_extended[n]);
        }
    }

    /// <summary>A node has another size. What it holds beyond that is no offence as long as nothing is added.</summary>
    public void Resize(int n, NodeSpec size)
    {
        NodeSpec next = _nodes[n] with { CpuMilli = size.CpuMilli, MemoryBytes = size.MemoryBytes, EphemeralStorageBytes = size.EphemeralStorageBytes, Pods = size.Pods };
        if (next == _nodes[n]) return;
        _nodes[n] = next;
        Held held = _held[n];
        _excused[n] = next with
        {
            CpuMilli = Math.Max(next.CpuMilli, held.CpuMilli),
            MemoryBytes = Math.Max(next.MemoryBytes, held.MemoryBytes),
            EphemeralStorageBytes = Math.Max(next.EphemeralStorageBytes, held.EphemeralStorageBytes),
            Pods = Math.Max(next.Pods, held.Pods),
        };
    }

    /// <summary>Books a pod onto a node (+1) or off it (−1). Devices beyond the node are left to <see cref="CheckDevices"/>.</summary>
    public void Book(PodSpec pod, int node, DeviceSet devices, int sign)
    {
        ref Held held = ref _held[node];
        held.CpuMilli += sign * pod.CpuMilli;
        held.MemoryBytes += sign * pod.MemoryBytes;
        held.EphemeralStorageBytes += sign * pod.EphemeralStorageBytes;
        held.Pods += sign;
        for (int d = 0; d < _deviceMilli[node].Length; d++)
        {
            if (devices.Contains(d)) _deviceMilli[node][d] += sign * pod.GpuMilliPerDevice;
        }

        if (pod.GpuCount > 0 && pod.GpuCount < _gpuPods[node].Length)
            _gpuPods[node][pod.GpuMilliPerDevice < PodSpec.WholeGpuMilli ? 0 : pod.GpuCount] += sign;
        foreach (ResourceAmount amount in pod.Extended.AsSpan())
        {
            if (_extendedColumn.TryGetValue(amount.Name, out int column)) _extended[node][column] += sign * amount.Amount;
        }

        foreach (HostPort port in pod.HostPorts.AsSpan())
        {
            if (!_ports.TryGetValue(node, out List<HostPort>? taken)) _ports.Add(node, taken = []);
            if (sign > 0) taken.Add(port);
            else taken.Remove(port);
        }

        if (pod.App.Length == 0) return;
        int pods = _pods.GetValueOrDefault((node, pod.App)) + sign;
        if (pods == 0) _pods.Remove((node, pod.App));
        else _pods[(node, pod.App)] = pods;
    }

    /// <summary>A host port that the pod wants and a booked pod has, or null.</summary>
    public HostPort? TakenPort(PodSpec pod, int node)
    {
        foreach (HostPort wanted in pod.HostPorts)
        {
            foreach (HostPort taken in _ports.GetValueOrDefault(node) ?? [])
            {
                if (taken.ConflictsWith(wanted)) return wanted;
            }
        }

        return null;
    }

    /// <summary>Whether what the pod requests is left on a node, going by the books.</summary>
    public bool HasRoom(PodSpec pod, int n)
    {
        Held held = _held[n];
        NodeSpec node = _nodes[n];
        int devices = _deviceMilli[n].Count(used => PodSpec.WholeGpuMilli - used >= pod.GpuMilliPerDevice);
        return held.CpuMilli + pod.CpuMilli <= node.CpuMilli && held.MemoryBytes + pod.MemoryBytes <= node.MemoryBytes && held.Pods < node.Pods
            && held.EphemeralStorageBytes + pod.EphemeralStorageBytes <= node.EphemeralStorageBytes && devices >= pod.GpuCount
            && pod.Extended.All(wanted => node.Extended.Any(offered => offered.Name == wanted.Name && _extended[n][_extendedColumn[wanted.Name]] + wanted.Amount <= offered.Amount))
            && (pod.MaxPerNode == 0 || pod.App.Length == 0 || PodsOf(pod.App, n) < pod.MaxPerNode);
    }

    /// <summary>What is wrong with a device set, or null.</summary>
    public string? CheckDevices(PodSpec pod, int node, DeviceSet devices)
    {
        if (devices.Count != pod.GpuCount) return $"{devices.Count} devices ({devices}) for a pod of {pod.GpuCount}";
        for (int d = _nodes[node].GpuCount; d < DeviceSet.MaxDevices; d++)
        {
            if (devices.Contains(d)) return $"device {d} of {_nodes[node].GpuCount}";
        }

        return null;
    }

    /// <summary>The first law of capacity that the books of a node break, or null.</summary>
    public Finding? CheckCapacity(int n)
    {
        NodeSpec node = _excused[n] ?? _nodes[n];
        Held held = _held[n];
        if (held.CpuMilli > node.CpuMilli) return Over("milli CPU", node.CpuMilli, held.CpuMilli);
        if (held.MemoryBytes > node.MemoryBytes) return Over("bytes of memory", node.MemoryBytes, held.MemoryBytes);
        if (held.EphemeralStorageBytes > node.EphemeralStorageBytes)
            return Over("bytes of ephemeral storage", node.EphemeralStorageBytes, held.EphemeralStorageBytes);
        foreach (ResourceAmount offered in node.Extended.AsSpan())
        {
            long amount = _extended[n][_extendedColumn[offered.Name]];
            if (amount > offered.Amount) return Over(offered.Name, offered.Amount, amount);
        }

        for (int d = 0; d < _deviceMilli[n].Length; d++)
        {
            if (_deviceMilli[n][d] is < 0 or > PodSpec.WholeGpuMilli)
                return new Finding(Invariant.Devices, $"milli of device {d}", $"0 to {PodSpec.WholeGpuMilli}", $"{_deviceMilli[n][d]}");
        }

        if (held.Pods > node.Pods) return new Finding(Invariant.PodLimit, "pods", $"at most {node.Pods}", $"{held.Pods}");
        return null;

        static Finding Over(string what, long offered, long amount) => new(Invariant.NodeCapacity, what, $"at most {offered}", $"{amount}");
    }

    /// <summary>The first column in which a cluster state differs from the books, or null.</summary>
    public Finding? Compare(int n, ClusterState state)
    {
        NodeSpec node = _nodes[n];
        Held held = _held[n];
        var seen = new NodeState(state, n);
        if (Differs(node.CpuMilli - held.CpuMilli, seen.FreeCpuMilli)) return Found(Invariant.NodeCapacity, "free milli CPU", node.CpuMilli - held.CpuMilli, seen.FreeCpuMilli);
        if (Differs(node.MemoryBytes - held.MemoryBytes, seen.FreeMemoryBytes))
            return Found(Invariant.NodeCapacity, "free bytes of memory", node.MemoryBytes - held.MemoryBytes, seen.FreeMemoryBytes);
        if (Differs(node.EphemeralStorageBytes - held.EphemeralStorageBytes, seen.FreeEphemeralStorageBytes))
            return Found(Invariant.NodeCapacity, "free bytes of ephemeral storage", node.EphemeralStorageBytes - held.EphemeralStorageBytes, seen.FreeEphemeralStorageBytes);
        if (Differs(node.Pods - held.Pods, seen.FreePods)) return Found(Invariant.PodLimit, "free pods", node.Pods - held.Pods, seen.FreePods);
        return CompareDevices(n, in seen, state.LargestDeviceFreeMilli[n]) ?? CompareExtended(n, state);
    }

    private Finding? CompareDevices(int n, in NodeState seen, int largestSeen)
    {
        int[] devices = _deviceMilli[n];
        int whole = 0, largest = 0;
        long free = 0;
        if (seen.DeviceFreeMilli.Length != devices.Length) return Found(Invariant.Devices, "devices", devices.Length, seen.DeviceFreeMilli.Length);
        for (int d = 0; d < devices.Length; d++)
        {
            int left = PodSpec.WholeGpuMilli - devices[d];
            free += left;
            whole += devices[d] == 0 ? 1 : 0;
            largest = Math.Max(largest, left);
            if (seen.DeviceFreeMilli[d] != left) return Found(Invariant.Devices, $"free milli of device {d}", left, seen.DeviceFreeMilli[d]);
        }

        if (seen.FreeGpuMilli != free) return Found(Invariant.Devices, "free GPU milli", free, seen.FreeGpuMilli);
        if (seen.WholeDevicesFree != whole) return Found(Invariant.Devices, "whole devices free", whole, seen.WholeDevicesFree);
        if (largestSeen != largest) return Found(Invariant.Devices, "largest free milli of a device", largest, largestSeen);
        for (int k = 0; k < _gpuPods[n].Length; k++)
        {
            if (seen.GpuPodCounts[k] != _gpuPods[n][k]) return Found(Invariant.Devices, k == 0 ? "pods that share" : $"pods of {k} devices", _gpuPods[n][k], seen.GpuPodCounts[k]);
        }

        return null;
    }

    private Finding? CompareExtended(int n, ClusterState state)
    {
        for (int column = 0; column < state.Layout.ExtendedNames.Length; column++)
        {
            string name = state.Layout.ExtendedNames[column];
            long offered = 0;
            foreach (ResourceAmount amount in _nodes[n].Extended.AsSpan()) offered = amount.Name == name ? amount.Amount : offered;
            long free = offered - _extended[n][_extendedColumn[name]];
            if (state.FreeExtended(n, column) != free) return Found(Invariant.NodeCapacity, $"free {name}", free, state.FreeExtended(n, column));
        }

        return null;
    }

    private static bool Differs(long expected, long actual) => expected != actual;

    private static Finding Found(Invariant invariant, string what, long expected, long actual) => new(invariant, what, $"{expected}", $"{actual}");
}

/// <summary>Something that should not be.</summary>
/// <param name="Invariant">The broken law, when the state judged is node truth.</param>
/// <param name="What">Which amount.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Actual">What is there.</param>
internal readonly record struct Finding(Invariant Invariant, string What, string Expected, string Actual);
