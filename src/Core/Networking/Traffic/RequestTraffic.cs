using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Networking;

/// <summary>Sends requests, one by one: open-loop arrivals, endpoints as a late client knows them, pods with workers and queues, time-outs, retries.</summary>
/// <remarks>
/// Two events a request: it is sent, and it is done. A request that waits or is worked on longer than its client's time-out has failed at that instant; it is taken out when
/// its turn comes, so no third event is needed. What a process holds when it ends is lost. Arrivals and service times are functions of (seed, stream, number of the request):
/// two strategies meet the same requests. While a stream's rate is above its <see cref="TrafficSpec.FluidAbove"/> it is no requests but a rate: see <c>docs/networking.md</c>.
/// </remarks>
public sealed partial class RequestTraffic : ILoad, IEventHandler, IServingObserver, IStoreListener
{
    /// <summary>Names of the draws of arrivals, endpoints and work: real clients make the same.</summary>
    internal const string GapsStream = "traffic/gaps";

    /// <summary>See <see cref="GapsStream"/>.</summary>
    internal const string ChoicesStream = "traffic/choices";

    /// <summary>See <see cref="GapsStream"/>.</summary>
    internal const string ServicesStream = "traffic/service";

    private const ushort Arrive = 0;
    private const ushort Done = 1;
    private const ushort NextPiece = 2;
    private const ushort Reaches = 3;
    private const ushort GivesUp = 4;
    private const double LongestSeconds = 1e9;
    private const long NoEndpoint = -1;
    private const long IsDenied = -2;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly FactStream _facts;
    private readonly EndpointHistory _endpoints;
    private readonly ProxyTiming _proxies;
    private readonly IngressRouter _ingress;
    private readonly NetworkPolicies? _policies;
    private readonly FluidTraffic? _fluid;
    private IRoutingObserver? _routing;
    private readonly Stream[] _streams;
    private readonly PodServers _servers = new();
    private readonly Stack<int> _free = new();
    private readonly Draw _gaps;
    private readonly Draw _choices;
    private readonly Draw _services;
    private readonly TimeSpan _measuredFrom;
    private Request[] _requests = new Request[1024];
    private int _used;

