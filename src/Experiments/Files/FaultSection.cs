using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Files;

/// <summary><c>faults</c>: a factor like strategies, a list of named sets, <c>none</c> among them.</summary>
internal static class FaultSection
{
    private const int MostFaults = 10_000;
    private const double MostRate = 1e9;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The levels; <c>none</c> alone when the experiment states no faults, and first among them when it is left out: every run with faults has one without to stand beside.</summary>
    internal static IReadOnlyList<FaultSet> Read(YamlMap spec, ExperimentReading reading, IReadOnlyList<WorkloadSpec> workloads)
    {
        var none = new FaultSet(Experiment.NoFaults, []);
        if (spec.Optional("faults") is not { } list) return [none];
        var sets = new List<FaultSet>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in list.Items(1, ExperimentReading.MostLevels))
        {
            FaultSet? set = item.IsMap ? ReadSet(item.Map()!, reading, workloads) with { Place = item.Problem("") } : item.Text() is { } text ? ReadNone(item, text, none) : null;
            if (set is null) continue;
            sets.Add(set);
            names.Add((set.Name, item));
        }

        ExperimentReading.Distinct(names, "expected every name once in its list");
        foreach (FaultSet set in sets)
        {
            if (workloads.FirstOrDefault(workload => workload.Replay is ClusterReplay replay && set.HealAt >= replay.Until) is { } shortOne)
                list.Report($"expected heal of {set.Name} before the end of {shortOne.Name}: the time after it is what the recovery is judged by");
        }

        GuardSection.Check(list, sets, workloads);
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

    private static FaultSet ReadSet(YamlMap map, ExperimentReading reading, IReadOnlyList<WorkloadSpec> workloads)
    {
        string name = ExperimentReading.Name(map);
        if (name == Experiment.NoFaults) map.Peek("name")?.Report($"expected another name: {Experiment.NoFaults} is the level without faults");
        IntOrPercent survivors = map.Optional("survivors") is { } least ? Amounts.Read(least, mostPercent: 100, "expected a whole number or percent, such as 3 or 50%") ?? IntOrPercent.Of(1) : IntOrPercent.Of(1);
        string? kind = map.ExactlyOneOf("faults", "plan", "chaosMesh", "krkn");
        IReadOnlyList<FaultSource> sources = kind switch
        {
            "faults" => ReadSources(map.Required("faults")!, reading),
            "plan" => ReadPlan(map.Required("plan")!, reading),
            "chaosMesh" or "krkn" => FaultFileSection.Read(map, kind, reading, workloads),
            _ => [],
        };
        return new FaultSet(name, sources) { Survivors = survivors, HealAt = map.Optional("heal")?.Duration(TimeSpan.FromTicks(1), Longest) };
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
    /// <param name="list">The list.</param>
    /// <param name="reading">The experiment, whose files they may name; null for a plan, which names none.</param>
    internal static IReadOnlyList<FaultSource> ReadSources(YamlValue list, ExperimentReading? reading)
    {
        var sources = new List<FaultSource>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in list.Items(1, MostFaults))
        {
            if (item.Map() is not { } map || ReadSource(map, sources.Count, reading) is not { } source) continue;
            sources.Add(source);
            names.Add((source.Name, item));
        }

        ExperimentReading.Distinct(names, "expected every name once: the draws of a source go by it");
        return sources;
    }

    private static FaultSource? ReadSource(YamlMap map, int place, ExperimentReading? reading)
    {
        string? when = reading is null ? map.ExactlyOneOf("at", "cron", "model") : map.ExactlyOneOf("at", "cron", "model", "outages");
        FaultEffect usual = when == "model" ? FailurePresets.Find(map.Peek("model")!.PlainText)?.Effect ?? FaultEffect.Crash : FaultEffect.Crash;
        if (EffectSection.Read(map, usual) is not { } effect)
        {
            map.Abandon();
            return null;
        }

        string name = map.Optional("name")?.Text() ?? $"{effect.Name}-{place}";
        FaultTarget targets = FaultTargetSection.Read(map, effect.Kind, takesMode: when is not ("model" or "outages"));
        FaultSource? source = when switch
        {
            "at" => ReadTimed(map, name, effect, targets),
            "cron" => ReadCron(map, name, effect, targets),
            "model" => ReadModel(map, name, effect, targets),
            "outages" => FaultFileSection.ReadOutages(map, name, effect, targets, reading!),
            _ => null,
        };
        ValueList<ServiceGuard> guards = GuardSection.Read(map);
        if (source is TimedSource { After: not null } or TimedSource { By: not null }) CheckMoments(map, (TimedSource)source, guards);
        if (source is not null && guards.Count > 0) source = source with { Guards = guards };
        return source is not null && map.Optional("draws")?.Text() is { } draws ? source with { Draws = draws } : source;
    }

