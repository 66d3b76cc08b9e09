using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Nodes;

/// <summary>The images that the simulated runtime has on its disks, as the scheduler looks at them. Differences: a kubelet tells of the 50 largest images, with its next status; here all
/// are known at once.</summary>
/// <param name="runtime">The runtime, once there is one; null without agents.</param>
/// <param name="view">The scheduler's view, which knows the nodes that exist.</param>
internal sealed class RuntimeImages(Func<SimulatedRuntime?> runtime, ClusterState view) : INodeImages
{
    private const string Latest = ":latest";

    /// <inheritdoc/>
    public long BytesOn(NodeIndex node, string image)
    {
        if (runtime() is not { } disks) return 0;
        long bytes = disks.BytesOn(node.Value, image);
        // Containers may leave the tag out: the disk knows the image as they write it.
        return bytes > 0 || !image.EndsWith(Latest, StringComparison.Ordinal) ? bytes : disks.BytesOn(node.Value, image[..^Latest.Length]);
    }

    /// <inheritdoc/>
    public int NodesWith(string image)
    {
        if (runtime() is null) return 0;
        int nodes = 0;
        for (int n = 0; n < view.Count; n++)
        {
            if (view.IsPresent(n) && BytesOn(new NodeIndex(n), image) > 0) nodes++;
        }

        return nodes;
    }
}
