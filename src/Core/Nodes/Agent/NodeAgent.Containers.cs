using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Nodes;

/// <content>What becomes of containers: starts and ends are noticed at the next relist, probes decide at computed instants.</content>
public sealed partial class NodeAgent
{
    /// <inheritdoc/>
    void IRuntimeEvents.OnStarted(ContainerId id)
    {
        if (Find(in id) is not { } pod) return;
        Settle(pod);
        ref ContainerRun run = ref pod.Containers[id.Container];
        run.StartedAt = _loop.Now;
        ContainerUsage usage = _runtime.Usage(run.Handle);
        (run.MemoryBytes, run.MemoryGrowth) = (usage.MemoryBytes, usage.MemoryGrowth);
        CountMemory(pod.Node, run.MemoryBytes, run.MemoryGrowth);
        run.Disk = DiskFrom(pod, id.Container, usage.Disk);
        if (run.Disk.IsAny || _disks[pod.Node].IsAbove) ArmDisk(pod.Node);
        Later(NextRelist(pod.Node), Notice, pod, id.Container);
    }

    /// <inheritdoc/>
    void IRuntimeEvents.OnExited(ContainerId id, int exitCode, bool outOfMemory)
    {
        if (Find(in id) is not { } pod) return;
        Settle(pod);
        ref ContainerRun run = ref pod.Containers[id.Container];
        run.HasExited = true;
        run.ExitCode = exitCode;
        run.WasOutOfMemory = outOfMemory;
        run.EndedAt = _loop.Now;
        if (run.Disk.IsAny) ArmDisk(pod.Node);
        CountMemory(pod.Node, -MemoryOf(in run), -run.MemoryGrowth);
        if (outOfMemory) Record(FactKind.OomKilled, pod, id.Container);
        if (_swarm is not null && _health.HasAgent(pod.Node)) LeaveDiscovery(pod);
        Later(NoticeAt(pod.Node, in run), Notice, pod, id.Container);
    }

    /// <inheritdoc/>
    void IRuntimeEvents.OnProbeChanged(ContainerId id)
    {
        if (Find(in id) is not { } pod || !_health.HasAgent(pod.Node) || pod.Containers[id.Container].Probes is not { } probes) return;
        int handle = pod.Containers[id.Container].Handle;
        bool decided = false;
        if (probes.Startup.IsOn)
        {
            probes.Startup.Change(_runtime.Probe(handle, KindOf(pod, id.Container, ProbeKind.Startup)), _loop.Now);
            decided |= probes.Startup.TakePending() && OnStartupDecided(pod, id.Container, probes);
        }

        if (probes.Readiness.IsOn)
        {
            probes.Readiness.Change(_runtime.Probe(handle, ProbeKind.Readiness), _loop.Now);
            decided |= probes.Readiness.TakePending();
        }

        if (probes.Liveness.IsOn)
        {
            probes.Liveness.Change(_runtime.Probe(handle, KindOf(pod, id.Container, ProbeKind.Liveness)), _loop.Now);
            decided |= probes.Liveness.TakePending();
        }

        if (decided) OnProbesDecided(pod, id.Container, probes);
        ArmProbe(pod, id.Container);
    }

    /// <summary>The next look at what runs on a node.</summary>
    private TimeSpan NextRelist(int node) =>
        _options.RelistPeriod == TimeSpan.Zero ? _loop.Now : ProbeTrack.TickAt(_relistPhase[node], _loop.Now, _options.RelistPeriod);

    /// <summary>The agent looks and finds a container started or ended.</summary>
    private void OnNotice(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        if (run.HasExited && run.Stage is ContainerStage.Starting or ContainerStage.Running && run.HasExited)
        {
            OnContainerEnded(pod, i);
        }
        else if (run.Stage == ContainerStage.Starting)
        {
            run.Stage = ContainerStage.Running;
            BeginProbes(pod, i);
        }
        else
        {
            return;
        }

        Advance(pod);
        UpdateStatus(pod);
    }

    private void OnContainerEnded(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        run.Stage = ContainerStage.Ended;
        run.IsReady = run.HasStarted = false;
        run.Probes = null;
        run.Reason = run.WasOutOfMemory ? "OOMKilled" : null;
        _runtime.Remove(run.Handle);
        if (pod.Stage == PodStage.Stopping) CheckStopped(pod);
    }

