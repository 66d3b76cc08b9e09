using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Store;

namespace SchedBench.Experiments.Files;

/// <content>Settings of what is on nodes and around the API.</content>
internal static partial class SettingCatalog
{
    private const int LastPort = 65_535;
    private const int MostVolumes = 100_000;
    private const int AllPercent = 100;
    /// <summary>What the kubelet takes at least.</summary>
    private const int LeastLogFiles = 2;
    private const int MostLogFiles = 1_000;
    private const long MostLogBytes = 1L << 40;

    /// <summary>Fields of KubeletConfiguration where it has them.</summary>
    private static Setting<AgentOptions>[] Kubelet =>
    [
        Setting.Period<AgentOptions>("nodeLeaseRenewInterval", agents => agents.HeartbeatPeriod, (agents, value) => agents with { HeartbeatPeriod = value }),
        Setting.Period<AgentOptions>("syncFrequency", agents => agents.SyncPeriod, (agents, value) => agents with { SyncPeriod = value }),
        Setting.Time<AgentOptions>("plegRelistPeriod", agents => agents.RelistPeriod, (agents, value) => agents with { RelistPeriod = value }),
        Setting.Time<AgentOptions>("probePeriod", agents => agents.ProbePeriod, (agents, value) => agents with { ProbePeriod = value }),
        Setting.Period<AgentOptions>("backOffPeriod", agents => agents.RetryPeriod, (agents, value) => agents with { RetryPeriod = value }),
        Setting.Period<AgentOptions>("containerRestartBackOff", agents => agents.BackoffStart, (agents, value) => agents with { BackoffStart = value }),
        Setting.Period<AgentOptions>("maxContainerRestartPeriod", agents => agents.BackoffLimit, (agents, value) => agents with { BackoffLimit = value }),
        Setting.Count<AgentOptions>("registryPullQPS", agents => agents.PullLimits.Qps, (agents, value) => agents with { PullLimits = agents.PullLimits with { Qps = value } }),
        Setting.Count<AgentOptions>("registryBurst", agents => agents.PullLimits.Burst, (agents, value) => agents with { PullLimits = agents.PullLimits with { Burst = value } }, min: 1),
        Setting.Count<AgentOptions>("kubeAPIQPS", agents => agents.StatusLimits.Qps, (agents, value) => agents with { StatusLimits = agents.StatusLimits with { Qps = value } }),
        Setting.Count<AgentOptions>("kubeAPIBurst", agents => agents.StatusLimits.Burst, (agents, value) => agents with { StatusLimits = agents.StatusLimits with { Burst = value } }, min: 1),
        Setting.Period<AgentOptions>("evictionMonitoringPeriod", agents => agents.PressurePeriod, (agents, value) => agents with { PressurePeriod = value }),
        Setting.Time<AgentOptions>("evictionPressureTransitionPeriod", agents => agents.PressureTransition, (agents, value) => agents with { PressureTransition = value }),
        Setting.Group<AgentOptions, AgentOptions>("evictionHard", agents => agents, (_, part) => part, Never<AgentOptions>,
        [
            Setting.Percent<AgentOptions>("nodefsAvailable", agents => agents.NodeFsAvailablePercent, (agents, value) => agents with { NodeFsAvailablePercent = value }),
            Setting.Percent<AgentOptions>("imagefsAvailable", agents => agents.ImageFsAvailablePercent, (agents, value) => agents with { ImageFsAvailablePercent = value }),
        ]),
        Setting.Count<AgentOptions>("imageGCHighThresholdPercent", agents => agents.ImageGcHighPercent, (agents, value) => agents with { ImageGcHighPercent = value }, max: AllPercent),
        Setting.Count<AgentOptions>("imageGCLowThresholdPercent", agents => agents.ImageGcLowPercent, (agents, value) => agents with { ImageGcLowPercent = value }, max: AllPercent),
        Setting.Time<AgentOptions>("imageMinimumGCAge", agents => agents.ImageGcMinAge, (agents, value) => agents with { ImageGcMinAge = value }),
        Setting.Period<AgentOptions>("imageGCPeriod", agents => agents.ImageGcPeriod, (agents, value) => agents with { ImageGcPeriod = value }),
        Setting.Bytes<AgentOptions>("containerLogMaxSize", agents => agents.LogFileBytesMax, (agents, value) => agents with { LogFileBytesMax = (long)value }, MostLogBytes),
        Setting.Count<AgentOptions>("containerLogMaxFiles", agents => agents.LogFilesMax, (agents, value) => agents with { LogFilesMax = value }, LeastLogFiles, MostLogFiles),
        Setting.Time<AgentOptions>("configMapAndSecretCacheTTL", agents => agents.ConfigCacheTtl, (agents, value) => agents with { ConfigCacheTtl = value }),
        Setting.Flag<AgentOptions>("turnsUnreadyOnDeletion", agents => agents.TurnsUnreadyOnDeletion, (agents, value) => agents with { TurnsUnreadyOnDeletion = value }),
    ];

