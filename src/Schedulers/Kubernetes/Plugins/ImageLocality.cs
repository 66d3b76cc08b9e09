using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>ImageLocality (<c>plugins/imagelocality/image_locality.go</c>): the more of its images' bytes a node has, the better, each weighed with the share of the nodes that have it.</summary>
internal sealed class ImageLocality() : SchedulerPlugin("ImageLocality"), ILocalScore, IGroupedScore
{
    private const long Mebibyte = 1L << 20;
    private const long Least = 23 * Mebibyte;
    private const long MostOfContainer = 1000 * Mebibyte;

    /// <summary>Images come without a change of the node, so what counts is only that no node has any of the pod's.</summary>
    public bool IsLocal(in PodRequest pod) => Context.Images is not { } images || (!HasAny(images, pod.Shape.Spec.InitContainers) && !HasAny(images, pod.Shape.Spec.Containers));

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => 0;

    /// <summary>Where no node has any of the pod's images, all nodes are one group.</summary>
    public long FeaturesOf(in PodRequest pod) => IsLocal(in pod) ? 0 : -1;

    /// <inheritdoc/>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain) => group;

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        scores.Clear();
        PodSpec spec = pod.Shape.Spec;
        int containers = spec.Containers.Count + spec.InitContainers.Count;
        if (Context.Images is not { } images || containers == 0 || IsLocal(in pod)) return;
        int present = 0;
        for (int n = 0; n < View.Count; n++) present += View[new NodeIndex(n)].IsPresent ? 1 : 0;
        Add(images, spec.InitContainers, nodes, present, scores);
        Add(images, spec.Containers, nodes, present, scores);
        long most = MostOfContainer * containers;
        foreach (ref long score in scores) score = IScorePlugin.MaxNodeScore * (Math.Clamp(score, Least, most) - Least) / (most - Least);
    }

    private static bool HasAny(INodeImages images, ValueList<Container> containers)
    {
        foreach (Container container in containers.AsSpan())
        {
            if (images.NodesWith(Normalized(container.Image)) > 0) return true;
        }

        return false;
    }

    private static void Add(INodeImages images, ValueList<Container> containers, ReadOnlySpan<NodeIndex> nodes, int present, Span<long> sums)
    {
        foreach (Container container in containers.AsSpan())
        {
            string image = Normalized(container.Image);
            int holders = images.NodesWith(image);
            if (holders == 0) continue;
            double spread = (double)holders / present;
            for (int i = 0; i < nodes.Length; i++) sums[i] += (long)(images.BytesOn(nodes[i], image) * spread);
        }
    }

    /// <summary>The image with its tag: <c>latest</c> unless it says otherwise (<c>normalizedImageName</c>).</summary>
    private static string Normalized(string image) => image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
