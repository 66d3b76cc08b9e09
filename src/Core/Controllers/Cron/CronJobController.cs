using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Makes a Job at every due time of a CronJob (Kubernetes <c>pkg/controller/cronjob/cronjob_controllerv2.go</c>, <c>utils.go</c>).</summary>
/// <remarks>
/// Jobs are named after their due time, so that a due time never starts two. Of several missed times only the last is made up for; more than a hundred of them
/// are reported. The first look after a due time is <paramref name="lookDelay"/> later, as in Kubernetes (100 ms). Virtual time is tied to the calendar by the epoch.
/// </remarks>
/// <param name="epoch">Calendar time of the run's start.</param>
/// <param name="lookDelay">How long after a due time the controller looks.</param>
public sealed class CronJobController(DateTimeOffset epoch, TimeSpan? lookDelay = null) : Controller
{
    /// <summary>Annotation of a job with its due time.</summary>
    public const string ScheduledAt = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private const int ManyMissed = 100;
    private readonly DateTime _epoch = epoch.UtcDateTime;
    private readonly TimeSpan _lookDelay = lookDelay ?? TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, CronSchedule?> _schedules = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Name => "cronjob-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is CronJob) Enqueue(change.Object.Uid);
        else if (change.Object is Job job && (change.Before as Job)?.Status.FinishedAt != job.Status.FinishedAt) EnqueueOwner(job, ResourceKind.CronJob);
        else if (change is { After: null, Before: Job gone }) EnqueueOwner(gone, ResourceKind.CronJob);
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not CronJob cron || cron.Metadata.IsDeleting) return;
        List<Job> active = [], finished = [];
        IReadOnlyList<KubeObject> owned = View.OwnedBy(uid).Items;
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is Job job) (job.Status.FinishedAt is null ? active : finished).Add(job);
        }

        CleanUp(finished, isFailed: false, cron.SuccessfulHistoryLimit);
        CleanUp(finished, isFailed: true, cron.FailedHistoryLimit);
        if (cron.IsSuspended) return;
        if (!CronZone.TryFind(cron.TimeZone, out CronZone? zone, out string? nearest))
        {
            Context.Events.Warn(cron, "UnknownTimeZone", $"invalid timeZone: \"{cron.TimeZone}\": unknown time zone" + (nearest is null ? "" : $"; did you mean {nearest}?"), Name);
            return;
        }

        if (Schedule(cron) is not { } schedule) return;
        StartDue(cron, schedule, zone!, active);
        if (schedule.Next(_epoch + Now, zone!) is { } next) EnqueueAfter(uid, next - _epoch + _lookDelay - Now);
    }

    private CronSchedule? Schedule(CronJob cron)
    {
        if (_schedules.TryGetValue(cron.Schedule, out CronSchedule? known)) return known;
        if (!CronSchedule.TryParse(cron.Schedule, out CronSchedule? schedule, out Input.TextError error))
            Context.Events.Warn(cron, "UnparseableSchedule", $"unparseable schedule: \"{cron.Schedule}\": {error.Expected} at character {error.Position + 1}", Name);
        return _schedules[cron.Schedule] = schedule;
    }

    private void StartDue(CronJob cron, CronSchedule schedule, CronZone zone, List<Job> active)
    {
        if (LastDue(cron, schedule, zone) is not { } due) return;
        if (cron.StartingDeadline is { } deadline && due + deadline < Now)
        {
            Context.Events.Warn(cron, "MissSchedule", $"Missed scheduled time to start a job: {Text(due)}", Name);
            return;
        }

        string name = JobName(cron, due);
        if (cron.LastScheduledAt == due || active.Exists(job => job.Name == name)) return;
        if (active.Count > 0 && cron.ConcurrencyPolicy == ConcurrencyPolicy.Forbid)
        {
            Context.Events.Tell(cron, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid", Name);
            return;
        }

        if (cron.ConcurrencyPolicy == ConcurrencyPolicy.Replace)
        {
            foreach (Job job in active)
            {
                if (Api.Delete(job.Key, new DeleteOptions(job.Uid)) is { Code: not ApiErrorCode.NotFound })
                {
                    EnqueueAfter(cron.Uid, Context.RetryDelay);
                    return;
                }
            }
        }

        Start(cron, due, name);
    }

    /// <summary>The last due time that has passed and was not handled, or null (<c>mostRecentScheduleTime</c>).</summary>
    private TimeSpan? LastDue(CronJob cron, CronSchedule schedule, CronZone zone)
    {
        TimeSpan earliest = cron.LastScheduledAt ?? cron.Metadata.CreatedAt;
        if (cron.StartingDeadline is { } deadline && Now - deadline > earliest) earliest = Now - deadline;
        DateTime now = _epoch + Now;
        if (schedule.Next(_epoch + earliest, zone) is not { } first || first > now) return null;
        if (schedule.Next(first, zone) is not { } second || second > now) return first - _epoch;
        // Jumps close to the last one instead of walking over all that were missed.
        long between = Math.Max(1, (long)(second - first).TotalSeconds), missed = ((long)(now - first).TotalSeconds / between) + 1;
        DateTime last = first, from = first.AddSeconds((missed - 2) * between);
        if (from < first) from = first;
        for (DateTime? at = schedule.Next(from, zone); at is { } due && due <= now; at = schedule.Next(due, zone)) last = due;
        // A first jump that overshot, over a schedule of unequal gaps, is walked from the start.
        if (last == first)
        {
            for (DateTime? at = second; at is { } due && due <= now; at = schedule.Next(due, zone)) last = due;
        }

        if (missed > ManyMissed)
        {
            Context.Events.Warn(cron, "TooManyMissedTimes",
                $"too many missed start times ({missed}). Set or decrease .spec.startingDeadlineSeconds or check clock skew", Name);
        }

        return last - _epoch;
    }

    private void Start(CronJob cron, TimeSpan due, string name)
    {
        Job job = cron.JobTemplate with
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = cron.Metadata.Namespace,
                Labels = cron.JobTemplate.Metadata.Labels,
                Annotations = cron.JobTemplate.Metadata.Annotations.With(ScheduledAt, Text(due)),
                Owners = [new OwnerReference(cron.Kind, cron.Name, cron.Uid)],
            },
            Status = JobStatus.New,
            Document = null,
        };
        // A name that is taken is that of this due time: it was started before.
        if (Api.Create(job, out _) is { Code: not ApiErrorCode.Conflict } error)
        {
            Context.Events.Warn(cron, "FailedCreate", $"Error creating job: {error.Message}", Name);
            if (View.Find(new ObjectKey(ResourceKind.Namespace, "", cron.Metadata.Namespace)) is not { Metadata.IsDeleting: true }) EnqueueAfter(cron.Uid, Context.RetryDelay);
            return;
        }

        Context.Events.Tell(cron, "SuccessfulCreate", $"Created job {name}", Name);
        if (Api.Update(cron with { LastScheduledAt = due }) is not null) EnqueueAfter(cron.Uid, Context.RetryDelay);
    }

    /// <summary>Deletes the oldest finished jobs of an outcome beyond the limit.</summary>
    private void CleanUp(List<Job> finished, bool isFailed, int limit)
    {
        List<Job> ended = finished.FindAll(job => job.Status.HasFailed == isFailed && !job.Metadata.IsDeleting);
        ended.Sort(static (left, right) => left.Status.StartedAt != right.Status.StartedAt ? Nullable.Compare(left.Status.StartedAt, right.Status.StartedAt) : left.Uid.CompareTo(right.Uid));
        for (int i = 0; i < ended.Count - limit; i++) _ = Api.Delete(ended[i].Key, new DeleteOptions(ended[i].Uid));
    }

    /// <summary>Name and minutes since 1970.</summary>
    private string JobName(CronJob cron, TimeSpan due) =>
        string.Create(CultureInfo.InvariantCulture, $"{cron.Name}-{(_epoch + due - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute}");

    private string Text(TimeSpan due) => (_epoch + due).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
