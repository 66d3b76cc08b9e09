using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The pods that wait at Permit with the plugins that each waits for (<c>pkg/scheduler/framework/runtime/waiting_pods_map.go</c>). All profiles share it.</summary>
internal sealed class PermitWaits
{
    private readonly Dictionary<int, List<(string Plugin, TimeSpan Until)>> _pending = [];

    /// <summary>The cluster; set before the first pod.</summary>
    public StrategyContext Context { get; set; } = null!;

    /// <summary>A pod begins to wait.</summary>
    /// <returns>How long at most: until the first plugin's patience ends.</returns>
    public TimeSpan Add(PodIndex pod, List<(SchedulerPlugin Plugin, TimeSpan Timeout)> plugins)
    {
        _pending[pod.Value] = [.. plugins.Select(entry => (entry.Plugin.Name, Context.Now + entry.Timeout))];
        return plugins.Min(entry => entry.Timeout);
    }

    /// <summary>A plugin lets the pod go: it is bound when it was the last one.</summary>
    public void Allow(PodIndex pod, string plugin)
    {
        if (!_pending.TryGetValue(pod.Value, out List<(string Plugin, TimeSpan Until)>? plugins)) return;
        if (plugins.RemoveAll(entry => entry.Plugin == plugin) == 0) return;
        if (plugins.Count == 0) Context.Waiting!.Allow(pod);
        else Context.Waiting!.Until(pod, plugins.Min(entry => entry.Until));
    }

    /// <summary>The pod waits no longer.</summary>
    public void Forget(PodIndex pod) => _pending.Remove(pod.Value);
}

/// <summary>What a plugin can do to pods that wait (<c>fwk.Handle</c>).</summary>
public sealed class PluginHandle
{
    private readonly string _plugin;
    private readonly PermitWaits _waits;

    internal PluginHandle(string plugin, PermitWaits waits)
    {
        _plugin = plugin;
        _waits = waits;
    }

    /// <summary>The pods that wait at Permit, by slot (<c>IterateOverWaitingPods</c>).</summary>
    public IReadOnlyList<PodIndex> WaitingPods()
    {
        var pods = new List<PodIndex>();
        _waits.Context.Waiting?.List(pods);
        return pods;
    }

    /// <summary>This plugin lets a waiting pod go; it is bound when no other plugin holds it.</summary>
    public void Allow(PodIndex pod) => _waits.Allow(pod, _plugin);

    /// <summary>A waiting pod is sent back to the queue.</summary>
    public void Reject(PodIndex pod) => _waits.Context.Waiting?.Reject(pod);

    /// <summary>A pod in back-off, or without hope, is tried in its turn (<c>PodsToActivate</c>).</summary>
    public void Activate(PodIndex pod) => _waits.Context.Waiting?.Activate(pod);
}
