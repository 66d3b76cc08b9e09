using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Refuses what would use more than a quota of its namespace allows (Kubernetes <c>apiserver/pkg/admission/plugin/resourcequota</c>).</summary>
/// <remarks>Compared with the exact use at this instant; Kubernetes compares with the status it last wrote, which may be behind a deletion. Lowering a quota below
/// its use refuses what is new and takes nothing away; an update that does not use more is always let through. Scopes are not modelled.</remarks>
public sealed class QuotaAdmission(ObjectStore store, QuotaLedger ledger) : IAdmission
{
    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        if (requested is ResourceQuota quota && Unknown(quota) is { } unknown) return unknown;
        return ledger.Counts(requested.Metadata.Namespace) ? Check(null, requested) : null;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next)
    {
        if (next is ResourceQuota quota && Unknown(quota) is { } unknown) return unknown;
        if (!ledger.Counts(next.Metadata.Namespace)) return null;
        // Only services, claims and pods can use more than before.
        return next is Service or PersistentVolumeClaim || (next is Pod pod && !ReferenceEquals(pod.Spec, ((Pod)current).Spec)) ? Check(current, next) : null;
    }

    private ApiError? Check(KubeObject? current, KubeObject next)
    {
        string ns = next.Metadata.Namespace;
        foreach (string name in ledger.QuotasOf(ns))
        {
            var quota = store.View.Find<ResourceQuota>(ResourceKind.ResourceQuota, ns, name)!;
            if (current is null && next is Pod pod && Unstated(quota, pod) is { } open) return open;
            List<(string Name, long Asked, long Used, long Hard)>? exceeded = null;
            foreach (ref readonly ResourceAmount hard in quota.Hard.AsSpan())
            {
                long more = QuotaResources.Amount(hard.Name, next) - (current is null ? 0 : QuotaResources.Amount(hard.Name, current));
                if (more <= 0) continue;
                long used = ledger.Used(ns, hard.Name);
                if (used + more > hard.Amount) (exceeded ??= []).Add((hard.Name, more, used, hard.Amount));
            }

            if (exceeded is null) continue;
            string List(Func<(string Name, long Asked, long Used, long Hard), long> amount) => string.Join(',', exceeded.Select(item => $"{item.Name}={Text(item.Name, amount(item))}"));
            return new ApiError(ApiErrorCode.Forbidden,
                $"{ResourceKinds.Info(next.Kind).Plural} \"{next.Name}\" is forbidden: exceeded quota: {name}, requested: {List(item => item.Asked)}, used: {List(item => item.Used)}, limited: {List(item => item.Hard)}");
        }

        return null;
    }

    private static ApiError? Unstated(ResourceQuota quota, Pod pod)
    {
        foreach (ResourceAmount hard in quota.Hard)
        {
            if (QuotaResources.Unstated(hard.Name, pod.Spec) is { } container)
                return new ApiError(ApiErrorCode.Forbidden, $"pods \"{pod.Name}\" is forbidden: failed quota: {quota.Name}: must specify {hard.Name} for: {container}");
        }

        return null;
    }

    private static ApiError? Unknown(ResourceQuota quota)
    {
        foreach (ResourceAmount hard in quota.Hard)
        {
            if (!QuotaResources.IsKnown(hard.Name)) return new ApiError(ApiErrorCode.Invalid, $"{quota.Key} is invalid: spec.hard[{hard.Name}]: no resource of that name can be counted");
        }

        return null;
    }

    private static string Text(string name, long amount) =>
        name is "cpu" or "requests.cpu" or "limits.cpu" ? (amount % 1000 == 0 ? $"{amount / 1000}" : $"{amount}m") : $"{amount}";
}
