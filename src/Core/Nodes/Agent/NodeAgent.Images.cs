using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Nodes;

/// <content>Images: pull policies, the node's own limit, and the back-off of pulls that fail (<c>pkg/kubelet/images</c>).</content>
public sealed partial class NodeAgent
{
    private readonly TimeSpan[] _pullTokens;

    private void StartContainer(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        Container container = ContainerOf(pod.Pod.Spec, i);
        if (MissingConfig(pod, container) is { } key)
        {
            run.Stage = ContainerStage.BackingOff;
            run.Reason = "CreateContainerConfigError";
            Miss(pod, in key);
            return;
        }

        if (run.IsPrepared)
        {
            Launch(pod, i, container);
        }
        else if (container.PullPolicy != ImagePullPolicy.Always && (_options.ImagesArePresent || _runtime.HasImage(pod.Node, container.Image)))
        {
            Launch(pod, i, container);
        }
        else if (container.PullPolicy == ImagePullPolicy.Never)
        {
            run.Stage = ContainerStage.BackingOff;
            run.Reason = "ErrImageNeverPull";
            ArmRetry(pod, i, _loop.Now + _options.RetryPeriod);
        }
        else if (!TakePullToken(pod.Node))
        {
            OnPullFailed(pod, i);
        }
        else
        {
            run.Stage = ContainerStage.Pulling;
            run.Reason = null;
            _runtime.Pull(pod.Node, container.Image, Id(pod, i));
        }
    }

    /// <inheritdoc/>
    void IRuntimeEvents.OnPulled(ContainerId id, PullResult result)
    {
        if (Find(in id) is not { Stage: PodStage.Running } pod || pod.Containers[id.Container].Stage != ContainerStage.Pulling) return;
        if (!_health.HasAgent(pod.Node))
        {
            // The agent looks at it when it goes on.
            pod.Containers[id.Container].Stage = ContainerStage.BackingOff;
            ArmRetry(pod, id.Container, _loop.Now);
            return;
        }

        if (result.IsHere)
        {
            pod.Containers[id.Container].PullBackoff = TimeSpan.Zero;
            Record(FactKind.ImagePulled, pod, result.Bytes);
            if (DiskSize(pod.Node) > 0) ArmDisk(pod.Node);
            Launch(pod, id.Container, ContainerOf(pod.Pod.Spec, id.Container));
        }
        else
        {
            OnPullFailed(pod, id.Container);
        }

        UpdateStatus(pod);
    }

    private void OnPullFailed(AgentPod pod, int i)
    {
        ref ContainerRun run = ref pod.Containers[i];
        run.Stage = ContainerStage.BackingOff;
        run.Reason = run.PullBackoff == TimeSpan.Zero ? "ErrImagePull" : "ImagePullBackOff";
        run.PullBackoff = NextBackoff(run.PullBackoff);
        Record(FactKind.ImagePullFailed, pod, 0);
        Warn(pod, "Failed", "Failed to pull image");
        ArmRetry(pod, i, _loop.Now + run.PullBackoff);
    }

    private bool TakePullToken(int node)
    {
        ClientLimits limits = _options.PullLimits;
        return limits.Qps <= 0 || TokenBucket.TryTake(ref _pullTokens[node], limits, _loop.Now);
    }
}
