using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording;

/// <summary>Writes of the store in the words of a timeline.</summary>
internal static class ChangeText
{
    public static IEnumerable<string> Of(in StoreChange change, FleetLayout fleet) => (change.Before, change.After) switch
    {
        (null, { } made) => [Created(made)],
        ({ }, null) => ["gone"],
        (Deployment before, Deployment after) => Changed(before, after).Concat(Updated(before.Status.Swarm, after.Status.Swarm)),
        (ReplicaSet before, ReplicaSet after) => Scaled(before.Replicas, after.Replicas).Concat(Updated(before.Status.Swarm, after.Status.Swarm)),
        (DaemonSet before, DaemonSet after) => Updated(before.Status.Swarm, after.Status.Swarm),
        (StatefulSet before, StatefulSet after) => Changed(before, after),
        (Job before, Job after) => Changed(before, after),
        (HorizontalPodAutoscaler before, HorizontalPodAutoscaler after) when before.DesiredReplicas != after.DesiredReplicas =>
            [before.DesiredReplicas == 0 ? $"wants {after.DesiredReplicas} replicas" : $"wants {after.DesiredReplicas} replicas instead of {before.DesiredReplicas}"],
        (Node before, Node after) => Changed(before, after),
        (Service before, Service after) when !Equals(before.Selector, after.Selector) => [$"selects {Text(after.Selector)}"],
        (Pod before, Pod after) => Changed(before, after, fleet),
        _ => [],
    };

    private static string Created(KubeObject made) => made switch
    {
        Deployment workload => $"created: {workload.Replicas} replicas of {Images(workload.Template)}",
        ReplicaSet workload => $"created: {workload.Replicas} replicas of {Images(workload.Template)}",
        StatefulSet workload => $"created: {workload.Replicas} replicas of {Images(workload.Template)}",
        Service service => $"created: selects {Text(service.Selector)}",
        _ => "created",
    };

    private static IEnumerable<string> Changed(Deployment before, Deployment after)
    {
        if (!ReferenceEquals(before.Template, after.Template) && Images(before.Template) != Images(after.Template)) yield return $"template: {Images(before.Template)} becomes {Images(after.Template)}";
        foreach (string scaled in Scaled(before.Replicas, after.Replicas)) yield return scaled;
        if (before.IsPaused != after.IsPaused) yield return after.IsPaused ? "paused" : "resumed";
        if (before.Status.IsAvailable != after.Status.IsAvailable) yield return after.Status.IsAvailable ? "available" : $"not available: {after.Status.Pods.Available} of {after.Replicas} pods";
    }

    private static IEnumerable<string> Changed(StatefulSet before, StatefulSet after)
    {
        if (!ReferenceEquals(before.Template, after.Template) && Images(before.Template) != Images(after.Template)) yield return $"template: {Images(before.Template)} becomes {Images(after.Template)}";
        foreach (string scaled in Scaled(before.Replicas, after.Replicas)) yield return scaled;
    }

    private static IEnumerable<string> Changed(Job before, Job after)
    {
        if (before.IsSuspended != after.IsSuspended) yield return after.IsSuspended ? "suspended" : "resumed";
        if (before.Status.Succeeded != after.Status.Succeeded) yield return $"{after.Status.Succeeded} of {after.Completions ?? 1} completions";
        if (before.Status.Failed != after.Status.Failed) yield return $"{after.Status.Failed} failed pods, {after.BackoffLimit} are tolerated";
        if (before.Status.FinishedAt is null && after.Status.FinishedAt is not null) yield return after.Status.HasFailed ? $"failed: {after.Status.Reason}" : "complete";
    }

    /// <summary>Updates of Docker Swarm, in the words of its <c>UpdateStatus</c>.</summary>
    private static IEnumerable<string> Updated(SwarmServiceStatus? before, SwarmServiceStatus? after)
    {
        if (after is null || before?.Update == after.Update || after.Update == SwarmUpdateState.None) yield break;
        yield return $"update of version {after.Version}: {after.Update}{(after.Message.Length > 0 ? $", {after.Message}" : "")}";
    }

    private static IEnumerable<string> Scaled(int before, int after)
    {
        if (before != after) yield return $"scaled from {before} to {after}";
    }

    private static IEnumerable<string> Changed(Node before, Node after)
    {
        if (before.IsCordoned != after.IsCordoned) yield return after.IsCordoned ? "cordoned" : "uncordoned";
        if (before.Taints != after.Taints) yield return after.Taints.Count == 0 ? "no taints" : $"taints: {string.Join(", ", after.Taints.Select(taint => $"{taint.Key}:{taint.Effect}"))}";
    }

    private static IEnumerable<string> Changed(Pod before, Pod after, FleetLayout fleet)
    {
        if (before.Node != after.Node) yield return $"bound to {fleet.Nodes[after.Node.Value].Name}";
        if (before.Status.Phase != after.Status.Phase) yield return after.Status.ExitCode == 0 ? Phase(after) : $"{Phase(after)}, exit code {after.Status.ExitCode}";
        if (before.Swarm?.Desired != after.Swarm?.Desired) yield return $"wanted {after.Swarm?.Desired}";
        if (before.Swarm?.State != after.Swarm?.State) yield return $"task {after.Swarm?.State}";
        if (before.Status.IsReady != after.Status.IsReady) yield return after.Status.IsReady ? "ready" : "not ready";
        // Unschedulable comes with a fact that says more.
        if (before.Status.Reason != after.Status.Reason && after.Status.Reason.Length > 0 && after.Status.Reason != "Unschedulable")
            yield return after.Status.Message.Length > 0 ? $"{after.Status.Reason}: {after.Status.Message}" : after.Status.Reason;
    }

    private static string Phase(Pod pod) => pod.Status.Phase.ToString().ToLowerInvariant();

    private static string Images(PodTemplate template) => string.Join(", ", template.Spec.Containers.Select(container => container.Image));

    private static string Text(LabelSelector? selector) =>
        selector is null ? "nothing" : string.Join(", ", selector.Requirements.Select(requirement => $"{requirement.Key}={string.Join('|', requirement.Values)}"));
}
