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

    /// <summary>A taint that the pod does not tolerate.</summary>
    UntoleratedTaint,

    /// <summary>The pod names another node.</summary>
    NodeNameMismatch,

    /// <summary>No required node affinity term holds.</summary>
    NodeAffinityMismatch,

    /// <summary>A host port that the pod wants is taken.</summary>
    HostPortConflict,

    /// <summary>One more pod in the node's domain would break a hard topology spread constraint.</summary>
    TopologySpreadViolated,

    /// <summary>The node has no value of a label that a hard topology spread constraint needs.</summary>
    TopologySpreadLabelMissing,

    /// <summary>A pod that required affinity wants near is not in the node's domain.</summary>
    PodAffinityUnsatisfied,

    /// <summary>A pod that required anti-affinity wants away is in the node's domain.</summary>
    PodAntiAffinityViolated,

    /// <summary>A pod in the node's domain has required anti-affinity against this one.</summary>
    ExistingAntiAffinity,

    /// <summary>The labels of a bound volume name other zones or regions than the node's.</summary>
    VolumeZoneConflict,

    /// <summary>The node can attach no more volumes.</summary>
    TooManyVolumes,

    /// <summary>A claim is missing, or no volume can be bound to it from the node.</summary>
    VolumeBindingConflict,

    /// <summary>A volume that one pod at a time may use is in use.</summary>
    VolumeInUse,

    /// <summary>The node does not exist, or its room is kept for a nominated pod.</summary>
    NodeNotAvailable,

    /// <summary>A bound volume cannot be reached from the node.</summary>
    VolumeNodeConflict,
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
        InfeasibleReason.UntoleratedTaint => $"taint {Detail} is not tolerated",
        InfeasibleReason.NodeNameMismatch => $"the pod names node {Detail}",
        InfeasibleReason.NodeAffinityMismatch => "no required node affinity term holds",
        InfeasibleReason.HostPortConflict => $"host port {Detail} is taken",
        InfeasibleReason.TopologySpreadViolated => $"{Requested} matching pods in the domain of {Detail}, {Free} allowed for one more",
        InfeasibleReason.TopologySpreadLabelMissing => $"label {Detail} of a topology spread constraint is missing",
        InfeasibleReason.PodAffinityUnsatisfied => $"no pod of its affinity in the domain of {Detail}",
        InfeasibleReason.PodAntiAffinityViolated => $"a pod of its anti-affinity is in the domain of {Detail}",
        InfeasibleReason.ExistingAntiAffinity => $"a pod with anti-affinity against it is in the domain of {Detail}",
        InfeasibleReason.VolumeZoneConflict => "a volume is in another zone",
        InfeasibleReason.VolumeNodeConflict => "a volume cannot be reached from the node",
        InfeasibleReason.TooManyVolumes => "too many volumes",
        InfeasibleReason.VolumeBindingConflict => "a claim cannot be bound from here",
        InfeasibleReason.VolumeInUse => "a volume is in use by another pod",
        InfeasibleReason.NodeNotAvailable => "node does not exist or is kept for a nominated pod",
        InfeasibleReason.TooManyPodsOfApp => $"{Free} pods of {Detail} already, {Requested} allowed",
        _ => $"{Reason} {Detail}: {Requested} requested, {Free} free",
    };
}

/// <summary>The rules of feasibility, once for everybody: which node may take which pod, and why not.</summary>
/// <remarks>The fast form is <c>ClusterState.Fits</c>; a property test keeps the two equal. A pod fits exactly where this finds nothing.</remarks>
public static class Predicates
{
    /// <summary>All reasons against the node; empty when the pod fits.</summary>
    public static IReadOnlyList<Infeasibility> Check(ClusterView view, in PodShape pod, NodeIndex node) => Check(view.State, in pod, node.Value);

    internal static List<Infeasibility> Check(ClusterState state, in PodShape pod, int n)
    {
        List<Infeasibility> reasons = CheckLocally(state, in pod, n);
        if (pod.ClusterRules is not null && !state.IsNodeTruth) state.Filter(in pod).Explain(n, reasons);
        if (pod.Exemptions is { } exemptions && !state.IsNodeTruth) reasons.RemoveAll(reason => exemptions.Cover(in reason));
        return reasons;
    }

