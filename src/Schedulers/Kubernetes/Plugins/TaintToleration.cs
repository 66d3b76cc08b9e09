using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>TaintToleration (<c>plugins/tainttoleration/taint_toleration.go</c>): nodes whose taints the pod tolerates, the fewer untolerated <c>PreferNoSchedule</c> taints the better.</summary>
internal sealed class TaintToleration() : PredicateFilter("TaintToleration"), IPreScorePlugin, ILocalScore, IGroupedScore
{
    /// <inheritdoc/>
    public bool IsLocal(in PodRequest pod) => !View.HasPreferenceTaints;

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <summary>The number of taints that are not tolerated.</summary>
    public long LocalScore(in PodShape pod, in NodeState node)
    {
        long taints = 0;
        foreach (ref readonly Taint taint in node.Taints.AsSpan())
        {
            if (taint.Effect == TaintEffect.PreferNoSchedule && !Tolerates(pod.Spec.Tolerations, in taint)) taints++;
        }

        return taints;
    }

    /// <inheritdoc/>
    public long FeaturesOf(in PodRequest pod) => 0;

    /// <summary>Nodes differ by their untolerated taints.</summary>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain) => chain.Next(group, LocalScore(in pod.Shape, View[node]));

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes) => Status.Success;

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        for (int n = 0; n < nodes.Length; n++) scores[n] = LocalScore(in pod.Shape, View[nodes[n]]);
    }

    /// <inheritdoc/>
    public void NormalizeScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores) => DefaultNormalization.Apply(scores, isReversed: true);

    private static bool Tolerates(ValueList<Toleration> tolerations, in Taint taint)
    {
        foreach (ref readonly Toleration toleration in tolerations.AsSpan())
        {
            if (toleration.Tolerates(in taint)) return true;
        }

        return false;
    }
}