    private void BeginProbes(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        Container container = ContainerOf(pod.Pod.Spec, i);
        if (container.Startup is null && container.Readiness is null && container.Liveness is null)
        {
            run.HasStarted = run.IsReady = true;
            return;
        }

        var probes = new ContainerProbes();
        run.Probes = probes;
        if (container.Startup is { } startup && pod.Stage != PodStage.Stopping)
            probes.Startup = new ProbeTrack(Paced(startup), pod.AdmittedAt, From(startup, in run), null, _runtime.Probe(run.Handle, KindOf(pod, i, ProbeKind.Startup)));
        else BeginOtherProbes(pod, i, probes);
        ArmProbe(pod, i);
    }

    /// <summary>Liveness keeps the phase of its worker, made when the pod was taken in; readiness is probed at once and from then on.</summary>
    private void BeginOtherProbes(AgentPod pod, int i, ContainerProbes probes)
    {
        ref ContainerRun run = ref pod.Containers[i];
        Container container = ContainerOf(pod.Pod.Spec, i);
        run.HasStarted = true;
        if (container.Readiness is { } readiness)
            probes.Readiness = new ProbeTrack(Paced(readiness), _loop.Now, From(readiness, in run), false, _runtime.Probe(run.Handle, ProbeKind.Readiness));
        else run.IsReady = true;
        if (container.Liveness is { } liveness && pod.Stage != PodStage.Stopping)
            probes.Liveness = new ProbeTrack(Paced(liveness), pod.AdmittedAt, From(liveness, in run), true, _runtime.Probe(run.Handle, KindOf(pod, i, ProbeKind.Liveness)));
    }

    private Probe Paced(Probe probe) => _options.ProbePeriod > TimeSpan.Zero ? probe with { Period = _options.ProbePeriod } : probe;

    private TimeSpan From(Probe probe, in ContainerRun run)
    {
        TimeSpan from = run.StartedAt + probe.InitialDelay;
        return from > _loop.Now ? from : _loop.Now;
    }

    private void ArmProbe(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        if (run.Probes is not { } probes) return;
        TimeSpan due = Earliest(Earliest(probes.Startup.DecidesAt, probes.Readiness.DecidesAt), probes.Liveness.DecidesAt) ?? TimeSpan.MaxValue;
        if (due < _loop.Now) due = _loop.Now;
        if (due == run.ProbeAt) return;
        run.ProbeAt = due;
        if (due < TimeSpan.MaxValue) Later(due, ProbeDue, pod, i);
    }

    private static TimeSpan? Earliest(TimeSpan? left, TimeSpan? right) => left is null ? right : right is null || left < right ? left : right;

    private void OnProbeDue(AgentPod pod, int i)
    {
        TimeSpan now = _loop.Now;
        if (pod.Containers[i].Probes is not { } probes || !Runs(in pod.Containers[i])) return;
        pod.Containers[i].ProbeAt = TimeSpan.MinValue;
        if (probes.Startup.DecidesAt <= now)
        {
            probes.Startup.Decide();
            OnStartupDecided(pod, i, probes);
        }

        if (probes.Readiness.DecidesAt <= now) probes.Readiness.Decide();
        if (probes.Liveness.DecidesAt <= now) probes.Liveness.Decide();
        OnProbesDecided(pod, i, probes);
        ArmProbe(pod, i);
    }

    private bool OnStartupDecided(AgentPod pod, int i, ContainerProbes probes)
    {
        probes.Startup.Stop();
        if (probes.Startup.Result) BeginOtherProbes(pod, i, probes);
        else RestartUnhealthy(pod, i);
        return true;
    }

    private void OnProbesDecided(AgentPod pod, int i, ContainerProbes probes)
    {
        ref ContainerRun run = ref pod.Containers[i];
        if (probes.Readiness.IsOn) run.IsReady = probes.Readiness.Result;
        if (probes.Liveness is { IsOn: true, Result: false })
        {
            probes.Liveness.Stop();
            RestartUnhealthy(pod, i);
        }

        Advance(pod);
        UpdateStatus(pod);
    }

    /// <summary>A container that failed its liveness or startup probe is stopped like one of a deleted pod, and started again unless the pod never restarts.</summary>
    private void RestartUnhealthy(AgentPod pod, int i)
    {
        if (pod.Stage != PodStage.Running) return;
        pod.Containers[i].MustRestart = pod.Pod.Spec.RestartPolicy != RestartPolicy.Never || i < pod.Pod.Spec.InitContainers.Count;
        pod.IsUnhealthy = true;
        if (_swarm is not null) LeaveDiscovery(pod);
        Record(FactKind.ContainerUnhealthy, pod, i);
        Warn(pod, "Unhealthy", "Liveness or startup probe failed");
        StopContainer(pod, i, pod.Pod.Spec.TerminationGrace);
    }

    private long MemoryOf(in ContainerRun run) => run.MemoryBytes + (long)(run.MemoryGrowth * (_loop.Now - run.StartedAt).TotalSeconds);
}