    /// <summary><see cref="ClusterState.FitsLocally"/> for pods that are exempt from some rules.</summary>
    internal static bool FitsLocally(ClusterState state, in PodShape pod, int n)
    {
        RuleExemptions exemptions = pod.Exemptions!;
        return CheckLocally(state, in pod, n).TrueForAll(reason => exemptions.Cover(in reason));
    }

    /// <summary><see cref="ClusterState.FitsWhenEmpty"/> for pods that are exempt from some rules.</summary>
    internal static bool FitsWhenEmpty(ClusterState state, in PodShape pod, int n)
    {
        var reasons = new List<Infeasibility>();
        CheckNode(state, in pod, n, reasons);
        CheckAffinity(state, in pod, n, reasons);
        RuleExemptions exemptions = pod.Exemptions!;
        return reasons.TrueForAll(reason => exemptions.Cover(in reason));
    }

    /// <summary>What concerns the node alone.</summary>
    private static List<Infeasibility> CheckLocally(ClusterState state, in PodShape pod, int n)
    {
        var reasons = new List<Infeasibility>();
        var node = new NodeState(state, n);
        CheckNode(state, in pod, n, reasons);
        CheckAffinity(state, in pod, n, reasons);
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
            foreach (ResourceAmount request in pod.Spec.Extended)
            {
                int column = state.Layout.ExtendedIndex(request.Name);
                if (column < 0) column = state.Layout.ExtendedNames.Length;
                if (requests[column] > 0) Compare(InfeasibleReason.InsufficientExtendedResource, request.Amount, state.FreeExtended(n, column), request.Name);
            }
        }

        if (pod.MaxPerNode > 0 && node.PodsOfApp(in pod) >= pod.MaxPerNode)
            reasons.Add(new(InfeasibleReason.TooManyPodsOfApp, pod.MaxPerNode, node.PodsOfApp(in pod), pod.Spec.App));
        if (state.PortConflict(in pod, n) is { } port)
            reasons.Add(new(InfeasibleReason.HostPortConflict, port.Port, 0, $"{port.Port}/{port.Protocol}{(port.HostIp.Length == 0 ? "" : $" of {port.HostIp}")}"));
        return reasons;

        void Compare(InfeasibleReason reason, long requested, long free, string detail)
        {
            if (requested > 0 && requested > free) reasons.Add(new(reason, requested, free, detail));
        }
    }

    /// <summary>What keeps the pod off whatever room the node has: that it is not there, cordoned, tainted, or not the one the pod names.</summary>
    private static void CheckNode(ClusterState state, in PodShape pod, int n, List<Infeasibility> reasons)
    {
        if (!state.IsPresent(n) || state.IsExcluded(n)) reasons.Add(new(InfeasibleReason.NodeNotAvailable, 0, 0, ""));
        if (!state.Schedulable[n] && pod.Tolerances is not { ToleratesCordon: true }) reasons.Add(new(InfeasibleReason.NodeUnschedulable, 0, 0, ""));
        if (Tolerances.FirstUntolerated(pod.Spec.Tolerations, state.TaintsOf(n)) is { } taint)
            reasons.Add(new(InfeasibleReason.UntoleratedTaint, 0, 0, $"{{{taint.Key}: {taint.Value}}}"));
        string name = pod.Spec.NodeName;
        if (name.Length > 0 && name != state.Layout.Nodes[n].Name) reasons.Add(new(InfeasibleReason.NodeNameMismatch, 0, 0, name));
    }

    /// <summary>What the pod wants of the node's name, labels and model.</summary>
    private static void CheckAffinity(ClusterState state, in PodShape pod, int n, List<Infeasibility> reasons)
    {
        NodeSpec spec = state.SpecOf(n);
        NodeIdentity identity = NodeIdentity.Of(spec);
        if (!NodeMatching.AllowsModel(pod.Spec, spec.GpuModel)) reasons.Add(new(InfeasibleReason.GpuModelMismatch, 0, 0, spec.GpuModel));
        foreach (Label wanted in pod.Spec.NodeSelector)
        {
            if (!NodeMatching.HasLabel(in identity, wanted))
                reasons.Add(new(InfeasibleReason.NodeSelectorMismatch, 0, 0, $"{wanted.Key}={wanted.Value}"));
        }

        if (!NodeMatching.MatchesAffinity(pod.Spec, in identity)) reasons.Add(new(InfeasibleReason.NodeAffinityMismatch, 0, 0, ""));
    }
}
