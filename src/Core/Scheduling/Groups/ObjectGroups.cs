using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>The PodGroups of an object store and the pods that name them with the label <see cref="PodGroup.Label"/>, as far as the scheduler's watch has carried them.</summary>
/// <param name="view">The scheduler's view, once there is one.</param>
/// <param name="pods">Slots and identities of pods.</param>
internal sealed class ObjectGroups(Func<ObjectView> view, PodFeed pods) : IPodGroups, IStoreListener
{
    private readonly Dictionary<(string Namespace, string Name), int> _numbers = [];
    private readonly List<Named> _groups = [];
    private readonly Dictionary<long, int> _ofPod = [];

    private sealed class Named(string ns, string name)
    {
        public readonly string Namespace = ns;
        public readonly string Name = name;

        /// <summary>Identities: they grow with the order of creation.</summary>
        public readonly SortedSet<long> Pods = [];

        public (PodGroup Object, PodGroupTerms Terms)? Known;
    }

    /// <inheritdoc/>
    public int GroupOf(PodIndex pod) => _ofPod.GetValueOrDefault(pods.UidOf(pod), -1);

    /// <inheritdoc/>
    public PodGroupTerms? TermsOf(int group)
    {
        Named named = _groups[group];
        if (view().Find<PodGroup>(ResourceKind.PodGroup, named.Namespace, named.Name) is not { } found) return null;
        if (named.Known is not { } known || !ReferenceEquals(known.Object, found)) named.Known = known = (found, TermsOf(found));
        return known.Terms;
    }

    /// <inheritdoc/>
    public int PodsOf(int group) => _groups[group].Pods.Count;

    /// <inheritdoc/>
    public void Members(int group, List<PodIndex> into)
    {
        foreach (long uid in _groups[group].Pods)
        {
            if (pods.SlotOf(uid) is { Value: >= 0 } slot) into.Add(slot);
        }
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod pod) return;
        string? name = change.After is null ? null : pod.Metadata.Labels.ValueOf(PodGroup.Label);
        int group = string.IsNullOrEmpty(name) ? -1 : NumberOf(pod.Metadata.Namespace, name);
        int before = _ofPod.GetValueOrDefault(pod.Uid, -1);
        if (group == before) return;
        if (before >= 0) _groups[before].Pods.Remove(pod.Uid);
        if (group < 0)
        {
            _ofPod.Remove(pod.Uid);
            return;
        }

        _ofPod[pod.Uid] = group;
        _groups[group].Pods.Add(pod.Uid);
    }

    private static PodGroupTerms TermsOf(PodGroup group) => new($"{group.Metadata.Namespace}/{group.Name}", group.MinMember, group.Metadata.CreatedAt)
    {
        ScheduleTimeout = group.ScheduleTimeout,
        MinResources = group.MinResources,
    };

    private int NumberOf(string ns, string name)
    {
        if (_numbers.TryGetValue((ns, name), out int number)) return number;
        _numbers.Add((ns, name), number = _groups.Count);
        _groups.Add(new Named(ns, name));
        return number;
    }
}
