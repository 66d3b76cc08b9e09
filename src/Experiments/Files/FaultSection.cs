using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary><c>faults</c>: a factor like strategies, a list of named sets, <c>none</c> among them.</summary>
internal static class FaultSection
{
    private const int MostFaults = 10_000;
    private const double MostRate = 1e9;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private static readonly (string Name, TargetMode Value)[] Modes =
    [
        ("all", TargetMode.All), ("one", TargetMode.One), ("fixed", TargetMode.Fixed), ("fixedPercent", TargetMode.FixedPercent), ("randomMaxPercent", TargetMode.RandomMaxPercent),
    ];

    private static readonly (string Name, FaultEffect Value)[] Effects = [.. FaultEffects.ByName];

    /// <summary>The word for a mode.</summary>
    internal static string NameOf(TargetMode mode) => Words.Of(Modes, mode);

    /// <summary>The levels; <c>none</c> alone when the experiment states no faults, and first among them when it is left out: every run with faults has one without to stand beside.</summary>
    internal static IReadOnlyList<FaultSet> Read(YamlMap spec, ExperimentReading reading, IReadOnlyList<WorkloadSpec> workloads)
    {
        var none = new FaultSet(Experiment.NoFaults, []);
        if (spec.Optional("faults") is not { } list) return [none];
        var sets = new List<FaultSet>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in list.Items(1, ExperimentReading.MostLevels))
        {
            FaultSet? set = item.IsMap ? ReadSet(item.Map()!, reading) : item.Text() is { } text ? ReadNone(item, text, none) : null;
            if (set is null) continue;
            sets.Add(set);
            names.Add((set.Name, item));
        }

