using System.Diagnostics;
using System.Runtime.CompilerServices;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>
/// Nodes as columns: what each node has left. Two instances live in a run: the scheduler's view (fed by its watch, strategies decide on it) and the node
/// truth (what the agents really run). Every change of a node goes into one ring, from which caches learn what to look at again.
/// </summary>
/// <remarks>
/// Columns are [node], device columns are [<see cref="FleetLayout.DeviceOffset"/> + device], counters of GPU pods are
/// [offset + node + class] with class 0 = shares and class k = pods of k whole devices. <see cref="Add"/> and <see cref="Remove"/> are exact inverses, bit for bit,
/// so a trial that is rolled back leaves no trace but newer versions.
/// </remarks>
public sealed partial class ClusterState
{
    internal readonly long[] FreeCpuMilli;
    internal readonly long[] FreeMemoryBytes;
    internal readonly long[] FreeEphemeralStorageBytes;
    internal readonly int[] FreePods;
    internal readonly long[] FreeGpuMilli;
    internal readonly int[] LargestDeviceFreeMilli;
    internal readonly int[] WholeDevicesFree;
    internal readonly int[] DeviceFreeMilli;
    internal readonly int[] GpuPodCounts;
    internal readonly bool[] Schedulable;
    internal long[] AllocatableCpuMilli;
    internal long[] AllocatableMemoryBytes;
    internal int[] PodLimits;
    internal readonly uint[] Version;
    internal readonly long[] ScoredCpuMilli;
    internal readonly long[] ScoredMemoryBytes;
    private readonly long[] _freeExtended;
    private readonly int _extendedStride;
    private readonly int[] _deviceOffset;
    private int[] _classOf;
    private readonly int[] _ring;
    private readonly int _ringMask;
    private readonly Stack<int[]> _spareCounts = new();
    private AppCounts[] _appPods = [];

    /// <summary>An empty cluster: every node schedulable, nothing placed.</summary>
    /// <param name="layout">The fleet.</param>
    /// <param name="shapes">The run's shapes.</param>
    public ClusterState(FleetLayout layout, ShapeTable shapes)
        : this(layout, shapes, isNodeTruth: false)
    {
    }

    /// <summary>An empty cluster.</summary>
    /// <param name="layout">The fleet.</param>
    /// <param name="shapes">The run's shapes.</param>
    /// <param name="isNodeTruth">Whether this is what the agents know: they check what concerns their node alone (resources, node affinity, ports, taints that evict), not other taints,
    /// spread and the affinity of pods, as kubelets do.</param>
    internal ClusterState(FleetLayout layout, ShapeTable shapes, bool isNodeTruth)
    {
        Layout = layout;
        Shapes = shapes;
        int nodes = layout.Count;
        _deviceOffset = layout.DeviceOffset;
        _classOf = layout.ClassOf;
        (AllocatableCpuMilli, AllocatableMemoryBytes, PodLimits) = (layout.CpuMilli, layout.MemoryBytes, layout.Pods);
        FreeCpuMilli = new long[nodes];
        FreeMemoryBytes = new long[nodes];
        FreeEphemeralStorageBytes = new long[nodes];
        FreePods = new int[nodes];
        FreeGpuMilli = new long[nodes];
        ScoredCpuMilli = new long[nodes];
        ScoredMemoryBytes = new long[nodes];
        LargestDeviceFreeMilli = new int[nodes];
        WholeDevicesFree = new int[nodes];
        DeviceFreeMilli = new int[_deviceOffset[nodes]];
        GpuPodCounts = new int[_deviceOffset[nodes] + nodes];
        Schedulable = new bool[nodes];
        TaintSet = new int[nodes];
        _open = new bool[nodes];
        _absent = new bool[nodes];
        _excluded = new bool[nodes];
        IsNodeTruth = isNodeTruth;
        _filter = new ClusterFilter(this);
        Version = new uint[nodes];
        _extendedStride = layout.ExtendedNames.Length + 1;
        _freeExtended = new long[_extendedStride == 1 ? 0 : nodes * _extendedStride];
        int ring = 64;
        while (ring < 2 * nodes) ring *= 2;
        _ring = new int[ring];
        _ringMask = ring - 1;
        Array.Fill(DeviceFreeMilli, PodSpec.WholeGpuMilli);
        for (int n = 0; n < nodes; n++)
        {
            NodeSpec node = layout.Nodes[n];
            FreeCpuMilli[n] = node.CpuMilli;
            FreeMemoryBytes[n] = node.MemoryBytes;
            FreeEphemeralStorageBytes[n] = node.EphemeralStorageBytes;
            FreePods[n] = node.Pods;
            FreeGpuMilli[n] = (long)node.GpuCount * PodSpec.WholeGpuMilli;
            LargestDeviceFreeMilli[n] = node.GpuCount > 0 ? PodSpec.WholeGpuMilli : 0;
            WholeDevicesFree[n] = node.GpuCount;
            Schedulable[n] = true;
            TaintSet[n] = NumberOf(node.Taints);
            _open[n] = IsOpen(n);
            foreach (ResourceAmount extended in node.Extended.AsSpan())
                _freeExtended[(n * _extendedStride) + Array.BinarySearch(layout.ExtendedNames, extended.Name, StringComparer.Ordinal)] = extended.Amount;
        }
    }

