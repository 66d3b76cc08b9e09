namespace SchedBench.Core.Objects;

/// <summary>A container of a pod (Kubernetes <c>core/v1.Container</c>). Quantities are exact integers: milli CPU, bytes.</summary>
public sealed record Container
{
    /// <summary>Name, unique in the pod.</summary>
    public required string Name { get; init; }

    /// <summary>Image as the manifest writes it: <c>name:tag</c> or <c>name@sha256:…</c>.</summary>
    public string Image { get; init; } = "";

    /// <summary>When the image is pulled.</summary>
    public ImagePullPolicy PullPolicy { get; init; } = ImagePullPolicy.IfNotPresent;

    /// <summary>CPU request in milli.</summary>
    public long CpuMilli { get; init; }

    /// <summary>Memory request in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Ephemeral storage request in bytes.</summary>
    public long EphemeralStorageBytes { get; init; }

    /// <summary>CPU limit in milli, or null: above it the container is throttled.</summary>
    public long? CpuMilliLimit { get; init; }

    /// <summary>Memory limit in bytes, or null: above it the container is killed.</summary>
    public long? MemoryBytesLimit { get; init; }

    /// <summary>Ephemeral storage limit in bytes, or null: a pod whose container writes more is evicted.</summary>
    public long? EphemeralStorageBytesLimit { get; init; }

    /// <summary>Requests of extended resources, sorted by name.</summary>
    public ValueList<ResourceAmount> Extended { get; init; }

    /// <summary>Ports.</summary>
    public ValueList<ContainerPort> Ports { get; init; }

    /// <summary>Environment, in order.</summary>
    public ValueList<EnvironmentVariable> Environment { get; init; }

    /// <summary>Mounted volumes.</summary>
    public ValueList<VolumeMount> Mounts { get; init; }

    /// <summary>Decides whether the pod takes requests; null means as soon as the container runs.</summary>
    public Probe? Readiness { get; init; }

    /// <summary>Restarts the container when it fails; null means never.</summary>
    public Probe? Liveness { get; init; }

    /// <summary>Holds the other probes back until it succeeded once; null means at once.</summary>
    public Probe? Startup { get; init; }

    /// <summary>How long the preStop hook takes before the stop signal is sent; null without a hook (a <c>sleep</c> hook states it, others take it from the
    /// behaviour of the image).</summary>
    public TimeSpan? PreStopSleep { get; init; }

    /// <summary>Of an init container: it keeps running beside the others (a sidecar, <c>restartPolicy: Always</c>).</summary>
    public bool IsSidecar { get; init; }
}

/// <summary>When an image is pulled.</summary>
public enum ImagePullPolicy : byte
{
    /// <summary>Only when the node has none. The default but for <c>:latest</c>.</summary>
    IfNotPresent,

    /// <summary>The registry is asked at every start. The default for <c>:latest</c> and no tag.</summary>
    Always,

    /// <summary>Never: a missing image is an error.</summary>
    Never,
}

/// <summary>A port of a container.</summary>
/// <param name="Name">Name, or empty.</param>
/// <param name="Port">Port of the container.</param>
/// <param name="HostPort">Port of the node, or 0.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="HostIp">Address of the node that the host port binds, or empty for all.</param>
public readonly record struct ContainerPort(string Name, int Port, int HostPort, string Protocol, string HostIp);

/// <summary>A variable of the environment: a value, or a key of a ConfigMap or Secret.</summary>
/// <param name="Name">Name.</param>
/// <param name="Value">Literal value; empty when it comes from a source.</param>
/// <param name="Source">Kind of the source, or null for a literal.</param>
/// <param name="SourceName">Name of the ConfigMap or Secret.</param>
/// <param name="SourceKey">Key in it; empty takes all keys (<c>envFrom</c>).</param>
/// <param name="IsOptional">Whether a missing source is fine.</param>
public readonly record struct EnvironmentVariable(string Name, string Value, ResourceKind? Source, string SourceName, string SourceKey, bool IsOptional);

/// <summary>A mounted volume.</summary>
/// <param name="Volume">Name of the volume in the pod.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="IsReadOnly">Whether it is read-only.</param>
public readonly record struct VolumeMount(string Volume, string Path, bool IsReadOnly);

/// <summary>A probe (Kubernetes <c>core/v1.Probe</c>); defaults are those of the API.</summary>
public sealed record Probe
{
    /// <summary>Time from the container's start to the first probe.</summary>
    public TimeSpan InitialDelay { get; init; }

    /// <summary>Time between probes.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After this long without an answer the probe has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Successes in a row after a failure that count as success.</summary>
    public int SuccessThreshold { get; init; } = 1;

    /// <summary>Failures in a row that count as failure.</summary>
    public int FailureThreshold { get; init; } = 3;

    /// <summary>What it looks at, as written: <c>httpGet</c>, <c>tcpSocket</c>, <c>exec</c> or <c>grpc</c>.</summary>
    public string Action { get; init; } = "httpGet";
}
