using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;

namespace SchedBench.Core.Runs;

/// <summary>Something that a user does to a cluster at an instant of a run.</summary>
/// <param name="At">When.</param>
public abstract record RunStep(TimeSpan At)
{
    /// <summary>Whether it is a call of the API: while that does not answer, whoever makes it tries again, and it is done when the API answers.</summary>
    public virtual bool IsCall => true;

    /// <summary>Age of the snapshot of the store that the step goes back to; zero for none.</summary>
    public virtual TimeSpan SnapshotAge => TimeSpan.Zero;

    /// <summary>Does it.</summary>
    /// <exception cref="RunStepException">It cannot be done.</exception>
    public abstract void Execute(OrchestratedRun run);
}

/// <summary>A step of a run was refused by the API: the experiment asks for something that is not possible.</summary>
public sealed class RunStepException : Exception
{
    /// <summary>Says which and why.</summary>
    public RunStepException(string message)
        : base(message)
    {
    }

    /// <summary>Says of which step of a run it is.</summary>
    internal RunStepException(RunStepException refused, TimeSpan at)
        : base($"{refused.Message} (the step at {DurationText.Format(at)})", refused)
    {
    }
}

/// <summary>Applies objects: those that are not there are created, the others get the spec, labels and annotations that are stated (<c>kubectl apply</c>).</summary>
/// <param name="At">When.</param>
/// <param name="Objects">Objects, in order.</param>
public sealed record ApplyStep(TimeSpan At, IReadOnlyList<KubeObject> Objects) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        foreach (KubeObject item in Objects)
        {
            if (run.Swarm is not null && SwarmSupport.Check(item) is { Level: SwarmSupportLevel.Refused } no) throw new RunStepException($"{item.Key} could not be applied under Docker Swarm: {no.Reason}");
            if (Apply(run.Store, item) is { } error) throw new RunStepException($"{item.Key} could not be applied: {error.Message}");
        }
    }

    /// <summary>Applies one object.</summary>
    public static ApiError? Apply(ObjectStore store, KubeObject wanted)
    {
        if (store.View.Find(wanted.Key) is not { } stored) return store.Create(wanted, out _);
        return store.Update(wanted.WithStatusOf(stored) with { Metadata = stored.Metadata with { Labels = wanted.Metadata.Labels, Annotations = wanted.Metadata.Annotations } });
    }
}
