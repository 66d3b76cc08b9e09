using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Invariant 24, as far as the controllers' own actions go: a rollout never asks for more pods than wanted and surge together, and never gives up an
/// available pod that must stay; a ReplicaSet never has more pods than its size.</summary>
/// <remarks>What is judged, each at the write that could break it:
/// <list type="bullet">
/// <item>A ReplicaSet of a Deployment is created or grows: the sizes of all its sets sum up to at most wanted + surge. Where the wanted size has changed, the sets
/// are resized one after the other, and their sum is judged when the Deployment says that it has seen the change.</item>
/// <item>A rolling update shrinks a set: the available pods that the sizes leave are at least wanted − unavailable, or no fewer than before. Changes of the wanted
/// size are left out: Kubernetes shares them in proportion, whether pods are available or not.</item>
/// <item>Recreate grows a set: no other pod of the Deployment is left.</item>
/// <item>A pod is created: its set has no more active pods than its size.</item>
/// <item>A ReplicaSet's status is written: its counters are those of a recount.</item>
/// </list>
/// For runs whose controllers see the store without delay; a late view breaks these bounds for a while in Kubernetes as well.</remarks>
public sealed class RolloutJudge : ObjectJudge
{
    private readonly Dictionary<long, SetBooks> _books = [];
    private readonly HashSet<long> _beingScaled = [];

    private RolloutJudge(OrchestratedRun run)
        : base(run)
    {
    }

    private sealed class SetBooks
    {
        public readonly Dictionary<long, Pod> Active = [];
        public int Living;
        public int Ready;
    }

