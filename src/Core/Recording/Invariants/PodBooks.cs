using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>The classes of pods in the judge's books; <see cref="None"/> is a free slot.</summary>
internal enum PodClass : byte
{
    None,
    Pending,
    Bound,
    Admitted,
    Running,
    Succeeded,
    Failed,
    Rejected,
    Unplaced,
}

/// <summary>What the judge knows of a live pod, from facts and the arrival plan.</summary>
internal struct PodEntry
{
    public int Uid;
    public PodSpec? Spec;
    public PodClass Class;
    public int Node;
    public DeviceSet Devices;
    public int Group;
    public TimeSpan AdmittedAt;
    public TimeSpan EndedAt;

    /// <summary>Node on which the scheduler assumed the pod, −1 before.</summary>
    public int AssumedNode;
    public DeviceSet AssumedDevices;

    /// <summary>Whether the scheduler knows that the pod was asked to leave.</summary>
    public bool IsLeaving;
}

/// <summary>Every pod in exactly one class, by slot, and how many have passed through each class.</summary>
internal sealed class PodBooks
{
    private readonly long[] _now = new long[(int)PodClass.Unplaced + 1];
    private PodEntry[] _entries = new PodEntry[256];

    /// <summary>Pods that arrived.</summary>
    public long Arrived { get; private set; }

    /// <summary>Pods whose slot is in use.</summary>
    public int Live { get; private set; }

    /// <summary>Largest number of slots in use at once.</summary>
    public int PeakLive { get; private set; }

    /// <summary>Pods assumed by the scheduler and not bound yet.</summary>
    public int InFlight { get; set; }

    /// <summary>The entry of a slot.</summary>
    public ref PodEntry this[int slot]
    {
        get
        {
            if (slot >= _entries.Length) Array.Resize(ref _entries, Math.Max(slot + 1, _entries.Length * 2));
            return ref _entries[slot];
        }
    }

    /// <summary>Pods in a class now; ended classes count pods for good.</summary>
    public long CountOf(PodClass podClass) => _now[(int)podClass];

    /// <summary>Sum over the classes: equal to <see cref="Arrived"/> as long as nobody is lost or counted twice.</summary>
    public long Classified => _now.Sum();

    /// <summary>Opens the entry of a pod that arrived.</summary>
    public void Open(int slot, int uid, PodSpec spec, int group)
    {
        this[slot] = new PodEntry { Uid = uid, Spec = spec, Class = PodClass.Pending, Node = -1, AssumedNode = -1, Group = group };
        _now[(int)PodClass.Pending]++;
        Arrived++;
        PeakLive = Math.Max(PeakLive, ++Live);
    }

    /// <summary>Moves a pod to another class.</summary>
    public void Move(int slot, PodClass to)
    {
        ref PodEntry entry = ref this[slot];
        _now[(int)entry.Class]--;
        entry.Class = to;
        _now[(int)to]++;
    }

    /// <summary>Closes the entry of a pod whose slot is free again. The pod stays counted in its class.</summary>
    public void Close(int slot)
    {
        this[slot] = default;
        Live--;
    }

    /// <summary>Whether the API truth's phase is the one of the class.</summary>
    public static bool Agree(PodClass podClass, PodPhase phase) => podClass switch
    {
        PodClass.None => phase == PodPhase.None,
        PodClass.Pending => phase == PodPhase.Pending,
        PodClass.Bound or PodClass.Admitted => phase == PodPhase.Bound,
        PodClass.Running => phase == PodPhase.Running,
        PodClass.Succeeded => phase == PodPhase.Succeeded,
        PodClass.Failed or PodClass.Rejected => phase == PodPhase.Failed,
        _ => phase == PodPhase.Unplaced,
    };
}
