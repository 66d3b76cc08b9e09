
namespace SchedBench.Core.Nodes;

/// <content>What faults do on a node beside its containers: memory and disk that something else takes, containers that are exchanged.</content>
public sealed partial class NodeAgent
{
    private readonly Dictionary<int, double> _filledMemory = [];
    private readonly Dictionary<int, double> _filledDisk = [];
    private readonly HashSet<long> _exchangeLater = [];
    private readonly Dictionary<int, TimeSpan> _clocks = [];

    /// <summary>The clock of a node is so far ahead from now on, or behind when it is below zero.</summary>
    internal void SetClock(int node, TimeSpan offset)
    {
        if (offset == TimeSpan.Zero) _clocks.Remove(node);
        else _clocks[node] = offset;
    }

    /// <summary>What the clock of a node shows now.</summary>
    private TimeSpan ClockOf(int node) => _clocks.Count == 0 ? _loop.Now : _loop.Now + _clocks.GetValueOrDefault(node);

    /// <summary>Something beside the pods takes so much of a node's memory from now on, in bytes. A machine that starts anew has it back.</summary>
    internal void SetFilledMemory(int node, double bytes)
    {
        double before = _filledMemory.GetValueOrDefault(node);
        if (bytes == 0) _filledMemory.Remove(node);
        else _filledMemory[node] = bytes;
        if (bytes != before) CountMemory(node, bytes - before, 0);
    }

    /// <summary>Something beside images and pods takes so much of a node's disk from now on, in bytes.</summary>
    internal void SetFilledDisk(int node, double bytes)
    {
        if (bytes == 0) _filledDisk.Remove(node);
        else _filledDisk[node] = bytes;
        if (DiskSize(node) > 0 && _health.HasAgent(node)) ArmDisk(node);
    }

    /// <summary>The containers of a pod are stopped and started again at once, whatever its restart policy, as after a change of their images (<c>containerChanged</c>). An agent that stands still does it when it goes
    /// on, unless they are as they were by then.</summary>
    internal void ExchangeContainers(long uid)
    {
        if (!_byUid.TryGetValue(uid, out AgentPod? pod) || pod.Stage != PodStage.Running) return;
        if (!_health.HasAgent(pod.Node))
        {
            if ((_health[pod.Node] & NodeTrouble.Down) == NodeTrouble.None && !_exchangeLater.Remove(uid)) _exchangeLater.Add(uid);
            return;
        }

        for (int i = pod.Pod.Spec.InitContainers.Count; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (!Runs(in run)) continue;
            run.MustRestart = true;
            run.Backoff = TimeSpan.Zero;
            StopContainer(pod, i, pod.Pod.Spec.TerminationGrace);
        }
    }

    /// <summary>Something else in a container takes so much more memory, in bytes, or gives it back. One that has been started again since has not got it.</summary>
    /// <param name="id">The container as it was when this began.</param>
    /// <param name="bytes">Bytes more, or less.</param>
    internal void AddMemory(ContainerId id, long bytes)
    {
        if (Find(in id) is not { } pod || !Runs(in pod.Containers[id.Container])) return;
        pod.Containers[id.Container].MemoryBytes += bytes;
        CountMemory(pod.Node, bytes, 0);
    }
}
