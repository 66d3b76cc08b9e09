using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Which plugins a profile runs where, in which order and with which weight (<c>expandMultiPointPlugins</c> and <c>getScoreWeights</c> of <c>pkg/scheduler/framework/runtime/framework.go</c>).</summary>
internal static class ProfilePlan
{
    /// <summary>Plugins whose scores mean nothing without what they compute before: kube-scheduler fails every pod then.</summary>
    private static readonly string[] NeedPreScore = ["TaintToleration", "PodTopologySpread", "InterPodAffinity"];

    /// <summary>The rule of Core behind each default filter.</summary>
    private static readonly (string Filter, PlacementRules Rule)[] RuleOfFilter =
    [
        ("NodeUnschedulable", PlacementRules.NodeUnschedulable),
        ("NodeName", PlacementRules.NodeName),
        ("TaintToleration", PlacementRules.Taints),
        ("NodeAffinity", PlacementRules.NodeAffinity),
        ("NodePorts", PlacementRules.HostPorts),
        ("NodeResourcesFit", PlacementRules.Resources),
        ("VolumeRestrictions", PlacementRules.VolumeRestrictions),
        ("NodeVolumeLimits", PlacementRules.VolumeLimits),
        ("VolumeBinding", PlacementRules.VolumeBinding),
        ("VolumeZone", PlacementRules.VolumeZones),
        ("PodTopologySpread", PlacementRules.TopologySpread),
        ("InterPodAffinity", PlacementRules.PodAffinity),
    ];

    /// <summary>Names of the plugins at an extension point, in order: first those of <c>multiPoint</c> that the point states too, in the point's order, then the other ones of
    /// <c>multiPoint</c>, then the other ones of the point.</summary>
    public static IReadOnlyList<string> PluginsAt(SchedulerProfile profile, ExtensionPoint point, PluginRegistry registry)
    {
        PluginSet stated = profile.Points.GetValueOrDefault(point) ?? PluginSet.Empty;
        string[] own = [.. stated.Enabled.Select(plugin => plugin.Name)];
        if (stated.Disabled.Contains(PluginSet.All)) return own;
        string[] everywhere =
        [
            .. profile.MultiPoint.Enabled.Select(plugin => plugin.Name)
                .Where(name => (registry.PointsOf(name)?.HasFlag(point) ?? false) && !stated.Disabled.Contains(name)),
        ];
        return [.. own.Where(name => everywhere.Contains(name)), .. everywhere.Where(name => !own.Contains(name)), .. own.Where(name => !everywhere.Contains(name))];
    }

    /// <summary>The weight of a score: the point's, otherwise that of <c>multiPoint</c>, otherwise 1.</summary>
    public static int WeightOf(SchedulerProfile profile, string plugin)
    {
        EnabledPlugin? stated = (profile.Points.GetValueOrDefault(ExtensionPoint.Score) ?? PluginSet.Empty).Enabled.Concat(profile.MultiPoint.Enabled).FirstOrDefault(other => other.Name == plugin);
        return stated is null || stated.Weight == 0 ? 1 : stated.Weight;
    }

    /// <summary>The rules whose filters the profile leaves out, and the resources that its NodeResourcesFit ignores, with those that extenders look after; null for nothing.</summary>
    public static RuleExemptions? ExemptionsOf(SchedulerProfile profile, PluginRegistry registry, IReadOnlyCollection<string> managed)
    {
        IReadOnlyList<string> filters = PluginsAt(profile, ExtensionPoint.Filter, registry);
        var rules = PlacementRules.None;
        foreach ((string name, PlacementRules rule) in RuleOfFilter)
        {
            if (!filters.Contains(name)) rules |= rule;
        }

        NodeResourcesFitArgs fit = profile.Args.Fit;
        bool ignores = fit.IgnoredResources.Count + fit.IgnoredResourceGroups.Count + managed.Count > 0;
        return rules == PlacementRules.None && !ignores ? null : new RuleExemptions(rules, ignores ? name => fit.Ignores(name) || managed.Contains(name) : null);
    }

    /// <summary>What kube-scheduler would not start with.</summary>
    public static IEnumerable<string> Problems(SchedulerProfile profile, PluginRegistry registry)
    {
        int sorts = PluginsAt(profile, ExtensionPoint.QueueSort, registry).Count;
        if (sorts != 1) yield return sorts == 0 ? "expected a queueSort plugin" : "expected one queueSort plugin alone";
        if (PluginsAt(profile, ExtensionPoint.Bind, registry).Count == 0) yield return "expected a bind plugin";
        IReadOnlyList<string> before = PluginsAt(profile, ExtensionPoint.PreScore, registry);
        foreach (string name in PluginsAt(profile, ExtensionPoint.Score, registry))
        {
            if (NeedPreScore.Contains(name) && !before.Contains(name)) yield return $"expected preScore of {name} enabled beside its score, which kube-scheduler cannot compute without";
        }
    }
}
