using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>Interns pod specs into shapes. One table a run, shared by the scheduler's view and the node truth.</summary>
public sealed class ShapeTable
{
    private readonly FleetLayout _fleet;
    private readonly Dictionary<PodSpec, int> _bySpecInstance = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PodSpec, int> _byContent = [];
    private readonly Dictionary<string, int> _apps = new(StringComparer.Ordinal);
    private readonly bool _countsApps;
    private readonly IReadOnlySet<string> _appsWithLimit;
    private PodShape[] _shapes = new PodShape[16];

    /// <summary>An empty table over a fleet.</summary>
    /// <param name="fleet">Whose node classes and extended resources the shapes refer to.</param>
    /// <param name="countsApps">Whether the strategy tells apps apart even where no limit a node does.</param>
    /// <param name="appsWithLimit">Apps of which some pod limits the number a node may hold; null when there is none.</param>
    public ShapeTable(FleetLayout fleet, bool countsApps, IReadOnlySet<string>? appsWithLimit = null)
    {
        _fleet = fleet;
        _countsApps = countsApps;
        _appsWithLimit = appsWithLimit ?? new HashSet<string>();
    }

    /// <summary>Number of shapes met so far.</summary>
    public int Count { get; private set; }

    /// <summary>Number of apps that are counted a node.</summary>
    internal int AppCount => _apps.Count;

    /// <summary>A shape by index, without a copy.</summary>
    public ref readonly PodShape this[ShapeIndex index] => ref _shapes[index.Value];

    /// <summary>The shape of a spec; known spec instances cost one look-up.</summary>
    public ShapeIndex Intern(PodSpec spec)
    {
        if (_bySpecInstance.TryGetValue(spec, out int known)) return new ShapeIndex(known);
        bool countsApp = spec.App.Length > 0 && (_countsApps || _appsWithLimit.Contains(spec.App));
        PodSpec content = Content(spec) with { App = countsApp ? spec.App : "", MaxPerNode = countsApp ? spec.MaxPerNode : 0 };
        if (!_byContent.TryGetValue(content, out int index))
        {
            index = Add(spec, content);
            _byContent.Add(content, index);
        }

        _bySpecInstance.Add(spec, index);
        return new ShapeIndex(index);
    }

    /// <summary>What rules and strategies may look at: the requests and the rules of placement, not what runs inside.</summary>
    private static PodSpec Content(PodSpec spec) => new()
    {
        CpuMilli = spec.CpuMilli,
        MemoryBytes = spec.MemoryBytes,
        EphemeralStorageBytes = spec.EphemeralStorageBytes,
        GpuCount = spec.GpuCount,
        GpuMilliPerDevice = spec.GpuMilliPerDevice,
        GpuModels = spec.GpuModels,
        Extended = spec.Extended,
        NodeSelector = spec.NodeSelector,
        Tolerations = spec.Tolerations,
        Affinity = spec.Affinity,
        TopologySpread = spec.TopologySpread,
        HostPorts = spec.HostPorts,
        NodeName = spec.NodeName,
        Volumes = spec.Volumes,
    };

    private int Add(PodSpec spec, PodSpec content)
    {
        if (Count == _shapes.Length) Array.Resize(ref _shapes, Count * 2);
        int app = -1;
        if (content.App.Length > 0 && !_apps.TryGetValue(content.App, out app))
        {
            app = _apps.Count;
            _apps.Add(content.App, app);
        }

        _shapes[Count] = new PodShape(
            new ShapeIndex(Count), spec, _fleet.AllowedClasses(spec), _fleet.ExtendedRequests(spec), app, content.MaxPerNode);
        return Count++;
    }
}
