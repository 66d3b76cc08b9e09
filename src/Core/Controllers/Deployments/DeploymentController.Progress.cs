using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Controllers;

/// <content>Status and progress (<c>progress.go</c>, <c>sync.go</c>).</content>
public sealed partial class DeploymentController
{
    /// <summary>Revision whose completion was recorded, by Deployment. It decides what is told, never what is done, and so outlives a restart.</summary>
    private readonly Dictionary<long, long> _completed = [];

    private bool HasDeadline => _deployment.ProgressDeadline < _options.NoDeadline;

    /// <summary>Says so when a Deployment was paused or resumed, so that the deadline does not count the pause (<c>checkPausedConditions</c>).</summary>
    private void CheckPaused()
    {
        string reason = _deployment.Status.ProgressReason;
        if (!HasDeadline || reason == ProgressReasons.TimedOut) return;
        if (_deployment.IsPaused && reason != ProgressReasons.Paused) Write(_deployment with { Status = WithReason(_deployment.Status, ProgressReasons.Paused) });
        else if (!_deployment.IsPaused && reason == ProgressReasons.Paused) Write(_deployment with { Status = WithReason(_deployment.Status, ProgressReasons.Resumed) });
    }

    private DeploymentStatus WithReason(DeploymentStatus status, string reason) =>
        status.ProgressReason == reason ? status : status with { ProgressReason = reason, ProgressAt = Now };

    /// <summary>Counts, and in a rollout judges its progress (<c>syncRolloutStatus</c>, <c>syncDeploymentStatus</c>).</summary>
    private void SyncStatus(bool isRollout)
    {
        DeploymentStatus before = _deployment.Status, now = Counted(before);
        if (!HasDeadline)
        {
            if (isRollout) now = now with { ProgressReason = "", ProgressAt = TimeSpan.Zero };
        }
        else if (isRollout && !(now.Pods.Replicas == now.UpdatedReplicas && before.ProgressReason == ProgressReasons.Available))
        {
            if (DeploymentMath.IsComplete(_deployment, now)) now = WithReason(now, ProgressReasons.Available);
            else if (DeploymentMath.HasProgressed(before, now)) now = now with { ProgressReason = ProgressReasons.Updated, ProgressAt = Now };
            else if (IsTimedOut(now)) now = WithReason(now, ProgressReasons.TimedOut);
        }

        if (now != before)
        {
            if (!Write(_deployment with { Status = now })) return;
            if (now.ProgressReason == ProgressReasons.TimedOut && before.ProgressReason != now.ProgressReason) OnTimedOut();
        }
        else if (isRollout)
        {
            EnqueueAtDeadline(now);
        }

        if (isRollout && DeploymentMath.IsComplete(_deployment, now)) OnComplete();
    }

    private DeploymentStatus Counted(DeploymentStatus before)
    {
        int replicas = 0, ready = 0, available = 0;
        foreach (ReplicaSet set in _sets)
        {
            replicas += set.Status.Replicas;
            ready += set.Status.Ready;
            available += set.Status.Available;
        }

        return before with
        {
            Pods = new ReplicaStatus(replicas, ready, available, _deployment.Metadata.Generation),
            UpdatedReplicas = NewSet?.Status.Replicas ?? 0,
            IsAvailable = available >= _deployment.Replicas - DeploymentMath.MaxUnavailable(_deployment),
        };
    }

    private bool IsTimedOut(DeploymentStatus status) => status.ProgressReason switch
    {
        "" or ProgressReasons.Available => false,
        ProgressReasons.TimedOut => true,
        _ => status.ProgressAt + _deployment.ProgressDeadline < Now,
    };

    /// <summary>A rollout that stands still is looked at when its deadline has passed (<c>requeueStuckDeployment</c>).</summary>
    private void EnqueueAtDeadline(DeploymentStatus status)
    {
        if (!HasDeadline || status.ProgressReason is "" or ProgressReasons.TimedOut || DeploymentMath.IsComplete(_deployment, status)) return;
        TimeSpan after = status.ProgressAt + _deployment.ProgressDeadline - Now;
        EnqueueAfter(_deployment.Uid, (after > TimeSpan.Zero ? after : TimeSpan.Zero) + _options.DeadlineSlack);
    }

    private void OnTimedOut()
    {
        Context.Events.Warn(_deployment, ProgressReasons.TimedOut, $"{Key()} has timed out progressing.", Name);
        Record(FactKind.RolloutFailed, Revisions.Of(_deployment));
    }

    private void OnComplete()
    {
        long revision = Revisions.Of(_deployment);
        if (_completed.GetValueOrDefault(_deployment.Uid) == revision) return;
        _completed[_deployment.Uid] = revision;
        Record(FactKind.RolloutCompleted, revision);
    }

    private string Key() => NewSet is { } set ? $"ReplicaSet \"{set.Name}\"" : $"Deployment \"{_deployment.Name}\"";
}
