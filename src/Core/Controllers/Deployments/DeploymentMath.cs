using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>The arithmetic of rollouts (Kubernetes <c>pkg/controller/deployment/util/deployment_util.go</c>), as functions of numbers.</summary>
public static class DeploymentMath
{
    /// <summary>Pods that may exist beyond the wanted number, and pods that may be missing (<c>ResolveFenceposts</c>): surge rounds up, unavailable rounds down,
    /// and where both come out as zero one pod may be missing, so that a rollout can go on at all.</summary>
    /// <param name="strategy">Strategy.</param>
    /// <param name="replicas">Wanted pods.</param>
    public static (int Surge, int Unavailable) Fenceposts(DeploymentStrategy strategy, int replicas)
    {
        int surge = strategy.MaxSurge.Of(replicas, roundUp: true);
        int unavailable = strategy.MaxUnavailable.Of(replicas, roundUp: false);
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    /// <summary>Pods that may exist beyond the wanted number; none with Recreate (<c>MaxSurge</c>).</summary>
    public static int MaxSurge(Deployment deployment) => deployment.Strategy.IsRecreate ? 0 : Fenceposts(deployment.Strategy, deployment.Replicas).Surge;

    /// <summary>Pods that may be missing, at most the wanted number; none with Recreate (<c>MaxUnavailable</c>).</summary>
    public static int MaxUnavailable(Deployment deployment)
    {
        if (deployment.Strategy.IsRecreate || deployment.Replicas == 0) return 0;
        return Math.Min(Fenceposts(deployment.Strategy, deployment.Replicas).Unavailable, deployment.Replicas);
    }

    /// <summary>Size that the new ReplicaSet may have now (<c>NewRSNewReplicas</c>).</summary>
    /// <param name="deployment">Deployment.</param>
    /// <param name="allReplicas">Sum of the sizes of all its ReplicaSets.</param>
    /// <param name="newReplicas">Size of the new one.</param>
    public static int NewReplicas(Deployment deployment, int allReplicas, int newReplicas)
    {
        if (deployment.Strategy.IsRecreate) return deployment.Replicas;
        // The API refuses a literal zero and zero; percentages that come out as such leave the surge at zero here.
        int most = deployment.Replicas + deployment.Strategy.MaxSurge.Of(deployment.Replicas, roundUp: true);
        if (allReplicas >= most) return newReplicas;
        return newReplicas + Math.Min(most - allReplicas, deployment.Replicas - newReplicas);
    }

    /// <summary>What a ReplicaSet gets of a change of size in the middle of a rollout (<c>GetReplicaSetProportion</c>).</summary>
    /// <param name="deployment">Deployment, with its new size.</param>
    /// <param name="size">Size of the ReplicaSet.</param>
    /// <param name="maxBefore">Most pods before the change, by the ReplicaSet's annotation; null without one.</param>
    /// <param name="toAdd">Pods to add over all ReplicaSets; negative to take away.</param>
    /// <param name="added">What the ReplicaSets before it got.</param>
    public static int Proportion(Deployment deployment, int size, int? maxBefore, int toAdd, int added)
    {
        if (size == 0 || toAdd == 0 || toAdd == added) return 0;
        int fraction = Fraction(deployment, size, maxBefore);
        int allowed = toAdd - added;
        return toAdd > 0 ? Math.Min(fraction, allowed) : Math.Max(fraction, allowed);
    }

    private static int Fraction(Deployment deployment, int size, int? maxBefore)
    {
        if (deployment.Replicas == 0) return -size;
        long before = maxBefore is { } known and not 0 ? known : deployment.Status.Pods.Replicas;
        if (before == 0) return 0;
        long most = deployment.Replicas + MaxSurge(deployment);
        // Half up, as integer.RoundToInt32 does for what is not negative.
        return (int)(((2 * size * most) + before) / (2 * before)) - size;
    }

    /// <summary>Whether all pods are those of the newest template, available, and the old ones gone (<c>DeploymentComplete</c>).</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus status) =>
        status.UpdatedReplicas == deployment.Replicas
        && status.Pods.Replicas == deployment.Replicas
        && status.Pods.Available == deployment.Replicas
        && status.Pods.ObservedGeneration >= deployment.Metadata.Generation;

    /// <summary>Whether something came closer since the last status: more new pods, fewer old ones, more ready, more available (<c>DeploymentProgressing</c>).</summary>
    public static bool HasProgressed(DeploymentStatus before, DeploymentStatus now) =>
        now.UpdatedReplicas > before.UpdatedReplicas
        || now.Pods.Replicas - now.UpdatedReplicas < before.Pods.Replicas - before.UpdatedReplicas
        || now.Pods.Ready > before.Pods.Ready
        || now.Pods.Available > before.Pods.Available;

    /// <summary>Whether a ReplicaSet has the full size of its Deployment, by its own annotation too, and all its pods are available (<c>IsSaturated</c>).</summary>
    public static bool IsSaturated(Deployment deployment, ReplicaSet? set) =>
        set is not null
        && Revisions.DesiredReplicas(set) is { } desired
        && set.Replicas == deployment.Replicas
        && desired == deployment.Replicas
        && set.Status.Available == deployment.Replicas;
}
