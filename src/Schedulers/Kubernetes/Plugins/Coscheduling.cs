using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>Coscheduling: the members of a PodGroup wait for one another on their nodes until enough have one (kubernetes-sigs/scheduler-plugins, <c>pkg/coscheduling</c>).
/// Not a plugin of kube-scheduler's own: a profile has to enable it.</summary>
/// <remarks>
/// A member is tried when the group has enough pods and, where the group says so, the cluster enough free resources. It waits at Permit until the assumed and bound members
/// are enough, then all that wait are bound. A member that fits nowhere sends the waiting ones back, unless a tenth of the group or less is missing; one that waits too
/// long, or is sent back, takes the others with it.
/// </remarks>
internal sealed class Coscheduling(CoschedulingArgs args) : SchedulerPlugin(PluginName), IQueueSortPlugin, IEnqueueExtensions, IPreFilterPlugin, IPostFilterPlugin, IReservePlugin, IPermitPlugin, IPlacementListener
{
    /// <summary>Name in configurations.</summary>
    public const string PluginName = "Coscheduling";

    private readonly Dictionary<int, (int Group, PodSpec Spec)> _placed = [];
    private readonly Dictionary<int, int> _assigned = [];
    private readonly Dictionary<int, TimeSpan> _backedOff = [];
    private readonly Dictionary<int, TimeSpan> _permitted = [];
    private readonly List<PodIndex> _members = [];

    /// <summary>A group that came or changed. Pods of a group with too few pods are asked for by the one that completes it.</summary>
    public ClusterEvents EventsToRegister => ClusterEvents.PodGroup;

