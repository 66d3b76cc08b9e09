using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>Images and containers that nobody needs any more (<c>pkg/kubelet/images/image_gc_manager.go</c>, <c>kuberuntime_gc.go</c>).</content>
/// <remarks>An image is in use while a container of it is on the node, ended ones among them: those of an ended pod stay until its object is gone, or disk pressure removes them.
/// Looks come every 5 minutes, at a phase of the node; one is an event only when it would remove something. Differences: when an image came and when it was used last is known to the
/// tick (the kubelet notes it when it looks); images that are on every node beforehand take no room.</remarks>
public sealed partial class NodeAgent
{
    private const int EveryPercent = 100;

    private readonly Draw _gcPhases;
    private readonly Dictionary<(int Node, string Image), TimeSpan> _lastUse = [];
    private readonly HashSet<string> _inUse = new(StringComparer.Ordinal);

    /// <summary>The next look at images that removes one.</summary>
    private void ArmImageGc(int node, ref NodeDisk disk, double level, double growth)
    {
        if (_options.ImageGcHighPercent >= EveryPercent) return; // kubelet.go StartGarbageCollection: 100 turns it off
        // ceil(percent in use) ≥ the threshold, as the kubelet's integers have it.
        TimeSpan due = Crossing((DiskSize(node) / 100.0 * (_options.ImageGcHighPercent - 1)) - level, growth);
        if (due != TimeSpan.MaxValue && RemovableAt(node) is var removable && removable > due) due = removable;
        if (due != TimeSpan.MaxValue)
        {
            var phase = TimeSpan.FromTicks((long)_gcPhases.Below(Draw.Entity(_fleet.Nodes[node].Name), 0, (ulong)_options.ImageGcPeriod.Ticks));
            due = ProbeTrack.TickAt(phase - _options.ImageGcPeriod, due < _loop.Now ? _loop.Now : due, _options.ImageGcPeriod);
            if (due == _loop.Now && disk.GcLookedAt == due) due += _options.ImageGcPeriod;
        }

        if (due == disk.GcAt) return;
        disk.GcAt = due;
        if (due != TimeSpan.MaxValue) _loop.Schedule(due, new EventData(_handler, ImageGcDue, node));
    }

    private void OnImageGcDue(int node)
    {
        ref NodeDisk disk = ref _disks[node];
        if (disk.GcAt != _loop.Now) return;
        disk.GcAt = TimeSpan.MinValue;
        disk.GcLookedAt = _loop.Now;
        long size = DiskSize(node), available = Math.Max(0, size - (long)DiskOf(node).Level);
        if (100 - (int)((Int128)available * 100 / size) >= _options.ImageGcHighPercent) RemoveImages(node, (long)((Int128)size * (100 - _options.ImageGcLowPercent) / 100) - available);
        ArmDisk(node);
    }

    /// <summary>Removes images that no container uses, the one not used for longest first, until enough is free by their own sizes.</summary>
    private void RemoveImages(int node, long bytesToFree)
    {
        FindImagesInUse(node);
        NodeImage[] idle = [.. _runtime.ImagesOn(node).Where(image => !_inUse.Contains(image.Name)).OrderBy(image => LastUse(node, image)).ThenBy(image => image.Since)];
        long freed = 0;
        foreach (NodeImage image in idle)
        {
            if (freed >= bytesToFree) return;
            if (image.Since + _options.ImageGcMinAge > _loop.Now || LastUse(node, image) >= _loop.Now) continue;
            long before = _runtime.ImageBytes(node);
            _runtime.RemoveImage(node, image.Name);
            _lastUse.Remove((node, image.Name));
            _facts.Record(new Fact(FactKind.ImageRemoved, _loop.Now, default, -1, new(node), before - _runtime.ImageBytes(node)));
            freed += image.SizeBytes;
        }
    }

    /// <summary>When the first image may be removed, which may be past.</summary>
    private TimeSpan RemovableAt(int node)
    {
        TimeSpan first = TimeSpan.MaxValue;
        if (_runtime.ImagesOn(node).Count == 0) return first;
        FindImagesInUse(node);
        foreach (NodeImage image in _runtime.ImagesOn(node))
        {
            if (_inUse.Contains(image.Name)) continue;
            TimeSpan old = image.Since + _options.ImageGcMinAge, idle = LastUse(node, image) + TimeSpan.FromTicks(1);
            first = Earlier(first, old > idle ? old : idle);
        }

        return first;
    }

    private TimeSpan LastUse(int node, NodeImage image) => _lastUse.TryGetValue((node, image.Name), out TimeSpan at) ? at : TimeSpan.MinValue;

    private void FindImagesInUse(int node)
    {
        _inUse.Clear();
        foreach (AgentPod pod in PodsOn(node))
        {
            for (int i = 0; i < pod.Containers.Length; i++)
            {
                if (HoldsImage(pod, i)) _inUse.Add(ContainerOf(pod.Pod.Spec, i).Image);
            }
        }
    }

    private static bool HoldsImage(AgentPod pod, int i) => !pod.IsCleaned && (pod.Containers[i].Attempt > 0 || pod.Containers[i].Stage == ContainerStage.Pulling);

    private bool HasDeadContainers(int node)
    {
        foreach (AgentPod pod in PodsOn(node))
        {
            if (pod is { Stage: PodStage.Ended, IsCleaned: false, Containers.Length: > 0 }) return true;
        }

        return false;
    }

    /// <summary>Removes the containers of ended pods (<c>DeleteAllUnusedContainers</c>).</summary>
    private void RemoveDeadContainers(int node)
    {
        foreach (AgentPod pod in PodsOn(node))
        {
            if (pod is { Stage: PodStage.Ended, IsCleaned: false }) Clean(pod);
        }
    }

    private void Clean(AgentPod pod)
    {
        NoteImageUse(pod);
        pod.IsCleaned = true;
    }

    /// <summary>A pod is gone, and its containers with it.</summary>
    private void Discard(AgentPod pod)
    {
        if (pod.Containers.Length == 0 || DiskSize(pod.Node) == 0) return;
        NoteImageUse(pod);
        ArmDisk(pod.Node);
    }

    private void NoteImageUse(AgentPod pod)
    {
        if (DiskSize(pod.Node) == 0) return;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (HoldsImage(pod, i)) _lastUse[(pod.Node, ContainerOf(pod.Pod.Spec, i).Image)] = _loop.Now;
        }
    }
}
