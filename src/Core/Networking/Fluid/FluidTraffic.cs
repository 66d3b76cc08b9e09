using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Networking;

/// <summary>Streams above their <see cref="TrafficSpec.FluidAbove"/>: not requests but rates, which are constant between changes.</summary>
/// <remarks>
/// Changes are: a rate begins, an observer learns of other endpoints, a process starts, stops or changes its speed, a policy or route is written. Between two of them every endpoint of a
/// version gets an equal share of what its observers send, and a pod is a queue in its settled state (<see cref="PodQueue"/>); where more comes than it can serve its queue first fills, and
/// empties after. What a change costs is what it touches: the pods of the versions that an observer leaves and enters; time passing costs the groups of pods that are alike, once a
/// second. Differs from request by request: a request counts in the step it ends in; one under way when a rate falls counts as answered a little early; a settled state is taken on at once
/// below full load; other streams that are sent request by request do not feel the fluid in a pod, nor it them.
/// </remarks>
internal sealed partial class FluidTraffic : IEventHandler, IEndpointListener, IFluidFailures
{
    private const ushort Tick = 0;
    private const ushort Wake = 1;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly FactStream _facts;
    private readonly EndpointHistory _endpoints;
    private readonly ProxyTiming _proxies;
    private readonly IngressRouter _ingress;
    private readonly PodServers _servers;
    private readonly NetworkPolicies? _policies;
    private readonly TimeSpan _step;
    private readonly TimeSpan _measuredFrom;
    private readonly List<FluidStream> _streams = [];
    private TimeSpan _last;
    private bool _isTicking;
    private bool _ticksOnce;

    public FluidTraffic(
        EventLoop loop, FactStream facts, EndpointHistory endpoints, ProxyTiming proxies, IngressRouter ingress, PodServers servers, NetworkPolicies? policies, TimeSpan step,
        TimeSpan measuredFrom)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _facts = facts;
        _endpoints = endpoints;
        _proxies = proxies;
        _ingress = ingress;
        _servers = servers;
        _policies = policies;
        _step = step;
        _measuredFrom = measuredFrom;
        endpoints.Listener = this;
    }

    /// <summary>Told where requests go, once a second; null when nobody asks.</summary>
    public IRoutingObserver? Routing { get; set; }

    /// <summary>Whether a stream is a fluid at a rate. Keep-alive connections bind a client's requests to one pod: such streams are always sent request by request.</summary>
    public static bool Takes(TrafficSpec spec, double rate) => spec is { FluidAbove: > 0, RequestsPerConnection: 1 } && rate > spec.FluidAbove;

    /// <summary>Adds a stream, at rate 0.</summary>
    public FluidStream Add(TrafficSpec spec, int place, RequestLedger ledger)
    {
        var stream = new FluidStream(spec, place, ledger);
        _streams.Add(stream);
        return stream;
    }

    /// <summary>A stream's rate from now on; 0 when it goes on request by request.</summary>
    public void SetRate(FluidStream stream, double perSecond)
    {
        Settle();
        stream.Rate = (long)(perSecond * Fluid.PerSecond);
        for (int observer = 0; observer < stream.ByObserver.Length; observer++) Refresh(stream, observer);
        ApplyTouched();
        _ticksOnce = true;
        if (_isTicking) return;
        _isTicking = true;
        ScheduleTick();
    }

    /// <inheritdoc/>
    public void OnEndpoints(string ns, string service)
    {
        foreach (FluidStream stream in _streams)
        {
            if (stream.Spec.Namespace == ns && (stream.Spec.Host.Length > 0 || stream.Spec.Service == service)) WakeObservers(stream);
        }
    }

    /// <summary>Routes of ingresses were written: every observer learns of them as of endpoints.</summary>
    public void OnIngress(string ns)
    {
        foreach (FluidStream stream in _streams)
        {
            if (stream.Spec.Namespace == ns && stream.Spec.Host.Length > 0) WakeObservers(stream);
        }
    }

    /// <summary>Who may talk to whom has changed: routes are made anew.</summary>
    public void OnPolicies()
    {
        Settle();
        foreach (FluidStream stream in _streams)
        {
            foreach (FluidRoute route in stream.Routes) route.IsStale = true;
            for (int observer = 0; observer < stream.ByObserver.Length; observer++) Refresh(stream, observer);
        }

        ApplyTouched();
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == Wake)
        {
            FluidStream stream = _streams[(int)data.Argument];
            if (stream.WakesAt[data.Subject] <= _loop.Now) stream.WakesAt[data.Subject] = TimeSpan.MinValue;
            if (stream.Rate == 0) return;
            Settle();
            Refresh(stream, data.Subject);
            ApplyTouched();
            return;
        }

        if (Routing is not null) TellRoutes(Routing);
        Settle();
        bool goesOn = _ticksOnce;
        _ticksOnce = false;
        foreach (FluidStream stream in _streams)
        {
            goesOn |= stream.Rate > 0;
            if (stream.Spec.Retries == 0) continue;
            foreach (FluidRoute route in stream.Routes) Touch(route);
        }

        ApplyTouched();
        _isTicking = goesOn;
        if (goesOn) ScheduleTick();
    }

    /// <inheritdoc/>
    void IFluidFailures.OnFailed(int stream, RequestOutcome outcome, long count) =>
        _facts.Record(new Fact(FactKind.RequestsFailed, _loop.Now, default, -1, Cluster.NodeIndex.None, (count << 24) | ((long)stream << 8) | (long)outcome));

    /// <summary>Where requests went since the last change.</summary>
    private void TellRoutes(IRoutingObserver observer)
    {
        foreach (FluidStream stream in _streams)
        {
            foreach (FluidRoute route in stream.Routes)
            {
                foreach (long pod in route.Known) observer.OnRouted(_last, stream.Spec.Namespace, route.Service, pod);
            }
        }
    }

    /// <summary>Each observer looks again when it knows of the change of now.</summary>
    private void WakeObservers(FluidStream stream)
    {
        for (int observer = 0; observer < stream.WakesAt.Length; observer++)
        {
            TimeSpan at = _proxies.KnownFrom(observer, _loop.Now);
            if (at <= stream.WakesAt[observer]) continue;
            stream.WakesAt[observer] = at;
            _loop.Schedule(at, new EventData(_handler, Wake, observer, _streams.IndexOf(stream)));
        }
    }

    private void ScheduleTick() => _loop.Schedule(new TimeSpan(((_loop.Now.Ticks / _step.Ticks) + 1) * _step.Ticks), new EventData(_handler, Tick));
}