    private static Setting<AgentOptions>[] Registry =>
    [
        Setting.Bytes<AgentOptions>("bytesPerSecond", agents => agents.Registry.BytesPerSecond, (agents, value) => agents with { Registry = agents.Registry with { BytesPerSecond = value } }),
        Setting.Drawn<AgentOptions>("latency", agents => agents.Registry.LatencySeconds, (agents, value) => agents with { Registry = agents.Registry with { LatencySeconds = value } }),
        Setting.Flag<AgentOptions>("imagesArePresent", agents => agents.ImagesArePresent, (agents, value) => agents with { ImagesArePresent = value }),
    ];

    private static Setting<NetworkOptions>[] KubeProxy =>
    [
        Setting.Time<NetworkOptions>("watchDelay", network => network.WatchDelay, (network, value) => network with { WatchDelay = value }),
        Setting.Time<NetworkOptions>("minSyncPeriod", network => network.ProxySyncPeriod, (network, value) => network with { ProxySyncPeriod = value }),
        Setting.Time<NetworkOptions>("programmingDelay", network => network.ProgrammingDelay, (network, value) => network with { ProgrammingDelay = value }),
    ];

    private static Setting<ServiceAddressOptions>[] ApiServer =>
    [
        Setting.Range<ServiceAddressOptions>("serviceClusterIPRange", addresses => addresses.Ipv4Range, (addresses, value) => addresses with { Ipv4Range = value }, System.Net.Sockets.AddressFamily.InterNetwork),
        Setting.Range<ServiceAddressOptions>("serviceClusterIPv6Range", addresses => addresses.Ipv6Range, (addresses, value) => addresses with { Ipv6Range = value }, System.Net.Sockets.AddressFamily.InterNetworkV6),
        Setting.Range<ServiceAddressOptions>("loadBalancerRange", addresses => addresses.BalancerRange, (addresses, value) => addresses with { BalancerRange = value }, System.Net.Sockets.AddressFamily.InterNetwork),
        Setting.Choice<ServiceAddressOptions>("primaryIPFamily", [ServiceAddresses.Ipv4, ServiceAddresses.Ipv6], addresses => addresses.DefaultFamily, (addresses, value) => addresses with { DefaultFamily = value }),
        Setting.Count<ServiceAddressOptions>("firstNodePort", addresses => addresses.FirstNodePort, (addresses, value) => addresses with { FirstNodePort = value }, 1, LastPort),
        Setting.Count<ServiceAddressOptions>("lastNodePort", addresses => addresses.LastNodePort, (addresses, value) => addresses with { LastNodePort = value }, 1, LastPort),
    ];

    private static Setting<AdmissionOptions>[] Admission =>
    [
        Setting.TimeOrNone<AdmissionOptions>("defaultNotReadyToleration", admission => admission.NotReadyToleration, (admission, value) => admission with { NotReadyToleration = value }),
        Setting.TimeOrNone<AdmissionOptions>("defaultUnreachableToleration", admission => admission.UnreachableToleration, (admission, value) => admission with { UnreachableToleration = value }),
        Setting.Flag<AdmissionOptions>("resourceQuota", admission => admission.EnforcesQuota, (admission, value) => admission with { EnforcesQuota = value }),
    ];

    private static Setting<StorageOptions>[] Storage =>
    [
        Setting.Time<StorageOptions>("provisionTime", storage => storage.ProvisionTime, (storage, value) => storage with { ProvisionTime = value }),
        Setting.Time<StorageOptions>("deleteTime", storage => storage.DeleteTime, (storage, value) => storage with { DeleteTime = value }),
        Setting.Time<StorageOptions>("attachTime", storage => storage.AttachTime, (storage, value) => storage with { AttachTime = value }),
        Setting.Time<StorageOptions>("detachTime", storage => storage.DetachTime, (storage, value) => storage with { DetachTime = value }),
        Setting.Time<StorageOptions>("expandTime", storage => storage.ExpandTime, (storage, value) => storage with { ExpandTime = value }),
        Setting.Time<StorageOptions>("fileSystemResizeTime", storage => storage.FileSystemResizeTime, (storage, value) => storage with { FileSystemResizeTime = value }),
        Setting.Time<StorageOptions>("maxWaitForUnmountDuration", storage => storage.MaxWaitForUnmount, (storage, value) => storage with { MaxWaitForUnmount = value }),
        Setting.Flag<StorageOptions>("disableForceDetachOnTimeout", storage => !storage.ForceDetaches, (storage, value) => storage with { ForceDetaches = !value }),
        Setting.Count<StorageOptions>("attachLimit", storage => storage.AttachLimit, (storage, value) => storage with { AttachLimit = value }, max: MostVolumes),
    ];
}
