using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>State of a task of Docker Swarm, in the order in which it goes through them (swarmkit <c>api/types.proto</c>, <c>TaskState</c>); also what is wanted of it.</summary>
public enum SwarmTaskState : byte
{
    /// <summary>Made.</summary>
    New,

    /// <summary>Waits for the scheduler.</summary>
    Pending,

    /// <summary>Has a node.</summary>
    Assigned,

    /// <summary>The node has taken it in.</summary>
    Accepted,

    /// <summary>Its image is being fetched.</summary>
    Preparing,

    /// <summary>Prepared, not started.</summary>
    Ready,

    /// <summary>Its container is being started, or is not known to be healthy yet.</summary>
    Starting,

    /// <summary>Runs, and is healthy if it has a health check.</summary>
    Running,

    /// <summary>Ended by itself with exit code 0.</summary>
    Complete,

    /// <summary>Stopped because it was told to.</summary>
    Shutdown,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>The node refused it.</summary>
    Rejected,

    /// <summary>Wanted only: stopped, and then forgotten.</summary>
    Remove,

    /// <summary>Its node was down for so long that nobody waits for it any more.</summary>
    Orphaned,
}

/// <summary>What Docker Swarm knows of a task beside what any pod has (swarmkit <c>api/objects.proto</c>, <c>Task</c>). Immutable.</summary>
/// <remarks>
/// A task is a pod that its service owns. What is wanted of it only grows:
/// <code>
/// Ready ─► Running (jobs: Complete) ─► Shutdown: a deletion that waits for its finalizer, so that the ended task stays as history
///    └──────────────┴───────────────────► Remove: a deletion
/// </code>
/// </remarks>
public sealed record SwarmTask
{
    /// <summary>Finalizer that keeps an ended task as history until the task reaper takes it away.</summary>
    public const string HistoryFinalizer = "swarm.schedbench/history";

    /// <summary>Slot of a replicated service or job, from 1 on; 0 for a global service.</summary>
    public int Slot { get; init; }

    /// <summary>Node of a task of a global service; none otherwise.</summary>
    public NodeIndex TiedTo { get; init; } = NodeIndex.None;

    /// <summary>Version of the service that it was made of.</summary>
    public long Version { get; init; }

    /// <summary>The template that it was made of, as the service stated it.</summary>
    public required PodTemplate Definition { get; init; }

    /// <summary>What is wanted: Ready, Running, Complete (jobs), Shutdown or Remove.</summary>
    public SwarmTaskState Desired { get; init; }

    /// <summary>What its agent last said; New before it said anything. <see cref="StateOf"/> knows the states before it too.</summary>
    public SwarmTaskState State { get; init; }

    /// <summary>A task that is wanted Ready is started no earlier than this.</summary>
    public TimeSpan NotBefore { get; init; }

    /// <summary>Identity of the task that must have stopped before this one is started; 0 for none.</summary>
    public long After { get; init; }

    /// <summary>Whether the task is to run, now or soon: nobody has told it to go.</summary>
    public bool IsWanted => Desired is SwarmTaskState.Ready or SwarmTaskState.Running or SwarmTaskState.Complete;

    /// <summary>State of a task: as its agent says, before that Assigned with a node and Pending without.</summary>
    /// <param name="pod">A pod of Docker Swarm.</param>
    /// <exception cref="InvalidOperationException">The pod is none.</exception>
    public static SwarmTaskState StateOf(Pod pod)
    {
        SwarmTask task = pod.Swarm ?? throw new InvalidOperationException($"{pod.Key} is no task of Docker Swarm.");
        if (task.State != SwarmTaskState.New) return task.State;
        return pod.Node.IsNode ? SwarmTaskState.Assigned : SwarmTaskState.Pending;
    }

    /// <summary>Whether a pod is a task that has stopped for good.</summary>
    public static bool HasStopped(Pod pod) => pod.HasEnded || pod.Swarm is { State: > SwarmTaskState.Running };
}
