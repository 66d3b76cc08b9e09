using System.Globalization;
using System.Text.Json;
using SchedBench.Chaos.Effects;
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
        json.WriteString("survivors", $"{set.Survivors}");
        WriteTime(json, "heal", set.HealAt);
        WriteList(json, "faults", set.Sources, source =>
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("effect", source.Effect.Name);
            foreach (EffectArgument argument in source.Effect.Arguments) json.WriteString(argument.Name, argument.Value);
            if (source.Draws != source.Name) json.WriteString("draws", source.Draws);
            if (source.Targets is TargetSpec nodes) WriteTargets(json, nodes);
            else if (source.Targets is PodTarget pods) WritePods(json, pods);
            WriteTimes(json, source);
            if (source.Guards.Count > 0) WriteList(json, "guards", source.Guards, guard => WriteGuard(json, guard));
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteGuard(Utf8JsonWriter json, ServiceGuard guard)
    {
        json.WriteStartObject();
        json.WriteString("name", guard.Name);
        json.WriteString("service", $"{guard.Namespace}/{guard.Service}");
        json.WriteString("from", DurationText.Format(guard.From));
        json.WriteString("until", DurationText.Format(guard.Until));
        json.WriteString("every", DurationText.Format(guard.Every));
        json.WriteString("timeout", DurationText.Format(guard.Timeout));
        json.WriteNumber("failures", guard.Failures);
        WriteMoments(json, guard.After, guard.By);
        if (!guard.CallsOff) json.WriteBoolean("callsOff", false);
        if (guard.Successes > 0) json.WriteNumber("successes", guard.Successes);
        if (guard.IsOverOnSuccess) json.WriteBoolean("overOnSuccess", true);
        json.WriteEndObject();
    }

    private static void WriteMoments(Utf8JsonWriter json, Moment? after, Moment? by)
    {
        if (after is not null) json.WriteString("after", $"{after}");
        if (by is not null) json.WriteString("before", $"{by}");
    }

    private static void WriteTargets(Utf8JsonWriter json, TargetSpec targets)
    {
        if (targets.Nodes.Count > 0) WriteList(json, "nodes", targets.Nodes, json.WriteStringValue);
        if (targets.Selector is { } selector) json.WriteString("selector", SelectorText.Format(selector));
        if (targets.DomainKey.Length > 0) json.WriteString("by", targets.DomainKey);
        json.WriteString("mode", $"{targets.Mode}");
        json.WriteNumber("value", targets.Value);
    }

    private static void WritePods(Utf8JsonWriter json, PodTarget target)
    {
        json.WriteStartObject("pods");
        if (target.Namespaces.Count > 0) WriteList(json, "namespaces", target.Namespaces, json.WriteStringValue);
        if (target.Names.Count > 0) WriteList(json, "names", target.Names, json.WriteStringValue);
        if (target.NamespacePattern.Length > 0) json.WriteString("namespacePattern", target.NamespacePattern);
        if (target.NamePattern.Length > 0) json.WriteString("namePattern", target.NamePattern);
        if (target.Selector is { } selector) json.WriteString("selector", SelectorText.Format(selector));
        if (target.Annotations is { } annotations) json.WriteString("annotations", SelectorText.Format(annotations));
        if (target.Phases.Count > 0) WriteList(json, "phases", target.Phases, json.WriteStringValue);
        if (target.NodeSelector is { } nodes) json.WriteString("nodeSelector", SelectorText.Format(nodes));
        json.WriteEndObject();
        json.WriteString("mode", $"{target.Mode}");
        json.WriteNumber("value", target.Value);
    }

    private static void WriteTimes(Utf8JsonWriter json, FaultSource source)
    {
        switch (source)
        {
            case TimedSource timed:
                json.WriteString("at", DurationText.Format(timed.At));
                WriteTime(json, "duration", timed.Duration);
                if (timed.Every > TimeSpan.Zero) json.WriteString("every", DurationText.Format(timed.Every));
                WriteTime(json, "until", timed.Until);
                WriteMoments(json, timed.After, timed.By);
                break;
            case CronSource cron:
                json.WriteString("cron", cron.Schedule.Text);
                json.WriteString("from", DurationText.Format(cron.From));
                WriteTime(json, "duration", cron.Duration);
                WriteTime(json, "until", cron.Until);
                if (cron.Delay > TimeSpan.Zero) json.WriteString("delay", DurationText.Format(cron.Delay));
                if (cron.Busy > TimeSpan.Zero) json.WriteString("busy", DurationText.Format(cron.Busy));
                if (cron.EndsAtUntil) json.WriteBoolean("endsAtUntil", true);
                break;
            case ReplaySource replay:
                json.WriteString("outages", replay.File);
                json.WriteString("from", DurationText.Format(replay.From));
                json.WriteNumber("speed", replay.Speed);
                WriteList(json, "series", replay.Outages, outage => json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{outage.Gap.Ticks} {outage.Duration.Ticks} {outage.Share:R}")));
                break;
            case ModelSource model:
                WriteModel(json, model);
                break;
            default:
                throw new InvalidOperationException($"{source.GetType().Name} has no text.");
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known) json.WriteString(name, DurationText.Format(known));
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
        if (model.Wave > 0) json.WriteNumber("wave", model.Wave);
        json.WriteString("from", DurationText.Format(source.From));
        if (model.Bursts is not { } bursts) return;
        json.WriteNumber("burstFactor", bursts.Factor);
        json.WriteNumber("burstSeconds", bursts.MeanBurst);
        json.WriteNumber("calmSeconds", bursts.MeanCalm);
    }
}
