using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Notes and takes back what a plugin holds for a pod on its way to a node.</summary>
public interface IReservePlugin
{
    /// <summary>The pod is assumed on the node. Anything but success takes it back.</summary>
    Status Reserve(in PodRequest pod, NodeIndex node);

    /// <summary>The pod does not go there after all. Called for every Reserve plugin, last one first, whether or not it was asked to reserve.</summary>
    void Unreserve(in PodRequest pod, NodeIndex node);
}

/// <summary>Lets pods be bound, holds them, or sends them back.</summary>
public interface IPermitPlugin
{
    /// <summary>Asked after Reserve. With <see cref="StatusCode.Wait"/> the pod waits until the plugin allows or rejects it (<see cref="PluginHandle"/>), or its time is up.</summary>
    PermitResult Permit(in PodRequest pod, NodeIndex node);
}

/// <summary>What a plugin says at Permit.</summary>
/// <param name="Status">Success, Wait, or why not.</param>
/// <param name="Timeout">How long the pod waits at most; 15 minutes are the most.</param>
public readonly record struct PermitResult(Status Status, TimeSpan Timeout = default)
{
    /// <summary>The pod may be bound.</summary>
    public static PermitResult Success => new(Status.Success);

    /// <summary>The pod waits, at most so long.</summary>
    public static PermitResult Wait(TimeSpan timeout) => new(new Status(StatusCode.Wait, default), timeout);
}

/// <summary>Takes part before the binding is written.</summary>
public interface IPreBindPlugin
{
    /// <summary>Anything but success or Skip takes the pod back.</summary>
    Status PreBind(in PodRequest pod, NodeIndex node);
}

/// <summary>Binds.</summary>
public interface IBindPlugin
{
    /// <summary>With Skip the next plugin is asked, with success no other one; anything else takes the pod back. The core writes the binding: a plugin cannot.</summary>
    Status Bind(in PodRequest pod, NodeIndex node);
}

/// <summary>Learns of bindings.</summary>
public interface IPostBindPlugin
{
    /// <summary>The binding was written.</summary>
    void PostBind(in PodRequest pod, NodeIndex node);
}

/// <summary>Is asked when a pod fits nowhere.</summary>
public interface IPostFilterPlugin
{
    /// <summary>Success, with a node, nominates the pod to it; <see cref="StatusCode.Unschedulable"/> lets the next plugin try; anything else ends the try.</summary>
    PostFilterResult PostFilter(in PodRequest pod);
}

/// <summary>What a plugin says after no node was found.</summary>
/// <param name="Status">Success, or why not.</param>
/// <param name="Nominated">The node that will have room for the pod.</param>
public readonly record struct PostFilterResult(Status Status, NodeIndex Nominated)
{
    /// <summary>Nothing can be done by this plugin.</summary>
    public static PostFilterResult Unschedulable(params ReadOnlySpan<string> reasons) => new(Status.Unschedulable(reasons), NodeIndex.None);
}

/// <summary>Follows which pods are where: also those that other schedulers or profiles place.</summary>
public interface IPlacementListener
{
    /// <summary>A pod holds its place on the node: assumed, or bound.</summary>
    void OnPodPlaced(in PodRequest pod, NodeIndex node);

    /// <summary>A pod holds it no longer.</summary>
    void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason);
}

/// <summary>The plugins of a profile between decision and binding, and after no node was found (<c>pkg/scheduler/framework/runtime/framework.go</c>).</summary>
internal sealed class BindingPlugins
{
    private const string Preemption = "DefaultPreemption";

    public required IReservePlugin[] Reserves { get; init; }

    public required IPermitPlugin[] Permits { get; init; }

    public required IPreBindPlugin[] PreBinds { get; init; }

    public required IBindPlugin[] Binds { get; init; }

    public required IPostBindPlugin[] PostBinds { get; init; }

    /// <summary>PostFilter plugins ahead of preemption in the profile's order.</summary>
    public required IPostFilterPlugin[] BeforePreemption { get; init; }

    /// <summary>Those behind it.</summary>
    public required IPostFilterPlugin[] AfterPreemption { get; init; }

    private ClusterEvents? _rejected;

    /// <summary>Which changes may help the pod that was just rejected at one of these points, or while it waited.</summary>
    public ClusterEvents TakeHelpedBy()
    {
        ClusterEvents events = _rejected ?? Permits.Aggregate(ClusterEvents.None, (all, plugin) => all | EventsOf(plugin));
        _rejected = null;
        return events;
    }

    /// <summary>Which changes may help pods that a plugin turned away.</summary>
    public static ClusterEvents EventsOf(object plugin) => plugin is IEnqueueExtensions extensions ? extensions.EventsToRegister : ClusterEvents.All;

    private PhaseAnswer Reject(object plugin)
    {
        _rejected = EventsOf(plugin);
        return PhaseAnswer.Reject;
    }

