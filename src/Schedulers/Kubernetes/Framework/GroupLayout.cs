using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The nodes sorted by group, and within a group by the run's order, in blocks of up to 64 nodes of one group. Shapes whose nodes fall into the same groups share one.</summary>
/// <remarks><code>
/// node      0 1 2 3 4 5        two zones in turn
/// group     0 1 0 1 0 1
/// NodeAt    0 2 4 | 1 3 5      position → node; PositionOf is the way back
/// block     0     | 1          a block ends with its group or after 64 positions
/// </code></remarks>
internal sealed class GroupLayout
{
    /// <summary>Positions of a block.</summary>
    public const int BlockSize = 64;

    /// <summary>[node] group.</summary>
    public readonly int[] GroupOf;

    /// <summary>[node] position.</summary>
    public readonly int[] PositionOf;

    /// <summary>[node] block.</summary>
    public readonly int[] BlockOf;

    /// <summary>[position] node.</summary>
    public readonly int[] NodeAt;

    /// <summary>[group] its first position; one more for the end.</summary>
    public readonly int[] FirstPosition;

    /// <summary>[group] its first block; one more for the end.</summary>
    public readonly int[] FirstBlock;

    /// <summary>[block] its first position; one more for the end.</summary>
    public readonly int[] BlockStart;

    /// <summary>Sorts the nodes.</summary>
    /// <param name="groupOf">[node] group, numbered from 0 by first appearance.</param>
    /// <param name="groups">Number of groups.</param>
    public GroupLayout(int[] groupOf, int groups)
    {
        GroupOf = groupOf;
        int[] sizes = new int[groups];
        foreach (int group in groupOf) sizes[group]++;
        FirstPosition = new int[groups + 1];
        FirstBlock = new int[groups + 1];
        for (int group = 0; group < groups; group++)
        {
            FirstPosition[group + 1] = FirstPosition[group] + sizes[group];
            FirstBlock[group + 1] = FirstBlock[group] + ((sizes[group] + BlockSize - 1) / BlockSize);
        }

        BlockStart = new int[FirstBlock[groups] + 1];
        for (int group = 0; group < groups; group++)
        {
            for (int block = FirstBlock[group]; block < FirstBlock[group + 1]; block++) BlockStart[block] = FirstPosition[group] + ((block - FirstBlock[group]) * BlockSize);
        }

        BlockStart[^1] = groupOf.Length;
        (PositionOf, BlockOf, NodeAt) = (new int[groupOf.Length], new int[groupOf.Length], new int[groupOf.Length]);
        Span<int> next = [.. FirstPosition];
        for (int node = 0; node < groupOf.Length; node++)
        {
            int group = groupOf[node], position = next[group]++;
            (PositionOf[node], NodeAt[position]) = (position, node);
            BlockOf[node] = FirstBlock[group] + ((position - FirstPosition[group]) / BlockSize);
        }
    }

    /// <summary>Number of groups.</summary>
    public int Groups => FirstBlock.Length - 1;

    /// <summary>Number of blocks.</summary>
    public int Blocks => BlockStart.Length - 1;
}

/// <summary>Finds the layout for a pod: asks one node of each kind for its features where nodes of a kind have the same.</summary>
internal sealed class GroupLayouts(ClusterView view, NodeKinds kinds, IGroupedScore[] grouped)
{
    private const int Most = 64;
    private readonly List<GroupLayout> _known = [];
    private readonly int[] _groupOf = new int[view.Count];

    /// <summary>The layout for a pod that the plugins were just asked about.</summary>
    public GroupLayout Of(in PodRequest pod)
    {
        int groups = Group(in pod);
        foreach (GroupLayout known in _known)
        {
            if (known.GroupOf.AsSpan().SequenceEqual(_groupOf)) return known;
        }

        // Tables go on with the layout that they have, so what is forgotten here costs memory at worst.
        if (_known.Count == Most) _known.RemoveAt(0);
        var layout = new GroupLayout([.. _groupOf], groups);
        _known.Add(layout);
        return layout;
    }

    private int Group(in PodRequest pod)
    {
        bool byName = false;
        foreach (IGroupedScore score in grouped) byName |= score.FollowsNames;
        var chain = new FeatureChain();
        var numbers = new Dictionary<int, int>();
        Span<int> ofKind = new int[kinds.Count];
        ofKind.Fill(-1);
        ReadOnlySpan<int> kindOf = kinds.Of;
        for (int n = 0; n < _groupOf.Length; n++)
        {
            ref int group = ref ofKind[kindOf[n]];
            if (group < 0 || byName)
            {
                int features = 0;
                foreach (IGroupedScore score in grouped) features = score.Describe(in pod, new NodeIndex(n), features, chain);
                if (!numbers.TryGetValue(features, out group)) numbers.Add(features, group = numbers.Count);
            }

            _groupOf[n] = group;
        }

        return numbers.Count;
    }
}
