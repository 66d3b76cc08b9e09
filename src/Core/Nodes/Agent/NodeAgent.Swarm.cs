using SchedBench.Core.Objects;
using SchedBench.Core.Swarm;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>Agents of Docker Swarm (swarmkit <c>agent/</c>, moby <c>daemon/cluster/executor/container</c>): assignments and status in batches, tasks that are held until they are
/// wanted, addresses that leave before the stop signal, no restart of a container.</content>
public sealed partial class NodeAgent
{
    private readonly SwarmOptions? _swarm;
    private readonly bool[] _hasBatch;

    /// <summary>The dispatcher gathers what is new for a node for a while and sends it at once (<c>batchingWaitTime</c>).</summary>
    private void EnqueueBatched(AgentPod pod)
    {
        pod.IsBatched = true;
        if (_hasBatch[pod.Node]) return;
        _hasBatch[pod.Node] = true;
        _loop.Schedule(_loop.Now + _swarm!.DispatcherBatch, new EventData(_handler, BatchDue, pod.Node));
    }

    /// <summary>The dispatcher sends; an agent that cannot be reached asks for all of its tasks when it is back.</summary>
    private void OnBatchDue(int node)
    {
        _hasBatch[node] = false;
        foreach (AgentPod pod in PodsOn(node))
        {
            if (!pod.IsBatched) continue;
            pod.IsBatched = false;
            Enqueue(pod);
        }
    }

    /// <summary>When the dispatcher takes in what an agent says now: it processes reports in batches (<c>maxBatchInterval</c>).</summary>
    private TimeSpan ReportAt() => _swarm!.DispatcherBatch == TimeSpan.Zero ? _loop.Now : ProbeTrack.TickAt(TimeSpan.Zero, _loop.Now, _swarm.DispatcherBatch);

    /// <summary>Whether a container that could be made now is not: its task is wanted Ready only, or the engine is at it.</summary>
    private bool IsHeldBack(AgentPod pod, int i)
    {
        if (pod.Pod.Swarm is not { } task) return false;
        ref ContainerRun run = ref pod.Containers[i];
        run.IsPrepared = true;
        if (task.Desired == SwarmTaskState.Ready)
        {
            run.Stage = ContainerStage.Idle;
            pod.TaskState = SwarmTaskState.Ready;
            return true;
        }

        pod.TaskState = SwarmTaskState.Starting;
        if (run.IsCreated || _swarm!.EngineStart == TimeSpan.Zero) return false;
        run.IsCreated = true;
        run.Stage = ContainerStage.BackingOff;
        run.Reason = null;
        ArmRetry(pod, i, _loop.Now + _swarm.EngineStart);
        return true;
    }

    /// <summary>Stops a task's container: its address has left, the gossip has time to tell everybody, then the signal, the grace, the kill (<c>controller.Shutdown</c>).</summary>
    private void StopTask(AgentPod pod, int i, TimeSpan grace)
    {
        ref ContainerRun run = ref pod.Containers[i];
        run.IsSignalled = true;
        TimeSpan signal = _loop.Now + _swarm!.ConvergeDelay;
        run.KillAt = signal + grace;
        Later(run.KillAt, KillDue, pod, i);
        if (_swarm.ConvergeDelay == TimeSpan.Zero) SendSignal(pod, i);
        else Later(signal, SignalDue, pod, i);
    }

    /// <summary>A task's address leaves discovery at once, before its managers hear what became of it.</summary>
    private void LeaveDiscovery(AgentPod pod)
    {
        pod.HasLeft = true;
        if (!pod.IsReady) return;
        pod.IsReady = false;
        if (_health.IsConnected(pod.Node)) WriteNow(pod);
        else pod.IsUnwritten = true;
    }

    /// <summary>When the end of a container is noticed.</summary>
    private TimeSpan NoticeAt(int node, in ContainerRun run)
    {
        if (_swarm is null) return NextRelist(node);
        return _loop.Now + (run.IsSignalled ? _swarm.EngineStop : _swarm.EngineNotice);
    }

    /// <summary>How a task ended: stopped because it was told to, or by itself; one whose container was unhealthy failed, whatever its exit code.</summary>
    private static bool HasTaskFailed(AgentPod pod, bool failed)
    {
        bool isTold = pod.Cause == StopCause.Deleted && !pod.IsUnhealthy;
        failed = !isTold && (failed || pod.IsUnhealthy);
        pod.TaskState = isTold ? SwarmTaskState.Shutdown : failed ? SwarmTaskState.Failed : SwarmTaskState.Complete;
        return failed;
    }

    /// <summary>What a probe looks at: a health check made of a readiness probe asks whether the container is fit, one made of a liveness probe whether it is alive.</summary>
    private static ProbeKind KindOf(AgentPod pod, int i, ProbeKind kind)
    {
        if (pod.Pod.Swarm is null) return kind;
        return ContainerOf(pod.Pod.Spec, i).Readiness is null ? ProbeKind.Liveness : ProbeKind.Readiness;
    }

    private static SwarmTask? Reported(Pod current, AgentPod pod) =>
        current.Swarm is { State: not SwarmTaskState.Orphaned } task && pod.TaskState != SwarmTaskState.New && task.State != pod.TaskState ? task with { State = pod.TaskState } : current.Swarm;
}
