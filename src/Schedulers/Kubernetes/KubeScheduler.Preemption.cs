using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes;

/// <content>What the profile's DefaultPreemption arguments, its own filters and the extenders have to say when pods are pushed out. The engine is the core's.</content>
public sealed partial class KubeScheduler : IPreemptionAdvice
{
    private Draw _preemptionDraw;

    /// <inheritdoc/>
    public bool TurnedAway { get; private set; }

    /// <summary>A tenth of the nodes, at least a hundred, unless the arguments say otherwise, from a random one on (<c>GetOffsetAndNumCandidates</c>, <c>calculateNumCandidates</c>).
    /// Where all are tried, from the first one on.</summary>
    public (int Offset, int Enough) Search(in PodRequest pod, int potential)
    {
        if (ArgsOf(pod.Shape.Spec.SchedulerName) is not { } args) return (0, potential);
        int enough = Math.Max((int)((long)potential * args.MinCandidateNodesPercentage / 100), args.MinCandidateNodesAbsolute);
        return enough >= potential ? (0, potential) : ((int)_preemptionDraw.Below(pod.Entity, (ulong)pod.Attempt, (ulong)potential), enough);
    }

    /// <inheritdoc/>
    public bool KeepsOff(in PodRequest pod, NodeIndex node) =>
        _extenders.IsUnresolvable(in pod, node) || (ProfileOf(pod.Shape.Spec.SchedulerName) is { HasNarrowing: true } profile && profile.Narrows(in pod, node));

    /// <inheritdoc/>
    public void Narrow(in PodRequest pod, List<PreemptionCandidate> candidates) => _extenders.Preempt(in pod, _context, candidates);

    private Configuration.PluginArgs? ArgsOf(string schedulerName) => _configuration.Profiles.FirstOrDefault(profile => profile.SchedulerName == schedulerName)?.Args;
}
