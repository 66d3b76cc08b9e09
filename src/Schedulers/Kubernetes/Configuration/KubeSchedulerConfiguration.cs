using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary>How kube-scheduler is set up (<c>kubescheduler.config.k8s.io/v1.KubeSchedulerConfiguration</c>), with the defaults of v1.34 (<c>pkg/scheduler/apis/config/v1/defaults.go</c>).</summary>
public sealed record KubeSchedulerConfiguration
{
    /// <summary>The only version that is read.</summary>
    public const string ApiVersion = "kubescheduler.config.k8s.io/v1";

    /// <summary>The kind.</summary>
    public const string Kind = "KubeSchedulerConfiguration";

    /// <summary>Goroutines that filter and score; no effect on decisions.</summary>
    public int Parallelism { get; init; } = 16;

    /// <summary>Share of the nodes that is scored, 0 to 100; 0 is Kubernetes' adaptive share.</summary>
    public int PercentageOfNodesToScore { get; init; }

    /// <summary>First back-off of a pod that could not be placed.</summary>
    public TimeSpan? PodInitialBackoff { get; init; }

    /// <summary>Longest back-off.</summary>
    public TimeSpan? PodMaxBackoff { get; init; }

    /// <summary>Profiles, by scheduler name; one at least.</summary>
    public IReadOnlyList<SchedulerProfile> Profiles { get; init; } = [new SchedulerProfile()];

    /// <summary>Extenders.</summary>
    public IReadOnlyList<SchedulerExtender> Extenders { get; init; } = [];
}

/// <summary>One profile (<c>KubeSchedulerProfile</c>): the scheduler that pods of one <c>schedulerName</c> get.</summary>
public sealed record SchedulerProfile
{
    /// <summary>The name that pods ask for.</summary>
    public string SchedulerName { get; init; } = "default-scheduler";

    /// <summary>Share of the nodes that is scored, or null for the configuration's.</summary>
    public int? PercentageOfNodesToScore { get; init; }

    /// <summary>What is enabled at every extension point that a plugin has (<c>multiPoint</c>), merged with the default plugins.</summary>
    public PluginSet MultiPoint { get; init; } = DefaultPlugins.MultiPoint;

    /// <summary>What is enabled and disabled at single extension points, as stated.</summary>
    public IReadOnlyDictionary<ExtensionPoint, PluginSet> Points { get; init; } = new Dictionary<ExtensionPoint, PluginSet>();

    /// <summary>Arguments of the plugins.</summary>
    public PluginArgs Args { get; init; } = new();
}

/// <summary>Plugins enabled and disabled at an extension point (<c>PluginSet</c>).</summary>
/// <param name="Enabled">In order.</param>
/// <param name="Disabled">Names; <c>*</c> means all defaults.</param>
public sealed record PluginSet(IReadOnlyList<EnabledPlugin> Enabled, IReadOnlyList<string> Disabled)
{
    /// <summary>Nothing stated.</summary>
    public static PluginSet Empty { get; } = new([], []);

    /// <summary>Stands for all plugins in <see cref="Disabled"/>.</summary>
    public const string All = "*";

    /// <summary>This set of defaults with what a user states (<c>mergePluginSet</c> of <c>default_plugins.go</c>): a default that is enabled again keeps its place, others follow.</summary>
    public PluginSet With(PluginSet custom)
    {
        var enabled = new List<EnabledPlugin>();
        var replacing = new HashSet<string>(StringComparer.Ordinal);
        if (!custom.Disabled.Contains(All))
        {
            foreach (EnabledPlugin plugin in Enabled)
            {
                if (custom.Disabled.Contains(plugin.Name)) continue;
                EnabledPlugin? again = custom.Enabled.LastOrDefault(other => other.Name == plugin.Name);
                if (again is not null) replacing.Add(again.Name);
                enabled.Add(again ?? plugin);
            }
        }

        enabled.AddRange(custom.Enabled.Where(plugin => !replacing.Contains(plugin.Name)));
        return new PluginSet(enabled, [.. custom.Disabled, .. Disabled]);
    }
}

/// <summary>A plugin that is enabled.</summary>
/// <param name="Name">Name.</param>
/// <param name="Weight">Weight of its score; 0 means 1.</param>
public sealed record EnabledPlugin(string Name, int Weight = 0);

/// <summary>An extender (<c>Extender</c>): a web service that the scheduler asks. It is read and checked; strategies refuse it.</summary>
/// <param name="UrlPrefix">Address.</param>
/// <param name="FilterVerb">Path of the filter call, or empty.</param>
/// <param name="PreemptVerb">Path of the preempt call, or empty.</param>
/// <param name="PrioritizeVerb">Path of the prioritize call, or empty.</param>
/// <param name="BindVerb">Path of the bind call, or empty.</param>
/// <param name="Weight">Weight of its scores.</param>
/// <param name="HttpTimeout">Longest answer.</param>
/// <param name="IsNodeCacheCapable">Whether node names suffice for it.</param>
/// <param name="ManagedResources">Extended resources that it manages; empty for all pods.</param>
/// <param name="IsIgnorable">Whether scheduling goes on when it does not answer.</param>
public sealed record SchedulerExtender(
    string UrlPrefix, string FilterVerb, string PreemptVerb, string PrioritizeVerb, string BindVerb, long Weight, TimeSpan HttpTimeout, bool IsNodeCacheCapable,
    IReadOnlyList<string> ManagedResources, bool IsIgnorable)
{
    /// <summary>Managed resources of which kube-scheduler itself does not look whether enough is left (<c>ignoredByScheduler</c>).</summary>
    public IReadOnlyList<string> IgnoredByScheduler { get; init; } = [];

    /// <summary>Whether <c>tlsConfig</c> or <c>enableHTTPS</c> is stated.</summary>
    public bool HasTls { get; init; }
}
