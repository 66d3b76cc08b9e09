using System.Text.Json;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Experiments.Plan;

/// <content>Fault sets.</content>
internal static partial class ExperimentJson
{
    private static void WriteFaults(Utf8JsonWriter json, FaultSet set)
    {
        json.WriteStartObject();
        json.WriteString("name", set.Name);
        json.WriteString("survivors", set.Survivors.IsPercent ? $"{set.Survivors.Value}%" : $"{set.Survivors.Value}");
        WriteList(json, "faults", set.Sources, source =>
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("effect", FaultEffects.NameOf(source.Effect));
            WriteTargets(json, source.Targets);
            if (source is TimedSource timed) WriteTimed(json, timed);
            else if (source is ModelSource model) WriteModel(json, model);
            else if (source is PodKillSource pods) WritePodKill(json, pods);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteTargets(Utf8JsonWriter json, TargetSpec targets)
    {
        if (targets.Nodes.Count > 0) WriteList(json, "nodes", targets.Nodes, json.WriteStringValue);
        if (targets.Selector is { } selector) json.WriteString("selector", SelectorText.Format(selector));
        if (targets.DomainKey.Length > 0) json.WriteString("by", targets.DomainKey);
        json.WriteString("mode", $"{targets.Mode}");
        json.WriteNumber("value", targets.Value);
    }

    private static void WriteTimed(Utf8JsonWriter json, TimedSource timed)
    {
        json.WriteString("at", DurationText.Format(timed.At));
        if (timed.Duration is { } duration) json.WriteString("duration", DurationText.Format(duration));
        if (timed.Every > TimeSpan.Zero) json.WriteString("every", DurationText.Format(timed.Every));
    }

    private static void WritePodKill(Utf8JsonWriter json, PodKillSource pods)
    {
        json.WriteString("at", DurationText.Format(pods.At));
        if (pods.Every > TimeSpan.Zero) json.WriteString("every", DurationText.Format(pods.Every));
        json.WriteString("namespace", pods.Pods.Namespace);
        if (pods.Pods.Selector is { } selector) json.WriteString("podSelector", SelectorText.Format(selector));
        json.WriteString("draws", pods.Draws);
        json.WriteString("podMode", $"{pods.Pods.Mode}");
        json.WriteNumber("podValue", pods.Pods.Value);
        if (pods.Pods.Grace is { } grace) json.WriteString("gracePeriod", DurationText.Format(grace));
    }

    private static void WriteModel(Utf8JsonWriter json, ModelSource source)
    {
        FailureModel model = source.Model;
        json.WriteString("model", model.Name);
        json.WriteString("timeToFailure", $"{model.TimeToFailure}");
        json.WriteString("timeToRepair", $"{model.TimeToRepair}");
        json.WriteNumber("rate", model.Rate);
        json.WriteBoolean("stationary", model.IsStationary);
        json.WriteNumber("hits", model.Hits);
        json.WriteNumber("lemonShape", model.LemonShape);
        json.WriteString("from", DurationText.Format(source.From));
        if (model.Bursts is not { } bursts) return;
        json.WriteNumber("burstFactor", bursts.Factor);
        json.WriteNumber("burstSeconds", bursts.MeanBurst);
        json.WriteNumber("calmSeconds", bursts.MeanCalm);
    }
}
