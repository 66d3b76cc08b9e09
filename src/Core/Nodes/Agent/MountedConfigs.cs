using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Nodes;

/// <summary>ConfigMaps and Secrets as agents know them, with the versions of the last while, so that what a pod's files show can be told without an event.</summary>
internal sealed class MountedConfigs(AgentOptions options)
{
    private readonly Dictionary<ObjectKey, List<(TimeSpan At, KubeObject? Object)>> _history = [];

    /// <summary>The object as it is known now, or null.</summary>
    public KubeObject? Find(in ObjectKey key) => _history.TryGetValue(key, out List<(TimeSpan, KubeObject? Object)>? versions) ? versions[^1].Object : null;

    public void OnChange(in StoreChange change, TimeSpan now)
    {
        ObjectKey key = change.Object.Key;
        if (!_history.TryGetValue(key, out List<(TimeSpan At, KubeObject? Object)>? versions)) _history.Add(key, versions = []);
        versions.Add((now, change.After));
        // Every pod has synced within a period and the age of the cache: what was replaced before that nobody reads any more.
        TimeSpan horizon = now - options.SyncPeriod - options.ConfigCacheTtl;
        while (versions.Count > 1 && versions[1].At < horizon) versions.RemoveAt(0);
    }

    public void OnMounted(AgentPod pod, TimeSpan now) => pod.MountedAt = now;

    /// <summary>Version that the files of a pod show.</summary>
    public long VersionFor(AgentPod pod, in ObjectKey key, TimeSpan now)
    {
        if (pod.Stage is not (PodStage.Running or PodStage.Stopping) || !Mounts(pod, in key)) return 0;
        TimeSpan synced = now < pod.MountedAt + options.SyncPeriod ? pod.MountedAt : pod.MountedAt + (options.SyncPeriod * ((now - pod.MountedAt).Ticks / options.SyncPeriod.Ticks));
        TimeSpan known = synced == pod.MountedAt ? synced : synced - options.ConfigCacheTtl;
        if (known < pod.MountedAt) known = pod.MountedAt;
        if (!_history.TryGetValue(key, out List<(TimeSpan At, KubeObject? Object)>? versions)) return 0;
        long version = 0;
        foreach ((TimeSpan at, KubeObject? config) in versions)
        {
            // A removed ConfigMap leaves the files as they are.
            if (at <= known && config is not null) version = config.Metadata.ResourceVersion;
        }

        return version;
    }

    private static bool Mounts(AgentPod pod, in ObjectKey key)
    {
        if (key.Namespace != pod.Pod.Metadata.Namespace) return false;
        foreach (ref readonly Volume volume in pod.Pod.Spec.Volumes.AsSpan())
        {
            ResourceKind? kind = volume.Kind switch { VolumeKind.ConfigMap => ResourceKind.ConfigMap, VolumeKind.Secret => ResourceKind.Secret, _ => null };
            if (kind == key.Kind && volume.Source == key.Name) return true;
        }

        return false;
    }
}
