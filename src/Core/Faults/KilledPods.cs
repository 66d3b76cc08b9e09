using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Faults;

/// <summary>Pods that are deleted.</summary>
internal sealed class KilledPods(OrchestratedRun run) : IWorldPart
{
    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is KillPodEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        TimeSpan? grace = ((KillPodEffect)effect).Grace;
        foreach (Pod pod in victims.Pods)
        {
            run.WhenApiAnswers(() =>
            {
                if (run.Store.Delete(pod.Key, new DeleteOptions(pod.Uid, grace)) is { Code: not ApiErrorCode.NotFound } error) throw new RunStepException($"fault {fault}: {error.Message}");
            });
        }
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        // What is deleted stays so.
    }
}
