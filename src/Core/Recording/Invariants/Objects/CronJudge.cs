using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>CronJobs (28): due times that started a job, and jobs that are active.</summary>
/// <remarks>Forbid is judged where controllers see the store without delay: on a late view a job that was just made is not known yet, as in Kubernetes.</remarks>
internal sealed class CronJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly bool _isExact = ReferenceEquals(run.Controllers.Context.Feed, run.Store);
    private readonly Dictionary<long, CronJob> _crons = [];
    private readonly Dictionary<long, HashSet<string>> _started = [];
    private readonly Dictionary<long, HashSet<long>> _active = [];
    private int _epoch;

    private protected override void Judge(in StoreChange change)
    {
        // Due times that started a job since the snapshot are due again: the controller does not know better.
        if (_epoch != Run.Store.Epoch) _started.Clear();
        _epoch = Run.Store.Epoch;
        if (change.Object is CronJob cron)
        {
            if (change.After is null) _crons.Remove(cron.Uid);
            else _crons[cron.Uid] = cron;
            return;
        }

        if (change.Object is not Job job || job.Metadata.Controller is not { Kind: ResourceKind.CronJob } owner) return;
        if (!_active.TryGetValue(owner.Uid, out HashSet<long>? active)) _active.Add(owner.Uid, active = []);
        if (change.After is null || job.Status.FinishedAt is not null || job.Metadata.IsDeleting) active.Remove(job.Uid);
        else active.Add(job.Uid);
        if (IsCrossing || change.Before is not null) return;
        if (!_started.TryGetValue(owner.Uid, out HashSet<string>? started)) _started.Add(owner.Uid, started = new HashSet<string>(StringComparer.Ordinal));
        if (!started.Add(job.Metadata.Annotations.ValueOf("batch.kubernetes.io/cronjob-scheduled-timestamp") ?? job.Name)) Fail(ObjectInvariants.CronStarts, $"{job.Key}", "a due time that started no job before", "one that did");
        if (_isExact && _crons.TryGetValue(owner.Uid, out CronJob? known) && known.ConcurrencyPolicy == ConcurrencyPolicy.Forbid && active.Count > 1) Fail(ObjectInvariants.CronStarts, $"{job.Key}", "one active job under Forbid", $"{active.Count}");
    }
}