    /// <summary>Traffic of a run; nothing is sent before <see cref="Begin"/>.</summary>
    public RequestTraffic(
        EventLoop loop, FactStream facts, EndpointHistory endpoints, ProxyTiming proxies, IngressRouter ingress, IReadOnlyList<TrafficSpec> streams, NetworkOptions options, ulong seed,
        TimeSpan measuredFrom, FleetLayout fleet, NetworkPolicies? policies = null)
    {
        Faults = new TrafficFaults(fleet);
        _ways = Draw.Stream(seed, "traffic/ways");
        _loop = loop;
        _handler = loop.Register(this);
        _facts = facts;
        _endpoints = endpoints;
        _proxies = proxies;
        _ingress = ingress;
        _measuredFrom = measuredFrom;
        _policies = policies;
        _gaps = Draw.Stream(seed, GapsStream);
        _choices = Draw.Stream(seed, ChoicesStream);
        _services = Draw.Stream(seed, ServicesStream);
        _streams = [.. streams.Select(stream => new Stream(stream, options.CurveStep))];
        for (int s = 0; s < _streams.Length; s++)
        {
            if (!IsEverFluid(_streams[s].Spec)) continue;
            _fluid ??= new FluidTraffic(loop, facts, endpoints, proxies, ingress, _servers, policies, options.CurveStep, measuredFrom);
            _streams[s].Fluid = _fluid.Add(_streams[s].Spec, s, _streams[s].Ledger);
        }

        if (policies is not null && _fluid is not null) policies.Changed = _fluid.OnPolicies;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RequestLedger> Ledgers
    {
        get
        {
            _fluid?.Settle();
            return [.. _streams.Select(stream => stream.Ledger)];
        }
    }

    private sealed class Stream(TrafficSpec spec, TimeSpan step)
    {
        public readonly TrafficSpec Spec = spec;
        public readonly ulong Entity = EntityOf(spec);
        public readonly RequestLedger Ledger = new(spec, step);
        public readonly Connection[] Connections = new Connection[spec.Clients > 0 ? spec.Clients : spec.Observers];
        public Affinity[]? Affinities;
        public ulong Next;
        public int Piece;
        public FluidStream? Fluid;
        public readonly List<Pod> Senders = [];
        public long SendersAt = -1;
        public long UnderWay;
    }

    private struct Connection
    {
        public long PodUid;
        public int Left;
    }

    private struct Request
    {
        public int Stream;
        public ulong Number;
        public int Observer;
        public int Client;
        public int Attempt;
        public int Server;
        public int Next;
        public int Previous;
        public uint Generation;
        public TimeSpan SentAt;
        public TimeSpan TriedAt;

        /// <summary>Pod that it is on its way to, how long its answer travels, and how a fault ends it there.</summary>
        public long Target;
        public long BackTicks;
        public RequestEnding Ending;

        /// <summary>When a worker is done with it, and how much of that is no work but a fault's delay; events at other instants are of plans that changed.</summary>
        public TimeSpan DoneAt;
        public TimeSpan Delay;
    }

    /// <summary>Schedules the first request of each stream.</summary>
    public void Begin()
    {
        for (int s = 0; s < _streams.Length; s++) ScheduleNext(s, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == Arrive)
        {
            Send(data.Subject);
            ScheduleNext(data.Subject, _loop.Now);
        }
        else if (data.Kind == NextPiece)
        {
            BeginPiece(data.Subject);
        }
        else if (_requests[data.Subject].Generation == (uint)data.Argument)
        {
            if (data.Kind == Done && _requests[data.Subject].DoneAt == _loop.Now) Finish(data.Subject);
            else if (data.Kind == Done) return;
            else if (data.Kind == Reaches) Reach(data.Subject);
            else GiveUp(data.Subject, RequestOutcome.TimedOut);
        }
    }

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior)
    {
        _servers.Open(pod, behavior);
        _fluid?.OnPod(pod.Uid);
    }

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit)
    {
        // What is not fit still answers: it is the control plane's part to keep clients away from it.
    }

    /// <inheritdoc/>
    public void OnSpeedChanged(Pod pod, double speed) => SetSpeed(pod.Uid, speed);

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        if (_servers.Find(pod.Uid) is not (>= 0 and var slot) || _servers[slot].Behavior.ServesWhileStopping) return;
        _servers[slot].RefusesNew = true;
        _fluid?.OnPod(pod.Uid);
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod)
    {
        int slot = _servers.Find(pod.Uid);
        if (slot < 0) return;
        int busy = _servers[slot].FirstBusy, waiting = _servers[slot].FirstWaiting;
        _fluid?.OnStopped(pod.Uid);
        _servers.Close(slot);
        _fluid?.OnPod(pod.Uid);
        LoseAll(busy);
        LoseAll(waiting);
    }

    /// <summary>How fast a pod works from now on: 1 as its image says, less when it is throttled or its node is slow. What is left of requests under way takes so much longer, or shorter.</summary>
    public void SetSpeed(long podUid, double speed)
    {
        if (_servers.Find(podUid) is not (>= 0 and var slot) || _servers[slot].Speed == speed) return;
        double ratio = _servers[slot].Speed / speed;
        _servers[slot].Speed = speed;
        for (int busy = _servers[slot].FirstBusy; busy >= 0; busy = _requests[busy].Next) Repace(busy, ratio);
        _fluid?.OnPod(podUid);
    }

    /// <summary>Requests and CPU time that a pod has spent so far; false when it serves nothing.</summary>
    public bool TryGetUse(long podUid, out long requests, out double cpuMilliseconds)
    {
        int slot = _servers.Find(podUid);
        (requests, cpuMilliseconds) = slot < 0 ? default : (_servers[slot].RequestsSum, _servers[slot].CpuMillisecondsSum);
        if (slot < 0 || _fluid is null) return slot >= 0;
        double served = _fluid.ServedBy(podUid);
        requests += (long)served;
        cpuMilliseconds += served * _servers[slot].Behavior.CpuMillisecondsPerRequest;
        return true;
    }

    /// <summary>Memory of the requests that a pod has in work at a rate, in bytes: as many as come while one is served (Little's law), those that wait for a worker not counted.</summary>
    /// <param name="podUid">Pod.</param>
    /// <param name="requestsPerSecond">Rate at which it answers.</param>
    public double MemoryOfRequests(long podUid, double requestsPerSecond)
    {
        int slot = _servers.Find(podUid);
        if (slot < 0) return 0;
        ref PodServers.Server server = ref _servers[slot];
        return server.Behavior.MemoryBytesPerRequest * requestsPerSecond * server.Behavior.ServiceSeconds.Mean / server.Speed;
    }

    /// <summary>An Ingress was written: streams that are a fluid look again where they go. A Service was: it may keep its clients.</summary>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Service) OnService(in change);
        else if (change.Object is Ingress) _fluid?.OnIngress(change.Object.Metadata.Namespace);
    }

    /// <summary>Requests of a stream that are under way, counted apart from its ledger.</summary>
    internal long CountInFlight(int stream) => _streams[stream].UnderWay + (_streams[stream].Fluid?.CountInFlight() ?? 0);

    /// <summary>Somebody is told where requests go.</summary>
    internal void Observe(IRoutingObserver observer)
    {
        _routing = observer;
        if (_fluid is not null) _fluid.Routing = observer;
    }

    private static bool IsEverFluid(TrafficSpec spec)
    {
        foreach (ref readonly RateFrom rate in spec.Rates.AsSpan())
        {
            if (FluidTraffic.Takes(spec, rate.RequestsPerSecond)) return true;
        }

        return false;
    }

    /// <summary>A piece of rates begins before or after which the stream is a fluid.</summary>
    private void BeginPiece(int s)
    {
        Stream stream = _streams[s];
        ReadOnlySpan<RateFrom> rates = stream.Spec.Rates.AsSpan();
        while (stream.Piece + 1 < rates.Length && rates[stream.Piece + 1].From <= _loop.Now) stream.Piece++;
        if (!IsFluid(stream, rates[stream.Piece].RequestsPerSecond))
        {
            _fluid!.SetRate(stream.Fluid!, 0);
            ScheduleNext(s, _loop.Now);
            return;
        }

        _fluid!.SetRate(stream.Fluid!, rates[stream.Piece].RequestsPerSecond);
        if (stream.Piece + 1 < rates.Length) _loop.Schedule(rates[stream.Piece + 1].From, new EventData(_handler, NextPiece, s));
    }

    /// <summary>Identity of a stream for draws.</summary>
    internal static ulong EntityOf(TrafficSpec spec) => Draw.Entity($"{spec.Namespace}/{spec.Service}/{spec.Host}{spec.Path}");

    /// <summary>Gap before a request, in units of expected requests.</summary>
    internal static double GapOf(TrafficSpec spec, in Draw gaps, ulong entity, ulong number) => spec.Arrivals == ArrivalProcess.Constant ? 1 : -DeterministicMath.Log(1 - gaps.Uniform(entity, number));

    /// <summary>When a gap after an instant is over; a change of the rate stretches what is left of it.</summary>
    /// <param name="spec">The stream.</param>
    /// <param name="piece">Piece of the rates that holds; moves on.</param>
    /// <param name="after">Instant of the request before.</param>
    /// <param name="gap">Units of expected requests.</param>
    /// <returns>Null for never.</returns>
    internal static TimeSpan? NextArrival(TrafficSpec spec, ref int piece, TimeSpan after, double gap)
    {
        ReadOnlySpan<RateFrom> rates = spec.Rates.AsSpan();
        TimeSpan at = after;
        while (true)
        {
            double rate = rates[piece].RequestsPerSecond;
            TimeSpan end = piece + 1 < rates.Length ? rates[piece + 1].From : TimeSpan.MaxValue;
            if (rate > 0)
            {
                double ticks = gap / rate * TimeSpan.TicksPerSecond;
                if (end == TimeSpan.MaxValue || ticks < (end - at).Ticks) return at + TimeSpan.FromTicks((long)ticks);
                gap -= (end - at).Ticks * rate / TimeSpan.TicksPerSecond;
            }

            if (end == TimeSpan.MaxValue) return null;
            at = end;
            piece++;
        }
    }

    private void ScheduleNext(int s, TimeSpan after)
    {
        Stream stream = _streams[s];
        double left = GapOf(stream.Spec, in _gaps, stream.Entity, stream.Next);
        if (stream.Fluid is null)
        {
            if (NextArrival(stream.Spec, ref stream.Piece, after, left) is { } due) _loop.Schedule(due, new EventData(_handler, Arrive, s));
            return;
        }

        // A stream that may be a fluid goes piece by piece.
        ReadOnlySpan<RateFrom> rates = stream.Spec.Rates.AsSpan();
        TimeSpan at = after;
        while (true)
        {
            double rate = rates[stream.Piece].RequestsPerSecond;
            if (IsFluid(stream, rate))
            {
                _loop.Schedule(at, new EventData(_handler, NextPiece, s));
                return;
            }

            TimeSpan end = stream.Piece + 1 < rates.Length ? rates[stream.Piece + 1].From : TimeSpan.MaxValue;
            if (rate > 0)
            {
                double ticks = left / rate * TimeSpan.TicksPerSecond;
                if (end == TimeSpan.MaxValue || ticks < (end - at).Ticks)
                {
                    _loop.Schedule(at + TimeSpan.FromTicks((long)ticks), new EventData(_handler, Arrive, s));
                    return;
                }

                left -= (end - at).Ticks * rate / TimeSpan.TicksPerSecond;
            }

            if (end == TimeSpan.MaxValue) return;
            at = end;
            stream.Piece++;
        }
    }
}
