using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Deletes finished jobs after their time (Kubernetes <c>pkg/controller/ttlafterfinished/ttlafterfinished_controller.go</c>): with all their pods first.</summary>
public sealed class TtlAfterFinishedController : Controller
{
    /// <inheritdoc/>
    public override string Name => "ttl-after-finished-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.After is Job { TtlAfterFinished: not null, Status.FinishedAt: not null, Metadata.IsDeleting: false } job) Enqueue(job.Uid);
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Job { TtlAfterFinished: { } ttl, Status.FinishedAt: { } finished, Metadata.IsDeleting: false } job) return;
        TimeSpan left = finished + ttl - Now;
        if (left > TimeSpan.Zero) EnqueueAfter(uid, left);
        else if (Api.Delete(job.Key, new DeleteOptions(job.Uid, Propagation: Propagation.Foreground)) is { Code: not ApiErrorCode.NotFound }) EnqueueAfter(uid, Context.RetryDelay);
    }
}
