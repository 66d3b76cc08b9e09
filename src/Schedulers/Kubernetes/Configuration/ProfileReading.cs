using SchedBench.Core.Input;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary>Profiles: <c>schedulerName</c>, <c>plugins</c>, <c>pluginConfig</c>.</summary>
internal static class ProfileReading
{
    private const string MultiPoint = "multiPoint";

    /// <summary>Plugins that older versions had.</summary>
    private static readonly string[] Removed = ["AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"];

    public static SchedulerProfile Read(YamlMap map, PluginRegistry registry)
    {
        string name = map.Text("schedulerName", "default-scheduler");
        if (name.Length == 0) map.Optional("schedulerName")!.Report("expected a name");
        PluginSet everywhere = DefaultPlugins.MultiPoint;
        var points = new Dictionary<ExtensionPoint, PluginSet>();
        if (map.Child("plugins") is { } plugins)
        {
            everywhere = everywhere.With(ReadSet(plugins, MultiPoint, ExtensionPoint.None, registry));
            foreach ((string key, ExtensionPoint point) in ExtensionPoints.ByName)
            {
                if (plugins.Has(key)) points[point] = ReadSet(plugins, key, point, registry);
                else plugins.Know(key);
            }
        }

        var profile = new SchedulerProfile
        {
            SchedulerName = name,
            PercentageOfNodesToScore = map.Has("percentageOfNodesToScore") ? map.Count("percentageOfNodesToScore", 0, 0, 100) : null,
            MultiPoint = everywhere,
            Points = points,
            Args = PluginArgsReading.Read(map, registry),
        };
        map.Know("percentageOfNodesToScore");
        foreach (string problem in ProfilePlan.Problems(profile, registry)) ConfigurationReader.Place(map, "plugins").Report(problem);
        return profile;
    }

    private static PluginSet ReadSet(YamlMap plugins, string key, ExtensionPoint point, PluginRegistry registry)
    {
        if (plugins.Child(key) is not { } set) return PluginSet.Empty;
        var enabled = new List<EnabledPlugin>();
        var disabled = new List<string>();
        foreach (YamlMap item in set.Children("enabled"))
        {
            int weight = item.Count("weight", 0);
            if (ReadName(item, point, registry, mayBeAll: false) is not { } name) continue;
            if (enabled.Exists(other => other.Name == name)) item.Optional("name")!.Report("expected every plugin once in this list");
            enabled.Add(new EnabledPlugin(name, weight));
        }

        foreach (YamlMap item in set.Children("disabled"))
        {
            item.Count("weight", 0);
            if (ReadName(item, ExtensionPoint.None, registry, mayBeAll: true) is { } name) disabled.Add(name);
        }

        return new PluginSet(enabled, disabled);
    }

    private static string? ReadName(YamlMap item, ExtensionPoint point, PluginRegistry registry, bool mayBeAll)
    {
        if (item.Required("name") is not { } value || value.Text() is not { } name) return null;
        if (mayBeAll && name == PluginSet.All) return name;
        if (Removed.Contains(name))
        {
            value.Report("expected a plugin of this version: this one is gone since v1.31, NodeVolumeLimits counts the volumes of all drivers");
            return null;
        }

        if (registry.PointsOf(name) is not { } points)
        {
            value.Report($"expected one of the plugins {string.Join(", ", registry.Names)}", NearestName.Find(name, registry.Names));
            return null;
        }

        if (point != ExtensionPoint.None && !points.HasFlag(point))
        {
            value.Report($"expected a plugin that extends this point; {name} extends {string.Join(", ", ExtensionPoints.ByName.Where(entry => points.HasFlag(entry.Point)).Select(entry => entry.Name))}");
        }

        return name;
    }
}
