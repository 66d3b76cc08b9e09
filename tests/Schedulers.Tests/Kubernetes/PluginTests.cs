using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Profiles in runs: plugins of a user's own, several schedulers, what services and images add, and the parts of scores that recorded decisions do not reach.</summary>
public sealed class PluginTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void A_plugin_of_a_users_own_scores_where_a_profile_enables_it()
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => new LastNode());
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + "profiles: [{ plugins: { score: { enabled: [{ name: LastNode, weight: 50 }] } } }]", "c.yaml", registry);
        RunResult with = A.Run(new KubeScheduler(configuration, registry)).On(A.Cluster().Nodes(3)).Of(A.Workload().Pods(4, A.Pod("p").Cpu("1").For(100))).Go();
        Assert.Equal(["n2"], with.Placements.Values.Distinct());
        RunResult without = A.Run(new KubeScheduler()).On(A.Cluster().Nodes(3)).Of(A.Workload().Pods(4, A.Pod("p").Cpu("1").For(100))).Go();
        Assert.NotEqual(["n2"], without.Placements.Values.Distinct());
    }

    [Fact]
    public void A_filter_of_a_users_own_leaves_nodes_out()
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => new NotFirst());
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + "profiles: [{ plugins: { filter: { enabled: [{ name: NotFirst }] } } }]", "c.yaml", registry);
        RunResult result = A.Run(new KubeScheduler(configuration, registry)).On(A.Cluster().Nodes(2)).Of(A.Workload().Pods(3, A.Pod("p").Cpu("1").For(100))).Go();
        Assert.Equal(["n1"], result.Placements.Values.Distinct());
    }

    [Fact]
    public void A_score_out_of_range_is_a_fault_of_its_plugin()
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => new TooHigh());
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + "profiles: [{ plugins: { score: { enabled: [{ name: TooHigh }] } } }]", "c.yaml", registry);
        RunResult result = A.Run(new KubeScheduler(configuration, registry)).On(A.Cluster().Nodes(2)).Of(A.Workload().Pods(1, A.Pod("p").Cpu("1").For(1))).Go();
        Assert.Empty(result.Placements);
        Assert.Contains("plugin \"TooHigh\" returns an invalid score 101", result.Run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_taken_and_a_plugin_without_extension_point_are_refused()
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => new LastNode());
        Assert.Throws<ArgumentException>(() => registry.With(_ => new LastNode()));
        Assert.Throws<ArgumentException>(() => registry.With(_ => new Idle()));
    }

    [Fact]
    public void Pods_get_the_profile_of_the_scheduler_they_ask_for_and_wait_when_there_is_none()
    {
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(
            Head + """
            profiles:
            - {}
            - schedulerName: packing
              pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: MostAllocated } } }]
              plugins: { score: { disabled: [{ name: NodeResourcesBalancedAllocation }] } }
            """,
            "c.yaml");
        OrchestratedRun run = Fleet(3).With(o => o with { Strategy = new KubeScheduler(configuration) })
            .Apply(Pod("first", "packing"), Pod("second", "packing"), Pod("third", "default-scheduler"), Pod("nobody", "other")).Build(out _);
        run.Run();
        Assert.Equal(Node(run, "first"), Node(run, "second"));
        Assert.NotEqual(Node(run, "first"), Node(run, "third"));
        Assert.False(Node(run, "nobody").IsNode);
    }

    [Fact]
    public void An_affinity_that_the_profile_adds_holds_for_all_its_pods()
    {
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(
            Head + "profiles: [{ pluginConfig: [{ name: NodeAffinity, args: { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: metadata.name, operator: In, values: [node-001] }] }] } } } }] }]",
            "c.yaml");
        OrchestratedRun run = Fleet(3).With(o => o with { Strategy = new KubeScheduler(configuration) }).Apply(ReplicaSet("web", 4)).Build(out _);
        run.Run();
        Assert.All(Pods(run), pod => Assert.Equal(1, pod.Node.Value));
    }

    [Fact]
    public void Pods_of_a_service_are_spread_over_zones_without_asking_for_it()
    {
        // Zones a, b, c have 3, 1 and 1 nodes: by room alone most pods would go to zone a.
        FleetLayout fleet = new([.. new[] { "a", "a", "a", "b", "c" }.Select((zone, n) => new NodeSpec { Name = $"node-{n}", CpuMilli = 16_000, MemoryBytes = 64L << 30, Zone = zone })]);
        int[] Zones(params KubeObject[] objects)
        {
            OrchestratedRun run = Fleet(5).With(o => o with { Fleet = fleet, Strategy = new KubeScheduler() }).Apply(objects).Build(out _);
            run.Run();
            return [.. Pods(run).GroupBy(pod => fleet.Nodes[pod.Node.Value].Zone, StringComparer.Ordinal).OrderBy(zone => zone.Key, StringComparer.Ordinal).Select(zone => zone.Count())];
        }

        KubeObject[] alone = [.. Enumerable.Range(0, 15).Select(i => Pod($"p{i}", "default-scheduler", "web", cpu: "1"))];
        Assert.Equal([9, 3, 3], Zones(alone));
        // What keeps them together by room, and what spreads them softly, meet halfway.
        Assert.Equal([7, 4, 4], Zones([Service("web"), .. alone]));
        Assert.Equal([7, 4, 4], Zones(ReplicaSet("web", 15, Template("web", "1"))));
    }

    [Fact]
    public void Hard_constraints_of_a_profile_hold_for_pods_that_a_service_selects()
    {
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(
            Head + "profiles: [{ pluginConfig: [{ name: PodTopologySpread, args: { defaultingType: List, defaultConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule }] } }] }]",
            "c.yaml");
        KubeObject[] pods = [.. Enumerable.Range(0, 4).Select(i => Pod($"p{i}", "default-scheduler", "web")), .. Enumerable.Range(0, 4).Select(i => Pod($"q{i}", "default-scheduler", "alone"))];
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = new KubeScheduler(configuration), Fleet = new FleetLayout([o.Fleet.Nodes[0], o.Fleet.Nodes[1] with { CpuMilli = 150 }]) })
            .Apply([Service("web"), .. pods]).Build(out _);
        run.Run();
        // The small node has room for one: the fourth pod of the service finds no node that keeps the skew.
        Assert.Equal(3, Pods(run).Count(pod => pod.Name[0] == 'p' && pod.Node.IsNode));
        Assert.Equal(4, Pods(run).Count(pod => pod.Name[0] == 'q' && pod.Node.IsNode));
    }

    [Fact]
    public void A_node_that_has_the_image_is_preferred()
    {
        ImageCatalog images = new ImageCatalog().Add("big:v1", new ImageBehavior { Layers = [new ImageLayer("sha256:1", 900L << 20)] });
        OrchestratedRun run = Fleet(6).With(o => o with { Strategy = new KubeScheduler() })
            .Do(0, r => r.Runtime!.Preload(4, "big:v1")).Apply(1, Pod("p", "default-scheduler", image: "big:v1")).BuildWithAgents(new AgentOptions { Images = images });
        run.Run();
        Assert.Equal(4, Node(run, "p").Value);
    }

    [Fact]
    public void Pods_without_requests_count_with_defaults_in_scores()
    {
        PodSpec none = PodRequests.OfContainers(new PodSpec { Containers = [new Container { Name = "a" }, new Container { Name = "b", CpuMilli = 300, StatesZeroMemory = true }] });
        Assert.Equal((300, 0), (none.CpuMilli, none.MemoryBytes));
        Assert.Equal(new ScoredRequests(400, 200L << 20, 400, 200L << 20), none.Scored);
        Assert.Equal(new ScoredRequests(100, 5, 100, 5), ScoredRequests.Of(new PodSpec { MemoryBytes = 5 }));
    }

    private static NodeIndex Node(OrchestratedRun run, string pod) => Pods(run).Single(other => other.Name == pod).Node;

    private static Pod Pod(string name, string scheduler, string app = "", string image = "app:v1", string cpu = "100m") => new()
    {
        Metadata = Meta(name) with { Labels = app.Length == 0 ? default : [new Label("app", app)] },
        Spec = Template(app, cpu, image).Spec with { SchedulerName = scheduler },
    };

    private sealed class LastNode() : SchedulerPlugin("LastNode"), IScorePlugin
    {
        public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
        {
            for (int n = 0; n < nodes.Length; n++) scores[n] = nodes[n].Value == View.Count - 1 ? 100 : 0;
        }
    }

    private sealed class TooHigh() : SchedulerPlugin("TooHigh"), IScorePlugin
    {
        public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores) => scores.Fill(101);
    }

    private sealed class NotFirst() : SchedulerPlugin("NotFirst"), IFilterPlugin
    {
        public Status Filter(in PodRequest pod, NodeIndex node) => node.Value == 0 ? Status.Unschedulable("the first node is not for everybody") : Status.Success;
    }

    private sealed class Idle() : SchedulerPlugin("Idle");
}