    /// <summary>The fleet.</summary>
    public FleetLayout Layout { get; }

    /// <summary>The run's shapes.</summary>
    public ShapeTable Shapes { get; }

    /// <summary>Number of nodes.</summary>
    public int Count => FreeCpuMilli.Length;

    /// <summary>Counters of apps [node] made so far, those at rest among them: as many as apps had pods at once.</summary>
    internal int AppCountersMade { get; private set; }

    /// <summary>Number of node changes so far: the head of the ring.</summary>
    internal long Changes { get; private set; }

    /// <summary>How far back the ring remembers.</summary>
    internal int RingLength => _ring.Length;

    /// <summary>The node of change number <paramref name="change"/>, which must be among the last <see cref="RingLength"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ChangedNode(long change) => _ring[(int)change & _ringMask];

    /// <summary>Whether a pod of the shape fits the node now by the rules that concern the node alone, fast form. <see cref="Scheduling.Predicates"/> gives the reasons.</summary>
    /// <remarks>A node that shrank may have less than nothing left: pods that ask for nothing of it fit all the same (<c>fitsRequest</c>).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool FitsLocally(in PodShape shape, int n) => shape.Exemptions is not null && !IsNodeTruth
        ? Scheduling.Predicates.FitsLocally(this, in shape, n)
        : (FreeCpuMilli[n] >= shape.CpuMilli || shape.CpuMilli == 0)
        && (FreeMemoryBytes[n] >= shape.MemoryBytes || shape.MemoryBytes == 0)
        && FreePods[n] > 0
        && (_open[n] || FitsClosed(in shape, n))
        && (shape.GpuCount == 0 || FitsDevices(in shape, n))
        && (shape.EphemeralStorageBytes == 0 || FreeEphemeralStorageBytes[n] >= shape.EphemeralStorageBytes)
        && (!shape.HasRules || FitsRules(in shape, n));

    /// <summary>Whether the devices can take the pod: a share needs one device with enough left, whole devices need to be wholly free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool FitsDevices(in PodShape shape, int n) =>
        shape.IsGpuShare ? LargestDeviceFreeMilli[n] >= shape.GpuMilliPerDevice : WholeDevicesFree[n] >= shape.GpuCount;

    /// <summary>Free amount of an extended resource column; a column nobody offers has none.</summary>
    internal long FreeExtended(int n, int column) => column < _extendedStride - 1 ? _freeExtended[(n * _extendedStride) + column] : 0;

    /// <summary>Pods of a counted app on a node.</summary>
    internal int AppPods(int app, int n) => app >= 0 && app < _appPods.Length && _appPods[app].ByNode is { } counts ? counts[n] : 0;

    /// <summary>The devices of a node: free milli each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<int> Devices(int n) => DeviceFreeMilli.AsSpan(_deviceOffset[n], _deviceOffset[n + 1] - _deviceOffset[n]);

    /// <summary>Counters of GPU pods on a node: [0] shares, [k] pods of k whole devices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<int> GpuPods(int n) => GpuPodCounts.AsSpan(_deviceOffset[n] + n, _deviceOffset[n + 1] - _deviceOffset[n] + 1);

    /// <summary>Takes a pod's resources and devices from a node. The caller has checked that it fits.</summary>
    internal void Add(in PodShape shape, int n, DeviceSet devices) => Apply(in shape, n, devices, 1);

    /// <summary>Gives back what <see cref="Add"/> took.</summary>
    internal void Remove(in PodShape shape, int n, DeviceSet devices) => Apply(in shape, n, devices, -1);

    /// <summary>Cordons or uncordons a node.</summary>
    internal void SetSchedulable(int n, bool schedulable)
    {
        if (Schedulable[n] == schedulable) return;
        Schedulable[n] = schedulable;
        Reopen(n);
    }

    /// <summary>Notes that a node changed, so that caches look at it again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Touch(int n)
    {
        Version[n]++;
        _ring[(int)Changes & _ringMask] = n;
        Changes++;
    }

