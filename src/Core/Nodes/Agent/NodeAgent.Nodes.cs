using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>The node itself: crashes and returns, and what it says of itself.</content>
public sealed partial class NodeAgent
{
    /// <summary>Exit code of a container whose end nobody saw.</summary>
    private const int UnknownExitCode = 255;

    private readonly HashSet<int> _rebooting = [];

    /// <inheritdoc/>
    void INodeHealthListener.OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        const NodeTrouble noAgent = NodeTrouble.Down | NodeTrouble.AgentHung;
        const NodeTrouble noWay = noAgent | NodeTrouble.CutOff;
        if ((after & ~before & NodeTrouble.Down) != NodeTrouble.None) Crash(node);
        if ((before & noAgent) != NodeTrouble.None && (after & noAgent) == NodeTrouble.None) Return(node);
        if ((after & noWay) == NodeTrouble.None && _rebooting.Remove(node))
        {
            foreach (AgentPod pod in PodsOn(node).ToArray()) Reboot(pod);
        }

        const NodeTrouble silent = noWay | NodeTrouble.HeartbeatsLost;
        if ((before & silent) != NodeTrouble.None && (after & silent) == NodeTrouble.None) _loop.Schedule(_heartbeats.NextAt(node, _loop.Now), new EventData(_handler, NodeStatusDue, node));
        if ((before & noWay) == NodeTrouble.None || (after & noWay) != NodeTrouble.None) return;
        foreach (AgentPod pod in PodsOn(node))
        {
            pod.IsUnwritten |= pod.Stage is PodStage.Running or PodStage.Stopping;
            Enqueue(pod);
        }
    }

    /// <summary>What the agent checks before it takes a pod in is what it knows of its node: labels, size, taints. Pods that are there stay.</summary>
    private void FollowNode(Node node, Node? before)
    {
        int n = node.Index.Value;
        if (before is null || before.Metadata.Labels != node.Metadata.Labels) Truth.SetLabels(n, node.Metadata.Labels);
        if (before is null || !ReferenceEquals(before.Spec, node.Spec)) Truth.SetSize(n, node.Spec);
        if (before is null || before.Taints != node.Taints) Truth.SetTaints(n, node.Taints);
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
        _rebooting.Add(node);
        // An agent that starts anew knows of no pressure; the node says so when it is back.
        if (_pressure[node].IsSet) _facts.Record(new Fact(FactKind.NodePressureChanged, _loop.Now, default, -1, new(node), 0));
        _pressure[node] = default;
        _filledMemory.Remove(node);
        if (_disks[node].IsSet) _facts.Record(new Fact(FactKind.NodeDiskPressureChanged, _loop.Now, default, -1, new(node), 0));
        _disks[node] = default;
        foreach (AgentPod pod in PodsOn(node))
        {
            _exchangeLater.Remove(pod.Uid);
            _lives[pod.Slot] = ++pod.Life;
            pod.WriteAt = TimeSpan.MinValue;
            pod.IsSent = false;
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

    /// <summary>The agent works again: what waited happens now. After a crash it knows of no pod until it reaches the control plane; then it starts every pod's
    /// containers anew, init containers first.</summary>
    private void Return(int node)
    {
        if (_held.Remove(node, out List<EventData>? held))
        {
            foreach (EventData data in held) HandleLate(in data);
        }

        ArmDisk(node);
        if (_rebooting.Contains(node)) return;
        foreach (AgentPod pod in PodsOn(node)) SkipProbes(pod);
        foreach (AgentPod pod in PodsOn(node).ToArray())
        {
            if (_exchangeLater.Remove(pod.Uid)) ExchangeContainers(pod.Uid);
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

        if (data.Kind == DiskDue && _disks[data.Subject].DueAt < _loop.Now) _disks[data.Subject].DueAt = _loop.Now;
        if (data.Kind == ImageGcDue && _disks[data.Subject].GcAt < _loop.Now) _disks[data.Subject].GcAt = _loop.Now;
        if (data.Kind == PressureDue && _pressure[data.Subject].DueAt < _loop.Now) _pressure[data.Subject].DueAt = _loop.Now;
        _loop.Schedule(_loop.Now, in data);
    }

    private void SkipProbes(AgentPod pod)
    {
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (run.Probes is not { } probes || !Runs(in run)) continue;
            if (probes.Startup.IsOn) probes.Startup.Skip(_loop.Now, _runtime.Probe(run.Handle, KindOf(pod, i, ProbeKind.Startup)));
            if (probes.Readiness.IsOn) probes.Readiness.Skip(_loop.Now, _runtime.Probe(run.Handle, ProbeKind.Readiness));
            if (probes.Liveness.IsOn) probes.Liveness.Skip(_loop.Now, _runtime.Probe(run.Handle, KindOf(pod, i, ProbeKind.Liveness)));
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

    /// <summary>The node says that it is well, and whether it has memory and disk.</summary>
    private void WriteNodeReady(int node)
    {
        if (!_health.HasHeartbeats(node) || FindNode(node) is not { } stored) return;
        Node next = stored with { HasMemoryPressure = _pressure[node].IsSet, HasDiskPressure = _disks[node].IsSet };
        if (stored.IsReady != true) next = next with { IsReady = true, ReadySince = _loop.Now };
        if (_store.Update(next) is null && stored.IsReady != true)
            _facts.Record(new Fact(FactKind.NodeReady, _loop.Now, default, -1, new(node), 0));
    }

    private Node? FindNode(int node) => _store.View.Find<Node>(ResourceKind.Node, "", _fleet.Nodes[node].Name);
}