        ExperimentReading.Distinct(names, "expected every name once in its list");
        if (sets.Any(set => set.Sources.Count > 0) && workloads.FirstOrDefault(workload => workload.Replay is not ClusterReplay) is { } trace)
            list.Report($"expected workloads of Kubernetes objects (cluster) beside faults: '{trace.Name}' replays a trace, which has no machines that fail");
        return sets.Any(set => set.Name == Experiment.NoFaults) ? sets : [none, .. sets];
    }

    private static FaultSet? ReadNone(YamlValue item, string text, FaultSet none)
    {
        if (text == Experiment.NoFaults) return none;
        item.Report($"expected {Experiment.NoFaults}, or {{ name: …, faults: […] }}");
        return null;
    }

    private static FaultSet ReadSet(YamlMap map, ExperimentReading reading)
    {
        string name = ExperimentReading.Name(map);
        if (name == Experiment.NoFaults) map.Peek("name")?.Report($"expected another name: {Experiment.NoFaults} is the level without faults");
        IntOrPercent survivors = map.Optional("survivors") is { } least ? ReadShare(least) : IntOrPercent.Of(1);
        IReadOnlyList<FaultSource> sources = map.ExactlyOneOf("faults", "plan") switch
        {
            "faults" => ReadSources(map.Required("faults")!),
            "plan" => ReadPlan(map.Required("plan")!, reading),
            _ => [],
        };
        return new FaultSet(name, sources) { Survivors = survivors };
    }

    private static IntOrPercent ReadShare(YamlValue value)
    {
        string text = value.PlainText;
        if (!text.EndsWith('%')) return IntOrPercent.Of((int)(value.Integer(0, int.MaxValue) ?? 1));
        if (int.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int percent) && percent <= 100) return IntOrPercent.Percent(percent);
        value.Report("expected a whole number or percent, such as 3 or 50%");
        return IntOrPercent.Of(1);
    }

    /// <summary>A plan that was written by <c>chaos plan</c>.</summary>
    private static IReadOnlyList<FaultSource> ReadPlan(YamlValue value, ExperimentReading reading)
    {
        if (reading.File(value) is not { } path) return [];
        try
        {
            return FaultPlanFile.Read(path.FullPath, path.Written);
        }
        catch (InputException exception)
        {
            reading.Report(exception);
            return [];
        }
    }

    /// <summary>The list of sources.</summary>
    internal static IReadOnlyList<FaultSource> ReadSources(YamlValue list)
    {
        var sources = new List<FaultSource>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in list.Items(1, MostFaults))
        {
            if (item.Map() is not { } map) continue;
            string? kind = map.ExactlyOneOf("at", "model");
            FaultEffect effect = map.Optional("effect")?.OneOf(Effects) ?? FaultEffect.Crash;
            if (kind == "model" && effect == FaultEffect.PodKill) map.Optional("effect")!.Report("expected at beside podKill: failure models are about machines");
            string stated = map.Optional("name")?.Text() ?? $"{FaultEffects.NameOf(effect)}-{sources.Count}";
            if (effect == FaultEffect.PodKill && kind == "at")
            {
                sources.Add(ReadPodKill(map, stated));
                names.Add((stated, item));
                continue;
            }

            TargetSpec targets = ReadTargets(map, takesMode: kind != "model");
            if (kind == "at") sources.Add(ReadTimed(map, stated, effect, targets));
            else if (kind == "model" && ReadModel(map, stated, effect, targets) is { } model) sources.Add(model);
            names.Add((stated, item));
        }

        ExperimentReading.Distinct(names, "expected every name once: the draws of a source go by it");
        return sources;
    }

    private static PodKillSource ReadPodKill(YamlMap map, string name)
    {
        string ns = "";
        LabelSelector? selector = null;
        if (map.Required("pods")?.Map() is { } pods)
        {
            ns = pods.Optional("namespace")?.Text() ?? "";
            if (pods.Optional("selector") is { } value && value.Text() is { } text && !SelectorText.TryParse(text, out selector, out TextError error)) value.Report(error);
        }

        (TargetMode mode, int number) = ReadMode(map);
        var target = new PodTarget(ns, selector, mode, number, map.Optional("gracePeriod")?.Duration(TimeSpan.Zero, Longest));
        string draws = map.Optional("draws")?.Text() ?? name;
        return new PodKillSource(name, target, map.Required("at")!.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero, map.Optional("every")?.Duration(TimeSpan.FromSeconds(1), Longest) ?? TimeSpan.Zero) { Draws = draws };
    }

    private static TimedSource ReadTimed(YamlMap map, string name, FaultEffect effect, TargetSpec targets) => new(
        name, effect, targets,
        map.Required("at")!.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero,
        map.Optional("duration")?.Duration(TimeSpan.FromTicks(1), Longest),
        map.Optional("every")?.Duration(TimeSpan.FromSeconds(1), Longest) ?? TimeSpan.Zero);

    private static ModelSource? ReadModel(YamlMap map, string name, FaultEffect effect, TargetSpec targets)
    {
        YamlValue value = map.Required("model")!;
        var toFailure = map.Optional("timeToFailure") is { } life ? Times.Read(life) : null;
        var toRepair = map.Optional("timeToRepair") is { } repair ? Times.Read(repair) : null;
        double rate = (double)(map.Optional("rate")?.Decimal(0, (decimal)MostRate) ?? 1);
        bool isStationary = map.Optional("stationary")?.Boolean() ?? true;
        decimal? hits = map.Optional("hits")?.Decimal(0, 1), lemon = map.Optional("lemonShape")?.Decimal(0, 1000);
        TimeSpan from = map.Optional("from")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
        BurstModel? bursts = map.Optional("bursts")?.Map() is { } burst ? ReadBursts(burst) : null;
        if (value.Text() is not { } text) return null;
        FailureModel model;
        if (FailurePresets.Find(text) is { } preset)
        {
            if (preset.Unit != "node" && targets.DomainKey.Length == 0) value.Report($"expected by: LABEL beside it, as {text} is about domains of nodes that fail together");
            model = preset.Model();
        }
        else if (text == "renewal")
        {
            if (toFailure is null || toRepair is null)
            {
                value.Report("expected timeToFailure and timeToRepair beside it");
                return null;
            }

            model = new FailureModel(text, toFailure, toRepair);
        }
        else
        {
            (string Name, string Missing) refused = FailurePresets.Refused.FirstOrDefault(known => known.Name == text);
            string[] names = [.. FailurePresets.All.Select(known => known.Name), "renewal"];
            value.Report(refused.Name is null ? $"expected a failure model: {string.Join(", ", names)}" : $"expected another failure model: {refused.Missing}", refused.Name is null ? NearestName.Find(text, names) : null);
            return null;
        }

        model = model with
        {
            TimeToFailure = toFailure ?? model.TimeToFailure,
            TimeToRepair = toRepair ?? model.TimeToRepair,
            Rate = rate,
            IsStationary = isStationary,
            Hits = (double?)hits ?? model.Hits,
            LemonShape = (double?)lemon ?? model.LemonShape,
            Bursts = bursts,
        };
        if (isStationary && !(double.IsFinite(model.TimeToFailure.Mean) && double.IsFinite(model.TimeToRepair.Mean))) value.Report("expected distributions of finite mean, or stationary: false");
        return new ModelSource(name, effect, targets, model, from);
    }

    private static BurstModel ReadBursts(YamlMap map) => new(
        (double)(map.Required("factor")?.Decimal(1, 1_000_000) ?? 1),
        map.Required("length")?.Duration(TimeSpan.FromSeconds(1), Longest)?.TotalSeconds ?? 1,
        map.Required("gap")?.Duration(TimeSpan.FromSeconds(1), Longest)?.TotalSeconds ?? 1);

    private static TargetSpec ReadTargets(YamlMap map, bool takesMode)
    {
        var nodes = new List<string>();
        foreach (YamlValue item in map.Optional("nodes")?.Items(1) ?? [])
        {
            if (item.Text() is { } name) nodes.Add(name);
        }

        LabelSelector? selector = null;
        if (map.Optional("selector") is { } value && value.Text() is { } text)
        {
            if (nodes.Count > 0) value.Report("expected either nodes or selector");
            if (!SelectorText.TryParse(text, out selector, out TextError error)) value.Report(error);
        }

        string domain = "";
        if (map.Optional("by") is { } by && by.Text() is { } key)
        {
            if (KubernetesName.CheckQualifiedName(key) is { } error) by.Report(error);
            domain = key;
        }

        if (!takesMode) return new TargetSpec { Nodes = nodes, Selector = selector, DomainKey = domain };
        (TargetMode mode, int number) = ReadMode(map);
        return new TargetSpec { Nodes = nodes, Selector = selector, DomainKey = domain, Mode = mode, Value = number };
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
