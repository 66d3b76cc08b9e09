using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Times of the job controller.</summary>
public sealed record JobControllerOptions
{
    /// <summary>Wait before the first pod after a failure (<c>DefaultJobPodFailureBackOff</c>); doubles with every further failure in a row.</summary>
    public TimeSpan PodFailureBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait (<c>MaxJobPodFailureBackOff</c>).</summary>
    public TimeSpan PodFailureBackoffMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long changes of pods are gathered (<c>SyncJobBatchPeriod</c>).</summary>
    public TimeSpan SyncBatch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most pods made or deleted in one sync (<c>MaxPodCreateDeletePerSync</c>).</summary>
    public int Burst { get; init; } = 500;

    /// <summary>After this long without the expected changes the view is trusted again.</summary>
    public TimeSpan ExpectationTimeout { get; init; } = Expectations.DefaultTimeout;
}

/// <summary>Runs pods until enough of them have completed (Kubernetes <c>pkg/controller/job/job_controller.go</c>).</summary>
/// <remarks>
/// A pod is counted exactly once: it carries a finalizer until its end stands in the status of its job, under its identity; only then it may go. A sync costs what
/// changed since the last one, not what the job has. A job that has failed or has enough completions is finished when its last pod has ended (v1.31 and later).
/// Pods that terminate are replaced at once (<c>podReplacementPolicy: TerminatingOrFailed</c>, the default). Not modelled: podFailurePolicy, successPolicy,
/// backoffLimitPerIndex, <c>podReplacementPolicy: Failed</c>.
/// </remarks>
public sealed partial class JobController(JobControllerOptions? options = null) : Controller
{
    /// <summary>Finalizer of pods that are not counted yet.</summary>
    public const string Tracking = "batch.kubernetes.io/job-tracking";

    private readonly JobControllerOptions _options = options ?? new JobControllerOptions();
    private readonly Expectations _expectations = new((options ?? new JobControllerOptions()).ExpectationTimeout);
    private readonly Dictionary<long, JobState> _jobs = [];

    /// <summary>What is held of a job in memory: nothing that its pods and its status could not tell again, but the wait after failures.</summary>
    private sealed class JobState
    {
        /// <summary>Pods that ended, or are being deleted, and still carry the finalizer.</summary>
        public readonly Dictionary<long, TimeSpan> Ended = [];

        public PodTemplate? Source;
        public PodTemplate? Template;
        public long Made;
        public int FailuresInRow;
        public TimeSpan LastFailure;
    }

