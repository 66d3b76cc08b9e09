using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <summary>What the orchestrator remembers of a service: its slots with their tasks, what is under way. All of it can be made anew of the store, but for the counts of
/// restarts and of failures of an update, which swarmkit loses with its leader too.</summary>
internal sealed class SwarmBook
{
    /// <summary>Slots by number (by node of a global service), in order.</summary>
    public readonly SortedDictionary<int, SwarmSlot> Slots = [];

    /// <summary>Slots that something happened to.</summary>
    public readonly Queue<int> Touched = new();

    /// <summary>Slots that are looked at again at an instant.</summary>
    public readonly PriorityQueue<int, (TimeSpan At, int Slot)> Due = new();

    /// <summary>Specs of a global service's tasks, by node.</summary>
    public readonly Dictionary<int, PodSpec> Tied = [];

    /// <summary>Spec of the tasks of a version.</summary>
    public PodSpec? Spec;

    /// <summary>Labels of the tasks of a version: those of the template, and one that tells versions apart.</summary>
    public ValueList<Label> Labels;

    /// <summary>Version of <see cref="Spec"/>.</summary>
    public long SpecVersion;

    /// <summary>The template that all slots were compared with.</summary>
    public PodTemplate? Examined;

    /// <summary>Whether the comparison led to an update, or showed that none is needed.</summary>
    public bool IsExamined;

    /// <summary>The update under way, or one that stopped and whose last slots are not finished.</summary>
    public SwarmUpdate? Update;

    /// <summary>Slots that count as there.</summary>
    public int Counted;

    /// <summary>Slots with a task of the current template.</summary>
    public int Fresh;

    /// <summary>Slots of a job that are completed.</summary>
    public int Completed;

    /// <summary>Slots of a job that are not tried again.</summary>
    public int Exhausted;

    /// <summary>Tasks that failed.</summary>
    public int Failures;

    /// <summary>A slot, made when it is not there.</summary>
    public SwarmSlot SlotOf(int number)
    {
        if (!Slots.TryGetValue(number, out SwarmSlot? slot)) Slots.Add(number, slot = new SwarmSlot(number));
        return slot;
    }

    /// <summary>The slot is looked at by the next reconciliation.</summary>
    public void Touch(SwarmSlot slot)
    {
        if (slot.IsTouched) return;
        slot.IsTouched = true;
        Touched.Enqueue(slot.Number);
    }

    /// <summary>The slot is looked at again at an instant, or earlier.</summary>
    public void TouchAt(SwarmSlot slot, TimeSpan at)
    {
        if (slot.DueAt <= at) return;
        slot.DueAt = at;
        Due.Enqueue(slot.Number, (at, slot.Number));
    }
}

/// <summary>A slot of a service: the place of one task, and those that had it before.</summary>
/// <param name="number">Number from 1 on, or the node of a global service.</param>
internal sealed class SwarmSlot(int number)
{
    /// <summary>Its number.</summary>
    public readonly int Number = number;

    /// <summary>Its tasks, the oldest first.</summary>
    public readonly List<long> Tasks = [];

    /// <summary>Tasks made so far, for their names.</summary>
    public long Made;

    /// <summary>Whether it waits to be looked at.</summary>
    public bool IsTouched;

    /// <summary>When it is looked at again; the largest span for never.</summary>
    public TimeSpan DueAt = TimeSpan.MaxValue;

    /// <summary>When its history is looked at; null while it is short enough.</summary>
    public TimeSpan? ReapAt;

    /// <summary>Whether it counts as there: a task that is wanted, or one that ended and is not to be replaced.</summary>
    public bool Counts;

    /// <summary>Whether an update has something to do here.</summary>
    public bool IsDirty;

    /// <summary>Whether a task of the current template is wanted here.</summary>
    public bool IsFresh;

    /// <summary>Whether a task of a job has completed here.</summary>
    public bool IsComplete;

    /// <summary>Whether a job's task failed here and is not tried again.</summary>
    public bool IsExhausted;

    /// <summary>Version for which restarts are counted.</summary>
    public long RestartVersion;

    /// <summary>Restarts of that version.</summary>
    public int Restarts;

    /// <summary>Their instants, where a window counts them.</summary>
    public List<TimeSpan>? RestartedAt;
}

/// <summary>An update under way (swarmkit <c>manager/orchestrator/update/updater.go</c>).</summary>
/// <param name="config">How it goes.</param>
/// <param name="isRollback">Whether the version before comes back.</param>
internal sealed class SwarmUpdate(SwarmUpdateConfig config, bool isRollback)
{
    /// <summary>How it goes.</summary>
    public readonly SwarmUpdateConfig Config = config;

    /// <summary>Whether the version before comes back.</summary>
    public readonly bool IsRollback = isRollback;

    /// <summary>Slots that wait for a worker.</summary>
    public readonly Queue<int> Waiting = new();

    /// <summary>Workers, by the slot that each works on.</summary>
    public readonly Dictionary<int, Worker> Busy = [];

    /// <summary>Tasks of the update, with the instant at which each ran first; null while it has not.</summary>
    public readonly Dictionary<long, TimeSpan?> Updated = [];

    /// <summary>Slots that were to be updated.</summary>
    public int Total;

    /// <summary>Tasks of the update that failed while they were watched.</summary>
    public int Failures;

    /// <summary>Whether no further slot is begun.</summary>
    public bool IsStopped;

    /// <summary>When the last tasks have been watched long enough; null while slots are worked on.</summary>
    public TimeSpan? MonitorEndsAt;

    /// <summary>How long a task is watched: raised to a second beyond the delay when it is shorter.</summary>
    public TimeSpan Monitor { get; } = config.Monitor < config.Delay + TimeSpan.FromSeconds(1) ? config.Delay + TimeSpan.FromSeconds(1) : config.Monitor;

    /// <summary>Whether a slot is worked on, or waits for it.</summary>
    public bool HasToDo(int slot) => Busy.ContainsKey(slot) || Waiting.Contains(slot);

    /// <summary>Slots that are worked on at once.</summary>
    public int Parallelism => Config.Parallelism > 0 ? Config.Parallelism : int.MaxValue;

    /// <summary>What is done with one slot.</summary>
    /// <param name="task">The new task.</param>
    public sealed class Worker(long task)
    {
        /// <summary>The new task that it waits for.</summary>
        public readonly long Task = task;

        /// <summary>When it is free for the next slot; null while it waits for the task to run.</summary>
        public TimeSpan? FreeAt;
    }
}
