using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Which images nodes have on their disks, as the scheduler knows them (Kubernetes <c>node.status.images</c>).</summary>
public interface INodeImages
{
    /// <summary>Bytes of an image, when the node has it; 0 otherwise.</summary>
    /// <param name="node">The node.</param>
    /// <param name="image">Image with its tag or digest: <c>name:tag</c>.</param>
    long BytesOn(NodeIndex node, string image);

    /// <summary>Number of existing nodes that have the image.</summary>
    int NodesWith(string image);
}