    /// <summary>Judges a run from now on; call it before the run starts.</summary>
    public static RolloutJudge Attach(OrchestratedRun run)
    {
        var judge = new RolloutJudge(run);
        run.Store.Subscribe(judge);
        return judge;
    }

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Pod) OnPod(change.Before as Pod, change.After as Pod);
        else if (change.After is Deployment deployment) OnDeployment(deployment);
        else if (change.After is ReplicaSet set) OnSet(change.Before as ReplicaSet, set);
    }

    private void OnDeployment(Deployment deployment)
    {
        if (IsCrossing) _beingScaled.Remove(deployment.Uid);
        else if (deployment.Status.Pods.ObservedGeneration == deployment.Metadata.Generation && _beingScaled.Remove(deployment.Uid)) CheckSum(deployment);
    }

    private void OnPod(Pod? before, Pod? after)
    {
        if (before?.Metadata.Controller is { Kind: ResourceKind.ReplicaSet } left) Book(left.Uid, before, isIn: false);
        if (after?.Metadata.Controller is not { Kind: ResourceKind.ReplicaSet } owner) return;
        SetBooks books = Book(owner.Uid, after, isIn: true);
        if (IsCrossing || before is not null || View.Find(owner.Uid) is not ReplicaSet set) return;
        Judged++;
        if (books.Active.Count > set.Replicas) Fail(Invariant.RolloutBounds, set, $"at most {set.Replicas} pods", $"{books.Active.Count}");
    }

    private SetBooks Book(long set, Pod pod, bool isIn)
    {
        if (!_books.TryGetValue(set, out SetBooks? books)) _books.Add(set, books = new SetBooks());
        if (!pod.HasEnded) books.Living += isIn ? 1 : -1;
        if (!pod.IsActive) return books;
        if (pod.Status.IsReady) books.Ready += isIn ? 1 : -1;
        if (isIn) books.Active[pod.Uid] = pod;
        else books.Active.Remove(pod.Uid);
        return books;
    }

    private void OnSet(ReplicaSet? before, ReplicaSet set)
    {
        if (IsCrossing) return;
        if (before is not null && before.Status != set.Status) CheckStatus(set);
        if (set.Metadata.Controller is not { Kind: ResourceKind.Deployment } owner || View.Find(owner.Uid) is not Deployment deployment) return;
        int was = before?.Replicas ?? 0;
        if (set.Replicas > was && before is not null && !IsSizedFor(before, deployment)) _beingScaled.Add(deployment.Uid);
        else if (set.Replicas > was) CheckGrowth(deployment, set);
        else if (set.Replicas < was) CheckShrinking(deployment, before!, set);
    }

    private void CheckStatus(ReplicaSet set)
    {
        _books.TryGetValue(set.Uid, out SetBooks? books);
        Judged++;
        int available = books is null ? 0 : Available(set, books);
        (int, int, int) counted = (books?.Active.Count ?? 0, books?.Ready ?? 0, available);
        (int, int, int) written = (set.Status.Replicas, set.Status.Ready, set.Status.Available);
        if (counted != written) Fail(Invariant.RolloutBounds, set, $"(pods, ready, available) = {counted}", $"{written}");
    }

    private void CheckGrowth(Deployment deployment, ReplicaSet set)
    {
        CheckSum(deployment);
        int others = 0;
        foreach (KubeObject item in View.OwnedBy(deployment.Uid).Items)
        {
            if (item.Uid != set.Uid && _books.TryGetValue(item.Uid, out SetBooks? books)) others += books.Living;
        }

        if (deployment.Strategy.IsRecreate && !deployment.IsPaused && others > 0) Fail(Invariant.RolloutBounds, deployment, "no old pod beside new ones", $"{others}");
    }

    private void CheckSum(Deployment deployment)
    {
        Judged++;
        int total = 0;
        foreach (KubeObject item in View.OwnedBy(deployment.Uid).Items)
        {
            if (item is ReplicaSet set) total += set.Replicas;
        }

        int most = deployment.Replicas + Bounds(deployment).Surge;
        if (total > most) Fail(Invariant.RolloutBounds, deployment, $"at most {most} pods wanted over all sets", $"{total}");
    }

    /// <summary>Whether a set was last scaled for the size that its Deployment has now.</summary>
    private static bool IsSizedFor(ReplicaSet set, Deployment deployment) =>
        set.Metadata.Annotations.ValueOf("deployment.kubernetes.io/desired-replicas") == deployment.Replicas.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void CheckShrinking(Deployment deployment, ReplicaSet before, ReplicaSet set)
    {
        if (deployment.Strategy.IsRecreate || deployment.IsPaused || !IsSizedFor(before, deployment)) return;
        Judged++;
        int left = 0, had = 0, leftByStatus = 0, hadByStatus = 0;
        foreach (KubeObject item in View.OwnedBy(deployment.Uid).Items)
        {
            if (item is not ReplicaSet sibling) continue;
            int available = _books.TryGetValue(sibling.Uid, out SetBooks? books) ? Available(sibling, books) : 0;
            int size = sibling.Uid == set.Uid ? before.Replicas : sibling.Replicas;
            left += Math.Min(available, sibling.Replicas);
            had += Math.Min(available, size);
            leftByStatus += Math.Min(sibling.Status.Available, sibling.Replicas);
            hadByStatus += Math.Min(sibling.Status.Available, size);
        }

        int must = deployment.Replicas - Math.Min(Bounds(deployment).Unavailable, deployment.Replicas);
        // A pod that changed at this very instant may not be in the statuses yet: what is right by them is right.
        if (left < must && left < had && leftByStatus < must && leftByStatus < hadByStatus) Fail(Invariant.RolloutBounds, deployment, $"at least {must} available pods, or the {had} there were", $"{left}");
    }

    private int Available(ReplicaSet set, SetBooks books)
    {
        if (set.MinReady == TimeSpan.Zero) return books.Ready;
        int available = 0;
        foreach (Pod pod in books.Active.Values)
        {
            if (pod.Status.IsReady && pod.Status.ReadySince + set.MinReady <= Now) available++;
        }

        return available;
    }

    /// <summary>The documentation's rule in the judge's own words: surge is rounded up, unavailable down, and one of both is at least one.</summary>
    private static (int Surge, int Unavailable) Bounds(Deployment deployment)
    {
        if (deployment.Strategy.IsRecreate) return (0, deployment.Replicas);
        decimal replicas = deployment.Replicas;
        IntOrPercent up = deployment.Strategy.MaxSurge, down = deployment.Strategy.MaxUnavailable;
        int surge = up.IsPercent ? (int)Math.Ceiling(replicas * up.Value / 100) : up.Value;
        int unavailable = down.IsPercent ? (int)Math.Floor(replicas * down.Value / 100) : down.Value;
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }
}
