using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.Krkn;

/// <summary>Node scenarios: machines are stopped, restarted, crash, or lose their agent. They follow upon each other, as krkn waits for each.</summary>
internal static class KrknNodes
{
    private const long UsualStop = 120;
    private const int MostFaults = 10_000;

    private enum Lasting
    {
        /// <summary>For the rest of the run.</summary>
        Ever,

        /// <summary>For the duration that is stated.</summary>
        Stated,

        /// <summary>As long as a restart takes.</summary>
        Restart,
    }

    /// <summary>Actions: effect (empty when it has no meaning), how long, and why it has none.</summary>
    private static readonly (string Name, string Effect, Lasting Lasting, string Why)[] Actions =
    [
        ("node_stop_scenario", "crash", Lasting.Ever, ""), ("node_stop_start_scenario", "crash", Lasting.Stated, ""), ("node_termination_scenario", "crash", Lasting.Ever, ""), ("node_reboot_scenario", "crash", Lasting.Restart, ""),
        ("node_crash_scenario", "crash", Lasting.Ever, ""), ("stop_kubelet_scenario", "cutOff", Lasting.Ever, ""), ("stop_start_kubelet_scenario", "cutOff", Lasting.Stated, ""), ("restart_kubelet_scenario", "cutOff", Lasting.Restart, ""),
        ("node_block_scenario", "partition", Lasting.Stated, ""),
        ("node_start_scenario", "", Lasting.Ever, "what is stopped by a scenario before it starts when that is over: node_stop_start_scenario says when"),
        ("node_disk_detach_attach_scenario", "", Lasting.Ever, "disks of a run belong to no machine of their own"),
        ("stop_start_helper_node_scenario", "", Lasting.Ever, "a run has no helper node outside of the cluster"),
    ];

    private static readonly (string Name, int Value)[] Places = [.. Actions.Select((action, n) => (action.Name, n))];

    private static readonly string[] Harmless =
    [
        "timeout", "cloud_type", "kube_check", "poll_interval", "skip_openshift_checks", "ssh_private_key", "service", "soft_reboot", "verify_session", "disable_ssl_verification", "bmc_user", "bmc_password", "bmc_info", "helper_node_ip",
    ];

    /// <summary>The scenarios of a list.</summary>
    internal static IEnumerable<FaultSource> Read(YamlValue list, FaultReading reading)
    {
        TimeSpan at = reading.Options.At;
        var sources = new List<FaultSource>();
        foreach (YamlValue item in list.Items(1))
        {
            if (item.Map() is { } map) at = Add(map, at, reading, sources);
        }

        return sources;
    }

    /// <summary>Adds a scenario.</summary>
    /// <returns>When it is over.</returns>
    private static TimeSpan Add(YamlMap map, TimeSpan at, FaultReading reading, List<FaultSource> sources)
    {
        FaultReading.Harmless(map, Harmless);
        TimeSpan stop = FaultReading.Seconds(map.Optional("duration")) ?? TimeSpan.FromSeconds(UsualStop);
        if (map.Optional("runs") is { } runs && runs.Integer(1, int.MaxValue) > 1) runs.Report("expected 1: when a machine is ready for the next one depends upon the run; state the scenario as often as it is meant");
        bool isParallel = map.Optional("parallel")?.Boolean() ?? false;
        List<TargetSpec> targets = Targets(map, reading, isParallel);
        foreach (YamlValue item in map.Required("actions")?.Items(1) ?? [])
        {
            if (item.OneOf(Places) is not { } place) continue;
            (string name, string effect, Lasting lasting, string why) = Actions[place];
            if (effect.Length == 0)
            {
                item.Report($"expected another action: {why}");
                continue;
            }

            TimeSpan? length = lasting switch { Lasting.Stated => stop, Lasting.Restart => reading.Options.RestartTime, _ => null };
            foreach (TargetSpec target in targets)
            {
                if (sources.Count >= MostFaults)
                {
                    item.Report($"expected at most {MostFaults} faults in a file");
                    return at;
                }

                sources.Add(new TimedSource(reading.Unique($"krkn/{name}"), EffectCatalog.Of(effect), target, at, length, TimeSpan.Zero));
                if (!isParallel) at += length ?? TimeSpan.Zero;
            }

            if (isParallel) at += length ?? TimeSpan.Zero;
        }

        return at;
    }

    /// <summary>Whom it hits: one after the other, or all at once.</summary>
    private static List<TargetSpec> Targets(YamlMap map, FaultReading reading, bool isParallel)
    {
        YamlValue? named = Stated(map, "node_name"), labelled = Stated(map, "label_selector"), excluded = Stated(map, "exclude_label");
        long count = Stated(map, "instance_count")?.Integer(1, int.MaxValue) ?? 1;
        if (named?.Text() is { } names)
        {
            string[] nodes = [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(reading.NameOf)];
            excluded?.Report("expected this key only beside label_selector");
            return isParallel ? [new TargetSpec { Nodes = nodes }] : [.. nodes.Select(node => new TargetSpec { Nodes = [node] })];
        }

        if (labelled is null)
        {
            map.Report("expected node_name or label_selector");
            return [];
        }

        if (count > 1 && !isParallel) map.Peek("instance_count")!.Report("expected parallel: true beside it, or 1: when the next machine is stopped depends upon when the one before is ready");
        var targets = new List<TargetSpec>();
        LabelRequirement[] others = [.. KrknReader.Excluded(excluded)];
        // Several selectors parted by commas are several groups of nodes to krkn.
        foreach (string part in (labelled.Text() ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (SelectorText.TryParse(part, out LabelSelector? selector, out TextError error))
                targets.Add(new TargetSpec { Selector = new LabelSelector([.. selector!.Requirements, .. others]), Mode = TargetMode.Fixed, Value = (int)count });
            else labelled.Report(error);
        }

        return targets;
    }

    /// <summary>A key that krkn's own files leave empty where they do not mean it.</summary>
    private static YamlValue? Stated(YamlMap map, string key)
    {
        map.Know(key);
        return map.Peek(key) is { } value && value.Node is not YamlScalar { Kind: YamlScalarKind.Null } && !FaultReading.IsEmpty(value) ? value : null;
    }
}
