using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>How many nodes are scored, and which.</summary>
public sealed class NodeSamplingTests
{
    private const string Zone = "topology.kubernetes.io/zone";

    [Theory]
    [InlineData(0, 50, 50)]
    [InlineData(0, 99, 99)]
    [InlineData(0, 100, 100)]
    [InlineData(0, 200, 100)]
    [InlineData(0, 1000, 420)]
    [InlineData(0, 5000, 500)]
    [InlineData(0, 6000, 300)]
    [InlineData(0, 20_000, 1000)]
    [InlineData(40, 1000, 400)]
    [InlineData(5, 1000, 100)]
    [InlineData(100, 1000, 1000)]
    public void Enough_nodes_are_as_many_as_kube_scheduler_looks_for(int percent, int nodes, int enough) => Assert.Equal(enough, NodeSampling.Enough(percent, nodes));

    [Fact]
    public void The_search_goes_round_the_nodes_zone_by_zone_in_turn()
    {
        // Three zones of 150, 100 and 50 nodes, in blocks: a node of each in turn, and then of those that are left.
        var bench = new Scene(300, n => n < 150 ? "a" : n < 250 ? "b" : "c", n => n >= 30);
        Assert.Equal(100, NodeSampling.Enough(1, 300));
        // Positions 0 to 149 are a0 b0 c0 a1 b1 c1 …; nodes 0 to 29 are closed, so that of the first 30 turns two nodes each count, and then three.
        int[] first = [.. Enumerable.Range(30, 14).Concat(Enumerable.Range(150, 43)).Concat(Enumerable.Range(250, 43)).Order()];
        Assert.Equal(first, bench.Sample(1));
        // 100 were found after 130 nodes, and one more that fits ended the search: it is where the next one begins.
        int[] second = bench.Sample(1);
        Assert.Equal(44, second[0]);
        Assert.Equal(100, second.Length);
        Assert.DoesNotContain(second, node => node < 30);
    }

    [Fact]
    public void Every_node_has_its_turn()
    {
        var bench = new Scene(1000, n => $"{n % 7}", _ => true);
        var seen = new int[1000];
        // 42 % of 1,000 nodes a time: 50 searches go round 21 times.
        for (int i = 0; i < 50; i++)
        {
            foreach (int node in bench.Sample(0)) seen[node]++;
        }

        Assert.All(seen, times => Assert.Equal(21, times));
    }

    [Fact]
    public void A_search_over_thousands_of_nodes_finds_those_whose_turn_it_is()
    {
        // Two zones in blocks: the i-th turn is node i and node 4,500 + i. Enough are 5 % of 9,000.
        var bench = new Scene(9000, n => n < 4500 ? "a" : "b", _ => true);
        for (int search = 0; search < 25; search++)
        {
            int[] turns = [.. Enumerable.Range(search * 450, 450).Select(turn => turn % 9000)];
            Assert.Equal(turns.Select(turn => (turn / 2) + (turn % 2 * 4500)).Order(), bench.Sample(5));
        }
    }

    [Fact]
    public void Of_nodes_that_are_scored_the_best_is_taken_and_no_other()
    {
        // Node 299 is empty and the best by far, but 100 nodes are enough and it is not among the first.
        var bench = new Scene(300, _ => "a", _ => true);
        for (int n = 0; n < 299; n++) bench.Load(n);
        Assert.NotEqual(299, bench.Choose(1));
        bench = new Scene(300, _ => "a", _ => true);
        for (int n = 0; n < 299; n++) bench.Load(n);
        Assert.Equal(299, bench.Choose(100));
    }

    private sealed class Scene
    {
        private readonly ClusterState _state;
        private readonly ShapeIndex _pod;
        private readonly NodeSampling _sampling;
        private readonly Schedulers.Kubernetes.Framework.Profile _profile = Schedulers.Kubernetes.Framework.Profile.Of(new SchedulerProfile());

        public Scene(int nodes, Func<int, string> zone, Predicate<int> isOpen)
        {
            var fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(n => new NodeSpec { Name = $"n{n}", CpuMilli = 4000, MemoryBytes = 1L << 34, Pods = 110, Labels = [new Label(Zone, zone(n))] })]);
            _state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, readsContainers: true));
            for (int n = 0; n < nodes; n++) _state.SetSchedulable(n, isOpen(n));
            _pod = _state.Shapes.Intern(new PodSpec { CpuMilli = 100, MemoryBytes = 1 << 20, SchedulerName = "default-scheduler" });
            _sampling = new NodeSampling(new ClusterView(_state));
        }

        public void Load(int node) => _state.Add(in _state.Shapes[_pod], node, DeviceSet.Empty);

        public int[] Sample(int percent)
        {
            var feasible = new FeasibleNodes(_state, TieBreak.Uniform, 1);
            feasible.Load(in _state.Shapes[_pod]);
            var nodes = new NodeIndex[_state.Count];
            var request = new PodRequest(in _state.Shapes[_pod], new PodIndex(0), 0, 0);
            int found = _sampling.Find(in request, feasible, _profile, NodeSampling.Enough(percent, _sampling.NodeCount), nodes);
            return [.. nodes.Take(found).Select(node => node.Value)];
        }

        public int Choose(int percent)
        {
            var strategy = new KubeScheduler(new KubeSchedulerConfiguration { PercentageOfNodesToScore = percent });
            strategy.Prepare(new StrategyContext(new ClusterView(_state), 1, TieBreak.Uniform, null, () => TimeSpan.Zero));
            NodeSelector selector = NodeSelector.For(strategy, _state, TieBreak.Uniform, 1, null)!;
            var request = new PodRequest(in _state.Shapes[_pod], new PodIndex(0), 0, 0);
            return selector.Select(in request, out _);
        }
    }
}
