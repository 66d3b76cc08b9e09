using SchedBench.Core.Faults;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Networking;

/// <content>Requests on ways that are cut, slow or lossy, and at pods that a fault makes answer badly.</content>
/// <remarks>
/// A request is a packet, its answer another, and a new connection a round trip before both (TCP). A packet that is lost is sent again (<see cref="PacketTime"/>). What has no answer by the client's time-out has failed then.
/// </remarks>
public sealed partial class RequestTraffic
{
    private readonly Draw _ways;

    /// <summary>What faults do to requests.</summary>
    internal TrafficFaults Faults { get; }

    /// <summary>Whether a stream is ever sent as a rate: rates have no packets.</summary>
    internal bool HasFluid => _fluid is not null;

    /// <summary>Where a client of a stream is: on the node of a pod that it sends as, the clients spread over them; nowhere when there is none, or outside.</summary>
    private TrafficEnd EndOf(Stream stream, int client)
    {
        if (stream.Spec.From is not { } from) return TrafficEnd.Outside;
        if (stream.SendersAt != _servers.Version)
        {
            stream.Senders.Clear();
            stream.Senders.AddRange(_servers.All.Where(pod => pod.Metadata.Namespace == from.Namespace && from.Labels.All(label => pod.Metadata.Labels.ValueOf(label.Key) == label.Value)).OrderBy(pod => pod.Key.ToString(), StringComparer.Ordinal));
            stream.SendersAt = _servers.Version;
        }

        return stream.Senders.Count == 0 ? new TrafficEnd(0, Cluster.NodeIndex.None, from) : TrafficEnd.Of(stream.Senders[client % stream.Senders.Count]) with { Who = from };
    }

    /// <summary>Whether a look-up of the service's name fails for a request that opens a connection.</summary>
    private bool FailsLookup(Stream stream, ulong n)
    {
        if (!Faults.IsAny || stream.Spec.Host.Length > 0) return false;
        double share = Faults.FailingLookups(stream.Spec.Namespace, stream.Spec.Service);
        return share > 0 && _ways.Uniform(stream.Entity, (n << 8) + 255) < share;
    }

    /// <summary>A request sets out to a pod: it is there at once, later, or never.</summary>
    private void SetOut(int slot, int server, bool opens)
    {
        ref Request request = ref _requests[slot];
        request.BackTicks = 0;
        if (!Faults.HasLinks)
        {
            Arrived(slot, server);
            return;
        }

        Stream stream = _streams[request.Stream];
        WayConditions way = Faults.Between(EndOf(stream, request.Client), TrafficEnd.Of(_servers[server].Pod));
        if (!way.IsAny)
        {
            Arrived(slot, server);
            return;
        }

        ulong n = ((request.Number << 8) + ((ulong)request.Attempt << 4)) << 8;
        TimeSpan there = way.There(in _ways, stream.Entity, n), back = way.Back(in _ways, stream.Entity, n + PacketTime.Draws);
        if (opens)
        {
            double lost = 1 - ((1 - way.LossThere) * (1 - way.LossBack));
            there += PacketTime.Of(in _ways, stream.Entity, n + (2 * PacketTime.Draws), way.DelayThere + way.DelayBack, way.JitterThere + way.JitterBack, lost, PacketTime.ConnectTimeout);
        }

        if (way.IsCut || there >= stream.Spec.Timeout)
        {
            _loop.Schedule(_loop.Now + stream.Spec.Timeout, new EventData(_handler, GivesUp, slot, request.Generation));
            return;
        }

        request.BackTicks = back.Ticks;
        request.Target = _servers[server].PodUid;
        _loop.Schedule(_loop.Now + there, new EventData(_handler, Reaches, slot, request.Generation));
    }

    /// <summary>A request on a slow way has reached its pod.</summary>
    private void Reach(int slot)
    {
        ref Request request = ref _requests[slot];
        if (_servers.Find(request.Target) is >= 0 and var server && !_servers[server].RefusesNew) Arrived(slot, server);
        else GiveUp(slot, RequestOutcome.Refused);
    }

    private void GiveUp(int slot, RequestOutcome outcome)
    {
        Forget(_streams[_requests[slot].Stream], _requests[slot].Client);
        Fail(slot, outcome, "");
    }

    /// <summary>What the faults of a pod make of a request that it takes up: how much longer it takes, and how it ends.</summary>
    private (TimeSpan Longer, RequestEnding Ending) FaultOf(in Request request, long podUid)
    {
        TimeSpan longer = TimeSpan.Zero;
        RequestEnding ending = RequestEnding.GoesOn;
        ulong n = (((request.Number << 8) + ((ulong)request.Attempt << 4)) << 8) + 128;
        foreach (RequestEffect effect in Faults.Of(podUid))
        {
            if (_ways.Uniform(_streams[request.Stream].Entity, n++) >= effect.Share) continue;
            longer += effect.Delay;
            if (ending == RequestEnding.GoesOn) ending = effect.Ending;
        }

        return (longer, ending);
    }
}