    /// <summary>Whether both hold the same amounts everywhere (versions and history aside).</summary>
    internal bool SameAmounts(ClusterState other)
    {
        for (int app = 0; app < Math.Max(_appPods.Length, other._appPods.Length); app++)
        {
            for (int n = 0; n < Count; n++)
            {
                if (AppPods(app, n) != other.AppPods(app, n)) return false;
            }
        }

        return FreeCpuMilli.AsSpan().SequenceEqual(other.FreeCpuMilli)
            && FreeMemoryBytes.AsSpan().SequenceEqual(other.FreeMemoryBytes)
            && FreeEphemeralStorageBytes.AsSpan().SequenceEqual(other.FreeEphemeralStorageBytes)
            && FreePods.AsSpan().SequenceEqual(other.FreePods)
            && DeviceFreeMilli.AsSpan().SequenceEqual(other.DeviceFreeMilli)
            && FreeGpuMilli.AsSpan().SequenceEqual(other.FreeGpuMilli)
            && LargestDeviceFreeMilli.AsSpan().SequenceEqual(other.LargestDeviceFreeMilli)
            && WholeDevicesFree.AsSpan().SequenceEqual(other.WholeDevicesFree)
            && GpuPodCounts.AsSpan().SequenceEqual(other.GpuPodCounts)
            && Schedulable.AsSpan().SequenceEqual(other.Schedulable)
            && _freeExtended.AsSpan().SequenceEqual(other._freeExtended)
            && SameRules(other);
    }

    private bool FitsRules(in PodShape shape, int n)
    {
        if (shape.OnlyNode != PodShape.AnyNode && shape.OnlyNode != n) return false;
        if (shape.AllowedNodes is { } allowed && !allowed.Allows(this, n)) return false;
        if (shape.MaxPerNode > 0 && AppPods(shape.App, n) >= shape.MaxPerNode) return false;
        if (shape.Extended is { } requests)
        {
            for (int column = 0; column < requests.Length; column++)
            {
                if (requests[column] > 0 && FreeExtended(n, column) < requests[column]) return false;
            }
        }

        return shape.Ports is null || PortConflict(in shape, n) is null;
    }

    private void Apply(in PodShape shape, int n, DeviceSet devices, int sign)
    {
        if (Shapes.CountsPods && !IsNodeTruth) CountPod(in shape, n, sign);
        FreeCpuMilli[n] -= sign * shape.CpuMilli;
        FreeMemoryBytes[n] -= sign * shape.MemoryBytes;
        FreeEphemeralStorageBytes[n] -= sign * shape.EphemeralStorageBytes;
        FreePods[n] -= sign;
        ScoredCpuMilli[n] += sign * shape.Scored.CpuMilli;
        ScoredMemoryBytes[n] += sign * shape.Scored.MemoryBytes;
        if (shape.GpuCount > 0) ApplyDevices(in shape, n, devices, sign);
        if (shape.App >= 0) CountApp(shape.App, n, sign);
        if (shape.Ports is { } ports) ApplyPorts(ports, n, sign);
        if (shape.Extended is { } requests)
        {
            for (int column = 0; column < _extendedStride - 1; column++) _freeExtended[(n * _extendedStride) + column] -= sign * requests[column];
        }

        if (Volumes is not null && shape.ClusterRules is { HasClaims: true }) Volumes.OnPlaced(shape.Spec, Shapes.IdentityOf(new ShapeIndex(shape.Entry)).Namespace, new NodeIndex(n), sign);
        Touch(n);
    }

    private void ApplyDevices(in PodShape shape, int n, DeviceSet devices, int sign)
    {
        Span<int> free = DeviceFreeMilli.AsSpan(_deviceOffset[n], _deviceOffset[n + 1] - _deviceOffset[n]);
        int milli = sign * shape.GpuMilliPerDevice;
        int largest = 0, whole = 0;
        ulong bits = devices.Bits;
        for (int d = 0; d < free.Length; d++)
        {
            if ((bits >> d & 1) != 0) free[d] -= milli;
            Debug.Assert(free[d] is >= 0 and <= PodSpec.WholeGpuMilli, "The host checked the device set before it applied it.");
            if (free[d] > largest) largest = free[d];
            if (free[d] == PodSpec.WholeGpuMilli) whole++;
        }

        LargestDeviceFreeMilli[n] = largest;
        WholeDevicesFree[n] = whole;
        FreeGpuMilli[n] -= milli * (long)shape.GpuCount;
        GpuPodCounts[_deviceOffset[n] + n + (shape.IsGpuShare ? 0 : shape.GpuCount)] += sign;
    }

    private void CountApp(int app, int n, int sign)
    {
        if (app >= _appPods.Length) Array.Resize(ref _appPods, Math.Max(2 * _appPods.Length, Shapes.AppCount));
        ref AppCounts counts = ref _appPods[app];
        counts.ByNode ??= _spareCounts.TryPop(out int[]? spare) ? spare : NewCounts();
        counts.ByNode[n] += sign;
        counts.Pods += sign;
        Debug.Assert(counts.ByNode[n] >= 0, "Only what was added is removed.");
        if (counts.Pods > 0) return;

        // The app's last pod is gone, so all its counters are 0: they serve the next app.
        _spareCounts.Push(counts.ByNode);
        counts.ByNode = null;
    }

    private int[] NewCounts()
    {
        AppCountersMade++;
        return new int[Count];
    }

    /// <summary>Pods of an app: on each node, and on all.</summary>
    private struct AppCounts
    {
        /// <summary>[node]; null while the app has no pod.</summary>
        public int[]? ByNode;

        /// <summary>Sum of <see cref="ByNode"/>.</summary>
        public int Pods;
    }
}
