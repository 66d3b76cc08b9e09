using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Store;

/// <summary>Phase of a pod in the API truth.</summary>
/// <remarks><code>
/// Pending ──bind──► Bound ──agent starts it──► Running ──► Succeeded | Failed ──► (slot released)
///    │                └──agent refuses it──► Failed
///    └──never fits, one try only──► Unplaced
/// </code></remarks>
public enum PodPhase : byte
{
    /// <summary>The slot is free.</summary>
    None,

    /// <summary>Created, not bound.</summary>
    Pending,

    /// <summary>Bound to a node, not started.</summary>
    Bound,

    /// <summary>Started.</summary>
    Running,

    /// <summary>Completed.</summary>
    Succeeded,

    /// <summary>Ended with an error, or refused by the agent.</summary>
    Failed,

    /// <summary>Skipped for good: replays with a single try only.</summary>
    Unplaced,

    /// <summary>Ended or deleted, whatever it was: the scheduler's mirror of an object store does not follow what becomes of a bound pod.</summary>
    Gone,
}

/// <summary>A pod as the API truth holds it.</summary>
public struct PodRecord
{
    /// <summary>Ordinal of arrival in the run: never reused, the pod's identity for draws.</summary>
    public int Uid;

    /// <summary>Position in the workload's pod list; −1 for pods of an object store.</summary>
    public int Source;

    /// <summary>Stable identity for draws: the same under every strategy.</summary>
    public ulong Entity;

    /// <summary>Shape.</summary>
    public ShapeIndex Shape;

    /// <summary>Phase.</summary>
    public PodPhase Phase;

    /// <summary>How it will end.</summary>
    public PodOutcome Outcome;

    /// <summary>Node it is bound to, or none.</summary>
    public NodeIndex Node;

    /// <summary>GPU devices it holds there.</summary>
    public DeviceSet Devices;

    /// <summary>Priority.</summary>
    public int Priority;

    /// <summary>Index of its group, or −1.</summary>
    public int Group;

    /// <summary>Whether it pushes nobody out.</summary>
    public bool NeverPreempts;

    /// <summary>Version of the last write to this pod.</summary>
    public long ResourceVersion;

    /// <summary>Creation.</summary>
    public TimeSpan CreatedAt;

    /// <summary>Binding.</summary>
    public TimeSpan BoundAt;

    /// <summary>Start.</summary>
    public TimeSpan StartedAt;

    /// <summary>Service time once started; negative when it runs on.</summary>
    public TimeSpan Duration;
}

/// <summary>The API truth of pods: what the control plane has written down. Every write gets a version that only grows; a pod is bound at most once.</summary>
/// <remarks>Slots of released pods are used again, so the memory of a run is bounded by its live pods.</remarks>
public sealed class PodStore
{
    private readonly Stack<int> _free = new();
    private PodRecord[] _pods = new PodRecord[256];
    private int _used;

    /// <summary>Version of the last write.</summary>
    public long ResourceVersion { get; private set; }

    /// <summary>Live pods.</summary>
    public int Count => _used - _free.Count;

    /// <summary>Slots in use or free; slots run from 0 to this.</summary>
    public int SlotCount => _used;

    /// <summary>A pod's record, to read.</summary>
    public ref readonly PodRecord this[PodIndex pod] => ref _pods[pod.Value];

    /// <summary>Writes a new pending pod.</summary>
    internal PodIndex Create(int uid, int source, ShapeIndex shape, in PodArrival arrival, TimeSpan now)
    {
        PodIndex pod = Allocate();
        _pods[pod.Value] = new PodRecord
        {
            Uid = uid,
            Source = source,
            Entity = (ulong)uid,
            Shape = shape,
            Phase = PodPhase.Pending,
            Outcome = arrival.Outcome,
            Node = NodeIndex.None,
            Priority = arrival.Spec.Priority,
            Group = arrival.Group,
            NeverPreempts = arrival.Spec.PreemptionPolicy == PreemptionPolicy.Never,
            CreatedAt = now,
            Duration = arrival.Duration ?? TimeSpan.FromTicks(-1),
            ResourceVersion = ++ResourceVersion,
        };
        return pod;
    }

    /// <summary>Writes a new pending pod of an object store.</summary>
    internal PodIndex Create(int uid, ulong entity, ShapeIndex shape, PodSpec spec, TimeSpan now)
    {
        PodIndex pod = Allocate();
        _pods[pod.Value] = new PodRecord
        {
            Uid = uid,
            Source = -1,
            Entity = entity,
            Shape = shape,
            Phase = PodPhase.Pending,
            Node = NodeIndex.None,
            Priority = spec.Priority,
            Group = -1,
            NeverPreempts = spec.PreemptionPolicy == PreemptionPolicy.Never,
            CreatedAt = now,
            Duration = TimeSpan.FromTicks(-1),
            ResourceVersion = ++ResourceVersion,
        };
        return pod;
    }

    /// <summary>Writes the binding; it never changes afterwards.</summary>
    /// <exception cref="InvalidOperationException">The pod is not pending.</exception>
    internal void Bind(PodIndex pod, NodeIndex node, DeviceSet devices, TimeSpan now)
    {
        ref PodRecord record = ref Write(pod, PodPhase.Pending, PodPhase.Bound);
        record.Node = node;
        record.Devices = devices;
        record.BoundAt = now;
    }

    /// <summary>Writes that the agent started the pod.</summary>
    internal void Start(PodIndex pod, TimeSpan now) => Write(pod, PodPhase.Bound, PodPhase.Running).StartedAt = now;

    /// <summary>Writes the end of a running pod.</summary>
    internal void Finish(PodIndex pod) =>
        Write(pod, PodPhase.Running, _pods[pod.Value].Outcome == PodOutcome.Failed ? PodPhase.Failed : PodPhase.Succeeded);

    /// <summary>Writes that the agent refused the bound pod.</summary>
    internal void Reject(PodIndex pod) => Write(pod, PodPhase.Bound, PodPhase.Failed);

    /// <summary>Writes that the pod will not be tried again.</summary>
    internal void GiveUp(PodIndex pod) => Write(pod, PodPhase.Pending, PodPhase.Unplaced);

    /// <summary>Writes that a pod ended or was deleted, whatever it was.</summary>
    internal void End(PodIndex pod) => Write(pod, _pods[pod.Value].Phase, PodPhase.Gone);

    /// <summary>Forgets an ended pod; nobody refers to its slot any more.</summary>
    internal void Release(PodIndex pod)
    {
        ref PodRecord record = ref _pods[pod.Value];
        if (record.Phase is PodPhase.None or PodPhase.Pending or PodPhase.Bound or PodPhase.Running)
            throw new InvalidOperationException($"Pod {record.Uid} is {record.Phase} and cannot be released.");
        record.Phase = PodPhase.None;
        _free.Push(pod.Value);
    }

    private PodIndex Allocate()
    {
        if (_free.TryPop(out int slot)) return new PodIndex(slot);
        if (_used == _pods.Length) Array.Resize(ref _pods, _used * 2);
        return new PodIndex(_used++);
    }

    private ref PodRecord Write(PodIndex pod, PodPhase expected, PodPhase next)
    {
        ref PodRecord record = ref _pods[pod.Value];
        if (record.Phase != expected) throw new InvalidOperationException($"Pod {record.Uid} is {record.Phase}; {next} follows {expected} only.");
        record.Phase = next;
        record.ResourceVersion = ++ResourceVersion;
        return ref record;
    }
}