    /// <summary>By priority, then by when the group was created, of a pod alone when it came into the queue, then by name.</summary>
    public bool Less(in QueuedPod left, in QueuedPod right)
    {
        if (left.Priority != right.Priority) return left.Priority > right.Priority;
        TimeSpan one = CreatedAt(in left), other = CreatedAt(in right);
        return one != other ? one < other : string.CompareOrdinal(Context.NameOf?.Invoke(left.Pod), Context.NameOf?.Invoke(right.Pod)) < 0;
    }

    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod)
    {
        int group = GroupOf(in pod);
        if (group < 0 || Groups!.TermsOf(group) is not { } terms) return PreFilterResult.Success;
        if (_backedOff.TryGetValue(group, out TimeSpan until) && Context.Now < until) return Reject($"podGroup {terms.Name} failed recently");
        int pods = Groups.PodsOf(group);
        if (pods < terms.MinMember)
            return Reject($"pre-filter pod {Context.NameOf?.Invoke(pod.Pod)} cannot find enough sibling pods, current pods number: {pods}, minMember of group: {terms.MinMember}");
        if (terms.MinResources.Count == 0 || (_permitted.TryGetValue(group, out until) && Context.Now < until)) return PreFilterResult.Success;
        if (MissingResource(group, terms) is { } missing) return Reject($"resource gap: {missing}");
        _permitted[group] = Context.Now + args.PermitWaitingTime;
        return PreFilterResult.Success;
    }

    /// <inheritdoc/>
    public PostFilterResult PostFilter(in PodRequest pod)
    {
        int group = GroupOf(in pod);
        if (group < 0 || Groups!.TermsOf(group) is not { } terms) return PostFilterResult.Unschedulable("can not find pod group");
        int assigned = _assigned.GetValueOrDefault(group);
        // In single precision, as the plugin computes it: of ten members one may be missing.
        if (assigned >= terms.MinMember || (float)(terms.MinMember - assigned) / terms.MinMember <= 0.1f) return PostFilterResult.Unschedulable();
        RejectWaiting(group);
        if (args.PodGroupBackoff > TimeSpan.Zero && Groups.PodsOf(group) >= terms.MinMember && !(_backedOff.TryGetValue(group, out TimeSpan until) && Context.Now < until))
            _backedOff[group] = Context.Now + args.PodGroupBackoff;
        _permitted.Remove(group);
        return PostFilterResult.Unschedulable($"PodGroup {terms.Name} gets rejected due to Pod {Context.NameOf?.Invoke(pod.Pod)} is unschedulable even after PostFilter");
    }

    /// <inheritdoc/>
    public Status Reserve(in PodRequest pod, NodeIndex node) => Status.Success;

    /// <inheritdoc/>
    public void Unreserve(in PodRequest pod, NodeIndex node)
    {
        int group = GroupOf(in pod);
        if (group < 0 || Groups!.TermsOf(group) is null) return;
        RejectWaiting(group);
        _permitted.Remove(group);
    }

    /// <inheritdoc/>
    public PermitResult Permit(in PodRequest pod, NodeIndex node)
    {
        int group = GroupOf(in pod);
        if (group < 0) return PermitResult.Success;
        if (Groups!.TermsOf(group) is not { } terms) return new PermitResult(Status.Unschedulable("PodGroup not found"));
        // The pod itself is among the assigned ones: it is assumed by now.
        if (_assigned.GetValueOrDefault(group) >= terms.MinMember)
        {
            foreach (PodIndex waiting in Handle.WaitingPods())
            {
                if (Groups.GroupOf(waiting) == group) Handle.Allow(waiting);
            }

            return PermitResult.Success;
        }

        _members.Clear();
        Groups.Members(group, _members);
        foreach (PodIndex sibling in _members)
        {
            if (sibling != pod.Pod) Handle.Activate(sibling);
        }

        return PermitResult.Wait(terms.ScheduleTimeout is { } own && own > TimeSpan.Zero ? own : args.PermitWaitingTime);
    }

    /// <inheritdoc/>
    public void OnPodPlaced(in PodRequest pod, NodeIndex node)
    {
        int group = GroupOf(in pod);
        if (group < 0) return;
        _placed[pod.Pod.Value] = (group, pod.Shape.Spec);
        _assigned[group] = _assigned.GetValueOrDefault(group) + 1;
    }

    /// <inheritdoc/>
    public void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
    {
        if (_placed.Remove(pod.Pod.Value, out (int Group, PodSpec Spec) known)) _assigned[known.Group]--;
    }

    private IPodGroups? Groups => Context.Groups;

    private TimeSpan CreatedAt(in QueuedPod pod) => Groups?.GroupOf(pod.Pod) is >= 0 and int group && Groups.TermsOf(group) is { } terms ? terms.CreatedAt : pod.FirstQueuedAt;

    private int GroupOf(in PodRequest pod) => Groups?.GroupOf(pod.Pod) ?? -1;

    private static PreFilterResult Reject(string reason) => new(Status.Unresolvable(reason));

    private void RejectWaiting(int group)
    {
        foreach (PodIndex waiting in Handle.WaitingPods())
        {
            if (Groups!.GroupOf(waiting) == group) Handle.Reject(waiting);
        }
    }

    /// <summary>The first resource of which the cluster has too little free, what the group's own pods hold counted as free (<c>CheckClusterResource</c>); null when there is enough.</summary>
    private string? MissingResource(int group, PodGroupTerms terms)
    {
        foreach (ResourceAmount wanted in terms.MinResources)
        {
            if (wanted.Name != "pods" && Free(new NodeResource(wanted.Name), group) < wanted.Amount) return wanted.Name;
        }

        long pods = 0;
        for (int n = 0; n < View.Count; n++) pods += View[new NodeIndex(n)].FreePods;
        return pods + _assigned.GetValueOrDefault(group) < terms.MinMember ? "pods" : null;
    }

    private long Free(NodeResource resource, int group)
    {
        resource.Prepare(View.Fleet);
        long free = 0;
        for (int n = 0; n < View.Count; n++) free += resource.FreeOn(View[new NodeIndex(n)]);
        _members.Clear();
        Groups!.Members(group, _members);
        foreach (PodIndex member in _members)
        {
            if (_placed.TryGetValue(member.Value, out (int Group, PodSpec Spec) known)) free += resource.RequestOf(known.Spec);
        }

        return free;
    }
}
