using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>The node itself: crashes and returns, memory and the eviction that its lack leads to.</content>
public sealed partial class NodeAgent
{
    /// <summary>Exit code of a container whose end nobody saw.</summary>
    private const int UnknownExitCode = 255;

    /// <summary>Pods of this priority are critical: they are not evicted (<c>system-critical</c>).</summary>
    private const int CriticalPriority = 2_000_000_000;

    private readonly NodePressure[] _pressure;
    private readonly List<AgentPod> _ranked = [];

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

    /// <inheritdoc/>
    void INodeHealthListener.OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        const NodeTrouble noAgent = NodeTrouble.Down | NodeTrouble.AgentHung;
        const NodeTrouble noWay = noAgent | NodeTrouble.CutOff;
        if ((after & ~before & NodeTrouble.Down) != NodeTrouble.None) Crash(node);
        if ((before & noAgent) != NodeTrouble.None && (after & noAgent) == NodeTrouble.None) Return(node, before);
        const NodeTrouble silent = noWay | NodeTrouble.HeartbeatsLost;
        if ((before & silent) != NodeTrouble.None && (after & silent) == NodeTrouble.None) _loop.Schedule(_heartbeats.NextAt(node, _loop.Now), new EventData(_handler, NodeStatusDue, node));
        if ((before & noWay) == NodeTrouble.None || (after & noWay) != NodeTrouble.None) return;
        foreach (AgentPod pod in PodsOn(node))
        {
            pod.IsUnwritten |= pod.Stage is PodStage.Running or PodStage.Stopping;
            Enqueue(pod);
        }
    }

    private List<AgentPod> PodsOn(int node) => _onNode[node] ?? [];

    private void Hold(int node, in EventData data)
    {
        if (!_held.TryGetValue(node, out List<EventData>? held)) _held.Add(node, held = []);
        held.Add(data);
    }

    /// <summary>The machine is off: containers are gone, and so is all that the agent was about to do.</summary>
    private void Crash(int node)
    {
        _held.Remove(node);
        _pressure[node] = new NodePressure { IsSet = _pressure[node].IsSet, SeenAt = _pressure[node].SeenAt };
        foreach (AgentPod pod in PodsOn(node))
        {
            _lives[pod.Slot] = ++pod.Life;
            pod.WriteAt = TimeSpan.MinValue;
            for (int i = 0; i < pod.Containers.Length; i++)
            {
                ref ContainerRun run = ref pod.Containers[i];
                run.Probes = null;
                run.ProbeAt = TimeSpan.MinValue;
                run.IsReady = run.HasStarted = false;
                if (run.Stage is ContainerStage.Pulling or ContainerStage.BackingOff) run.Stage = run.Restarts > 0 ? ContainerStage.Ended : ContainerStage.Idle;
                if (run.Stage is not (ContainerStage.Starting or ContainerStage.Running)) continue;
                run.Stage = ContainerStage.Ended;
                run.ExitCode = UnknownExitCode;
                run.EndedAt = _loop.Now;
                run.Backoff = TimeSpan.Zero;
            }
        }
    }

    /// <summary>The agent works again: what waited happens now; after a crash it starts every pod's containers anew, init containers first.</summary>
    private void Return(int node, NodeTrouble before)
    {
        if (_held.Remove(node, out List<EventData>? held))
        {
            foreach (EventData data in held) HandleLate(in data);
        }

        AgentPod[] pods = [.. PodsOn(node)];
        foreach (AgentPod pod in pods)
        {
            if ((before & NodeTrouble.Down) != NodeTrouble.None) Reboot(pod);
            else SkipProbes(pod);
        }
    }

    private void HandleLate(in EventData data)
    {
        if (data.Kind < NodeStatusDue && _pods[data.Subject] is { } pod && pod.Life == LifeOf(data.Argument))
        {
            int i = (int)(data.Argument >> 20) & 0xFFF;
            // Deadlines that passed while the agent stood still are due now.
            TimeSpan now = _loop.Now;
            if (i < pod.Containers.Length)
            {
                ref ContainerRun run = ref pod.Containers[i];
                if (data.Kind == Retry && run.RetryAt > TimeSpan.MinValue && run.RetryAt < now) run.RetryAt = now;
                if (data.Kind == KillDue && run.KillAt > TimeSpan.MinValue && run.KillAt < now) run.KillAt = now;
            }

            if (data.Kind == DeadlineDue && pod.DeadlineAt < now) pod.DeadlineAt = now;
            if (data.Kind == WaitDue && pod.RetryAt < now) pod.RetryAt = now;
            if (data.Kind == WriteDue && pod.WriteAt > TimeSpan.MinValue && pod.WriteAt < now) pod.WriteAt = now;
        }

        if (data.Kind == PressureDue && _pressure[data.Subject].DueAt < _loop.Now) _pressure[data.Subject].DueAt = _loop.Now;
        _loop.Schedule(_loop.Now, in data);
    }

    private void SkipProbes(AgentPod pod)
    {
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (run.Probes is not { } probes || !Runs(in run)) continue;
            if (probes.Startup.IsOn) probes.Startup.Skip(_loop.Now, _runtime.Probe(run.Handle, ProbeKind.Startup));
            if (probes.Readiness.IsOn) probes.Readiness.Skip(_loop.Now, _runtime.Probe(run.Handle, ProbeKind.Readiness));
            if (probes.Liveness.IsOn) probes.Liveness.Skip(_loop.Now, _runtime.Probe(run.Handle, ProbeKind.Liveness));
            ArmProbe(pod, i);
        }
    }

    private void Reboot(AgentPod pod)
    {
        PodSpec spec = pod.Pod.Spec;
        if (pod.Stage is PodStage.Waiting or PodStage.Running) ArmDeadline(pod, spec);
        if (pod.Stage == PodStage.Stopping)
        {
            CheckStopped(pod);
            return;
        }

        if (pod.Stage == PodStage.Waiting) TryStart(pod);
        // A pod that is to go is stopped by the sync that follows.
        if (pod.Stage != PodStage.Running || pod.Known is not { Metadata.IsDeleting: false }) return;
        if (spec.RestartPolicy == RestartPolicy.Never)
        {
            BeginStop(pod, StopCause.Completed, spec.TerminationGrace);
            return;
        }

        pod.InitDone = 0;
        for (int i = 0; i < spec.InitContainers.Count; i++)
        {
            if (!spec.InitContainers[i].IsSidecar) pod.Containers[i].Stage = ContainerStage.Idle;
        }

        Advance(pod);
        UpdateStatus(pod);
    }

    /// <summary>The node says that it is well, and whether it has memory.</summary>
    private void WriteNodeReady(int node)
    {
        if (!_health.HasHeartbeats(node) || FindNode(node) is not { } stored) return;
        Node next = stored with { HasMemoryPressure = _pressure[node].IsSet };
        if (stored.IsReady != true) next = next with { IsReady = true, ReadySince = _loop.Now };
        if (_store.Update(next) is null && stored.IsReady != true)
            _facts.Record(new Fact(FactKind.NodeReady, _loop.Now, default, -1, new(node), 0));
    }

    private Node? FindNode(int node) => _store.View.Find<Node>(ResourceKind.Node, "", _fleet.Nodes[node].Name);

    private void CountMemory(int node, double bytes, double growth)
    {
        if (_fleet.MemoryBytes[node] == 0) return;
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
            if (FindVictim(node) is { } victim) Evict(victim);
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

    private void Evict(AgentPod pod)
    {
        pod.Reason = "Evicted";
        pod.Message = "The node was low on resource: memory.";
        pod.Disruption = "TerminationByKubelet";
        Record(FactKind.PodEvictedByPressure, pod, 0);
        BeginStop(pod, StopCause.Evicted, LeastGrace);
    }

    /// <summary>Those that use more than they requested first, then lower priority, then by how much more.</summary>
    private AgentPod? FindVictim(int node)
    {
        _ranked.Clear();
        foreach (AgentPod pod in PodsOn(node))
        {
            // One eviction at a time: the next look comes when the last one's memory is free.
            if (pod is { Stage: PodStage.Stopping, Cause: StopCause.Evicted }) return null;
            if (pod.Stage is PodStage.Running && pod.Pod.Spec.Priority < CriticalPriority) _ranked.Add(pod);
        }

        AgentPod? first = null;
        foreach (AgentPod pod in _ranked)
        {
            if (first is null || Compare(pod, first) < 0) first = pod;
        }

        return first;
    }

    private int Compare(AgentPod left, AgentPod right)
    {
        long leftOver = MemoryOf(left) - left.Pod.Spec.MemoryBytes, rightOver = MemoryOf(right) - right.Pod.Spec.MemoryBytes;
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
