using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>The disk of nodes: the condition DiskPressure, and the eviction that its lack leads to (<c>pkg/kubelet/eviction</c>).</content>
/// <remarks>
/// A node has one disk for images, writable layers, logs and emptyDirs (nodefs and imagefs are one); its size is the ephemeral storage that the node offers, and a node that states
/// none has a disk without bounds. Looks are those of the eviction manager, every 10 s; one that could find nothing new is no event. Inodes are not counted.
/// </remarks>
public sealed partial class NodeAgent
{
    private readonly NodeDisk[] _disks;
    private readonly Func<AgentPod, long> _diskOverRequest;

    /// <summary>What an agent knows of its disk.</summary>
    private struct NodeDisk
    {
        public TimeSpan DueAt;
        public TimeSpan LookedAt;
        public TimeSpan SeenAt;
        public TimeSpan GcAt;
        public TimeSpan GcLookedAt;
        public bool IsAbove;
        public bool IsSet;
    }

    /// <summary>Bytes in use on a node's disk now.</summary>
    public long DiskBytesOf(NodeIndex node) => (long)DiskOf(node.Value).Level;

    /// <summary>Bytes that a pod has on the disk of its node now: writable layers, logs and emptyDirs.</summary>
    public long DiskBytesOf(long uid) => _byUid.TryGetValue(uid, out AgentPod? pod) ? DiskBytesOf(pod) : 0;

    private long DiskSize(int node) => _fleet.Nodes[node].EphemeralStorageBytes;

    /// <summary>Above so many bytes the disk is short.</summary>
    private double PressureLevel(long size) => size == 0 ? double.MaxValue : size / 100.0 * (100 - Math.Max(_options.NodeFsAvailablePercent, _options.ImageFsAvailablePercent));

    private (double Level, double Growth) DiskOf(int node)
    {
        double level = _runtime.ImageBytes(node) + _filledDisk.GetValueOrDefault(node), growth = 0;
        foreach (AgentPod pod in PodsOn(node))
        {
            level += DiskBytesOf(pod);
            growth += DiskGrowthOf(pod);
        }

        return (level, growth);
    }

    private long DiskBytesOf(AgentPod pod)
    {
        if (pod.IsCleaned) return 0;
        long sum = 0;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            sum += OwnBytesOf(in run) + (pod.Stage == PodStage.Ended ? 0 : VolumeBytesOf(in run));
        }

