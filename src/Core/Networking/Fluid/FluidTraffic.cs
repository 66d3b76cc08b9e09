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
    private readonly List<FluidRoute> _touched = [];
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
            if (stream.Spec.Namespace != ns || (stream.Spec.Host.Length == 0 && stream.Spec.Service != service)) continue;
            for (int observer = 0; observer < stream.WakesAt.Length; observer++)
            {
                TimeSpan at = _proxies.KnownFrom(observer, _loop.Now);
                if (at <= stream.WakesAt[observer]) continue;
                stream.WakesAt[observer] = at;
                _loop.Schedule(at, new EventData(_handler, Wake, observer, _streams.IndexOf(stream)));
            }
        }
    }

    /// <summary>Routes of ingresses were written.</summary>
    public void OnIngress(string ns)
    {
        Settle();
        foreach (FluidStream stream in _streams)
        {
            if (stream.Rate == 0 || stream.Spec.Host.Length == 0 || stream.Spec.Namespace != ns) continue;
            for (int observer = 0; observer < stream.ByObserver.Length; observer++) Refresh(stream, observer);
        }

        ApplyTouched();
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

    private void ScheduleTick() => _loop.Schedule(new TimeSpan(((_loop.Now.Ticks / _step.Ticks) + 1) * _step.Ticks), new EventData(_handler, Tick));

    /// <summary>An observer looks at its endpoints: what it sends moves to the routes it knows now.</summary>
    private void Refresh(FluidStream stream, int observer)
    {
        List<(FluidRoute Route, long Weight)> routes = stream.ByObserver[observer];
        foreach ((FluidRoute route, long weight) in routes)
        {
            route.Weight -= weight;
            route.Users--;
            Touch(route);
        }

        routes.Clear();
        if (stream.Rate == 0) return;
        TrafficSpec spec = stream.Spec;
        long share = (stream.Rate / spec.Observers) + (observer < stream.Rate % spec.Observers ? 1 : 0);
        if (spec.Host.Length == 0)
        {
            Use(stream, observer, spec.Service, share);
            return;
        }

        (string? ordinary, string? canary, int percent) = _ingress.Split(spec.Namespace, spec.Host, spec.Path);
        long toCanary = canary is null ? 0 : (long)((Int128)share * Math.Clamp(percent, 0, 100) / 100);
        if (toCanary > 0) Use(stream, observer, canary, toCanary);
        if (share > toCanary) Use(stream, observer, ordinary, share - toCanary);
    }

    private void Use(FluidStream stream, int observer, string? service, long weight)
    {
        long[] known = service is null ? [] : _endpoints.VersionAt(stream.Spec.Namespace, service, _proxies.KnownUntil(observer, _loop.Now));
        FluidRoute? route = null;
        foreach (FluidRoute candidate in stream.Routes)
        {
            if (!candidate.IsStale && ReferenceEquals(candidate.Known, known) && candidate.Service == (service ?? "")) route = candidate;
        }

        route ??= Open(stream, service ?? "", known);
        route.Weight += weight;
        route.Users++;
        Touch(route);
        stream.ByObserver[observer].Add((route, weight));
    }

    private FluidRoute Open(FluidStream stream, string service, long[] known)
    {
        var route = new FluidRoute(stream, service, known);
        var pods = new List<FluidPod>(known.Length);
        foreach (long uid in known)
        {
            if (_policies is null || _policies.Allows(stream.Spec.From, stream.Spec.Namespace, service, uid)) pods.Add(PodOf(uid));
            else route.Denied++;
        }

        route.Pods = [.. pods];
        foreach (FluidPod pod in route.Pods)
        {
            pod.Routes.Add(route);
            route.Move(null, pod.Group);
            MarkDirty(pod);
        }

        stream.Routes.Add(route);
        return route;
    }

    private void Touch(FluidRoute route)
    {
        if (route.IsTouched) return;
        route.IsTouched = true;
        _touched.Add(route);
    }

    private void ApplyTouched()
    {
        foreach (FluidRoute route in _touched)
        {
            route.IsTouched = false;
            int endpoints = route.Pods.Length + route.Denied;
            route.Units = endpoints == 0 ? route.Weight : route.Weight / endpoints;
            long load = route.LoadWanted();
            if (load != route.Load)
            {
                foreach (FluidPod pod in route.Pods)
                {
                    pod.Units += load - route.Load;
                    MarkDirty(pod);
                }

                route.Load = load;
            }

            if (route.Users > 0) continue;
            route.Stream.Routes.Remove(route);
            foreach (FluidPod pod in route.Pods)
            {
                pod.Routes.Remove(route);
                MarkDirty(pod);
            }
        }

        _touched.Clear();
    }
}
