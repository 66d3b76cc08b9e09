using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Faults;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>NetworkChaos: ways between pods are cut, slow, or lose packets.</summary>
/// <remarks>Source: <c>api/v1alpha1/networkchaos_types.go</c> of Chaos Mesh 2.6. Whatever the action, all of <c>delay</c>, <c>loss</c> and <c>corrupt</c> that are stated hold, as one netem rule has them all.</remarks>
internal static class NetworkKinds
{
    /// <summary>Why packets that come twice or in another order are refused.</summary>
    internal const string NoOrder = "requests here are no packets that could come twice or in another order";

    private const string OwnDraws = "the share holds; every packet is drawn by itself, whatever became of the one before";

    private static readonly (string Name, string Value)[] Actions =
        [("netem", ""), ("delay", "delay"), ("loss", "loss"), ("duplicate", "duplicate"), ("corrupt", "corrupt"), ("partition", "partition"), ("bandwidth", "bandwidth")];

    private static readonly (string Name, int Value)[] ActionPlaces = [.. Actions.Select((action, n) => (action.Name, n))];
    private static readonly (string Name, LinkDirection Value)[] Directions = [("to", LinkDirection.To), ("from", LinkDirection.From), ("both", LinkDirection.Both)];

    /// <summary>The kind.</summary>
    internal static MeshChaos NetworkChaos(YamlMap spec, MeshResource resource)
    {
        (PodTarget target, TimeSpan? duration) = PodKinds.Common(spec, resource);
        YamlValue? stated = spec.Required("action");
        string? action = stated?.OneOf(ActionPlaces) is { } place ? Actions[place].Name : null;
        foreach (string device in (string[])["device", "targetDevice"])
        {
            if (spec.Optional(device) is { } value && value.Text() is not (null or "" or "eth0")) value.Report("expected eth0 or this key left out: pods have one device");
        }

        List<(string Suffix, FaultEffect Effect)> what = action switch
        {
            "partition" => [("", EffectCatalog.Of("partition"))],
            null => [],
            _ => Netem(spec, resource.Reading),
        };
        CheckAction(spec, action, stated);
        List<LinkPeer> peers = Peers(spec, resource);
        LinkDirection direction = Direction(spec, peers);
        var effects = new List<MeshEffect>();
        foreach ((string suffix, FaultEffect effect) in what)
        {
            for (int n = 0; n < peers.Count; n++)
            {
                string name = string.Join('-', new[] { what.Count > 1 ? suffix : "", peers.Count > 1 ? $"peer{n}" : "" }.Where(part => part.Length > 0));
                effects.Add(new MeshEffect(name, effect.With("peer", PeerText.Format(peers[n])).With("direction", Directions.First(known => known.Value == direction).Name), target));
            }
        }

        return new MeshChaos(effects, duration);
    }

    /// <summary>A share of packets as text, in percents.</summary>
    internal static FaultEffect? Loss(YamlValue? percent)
    {
        if (percent?.Text() is not { } text) return null;
        return FaultReading.With(EffectCatalog.Of("loss"), "percent", text, percent);
    }

    private static void CheckAction(YamlMap spec, string? action, YamlValue? stated)
    {
        if (action is "bandwidth") stated!.Report("expected another action: requests here have no size, and images come to nodes; PhysicalMachineChaos has network-bandwidth");
        if (action is "duplicate") stated!.Report($"expected another action: {NoOrder}");
        string[] parts = ["delay", "loss", "duplicate", "corrupt", "rate", "bandwidth"];
        foreach (string part in parts) spec.Know(part);
        if (action is "delay" or "loss" or "corrupt" && !spec.Has(action)) spec.Report($"expected {action} beside this action");
        if (action == "netem" && !parts[..4].Any(spec.Has)) spec.Report("expected at least one of delay, loss and corrupt beside this action");
        if (action == "partition" && parts.FirstOrDefault(spec.Has) is { } idle) spec.Peek(idle)!.Report("expected this key left out beside the action partition");
    }

    private static List<(string Suffix, FaultEffect Effect)> Netem(YamlMap spec, FaultReading reading)
    {
        var effects = new List<(string, FaultEffect)>();
        if (spec.Optional("delay")?.Map() is { } delay)
        {
            FaultReading.Refuse(delay, "reorder", NoOrder);
            if (Delay(delay, delay.Required("latency")) is { } effect) effects.Add(("delay", effect));
            Correlated(delay, reading, delay.Has("jitter") && delay.Peek("jitter")!.PlainText is not ("" or "0" or "0s" or "0ms"));
        }

        foreach (string key in (string[])["loss", "corrupt"])
        {
            if (spec.Optional(key)?.Map() is not { } map) continue;
            if (Loss(map.Required(key)) is { } effect) effects.Add((key, effect));
            Correlated(map, reading, hasDraws: true);
        }

        FaultReading.Refuse(spec, "duplicate", NoOrder);
        FaultReading.Refuse(spec, "rate", "requests here have no size");
        if (spec.Optional("bandwidth") is { } bandwidth && spec.Peek("action")?.PlainText != "bandwidth") bandwidth.Report("expected this key only beside the action bandwidth");
        return effects;
    }

    /// <summary>A delay, with its jitter.</summary>
    internal static FaultEffect? Delay(YamlMap map, YamlValue? latency)
    {
        FaultEffect effect = EffectCatalog.Of("delay");
        if (latency?.Text() is not { } text) return null;
        effect = FaultReading.With(effect, "latency", text, latency);
        if (map.Optional("jitter") is { } jitter && jitter.Text() is { Length: > 0 } most) effect = FaultReading.With(effect, "jitter", most, jitter);
        return effect;
    }

    /// <summary>Reads a correlation, which is told to the user where there are draws that it would tie together.</summary>
    internal static void Correlated(YamlMap map, FaultReading reading, bool hasDraws)
    {
        if (map.Optional("correlation") is not { } value || value.Text() is not { Length: > 0 } text) return;
        if (!decimal.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out decimal percent) || percent > 100) value.Report("expected percents from 0 to 100");
        else if (percent > 0 && hasDraws) reading.Note(value, OwnDraws);
    }

    private static List<LinkPeer> Peers(YamlMap spec, MeshResource resource)
    {
        var peers = new List<LinkPeer>();
        if (spec.Optional("target")?.Map() is { } target) peers.AddRange(MeshSelector.Peers(target, resource));
        bool isOutside = false;
        foreach (YamlValue item in spec.Optional("externalTargets")?.Items() ?? [])
        {
            if (item.Text() is "0.0.0.0/0" or "::/0") isOutside = true;
            else item.Report("expected 0.0.0.0/0, which is everybody outside: a run knows no single addresses and names there");
        }

        if (isOutside) peers.Add(new LinkPeer(LinkPeerKind.Outside));
        return peers.Count > 0 ? peers : [LinkPeer.Anyone];
    }

    private static LinkDirection Direction(YamlMap spec, List<LinkPeer> peers)
    {
        if (spec.Optional("direction") is not { } value || FaultReading.IsEmpty(value)) return LinkDirection.To;
        LinkDirection direction = value.OneOf(Directions) ?? LinkDirection.To;
        if (direction != LinkDirection.To && peers[0].Kind == LinkPeerKind.Anyone && !spec.Has("target")) value.Report("expected target beside this direction, as Chaos Mesh does");
        return direction;
    }
}