    private static void CheckMoments(YamlMap map, TimedSource source, ValueList<ServiceGuard> guards)
    {
        Moments.Check(map, guards, source.After, source.By);
        if (source.After is null) map.Peek("before")!.Report("expected after beside it: a fault that begins at a known instant has a duration");
        else if (source.Every > TimeSpan.Zero) map.Peek("every")!.Report("expected this key left out: what begins after a guard begins once");
        if (source.Effect.Build() is Core.Faults.ControlPlaneEffect { SnapshotAge.Ticks: > 0 }) map.Peek("after")?.Report("expected this key left out: the store goes back at a known instant");
    }

    private static TimedSource ReadTimed(YamlMap map, string name, FaultEffect effect, FaultTarget targets) => new(
        name, effect, targets,
        map.Required("at")!.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero,
        Duration(map, effect),
        map.Optional("every")?.Duration(TimeSpan.FromSeconds(1), Longest) ?? TimeSpan.Zero)
    {
        Until = map.Optional("until")?.Duration(TimeSpan.Zero, Longest),
        After = Moments.Read(map, "after"),
        By = Moments.Read(map, "before"),
    };

    private static CronSource? ReadCron(YamlMap map, string name, FaultEffect effect, FaultTarget targets)
    {
        YamlValue value = map.Required("cron")!;
        TimeSpan from = map.Optional("from")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
        TimeSpan? duration = Duration(map, effect), until = map.Optional("until")?.Duration(TimeSpan.Zero, Longest);
        if (value.Text() is not { } text) return null;
        if (CronSchedule.TryParse(text, out CronSchedule? schedule, out TextError error)) return new CronSource(name, effect, targets, schedule!, from, duration) { Until = until };
        value.Report(error);
        return null;
    }

    private static TimeSpan? Duration(YamlMap map, FaultEffect effect)
    {
        if (map.Optional("duration") is not { } value) return null;
        TimeSpan? duration = value.Duration(TimeSpan.FromTicks(1), Longest);
        if (effect.IsInstant) value.Report($"expected no duration: {effect.Name} happens at an instant");
        return duration;
    }

    private static ModelSource? ReadModel(YamlMap map, string name, FaultEffect effect, FaultTarget targets)
    {
        YamlValue value = map.Required("model")!;
        var toFailure = map.Optional("timeToFailure") is { } life ? Times.Read(life) : null;
        var toRepair = map.Optional("timeToRepair") is { } repair ? Times.Read(repair) : null;
        double rate = (double)(map.Optional("rate")?.Decimal(0, (decimal)MostRate) ?? 1);
        bool isStationary = map.Optional("stationary")?.Boolean() ?? true;
        decimal? hits = map.Optional("hits")?.Decimal(0, 1), lemon = map.Optional("lemonShape")?.Decimal(0, 1000), wave = map.Optional("wave")?.Decimal(0, 1);
        TimeSpan from = map.Optional("from")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
        BurstModel? bursts = map.Optional("bursts")?.Map() is { } burst ? ReadBursts(burst) : null;
        if (value.Text() is not { } text) return null;
        FailureModel model;
        if (FailurePresets.Find(text) is { } preset)
        {
            if (preset.Unit == "domain" && targets is not TargetSpec { DomainKey.Length: > 0 }) value.Report($"expected by: LABEL beside it, as {text} is about domains of nodes that fail together");
            if (!preset.HasRate && toFailure is null) value.Report($"expected timeToFailure beside {text}, whose source publishes no rate");
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
            string[] names = [.. FailurePresets.All.Select(known => known.Name), "renewal"];
            value.Report($"expected a failure model: {string.Join(", ", names)}", NearestName.Find(text, names));
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
            Wave = (double?)wave ?? model.Wave,
            Bursts = bursts,
        };
        if (model.Wave > 0 && targets is not TargetSpec) value.Report("expected faults on nodes beside wave: it says how many of them are down at a time");
        else if (model.Wave is > 0 and < 0.001) map.Peek("wave")?.Report("expected 0, or a share of 0.001 to 1");
        if (isStationary && !(double.IsFinite(model.TimeToFailure.Mean) && double.IsFinite(model.TimeToRepair.Mean))) value.Report("expected distributions of finite mean, or stationary: false");
        return new ModelSource(name, effect, targets, model, from);
    }

    private static BurstModel ReadBursts(YamlMap map) => new(
        (double)(map.Required("factor")?.Decimal(1, 1_000_000) ?? 1),
        map.Required("length")?.Duration(TimeSpan.FromSeconds(1), Longest)?.TotalSeconds ?? 1,
        map.Required("gap")?.Duration(TimeSpan.FromSeconds(1), Longest)?.TotalSeconds ?? 1);
}
