using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.Krkn;

/// <summary>Zone outages and application outages.</summary>
internal static class KrknOutages
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    /// <summary><c>zone_outage</c>: on AWS the network of subnets is closed, on Google Cloud the machines of a zone are stopped.</summary>
    internal static IEnumerable<FaultSource> Zone(YamlMap map, FaultReading reading)
    {
        bool? isGoogle = map.Required("cloud_type")?.OneOf([("aws", false), ("gcp", true)]);
        TimeSpan? duration = FaultReading.Seconds(map.Required("duration"));
        foreach (string key in (string[])["vpc_id", "default_acl_id", "kube_check", "timeout"]) map.Know(key);
        YamlValue? place = isGoogle == true ? map.Required("zone") : map.Required("subnet_id");
        map.Know(isGoogle == true ? "subnet_id" : "zone");
        if (map.Peek(isGoogle == true ? "subnet_id" : "zone") is { } other && !FaultReading.IsEmpty(other)) other.Report("expected this key only beside the other cloud_type");
        string[] zones = [.. (isGoogle == true ? new[] { place?.Text() } : (place?.Items(1) ?? []).Select(item => item.Text())).OfType<string>().Select(reading.NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (zones.Length == 0 || isGoogle is null) yield break;
        var target = new TargetSpec { Selector = new LabelSelector([new LabelRequirement(ZoneLabel, SelectorOperator.In, [.. zones])]) };
        yield return new TimedSource(reading.Unique("krkn/zone_outage"), isGoogle == true ? FaultEffect.Crash : EffectCatalog.Of("partition"), target, reading.Options.At, duration, TimeSpan.Zero);
    }

    /// <summary><c>application_outage</c>: a network policy denies what comes to pods, or leaves them.</summary>
    internal static IEnumerable<FaultSource> Application(YamlMap map, FaultReading reading)
    {
        TimeSpan duration = FaultReading.Seconds(map.Optional("duration")) ?? TimeSpan.FromSeconds(60);
        string? ns = map.Required("namespace")?.Text();
        YamlValue? labels = map.Required("pod_selector");
        LabelRequirement[] wanted = [.. FaultReading.Labels(labels), .. KrknReader.Excluded(map.Optional("exclude_label"))];
        if (labels is not null && FaultReading.IsEmpty(labels)) labels.Report("expected at least one label, as krkn does");
        bool isIn = !map.Has("block"), isOut = isIn;
        foreach (YamlValue item in map.Optional("block")?.Items(1) ?? [])
        {
            int? way = item.OneOf([("Ingress", 0), ("Egress", 1)]);
            isIn |= way == 0;
            isOut |= way == 1;
        }

        FaultEffect effect = EffectCatalog.Of("partition").With("direction", (isIn, isOut) switch { (true, false) => "from", (false, true) => "to", _ => "both" });
        yield return new TimedSource(reading.Unique("krkn/application_outage"), effect, new PodTarget(ns is null ? [] : [ns], FaultReading.Selector(wanted), TargetMode.All, 0), reading.Options.At, duration, TimeSpan.Zero);
    }
}
