using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <summary>What becomes of a pod template when Docker Swarm runs it as a task.</summary>
/// <remarks>
/// A task has no priority, no deadline and no restart of its own: the orchestrator replaces it. Its container's readiness probe, or else its liveness probe, is its
/// health check: healthy once it passed, unhealthy after its failures in a row; failures within the start period (initial delay, and what a startup probe allows) do
/// not count. Docker looks for the first time one interval after the start. A toleration of <c>node.kubernetes.io/unschedulable</c> goes: nothing is placed on a
/// node that is paused or drained.
/// </remarks>
internal static class SwarmTaskSpec
{
    private const string Unschedulable = "node.kubernetes.io/unschedulable";
    private static readonly TimeSpan KubernetesGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SwarmGrace = TimeSpan.FromSeconds(10);

    /// <summary>The spec of a service's tasks; make it once a version, so that they share it.</summary>
    public static PodSpec Of(in SwarmService service, long version, SwarmOptions options)
    {
        PodSpec spec = service.Template.Spec;
        return spec with
        {
            App = service.App,
            AppVersion = version,
            RestartPolicy = RestartPolicy.Never,
            Priority = 0,
            PriorityClassName = "",
            PreemptionPolicy = PreemptionPolicy.Never,
            ActiveDeadline = null,
            TerminationGrace = options.StopGrace ?? (spec.TerminationGrace == KubernetesGrace ? SwarmGrace : spec.TerminationGrace),
            Tolerations = [.. spec.Tolerations.Where(toleration => !ToleratesCordon(in toleration))],
            Containers = [.. spec.Containers.Select(WithHealthCheck)],
        };
    }

    /// <summary>Whether a toleration would place tasks on a node that is paused or drained.</summary>
    internal static bool ToleratesCordon(in Toleration toleration)
    {
        var cordon = new Taint(Unschedulable, "", TaintEffect.NoSchedule);
        return toleration.Tolerates(in cordon);
    }

    private static Container WithHealthCheck(Container container)
    {
        if ((container.Readiness ?? container.Liveness) is not { } check) return container with { Startup = null, PreStopSleep = null };
        TimeSpan start = check.InitialDelay;
        if (container.Startup is { } startup) start += startup.InitialDelay + (startup.Period * startup.FailureThreshold);
        long grace = (start.Ticks + check.Period.Ticks - 1) / check.Period.Ticks;
        Probe steady = check with { InitialDelay = TimeSpan.Zero, SuccessThreshold = 1 };
        return container with
        {
            Startup = steady with { InitialDelay = check.Period, FailureThreshold = (int)Math.Min(int.MaxValue, check.FailureThreshold + grace) },
            Readiness = container.Readiness is null ? null : steady,
            Liveness = steady,
            PreStopSleep = null,
        };
    }
}
