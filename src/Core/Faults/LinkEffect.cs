using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>The way between the victims and somebody else is cut, slow, or loses packets (Chaos Mesh <c>NetworkChaos</c>).</summary>
/// <remarks>Victims are nodes or pods. What goes over a network here: requests of streams to pods, what agents and control plane say to each other, images.</remarks>
public sealed record LinkEffect : WorldEffect
{
    /// <summary>Nothing arrives.</summary>
    public bool IsCut { get; init; }

    /// <summary>Share of packets that are lost, 0 to 1: a lost one is sent again after a time-out that doubles (TCP), so a loss is a delay, and a request fails by its time-out.</summary>
    public double Loss { get; init; }

    /// <summary>Whether nothing comes through: it is cut, or every packet is lost.</summary>
    public bool IsWhole => IsCut || Loss >= 1;

    /// <summary>Delay of every packet.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Most that the delay varies, either way, evenly.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Bytes a second that images come with at most; 0 for no limit.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Which way it concerns, seen from the victims.</summary>
    public LinkDirection Direction { get; init; } = LinkDirection.Both;

    /// <summary>Who is at the other end.</summary>
    public LinkPeer Peer { get; init; } = LinkPeer.Anyone;

    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.Link;
}

/// <summary>Ways of a link, seen from the victims of a fault.</summary>
[Flags]
public enum LinkDirection : byte
{
    /// <summary>What the victims send (Chaos Mesh <c>to</c>).</summary>
    To = 1,

    /// <summary>What they are sent (Chaos Mesh <c>from</c>).</summary>
    From = 2,

    /// <summary>Either.</summary>
    Both = To | From,
}

/// <summary>Who is at the other end of a link.</summary>
public enum LinkPeerKind : byte
{
    /// <summary>Whoever it is.</summary>
    Anyone,

    /// <summary>The control plane.</summary>
    ControlPlane,

    /// <summary>Clients outside of the cluster.</summary>
    Outside,

    /// <summary>The image registry.</summary>
    Registry,

    /// <summary>Everybody on some nodes.</summary>
    Nodes,

    /// <summary>Some pods.</summary>
    Pods,
}

/// <summary>Who is at the other end of a link.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Namespace">Of pods: their namespace; empty for any.</param>
/// <param name="Selector">Labels of the nodes or pods; null for all.</param>
public sealed record LinkPeer(LinkPeerKind Kind, string Namespace = "", LabelSelector? Selector = null)
{
    /// <summary>Whoever it is.</summary>
    public static LinkPeer Anyone { get; } = new(LinkPeerKind.Anyone);
}
