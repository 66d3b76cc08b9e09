using System.Text.Json;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Store;

namespace SchedBench.Experiments.Files;

/// <summary>All settings by component: the key <c>settings</c>. Names are those of the components' own flags and configuration files, in camel case.</summary>
internal static partial class SettingCatalog
{
    private static readonly Setting<ClusterSettings>[] All =
    [
        Setting.Group<ClusterSettings, AgentOptions>("kubelet", all => all.Agents, (all, part) => all with { Agents = part }, Never<AgentOptions>, Kubelet,
            new Ascending<AgentOptions>("containerRestartBackOff", "maxContainerRestartPeriod", agents => agents.BackoffStart <= agents.BackoffLimit),
            new Ascending<AgentOptions>("imageGCLowThresholdPercent", "imageGCHighThresholdPercent", agents => agents.ImageGcLowPercent < agents.ImageGcHighPercent) { IsStrict = true }),
        Setting.Group<ClusterSettings, AgentOptions>("registry", all => all.Agents, (all, part) => all with { Agents = part }, Never<AgentOptions>, Registry),
        Setting.Group<ClusterSettings, ClusterSettings>("controllerManager", all => all, (_, part) => part, Never<ClusterSettings>, ControllerManager,
            new("jobPodFailureBackOff", "maxJobPodFailureBackOff", all => all.Controllers.Job.PodFailureBackoff <= all.Controllers.Job.PodFailureBackoffMax),
            new("daemonSetFailedPodsBackoff", "maxDaemonSetFailedPodsBackoff", all => all.Controllers.DaemonSet.FailedPodBackoff <= all.Controllers.DaemonSet.FailedPodBackoffMax)),
        Setting.Group<ClusterSettings, ClusterSettings>("scheduler", all => all, (_, part) => part, Never<ClusterSettings>, Scheduler,
            new Ascending<ClusterSettings>("podInitialBackoff", "podMaxBackoff", all => all.Scheduler.Queue.InitialBackoff <= all.Scheduler.Queue.MaxBackoff)),
        Setting.Group<ClusterSettings, NetworkOptions>("kubeProxy", all => all.Network, (all, part) => all with { Network = part }, Never<NetworkOptions>, KubeProxy),
        Setting.Group<ClusterSettings, ServiceAddressOptions>("apiServer", all => all.Addresses, (all, part) => all with { Addresses = part }, Never<ServiceAddressOptions>, ApiServer,
            new Ascending<ServiceAddressOptions>("firstNodePort", "lastNodePort", addresses => addresses.FirstNodePort <= addresses.LastNodePort)),
        Setting.Group<ClusterSettings, AdmissionOptions>("admission", all => all.Admission, (all, part) => all with { Admission = part }, Never<AdmissionOptions>, Admission),
        Setting.Group<ClusterSettings, StorageOptions>(
            "storage", all => all.Controllers.Storage, (all, part) => all with { Controllers = all.Controllers with { Storage = part } }, Never<StorageOptions>, Storage),
        Setting.Group<ClusterSettings, ClusterAutoscalerOptions>(
            "clusterAutoscaler", all => all.ClusterAutoscaler, (all, part) => all with { ClusterAutoscaler = part }, Never<ClusterAutoscalerOptions>, ClusterAutoscaler,
            new("initialNodeGroupBackoffDuration", "maxNodeGroupBackoffDuration", options => options.BackoffStart <= options.BackoffLimit),
            new("maxDrainParallelism", "maxScaleDownParallelism", options => options.MaxDrainParallelism <= options.MaxParallelism)),
        Setting.Group<ClusterSettings, Core.Swarm.SwarmOptions>("swarm", all => all.Swarm, (all, part) => all with { Swarm = part }, Never<Core.Swarm.SwarmOptions>, Swarm,
            new("gossipLossMin", "gossipLossMax", swarm => swarm.GossipLossMin <= swarm.GossipLossMax),
            new("schedulerGap", "schedulerLatencyMax", swarm => swarm.SchedulerGap <= swarm.SchedulerLatencyMax)),
    ];

    /// <summary>The settings of a section; all defaults when there is none.</summary>
    public static ClusterSettings Read(YamlMap? section) => section is null ? new ClusterSettings() : Setting.ReadAll(section, new ClusterSettings(), All, []);

    /// <summary>Whether a group changes anything under an orchestrator.</summary>
    public static bool IsOf(string group, Orchestrator orchestrator) => orchestrator == Orchestrator.Swarm ? group is "swarm" or "registry" or "apiServer" : group != "swarm";

    /// <summary>The keys of all values, as <c>group.key</c>.</summary>
    public static IEnumerable<string> Paths => All.SelectMany(group => group.Below.Select(key => $"{group.Name}.{key}"));

    /// <summary>States every setting.</summary>
    public static void Write(Utf8JsonWriter json, ClusterSettings settings)
    {
        foreach (Setting<ClusterSettings> group in All) group.Write(json, settings);
    }

    /// <summary>For parts that are always there.</summary>
    private static T Never<T>() => throw new InvalidOperationException("These options are never missing.");
}
