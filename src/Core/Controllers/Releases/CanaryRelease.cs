using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Controllers;

/// <summary>A canary release under way.</summary>
/// <remarks><code>
/// Starting: weight of the step, wait for its pods (and, where an Ingress routes, until all clients know their endpoints) ──deadline──┐
///    │ available           ▲ next step                         ▼
/// Watching: pause ─────────┘ ───────bad──────────────► Aborting: no route, then (once all clients know) canary to 0
///    │ last step over
/// Promoting: the Deployment itself gets the template, rolls, and the canary goes
/// </code></remarks>
internal sealed class CanaryRelease(ReleaseController controller, CanaryPlan plan, Deployment deployment) : Release(controller, plan, deployment)
{
    private int _step;
    private TimeSpan? _endpointsSince;
    private TimeSpan? _unroutedSince;

    private string CanaryService => NewService;

    private string CanaryIngress => $"{plan.Ingress}-{plan.Suffix}";

    private bool IsRouted => plan.Routing != CanaryRouting.Endpoints;

    internal override void Advance()
    {
        if (Old is not { } old || Front is null || (Phase == ReleasePhase.Watching && New is null)) Abort(ReleaseAbortReason.ObjectGone);
        else if (Phase == ReleasePhase.Starting) Step(old);
        else if (Phase == ReleasePhase.Watching) Watch();
        else if (Phase == ReleasePhase.Promoting) Promote(old);
        if (Phase == ReleasePhase.Aborting) TakeBack();
    }

    private void Step(Deployment old)
    {
        int weight = plan.Steps[_step].Weight;
        int size = IntOrPercent.Percent(weight).Of(FullSize, roundUp: true);
        if (IsRouted && (VersionOf(old) is not { } oldVersion || !EnsureSelects(oldVersion))) return;
        if (!EnsureNew(old, size)) return;
        if (!IsNewUp(size))
        {
            if (IsLate()) Abort(ReleaseAbortReason.Deadline);
            return;
        }

        // The old pods leave only after the canaries that replace them are there.
        if (!IsRouted && !EnsureSize(old, FullSize - size)) return;
        if (IsRouted && (!IsReachable(size) || !EnsureRoute(weight))) return;
        Controller.Tell(this, FactKind.ReleaseStepped, weight);
        Enter(ReleasePhase.Watching);
    }

    private void Watch()
    {
        TimeSpan end = Since + plan.Steps[_step].Pause;
        if (!Judge(end)) return;
        if (Controller.Instant < end) WaitUntil(end);
        else if (++_step < plan.Steps.Count) Enter(ReleasePhase.Starting);
        else Enter(ReleasePhase.Promoting);
    }

    private void Promote(Deployment old)
    {
        // The Service's own selector matches both sides, and the canary is the new version already.
        if (IsRouted && (!EnsureSelects(null) || !EnsureNoRoute())) return;
        if (old.Replicas != FullSize || !Revisions.IsSame(old.Template, plan.Template))
        {
            Controller.TryUpdate(this, old with { Replicas = FullSize, Template = plan.Template });
            return;
        }

        if (!IsUp(old, FullSize))
        {
            if (old.Status.ProgressReason == ProgressReasons.TimedOut) Abort(ReleaseAbortReason.Deadline);
            return;
        }

        if (EnsureSize(New, 0)) Enter(ReleasePhase.Promoted);
    }

    private void TakeBack()
    {
        if (Old is null)
        {
            // Nothing to go back to: what is there stays.
            Enter(ReleasePhase.Aborted);
            return;
        }

        if (IsRouted && !IsUnrouted()) return;
        if (!EnsureSize(Old, FullSize)) return;
        // With a share of the endpoints the old pods come back first, unless the canary takes no requests anyway.
        if (!IsRouted && New is { Status.Pods.Ready: > 0 } && AbortReason != ReleaseAbortReason.Analysis && !IsUp(Old, FullSize)) return;
        if (!EnsureSize(New, 0)) return;
        if (!IsNewGone()) return;
        if (IsRouted && Front is not null && !(EnsureNoRoute() && EnsureSelects(null))) return;
        Enter(ReleasePhase.Aborted);
    }

