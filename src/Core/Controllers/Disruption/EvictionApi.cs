using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>The eviction of a pod through the API: a deletion that asks the disruption budgets first (Kubernetes
/// <c>pkg/registry/core/pod/storage/eviction.go</c>).</summary>
/// <remarks>A budget's allowance is what the disruption controller wrote last, less what was admitted since: concurrent evictions never spend more than that.</remarks>
/// <param name="loop">Whose instants are written down.</param>
/// <param name="store">API truth.</param>
/// <param name="facts">The run's facts.</param>
/// <param name="options">Settings.</param>
public sealed class EvictionApi(EventLoop loop, ObjectStore store, FactStream facts, DisruptionOptions options)
{
    /// <summary>Value of <see cref="PodStatus.Disruption"/> of an evicted pod.</summary>
    public const string Reason = "EvictionByEvictionAPI";

    /// <summary>Settings.</summary>
    public DisruptionOptions Options => options;

    /// <summary>Evictions that were admitted.</summary>
    public long Admitted { get; private set; }

    /// <summary>Evictions that a budget refused (429).</summary>
    public long Refused { get; private set; }

    /// <summary>Evicts a pod.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="options">Identity and grace of the deletion.</param>
    /// <returns>Null when it is being deleted; 404 when it is gone, 409 when the identity is another's, 429 when the budget does not allow it now, 500 when two
    /// budgets guard it, 403 when its budget remembers too many evictions.</returns>
    public ApiError? Evict(in ObjectKey key, DeleteOptions options = default)
    {
        if (store.View.Find(key) is not Pod pod) return new ApiError(ApiErrorCode.NotFound, $"{key} not found");
        if (options.Uid is { } uid && uid != pod.Uid) return new ApiError(ApiErrorCode.Conflict, $"{key} is {pod.Uid}, not {uid}");
        if (options.ResourceVersion is { } version && version != pod.Metadata.ResourceVersion)
            return new ApiError(ApiErrorCode.Conflict, $"{key} has changed: version {version} is the precondition, {pod.Metadata.ResourceVersion} is stored");
        bool hasSpent = false;
        if (!IsFree(pod) && Ask(pod, isDryRun: false, out hasSpent) is { } refusal)
        {
            if (refusal.Code == ApiErrorCode.TooManyRequests) Refused++;
            facts.Record(new Fact(FactKind.EvictionRefused, loop.Now, default, checked((int)pod.Uid), pod.Node, (int)refusal.Code));
            return refusal;
        }

        if (!pod.Metadata.IsDeleting)
        {
            Admitted++;
            facts.Record(new Fact(FactKind.EvictionAdmitted, loop.Now, default, checked((int)pod.Uid), pod.Node, hasSpent ? 1 : 0));
            _ = store.Update(pod with { Status = pod.Status with { Disruption = Reason } });
        }

        return store.Delete(key, options with { Uid = pod.Uid, ResourceVersion = null });
    }

    /// <summary>Says what <see cref="Evict"/> would answer; nothing is written, and no budget is spent.</summary>
    public ApiError? DryRunEvict(in ObjectKey key, DeleteOptions options = default)
    {
        if (store.DryRunDelete(key, options, out KubeObject? found) is { } error) return error;
        return found is Pod pod && !IsFree(pod) ? Ask(pod, isDryRun: true, out _) : null;
    }

    /// <summary>Pods that do not run, or are on their way out already, count for no budget.</summary>
    private static bool IsFree(Pod pod) => pod.HasEnded || pod.Status.Phase == PodLifePhase.Pending || pod.Metadata.IsDeleting;

    /// <summary>Asks the budget of a pod that runs, and takes one from it where the pod counts as healthy.</summary>
    private ApiError? Ask(Pod pod, bool isDryRun, out bool hasSpent)
    {
        hasSpent = false;
        PodDisruptionBudget? budget = null;
        IReadOnlyList<KubeObject> all = store.View.All(ResourceKind.PodDisruptionBudget);
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i] is not PodDisruptionBudget { Selector: { } selector } candidate || candidate.Metadata.Namespace != pod.Metadata.Namespace || !selector.Matches(pod.Metadata.Labels)) continue;
            if (budget is not null) return new ApiError(ApiErrorCode.InternalError, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
            budget = candidate;
        }

        if (budget is null) return null;
        DisruptionStatus status = budget.Status;
        if (!pod.Status.IsReady)
        {
            if (budget.UnhealthyEviction == UnhealthyEviction.AlwaysAllow) return null;
            if (status.CurrentHealthy >= status.DesiredHealthy && status.DesiredHealthy > 0) return null;
        }

        hasSpent = true;
        return Spend(budget, pod, isDryRun);
    }

    /// <summary><c>checkAndDecrement</c>.</summary>
    private ApiError? Spend(PodDisruptionBudget budget, Pod pod, bool isDryRun)
    {
        DisruptionStatus status = budget.Status;
        if (status.ObservedGeneration < budget.Metadata.Generation)
            return new ApiError(ApiErrorCode.TooManyRequests, $"Cannot evict pod: the disruption budget {budget.Name} is still being processed by the server.");
        if (status.Admitted.Count > options.MostAdmitted)
            return new ApiError(ApiErrorCode.Forbidden, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        if (status.DisruptionsAllowed <= 0)
        {
            return new ApiError(ApiErrorCode.TooManyRequests,
                $"Cannot evict pod as it would violate the pod's disruption budget. The disruption budget {budget.Name} needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy} currently");
        }

        if (isDryRun) return null;
        int left = status.DisruptionsAllowed - 1;
        ApiError? error = store.Update(budget with { Status = status with { DisruptionsAllowed = left, Admitted = With(status.Admitted, new AdmittedEviction(pod.Uid, loop.Now)) } });
        if (error is null && left == 0) facts.Record(new Fact(FactKind.BudgetExhausted, loop.Now, default, checked((int)budget.Uid), NodeIndex.None, status.CurrentHealthy));
        return error;
    }

    /// <summary>The list with one more, by identity; a pod that was evicted before is noted anew.</summary>
    private static ValueList<AdmittedEviction> With(ValueList<AdmittedEviction> admitted, AdmittedEviction next)
    {
        var list = new List<AdmittedEviction>(admitted.Count + 1);
        foreach (ref readonly AdmittedEviction item in admitted.AsSpan())
        {
            if (item.PodUid != next.PodUid) list.Add(item);
        }

        int at = list.FindIndex(item => item.PodUid > next.PodUid);
        list.Insert(at < 0 ? list.Count : at, next);
        return [.. list];
    }
}
