using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary>Reads a <c>KubeSchedulerConfiguration</c> v1 as kube-scheduler does, with its defaults and its validation (<c>pkg/scheduler/apis/config/validation</c>, v1.34).</summary>
/// <remarks>Unknown keys, plugins and kinds of arguments are errors with place and nearest name. Read and without effect, as nothing here depends on them: clientConnection, leaderElection,
/// enableProfiling, enableContentionProfiling, delayCacheUntilActive.</remarks>
public static class ConfigurationReader
{
    private const long MostSeconds = 86_400L * 36_500;
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(MostSeconds);

    /// <summary>Reads a configuration.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="displayName">The file as the user named it.</param>
    /// <param name="registry">Plugins that it may name; the default ones unless stated.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static KubeSchedulerConfiguration Read(string text, string displayName, PluginRegistry? registry = null)
    {
        registry ??= PluginRegistry.Default;
        var reader = new YamlReader(displayName);
        YamlMap root = reader.Open(YamlDocument.ParseSingle(text, displayName));
        root.Required("apiVersion")?.OneOf([(KubeSchedulerConfiguration.ApiVersion, true)]);
        root.Required("kind")?.OneOf([(KubeSchedulerConfiguration.Kind, true)]);
        ReadWithoutEffect(root);
        int initial = root.Count("podInitialBackoffSeconds", 1, 1, (int)Math.Min(int.MaxValue, MostSeconds));
        int most = root.Count("podMaxBackoffSeconds", 10, 1, (int)Math.Min(int.MaxValue, MostSeconds));
        if (most < initial) Place(root, "podMaxBackoffSeconds", "podInitialBackoffSeconds").Report($"expected podMaxBackoffSeconds of at least podInitialBackoffSeconds ({initial} and {most} hold)");
        var configuration = new KubeSchedulerConfiguration
        {
            Parallelism = root.Count("parallelism", 16, 1),
            PercentageOfNodesToScore = root.Count("percentageOfNodesToScore", 0, 0, 100),
            PodInitialBackoff = root.Has("podInitialBackoffSeconds") ? TimeSpan.FromSeconds(initial) : null,
            PodMaxBackoff = root.Has("podMaxBackoffSeconds") ? TimeSpan.FromSeconds(most) : null,
            Profiles = ReadProfiles(root, registry),
            Extenders = ReadExtenders(root),
        };
        reader.Finish();
        return configuration;
    }

    private static List<SchedulerProfile> ReadProfiles(YamlMap root, PluginRegistry registry)
    {
        if (root.Optional("profiles") is not { } value) return [new SchedulerProfile()];
        var profiles = new List<SchedulerProfile>();
        string? sort = null;
        foreach (YamlValue item in value.Items(1))
        {
            if (item.Map() is not { } map) continue;
            SchedulerProfile profile = ProfileReading.Read(map, registry);
            if (profiles.Exists(other => other.SchedulerName == profile.SchedulerName))
                Place(map, "schedulerName").Report("expected every schedulerName once (default-scheduler when it is left out)");
            string sorts = string.Join(' ', ProfilePlan.PluginsAt(profile, ExtensionPoint.QueueSort, registry));
            if (sort is not null && sorts != sort) Place(map, "plugins").Report("expected the same queueSort plugin in all profiles: they share one queue");
            sort ??= sorts;
            profiles.Add(profile);
        }

        return profiles;
    }

    /// <summary>The first of several keys that is written, to report at; the mapping's own place otherwise.</summary>
    internal static YamlPlace Place(YamlMap map, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (map.Peek(key) is { } value) return new YamlPlace(map, value);
        }

