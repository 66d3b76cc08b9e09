using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>Memory of nodes, and the eviction that its lack leads to.</content>
public sealed partial class NodeAgent
{
    /// <summary>Pods of this priority are critical: they are not evicted (<c>system-critical</c>).</summary>
    private const int CriticalPriority = 2_000_000_000;

    private readonly NodePressure[] _pressure;
    private readonly Func<AgentPod, long> _memoryOverRequest;

    /// <summary>Memory of a node's containers as a line over time.</summary>
    private struct NodePressure
    {
        public double Level;
        public double Growth;
        public TimeSpan At;
        public TimeSpan DueAt;
        public TimeSpan SeenAt;
        public bool IsSet;
    }

    private void CountMemory(int node, double bytes, double growth)
    {
        if (_fleet.MemoryBytes[node] == 0 || _swarm is not null) return;
        ref NodePressure pressure = ref _pressure[node];
        pressure.Level = LevelOf(in pressure) + bytes;
        pressure.Growth += growth;
        pressure.At = _loop.Now;
        ArmPressure(node, ref pressure);
    }

    private double LevelOf(in NodePressure pressure) => pressure.Level + (pressure.Growth * (_loop.Now - pressure.At).TotalSeconds);

    /// <summary>The next look at the node's memory that finds something: too much is used, or the condition may be lifted.</summary>
    private void ArmPressure(int node, ref NodePressure pressure)
    {
        double left = _fleet.MemoryBytes[node] - LevelOf(in pressure);
        TimeSpan due = TimeSpan.MaxValue;
        if (left < 0) due = _loop.Now;
        else if (pressure.Growth > 0 && left / pressure.Growth < 1e9) due = _loop.Now + TimeSpan.FromSeconds(left / pressure.Growth) + TimeSpan.FromTicks(1);
        if (pressure.IsSet && pressure.SeenAt + _options.PressureTransition < due && left >= 0) due = pressure.SeenAt + _options.PressureTransition;
        if (due == TimeSpan.MaxValue)
        {
            pressure.DueAt = due;
            return;
        }

        if (due < _loop.Now) due = _loop.Now;
        due = ProbeTrack.TickAt(_relistPhase[node], due, _options.PressurePeriod);
        if (due == _loop.Now && pressure.SeenAt == due) due += _options.PressurePeriod;
        if (due == pressure.DueAt) return;
        pressure.DueAt = due;
        _loop.Schedule(due, new EventData(_handler, PressureDue, node));
    }

    /// <summary>Looks at the node's memory: sets the condition and evicts one pod, or lifts it (<c>pkg/kubelet/eviction</c>).</summary>
    /// <remarks><c>memory.available &lt; 100 Mi</c> is met when containers use more than the node's allocatable memory: allocatable is capacity less that threshold.</remarks>
    private void OnPressureDue(int node)
    {
        ref NodePressure pressure = ref _pressure[node];
        if (pressure.DueAt != _loop.Now) return;
        pressure.DueAt = TimeSpan.MinValue;
        if (LevelOf(in pressure) > _fleet.MemoryBytes[node])
        {
            pressure.SeenAt = _loop.Now;
            SetPressure(node, true);
            if (FindVictim(node, _memoryOverRequest) is { } victim) Evict(victim, "The node was low on resource: memory.", 0);
        }
        else if (pressure.IsSet && _loop.Now - pressure.SeenAt >= _options.PressureTransition)
        {
            SetPressure(node, false);
        }

        ArmPressure(node, ref _pressure[node]);
    }

    private void SetPressure(int node, bool isSet)
    {
        if (_pressure[node].IsSet == isSet) return;
        _pressure[node].IsSet = isSet;
        _facts.Record(new Fact(FactKind.NodePressureChanged, _loop.Now, default, -1, new(node), isSet ? 1 : 0));
        WriteNodeReady(node);
    }

    private void Evict(AgentPod pod, string message, long cause)
    {
        pod.Reason = "Evicted";
        pod.Message = message;
        pod.Disruption = "TerminationByKubelet";
        Record(FactKind.PodEvictedByPressure, pod, cause);
        Warn(pod, pod.Reason, pod.Message);
        BeginStop(pod, StopCause.Evicted, LeastGrace);
    }

    /// <summary>Who goes first: those that use more of a resource than they requested, then lower priority, then by how much more (<c>eviction/helpers.go</c>).</summary>
    /// <param name="node">Node.</param>
    /// <param name="overRequest">Use of a pod above its request, in bytes.</param>
    private AgentPod? FindVictim(int node, Func<AgentPod, long> overRequest)
    {
        AgentPod? first = null;
        long firstOver = 0;
        foreach (AgentPod pod in PodsOn(node))
        {
            // One eviction at a time: the next look comes when what the last one used is free.
            if (pod is { Stage: PodStage.Stopping, Cause: StopCause.Evicted }) return null;
            if (pod.Stage is not PodStage.Running || pod.Pod.Spec.Priority >= CriticalPriority) continue;
            long over = overRequest(pod);
            if (first is null || Compare(pod, over, first, firstOver) < 0) (first, firstOver) = (pod, over);
        }

        return first;
    }

    private static int Compare(AgentPod left, long leftOver, AgentPod right, long rightOver)
    {
        if (leftOver > 0 != rightOver > 0) return leftOver > 0 ? -1 : 1;
        int byPriority = left.Pod.Spec.Priority.CompareTo(right.Pod.Spec.Priority);
        if (byPriority != 0) return byPriority;
        return leftOver != rightOver ? rightOver.CompareTo(leftOver) : left.Uid.CompareTo(right.Uid);
    }

    private long MemoryOf(AgentPod pod)
    {
        long sum = 0;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (Runs(in pod.Containers[i])) sum += MemoryOf(in pod.Containers[i]);
        }

        return sum;
    }
}
