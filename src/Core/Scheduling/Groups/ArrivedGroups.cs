using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>The groups of a trace as a strategy sees them that handles them itself. A group that a saturation replay draws again is another one.</summary>
/// <param name="store">The pods.</param>
/// <param name="workload">Whose groups they are.</param>
/// <param name="now">The current instant.</param>
internal sealed class ArrivedGroups(PodStore store, Workload workload, Func<TimeSpan> now) : IPodGroups
{
    private readonly int[] _sizes = SizesOf(workload);
    private readonly int[] _latest = [.. Enumerable.Repeat(-1, workload.Groups.Count)];
    private readonly List<Arrived> _groups = [];
    private int[] _ofSlot = [];

    private sealed class Arrived(PodGroupTerms terms)
    {
        public readonly PodGroupTerms Terms = terms;
        public readonly List<PodIndex> Members = [];
        public int Pods;
    }

    /// <inheritdoc/>
    public int GroupOf(PodIndex pod) => store[pod].Group < 0 ? -1 : _ofSlot[pod.Value];

    /// <inheritdoc/>
    public PodGroupTerms TermsOf(int group) => _groups[group].Terms;

    /// <inheritdoc/>
    public int PodsOf(int group) => _groups[group].Pods;

    /// <inheritdoc/>
    public void Members(int group, List<PodIndex> into) => into.AddRange(_groups[group].Members);

    /// <summary>A member arrived.</summary>
    public void OnAdded(PodIndex pod)
    {
        int source = store[pod].Group;
        if (source < 0) return;
        int latest = _latest[source];
        if (latest < 0 || _groups[latest].Pods == _sizes[source])
        {
            _latest[source] = latest = _groups.Count;
            _groups.Add(new Arrived(new PodGroupTerms(workload.Groups[source].Name, workload.Groups[source].MinMember, now())));
        }

        if (pod.Value >= _ofSlot.Length) Array.Resize(ref _ofSlot, Math.Max(pod.Value + 1, 2 * _ofSlot.Length));
        _ofSlot[pod.Value] = latest;
        _groups[latest].Pods++;
        _groups[latest].Members.Add(pod);
    }

    /// <summary>A member holds nothing any more, or was given up; its slot is about to be released.</summary>
    public void OnGone(PodIndex pod)
    {
        if (store[pod].Group >= 0) _groups[_ofSlot[pod.Value]].Members.Remove(pod);
    }

    private static int[] SizesOf(Workload workload)
    {
        var sizes = new int[workload.Groups.Count];
        foreach (ref readonly PodArrival pod in workload.Pods.Span)
        {
            if (pod.Group >= 0) sizes[pod.Group]++;
        }

        return sizes;
    }
}
