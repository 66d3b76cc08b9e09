using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Invariant 32: an eviction is admitted only if its budget allows it by its own arithmetic, and concurrent evictions never overspend it.</summary>
/// <remarks>What is judged:
/// <list type="bullet">
/// <item>Every count that is written to a budget, against a recount over all pods.</item>
/// <item>Every eviction of a pod that runs and is ready (it says so in <see cref="PodStatus.Disruption"/>): exactly one budget guards it, and just before, one
/// was taken from that budget for it; without a budget it is free.</item>
/// <item>Every eviction that takes from a budget: there was something to take.</item>
/// </list>
/// Disruptions that budgets do not bind (rolling updates, deletions, node loss, preemption) say no such thing and are left out. For runs whose controllers see the
/// store without delay.</remarks>
public sealed class DisruptionJudge : ObjectJudge
{
    /// <summary>Pods for which one was taken from a budget, until their eviction is seen.</summary>
    private readonly Dictionary<long, long> _paid = [];

    private readonly TimeSpan _forgotten;

    private DisruptionJudge(OrchestratedRun run)
        : base(run) => _forgotten = run.Evictions.Options.DeletionTimeout;

    /// <summary>Judges a run from now on; call it before the run starts.</summary>
    public static DisruptionJudge Attach(OrchestratedRun run)
    {
        var judge = new DisruptionJudge(run);
        run.Store.Subscribe(judge);
        return judge;
    }

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (IsCrossing) return;
        if (change.After is PodDisruptionBudget now && change.Before is PodDisruptionBudget before)
        {
            if (before.Status != now.Status) OnStatus(before, now);
        }
        else if (change.After is Pod { Status.Disruption: EvictionApi.Reason } pod && change.Before is Pod { Status.Disruption: not EvictionApi.Reason } was)
        {
            OnEviction(was, pod);
        }
    }

    private void OnStatus(PodDisruptionBudget before, PodDisruptionBudget now)
    {
        Judged++;
        if (Newcomer(before.Status.Admitted, now.Status.Admitted) is { } uid)
        {
            _paid[uid] = now.Uid;
            if (before.Status.DisruptionsAllowed < 1) Fail(Invariant.Budgets, now, "a budget with something left", $"{before.Status.DisruptionsAllowed}");
            if (now.Status.DisruptionsAllowed != before.Status.DisruptionsAllowed - 1)
                Fail(Invariant.Budgets, now, $"{before.Status.DisruptionsAllowed - 1} left", $"{now.Status.DisruptionsAllowed}");
            return;
        }

        Recount(now);
    }

    /// <summary>A pod that was added to the list of admitted evictions, if one was.</summary>
    private static long? Newcomer(ValueList<AdmittedEviction> before, ValueList<AdmittedEviction> now)
    {
        foreach (ref readonly AdmittedEviction eviction in now.AsSpan())
        {
            if (!before.AsSpan().Contains(eviction)) return eviction.PodUid;
        }

        return null;
    }

    private void OnEviction(Pod was, Pod pod)
    {
        Judged++;
        bool hasPaid = _paid.Remove(pod.Uid, out long budget);
        if (was.Status.Phase != PodLifePhase.Running || !was.Status.IsReady || was.Metadata.IsDeleting) return;
        int guards = 0;
        foreach (KubeObject item in View.All(ResourceKind.PodDisruptionBudget))
        {
            if (item is not PodDisruptionBudget candidate || !Guards(candidate, pod)) continue;
            guards++;
            if (!hasPaid || budget != candidate.Uid) Fail(Invariant.Budgets, candidate, $"one disruption taken from it for {pod.Key}", "none");
        }

        if (guards > 1) Fail(Invariant.Budgets, pod, "no eviction under two budgets", $"one under {guards}");
    }

    private void Recount(PodDisruptionBudget budget)
    {
        int pods = 0, healthy = 0;
        var sizes = new Dictionary<long, int>();
        bool hasSizes = true;
        foreach (KubeObject item in View.All(ResourceKind.Pod))
        {
            if (item is not Pod pod || !Guards(budget, pod)) continue;
            pods++;
            if (pod.Status.IsReady && !pod.Metadata.IsDeleting && !IsAdmitted(budget, pod)) healthy++;
            if (pod.Metadata.Controller is not { } owner) continue;
            if (SizeOf(owner.Uid) is { } size) sizes[size.Uid] = size.Replicas;
            else hasSizes = false;
        }

        // Invariant arithmetic of the documentation: percentages of the wanted pods, rounded up; a plain minimum counts the pods that are there.
        int scale = sizes.Values.Sum();
        bool needsScale = budget.MaxUnavailable is not null || budget.MinAvailable is { IsPercent: true };
        int must = budget.MaxUnavailable is { } most ? Math.Max(0, scale - Share(most, scale)) : budget.MinAvailable is { } least ? Share(least, scale) : 0;
        int expected = needsScale ? scale : budget.MinAvailable is null ? 0 : pods;
        int allowed = expected == 0 || (needsScale && !hasSizes) ? 0 : Math.Max(0, healthy - must);
        if (budget.Status.DisruptionsAllowed != allowed) Fail(Invariant.Budgets, budget, $"{allowed} disruptions allowed ({healthy} healthy, {must} must be)", $"{budget.Status.DisruptionsAllowed}");
    }

    private bool IsAdmitted(PodDisruptionBudget budget, Pod pod)
    {
        foreach (ref readonly AdmittedEviction eviction in budget.Status.Admitted.AsSpan())
        {
            if (eviction.PodUid == pod.Uid) return eviction.At + _forgotten > Now;
        }

        return false;
    }

    private (long Uid, int Replicas)? SizeOf(long owner) => View.Find(owner) switch
    {
        ReplicaSet { Metadata.Controller: { Kind: ResourceKind.Deployment } above } when View.Find(above.Uid) is Deployment deployment => (deployment.Uid, deployment.Replicas),
        ReplicaSet set => (set.Uid, set.Replicas),
        ReplicationController set => (set.Uid, set.Replicas),
        StatefulSet set => (set.Uid, set.Replicas),
        _ => null,
    };

    private static int Share(IntOrPercent bound, int total) => bound.IsPercent ? (int)Math.Ceiling((decimal)total * bound.Value / 100) : bound.Value;

    private static bool Guards(PodDisruptionBudget budget, Pod pod) =>
        budget.Selector is { } selector && budget.Metadata.Namespace == pod.Metadata.Namespace && selector.Matches(pod.Metadata.Labels);
}
