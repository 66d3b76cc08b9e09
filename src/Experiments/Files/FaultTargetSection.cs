using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary>Whom a fault hits, as experiment files and plans say it.</summary>
internal static class FaultTargetSection
{
    private static readonly (string Name, TargetMode Value)[] Modes =
    [
        ("all", TargetMode.All), ("one", TargetMode.One), ("fixed", TargetMode.Fixed), ("fixedPercent", TargetMode.FixedPercent), ("randomMaxPercent", TargetMode.RandomMaxPercent),
    ];

    private static readonly (string Name, PodLifePhase Value)[] Phases = [.. Enum.GetValues<PodLifePhase>().Select(phase => ($"{phase}", phase))];

    /// <summary>The word for a mode.</summary>
    internal static string NameOf(TargetMode mode) => Words.Of(Modes, mode);

    /// <summary>The targets that an effect can have.</summary>
    /// <param name="map">The fault.</param>
    /// <param name="kind">Its effect.</param>
    /// <param name="takesMode">Whether a mode says how many of the nodes; of pods one always may.</param>
    internal static FaultTarget Read(YamlMap map, EffectKind kind, bool takesMode) => kind.Target switch
    {
        EffectTarget.Cluster => ClusterTarget.Instance,
        EffectTarget.Pods => ReadPods(map, map.Required("pods")),
        EffectTarget.NodesOrPods when map.Has("pods") => ReadPods(map, map.Optional("pods")),
        _ => ReadNodes(map, takesMode),
    };

    private static PodTarget ReadPods(YamlMap map, YamlValue? value)
    {
        var namespaces = new List<string>();
        var names = new List<string>();
        LabelSelector? selector = null, nodes = null, annotations = null;
        string inNamespace = "", named = "";
        IReadOnlyList<string> phases = [];
        if (value?.Map() is { } pods)
        {
            if (pods.Optional("namespace")?.Text() is { } ns) namespaces.Add(ns);
            namespaces.AddRange(Texts(pods.Optional("namespaces")));
            names.AddRange(Texts(pods.Optional("names")));
            selector = Selector(pods.Optional("selector"));
            nodes = Selector(pods.Optional("nodeSelector"));
            annotations = Selector(pods.Optional("annotations"));
            (inNamespace, named) = (Pattern(pods.Optional("namespacePattern")), Pattern(pods.Optional("namePattern")));
            phases = [.. (pods.Optional("phases")?.Items(1) ?? []).Select(item => item.OneOf(Phases)).OfType<PodLifePhase>().Select(phase => $"{phase}")];
        }

        (TargetMode mode, int number) = ReadMode(map);
        return new PodTarget([.. namespaces], selector, mode, number) { Names = [.. names], NodeSelector = nodes, Annotations = annotations, NamespacePattern = inNamespace, NamePattern = named, Phases = [.. phases] };
    }

    private static TargetSpec ReadNodes(YamlMap map, bool takesMode)
    {
        YamlValue[] named = [.. map.Optional("nodes")?.Items(1) ?? []];
        IReadOnlyList<string> nodes = [.. named.Select(item => item.Text()).OfType<string>()];
        YamlValue? stated = map.Optional("selector");
        if (stated is not null && nodes.Count > 0) stated.Report("expected either nodes or selector");
        LabelSelector? selector = Selector(stated);
        string domain = "";
        if (map.Optional("by") is { } by && by.Text() is { } key)
        {
            if (KubernetesName.CheckQualifiedName(key) is { } error) by.Report(error);
            domain = key;
        }

        var targets = new TargetSpec { Nodes = nodes, Selector = selector, DomainKey = domain, Places = [.. named.Concat(new[] { stated, map.Peek("by") }.OfType<YamlValue>()).Select(value => value.Problem(""))] };
        if (!takesMode) return targets;
        (TargetMode mode, int number) = ReadMode(map);
        return targets with { Mode = mode, Value = number };
    }

    private static IReadOnlyList<string> Texts(YamlValue? list) => [.. (list?.Items(1) ?? []).Select(item => item.Text()).OfType<string>()];

    private static string Pattern(YamlValue? value)
    {
        if (value?.Text() is not { } text) return "";
        if (PodPattern.Check(text) is { } error) value.Report(error);
        return text;
    }

    private static LabelSelector? Selector(YamlValue? value)
    {
        if (value?.Text() is not { } text) return null;
        if (SelectorText.TryParse(text, out LabelSelector? selector, out TextError error)) return selector;
        value.Report(error);
        return null;
    }

    private static (TargetMode Mode, int Value) ReadMode(YamlMap map)
    {
        TargetMode mode = map.Optional("mode")?.OneOf(Modes) ?? TargetMode.All;
        bool needsValue = mode is TargetMode.Fixed or TargetMode.FixedPercent or TargetMode.RandomMaxPercent;
        long? number = map.Optional("value")?.Integer(1, mode == TargetMode.Fixed ? int.MaxValue : 100);
        if (needsValue && number is null) map.Report("expected value beside this mode");
        if (!needsValue && number is not null) map.Optional("value")!.Report("expected this key only beside the modes fixed, fixedPercent and randomMaxPercent");
        return (mode, (int)(number ?? 0));
    }
}
