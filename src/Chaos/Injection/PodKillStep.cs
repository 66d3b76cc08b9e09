using SchedBench.Chaos.Plans;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Chaos.Injection;

/// <summary>Kills pods: of those that are there, the ones that the draws of the source take.</summary>
/// <remarks>A pod's draw goes by its name, which controllers draw for the whole run: two strategies that have the same pods lose the same ones.</remarks>
internal sealed record PodKillStep(TimeSpan At, int Fault, PodKillSource Source, ulong Seed) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        PodTarget target = Source.Pods;
        Pod[] pods =
        [
            .. run.Store.View.All(ResourceKind.Pod).Cast<Pod>()
                .Where(pod => pod.IsActive && !pod.Metadata.IsDeleting && (target.Namespace.Length == 0 || pod.Metadata.Namespace == target.Namespace) && target.Selector?.Matches(pod.Metadata.Labels) != false)
                .OrderBy(pod => pod.Key.ToString(), StringComparer.Ordinal),
        ];
        ulong time = (ulong)At.Ticks;
        foreach (Pod pod in Targeting.Choose(pods, pod => pod.Key.ToString(), target.Mode, target.Value, Draw.Stream(Seed, $"chaos/{Source.Draws}/pods"), time))
        {
            run.Facts.Mark(new Fact(FactKind.PodKilled, run.Loop.Now, new PodIndex(-1), checked((int)pod.Uid), pod.Node, Fault));
            if (run.Store.Delete(pod.Key, new DeleteOptions(pod.Uid, target.Grace)) is { } error) throw new RunStepException($"fault {Fault} ({Source.Name}): {error.Message}");
        }
    }
}
