using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;

namespace SchedBench.Benchmarks.Suites;

/// <summary>An empty cluster that kube-scheduler fills pod by pod, through the scheduler host's own selector, check and hooks, without event loop, store and facts.</summary>
/// <remarks>
/// Nodes have 4 CPU, 32 GiB and 110 pods, as those of Kubernetes' own <c>scheduler_perf</c>, in five zones. <c>basic</c>: equal pods of 100m and 500 Mi. <c>mixed</c>: 150 shapes; every tenth node
/// has a taint NoSchedule that a third of the shapes tolerates, every fifth a taint PreferNoSchedule, half have fast disks, which every second shape prefers and every fifth
/// requires; every third shape is spread over zones softly, every fourth prefers to be in the zones of another, and as many to be out of those of its own. <c>zones</c>: equal pods that are spread over
/// zones with a skew of 1 at most (DoNotSchedule).
/// </remarks>
internal sealed class KubeSchedulerWorkload
{
    private const ulong Seed = 1;
    private const int Zones = 5;
    private const string Zone = "topology.kubernetes.io/zone";
    private readonly KubeScheduler _strategy;
    private readonly ClusterState _view;
    private readonly NodeSelector _selector;
    private readonly ShapeIndex[] _shapes;
    private readonly Draw _nextShape = Draw.Stream(Seed, "benchmarks/next-shape");

    /// <param name="name"><c>basic</c>, <c>mixed</c> or <c>zones</c>.</param>
    /// <param name="nodes">Nodes.</param>
    /// <param name="fromScratch">Whether nothing is kept from one decision to the next.</param>
    /// <param name="percentageOfNodesToScore">100 for every node; 0 adapts to the size of the cluster, the default of kube-scheduler.</param>
    public KubeSchedulerWorkload(string name, int nodes, bool fromScratch = false, int percentageOfNodesToScore = 100)
    {
        bool isMixed = name == "mixed";
        var fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(n => Node(n, isMixed))]);
        _strategy = new KubeScheduler(new KubeSchedulerConfiguration { PercentageOfNodesToScore = percentageOfNodesToScore }, fromScratch: fromScratch);
        var table = new ShapeTable(fleet, countsApps: false, countsPods: name != "basic", readsContainers: true);
        _shapes = name switch
        {
            "basic" => [table.Intern(Basic)],
            "zones" => [table.Intern(Basic with { TopologySpread = [Spread("web", isHard: true)] }, App("web"), "default")],
            _ => [.. Enumerable.Range(0, 150).Select(s => table.Intern(Mixed(s), App($"app-{s}"), "default"))],
        };
        _view = new ClusterState(fleet, table);
        _strategy.Prepare(new StrategyContext(new ClusterView(_view), Seed, TieBreak.Uniform, null, () => TimeSpan.Zero));
        _selector = NodeSelector.For(_strategy, _view, TieBreak.Uniform, Seed, fromScratch ? 0 : null)!;
    }

    /// <summary>The workload of a name and a number of nodes: <c>mixed/5000</c>.</summary>
    public static KubeSchedulerWorkload Parse(string workload, bool fromScratch = false, int percentageOfNodesToScore = 100)
    {
        string[] parts = workload.Split('/');
        return new KubeSchedulerWorkload(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), fromScratch, percentageOfNodesToScore);
    }

    private static PodSpec Basic { get; } = PodRequests.OfContainers(new PodSpec
    {
        Containers = [new Container { Name = "main", Image = "pause:3", CpuMilli = 100, MemoryBytes = 500L << 20 }],
        SchedulerName = "default-scheduler",
    });

    /// <summary>Places pods; returns how many found a node.</summary>
    public int Fill(int pods)
    {
        int placed = 0;
        for (int p = 0; p < pods; p++)
        {
            ref readonly PodShape shape = ref _view.Shapes[_shapes[(int)_nextShape.Below(0, (ulong)p, (ulong)_shapes.Length)]];
            var request = new PodRequest(in shape, new PodIndex(0), (ulong)p, 0);
            int node = _selector.Select(in request, out _);
            if (node < 0) continue;
            if (PlacementPlan.Check(_view, in shape, new NodeIndex(node), DeviceSet.Empty) is { } refusal) throw new InvalidOperationException($"The answer was refused: {refusal}.");
            _view.Add(in shape, node, DeviceSet.Empty);
            _strategy.OnPodPlaced(in request, new NodeIndex(node));
            placed++;
        }

        return placed;
    }

    private static NodeSpec Node(int n, bool isMixed) => new()
    {
        Name = $"node-{n:D6}",
        CpuMilli = 4_000,
        MemoryBytes = 32L << 30,
        Pods = 110,
        Labels = Labels.Of([new Label(Zone, $"zone-{n % Zones}"), new Label("disk", n % 2 == 0 ? "ssd" : "hdd")]),
        Taints = !isMixed ? default : (n % 10) switch
        {
            3 => [new Taint("dedicated", "batch", TaintEffect.NoSchedule)],
            4 or 9 => [new Taint("spot", "", TaintEffect.PreferNoSchedule)],
            _ => default,
        },
    };

    private static PodSpec Mixed(int s)
    {
        ValueList<NodeSelectorTerm> fast = [new NodeSelectorTerm([new LabelRequirement("disk", SelectorOperator.In, ["ssd"])], default)];
        var toOthers = new WeightedPodAffinityTerm(40, Near($"app-{(s + 1) % 150}"));
        var toOwn = new WeightedPodAffinityTerm(60, Near($"app-{s}"));
        PodSpec spec = PodRequests.OfContainers(Basic with
        {
            Containers = [new Container { Name = "main", Image = "pause:3", CpuMilli = 50 + (10 * (s % 30)), MemoryBytes = (100L + (20 * (s % 40))) << 20 }],
        });
        return spec with
        {
            Tolerations = s % 3 == 1 ? [new Toleration("dedicated", true, "", TaintEffect.NoSchedule, null)] : default,
            TopologySpread = s % 3 == 0 ? [Spread($"app-{s}", isHard: false)] : default,
            Affinity = new Affinity
            {
                RequiredNodes = s % 5 == 0 ? fast : null,
                PreferredNodes = s % 2 == 0 ? [new PreferredNodeTerm(30, fast[0])] : default,
                PreferredPods = s % 4 == 1 ? [toOthers] : default,
                PreferredAnti = s % 4 == 3 ? [toOwn] : default,
            },
        };
    }

    private static PodAffinityTerm Near(string app) => new(LabelSelector.Of([new Label("app", app)]), default, null, Zone);

    private static TopologySpreadConstraint Spread(string app, bool isHard) =>
        new() { TopologyKey = Zone, MaxSkew = 1, IsHard = isHard, Selector = LabelSelector.Of([new Label("app", app)]) };

    private static ValueList<Label> App(string app) => Labels.Of([new Label("app", app)]);
}
