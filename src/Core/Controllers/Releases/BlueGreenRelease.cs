using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Controllers;

/// <summary>A blue/green release under way.</summary>
/// <remarks><code>
/// Starting: pin the Service to the old version, bring up the new side at full size
///    │ all available           │ deadline
/// Watching: Service switched   ▼
///    │ hold over      │ bad   Aborting: Service back at once, new side to 0
/// Promoting: old side to 0
/// </code></remarks>
internal sealed class BlueGreenRelease(ReleaseController controller, BlueGreenPlan plan, Deployment deployment) : Release(controller, plan, deployment)
{
    private bool _isSwitched;

    internal override void Advance()
    {
        if (Old is not { } old || Front is null || (Phase == ReleasePhase.Watching && New is null)) Abort(ReleaseAbortReason.ObjectGone);
        else if (Phase == ReleasePhase.Starting) Start(old);
        else if (Phase == ReleasePhase.Watching) Watch();
        else if (Phase == ReleasePhase.Promoting && EnsureSize(old, 0)) Enter(ReleasePhase.Promoted);
        if (Phase == ReleasePhase.Aborting) TakeBack();
    }

    private void Start(Deployment old)
    {
        if (VersionOf(old) is not { } oldVersion || !EnsureSelects(oldVersion) || !EnsureNew(old, FullSize)) return;
        if (New is { } side && IsUp(side) && VersionOf(side) is { } version)
        {
            if (!EnsureSelects(version)) return;
            _isSwitched = true;
            Controller.Tell(this, FactKind.ReleaseSwitched, 1);
            Enter(ReleasePhase.Watching);
        }
        else if (IsLate())
        {
            Abort(ReleaseAbortReason.Deadline);
        }
    }

    private void Watch()
    {
        TimeSpan end = Since + plan.Hold;
        if (!Judge(end)) return;
        if (Controller.Instant >= end) Enter(ReleasePhase.Promoting);
        else WaitUntil(end);
    }

    private void TakeBack()
    {
        if (Old is not { } old)
        {
            // Nothing to go back to: what is there stays.
            Enter(ReleasePhase.Aborted);
            return;
        }

        if (Front is not null)
        {
            if (VersionOf(old) is { } version && !EnsureSelects(version)) return;
            if (_isSwitched) Controller.Tell(this, FactKind.ReleaseSwitched, 0);
            _isSwitched = false;
        }

        if (!EnsureSize(New, 0)) return;
        // Only now may the Service's own selector come back: it would match the new side as well.
        if (New is { } side && (side.Status.Pods.Replicas > 0 || side.Status.Pods.ObservedGeneration < side.Metadata.Generation)) return;
        if (Front is not null && !EnsureSelects(null)) return;
        Enter(ReleasePhase.Aborted);
    }
}
