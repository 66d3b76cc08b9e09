using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.Krkn;

/// <summary>Pod scenarios: <c>id: kill-pods</c> with its <c>config</c>.</summary>
internal static class KrknPods
{
    private const string Id = "kill-pods";

    /// <summary>The scenarios of a list.</summary>
    internal static IEnumerable<FaultSource> Read(YamlValue list, FaultReading reading)
    {
        foreach (YamlValue item in list.Items(1))
        {
            if (item.Map() is not { } map) continue;
            YamlValue? id = map.Required("id");
            // Dashes and underscores are one to krkn.
            if (id?.Text() is { } text && text.Replace('_', '-') != Id) id.Report("expected kill-pods: of scenarios that stand in a list, those of pods are read", NearestName.Find(text, [Id]));
            if (map.Required("config")?.Map() is { } config) yield return Kill(config, reading);
        }
    }

    private static TimedSource Kill(YamlMap config, FaultReading reading)
    {
        // How long krkn waits for what it does, and for the pods to come back, is nothing that a run does: it goes on, and expectations judge it.
        FaultReading.Harmless(config, "krkn_pod_recovery_time", "timeout", "duration", "execution");
        if (config.Peek("execution") is { } execution) execution.OneOf([("serial", 0), ("parallel", 1)]);
        int kill = (int)(config.Optional("kill")?.Integer(1, int.MaxValue) ?? 1);
        config.AtLeastOneOf("namespace_pattern", "label_selector", "name_pattern");
        if (config.Has("label_selector") && config.Has("name_pattern") && Pattern(config, "name_pattern").Length > 0 && !FaultReading.IsEmpty(config.Peek("label_selector")!))
            config.Peek("name_pattern")!.Report("expected either label_selector or name_pattern");
        IReadOnlyList<string> nodes = FaultReading.Texts(config.Optional("node_names"));
        LabelSelector? nodeLabels = FaultReading.Selector(config.Optional("node_label_selector"));
        if (nodes.Count > 0 && nodeLabels is not null) config.Report("expected either node_names or node_label_selector");
        IEnumerable<LabelRequirement> labels = FaultReading.Selector(config.Optional("label_selector"))?.Requirements.ToArray() ?? [];
        var target = new PodTarget([], FaultReading.Selector(labels.Concat(KrknReader.Excluded(config.Optional("exclude_label")))), TargetMode.Fixed, kill)
        {
            NamespacePattern = Pattern(config, "namespace_pattern"),
            NamePattern = Pattern(config, "name_pattern"),
            NodeSelector = nodeLabels ?? reading.OnNodes(nodes),
        };
        FaultEffect effect = config.Optional("force")?.Boolean() == true ? FaultEffect.PodKill.With("gracePeriod", "0s") : FaultEffect.PodKill;
        string name = reading.Unique(string.Create(CultureInfo.InvariantCulture, $"krkn/{Id}"));
        return new TimedSource(name, effect, target, reading.Options.At, null, TimeSpan.Zero);
    }

    private static string Pattern(YamlMap config, string key)
    {
        if (config.Optional(key) is not { } value || FaultReading.IsEmpty(value) || value.Text() is not { } text) return "";
        if (PodPattern.Check(text) is { } error) value.Report(error);
        return text;
    }
}