        return new YamlPlace(map, null);
    }

    private static List<SchedulerExtender> ReadExtenders(YamlMap root)
    {
        var extenders = new List<SchedulerExtender>();
        var managed = new HashSet<string>(StringComparer.Ordinal);
        int binders = 0;
        foreach (YamlMap map in root.Children("extenders"))
        {
            string prioritize = map.Text("prioritizeVerb"), bind = map.Text("bindVerb");
            long weight = map.Optional("weight")?.Integer(long.MinValue, long.MaxValue) ?? 0;
            if (prioritize.Length > 0 && weight <= 0) Place(map, "weight", "prioritizeVerb").Report("expected a weight of 1 or more beside prioritizeVerb");
            if (bind.Length > 0 && ++binders > 1) map.Optional("bindVerb")!.Report("expected one extender with a bindVerb");
            if (map.Optional("urlPrefix") is null) map.Report("expected urlPrefix");
            bool hasTls = map.Flag("enableHTTPS");
            if (map.Child("tlsConfig") is { } tls)
            {
                hasTls = true;
                tls.Flag("insecure");
                foreach (string key in (string[])["serverName", "certFile", "keyFile", "caFile", "certData", "keyData", "caData"]) tls.Text(key);
            }

            List<string> resources = [], ignored = [];
            foreach (YamlMap resource in map.Children("managedResources"))
            {
                bool isIgnored = resource.Flag("ignoredByScheduler");
                if (resource.Required("name") is not { } value || value.Text() is not { } name) continue;
                if (!name.Contains('/', StringComparison.Ordinal) || KubernetesName.CheckQualifiedName(name) is not null) value.Report("expected an extended resource, such as example.com/fpga");
                if (!managed.Add(name)) value.Report("expected every managed resource in one extender, once");
                resources.Add(name);
                if (isIgnored) ignored.Add(name);
            }

            extenders.Add(new SchedulerExtender(
                map.Text("urlPrefix"), map.Text("filterVerb"), map.Text("preemptVerb"), prioritize, bind, weight, map.Duration("httpTimeout", TimeSpan.FromSeconds(5)), map.Flag("nodeCacheCapable"),
                resources, map.Flag("ignorable"))
            { IgnoredByScheduler = ignored, HasTls = hasTls });
        }

        return extenders;
    }

    private static void ReadWithoutEffect(YamlMap root)
    {
        root.Flag("enableProfiling");
        root.Flag("enableContentionProfiling");
        root.Flag("delayCacheUntilActive");
        if (root.Child("clientConnection") is { } client)
        {
            foreach (string key in (string[])["kubeconfig", "acceptContentTypes", "contentType"]) client.Text(key);
            client.Optional("qps")?.Decimal(-1, 1_000_000);
            client.Count("burst", 0);
        }

        if (root.Child("leaderElection") is not { } election) return;
        bool elects = election.Flag("leaderElect", otherwise: true);
        TimeSpan lease = election.Duration("leaseDuration", TimeSpan.FromSeconds(15)), renew = election.Duration("renewDeadline", TimeSpan.FromSeconds(10));
        TimeSpan retry = election.Duration("retryPeriod", TimeSpan.FromSeconds(2));
        foreach (string key in (string[])["resourceName", "resourceNamespace"]) election.Text(key);
        string resource = election.Text("resourceLock", "leases");
        if (!elects) return;
        if (resource != "leases") Place(election, "resourceLock").Report("expected leases");
        if (lease <= renew) Place(election, "leaseDuration", "renewDeadline").Report("expected a leaseDuration above renewDeadline");
        if (renew <= retry) Place(election, "renewDeadline", "retryPeriod").Report("expected a renewDeadline above retryPeriod");
    }

    // Getters over the fields of a mapping: the value, or Kubernetes' default where it is left out or wrong (what is wrong is reported).
    internal static YamlMap? Child(this YamlMap map, string key) => map.Optional(key)?.Map();

    internal static IEnumerable<YamlMap> Children(this YamlMap map, string key) => (map.Optional(key)?.Items() ?? []).Select(item => item.Map()).OfType<YamlMap>();

    internal static string Text(this YamlMap map, string key, string otherwise = "") => map.Optional(key)?.Text() ?? otherwise;

    internal static bool Flag(this YamlMap map, string key, bool otherwise = false) => map.Optional(key)?.Boolean() ?? otherwise;

    internal static int Count(this YamlMap map, string key, int otherwise, int min = 0, int max = int.MaxValue) => (int?)map.Optional(key)?.Integer(min, max) ?? otherwise;

    internal static TimeSpan Duration(this YamlMap map, string key, TimeSpan otherwise) => map.Optional(key)?.Duration(TimeSpan.Zero, LongestTime) ?? otherwise;
}

/// <summary>Where to report a problem: at a value, or at a mapping that has none.</summary>
internal readonly struct YamlPlace(YamlMap map, YamlValue? value)
{
    /// <summary>Reports it.</summary>
    public void Report(string expected, string? nearest = null)
    {
        if (value is null) map.Report(expected);
        else value.Report(expected, nearest);
    }
}
