using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Counts for every PodDisruptionBudget how many evictions it allows (Kubernetes <c>pkg/controller/disruption/disruption.go</c>).</summary>
/// <remarks>Counters are kept pod by pod, so that a sync does not look at the pods of a budget. As in Kubernetes, a change of a workload's size alone wakes nobody:
/// the pods that come or go do.</remarks>
public sealed class DisruptionController(DisruptionOptions? options = null) : Controller
{
    private readonly DisruptionOptions _options = options ?? new DisruptionOptions();
    private readonly Dictionary<long, BudgetBooks> _books = [];
    private readonly Dictionary<long, TimeSpan> _targets = [];
    private readonly SelectorIndex _index = new();
    private readonly List<long> _matches = [];
    private readonly HashSet<long> _scaled = [];

    /// <inheritdoc/>
    public override string Name => "disruption-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is PodDisruptionBudget) OnBudget(change.Before as PodDisruptionBudget, change.After as PodDisruptionBudget);
        else if (change.Object is Pod) OnPod(change.Before as Pod, change.After as Pod);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _books.Clear();
        _targets.Clear();
        _index.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        KubeObject? item = View.Find(uid);
        if (item is Pod pod) ForgetStaleTarget(pod);
        else if (item is PodDisruptionBudget budget) Count(budget);
        else _targets.Remove(uid);
    }

    private void OnBudget(PodDisruptionBudget? before, PodDisruptionBudget? after)
    {
        PodDisruptionBudget budget = after ?? before!;
        if (before is null || after is null || before.Selector != after.Selector)
        {
            if (before?.Selector is { } old && _books.Remove(before.Uid)) _index.Remove(before.Metadata.Namespace, old, before.Uid);
            if (after?.Selector is { } selector) Open(after, selector);
        }

        if (after is null && budget.Status.DisruptionsAllowed == 0) Tell(FactKind.BudgetRestored, budget.Uid, 0);
        if (after is not null) Enqueue(after.Uid);
    }

    private void Open(PodDisruptionBudget budget, LabelSelector selector)
    {
        if (_books.ContainsKey(budget.Uid)) return;
        var books = new BudgetBooks();
        _books.Add(budget.Uid, books);
        _index.Add(budget.Metadata.Namespace, selector, budget.Uid);
        IReadOnlyList<KubeObject> pods = View.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i] is Pod pod && pod.Metadata.Namespace == budget.Metadata.Namespace && selector.Matches(pod.Metadata.Labels)) books.Count(pod, 1);
        }
    }

    private void OnPod(Pod? before, Pod? after)
    {
        if (after is { Status.Disruption.Length: > 0, Metadata.IsDeleting: false } && before is not { Status.Disruption.Length: > 0 })
        {
            // Who sets the condition deletes the pod at once, as a rule: only one that is still there after that is watched.
            _targets[after.Uid] = Now;
            Enqueue(after.Uid);
        }

        if (before is not null && after is not null && before.Metadata.Labels == after.Metadata.Labels && BudgetBooks.IsSame(before, after)) return;
        if (before is not null) Book(before, -1);
        if (after is not null) Book(after, 1);
    }

    private void Book(Pod pod, int by)
    {
        _index.Find(pod.Metadata.Namespace, pod.Metadata.Labels, _matches);
        foreach (long budget in _matches)
        {
            _books[budget].Count(pod, by);
            Enqueue(budget);
        }
    }

    /// <summary>Counts and writes (<c>trySync</c>, <c>updatePdbStatus</c>).</summary>
    private void Count(PodDisruptionBudget budget)
    {
        int healthy = 0, desired = 0, expected = 0;
        bool isCounted = true;
        ValueList<AdmittedEviction> admitted = default;
        if (_books.TryGetValue(budget.Uid, out BudgetBooks? books))
        {
            isCounted = TryExpect(budget, books, out expected, out desired);
            healthy = books.Healthy;
            admitted = Pending(budget, ref healthy);
            if (books.Pods == 0) Context.Events.Tell(budget, "NoPods", "No matching pods found", Name);
        }

        DisruptionStatus before = budget.Status;
        DisruptionStatus now = isCounted
            ? new DisruptionStatus
            {
                CurrentHealthy = healthy,
                DesiredHealthy = desired,
                ExpectedPods = expected,
                DisruptionsAllowed = expected > 0 ? Math.Max(0, healthy - desired) : 0,
                ObservedGeneration = budget.Metadata.Generation,
                Admitted = admitted,
            }
            : before with { DisruptionsAllowed = 0 };
        if (now == before) return;
        if (Api.Update(budget with { Status = now }) is not null)
        {
            EnqueueAfter(budget.Uid, Context.RetryDelay);
            return;
        }

        bool wasExhausted = before.DisruptionsAllowed == 0 && before.ObservedGeneration > 0;
        if (now.DisruptionsAllowed == 0 && !wasExhausted) Tell(FactKind.BudgetExhausted, budget.Uid, healthy);
        else if (now.DisruptionsAllowed > 0 && wasExhausted) Tell(FactKind.BudgetRestored, budget.Uid, now.DisruptionsAllowed);
    }

    /// <summary>How many pods there should be, and how many of them healthy (<c>getExpectedPodCount</c>).</summary>
    /// <returns>False when a pod's controller has no size that could be read: then nothing is allowed.</returns>
    private bool TryExpect(PodDisruptionBudget budget, BudgetBooks books, out int expected, out int desired)
    {
        expected = desired = 0;
        if (budget.MaxUnavailable is { } unavailable)
        {
            if (!TryScale(books, out expected)) return Fail(budget);
            desired = Math.Max(0, expected - unavailable.Of(expected, roundUp: true));
        }
        else if (budget.MinAvailable is { IsPercent: false } number)
        {
            expected = books.Pods;
            desired = number.Value;
        }
        else if (budget.MinAvailable is { } percent)
        {
            if (!TryScale(books, out expected)) return Fail(budget);
            desired = percent.Of(expected, roundUp: true);
        }

        return true;
    }

    private bool Fail(PodDisruptionBudget budget)
    {
        Context.Events.Warn(budget, "CalculateExpectedPodCountFailed", "Failed to calculate the number of expected pods: a pod's controller has no scale", Name);
        return false;
    }

    /// <summary>Sum of the sizes of the pods' workloads (<c>getExpectedScale</c>); pods without controller do not count.</summary>
    private bool TryScale(BudgetBooks books, out int scale)
    {
        scale = 0;
        _scaled.Clear();
        foreach (long uid in books.Owners)
        {
            KubeObject? owner = View.Find(uid);
            if (owner is ReplicaSet { Metadata.Controller: { Kind: ResourceKind.Deployment } above } && View.Find(above.Uid) is Deployment deployment) owner = deployment;
            int? size = owner switch
            {
                Deployment workload => workload.Replicas,
                ReplicaSet workload => workload.Replicas,
                ReplicationController workload => workload.Replicas,
                StatefulSet workload => workload.Replicas,
                _ => null,
            };
            if (size is null) return false;
            if (_scaled.Add(owner!.Uid)) scale += size.Value;
        }

        return true;
    }

    /// <summary>Admitted evictions whose pod does not terminate yet; such a pod is not healthy any more. After two minutes it is taken to stay
    /// (<c>buildDisruptedPodMap</c>).</summary>
    private ValueList<AdmittedEviction> Pending(PodDisruptionBudget budget, ref int healthy)
    {
        if (budget.Status.Admitted.Count == 0) return default;
        var pending = new List<AdmittedEviction>();
        TimeSpan recheck = TimeSpan.MaxValue;
        foreach (ref readonly AdmittedEviction eviction in budget.Status.Admitted.AsSpan())
        {
            if (View.Find(eviction.PodUid) is not Pod { Metadata.IsDeleting: false } pod || !budget.Selector!.Matches(pod.Metadata.Labels)) continue;
            TimeSpan until = eviction.At + _options.DeletionTimeout;
            if (until < Now)
            {
                Context.Events.Warn(pod, "NotDeleted", $"Pod was expected by PDB {budget.Name} to be deleted but it wasn't", Name);
                continue;
            }

            if (until > Now && pod.Status.IsReady) healthy--;
            if (until < recheck) recheck = until;
            pending.Add(eviction);
        }

        if (recheck < TimeSpan.MaxValue) EnqueueAfter(budget.Uid, recheck - Now + TimeSpan.FromTicks(1));
        return [.. pending];
    }

    /// <summary>An eviction that did not happen leaves no mark for ever (<c>syncStalePodDisruption</c>). What an agent says, and what is said of a pod that has ended, stays.</summary>
    private void ForgetStaleTarget(Pod pod)
    {
        if (!_targets.TryGetValue(pod.Uid, out TimeSpan since)) return;
        if (pod.Status.Disruption.Length > 0 && pod.Status.Disruption != "TerminationByKubelet" && !pod.HasEnded && !pod.Metadata.IsDeleting)
        {
            TimeSpan left = since + _options.StaleConditionTimeout - Now;
            if (left > TimeSpan.Zero)
            {
                EnqueueAfter(pod.Uid, left);
                return;
            }

            if (Api.Update(pod with { Status = pod.Status with { Disruption = "" } }) is not null)
            {
                EnqueueAfter(pod.Uid, Context.RetryDelay);
                return;
            }
        }

        _targets.Remove(pod.Uid);
    }

    private void Tell(FactKind kind, long uid, long detail) => Context.Facts.Record(new Fact(kind, Now, default, checked((int)uid), NodeIndex.None, detail));
}
