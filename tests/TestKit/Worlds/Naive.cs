using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <summary>Rules told once more, without columns, classes and tables.</summary>
public static class Naive
{
    /// <summary>The nodes a pod fits on, in order.</summary>
    public static List<int> Feasible(ClusterState state, PodSpec pod) => [.. Enumerable.Range(0, state.Count).Where(n => Fits(state, pod, n))];

    /// <summary>Whether a pod fits a node, from specs and what the node's state shows.</summary>
    public static bool Fits(ClusterState state, PodSpec pod, int n)
    {
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
        ShapeIndex shape = state.Shapes.Intern(pod);
        bool limit = pod.MaxPerNode == 0 || pod.App.Length == 0 || node.PodsOfApp(in state.Shapes[shape]) < pod.MaxPerNode;
        return state.Schedulable[n] && enough && devices >= pod.GpuCount && model && labels && extended && limit;
    }

    private static long Free(ClusterState state, int n, string resource)
    {
        int column = Array.IndexOf(state.Layout.ExtendedNames, resource);
        return column < 0 ? 0 : state.FreeExtended(n, column);
    }
}
