using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Nodes;

/// <content>From a binding to running containers: admission, volumes, ConfigMaps and Secrets, images, init containers, sidecars, the others.</content>
public sealed partial class NodeAgent
{
    private readonly MountedConfigs _configs;
    private readonly Dictionary<ObjectKey, List<long>> _missing = [];

    private void Admit(AgentPod pod)
    {
        PodSpec spec = pod.Pod.Spec;
        pod.Shape = Truth.Shapes.Intern(spec);
        if (Refusal(pod, spec) is not { } refusal)
        {
            TakeIn(pod, spec);
            return;
        }

        (pod.Reason, pod.Message, InfeasibleReason detail) = refusal;
        pod.Stage = PodStage.Ended;
        pod.Phase = PodLifePhase.Failed;
        pod.TaskState = SwarmTaskState.Rejected;
        Record(FactKind.PodRejected, pod, (long)detail);
        Warn(pod, pod.Reason, pod.Message);
        WriteEnd(pod);
    }

    /// <summary>Why the node refuses a pod, or null when its resources were taken (<c>canAdmitPod</c>).</summary>
    private (string Reason, string Message, InfeasibleReason Detail)? Refusal(AgentPod pod, PodSpec spec)
    {
        if (PressureRefusal(pod.Node, spec) is { } pressure) return pressure;
        if (spec.HostPorts.Count > 0)
        {
            foreach (AgentPod other in _onNode[pod.Node]!)
            {
                if (other.HoldsResources && NodeAdmission.PortsConflict(spec, other.Pod.Spec))
                    return ("NodePorts", "Node didn't have free ports for the requested pod ports", InfeasibleReason.NodeUnschedulable);
            }
        }

        if (_admission.TryAdmit(in Truth.Shapes[pod.Shape], pod.Node, pod.Pod.Devices) is not { } why) return null;
        return (NodeAdmission.StatusReason(in why), why.ToString(), why.Reason);
    }

    /// <summary>A node short of disk takes nobody but critical pods; one short of memory those that request some, or tolerate its taint (<c>eviction_manager.go</c>, <c>Admit</c>).</summary>
    private (string Reason, string Message, InfeasibleReason Detail)? PressureRefusal(int node, PodSpec spec)
    {
        bool memory = _pressure[node].IsSet, disk = _disks[node].IsSet;
        if (!(memory || disk) || spec.Priority >= CriticalPriority) return null;
        if (!disk && (spec.CpuMilli > 0 || spec.MemoryBytes > 0 || NodeMatching.Tolerates(spec.Tolerations, NodeTaints.MemoryPressure))) return null;
        string conditions = memory && disk ? "MemoryPressure DiskPressure" : disk ? "DiskPressure" : "MemoryPressure";
        return ("Evicted", $"The node had condition: [{conditions}]", disk ? InfeasibleReason.InsufficientEphemeralStorage : InfeasibleReason.InsufficientMemory);
    }

    private void TakeIn(AgentPod pod, PodSpec spec)
    {
        pod.HoldsResources = true;
        pod.AdmittedAt = pod.MountedAt = pod.CpuSince = _loop.Now;
        pod.Entity = Draw.Entity(pod.Pod.Metadata.Namespace) + (Draw.Entity(pod.Pod.Name) * 3);
        pod.Containers = NewRuns(spec);
        pod.Stage = PodStage.Waiting;
        pod.TaskState = SwarmTaskState.Preparing;
        Record(FactKind.PodAdmitted, pod, 0);
        ArmDeadline(pod, spec);
        TryStart(pod);
    }

    private static ContainerRun[] NewRuns(PodSpec spec) => spec.Containers.Count + spec.InitContainers.Count == 0 ? [] : new ContainerRun[spec.InitContainers.Count + spec.Containers.Count];

    private void ArmDeadline(AgentPod pod, PodSpec spec)
    {
        if (spec.ActiveDeadline is not { } deadline) return;
        pod.DeadlineAt = pod.AdmittedAt + deadline;
        if (pod.DeadlineAt < _loop.Now) pod.DeadlineAt = _loop.Now;
        Later(pod.DeadlineAt, DeadlineDue, pod);
    }

    /// <summary>Starts the containers unless volumes, or ConfigMaps and Secrets that are mounted, are not there yet (<c>WaitForAttachAndMount</c>).</summary>
    private void TryStart(AgentPod pod)
    {
        if (_options.Volumes is { } volumes && !volumes.IsReady(pod.Pod)) return;
        foreach (ref readonly Volume volume in pod.Pod.Spec.Volumes.AsSpan())
        {
            if (volume.IsOptional || volume.Kind is not (VolumeKind.ConfigMap or VolumeKind.Secret)) continue;
            ObjectKey key = ConfigKey(pod, volume.Kind == VolumeKind.Secret ? ResourceKind.Secret : ResourceKind.ConfigMap, volume.Source);
            if (Exists(in key)) continue;
            Miss(pod, in key);
            pod.Reason = "FailedMount";
            Warn(pod, "FailedMount", "A volume of the pod names a ConfigMap or Secret that is not there");
            UpdateStatus(pod);
            return;
        }

        if (pod.Reason == "FailedMount") pod.Reason = "";
        pod.Stage = PodStage.Running;
        pod.BeganAt = pod.LaunchedAt = _loop.Now;
        _configs.OnMounted(pod, _loop.Now);
        Advance(pod);
        UpdateStatus(pod);
    }

