using SchedBench.Core.Faults;

namespace SchedBench.Chaos.Effects;

/// <content>Effects on the ways between parties.</content>
public static partial class EffectCatalog
{
    private static readonly string[] Directions = ["both", "to", "from"];

    private static readonly EffectParameter[] Ends =
    [
        new("peer", ParameterType.Peer, "who is at the other end: anyone, controlPlane, outside, registry, 'nodes SELECTOR', 'pods NAMESPACE/ SELECTOR'") { Default = "anyone" },
        new("direction", ParameterType.Word, "which way, seen from the victims") { Default = "both", Words = Directions },
    ];

    private static IEnumerable<EffectKind> Links()
    {
        yield return new("partition", EffectTarget.NodesOrPods, "nothing arrives between the victims and the peer", "requests time out; from the control plane it is cutOff; pulls fail", Ends, effect => Link(effect) with { IsCut = true });
        yield return new(
            "delay", EffectTarget.NodesOrPods, "packets between the victims and the peer come later", "requests take longer, or time out; pods start and are known to be ready later; a round trip of 10 s is cutOff",
            [
                new("latency", ParameterType.Duration, "delay of every packet") { IsRequired = true, Most = 3_600 },
                new("jitter", ParameterType.Duration, "most that the delay varies, either way") { Default = "0s", Most = 3_600 },
                .. Ends,
            ],
            effect => Link(effect) with { Delay = effect.Duration("latency")!.Value, Jitter = effect.Duration("jitter")!.Value });
        yield return new(
            "loss", EffectTarget.NodesOrPods, "packets between the victims and the peer are lost, and sent again after a time-out that doubles", "requests take longer, or time out; heartbeats come late or never",
            [new("percent", ParameterType.Number, "percents of the packets that are lost") { Least = 0, Most = 100, IsRequired = true }, .. Ends],
            effect => Link(effect) with { Loss = effect.Number("percent") / 100 });
        yield return new(
            "bandwidth", EffectTarget.Nodes, "images come with so many bytes a second at most", "pods that start late",
            [new("bytesPerSecond", ParameterType.Bytes, "bytes a second") { Least = 1, IsRequired = true }],
            effect => new LinkEffect { BytesPerSecond = effect.Whole("bytesPerSecond"), Direction = LinkDirection.From, Peer = new LinkPeer(LinkPeerKind.Registry) });
    }

    private static LinkEffect Link(FaultEffect effect) => new()
    {
        Peer = PeerText.TryParse(effect.Value("peer")!, out LinkPeer peer, out _) ? peer : LinkPeer.Anyone,
        Direction = effect.Value("direction") switch { "to" => LinkDirection.To, "from" => LinkDirection.From, _ => LinkDirection.Both },
    };
}
