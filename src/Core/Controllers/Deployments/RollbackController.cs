using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Which rollouts are undone without a user.</summary>
public sealed record RollbackOptions
{
    /// <summary>Whether all Deployments are; otherwise those with the annotation <see cref="RollbackController.OptInAnnotation"/> of <c>true</c>.</summary>
    public bool ForAll { get; init; }

    /// <summary>How long a failed rollout is left as it is before it is undone.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>Undoes a rollout whose progress deadline has passed: the Deployment gets the template of the revision before.</summary>
/// <remarks>Kubernetes says that a rollout failed and leaves the rest to its users; this is what such a user's automation does with <c>kubectl rollout undo</c>. A
/// rollback is never rolled back, and a Deployment without an earlier revision stays as it is.</remarks>
public sealed class RollbackController(RollbackOptions? options = null) : Controller
{
    /// <summary>Annotation of a Deployment that wants it.</summary>
    public const string OptInAnnotation = "rollback.schedbench/on-deadline";

    /// <summary>Annotation of a Deployment that was rolled back: the generation that the rollback made.</summary>
    public const string GenerationAnnotation = "rollback.schedbench/generation";

    private readonly RollbackOptions _options = options ?? new RollbackOptions();
    private readonly Dictionary<long, TimeSpan> _since = [];

    /// <inheritdoc/>
    public override string Name => "rollback-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is not Deployment deployment) return;
        if (change.After is null || deployment.Status.ProgressReason != ProgressReasons.TimedOut) _since.Remove(deployment.Uid);
        else if (_since.TryAdd(deployment.Uid, Now)) EnqueueAfter(deployment.Uid, _options.Delay);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _since.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not Deployment { IsPaused: false, Metadata.IsDeleting: false } deployment) return;
        if (deployment.Status.ProgressReason != ProgressReasons.TimedOut || deployment.Status.Pods.ObservedGeneration != deployment.Metadata.Generation) return;
        if (!_options.ForAll && deployment.Metadata.Annotations.ValueOf(OptInAnnotation) != "true") return;
        if (deployment.Metadata.Annotations.ValueOf(GenerationAnnotation) == Revisions.Text(deployment.Metadata.Generation)) return;
        if (Revisions.Find(View, deployment, null) is not { } before) return;
        Deployment undone = Revisions.Undo(deployment, before) with
        {
            Metadata = deployment.Metadata with
            {
                Annotations = deployment.Metadata.Annotations.With(GenerationAnnotation, Revisions.Text(deployment.Metadata.Generation + 1)),
            },
        };
        if (Api.Update(undone) is not null)
        {
            EnqueueAfter(uid, Context.RetryDelay);
            return;
        }

        Context.Facts.Record(new Fact(FactKind.RolledBack, Now, default, checked((int)uid), NodeIndex.None, Revisions.Of(before)));
        Context.Events.Tell(deployment, "DeploymentRollback", $"Rolled back deployment \"{deployment.Name}\" to revision {Revisions.Of(before)}", Name);
    }
}
