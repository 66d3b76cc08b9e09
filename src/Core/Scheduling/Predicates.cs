using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Scheduling;

/// <summary>Why a node cannot take a pod. Names follow the reasons of Kubernetes where it has one.</summary>
public enum InfeasibleReason
{
    /// <summary>Cordoned or not ready.</summary>
    NodeUnschedulable,

    /// <summary>The GPU model is none the pod accepts.</summary>
    GpuModelMismatch,

    /// <summary>A label the pod requires is missing.</summary>
    NodeSelectorMismatch,

    /// <summary>The node's pod limit is reached.</summary>
    TooManyPods,

    /// <summary>Not enough CPU.</summary>
    InsufficientCpu,

    /// <summary>Not enough memory.</summary>
    InsufficientMemory,

    /// <summary>Not enough ephemeral storage.</summary>
    InsufficientEphemeralStorage,

    /// <summary>No device has the share free, or too few devices are wholly free.</summary>
    InsufficientGpu,

    /// <summary>Not enough of an extended resource.</summary>
    InsufficientExtendedResource,

    /// <summary>The app's limit of pods a node is reached.</summary>
    TooManyPodsOfApp,
}

/// <summary>One reason with its numbers.</summary>
/// <param name="Reason">Which rule.</param>
/// <param name="Requested">What the pod asks for, in the unit of the resource (milli CPU, bytes, milli GPU a device or whole devices, pods).</param>
/// <param name="Free">What the node has left.</param>
/// <param name="Detail">Resource, model or label in question.</param>
public readonly record struct Infeasibility(InfeasibleReason Reason, long Requested, long Free, string Detail)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => Reason switch
    {
        InfeasibleReason.NodeUnschedulable => "node is unschedulable",
        InfeasibleReason.GpuModelMismatch => $"GPU model {(Detail.Length == 0 ? "none" : Detail)} is not accepted",
        InfeasibleReason.NodeSelectorMismatch => $"label {Detail} is missing",
        InfeasibleReason.TooManyPods => "too many pods",
        InfeasibleReason.TooManyPodsOfApp => $"{Free} pods of {Detail} already, {Requested} allowed",
        _ => $"{Reason} {Detail}: {Requested} requested, {Free} free",
    };
}

/// <summary>The rules of feasibility, once for everybody: which node may take which pod, and why not.</summary>
/// <remarks>The fast form is <see cref="ClusterState.Fits"/>; a property test keeps the two equal. A pod fits exactly where this finds nothing.</remarks>
public static class Predicates
{
    /// <summary>All reasons against the node; empty when the pod fits.</summary>
    public static IReadOnlyList<Infeasibility> Check(ClusterView view, in PodShape pod, NodeIndex node) => Check(view.State, in pod, node.Value);

    internal static List<Infeasibility> Check(ClusterState state, in PodShape pod, int n)
    {
        var reasons = new List<Infeasibility>();
        var node = new NodeState(state, n);
        NodeSpec spec = node.Spec;
        if (!state.Schedulable[n]) reasons.Add(new(InfeasibleReason.NodeUnschedulable, 0, 0, ""));
        if (!FleetLayout.AllowsModel(pod.Spec, spec)) reasons.Add(new(InfeasibleReason.GpuModelMismatch, 0, 0, spec.GpuModel));
        foreach (Label wanted in pod.Spec.NodeSelector)
        {
            if (!FleetLayout.MatchesSelector(new PodSpec { NodeSelector = [wanted] }, spec))
                reasons.Add(new(InfeasibleReason.NodeSelectorMismatch, 0, 0, $"{wanted.Key}={wanted.Value}"));
        }

        if (node.FreePods <= 0) reasons.Add(new(InfeasibleReason.TooManyPods, 1, node.FreePods, ""));
        Compare(InfeasibleReason.InsufficientCpu, pod.CpuMilli, node.FreeCpuMilli, "milli CPU");
        Compare(InfeasibleReason.InsufficientMemory, pod.MemoryBytes, node.FreeMemoryBytes, "bytes");
        Compare(InfeasibleReason.InsufficientEphemeralStorage, pod.EphemeralStorageBytes, node.FreeEphemeralStorageBytes, "bytes");
        if (pod.GpuCount > 0 && !state.FitsDevices(in pod, n))
        {
            reasons.Add(pod.IsGpuShare
                ? new(InfeasibleReason.InsufficientGpu, pod.GpuMilliPerDevice, state.LargestDeviceFreeMilli[n], "milli of one device")
                : new(InfeasibleReason.InsufficientGpu, pod.GpuCount, node.WholeDevicesFree, "whole devices"));
        }

        if (pod.Extended is { } requests)
        {
            for (int column = 0; column < requests.Length; column++)
            {
                string name = column < state.Layout.ExtendedNames.Length ? state.Layout.ExtendedNames[column] : "resource that no node offers";
                Compare(InfeasibleReason.InsufficientExtendedResource, requests[column], state.FreeExtended(n, column), name);
            }
        }

        if (pod.MaxPerNode > 0 && node.PodsOfApp(in pod) >= pod.MaxPerNode)
            reasons.Add(new(InfeasibleReason.TooManyPodsOfApp, pod.MaxPerNode, node.PodsOfApp(in pod), pod.Spec.App));
        return reasons;

        void Compare(InfeasibleReason reason, long requested, long free, string detail)
        {
            if (requested > free) reasons.Add(new(reason, requested, free, detail));
        }
    }
}
