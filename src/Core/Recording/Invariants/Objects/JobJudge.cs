using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Jobs (27): what pods really did, against the limits of the job and against what its status says.</summary>
/// <remarks>Limits are judged as they were when a pod was made: a lower parallelism takes effect when the surplus has gone. Where controllers see the store with a
/// delay, the highest parallelism so far is the limit, and pods made just after the end, which are failures too, are let be.</remarks>
internal sealed class JobJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly bool _isExact = ReferenceEquals(run.Controllers.Context.Feed, run.Store);
    private readonly Dictionary<long, Books> _books = [];

    private sealed class Books
    {
        public Job? Job;
        public readonly HashSet<long> Active = [];
        public readonly HashSet<long> Succeeded = [];
        public readonly HashSet<int> Completed = [];
        public int HighestParallelism;

        /// <summary>Completions of an earlier epoch that this one says it has.</summary>
        public int Inherited;
    }

    private protected override void Judge(in StoreChange change)
    {
        if (change.Object is Job job) OnJob(job, isGone: change.After is null);
        else if (change.Object is Pod pod && pod.Metadata.Controller is { Kind: ResourceKind.Job } owner) OnPod(Of(owner.Uid), pod, in change);
    }

    private Books Of(long uid)
    {
        if (!_books.TryGetValue(uid, out Books? books)) _books.Add(uid, books = new Books());
        return books;
    }

    private void OnJob(Job job, bool isGone)
    {
        if (isGone)
        {
            _books.Remove(job.Uid);
            return;
        }

        Books books = Of(job.Uid);
        books.Job = job;
        books.HighestParallelism = Math.Max(books.HighestParallelism, job.Parallelism);
        if (IsCrossing)
        {
            books.Inherited = Math.Max(0, job.Status.Succeeded - books.Succeeded.Count);
            books.Completed.Clear();
            books.Completed.UnionWith(job.Status.CompletedIndexes);
            return;
        }

        string subject = $"{job.Key}";
        if (job.Completions is { } wanted && job.Status.Succeeded > wanted) Fail(ObjectInvariants.JobCounts, subject, $"at most {wanted} completions", $"{job.Status.Succeeded}");
        if (job.Status.Succeeded > books.Succeeded.Count + books.Inherited) Fail(ObjectInvariants.JobCounts, subject, $"at most {books.Succeeded.Count} completions, as many as pods succeeded", $"{job.Status.Succeeded}");
        int failures = job.BackoffLimit + books.HighestParallelism;
        if (_isExact && job.Status.Failed > failures) Fail(ObjectInvariants.JobCounts, subject, $"at most {failures} failures", $"{job.Status.Failed}");
        if (job.Status.FinishedAt is not null && books.Active.Count > 0) Fail(ObjectInvariants.JobCounts, subject, "no active pod of a finished job", $"{books.Active.Count}");
        books.Completed.UnionWith(job.Status.CompletedIndexes);
    }

    private void OnPod(Books books, Pod pod, in StoreChange change)
    {
        if (change.After is { Kind: ResourceKind.Pod } && pod.Status.Phase == PodLifePhase.Succeeded) books.Succeeded.Add(pod.Uid);
        if (change.After is not null && pod.IsActive) books.Active.Add(pod.Uid);
        else books.Active.Remove(pod.Uid);
        if (IsCrossing || change.Before is not null || books.Job is not { } job) return;
        int most = _isExact ? job.Parallelism : books.HighestParallelism;
        if (books.Active.Count > most) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", $"at most {most} active pods", $"{books.Active.Count}");
        if (_isExact && (job.Status.FinishedAt is not null || job.Status.HasFailed)) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", "no new pod of a finished job", "one");
        string? text = pod.Metadata.Annotations.ValueOf("batch.kubernetes.io/job-completion-index");
        if (text is not null && books.Completed.Contains(int.Parse(text, CultureInfo.InvariantCulture))) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", "an index that is not completed", text);
    }
}
