using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Networking;

/// <summary>Who is at one end of the way of a request: a pod that serves or sends, or somebody outside of the cluster.</summary>
/// <param name="PodUid">Its pod; 0 without one.</param>
/// <param name="Node">Node that it is on; none without one.</param>
/// <param name="Who">Namespace and labels; null outside of the cluster.</param>
internal readonly record struct TrafficEnd(long PodUid, NodeIndex Node, TrafficClient? Who)
{
    /// <summary>Somebody outside.</summary>
    public static readonly TrafficEnd Outside = new(0, NodeIndex.None, null);

    /// <summary>A pod.</summary>
    public static TrafficEnd Of(Pod pod) => new(pod.Uid, pod.Node, new TrafficClient(pod.Metadata.Namespace, pod.Metadata.Labels));
}

/// <summary>What the way from a client to a pod and back is like.</summary>
internal struct WayConditions
{
    public bool IsCut;
    public double LossThere;
    public double LossBack;
    public TimeSpan DelayThere;
    public TimeSpan DelayBack;
    public TimeSpan JitterThere;
    public TimeSpan JitterBack;

    /// <summary>Whether anything is wrong.</summary>
    public readonly bool IsAny => IsCut || LossThere > 0 || LossBack > 0 || DelayThere > TimeSpan.Zero || DelayBack > TimeSpan.Zero || JitterThere > TimeSpan.Zero || JitterBack > TimeSpan.Zero;

    /// <summary>Time that a packet takes there, those that are sent again among it.</summary>
    public readonly TimeSpan There(in Draw draws, ulong entity, ulong n) => PacketTime.Of(in draws, entity, n, DelayThere, JitterThere, LossThere, PacketTime.OpenTimeout);

    /// <summary>The same of a packet back.</summary>
    public readonly TimeSpan Back(in Draw draws, ulong entity, ulong n) => PacketTime.Of(in draws, entity, n, DelayBack, JitterBack, LossBack, PacketTime.OpenTimeout);

    /// <summary>A fault more. A cut of one way is one of both: a connection needs its acknowledgements.</summary>
    public void Add(LinkEffect effect, bool there, bool back)
    {
        IsCut |= effect.IsWhole;
        if (there)
        {
            LossThere = 1 - ((1 - LossThere) * (1 - effect.Loss));
            DelayThere += effect.Delay;
            JitterThere += effect.Jitter;
        }

        if (!back) return;
        LossBack = 1 - ((1 - LossBack) * (1 - effect.Loss));
        DelayBack += effect.Delay;
        JitterBack += effect.Jitter;
    }
}

/// <summary>Faults that requests meet: links, pods that answer badly, names that are not resolved. Asked only while there are any.</summary>
internal sealed class TrafficFaults(FleetLayout fleet)
{
    private readonly List<(int Fault, LinkEffect Effect, HashSet<int> Nodes, HashSet<long> Pods)> _links = [];
    private readonly List<(int Fault, RequestEffect Effect, HashSet<long> Pods)> _requests = [];
    private readonly List<(int Fault, DnsEffect Effect)> _names = [];

    /// <summary>Whether there are any.</summary>
    public bool IsAny { get; private set; }

    /// <summary>Faults on pods that answer requests.</summary>
    public bool HasRequestFaults => _requests.Count > 0;

    /// <summary>Faults on links.</summary>
    public bool HasLinks => _links.Count > 0;

    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        HashSet<long> pods = [.. victims.Pods.Select(pod => pod.Uid)];
        if (effect is LinkEffect link) _links.Add((fault, link, [.. victims.Nodes.Select(node => node.Value)], pods));
        else if (effect is RequestEffect request) _requests.Add((fault, request, pods));
        else if (effect is DnsEffect dns) _names.Add((fault, dns));
        IsAny = true;
    }

    public void End(int fault)
    {
        _links.RemoveAll(other => other.Fault == fault);
        _requests.RemoveAll(other => other.Fault == fault);
        _names.RemoveAll(other => other.Fault == fault);
        IsAny = _links.Count + _requests.Count + _names.Count > 0;
    }

    /// <summary>Share of the look-ups of a service's name that fail.</summary>
    public double FailingLookups(string ns, string service)
    {
        double well = 1;
        foreach ((_, DnsEffect effect) in _names)
        {
            if (effect.Service.Length == 0 || effect.Service == service || effect.Service == $"{ns}/{service}") well *= 1 - effect.Share;
        }

        return 1 - well;
    }

    /// <summary>The faults of a pod that answers, in the order in which they began.</summary>
    public IEnumerable<RequestEffect> Of(long podUid) => _requests.Where(fault => fault.Pods.Contains(podUid)).Select(fault => fault.Effect);

    /// <summary>The way between a client and the pod that it asks.</summary>
    public WayConditions Between(in TrafficEnd client, in TrafficEnd pod)
    {
        var way = default(WayConditions);
        foreach ((_, LinkEffect effect, HashSet<int> nodes, HashSet<long> pods) in _links)
        {
            // Seen from the pod what it sends is the answer; seen from the client it is the request.
            if (IsVictim(in pod, nodes, pods) && IsPeer(effect.Peer, in client)) way.Add(effect, effect.Direction.HasFlag(LinkDirection.From), effect.Direction.HasFlag(LinkDirection.To));
            else if (IsVictim(in client, nodes, pods) && IsPeer(effect.Peer, in pod)) way.Add(effect, effect.Direction.HasFlag(LinkDirection.To), effect.Direction.HasFlag(LinkDirection.From));
        }

        return way;
    }

    private static bool IsVictim(in TrafficEnd end, HashSet<int> nodes, HashSet<long> pods) => (end.Node.IsNode && nodes.Contains(end.Node.Value)) || (end.PodUid != 0 && pods.Contains(end.PodUid));

    private bool IsPeer(LinkPeer peer, in TrafficEnd end) => peer.Kind switch
    {
        LinkPeerKind.Anyone => true,
        LinkPeerKind.Outside => end.Who is null,
        LinkPeerKind.Nodes => end.Node.IsNode && peer.Selector?.Matches(NodeObjects.LabelsOf(fleet.Nodes[end.Node.Value])) != false,
        LinkPeerKind.Pods => end.Who is { } who && (peer.Namespace.Length == 0 || peer.Namespace == who.Namespace) && peer.Selector?.Matches(who.Labels) != false,
        _ => false,
    };
}
