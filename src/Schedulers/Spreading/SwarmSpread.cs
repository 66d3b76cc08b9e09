using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Spreading;

/// <summary>Options of <see cref="SwarmSpread"/>: swarmkit's constants.</summary>
public sealed record SwarmSpreadOptions
{
    /// <summary>Failures of a service on a node within <see cref="MonitorFailures"/> from which the node is avoided.</summary>
    public int MaxFailures { get; init; } = 5;

    /// <summary>How long a failure is remembered.</summary>
    public TimeSpan MonitorFailures { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Docker Swarm's rule: avoid nodes on which the service failed too often lately, then the fewest tasks of the service, then the fewest tasks.</summary>
/// <remarks>
/// Nodes are compared as swarmkit's <c>nodeLess</c> does (<c>manager/scheduler/scheduler.go</c>): when one of the two has at least 5 failures of the service
/// within 5 minutes, the one with fewer failures wins; then fewer tasks of the service, then fewer tasks at all. A pod's service is its app; a pod without app is
/// a service of its own. Failures are those of one version of the service (<c>versionedService</c>): a new one begins without any. O(feasible nodes) a decision; counters are kept of services with live tasks alone (one a node), failures for as long as they are
/// remembered. Swarm settles ties by heap order, here the run's tie-break does.
/// </remarks>
[Strategy("swarm-spread", "Fewest tasks of the service, then fewest tasks, avoiding recent failures (Docker Swarm)")]
public sealed class SwarmSpread : ClusterStrategy
{
    private readonly SwarmSpreadOptions _options;
    private readonly Dictionary<(string App, long Version, int Node), int> _failures = [];
    private readonly Queue<(TimeSpan At, string App, long Version, int Node)> _remembered = new();
    private StrategyContext? _context;

    /// <summary>With swarmkit's constants unless told otherwise.</summary>
    public SwarmSpread(SwarmSpreadOptions? options = null) => _options = options ?? new SwarmSpreadOptions();

    /// <inheritdoc/>
    public override bool DistinguishesApps => true;

    /// <summary>Failures remembered.</summary>
    internal int Remembered => _remembered.Count;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context) => _context = context;

    /// <inheritdoc/>
    public override void Rebuild(ClusterView view)
    {
        _failures.Clear();
        _remembered.Clear();
    }

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        Forget();
        BestNode best = feasible.Best(in pod);
        (string app, long version) = (pod.Shape.Spec.App, pod.Shape.Spec.AppVersion);
        foreach (NodeIndex index in feasible)
        {
            NodeState node = feasible.State(index);
            int failures = _failures.Count == 0 || app.Length == 0 ? 0 : _failures.GetValueOrDefault((app, version, index.Value));
            long avoid = failures >= _options.MaxFailures ? failures : 0;
            // Lexicographic (avoid, tasks of the service, tasks): 20 bits each, which a node's pod limit never reaches.
            best.Offer(index, -((avoid << 40) + ((long)node.PodsOfApp(in pod.Shape) << 20) + node.PodCount));
        }

        return best.Node;
    }

    /// <inheritdoc/>
    public override void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
    {
        (string app, long version) = (pod.Shape.Spec.App, pod.Shape.Spec.AppVersion);
        if (app.Length == 0 || reason is not (PodRemovalReason.Failed or PodRemovalReason.Rejected)) return;
        Forget();
        _failures[(app, version, node.Value)] = _failures.GetValueOrDefault((app, version, node.Value)) + 1;
        _remembered.Enqueue((_context!.Now, app, version, node.Value));
    }

    /// <summary>Drops what is older than the options say.</summary>
    private void Forget()
    {
        if (_remembered.Count == 0) return;
        TimeSpan horizon = _context!.Now - _options.MonitorFailures;
        while (_remembered.TryPeek(out (TimeSpan At, string App, long Version, int Node) failure) && failure.At < horizon)
        {
            _remembered.Dequeue();
            (string, long, int) key = (failure.App, failure.Version, failure.Node);
            int left = _failures[key] - 1;
            if (left == 0) _failures.Remove(key);
            else _failures[key] = left;
        }
    }
}
