using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>A score that many nodes have in common: what makes a difference between nodes is a few features of each. Nodes of equal features form a group, and one node of each group is
/// scored for all of it.</summary>
/// <remarks>The features of a node may change with a change of that node alone. What else a score depends on (pods of its domain) it looks at when it scores.</remarks>
internal interface IGroupedScore : IScorePlugin
{
    /// <summary>Says what the features of this pod are: equal numbers mean the same features of pods of one entry. Below 0 when nodes cannot be grouped for it.</summary>
    long FeaturesOf(in PodRequest pod);

    /// <summary>Whether the features of a node change with its pods, for the pod that <see cref="FeaturesOf"/> was asked about last; otherwise only with its labels and taints
    /// (<see cref="NodeState.Kind"/>).</summary>
    bool FollowsPods => false;

    /// <summary>Whether the features of a node depend on its name too, for the pod that <see cref="FeaturesOf"/> was asked about last: nodes of one kind may differ then.</summary>
    bool FollowsNames => false;

    /// <summary>Adds the features of a node to those that other plugins have added, for the pod that <see cref="FeaturesOf"/> was asked about last.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node.</param>
    /// <param name="group">Group by the features so far.</param>
    /// <param name="chain">Where groups get their numbers.</param>
    /// <returns>Group by these features too.</returns>
    int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain);

    /// <summary>As <see cref="IPreScorePlugin.PreScore"/>, with nodes that stand for groups.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">One node of each group.</param>
    /// <param name="sizes">[group] nodes that the pod fits on.</param>
    Status PreScoreGroups(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<int> sizes) => this is IPreScorePlugin plugin ? plugin.PreScore(in pod, nodes) : Status.Success;
}

/// <summary>Numbers the combinations of features that nodes have, in order of appearance; 0 is the empty one.</summary>
internal sealed class FeatureChain
{
    private readonly Dictionary<(int Before, long Feature), int> _numbers = [];

    /// <summary>Numbers given so far, and that of the empty combination.</summary>
    public int Count => _numbers.Count + 1;

    /// <summary>The combination with one more feature.</summary>
    public int Next(int before, long feature)
    {
        if (_numbers.TryGetValue((before, feature), out int number)) return number;
        number = Count;
        _numbers.Add((before, feature), number);
        return number;
    }
}
