namespace SchedBench.Core.Networking;

/// <content>Where the requests of a stream go.</content>
internal sealed partial class FluidTraffic
{
    private readonly List<FluidRoute> _touched = [];

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
            long before = route.Units;
            route.Units = endpoints == 0 ? route.Weight : route.Weight / endpoints;
            if (route.Units != before)
            {
                foreach (FluidPod pod in route.Pods)
                {
                    pod.Moves.Add((route.Stream, route.Units - before));
                    MarkDirty(pod);
                }
            }

            long load = route.LoadWanted();
            if (load != route.Load)
            {
                foreach (FluidPod pod in route.Pods)
                {
                    if (pod.Units == 0) pod.Since = _loop.Now;
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
