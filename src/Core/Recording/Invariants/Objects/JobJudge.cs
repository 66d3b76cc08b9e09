using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Jobs (27): what pods really did, against the limits of the job and against what its status says.</summary>
/// <remarks>Limits are judged as they were when a pod was made: a lower parallelism takes effect when the surplus has gone.</remarks>
internal sealed class JobJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly Dictionary<long, Books> _books = [];

    private sealed class Books
    {
        public Job? Job;
        public readonly HashSet<long> Active = [];
        public readonly HashSet<long> Succeeded = [];
        public readonly HashSet<int> Completed = [];
        public int HighestParallelism;
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
        string subject = $"{job.Key}";
        if (job.Completions is { } wanted && job.Status.Succeeded > wanted) Fail(ObjectInvariants.JobCounts, subject, $"at most {wanted} completions", $"{job.Status.Succeeded}");
        if (job.Status.Succeeded > books.Succeeded.Count) Fail(ObjectInvariants.JobCounts, subject, $"at most {books.Succeeded.Count} completions, as many as pods succeeded", $"{job.Status.Succeeded}");
        int failures = job.BackoffLimit + books.HighestParallelism;
        if (job.Status.Failed > failures) Fail(ObjectInvariants.JobCounts, subject, $"at most {failures} failures", $"{job.Status.Failed}");
        if (job.Status.FinishedAt is not null && books.Active.Count > 0) Fail(ObjectInvariants.JobCounts, subject, "no active pod of a finished job", $"{books.Active.Count}");
        books.Completed.UnionWith(job.Status.CompletedIndexes);
    }

    private void OnPod(Books books, Pod pod, in StoreChange change)
    {
        if (change.After is { Kind: ResourceKind.Pod } && pod.Status.Phase == PodLifePhase.Succeeded) books.Succeeded.Add(pod.Uid);
        if (change.After is not null && pod.IsActive) books.Active.Add(pod.Uid);
        else books.Active.Remove(pod.Uid);
        if (change.Before is not null || books.Job is not { } job) return;
        if (books.Active.Count > job.Parallelism) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", $"at most {job.Parallelism} active pods", $"{books.Active.Count}");
        if (job.Status.FinishedAt is not null || job.Status.HasFailed) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", "no new pod of a finished job", "one");
        string? text = pod.Metadata.Annotations.ValueOf("batch.kubernetes.io/job-completion-index");
        if (text is not null && books.Completed.Contains(int.Parse(text, CultureInfo.InvariantCulture))) Fail(ObjectInvariants.JobCounts, $"{pod.Key}", "an index that is not completed", text);
    }
}
