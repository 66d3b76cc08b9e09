using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <content>The pods of a job: which are wanted, which index each has, and how they come and go (<c>manageJob</c>, <c>indexed_job_utils.go</c>).</content>
public sealed partial class JobController
{
    /// <summary>Annotation and label of an indexed job's pod.</summary>
    public const string IndexLabel = "batch.kubernetes.io/job-completion-index";

    private const string IndexVariable = "JOB_COMPLETION_INDEX";
    private readonly List<Pod> _surplus = [];
    private readonly HashSet<int> _taken = [];

    private static bool IsTracked(Pod pod) => pod.Metadata.Finalizers.Count > 0 && pod.Metadata.Finalizers.AsSpan().Contains(Tracking);

    /// <summary>Completion index of a pod of an indexed job, or −1.</summary>
    internal static int IndexOf(Pod pod) =>
        int.TryParse(pod.Metadata.Annotations.ValueOf(IndexLabel), NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1;

    private void OnPod(Pod pod, in StoreChange change)
    {
        if (pod.Metadata.Controller is not { Kind: ResourceKind.Job } owner) return;
        if (change.Before is null) _expectations.CreationSeen(owner.Uid);
        if (change.After is null || (pod.Metadata.IsDeleting && change.Before is { Metadata.IsDeleting: false })) _expectations.DeletionSeen(owner.Uid, pod.Uid);
        if (View.Find(owner.Uid) is null)
        {
            if (change.After is not null && IsTracked(pod)) Enqueue(owner.Uid);
            return;
        }

        if (change.After is not null && (pod.HasEnded || pod.Metadata.IsDeleting) && IsTracked(pod)) State(owner.Uid).Ended.TryAdd(pod.Uid, Now);
        EnqueueAfter(owner.Uid, _options.SyncBatch);
    }

    /// <summary>Brings the number of active pods to what is wanted.</summary>
    /// <returns>Active pods afterwards.</returns>
    private int Manage(Job job, JobState state, OwnedObjects owned, JobStatus status)
    {
        int active = owned.ActivePods;
        if (job.IsSuspended) return active - DeleteActive(job, owned, active, isCounted: false);
        int wanted = job.Completions is { } completions
            ? Math.Min(job.Parallelism, Math.Max(0, completions - status.Succeeded))
            : status.Succeeded > 0 ? active : job.Parallelism;
        if (active > wanted) return active - DeleteActive(job, owned, active - wanted, isCounted: false);
        if (active == wanted) return active;
        if (BackoffLeft(state) is { } wait && wait > TimeSpan.Zero)
        {
            EnqueueAfter(job.Uid, wait);
            return active;
        }

        return active + CreateInSlowStart(job, state, owned, status, Math.Min(wanted - active, _options.Burst));
    }

    private TimeSpan BackoffLeft(JobState state)
    {
        if (state.FailuresInRow == 0) return TimeSpan.Zero;
        TimeSpan wait = _options.PodFailureBackoff;
        for (int i = 1; i < state.FailuresInRow && wait < _options.PodFailureBackoffMax; i++) wait *= 2;
        if (wait > _options.PodFailureBackoffMax) wait = _options.PodFailureBackoffMax;
        return state.LastFailure + wait - Now;
    }

    private int CreateInSlowStart(Job job, JobState state, OwnedObjects owned, JobStatus status, int count)
    {
        Queue<int>? indexes = job.IsIndexed ? PendingIndexes(owned, status, count, job.Completions ?? 0) : null;
        if (indexes is not null) count = indexes.Count;
        int made = 0;
        for (int batch = 1; made < count; batch *= 2)
        {
            int size = Math.Min(batch, count - made);
            for (int i = 0; i < size; i++, made++)
            {
                TimeSpan wait = Api.Wait;
                if (wait > TimeSpan.Zero)
                {
                    EnqueueAfter(job.Uid, wait);
                    return made;
                }

                _expectations.ExpectCreation(job.Uid, Now);
                if (Create(job, state, indexes?.Dequeue()) is not { } error) continue;
                _expectations.CreationSeen(job.Uid);
                Context.Events.Warn(job, "FailedCreate", error.Message, Name);
                Retry(job.Uid);
                return made;
            }
        }

        return made;
    }

    private ApiError? Create(Job job, JobState state, int? index)
    {
        PodTemplate template = TemplateOf(job, state);
        while (true)
        {
            string baseName = index is { } number ? string.Create(CultureInfo.InvariantCulture, $"{job.Name}-{number}") : job.Name;
            Pod pod = PodControl.Make(job, template, PodControl.GeneratedName(baseName, state.Made++));
            ObjectMeta meta = pod.Metadata with { Finalizers = [Tracking] };
            if (index is { } own)
            {
                string text = own.ToString(CultureInfo.InvariantCulture);
                meta = meta with { Labels = meta.Labels.With(IndexLabel, text), Annotations = meta.Annotations.With(IndexLabel, text) };
                pod = pod with { Spec = WithIndex(pod.Spec, baseName, text) };
            }

            ApiError? error = Api.Create(pod with { Metadata = meta }, out _);
            if (error?.Code != ApiErrorCode.Conflict) return error;
        }
    }

    /// <summary>The template with the labels of the job's pods; made once a job.</summary>
    private static PodTemplate TemplateOf(Job job, JobState state)
    {
        if (state.Template is not null && ReferenceEquals(state.Source, job.Template)) return state.Template;
        string uid = job.Uid.ToString(CultureInfo.InvariantCulture);
        state.Source = job.Template;
        return state.Template = job.Template with
        {
            Labels = Labels.Of([
                .. job.Template.Labels, new Label("batch.kubernetes.io/job-name", job.Name), new Label("job-name", job.Name),
                new Label("batch.kubernetes.io/controller-uid", uid), new Label("controller-uid", uid),
            ]),
        };
    }

    /// <summary>The spec of one index: its host name and its variable in every container.</summary>
    private static PodSpec WithIndex(PodSpec spec, string hostname, string index)
    {
        var variable = new EnvironmentVariable(IndexVariable, index, null, "", "", false);
        Container Add(Container container) =>
            container.Environment.Any(known => known.Name == IndexVariable) ? container : container with { Environment = [.. container.Environment, variable] };
        return spec with { Hostname = hostname, Containers = [.. spec.Containers.Select(Add)], InitContainers = [.. spec.InitContainers.Select(Add)] };
    }

    /// <summary>The lowest indexes that neither completed nor are being worked on.</summary>
    private Queue<int> PendingIndexes(OwnedObjects owned, JobStatus status, int count, int completions)
    {
        _taken.Clear();
        foreach (int index in status.CompletedIndexes.AsSpan()) _taken.Add(index);
        for (int i = 0; i < owned.Items.Count; i++)
        {
            if (owned.Items[i] is Pod { IsActive: true } pod) _taken.Add(IndexOf(pod));
        }

        var pending = new Queue<int>();
        for (int index = 0; index < completions && pending.Count < count; index++)
        {
            if (!_taken.Contains(index)) pending.Enqueue(index);
        }

        return pending;
    }

    /// <summary>Deletes active pods: second ones of an index first, then by rank. What a suspension or a lower parallelism takes away is no failure: such pods lose
    /// their finalizer first.</summary>
    private int DeleteActive(Job job, OwnedObjects owned, int count, bool isCounted)
    {
        if (owned.ActivePods == 0) return 0;
        _surplus.Clear();
        _taken.Clear();
        for (int i = 0; i < owned.Items.Count; i++)
        {
            if (owned.Items[i] is Pod { IsActive: true } pod) _surplus.Add(pod);
        }

        TimeSpan now = Now;
        _surplus.Sort((left, right) => PodControl.CompareForDeletion(left, right, 0, 0, now));
        if (job.IsIndexed) SecondsFirst(job);
        int deleted = 0;
        for (int i = 0; i < _surplus.Count && deleted < Math.Min(count, _options.Burst); i++)
        {
            TimeSpan wait = Api.Wait;
            if (wait > TimeSpan.Zero)
            {
                EnqueueAfter(job.Uid, wait);
                break;
            }

            Pod pod = _surplus[i];
            if (!isCounted && IsTracked(pod) && !Release(pod)) continue;
            _expectations.ExpectDeletion(job.Uid, pod.Uid, Now);
            if (Api.Delete(pod.Key, new DeleteOptions(pod.Uid)) is not null) _expectations.DeletionSeen(job.Uid, pod.Uid);
            deleted++;
        }

        if (deleted < Math.Min(count, _surplus.Count)) EnqueueAfter(job.Uid, _options.SyncBatch);
        return deleted;
    }

    /// <summary>Pods without an index of the job, and all but the last-ranked of an index, come first; the sort is stable.</summary>
    private void SecondsFirst(Job job)
    {
        List<Pod> first = [], rest = [];
        for (int i = _surplus.Count - 1; i >= 0; i--)
        {
            int index = IndexOf(_surplus[i]);
            bool isOnly = index >= 0 && index < job.Completions && _taken.Add(index);
            (isOnly ? rest : first).Add(_surplus[i]);
        }

        first.Reverse();
        rest.Reverse();
        _surplus.Clear();
        _surplus.AddRange(first);
        _surplus.AddRange(rest);
    }
}
