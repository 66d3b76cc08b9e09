using System.Globalization;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <content>What a pod may have on the disk: sizeLimit of its emptyDirs, limits of ephemeral storage of its containers and of all of them together (<c>eviction_manager.go</c>,
/// <c>localStorageEviction</c>).</content>
public sealed partial class NodeAgent
{
    /// <summary>When a pod will have written more than it may, and what is said of it when it has. Critical pods are never evicted.</summary>
    private (TimeSpan At, string? Message) LimitOf(AgentPod pod)
    {
        PodSpec spec = pod.Pod.Spec;
        if (pod.Stage != PodStage.Running || spec.Priority >= CriticalPriority) return (TimeSpan.MaxValue, null);
        TimeSpan at = TimeSpan.MaxValue;
        for (int v = 0; v < spec.Volumes.Count; v++)
        {
            if (spec.Volumes[v] is not { Kind: VolumeKind.EmptyDir, IsInMemory: false, SizeLimitBytes: { } limit }) continue;
            (long used, double growth) = VolumeUse(pod, v);
            if (used > limit) return (_loop.Now, $"Usage of EmptyDir volume \"{spec.Volumes[v].Name}\" exceeds the limit \"{Text(limit)}\".");
            at = Earlier(at, Crossing(limit - used, growth));
        }

        long total = 0, ofInit = 0;
        bool hasLimit = false;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (ContainerOf(spec, i).EphemeralStorageBytesLimit is not { } limit) continue;
            if (i >= spec.InitContainers.Count || spec.InitContainers[i].IsSidecar) total += limit;
            else ofInit = Math.Max(ofInit, limit);
            hasLimit = true;
        }

        total = Math.Max(total, ofInit);

        if (!hasLimit) return (at, null);
        long all = DiskBytesOf(pod);
        if (all > total) return (_loop.Now, $"Pod ephemeral local storage usage exceeds the total limit of containers {Text(total)}.");
        at = Earlier(at, Crossing(total - all, DiskGrowthOf(pod)));
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (ContainerOf(spec, i).EphemeralStorageBytesLimit is not { } limit) continue;
            long own = OwnBytesOf(in pod.Containers[i]);
            if (own > limit) return (_loop.Now, $"Container {ContainerOf(spec, i).Name} exceeded its local ephemeral storage limit \"{Text(limit)}\".");
            at = Earlier(at, Crossing(limit - own, OwnGrowthOf(in pod.Containers[i])));
        }

        return (at, null);
    }

    private (long Bytes, double Growth) VolumeUse(AgentPod pod, int volume)
    {
        long bytes = 0;
        double growth = 0;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (VolumeOf(pod.Pod.Spec, i) != volume) continue;
            bytes += VolumeBytesOf(in pod.Containers[i]);
            growth += VolumeGrowthOf(in pod.Containers[i]);
        }

        return (bytes, growth);
    }

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);
}
