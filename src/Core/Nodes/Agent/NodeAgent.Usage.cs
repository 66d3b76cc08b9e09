using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <content>What pods use: CPU of requests as traffic tells it, memory as the runtime tells it. Autoscalers and traffic read it.</content>
public sealed partial class NodeAgent
{
    /// <summary>Says at which rate requests take a pod's CPU from now on.</summary>
    /// <param name="uid">Pod.</param>
    /// <param name="cpuMilli">CPU in milli, on top of what its containers take without requests.</param>
    public void SetCpuRate(long uid, double cpuMilli)
    {
        if (!_byUid.TryGetValue(uid, out AgentPod? pod)) return;
        Settle(pod);
        pod.CpuRateMilli = cpuMilli;
    }

    /// <summary>Counts CPU time that requests took, for traffic that tells requests one by one.</summary>
    /// <param name="uid">Pod.</param>
    /// <param name="cpuMilliseconds">CPU time in milliseconds of one CPU.</param>
    public void AddUse(long uid, double cpuMilliseconds)
    {
        if (_byUid.TryGetValue(uid, out AgentPod? pod)) pod.CpuMilliseconds += cpuMilliseconds;
    }

    /// <summary>CPU time of a pod so far, in milliseconds of one CPU: the difference of two readings over their distance is its use (metrics-server).</summary>
    public double CpuMillisecondsOf(long uid)
    {
        if (!_byUid.TryGetValue(uid, out AgentPod? pod)) return 0;
        Settle(pod);
        return pod.CpuMilliseconds;
    }

    /// <summary>Memory of a pod now, in bytes.</summary>
    public long MemoryBytesOf(long uid) => _byUid.TryGetValue(uid, out AgentPod? pod) ? MemoryOf(pod) : 0;

    /// <summary>How fast a pod works: 1, or the share of what it would take that its CPU limits allow. A request takes its service time divided by this.</summary>
    /// <remarks>Only limits throttle; containers of one node that want more CPU than it has are not slowed down here.</remarks>
    public double SpeedOf(long uid)
    {
        if (!_byUid.TryGetValue(uid, out AgentPod? pod) || pod.Stage is not (PodStage.Running or PodStage.Stopping)) return 1;
        PodSpec spec = pod.Pod.Spec;
        long limit = 0;
        foreach (Container container in spec.Containers)
        {
            if (container.CpuMilliLimit is not { } own) return 1;
            limit += own;
        }

        double wanted = pod.CpuRateMilli + IdleCpuMilli(pod);
        return limit == 0 || wanted <= limit ? 1 : limit / wanted;
    }

    private void Settle(AgentPod pod)
    {
        double milli = IdleCpuMilli(pod) + pod.CpuRateMilli;
        pod.CpuMilliseconds += milli * (_loop.Now - pod.CpuSince).TotalSeconds;
        pod.CpuSince = _loop.Now;
    }

    private double IdleCpuMilli(AgentPod pod)
    {
        double idle = 0;
        for (int i = 0; i < pod.Containers.Length; i++)
        {
            if (Runs(in pod.Containers[i])) idle += _runtime.Usage(pod.Containers[i].Handle).CpuMilli;
        }

        return idle;
    }
}