    /// <summary>Starts what may run now: init containers one after another, sidecars stay, then the others together (<c>computePodActions</c>).</summary>
    private void Advance(AgentPod pod)
    {
        if (pod.Stage != PodStage.Running) return;
        PodSpec spec = pod.Pod.Spec;
        int init = spec.InitContainers.Count;
        RestartSidecars(pod, spec);
        while (pod.InitDone < init)
        {
            int i = pod.InitDone;
            bool isSidecar = spec.InitContainers[i].IsSidecar;
            ref ContainerRun run = ref pod.Containers[i];
            bool isDone = isSidecar ? run.Stage == ContainerStage.Running && run.HasStarted : run.Stage == ContainerStage.Ended && run.ExitCode == 0 && !run.MustRestart;
            if (isDone)
            {
                pod.InitDone++;
                continue;
            }

            if (run.Stage == ContainerStage.Idle) StartContainer(pod, i);
            else if (run.Stage == ContainerStage.Ended && (isSidecar || spec.RestartPolicy != RestartPolicy.Never || run.MustRestart)) RestartContainer(pod, i);
            else if (run.Stage == ContainerStage.Ended) BeginStop(pod, StopCause.Completed, spec.TerminationGrace);
            if (run.Stage != ContainerStage.Ended || pod.Stage != PodStage.Running) return;
            if (!isSidecar && run.ExitCode != 0) return;
        }

        bool anyLeft = spec.Containers.Count == 0;
        for (int i = init; i < pod.Containers.Length; i++)
        {
            ref ContainerRun run = ref pod.Containers[i];
            if (run.Stage == ContainerStage.Idle) StartContainer(pod, i);
            else if (run.Stage == ContainerStage.Ended && MayRestart(spec.RestartPolicy, in run)) RestartContainer(pod, i);
            anyLeft |= run.Stage != ContainerStage.Ended;
        }

        if (!anyLeft) BeginStop(pod, StopCause.Completed, spec.TerminationGrace);
    }

    private void RestartSidecars(AgentPod pod, PodSpec spec)
    {
        for (int i = 0; i < pod.InitDone; i++)
        {
            if (spec.InitContainers[i].IsSidecar && pod.Containers[i].Stage == ContainerStage.Ended) RestartContainer(pod, i);
        }
    }

    private static bool MayRestart(RestartPolicy policy, in ContainerRun run) =>
        run.MustRestart || policy == RestartPolicy.Always || (policy == RestartPolicy.OnFailure && run.ExitCode != 0);

    /// <summary>Starts an ended container again: at once after the first end, then after 10 s, 20 s, … 300 s since its end (CrashLoopBackOff).</summary>
    private void RestartContainer(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        TimeSpan due = run.EndedAt + run.Backoff;
        bool isForgotten = run.Backoff == TimeSpan.Zero || run.EndedAt - run.BackoffSince > _options.BackoffLimit * 2;
        if (!isForgotten && due > _loop.Now)
        {
            run.Stage = ContainerStage.BackingOff;
            run.Reason = "CrashLoopBackOff";
            Warn(pod, "BackOff", "Back-off restarting failed container");
            ArmRetry(pod, i, due);
            return;
        }

        Restart(pod, i, isForgotten);
    }

    private void Restart(AgentPod pod, int i, bool isForgotten)
    {
        ref ContainerRun run = ref pod.Containers[i];
        run.Backoff = isForgotten ? _options.BackoffStart : NextBackoff(run.Backoff);
        run.BackoffSince = _loop.Now;
        run.Restarts++;
        run.MustRestart = false;
        pod.Restarts++;
        Record(FactKind.ContainerRestarted, pod, pod.Restarts);
        StartContainer(pod, i);
    }

    private TimeSpan NextBackoff(TimeSpan last) => last == TimeSpan.Zero ? _options.BackoffStart : last * 2 < _options.BackoffLimit ? last * 2 : _options.BackoffLimit;

    private void OnRetry(AgentPod pod, int i)
    {
        if (pod.Stage != PodStage.Running || pod.Containers[i].Stage != ContainerStage.BackingOff) return;
        if (pod.Containers[i].Reason == "CrashLoopBackOff") Restart(pod, i, isForgotten: false);
        else StartContainer(pod, i);
        UpdateStatus(pod);
    }

    private void ArmRetry(AgentPod pod, int i, TimeSpan due)
    {
        pod.Containers[i].RetryAt = due;
        Later(due, Retry, pod, i);
    }

    private void Launch(AgentPod pod, int i, Container container)
    {
        if (IsHeldBack(pod, i)) return;
        ref ContainerRun run = ref pod.Containers[i];
        run.Stage = ContainerStage.Starting;
        run.Reason = null;
        run.IsReady = run.HasStarted = run.IsSignalled = run.HasExited = run.WasOutOfMemory = false;
        run.KillAt = TimeSpan.MinValue;
        run.VolumeBytesKept = VolumeBytesOf(in run);
        run.Disk = default;
        run.Attempt++;
        int init = pod.Pod.Spec.InitContainers.Count;
        if (i >= init && run.Attempt == 1) pod.LaunchedAt = _loop.Now;
        run.Handle = _runtime.Create(new ContainerStart(Id(pod, i), pod.Pod, container, pod.Entity, i >= init && i - init == Serving(pod.Pod.Spec), i < init && !container.IsSidecar));
        _runtime.Start(run.Handle);
    }

    /// <summary>The container that answers requests: the first with ports, or the first.</summary>
    private static int Serving(PodSpec spec)
    {
        for (int i = 0; i < spec.Containers.Count; i++)
        {
            if (spec.Containers[i].Ports.Count > 0) return i;
        }

        return 0;
    }

    private static Container ContainerOf(PodSpec spec, int i) => i < spec.InitContainers.Count ? spec.InitContainers[i] : spec.Containers[i - spec.InitContainers.Count];

    private static ContainerId Id(AgentPod pod, int i) => new(pod.Slot, pod.Life, i, pod.Containers[i].Attempt);
}
