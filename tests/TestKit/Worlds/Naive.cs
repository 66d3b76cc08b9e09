using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Scheduling;

namespace SchedBench.TestKit;

/// <summary>Rules told once more, without columns, classes and tables.</summary>
public static class Naive
{
    /// <summary>The nodes a pod fits on, in order.</summary>
    public static List<int> Feasible(ClusterState state, ShapeIndex pod)
    {
        (PlainRules rules, PlainPod[] placed) = Told(state);
        return [.. Enumerable.Range(0, state.Count).Where(n => HasRoom(state, pod, n) && rules.Broken(Plain(state, pod, n), n, placed) is null)];
    }

    /// <summary>Whether a pod fits a node, from specs and what the node's state shows.</summary>
    public static bool Fits(ClusterState state, ShapeIndex shape, int n) => HasRoom(state, shape, n) && Broken(state, shape, n) is null;

    private static bool HasRoom(ClusterState state, ShapeIndex shape, int n)
    {
        PodSpec pod = state.Shapes[shape].Spec;
        var node = new NodeState(state, n);
        NodeSpec spec = node.Spec;
        bool enough = node.FreeCpuMilli >= pod.CpuMilli && node.FreeMemoryBytes >= pod.MemoryBytes
            && node.FreeEphemeralStorageBytes >= pod.EphemeralStorageBytes && node.FreePods >= 1;
        int devices = 0;
        foreach (int milli in node.DeviceFreeMilli) devices += milli >= pod.GpuMilliPerDevice ? 1 : 0;
        bool model = pod.GpuCount == 0 || pod.GpuModels.Count == 0 || pod.GpuModels.Contains(spec.GpuModel);
        bool labels = pod.NodeSelector.All(wanted =>
            spec.Labels.Contains(wanted) || (wanted.Key == "topology.kubernetes.io/zone" && wanted.Value == spec.Zone && wanted.Value.Length > 0));
        bool extended = pod.Extended.All(wanted => wanted.Amount <= Free(state, n, wanted.Name));
        bool limit = pod.MaxPerNode == 0 || pod.App.Length == 0 || node.PodsOfApp(in state.Shapes[shape]) < pod.MaxPerNode;
        // Pods are only known one by one where their labels count; their ports always are.
        bool ports = !pod.HostPorts.Any(wanted => state.PortsInUse(n).ToArray().Any(port => state.Shapes.Rules.Port(port).ConflictsWith(wanted)));
        return enough && ports && devices >= pod.GpuCount && model && labels && extended && limit;
    }

    /// <summary>The first rule beyond resources that the pod would break on a node, or null.</summary>
    public static InfeasibleReason? Broken(ClusterState state, ShapeIndex shape, int n)
    {
        (PlainRules rules, PlainPod[] placed) = Told(state);
        return rules.Broken(Plain(state, shape, n), n, placed)?.Reason;
    }

    private static (PlainRules Rules, PlainPod[] Placed) Told(ClusterState state)
    {
        var rules = new PlainRules(state.Layout.Nodes);
        if (state.Shapes.Rules.NamespaceLabels is { } labelsOf) rules.NamespaceLabels = labelsOf;
        for (int node = 0; node < state.Count; node++)
        {
            rules.SetCordoned(node, !state.Schedulable[node]);
            rules.SetTaints(node, state.TaintsOf(node));
            rules.SetLabels(node, state.LabelsOf(node));
            rules.SetPresent(node, state.IsPresent(node));
        }

        return (rules, [.. state.PodsOfRules().SelectMany(pod => Enumerable.Range(0, pod.Pods).Select(i => Plain(state, pod.Entry, pod.Node) with { IsLeaving = i < pod.Leaving }))]);
    }

    private static PlainPod Plain(ClusterState state, ShapeIndex shape, int node)
    {
        PodIdentity identity = state.Shapes.IdentityOf(shape);
        return new PlainPod(state.Shapes[shape].Spec, identity.Labels, identity.Namespace, node);
    }

    private static long Free(ClusterState state, int n, string resource)
    {
        int column = Array.IndexOf(state.Layout.ExtendedNames, resource);
        return column < 0 ? 0 : state.FreeExtended(n, column);
    }
}
