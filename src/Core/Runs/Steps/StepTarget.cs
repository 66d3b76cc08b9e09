using SchedBench.Core.Objects;

namespace SchedBench.Core.Runs;

/// <summary>What steps do to objects, with errors that name the object.</summary>
internal static class StepTarget
{
    /// <summary>The object that a step is about.</summary>
    /// <exception cref="RunStepException">There is none.</exception>
    public static T Find<T>(OrchestratedRun run, ResourceKind kind, string ns, string name)
        where T : KubeObject
    {
        string place = ResourceKinds.All[(int)kind].IsNamespaced ? ns : "";
        return run.Store.View.Find<T>(kind, place, name) ?? throw new RunStepException($"{new ObjectKey(kind, place, name)} not found at {run.Loop.Now}");
    }

    /// <summary>Writes an object.</summary>
    /// <exception cref="RunStepException">The API refuses it.</exception>
    public static void Update(OrchestratedRun run, KubeObject next)
    {
        if (run.Store.Update(next) is { } error) throw new RunStepException($"{next.Key} could not be changed: {error.Message}");
    }
}
