using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;

namespace SchedBench.Experiments.Files;

/// <summary>How the components of a cluster behave: the key <c>settings</c>. What is not stated is what the options of the core say.</summary>
public sealed record ClusterSettings
{
    /// <summary>Node agents and the registry; images and delays are the section <c>cluster</c>'s.</summary>
    public AgentOptions Agents { get; init; } = new();

    /// <summary>Watch over nodes.</summary>
    public NodeLifecycleOptions NodeLifecycle { get; init; } = new();

    /// <summary>Writes of the controller manager.</summary>
    public ClientLimits ControllerLimits { get; init; } = ClientLimits.ControllerManager;

    /// <summary>Jobs, daemons, storage, autoscalers of pods, garbage.</summary>
    public ControllerSetOptions Controllers { get; init; } = new();

    /// <summary>Rollouts.</summary>
    public DeploymentOptions Deployments { get; init; } = new();

    /// <summary>Budgets and evictions.</summary>
    public DisruptionOptions Disruption { get; init; } = new();

    /// <summary>Rollouts that are taken back; whether they are is the update's to say.</summary>
    public RollbackOptions Rollback { get; init; } = new();

    /// <summary>The scheduler's queue; the latency of bindings is the section <c>cluster</c>'s.</summary>
    public SchedulerHostOptions Scheduler { get; init; } = new();

    /// <summary>Whether pods of higher priority push out others.</summary>
    public bool Preempts { get; init; } = true;

    /// <summary>Admission.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Proxies and clients.</summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    /// <summary>Addresses and ports of services.</summary>
    public ServiceAddressOptions Addresses { get; init; } = ServiceAddressOptions.Default;

    /// <summary>The cluster autoscaler; its groups are the section <c>nodeGroups</c>'s.</summary>
    public ClusterAutoscalerOptions ClusterAutoscaler { get; init; } = new() { Groups = [] };

    /// <summary>Docker Swarm.</summary>
    public SwarmOptions Swarm { get; init; } = new();

    /// <summary>These settings as far as an orchestrator has the components: the groups of the others are left at their defaults (<see cref="SettingCatalog.IsOf"/>).</summary>
    internal ClusterSettings For(Orchestrator orchestrator) => orchestrator == Orchestrator.Kubernetes ? this : new ClusterSettings
    {
        Agents = new AgentOptions { Registry = Agents.Registry, ImagesArePresent = Agents.ImagesArePresent },
        Addresses = Addresses,
        Swarm = Swarm,
    };
}
