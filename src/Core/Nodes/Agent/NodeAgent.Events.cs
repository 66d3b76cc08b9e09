using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <content>Events of pods: who they are for, and whether they still mean something.</content>
public sealed partial class NodeAgent
{
    private void HandlePod(AgentPod pod, in EventData data)
    {
        int container = (int)(data.Argument >> 20) & 0xFFF;
        bool isCurrent = pod.Containers.Length > container && (pod.Containers[container].Attempt & 0xFFFFF) == (int)(data.Argument & 0xFFFFF);
        TimeSpan now = _loop.Now;
        switch (data.Kind)
        {
            case Notice when isCurrent:
                OnNotice(pod, container);
                break;
            case Retry when isCurrent && pod.Containers[container].RetryAt == now:
                pod.Containers[container].RetryAt = TimeSpan.MinValue;
                OnRetry(pod, container);
                break;
            case ProbeDue when isCurrent && pod.Containers[container].ProbeAt == now:
                OnProbeDue(pod, container);
                break;
            case SignalDue when isCurrent:
                SendSignal(pod, container);
                break;
            case KillDue when isCurrent && pod.Containers[container].KillAt == now:
                if (Runs(in pod.Containers[container])) _runtime.Kill(pod.Containers[container].Handle);
                break;
            case DeadlineDue when pod.DeadlineAt == now && pod.Stage is PodStage.Waiting or PodStage.Running:
                pod.Reason = "DeadlineExceeded";
                pod.Message = "Pod was active on the node longer than the specified deadline";
                BeginStop(pod, StopCause.DeadlineExceeded, pod.Pod.Spec.TerminationGrace);
                break;
            case WaitDue when pod.RetryAt == now && pod.Stage == PodStage.Waiting:
                TryStart(pod);
                break;
            case WriteDue when pod.WriteAt == now:
                pod.WriteAt = TimeSpan.MinValue;
                if (pod.IsUnwritten || IsContradicted(pod)) Write(pod);
                break;
            default:
                break;
        }
    }

    private void Later(TimeSpan due, ushort kind, AgentPod pod, int container = 0)
    {
        int attempt = container < pod.Containers.Length ? pod.Containers[container].Attempt & 0xFFFFF : 0;
        _loop.Schedule(due, new EventData(_handler, kind, pod.Slot, ((long)pod.Life << 32) | ((long)container << 20) | (uint)attempt));
    }

    private static int LifeOf(long argument) => (int)(argument >> 32);

    /// <summary>Whom an answer of the runtime is about, or null when it is stale.</summary>
    private AgentPod? Find(in ContainerId id) =>
        _pods[id.Pod] is { } pod && pod.Life == id.Life && id.Container < pod.Containers.Length && pod.Containers[id.Container].Attempt == id.Attempt ? pod : null;

    private static bool Runs(in ContainerRun run) => run.Stage is ContainerStage.Starting or ContainerStage.Running && !run.HasExited;
}
