using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>A cluster laid out by hand, and the score a strategy gives each node of it.</summary>
internal sealed class Bench
{
    private readonly ClusterState _state;

    public Bench(ClusterBuilder cluster)
    {
        Fleet = cluster.Build();
        _state = new ClusterState(Fleet, new ShapeTable(Fleet, countsApps: true));
    }

    public FleetLayout Fleet { get; }

    public ClusterState State => _state;

    /// <summary>Places a pod by name of the node; a share or whole devices go to the devices named.</summary>
    public Bench With(string node, PodBuilder pod, params int[] devices)
    {
        DeviceSet set = DeviceSet.Empty;
        foreach (int device in devices) set = set.With(device);
        _state.Add(in _state.Shapes[_state.Shapes.Intern(pod.Spec())], Index(node), set);
        return this;
    }

    /// <summary>The score of a node, null where the pod does not fit.</summary>
    public long? Score(string strategy, PodBuilder pod, string node, WorkloadBuilder? typical = null)
    {
        ref readonly PodShape shape = ref _state.Shapes[_state.Shapes.Intern(pod.Spec())];
        int n = Index(node);
        return _state.Fits(in shape, n) ? Prepared(strategy, typical).Score(in shape, new NodeState(_state, n)) : null;
    }

    /// <summary>The devices the strategy would take.</summary>
    public string Devices(string strategy, PodBuilder pod, string node, WorkloadBuilder? typical = null)
    {
        ref readonly PodShape shape = ref _state.Shapes[_state.Shapes.Intern(pod.Spec())];
        return Prepared(strategy, typical).Devices(in shape, new NodeState(_state, Index(node))).ToString();
    }

    public static ScoringStrategy Prepare(string name, ClusterState state, Workload typical)
    {
        var strategy = (ScoringStrategy)StrategyCatalog.BuiltIn().Find(name)!.Build();
        strategy.Prepare(new StrategyContext(new ClusterView(state), 1, TieBreak.FirstInOrder, WorkloadProfile.Of(typical.Pods.Span), () => TimeSpan.Zero));
        return strategy;
    }

    private ScoringStrategy Prepared(string strategy, WorkloadBuilder? typical) => Prepare(strategy, _state, (typical ?? A.Workload().Pod(A.Pod("any").Cpu("1"))).Build());

    private int Index(string node)
    {
        for (int n = 0; n < Fleet.Count; n++)
        {
            if (Fleet.Nodes[n].Name == node) return n;
        }

        throw new ArgumentException($"There is no node {node}.", nameof(node));
    }
}
