using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>Scores by what nodes offer and what is requested of them (<c>resourceAllocationScorer</c>).</summary>
/// <param name="name">Name of the plugin.</param>
/// <param name="resources">Resources of the score.</param>
/// <param name="scored">Whether requests that containers leave out count with the defaults for scores.</param>
internal abstract class ResourceScores(string name, IReadOnlyList<ResourceWeight> resources, bool scored) : PredicateFilter(name), IPreScorePlugin, ISpanScore
{
    /// <summary>Nodes of a column: so few that columns stay in the processor's nearest cache.</summary>
    protected const int Stride = 128;

    private readonly NodeResource[] _resources = [.. resources.Select(resource => new NodeResource(resource.Name))];
    private readonly long[] _requests = new long[resources.Count];
    private readonly long[] _allocatable = new long[resources.Count];
    private readonly long[] _requested = new long[resources.Count];
    private readonly long[] _offered = new long[resources.Count * Stride];
    private readonly long[] _taken = new long[resources.Count * Stride];
    private int _entry = -1;
    private bool _asks;

    /// <inheritdoc/>
    public override void Prepare()
    {
        foreach (NodeResource resource in _resources) resource.Prepare(View.Fleet);
    }

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes) => ReadRequests(in pod.Shape) ? Status.Success : OfPodsWithoutRequests;

    /// <inheritdoc/>
    public bool IsLocal(in PodRequest pod) => true;

    /// <inheritdoc/>
    public bool IsFinal => true;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => ReadRequests(in pod) || OfPodsWithoutRequests.IsSuccess ? ScoreOf(in node) : 0;

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        for (int n = 0; n < nodes.Length; n++) scores[n] = LocalScore(in pod.Shape, View[nodes[n]]);
    }

    /// <inheritdoc/>
    public void AddScores(in PodShape pod, ReadOnlySpan<NodeIndex> nodes, long weight, Span<long> sums)
    {
        if (!ReadRequests(in pod) && !OfPodsWithoutRequests.IsSuccess) return;
        for (int first = 0; first < nodes.Length; first += Stride)
        {
            int count = Math.Min(Stride, nodes.Length - first);
            for (int i = 0; i < _resources.Length; i++)
                _resources[i].ReadMany(View, nodes.Slice(first, count), _requests[i], scored, _offered.AsSpan(i * Stride, count), _taken.AsSpan(i * Stride, count));
            AddScores(_taken, _offered, weight, sums.Slice(first, count));
        }
    }

    /// <summary>Adds weight · score of nodes.</summary>
    /// <param name="requested">[resource, node], rows of <see cref="Stride"/>: requested with the pod.</param>
    /// <param name="allocatable">[resource, node], rows of <see cref="Stride"/>: offered; 0 leaves the resource out.</param>
    /// <param name="weight">Weight.</param>
    /// <param name="sums">[node] what is added to.</param>
    protected virtual void AddScores(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable, long weight, Span<long> sums)
    {
        for (int n = 0; n < sums.Length; n++)
        {
            for (int i = 0; i < _resources.Length; i++) (_allocatable[i], _requested[i]) = (allocatable[(i * Stride) + n], requested[(i * Stride) + n]);
            sums[n] += weight * Score(_requested, _allocatable);
        }
    }

    private long ScoreOf(in NodeState node)
    {
        for (int i = 0; i < _resources.Length; i++) (_allocatable[i], _requested[i]) = _resources[i].Of(in node, _requests[i], scored);
        return Score(_requested, _allocatable);
    }

    /// <summary>Notes what the pod requests; false when it is nothing.</summary>
    private bool ReadRequests(in PodShape pod)
    {
        if (_entry == pod.Entry) return _asks;
        (_entry, _asks) = (pod.Entry, false);
        for (int i = 0; i < _resources.Length; i++)
        {
            _requests[i] = _resources[i].RequestOf(in pod, scored);
            _asks |= _requests[i] != 0;
        }

        return _asks;
    }

    /// <summary>What PreScore says of pods that request none of the resources.</summary>
    protected virtual Status OfPodsWithoutRequests => Status.Success;

    /// <summary>The score of a node, 0 to 100.</summary>
    /// <param name="requested">[resource] requested with the pod.</param>
    /// <param name="allocatable">[resource] offered; 0 leaves the resource out.</param>
    protected abstract long Score(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable);
}
