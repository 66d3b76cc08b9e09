using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Nodes;

/// <content>The end of pods: preStop, stop signal, grace, kill; sidecars after the others; resources are free when all containers are known to have ended.</content>
public sealed partial class NodeAgent
{
    /// <summary>Least grace of a pod.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(1);

    /// <summary>Least time between the stop signal and the kill when a preStop hook took the whole grace.</summary>
    private static readonly TimeSpan LeastAfterPreStop = TimeSpan.FromSeconds(2);

    private void BeginStop(AgentPod pod, StopCause cause, TimeSpan grace)
    {
        if (grace < LeastGrace) grace = LeastGrace;
        TimeSpan end = _loop.Now + grace;
        if (pod.Stage == PodStage.Stopping)
        {
            if (end < pod.GraceEndsAt) ShortenGrace(pod, end);
            CheckStopped(pod);
            return;
        }

        pod.Stage = PodStage.Stopping;
        pod.Cause = cause;
        pod.GraceEndsAt = end;
        int init = pod.Pod.Spec.InitContainers.Count;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (pod.Containers[i].Probes is { } probes)
            {
                probes.Startup.Stop();
                probes.Liveness.Stop();
            }

            if (!IsSidecar(pod, i, init) && Runs(in pod.Containers[i])) StopContainer(pod, i, grace);
        }

        CheckStopped(pod);
        if (pod.Stage == PodStage.Stopping) UpdateStatus(pod);
    }

    private void ShortenGrace(AgentPod pod, TimeSpan end)
    {
        pod.GraceEndsAt = end;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (!Runs(in run) || !run.IsSignalled || run.KillAt <= end) continue;
            run.KillAt = end;
            Later(end, KillDue, pod, i);
        }
    }

    private static bool IsSidecar(AgentPod pod, int i, int init) => i < init && pod.Pod.Spec.InitContainers[i].IsSidecar;

    /// <summary>Stops a container: the preStop hook within the grace, the signal, the kill when the grace is over (<c>killContainer</c>).</summary>
    private void StopContainer(AgentPod pod, int i, TimeSpan grace)
    {
        ref ContainerRun run = ref pod.Containers[i];
        TimeSpan kill = _loop.Now + grace;
        if (run.IsSignalled)
        {
            if (kill >= run.KillAt) return;
            run.KillAt = kill;
            Later(kill, KillDue, pod, i);
            return;
        }

        if (_swarm is not null)
        {
            StopTask(pod, i, grace);
            return;
        }

        run.IsSignalled = true;
        TimeSpan hook = ContainerOf(pod.Pod.Spec, i).PreStopSleep ?? TimeSpan.Zero;
        if (hook > grace) hook = grace;
        if (hook > TimeSpan.Zero)
        {
            TimeSpan signal = _loop.Now + hook;
            if (kill < signal + LeastAfterPreStop) kill = signal + LeastAfterPreStop;
            Later(signal, SignalDue, pod, i);
        }

        run.KillAt = kill;
        Later(kill, KillDue, pod, i);
        if (hook == TimeSpan.Zero) SendSignal(pod, i);
    }

    private void SendSignal(AgentPod pod, int i)
    {
        if (Runs(in pod.Containers[i])) _runtime.Signal(pod.Containers[i].Handle);
    }

    /// <summary>Whether all is over; when only sidecars are left, the last of them is stopped.</summary>
    private void CheckStopped(AgentPod pod)
    {
        int init = pod.Pod.Spec.InitContainers.Count;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (!IsSidecar(pod, i, init) && pod.Containers[i].Stage is ContainerStage.Starting or ContainerStage.Running) return;
        }

        for (int i = init - 1; i >= 0; i--)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (!IsSidecar(pod, i, init) || run.Stage is not (ContainerStage.Starting or ContainerStage.Running)) continue;
            TimeSpan left = pod.GraceEndsAt - _loop.Now;
            if (Runs(in run) && !run.IsSignalled) StopContainer(pod, i, left > LeastAfterPreStop ? left : LeastAfterPreStop);
            return;
        }

        FinishStop(pod);
    }

    /// <summary>Nothing of the pod runs any more: its resources are free, and the control plane is told.</summary>
    private void FinishStop(AgentPod pod)
    {
        pod.Stage = PodStage.Ended;
        pod.IsReady = false;
        bool failed = pod.Cause is StopCause.DeadlineExceeded or StopCause.Evicted;
        int init = pod.Pod.Spec.InitContainers.Count;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (IsSidecar(pod, i, init)) continue;
            bool ended = run.Stage == ContainerStage.Ended;
            if (ended && run.ExitCode != 0 && pod.ExitCode == 0) pod.ExitCode = run.ExitCode;
            failed |= !ended || run.ExitCode != 0;
        }

        if (_swarm is not null) failed = HasTaskFailed(pod, failed);
        pod.Phase = failed ? PodLifePhase.Failed : PodLifePhase.Succeeded;
        if (pod.HoldsResources)
        {
            pod.HoldsResources = false;
            _admission.Release(in Truth.Shapes[pod.Shape], pod.Node, pod.Pod.Devices);
            Record(FactKind.PodStopped, pod, (long)pod.Cause);
            if (pod.Cause != StopCause.Deleted) Record(failed ? FactKind.PodFailed : FactKind.PodSucceeded, pod, pod.ExitCode);
        }

        if (pod.Reason == "FailedMount") pod.Reason = "";
        OnDiskReleased(pod);
        WriteEnd(pod);
    }

    private void WriteEnd(AgentPod pod) => Write(pod);

    /// <summary>The object of a pod that is over: removed when it is being deleted, otherwise marked as ended.</summary>
    private void WriteEndNow(AgentPod pod)
    {
        if (_store.View.Find(pod.Uid) is not Pod current)
        {
            if (pod.Known is null) Forget(pod);
            return;
        }

        if (current.Metadata.IsDeleting && current.Metadata.Finalizers.Count == 0)
        {
            _ = _store.Delete(current.Key, new DeleteOptions(pod.Uid, TimeSpan.Zero));
            return;
        }

        bool wasReady = current.Status.IsReady;
        _ = _store.Update(current with
        {
            Swarm = Reported(current, pod),
            Status = current.Status with
            {
                Phase = pod.Phase,
                IsReady = false,
                ReadySince = wasReady ? ClockOf(pod.Node) : current.Status.ReadySince,
                Reason = pod.Reason,
                Message = pod.Message,
                StartedAt = pod.Containers.Length > 0 || pod.AdmittedAt > TimeSpan.Zero ? pod.AdmittedAt : current.Status.StartedAt,
                Restarts = pod.Restarts,
                ExitCode = pod.ExitCode,
                Disruption = pod.Disruption.Length > 0 ? pod.Disruption : current.Status.Disruption,
            },
        });
        if (wasReady) Record(FactKind.PodNotReady, pod, 0);
    }
}
