using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <content>ConfigMaps and Secrets that containers name.</content>
public sealed partial class NodeAgent
{
    /// <summary>Version of a mounted ConfigMap or Secret that a pod's containers read now; 0 when it mounts none of that name. A variable of the environment keeps
    /// the value of the container's start.</summary>
    /// <remarks>A change reaches the files at the pod's first sync after it, up to <see cref="AgentOptions.SyncPeriod"/> later, plus the age of the cache.</remarks>
    public long MountedVersion(long podUid, in ObjectKey config) => _byUid.TryGetValue(podUid, out AgentPod? pod) ? _configs.VersionFor(pod, in config, _loop.Now) : 0;

    /// <summary>The first ConfigMap or Secret that a container's environment needs and that is not there, or null.</summary>
    private ObjectKey? MissingConfig(AgentPod pod, Container container)
    {
        foreach (ref readonly EnvironmentVariable variable in container.Environment.AsSpan())
        {
            if (variable.Source is not { } kind || variable.IsOptional) continue;
            ObjectKey key = ConfigKey(pod, kind, variable.SourceName);
            if (!Exists(in key) || (variable.SourceKey.Length > 0 && !HasKey(in key, variable.SourceKey))) return key;
        }

        return null;
    }

    private static ObjectKey ConfigKey(AgentPod pod, ResourceKind kind, string name) => new(kind, pod.Pod.Metadata.Namespace, name);

    private bool Exists(in ObjectKey key) => _configs.Find(in key) is not null;

    private bool HasKey(in ObjectKey key, string entry) => _configs.Find(in key) switch
    {
        ConfigMap map => map.Data.AsSpan().ToArray().Any(label => label.Key == entry),
        Secret secret => secret.Keys.AsSpan().Contains(entry),
        _ => false,
    };

    private void Miss(AgentPod pod, in ObjectKey key)
    {
        if (!_missing.TryGetValue(key, out List<long>? waiting)) _missing.Add(key, waiting = []);
        if (!waiting.Contains(pod.Uid)) waiting.Add(pod.Uid);
    }

    /// <summary>A ConfigMap or Secret is there: pods that miss it find it at their next try.</summary>
    private void WakeThoseThatMiss(in ObjectKey key)
    {
        if (!_missing.Remove(key, out List<long>? waiting)) return;
        foreach (long uid in waiting)
        {
            if (!_byUid.TryGetValue(uid, out AgentPod? pod)) continue;
            TimeSpan due = ProbeTrack.TickAt(pod.AdmittedAt, _loop.Now, _options.RetryPeriod);
            if (pod.Stage == PodStage.Waiting)
            {
                pod.RetryAt = due;
                Later(due, WaitDue, pod);
            }
            else if (pod.Stage == PodStage.Running)
            {
                for (int i = 0; i < pod.Containers.Length; i++)
                {
                    if (pod.Containers[i] is { Stage: ContainerStage.BackingOff, Reason: "CreateContainerConfigError" }) ArmRetry(pod, i, due);
                }
            }
        }
    }
}
