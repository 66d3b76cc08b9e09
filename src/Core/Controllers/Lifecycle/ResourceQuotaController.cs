using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Writes down what quotas' namespaces use (Kubernetes <c>pkg/controller/resourcequota/resource_quota_controller.go</c>).</summary>
/// <remarks>Admission counts by itself; this is the number that people see. Changes of a namespace are written together, after <paramref name="delay"/>.</remarks>
/// <param name="ledger">The books.</param>
/// <param name="delay">How long changes are gathered; a second unless told otherwise.</param>
public sealed class ResourceQuotaController(QuotaLedger ledger, TimeSpan? delay = null) : Controller
{
    private readonly TimeSpan _delay = delay ?? TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override string Name => "resourcequota-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.After is ResourceQuota quota && (change.Before as ResourceQuota)?.Hard != quota.Hard) Enqueue(quota.Uid);
        string ns = change.Object.Metadata.Namespace;
        if (change.Object is ResourceQuota or ObjectEvent || !ledger.Counts(ns)) return;
        foreach (string name in ledger.QuotasOf(ns))
        {
            if (View.Find(new ObjectKey(ResourceKind.ResourceQuota, ns, name)) is { } counted) EnqueueAfter(counted.Uid, _delay);
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not ResourceQuota quota) return;
        ValueList<ResourceAmount> used = [.. quota.Hard.Select(hard => new ResourceAmount(hard.Name, ledger.Used(quota.Metadata.Namespace, hard.Name)))];
        if (used != quota.Used && Api.Update(quota with { Used = used }) is not null) EnqueueAfter(uid, Context.RetryDelay);
    }
}
