using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.Schedulers.Kubernetes.Plugins;

namespace SchedBench.Schedulers.Kubernetes;

/// <content>The extension points around the choice of a node, handed to the plugins of the pod's profile: the queue's before it, and those between decision and binding.</content>
public sealed partial class KubeScheduler : IBindingCycle
{
    private readonly PermitWaits _waits = new();
    private readonly IPlacementListener[] _listeners;
    private ClusterEvents _helpedBy = ClusterEvents.All;
    private readonly bool _takesPart;

    /// <summary>Groups are Coscheduling's where a profile has it at Permit and no other plugin can hinder a binding later; with other plugins on the way they are nobody's, as in Kubernetes;
    /// otherwise the core places them as it does for every strategy.</summary>
    public override GroupHandling Groups
    {
        get
        {
            BindingPlugins[] all = [.. _profiles.Select(profile => profile.Binding)];
            if (!Array.Exists(all, binding => binding.TakesPartInBinding)) return GroupHandling.ByCore;
            bool isSure = Array.TrueForAll(all, binding => binding.Permits is [Coscheduling] && binding.PreBinds.Length + binding.Binds.Length == 0);
            return isSure ? GroupHandling.ByStrategy : GroupHandling.None;
        }
    }

    /// <inheritdoc/>
    public override IQueueOrder? QueueOrder => _profiles[0].QueueSort is { } sort ? new PluginOrder(sort) : null;

    /// <inheritdoc/>
    public override bool DependsOnTime => Array.Exists(_profiles, profile => profile.HasOwnRules);

    /// <inheritdoc/>
    public override bool MayEnter(in PodRequest pod)
    {
        if (ProfileOf(pod.Shape.Spec.SchedulerName) is not { PreEnqueues.Count: > 0 } profile || profile.MayEnter(in pod)) return true;
        _helpedBy = profile.HelpedBy;
        return false;
    }

    /// <inheritdoc/>
    public override ClusterEvents HelpedBy(in PodRequest pod)
    {
        ClusterEvents events = _helpedBy;
        _helpedBy = ClusterEvents.All;
        return events;
    }

    /// <inheritdoc/>
    public bool TakesPart(in PodRequest pod) => _takesPart && ProfileOf(pod.Shape.Spec.SchedulerName) is { Binding.TakesPartInBinding: true };

    /// <inheritdoc/>
    public PhaseAnswer Reserve(in PodRequest pod, NodeIndex node) => BindingOf(in pod).Reserve(in pod, node);

    /// <inheritdoc/>
    public void Unreserve(in PodRequest pod, NodeIndex node)
    {
        _waits.Forget(pod.Pod);
        BindingPlugins binding = BindingOf(in pod);
        binding.Unreserve(in pod, node);
        _helpedBy = binding.TakeHelpedBy();
    }

    /// <inheritdoc/>
    public PhaseAnswer Permit(in PodRequest pod, NodeIndex node) => BindingOf(in pod).Permit(in pod, node, _waits);

    /// <inheritdoc/>
    public PhaseAnswer PreBind(in PodRequest pod, NodeIndex node) => BindingOf(in pod).PreBind(in pod, node);

    /// <inheritdoc/>
    public PhaseAnswer Bind(in PodRequest pod, NodeIndex node) => BindingOf(in pod).Bind(in pod, node);

    /// <inheritdoc/>
    public void PostBind(in PodRequest pod, NodeIndex node) => BindingOf(in pod).PostBind(in pod, node);

    /// <inheritdoc/>
    public PostFilterAnswer PostFilter(in PodRequest pod, bool beforePreemption)
    {
        if (ProfileOf(pod.Shape.Spec.SchedulerName) is not { } profile) return new PostFilterAnswer(NodeIndex.None, Ends: true);
        BindingPlugins binding = profile.Binding;
        if (!beforePreemption) return BindingPlugins.PostFilter(in pod, binding.AfterPreemption);
        PostFilterAnswer answer = BindingPlugins.PostFilter(in pod, binding.BeforePreemption);
        // Whom a plugin before filters turned away, no preemption helps.
        return answer.Ends || profile.BeginNarrowing(in pod) ? answer : BindingPlugins.PostFilter(in pod, binding.AfterPreemption) with { Ends = true };
    }

    /// <inheritdoc/>
    public override void OnPodPlaced(in PodRequest pod, NodeIndex node)
    {
        foreach (IPlacementListener listener in _listeners) listener.OnPodPlaced(in pod, node);
    }

    /// <inheritdoc/>
    public override void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
    {
        foreach (IPlacementListener listener in _listeners) listener.OnPodRemoved(in pod, node, reason);
    }

    /// <summary>The order of a plugin.</summary>
    private sealed class PluginOrder(IQueueSortPlugin plugin) : IQueueOrder
    {
        public int Compare(in QueuedPod left, in QueuedPod right) => plugin.Less(in left, in right) ? -1 : plugin.Less(in right, in left) ? 1 : 0;
    }

    private BindingPlugins BindingOf(in PodRequest pod) => ProfileOf(pod.Shape.Spec.SchedulerName)!.Binding;
}