        return sum;
    }

    private double DiskGrowthOf(AgentPod pod)
    {
        double growth = 0;
        for (int i = 0; i < pod.Containers.Length; i++) growth += OwnGrowthOf(in pod.Containers[i]) + VolumeGrowthOf(in pod.Containers[i]);
        return growth;
    }

    /// <summary>Writable layer and logs of a container.</summary>
    private long OwnBytesOf(in ContainerRun run) =>
        run.Disk.IsAny ? run.Disk.WritableBytes + (long)(run.Disk.WritableGrowth * SecondsOf(in run)) + LogBytesOf(in run) : 0;

    private double OwnGrowthOf(in ContainerRun run) => !Runs(in run) ? 0 : run.Disk.WritableGrowth + (LogBytesOf(in run) < _options.LogBytesMax ? run.Disk.LogGrowth : 0);

    private long LogBytesOf(in ContainerRun run) => (long)Math.Min(_options.LogBytesMax, run.Disk.LogGrowth * SecondsOf(in run));

    /// <summary>What a container and those before it wrote to its emptyDir.</summary>
    private long VolumeBytesOf(in ContainerRun run) => run.VolumeBytesKept + run.Disk.VolumeBytes + (long)(run.Disk.VolumeGrowth * SecondsOf(in run));

    private static double VolumeGrowthOf(in ContainerRun run) => Runs(in run) ? run.Disk.VolumeGrowth : 0;

    private double SecondsOf(in ContainerRun run) => Math.Max(0, ((Runs(in run) ? _loop.Now : run.EndedAt) - run.StartedAt).TotalSeconds);

    /// <summary>What a process that has just started writes: nothing to an emptyDir when it mounts none.</summary>
    private static DiskUsage DiskFrom(AgentPod pod, int i, DiskUsage usage) =>
        VolumeOf(pod.Pod.Spec, i) < 0 ? usage with { VolumeBytes = 0, VolumeGrowth = 0 } : usage;

    /// <summary>The emptyDir that a container writes to: the first that it mounts, −1 without one.</summary>
    private static int VolumeOf(PodSpec spec, int container)
    {
        foreach (ref readonly VolumeMount mount in ContainerOf(spec, container).Mounts.AsSpan())
        {
            for (int v = 0; v < spec.Volumes.Count; v++)
            {
                if (spec.Volumes[v].Kind == VolumeKind.EmptyDir && !spec.Volumes[v].IsInMemory && spec.Volumes[v].Name == mount.Volume) return v;
            }
        }

        return -1;
    }

    /// <summary>A pod is over: its emptyDirs are gone; the containers of an evicted one are removed at once, those of others with their pod.</summary>
    private void OnDiskReleased(AgentPod pod)
    {
        if (pod.Cause == StopCause.Evicted) Clean(pod);
        if (DiskSize(pod.Node) > 0) ArmDisk(pod.Node);
    }

    /// <summary>The next look at the node's disk that finds something: it is short, a pod is over its limits, or the condition may be lifted.</summary>
    private void ArmDisk(int node)
    {
        ref NodeDisk disk = ref _disks[node];
        long size = DiskSize(node);
        (double level, double growth) = DiskOf(node);
        TimeSpan due = TimeSpan.MaxValue;
        foreach (AgentPod pod in PodsOn(node)) due = Earlier(due, LimitOf(pod).At);
        bool isAbove = level > PressureLevel(size);
        if (disk.IsSet && disk.IsAbove && !isAbove) disk.SeenAt = LastLook(node);
        disk.IsAbove = isAbove;
        if (!isAbove) due = Earlier(due, Crossing(PressureLevel(size) - level, growth));
        else if (!disk.IsSet || FindVictim(node, _diskOverRequest) is not null || HasDeadContainers(node)) due = _loop.Now;
        else due = Earlier(due, RemovableAt(node));
        if (disk.IsSet && !isAbove) due = Earlier(due, disk.SeenAt + _options.PressureTransition);
        if (size > 0) ArmImageGc(node, ref disk, level, growth);
        if (due != TimeSpan.MaxValue)
        {
            due = ProbeTrack.TickAt(_relistPhase[node], due < _loop.Now ? _loop.Now : due, _options.PressurePeriod);
            if (due == _loop.Now && disk.LookedAt == due) due += _options.PressurePeriod;
        }

        if (due == disk.DueAt) return;
        disk.DueAt = due;
        if (due != TimeSpan.MaxValue) _loop.Schedule(due, new EventData(_handler, DiskDue, node));
    }

    /// <summary>A look of the eviction manager at the disk: condition, limits of pods, then images before pods.</summary>
    private void OnDiskDue(int node)
    {
        ref NodeDisk disk = ref _disks[node];
        if (disk.DueAt != _loop.Now) return;
        disk.DueAt = TimeSpan.MinValue;
        disk.LookedAt = _loop.Now;
        double most = PressureLevel(DiskSize(node));
        bool isAbove = DiskOf(node).Level > most;
        if (isAbove) disk.SeenAt = _loop.Now;
        disk.IsAbove = isAbove;
        if (isAbove || _loop.Now - disk.SeenAt >= _options.PressureTransition) SetDiskPressure(node, isAbove);
        if (!EvictOverLimits(node) && isAbove)
        {
            RemoveDeadContainers(node);
            RemoveImages(node, long.MaxValue);
            if (DiskOf(node).Level > most && FindVictim(node, _diskOverRequest) is { } victim) Evict(victim, "The node was low on resource: ephemeral-storage.", 1);
        }

        ArmDisk(node);
    }

    private void SetDiskPressure(int node, bool isSet)
    {
        if (_disks[node].IsSet == isSet) return;
        _disks[node].IsSet = isSet;
        _facts.Record(new Fact(FactKind.NodeDiskPressureChanged, _loop.Now, default, -1, new(node), isSet ? 1 : 0));
        WriteNodeReady(node);
    }

    /// <summary>Evicts all pods that wrote more than they may (<c>localStorageEviction</c>).</summary>
    private bool EvictOverLimits(int node)
    {
        bool any = false;
        foreach (AgentPod pod in PodsOn(node).ToArray())
        {
            if (LimitOf(pod) is not { Message: { } message }) continue;
            Evict(pod, message, 2);
            any = true;
        }

        return any;
    }

    /// <summary>The last look at or before now.</summary>
    private TimeSpan LastLook(int node)
    {
        TimeSpan next = ProbeTrack.TickAt(_relistPhase[node], _loop.Now, _options.PressurePeriod);
        return next == _loop.Now ? next : next - _options.PressurePeriod;
    }

    /// <summary>The instant just after so many bytes more have been written.</summary>
    private TimeSpan Crossing(double bytesLeft, double growth)
    {
        if (bytesLeft < 0) return _loop.Now;
        return growth > 0 && bytesLeft / growth < 1e9 ? _loop.Now + TimeSpan.FromSeconds(bytesLeft / growth) + TimeSpan.FromTicks(1) : TimeSpan.MaxValue;
    }

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
