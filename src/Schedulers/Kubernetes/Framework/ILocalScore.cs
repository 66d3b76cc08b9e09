using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>A score that for many pods depends on the pod's shape and the node alone, or is the same for every node. Then it need not be computed again until the node changes.</summary>
public interface ILocalScore : IScorePlugin
{
    /// <summary>Whether it is so for this pod now: the normalised score of a node is <see cref="LocalScore"/> plus what is the same for all nodes.</summary>
    bool IsLocal(in PodRequest pod);

    /// <summary>Whether <see cref="LocalScore"/> is the score of every pod, whatever <see cref="IsLocal"/> says and with nothing to normalise.</summary>
    bool IsFinal { get; }

    /// <summary>The part that differs from node to node: a pure function of shape and node.</summary>
    long LocalScore(in PodShape pod, in NodeState node);
}
