using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Carries out blue/green and canary releases over ordinary objects: a second Deployment, the selector of a Service, a canary Ingress.</summary>
/// <remarks>Kubernetes leaves these methods to its users, who take a tool for them. The state of a release stands for the object in which such a tool keeps it:
/// it outlives a restart of the manager.</remarks>
/// <param name="signals">What requests met; null when nothing measures them: analyses are left out then.</param>
/// <param name="propagation">How long it takes until the last client knows of a change of endpoints or routes: so long a release waits before it sends requests to endpoints that are new, and
/// before it stops pods that requests were sent to (Argo Rollouts' <c>scaleDownDelaySeconds</c>).</param>
public sealed class ReleaseController(IReleaseSignals? signals = null, TimeSpan propagation = default) : Controller
{
    private readonly SortedDictionary<long, Release> _underway = [];
    private readonly List<Release> _all = [];

    /// <inheritdoc/>
    public override string Name => "release-controller";

    /// <summary>What requests met, if something measures them. May be set until the first release begins.</summary>
    public IReleaseSignals? Signals { get; set; } = signals;

    /// <summary>All releases of the run, in the order of their begin.</summary>
    public IReadOnlyList<Release> All => _all;

    internal TimeSpan Instant => Now;

    internal TimeSpan Propagation => propagation;

    internal ObjectView Objects => View;

    /// <summary>Begins a release.</summary>
    /// <param name="plan">What is wanted.</param>
    /// <returns>Null, or why not: 404 when an object is not there, 409 while another release of the Deployment is under way, 422 for a plan that cannot work.</returns>
    public ApiError? Start(ReleasePlan plan)
    {
        if (Api.Read(new ObjectKey(ResourceKind.Deployment, plan.Namespace, plan.Deployment)) is not Deployment deployment) return Missing("Deployment", plan.Deployment);
        if (Api.Read(new ObjectKey(ResourceKind.Service, plan.Namespace, plan.Service)) is not Service { Selector: { } selector }) return Missing("Service with a selector", plan.Service);
        if (_underway.ContainsKey(deployment.Uid)) return new ApiError(ApiErrorCode.Conflict, $"{deployment.Key} is being released already");
        if (!deployment.Selector.Matches(plan.Template.Labels)) return Invalid($"the new template has not the labels that the selector of {deployment.Key} asks for");
        bool isWeighted = plan is CanaryPlan { Routing: CanaryRouting.Endpoints };
        if (isWeighted && !selector.Matches(plan.Template.Labels)) return Invalid($"the selector of Service \"{plan.Service}\" does not match the new template: a canary behind it would get no requests");
        if (Check(plan, deployment) is { } error) return error;
        Release release = plan.Begin(this, deployment);
        _underway.Add(deployment.Uid, release);
        _all.Add(release);
        Tell(release, FactKind.ReleaseStarted, plan is CanaryPlan ? 1 : 0);
        Enqueue(deployment.Uid);
        return null;
    }

    /// <summary>Takes a release back.</summary>
    /// <returns>Null, or 404 when none is under way.</returns>
    public ApiError? Abort(string ns, string name)
    {
        if (Api.Read(new ObjectKey(ResourceKind.Deployment, ns, name)) is not { } deployment || !_underway.TryGetValue(deployment.Uid, out Release? release))
            return new ApiError(ApiErrorCode.NotFound, $"no release of Deployment {ns}/{name} is under way");
        release.Abort(ReleaseAbortReason.User);
        return null;
    }

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (_underway.Count == 0 || change.Kind is not (ResourceKind.Deployment or ResourceKind.ReplicaSet or ResourceKind.Service or ResourceKind.Ingress or ResourceKind.EndpointSlice)) return;
        KubeObject item = change.Object;
        // A handful of releases are under way at once, at most.
        foreach ((long uid, Release release) in _underway)
        {
            bool concerns = item switch
            {
                Deployment => item.Uid == uid || (item.Name == release.NewName && item.Metadata.Namespace == release.Plan.Namespace),
                ReplicaSet => change.Before is null && item.Metadata.Namespace == release.Plan.Namespace,
                EndpointSlice slice => slice.ServiceName == release.NewService && item.Metadata.Namespace == release.Plan.Namespace,
                Service => (item.Name == release.Plan.Service || item.Name == release.NewService) && item.Metadata.Namespace == release.Plan.Namespace,
                _ => item.Metadata.Namespace == release.Plan.Namespace,
            };
            if (concerns) Enqueue(uid);
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (!_underway.TryGetValue(uid, out Release? release)) return;
        release.Advance();
        if (release.IsOver) _underway.Remove(uid);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        foreach (long uid in _underway.Keys) Enqueue(uid);
    }

    internal void Wake(Release release, TimeSpan after) => EnqueueAfter(release.OldUid, after);

    internal bool TryUpdate(Release release, KubeObject next) => IsWritten(release, Api.Update(next));

    internal bool TryCreate(Release release, KubeObject wanted) => IsWritten(release, Api.Create(wanted, out _));

    internal bool TryDelete(Release release, ObjectKey key)
    {
        if (View.Find(key) is null) return true;
        ApiError? error = Api.Delete(in key);
        return error is { Code: ApiErrorCode.NotFound } || IsWritten(release, error);
    }

    internal void Tell(Release release, FactKind kind, long detail) => Context.Facts.Record(new Fact(kind, Now, default, checked((int)release.OldUid), NodeIndex.None, detail));

    /// <summary>What was written becomes known through the view: the release goes on then. A refused write is tried again.</summary>
    private bool IsWritten(Release release, ApiError? error)
    {
        if (error is null) return true;
        Wake(release, Context.RetryDelay);
        return false;
    }

    private ApiError? Check(ReleasePlan plan, Deployment deployment)
    {
        if (plan.VersionLabel != Revisions.HashLabel)
        {
            string? before = deployment.Template.Labels.ValueOf(plan.VersionLabel), after = plan.Template.Labels.ValueOf(plan.VersionLabel);
            if (before is null || after is null || before == after) return Invalid($"the label \"{plan.VersionLabel}\" must be in both templates, with different values");
        }

        if (plan.AnalysisInterval <= TimeSpan.Zero) return Invalid("the interval of the analysis is longer than nothing");
        if (plan is not CanaryPlan canary) return null;
        if (canary.Steps.Count == 0) return Invalid("a canary has at least one step");
        foreach (ref readonly CanaryStep step in canary.Steps.AsSpan())
        {
            if (step.Weight is < 1 or > 100) return Invalid($"the weight of a step lies between 1 and 100, not at {step.Weight}");
        }

        bool needsIngress = canary.Routing != CanaryRouting.Endpoints;
        return needsIngress && Api.Read(new ObjectKey(ResourceKind.Ingress, plan.Namespace, canary.Ingress)) is not Ingress ? Missing("Ingress", canary.Ingress) : null;
    }

    private static ApiError Missing(string kind, string name) => new(ApiErrorCode.NotFound, $"{kind} \"{name}\" not found");

    private static ApiError Invalid(string message) => new(ApiErrorCode.Invalid, message);
}
