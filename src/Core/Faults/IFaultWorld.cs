using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>Whom a fault hits.</summary>
/// <param name="Nodes">Nodes; empty for effects on pods and on the cluster.</param>
/// <param name="Pods">Pods, as they were when the fault began; empty for the others.</param>
public sealed record FaultVictims(IReadOnlyList<NodeIndex> Nodes, IReadOnlyList<Pod> Pods)
{
    /// <summary>Nobody in particular: the cluster as a whole.</summary>
    public static FaultVictims Cluster { get; } = new([], []);
}

/// <summary>A world that suffers faults: what holds together is undone by <see cref="End"/>, whatever else holds then.</summary>
public interface IFaultWorld
{
    /// <summary>Faults that hold now.</summary>
    int Active { get; }

    /// <summary>Why an effect cannot be had here, or null. Asked before a run starts.</summary>
    string? Refuses(WorldEffect effect);

    /// <summary>A fault begins.</summary>
    /// <param name="fault">Its number, of no other fault that holds.</param>
    /// <param name="effect">What it does.</param>
    /// <param name="victims">Whom it hits.</param>
    /// <exception cref="Runs.RunStepException">It cannot be done.</exception>
    void Begin(int fault, WorldEffect effect, FaultVictims victims);

    /// <summary>A fault is over: what it did is undone, but for what others do. One that does not hold is no error: effects of an instant never do.</summary>
    void End(int fault);
}
