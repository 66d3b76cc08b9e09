using SchedBench.Core.Cluster;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>What observers of decisions need to know of a run, whether it replays a trace or runs Kubernetes objects.</summary>
public sealed class DecisionScene
{
    private DecisionScene(FleetLayout fleet, SchedulingStrategy strategy, Func<TimeSpan> now, Func<PodIndex, string?> nameOf, Func<PodIndex, string?> pathOf) =>
        (Fleet, Strategy, Now, NameOf, PathOf) = (fleet, strategy, now, nameOf, pathOf);

    internal FleetLayout Fleet { get; }

    internal SchedulingStrategy Strategy { get; }

    internal Func<TimeSpan> Now { get; }

    /// <summary>Name of the pod of a slot.</summary>
    internal Func<PodIndex, string?> NameOf { get; }

    /// <summary>As <see cref="NameOf"/>, with the namespace before it where that is not the default one.</summary>
    internal Func<PodIndex, string?> PathOf { get; }

    /// <summary>The scene of a replayed trace.</summary>
    public static DecisionScene Of(ClusterRun run)
    {
        string? NameOf(PodIndex slot) => run.Arrivals.Workload.Pods.Span[run.Store[slot].Source].Name;
        return new DecisionScene(run.Fleet, run.Strategy, () => run.Loop.Now, NameOf, NameOf);
    }

    /// <summary>The scene of a run of Kubernetes objects.</summary>
    public static DecisionScene Of(OrchestratedRun run) => new(
        run.Fleet, run.Strategy, () => run.Loop.Now, slot => run.PodAt(slot)?.Name,
        slot => run.PodAt(slot) is { } pod ? pod.Metadata.Namespace is "" or "default" ? pod.Name : $"{pod.Metadata.Namespace}/{pod.Name}" : null);
}
