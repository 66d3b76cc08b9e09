namespace SchedBench.Core.Objects;

/// <summary>What a pod asks for (Kubernetes <c>core/v1.PodSpec</c>). Immutable and shared: ten thousand pods of one template hold one spec.</summary>
/// <remarks>Quantities are exact integers: milli CPU, bytes, thousandths of a GPU device. All are ≥ 0. The requests are those of the whole pod, as the scheduler
/// counts them (<see cref="PodRequests"/> makes them of containers).</remarks>
public sealed record PodSpec
{
    /// <summary>One whole GPU device in milli.</summary>
    public const int WholeGpuMilli = 1000;

    /// <summary>CPU request in milli.</summary>
    public long CpuMilli { get; init; }

    /// <summary>Memory request in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Ephemeral storage request in bytes.</summary>
    public long EphemeralStorageBytes { get; init; }

    /// <summary>What scores count for the pod where they do as kube-scheduler does; null counts it as one container.</summary>
    public ScoredRequests? Scored { get; init; }

    /// <summary>Number of GPU devices, 0 to 64. A share never spans devices: <see cref="GpuMilliPerDevice"/> may be below 1000 only when this is 1.</summary>
    public int GpuCount { get; init; }

    /// <summary>Milli taken of each device, 1 to 1000 (1000 = the whole device); 0 exactly when <see cref="GpuCount"/> is 0.</summary>
    public int GpuMilliPerDevice { get; init; }

    /// <summary>GPU models this pod accepts, sorted by ordinal; empty means any.</summary>
    public ValueList<string> GpuModels { get; init; }

    /// <summary>Requests of extended resources (<c>rdma/percent</c>, …), sorted by name, amounts &gt; 0.</summary>
    public ValueList<ResourceAmount> Extended { get; init; }

    /// <summary>Node labels that the pod requires, sorted by key.</summary>
    public ValueList<Label> NodeSelector { get; init; }

    /// <summary>The service or replica group the pod belongs to; empty when it stands alone.</summary>
    public string App { get; init; } = "";

    /// <summary>Version of the definition of <see cref="App"/>, for strategies that remember failures by it; 0 without one.</summary>
    public long AppVersion { get; init; }

    /// <summary>At most this many pods of <see cref="App"/> on one node; 0 means no limit.</summary>
    public int MaxPerNode { get; init; }

    /// <summary>Which scheduler the pod asks for (<c>spec.schedulerName</c>): of strategies, those with several profiles read it.</summary>
    public string SchedulerName { get; init; } = "default-scheduler";

    /// <summary>Scheduling priority, higher first (Kubernetes <c>spec.priority</c>).</summary>
    public int Priority { get; init; }

    /// <summary>GPU milli over all requested devices.</summary>
    public long GpuMilliTotal => (long)GpuCount * GpuMilliPerDevice;

    /// <summary>Tolerated taints.</summary>
    public ValueList<Toleration> Tolerations { get; init; }

    /// <summary>Affinity and anti-affinity, or null.</summary>
    public Affinity? Affinity { get; init; }

    /// <summary>Topology spread.</summary>
    public ValueList<TopologySpreadConstraint> TopologySpread { get; init; }

    /// <summary>Ports of the node that the pod takes.</summary>
    public ValueList<HostPort> HostPorts { get; init; }

    /// <summary>The only node the pod may go to; empty for any (a pod that is made with it is bound without a scheduler).</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Volumes.</summary>
    public ValueList<Volume> Volumes { get; init; }

    /// <summary>Containers, started together; empty for pods of a trace, which only take resources for a time.</summary>
    public ValueList<Container> Containers { get; init; }

    /// <summary>Containers that run before them, one after another; those marked as sidecars stay.</summary>
    public ValueList<Container> InitContainers { get; init; }

    /// <summary>What happens to containers that ended.</summary>
    public RestartPolicy RestartPolicy { get; init; }

    /// <summary>Time between the stop signal and the kill.</summary>
    public TimeSpan TerminationGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pod is ended when it has run this long; null for no limit.</summary>
    public TimeSpan? ActiveDeadline { get; init; }

    /// <summary>Whether it may push others out.</summary>
    public PreemptionPolicy PreemptionPolicy { get; init; }

    /// <summary>Class that <see cref="Priority"/> comes from; empty for the default.</summary>
    public string PriorityClassName { get; init; } = "";

    /// <summary>Names that hold the pod back from the scheduler until they are taken away.</summary>
    public ValueList<string> SchedulingGates { get; init; }

    /// <summary>Host name of the pod, for its DNS name; empty for the pod's name.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Headless service that gives the pod its DNS name, or empty.</summary>
    public string Subdomain { get; init; } = "";
}

/// <summary>An amount of a named resource.</summary>
/// <param name="Name">Resource name as Kubernetes writes it (<c>example.com/thing</c>).</param>
/// <param name="Amount">Whole units, ≥ 0.</param>
public readonly record struct ResourceAmount(string Name, long Amount);

/// <summary>A label: key and value.</summary>
public readonly record struct Label(string Key, string Value);
