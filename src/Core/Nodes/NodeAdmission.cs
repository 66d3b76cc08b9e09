using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Nodes;

/// <summary>The node truth and the door to it: what an agent checks before it takes a bound pod in, once for replays of traces and for orchestrated runs
/// (Kubernetes <c>pkg/kubelet/lifecycle/predicate.go</c>).</summary>
internal sealed class NodeAdmission(ClusterState truth)
{
    /// <summary>What really runs on the nodes.</summary>
    public ClusterState Truth => truth;

    /// <summary>Takes a pod's resources from a node, if they are there.</summary>
    /// <returns>Null when it was taken in, or the first reason against it.</returns>
    public Infeasibility? TryAdmit(in PodShape shape, int node, DeviceSet devices)
    {
        if (truth.Fits(in shape, node) && (shape.GpuCount == 0 || DeviceChoice.IsValid(in shape, truth.Devices(node), devices)))
        {
            truth.Add(in shape, node, devices);
            return null;
        }

        List<Infeasibility> reasons = Predicates.Check(truth, in shape, node);
        return reasons.Count > 0 ? reasons[0] : new Infeasibility(InfeasibleReason.InsufficientGpu, shape.GpuCount, 0, "devices that were chosen");
    }

    /// <summary>Gives a pod's resources back.</summary>
    public void Release(in PodShape shape, int node, DeviceSet devices) => truth.Remove(in shape, node, devices);

    /// <summary>Status reason of a pod that was refused, in the kubelet's words.</summary>
    public static string StatusReason(in Infeasibility why) => why.Reason switch
    {
        InfeasibleReason.InsufficientCpu => "OutOfcpu",
        InfeasibleReason.InsufficientMemory => "OutOfmemory",
        InfeasibleReason.InsufficientEphemeralStorage => "OutOfephemeral-storage",
        InfeasibleReason.TooManyPods => "OutOfpods",
        InfeasibleReason.InsufficientGpu => "UnexpectedAdmissionError",
        InfeasibleReason.InsufficientExtendedResource => "OutOf" + why.Detail,
        InfeasibleReason.NodeSelectorMismatch or InfeasibleReason.NodeAffinityMismatch or InfeasibleReason.GpuModelMismatch => "NodeAffinity",
        InfeasibleReason.NodeNameMismatch => "NodeName",
        InfeasibleReason.UntoleratedTaint => "TaintToleration",
        _ => why.Reason.ToString(),
    };

    /// <summary>Whether two pods want one port of the node.</summary>
    public static bool PortsConflict(PodSpec left, PodSpec right)
    {
        foreach (ref readonly HostPort mine in left.HostPorts.AsSpan())
        {
            foreach (ref readonly HostPort theirs in right.HostPorts.AsSpan())
            {
                if (mine.ConflictsWith(in theirs)) return true;
            }
        }

        return false;
    }
}