    /// <inheritdoc/>
    public override string Name => "job-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is Job) Enqueue(change.Object.Uid);
        else if (change.Object is Pod pod) OnPod(pod, in change);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _expectations.Clear();
        _jobs.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Job job)
        {
            ReleaseOrphans(uid);
            return;
        }

        JobState state = State(uid);
        OwnedObjects owned = View.OwnedBy(uid);
        JobStatus status = job.Status;
        if (status.FinishedAt is not null)
        {
            ReleaseCounted(job, state, owned);
            return;
        }

        if (job.IsSuspended) status = status with { StartedAt = null };
        else if (status.StartedAt is null) status = status with { StartedAt = Now };
        status = Count(job, state, owned, status);
        if (!status.HasFailed && FailureReason(job, owned, status) is { } reason)
        {
            status = status with { HasFailed = true, Reason = reason };
            Context.Events.Warn(job, reason, reason == "DeadlineExceeded" ? "Job was active longer than specified deadline" : "Job has reached the specified backoff limit", Name);
        }

        int active = owned.ActivePods;
        bool areMet = _expectations.AreMet(uid, Now);
        if (!areMet && _expectations.TimesOutAt(uid) is { } timeout) EnqueueAfter(uid, timeout - Now + TimeSpan.FromTicks(1));
        if (status.HasFailed) DeleteActive(job, owned, int.MaxValue, isCounted: true);
        else if (areMet && !job.Metadata.IsDeleting && !IsComplete(job, status, active)) active = Manage(job, state, owned, status);
        status = status with { Active = active, Ready = owned.ReadyPods };
        bool isAtRest = owned.ActivePods == 0 && active == 0 && owned.TerminatingPods == 0 && status.Counted.Count == 0;
        if (isAtRest && areMet && (status.HasFailed || IsComplete(job, status, active))) status = status with { FinishedAt = Now };
        if (job.ActiveDeadline is { } deadline && status is { StartedAt: { } started, HasFailed: false, FinishedAt: null } && started + deadline > Now)
            EnqueueAfter(uid, started + deadline - Now);
        if (status != job.Status && Api.Update(job with { Status = status }) is not null)
        {
            EnqueueAfter(uid, Context.RetryDelay);
            return;
        }

        // What is written down is counted: the pods may go.
        ReleaseCounted(job, state, owned);
    }

    private static bool IsComplete(Job job, JobStatus status, int active) =>
        !status.HasFailed && active == 0 && (job.Completions is { } wanted ? status.Succeeded >= wanted : status.Succeeded > 0);

    private string? FailureReason(Job job, OwnedObjects owned, JobStatus status)
    {
        if (status.Failed > job.BackoffLimit) return "BackoffLimitExceeded";
        if (job.Template.Spec.RestartPolicy != RestartPolicy.Never && owned.ActivePods > 0)
        {
            int restarts = 0;
            for (int i = 0; i < owned.Items.Count; i++)
            {
                if (owned.Items[i] is Pod { IsActive: true } pod) restarts += pod.Status.Restarts;
            }

            if (job.BackoffLimit == 0 ? restarts > 0 : restarts >= job.BackoffLimit) return "BackoffLimitExceeded";
        }

        return job.ActiveDeadline is { } deadline && status.StartedAt is { } started && Now - started >= deadline ? "DeadlineExceeded" : null;
    }

    /// <summary>Takes the ends that are not counted yet into the status.</summary>
    private JobStatus Count(Job job, JobState state, OwnedObjects owned, JobStatus status)
    {
        // A counted pod that no longer carries the finalizer is out of the books.
        if (status.Counted.Count > 0) status = status with { Counted = [.. status.Counted.Where(uid => View.Find(uid) is Pod pod && IsTracked(pod))] };
        if (state.Ended.Count == 0) return status;
        List<(TimeSpan At, Pod Pod)> ends = [];
        foreach ((long uid, TimeSpan at) in state.Ended)
        {
            if (View.Find(uid) is Pod pod && IsTracked(pod) && !status.Counted.AsSpan().Contains(uid)) ends.Add((at, pod));
        }

        if (ends.Count == 0) return status;
        ends.Sort(static (left, right) => left.At != right.At ? left.At.CompareTo(right.At) : left.Pod.Uid.CompareTo(right.Pod.Uid));
        int succeeded = 0, failed = 0;
        SortedSet<int>? indexes = job.IsIndexed ? [.. status.CompletedIndexes] : null;
        foreach ((TimeSpan at, Pod pod) in ends)
        {
            int index = IndexOf(pod);
            bool isOutside = job.IsIndexed && (index < 0 || index >= job.Completions);
            if (pod.Status.Phase == PodLifePhase.Succeeded)
            {
                state.FailuresInRow = 0;
                if (!isOutside && indexes?.Add(index) != false) succeeded++;
            }
            else
            {
                state.FailuresInRow++;
                state.LastFailure = at;
                if (!isOutside) failed++;
            }
        }

        return status with
        {
            Succeeded = indexes?.Count ?? status.Succeeded + succeeded,
            Failed = status.Failed + failed,
            CompletedIndexes = indexes is null ? status.CompletedIndexes : [.. indexes],
            Counted = [.. status.Counted.Concat(ends.Select(end => end.Pod.Uid)).Order()],
        };
    }

    /// <summary>Takes the finalizer off pods that stand in the status as it is stored; of a finished job off all pods.</summary>
    private void ReleaseCounted(Job job, JobState state, OwnedObjects owned)
    {
        if (state.Ended.Count == 0) return;
        ValueList<long> counted = View.Find(job.Uid) is Job stored ? stored.Status.Counted : job.Status.Counted;
        List<long> done = [];
        foreach ((long uid, TimeSpan _) in state.Ended)
        {
            if (View.Find(uid) is not Pod pod || !IsTracked(pod) || ((job.Status.FinishedAt is not null || counted.AsSpan().Contains(uid)) && Release(pod))) done.Add(uid);
            else EnqueueAfter(job.Uid, Context.RetryDelay);
        }

        foreach (long uid in done) state.Ended.Remove(uid);
        if (owned.Items.Count == 0 && job.Status.FinishedAt is not null) _jobs.Remove(job.Uid);
    }

    /// <summary>The job is gone: its pods need not be counted any more.</summary>
    private void ReleaseOrphans(long uid)
    {
        _jobs.Remove(uid);
        _expectations.Forget(uid);
        IReadOnlyList<KubeObject> owned = View.OwnedBy(uid).Items;
        for (int i = owned.Count - 1; i >= 0; i--)
        {
            if (i < owned.Count && owned[i] is Pod pod && IsTracked(pod) && !Release(pod)) EnqueueAfter(uid, Context.RetryDelay);
        }
    }

    private bool Release(Pod pod)
    {
        ObjectMeta meta = pod.Metadata with { Finalizers = [.. pod.Metadata.Finalizers.Where(finalizer => finalizer != Tracking)] };
        return Api.Update(pod with { Metadata = meta }) is not { Code: not ApiErrorCode.NotFound };
    }

    private JobState State(long uid)
    {
        if (!_jobs.TryGetValue(uid, out JobState? state)) _jobs.Add(uid, state = new JobState());
        return state;
    }
}
