using System.Text.Json.Serialization;

namespace SchedBench.Fuzzing.Cases;

/// <summary>Kinds of workloads.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FuzzWorkloadKind>))]
public enum FuzzWorkloadKind
{
    /// <summary>A Deployment.</summary>
    Deployment,

    /// <summary>A StatefulSet.</summary>
    StatefulSet,

    /// <summary>A DaemonSet.</summary>
    DaemonSet,

    /// <summary>A Job.</summary>
    Job,

    /// <summary>A ReplicaSet of its own.</summary>
    ReplicaSet,

    /// <summary>A CronJob that starts a Job every two minutes, suspended when the case heals.</summary>
    CronJob,
}

/// <summary>Rules of placement.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FuzzRule>))]
public enum FuzzRule
{
    /// <summary>None.</summary>
    None,

    /// <summary>At most one pod a node, by anti-affinity.</summary>
    OnePerNode,

    /// <summary>At most one pod a node, by a port of the host.</summary>
    HostPort,

    /// <summary>Even over zones, at all costs.</summary>
    EvenOverZones,

    /// <summary>Even over nodes, if it can be.</summary>
    EvenOverNodes,

    /// <summary>Preferably in the zone of the others.</summary>
    NearOthers,

    /// <summary>Preferably on nodes of tier <c>fast</c>.</summary>
    PrefersTier,
}

/// <summary>A workload: what runs, how its image behaves, and who looks after it.</summary>
/// <param name="Name">Its name, and the value of the label <c>app</c> of its pods.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Replicas">Pods; completions of a Job. A DaemonSet has as many as there are nodes.</param>
public sealed record FuzzWorkload(string Name, FuzzWorkloadKind Kind, int Replicas)
{
    /// <summary>Second in which it is applied.</summary>
    public int AtSeconds { get; init; }

    /// <summary>CPU of a pod in thousandths.</summary>
    public int CpuMilli { get; init; } = 100;

    /// <summary>Memory of a pod in MiB.</summary>
    public int MemoryMi { get; init; } = 64;

    /// <summary>GPU devices of a pod.</summary>
    public int Gpus { get; init; }

    /// <summary>Priority.</summary>
    public int Priority { get; init; }

    /// <summary>Termination grace.</summary>
    public int GraceSeconds { get; init; } = 5;

    /// <summary>Rule of placement.</summary>
    public FuzzRule Rule { get; init; }

    /// <summary>Pods at once: of a Job its parallelism, of a StatefulSet above 1 for pods that do not wait for each other.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Failures that a Job survives.</summary>
    public int BackoffLimit { get; init; } = 3;

    /// <summary>Percents of a Deployment's pods that an update may take away; the surge is one pod.</summary>
    public int UnavailablePercent { get; init; } = 25;

    /// <summary>Whether an update of a Deployment ends all pods before it begins new ones.</summary>
    public bool Recreates { get; init; }

    /// <summary>Most pods that a horizontal autoscaler gives a Deployment, by its CPU; 0 without one.</summary>
    public int AutoscalesTo { get; init; }

    /// <summary>Whether every pod of a StatefulSet has a volume of its own.</summary>
    public bool HasVolume { get; init; }

    /// <summary>Pods that its disruption budget lets go at once; null without a budget.</summary>
    public int? BudgetUnavailable { get; init; }

    /// <summary>Seconds between two readiness probes; 0 without.</summary>
    public int ReadinessSeconds { get; init; }

    /// <summary>Seconds between two liveness probes; 0 without.</summary>
    public int LivenessSeconds { get; init; }

    /// <summary>Seconds that its processes take until they listen.</summary>
    public int StartSeconds { get; init; } = 1;

    /// <summary>Seconds that its processes take until they end.</summary>
    public int StopSeconds { get; init; }

    /// <summary>Seconds that a process of a Job runs.</summary>
    public int RunSeconds { get; init; } = 10;

    /// <summary>Whether the processes of a Job fail.</summary>
    public bool Fails { get; init; }

    /// <summary>Whether it has a service.</summary>
    public bool HasService { get; init; }

    /// <summary>Requests a second to its service; 0 for none.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Second in which requests begin.</summary>
    public int RequestsFromSeconds { get; init; }

    /// <summary>How long they come.</summary>
    public int RequestsForSeconds { get; init; } = 60;

    /// <summary>Times that a request is sent again.</summary>
    public int Retries { get; init; }

    /// <summary>Whether the stream is a rate without single requests.</summary>
    public bool IsFluid { get; init; }
}
