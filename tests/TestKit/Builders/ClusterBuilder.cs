using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <summary>Builds a fleet.</summary>
public sealed class ClusterBuilder
{
    private readonly List<NodeSpec> _nodes = [];

    /// <summary>Adds equal nodes named <c>n0</c>, <c>n1</c>, … after those that are there.</summary>
    public ClusterBuilder Nodes(int count, string cpu = "4", string memory = "16Gi", int pods = 110, int gpus = 0, string gpuModel = "")
    {
        for (int i = 0; i < count; i++) Node(A.Node($"n{_nodes.Count}").Cpu(cpu).Memory(memory).Pods(pods).Gpus(gpus, gpuModel));
        return this;
    }

    /// <summary>Adds a node.</summary>
    public ClusterBuilder Node(NodeBuilder node) => Node(node.Build());

    /// <summary>Adds a node.</summary>
    public ClusterBuilder Node(NodeSpec node)
    {
        _nodes.Add(node);
        return this;
    }

    /// <summary>The fleet.</summary>
    public FleetLayout Build() => new(_nodes);
}