    /// <summary>Whether requests may be sent to the canary: it has a Service of its own, whose endpoints are ready and known to all clients. A route that leads to a Service without
    /// endpoints fails every request.</summary>
    private bool IsReachable(int size)
    {
        if (Controller.Objects.Find<Ingress>(ResourceKind.Ingress, plan.Namespace, CanaryIngress) is not null) return true;
        if (!EnsureService(VersionOf(New!))) return false;
        if (ReadyEndpoints() < size)
        {
            _endpointsSince = null;
            if (IsLate()) Abort(ReleaseAbortReason.Deadline);
            return false;
        }

        _endpointsSince ??= Controller.Instant;
        return IsKnownToAll(_endpointsSince.Value);
    }

    private int ReadyEndpoints()
    {
        int ready = 0;
        foreach (KubeObject item in Controller.Objects.All(ResourceKind.EndpointSlice))
        {
            if (item is not EndpointSlice slice || slice.ServiceName != CanaryService || slice.Metadata.Namespace != plan.Namespace) continue;
            foreach (ref readonly Endpoint endpoint in slice.Endpoints.AsSpan()) ready += endpoint.IsReady ? 1 : 0;
        }

        return ready;
    }

    /// <summary>Whether no client sends requests to the canary any more: before that its pods do not stop.</summary>
    private bool IsUnrouted()
    {
        var route = new ObjectKey(ResourceKind.Ingress, plan.Namespace, CanaryIngress);
        if (_unroutedSince is null)
        {
            bool isRouted = Controller.Objects.Find(route) is not null;
            if (plan.Routing == CanaryRouting.IngressWeight ? !EnsureWeight(0) : !Controller.TryDelete(this, route)) return false;
            _unroutedSince = isRouted ? Controller.Instant : Controller.Instant - Controller.Propagation;
        }

        return IsKnownToAll(_unroutedSince.Value);
    }

    /// <summary>A Service for the canary alone.</summary>
    private bool EnsureService(string? version)
    {
        if (version is null || Front is not { } front) return false;
        return Controller.Objects.Find<Service>(ResourceKind.Service, plan.Namespace, CanaryService) is not null || Controller.TryCreate(this, new Service
        {
            Metadata = new ObjectMeta { Name = CanaryService, Namespace = plan.Namespace, Labels = front.Metadata.Labels },
            Selector = new LabelSelector([.. Original!.Requirements.Where(requirement => requirement.Key != plan.VersionLabel), new LabelRequirement(plan.VersionLabel, SelectorOperator.In, [version])]),
            Ports = front.Ports,
            IpFamilies = front.IpFamilies,
        });
    }

    /// <summary>An Ingress that leads to the canary's Service.</summary>
    private bool EnsureRoute(int weight)
    {
        if (Controller.Objects.Find<Ingress>(ResourceKind.Ingress, plan.Namespace, plan.Ingress) is not { } ingress) return false;
        if (Controller.Objects.Find<Ingress>(ResourceKind.Ingress, plan.Namespace, CanaryIngress) is not null) return plan.Routing != CanaryRouting.IngressWeight || EnsureWeight(weight);
        return Controller.TryCreate(this, new Ingress
        {
            Metadata = new ObjectMeta { Name = CanaryIngress, Namespace = plan.Namespace, Labels = ingress.Metadata.Labels },
            Routes = [.. ingress.Routes.Where(route => route.Service == plan.Service).Select(Canary)],
            CanaryWeight = plan.Routing == CanaryRouting.IngressWeight ? weight : null,
        });
    }

    private IngressRoute Canary(IngressRoute route) => plan.Routing == CanaryRouting.IngressPath
        ? route with { Service = CanaryService, Path = plan.Path, IsExact = false }
        : route with { Service = CanaryService };

    private bool EnsureWeight(int weight)
    {
        if (Controller.Objects.Find<Ingress>(ResourceKind.Ingress, plan.Namespace, CanaryIngress) is not { } ingress || ingress.CanaryWeight == weight) return true;
        return Controller.TryUpdate(this, ingress with { CanaryWeight = weight });
    }

    private bool EnsureNoRoute() =>
        Controller.TryDelete(this, new ObjectKey(ResourceKind.Ingress, plan.Namespace, CanaryIngress)) && Controller.TryDelete(this, new ObjectKey(ResourceKind.Service, plan.Namespace, CanaryService));
}
