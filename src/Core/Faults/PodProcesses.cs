using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>Pods whose processes are exchanged, killed, or share their machine's share with something else.</summary>
internal sealed class PodProcesses(SimulatedRuntime runtime, NodeAgent agents, bool isSwarm) : IWorldPart
{
    private readonly SortedDictionary<int, (WorldEffect Effect, IReadOnlyList<Pod> Pods)> _faults = [];
    private readonly Dictionary<int, List<(ContainerId Id, int Handle)>> _stressed = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is FailPodEffect or KillContainerEffect or StressPodEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) =>
        isSwarm && effect is FailPodEffect ? "a task of Docker Swarm has one container, which is never exchanged: containerKill ends it" : null;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        if (effect is KillContainerEffect kill)
        {
            foreach (Pod pod in victims.Pods) Kill(pod, kill.Container);
            return;
        }

        _faults.Add(fault, (effect, victims.Pods));
        if (effect is FailPodEffect)
        {
            foreach (Pod pod in victims.Pods) Exchange(pod);
            return;
        }

        Slow(victims.Pods);
        if (((StressPodEffect)effect).MemoryBytes is > 0 and var bytes) _stressed.Add(fault, [.. victims.Pods.SelectMany(pod => TakeMemory(pod, bytes))]);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out (WorldEffect Effect, IReadOnlyList<Pod> Pods) held)) return;
        if (held.Effect is FailPodEffect)
        {
            foreach (Pod pod in held.Pods) Exchange(pod);
            return;
        }

        Slow(held.Pods);
        if (!_stressed.Remove(fault, out List<(ContainerId Id, int Handle)>? containers)) return;
        foreach ((ContainerId id, int handle) in containers) AddMemory(id, handle, -((StressPodEffect)held.Effect).MemoryBytes);
    }

    private void Kill(Pod pod, string container)
    {
        foreach (int handle in runtime.HandlesOf(pod))
        {
            if (container.Length == 0 || runtime.StartOf(handle).Container.Name == container) runtime.Kill(handle);
        }
    }

    /// <summary>The containers that start from now on do nothing while a fault says so; those that run are stopped for them.</summary>
    private void Exchange(Pod pod)
    {
        bool isPaused = _faults.Values.Any(fault => fault.Effect is FailPodEffect && fault.Pods.Any(other => other.Uid == pod.Uid));
        if (runtime.SetPaused(pod.Uid, isPaused)) agents.ExchangeContainers(pod.Uid);
    }

    /// <summary>Threads of equal standing share a CPU, those of all faults together: what is left is what they do not want, and no less than an equal share.</summary>
    private void Slow(IReadOnlyList<Pod> pods)
    {
        foreach (Pod pod in pods)
        {
            double wanted = 0, workers = 0, milli = CpuOf(pod);
            foreach ((WorldEffect effect, IReadOnlyList<Pod> hit) in _faults.Values)
            {
                if (effect is not StressPodEffect { CpuWorkers: > 0 } stress || !hit.Any(other => other.Uid == pod.Uid)) continue;
                wanted += stress.CpuWorkers * stress.CpuLoad * 10.0;
                workers += stress.CpuWorkers;
            }

            runtime.SetPodSlowness(pod, milli / Math.Max(milli - wanted, milli / (1 + workers)));
        }
    }

    /// <summary>The CPU that a pod may use, in milli: its limits, or what it requested, at least a tenth of a CPU.</summary>
    private static double CpuOf(Pod pod)
    {
        long limit = 0;
        foreach (Container container in pod.Spec.Containers)
        {
            if (container.CpuMilliLimit is not { } own) return Math.Max(100, pod.Spec.CpuMilli);
            limit += own;
        }

        return Math.Max(100, limit);
    }

    private List<(ContainerId Id, int Handle)> TakeMemory(Pod pod, long bytes)
    {
        var containers = new List<(ContainerId, int)>();
        foreach (int handle in runtime.HandlesOf(pod))
        {
            ContainerStart start = runtime.StartOf(handle);
            if (start.Container.Name != pod.Spec.Containers[0].Name) continue;
            containers.Add((start.Id, handle));
            AddMemory(start.Id, handle, bytes);
        }

        return containers;
    }

    /// <summary>A container that has ended since has not got the memory any more.</summary>
    private void AddMemory(ContainerId id, int handle, long bytes)
    {
        if (runtime.StartOf(handle) is not { Pod: not null } start || start.Id != id) return;
        agents.AddMemory(id, bytes);
        runtime.AddExtraMemory(handle, bytes);
    }
}
