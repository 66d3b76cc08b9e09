using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Scores before normalisation that depend on shape and node alone, kept by shape until the node changes. What has to be computed for every pod is then the rest.</summary>
/// <remarks>Tables lie in slots by the number of their shape; two shapes that meet in a slot take it from each other. So memory is bounded, and no decision depends on it.</remarks>
/// <param name="plugins">The scores.</param>
/// <param name="nodes">Number of nodes.</param>
internal sealed class KeptScores(ILocalScore[] plugins, int nodes)
{
    private const long Budget = 64L << 20;
    private readonly Table?[] _slots = new Table?[Math.Clamp(Budget / ((4L + (8L * plugins.Length)) * Math.Max(1, nodes)), 1, 4096)];
    private Table _current = null!;

    /// <summary>The scores of one shape.</summary>
    private sealed class Table(int plugins, int nodes)
    {
        public int Shape = -1;

        /// <summary>[node] version of the node that was scored, plus one; 0 when none was.</summary>
        public readonly ulong[] Scored = new ulong[nodes];

        /// <summary>[plugin · nodes + node] scores.</summary>
        public readonly long[] Scores = new long[nodes * plugins];
    }

    /// <summary>Scores the nodes that changed since the shape was met last.</summary>
    public void Load(in PodRequest pod, ClusterView view, ReadOnlySpan<NodeIndex> on)
    {
        ref Table? slot = ref _slots[pod.Shape.Index.Value % _slots.Length];
        _current = slot ??= new Table(plugins.Length, nodes);
        if (_current.Shape != pod.Shape.Index.Value)
        {
            _current.Shape = pod.Shape.Index.Value;
            Array.Clear(_current.Scored);
        }

        foreach (NodeIndex index in on)
        {
            NodeState node = view[index];
            ref ulong scored = ref _current.Scored[index.Value];
            if (scored == node.Version + 1UL) continue;
            for (int p = 0; p < plugins.Length; p++) _current.Scores[(p * nodes) + index.Value] = plugins[p].LocalScore(in pod.Shape, in node);
            scored = node.Version + 1UL;
        }
    }

    /// <summary>The kept scores of a plugin.</summary>
    public void Read(int plugin, ReadOnlySpan<NodeIndex> on, Span<long> scores)
    {
        ReadOnlySpan<long> kept = _current.Scores.AsSpan(plugin * nodes, nodes);
        for (int n = 0; n < on.Length; n++) scores[n] = kept[on[n].Value];
    }
}