    /// <summary>Whether pods pass plugins between decision and binding.</summary>
    public bool TakesPartInBinding => Reserves.Length + Permits.Length + PreBinds.Length + Binds.Length + PostBinds.Length > 0;

    /// <summary>Collects them.</summary>
    /// <param name="at">Names and plugins at an extension point, in order; null plugins are the host's own work.</param>
    public static BindingPlugins Of(Func<ExtensionPoint, IReadOnlyList<(string Name, SchedulerPlugin? Plugin)>> at)
    {
        IReadOnlyList<(string Name, SchedulerPlugin? Plugin)> after = at(ExtensionPoint.PostFilter);
        int preemption = after.Select(entry => entry.Name).ToList().IndexOf(Preemption);
        if (preemption < 0) preemption = after.Count;
        return new BindingPlugins
        {
            Reserves = Own<IReservePlugin>(at(ExtensionPoint.Reserve)),
            Permits = Own<IPermitPlugin>(at(ExtensionPoint.Permit)),
            PreBinds = Own<IPreBindPlugin>(at(ExtensionPoint.PreBind)),
            Binds = Own<IBindPlugin>(at(ExtensionPoint.Bind)),
            PostBinds = Own<IPostBindPlugin>(at(ExtensionPoint.PostBind)),
            BeforePreemption = Own<IPostFilterPlugin>(after.Take(preemption)),
            AfterPreemption = Own<IPostFilterPlugin>(after.Skip(preemption)),
        };
    }

    private static T[] Own<T>(IEnumerable<(string Name, SchedulerPlugin? Plugin)> entries) => [.. entries.Select(entry => entry.Plugin).OfType<T>()];

    /// <summary>Asks the Reserve plugins, until one rejects.</summary>
    public PhaseAnswer Reserve(in PodRequest pod, NodeIndex node)
    {
        foreach (IReservePlugin plugin in Reserves)
        {
            if (!plugin.Reserve(in pod, node).IsSuccess) return Reject(plugin);
        }

        return PhaseAnswer.Go;
    }

    /// <summary>Tells all Reserve plugins, last one first.</summary>
    public void Unreserve(in PodRequest pod, NodeIndex node)
    {
        for (int i = Reserves.Length - 1; i >= 0; i--) Reserves[i].Unreserve(in pod, node);
    }

    /// <summary>Asks the Permit plugins, until one rejects: the pod waits for all that say so, and for each no longer than it says.</summary>
    public PhaseAnswer Permit(in PodRequest pod, NodeIndex node, PermitWaits waits)
    {
        List<(SchedulerPlugin Plugin, TimeSpan Timeout)>? waiting = null;
        foreach (IPermitPlugin plugin in Permits)
        {
            PermitResult result = plugin.Permit(in pod, node);
            if (result.Status.IsSuccess) continue;
            if (result.Status.Code != StatusCode.Wait) return Reject(plugin);
            (waiting ??= []).Add(((SchedulerPlugin)plugin, result.Timeout));
        }

        return waiting is null ? PhaseAnswer.Go : PhaseAnswer.Wait(waits.Add(pod.Pod, waiting));
    }

    /// <summary>Asks the PreBind plugins, until one rejects.</summary>
    public PhaseAnswer PreBind(in PodRequest pod, NodeIndex node)
    {
        foreach (IPreBindPlugin plugin in PreBinds)
        {
            if (plugin.PreBind(in pod, node).Code is not (StatusCode.Success or StatusCode.Skip)) return Reject(plugin);
        }

        return PhaseAnswer.Go;
    }

    /// <summary>Asks the Bind plugins, until one does not skip; DefaultBinder never skips.</summary>
    public PhaseAnswer Bind(in PodRequest pod, NodeIndex node)
    {
        foreach (IBindPlugin plugin in Binds)
        {
            Status status = plugin.Bind(in pod, node);
            if (status.Code != StatusCode.Skip) return status.IsSuccess ? PhaseAnswer.Go : Reject(plugin);
        }

        return PhaseAnswer.Go;
    }

    /// <summary>Tells the PostBind plugins.</summary>
    public void PostBind(in PodRequest pod, NodeIndex node)
    {
        foreach (IPostBindPlugin plugin in PostBinds) plugin.PostBind(in pod, node);
    }

    /// <summary>Asks PostFilter plugins, until one nominates a node or ends the try.</summary>
    public static PostFilterAnswer PostFilter(in PodRequest pod, IPostFilterPlugin[] plugins)
    {
        foreach (IPostFilterPlugin plugin in plugins)
        {
            PostFilterResult result = plugin.PostFilter(in pod);
            if (result.Status.IsSuccess) return new PostFilterAnswer(result.Nominated, Ends: true);
            if (result.Status.Code != StatusCode.Unschedulable) return new PostFilterAnswer(NodeIndex.None, Ends: true);
        }

        return new PostFilterAnswer(NodeIndex.None, Ends: false);
    }
}
