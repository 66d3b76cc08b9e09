using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Nodes;

/// <content>What the control plane is told of pods: when it changes, within the limits of the node's client.</content>
public sealed partial class NodeAgent
{
    /// <summary>Time between two comparisons of what was written of pods with what stands there (<c>syncPeriod</c> of the kubelet's status manager).</summary>
    private static readonly TimeSpan ComparePeriod = TimeSpan.FromSeconds(10);

    private readonly TimeSpan[] _writeTokens;
    private readonly Draw _comparePhases;

    /// <summary>Works out phase, readiness and reason (<c>getPhase</c>, <c>GeneratePodReadyCondition</c>) and writes them when they changed.</summary>
    private void UpdateStatus(AgentPod pod)
    {
        if (pod.Stage is PodStage.New or PodStage.Ended) return;
        int init = pod.Pod.Spec.InitContainers.Count;
        bool started = pod.Stage is PodStage.Running or PodStage.Stopping && pod.InitDone == init;
        bool ready = started;
        string? reason = null;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            reason ??= run.Reason;
            if (i < init)
            {
                if (pod.Pod.Spec.InitContainers[i].IsSidecar) ready &= run.IsReady;
                continue;
            }

            ready &= run.IsReady;
            started &= run.Stage is ContainerStage.Running or ContainerStage.Ended || run.Attempt > 1 || (run.Stage == ContainerStage.BackingOff && run.Restarts + run.Attempt > 0);
        }

        if ((_options.TurnsUnreadyOnDeletion || _swarm is not null) && pod.Stage == PodStage.Stopping) ready = false;
        if (pod.HasLeft) ready = false;
        if (_swarm is not null && ready) pod.TaskState = SwarmTaskState.Running;
        if (started && !pod.WasRunning)
        {
            pod.WasRunning = true;
            Record(FactKind.PodStarted, pod, (pod.LaunchedAt - pod.BeganAt).Ticks);
        }

        PodLifePhase phase = pod.WasRunning ? PodLifePhase.Running : PodLifePhase.Pending;
        reason = pod.Stage == PodStage.Waiting ? pod.Reason : reason ?? "";
        if (phase == pod.Phase && ready == pod.IsReady && reason == pod.WrittenReason && pod.Restarts == pod.WrittenRestarts && (_swarm is null || pod.TaskState == pod.WrittenTaskState)) return;
        pod.WrittenTaskState = pod.TaskState;
        (pod.Phase, pod.IsReady, pod.WrittenReason, pod.WrittenRestarts) = (phase, ready, reason, pod.Restarts);
        Write(pod);
    }

    private void Write(AgentPod pod)
    {
        pod.IsUnwritten = true;
        if (!_health.IsConnected(pod.Node)) return;
        if (_swarm is not null && ReportAt() is var report && report > _loop.Now)
        {
            if (pod.WriteAt >= _loop.Now) return;
            pod.WriteAt = report;
            Later(report, WriteDue, pod);
            return;
        }

        ClientLimits limits = _options.StatusLimits;
        // A write that is under way takes along what is known when it arrives.
        if (pod.IsSent && pod.WriteAt >= _loop.Now) return;
        if (!pod.IsSent && limits.Qps > 0 && !TokenBucket.TryTake(ref _writeTokens[pod.Node], in limits, _loop.Now))
        {
            if (pod.WriteAt >= _loop.Now) return;
            pod.WriteAt = _loop.Now + TokenBucket.Wait(_writeTokens[pod.Node], in limits, _loop.Now);
            Later(pod.WriteAt, WriteDue, pod);
            return;
        }

        if (WaitsForApi(pod)) return;
        pod.IsUnwritten = false;
        Writes++;
        if (pod.Stage == PodStage.Ended) WriteEndNow(pod);
        else WriteNow(pod);
    }

    /// <summary>Whether the write is under way yet, or is refused and tried again.</summary>
    private bool WaitsForApi(AgentPod pod)
    {
        ApiConditions api = _store.Conditions;
        TimeSpan underway = pod.IsSent ? TimeSpan.Zero : api.WriteDelay + (Way?.IsSlow(pod.Node) == true ? Way.ToControlPlane(pod.Node) : TimeSpan.Zero);
        pod.IsSent = underway > TimeSpan.Zero;
        TimeSpan wait = pod.IsSent ? underway : api.Refusal() is null ? TimeSpan.Zero : ApiConditions.RetryAfter;
        if (wait == TimeSpan.Zero) return false;
        pod.WriteAt = _loop.Now + wait;
        Later(pod.WriteAt, WriteDue, pod);
        return true;
    }

    /// <summary>A patch of the status, over whatever version the object has by now.</summary>
    private void WriteNow(AgentPod pod)
    {
        if (_store.View.Find(pod.Uid) is not Pod current) return;
        bool changed = current.Status.IsReady != pod.IsReady;
        _ = _store.Update(current with
        {
            Swarm = Reported(current, pod),
            Status = current.Status with
            {
                Phase = pod.Phase,
                IsReady = pod.IsReady,
                ReadySince = changed ? ClockOf(pod.Node) : current.Status.ReadySince,
                Reason = pod.WrittenReason,
                StartedAt = pod.AdmittedAt,
                Restarts = pod.Restarts,
            },
        });
        if (changed) Record(pod.IsReady ? FactKind.PodReady : FactKind.PodNotReady, pod, 0);
    }

    /// <summary>Whether somebody else says that a pod is ready, or not, and its agent knows better.</summary>
    private bool IsContradicted(AgentPod pod) =>
        _swarm is null && pod.Stage is PodStage.Running or PodStage.Stopping && pod.Known is { } known && known.Status.IsReady != pod.IsReady;

    /// <summary>A controller that takes the node for lost writes that its pods are not ready. An agent that still hears it says what is true at its next comparison (<c>needsReconcile</c>).</summary>
    private void ContradictLater(AgentPod pod)
    {
        if (!IsContradicted(pod) || pod.IsUnwritten || pod.WriteAt >= _loop.Now || !_health.IsConnected(pod.Node)) return;
        var phase = TimeSpan.FromTicks((long)_comparePhases.Below(Draw.Entity(_fleet.Nodes[pod.Node].Name), 0, (ulong)ComparePeriod.Ticks));
        pod.WriteAt = _loop.Now + ComparePeriod - TimeSpan.FromTicks((_loop.Now + ComparePeriod - phase).Ticks % ComparePeriod.Ticks);
        Later(pod.WriteAt, WriteDue, pod);
    }
}
