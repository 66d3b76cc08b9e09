using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

/// <summary>Nodes that come for pods that fit nowhere. Fixed nodes have 8 CPU.</summary>
public class ClusterAutoscalerTests
{
    [Fact]
    public void Pods_that_fit_nowhere_bring_the_nodes_that_they_need()
    {
        OrchestratedRun run = Scaled(300, [Group("pool")], ReplicaSet("a", 20, Template("a", "2")));
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([(10.0, 0, 0, 4)], sizes.Changes);
        Assert.Equal(5, run.Count(ResourceKind.Node));
        Assert.All(Pods(run), pod => Assert.True(pod.Status.IsReady));
    }

    [Fact]
    public void Their_pods_start_when_the_machines_have_booted()
    {
        OrchestratedRun run = Scaled(300, [Group("pool") with { BootSeconds = new ConstantDistribution(90) }], ReplicaSet("a", 8, Template("a", "2")));
        run.Run();
        Assert.Equal([100.0], Pods(run).Select(pod => pod.Status.ScheduledAt!.Value.TotalSeconds).Where(at => at > 1).Distinct());
    }

    [Fact]
    public void Pods_for_which_nodes_boot_bring_no_others()
    {
        OrchestratedRun run = Scaled(300, [Group("pool") with { BootSeconds = new ConstantDistribution(200) }], ReplicaSet("a", 7, Template("a", "2")));
        var sizes = GroupSizes.Of(run);
        for (int i = 1; i < 10; i++) Later.Do(run, i * 15, () => run.Store.Create(Some.Pod($"small-{run.Loop.Now.TotalSeconds}", "1m"), out _));
        run.Run();
        Assert.Single(sizes.Changes);
    }

    [Fact]
    public void A_group_keeps_its_maximum()
    {
        OrchestratedRun run = Scaled(600, [Group("pool", max: 3)], ReplicaSet("a", 50, Template("a", "2")));
        run.Run();
        Assert.Equal((3, 4), (run.ClusterAutoscaler!.SizeOf("pool"), run.Count(ResourceKind.Node)));
        Assert.Equal(16, Pods(run).Count(pod => pod.Node.IsNode));
    }

    [Theory]
    [InlineData("9", 0)]
    [InlineData("8", 1)]
    public void A_pod_that_no_new_node_could_take_brings_none(string cpu, int nodes)
    {
        OrchestratedRun run = Scaled(300, [Group("pool")], Some.Pod("first", "1"), Some.Pod("p", cpu));
        run.Run();
        Assert.Equal(nodes, run.ClusterAutoscaler!.SizeOf("pool"));
    }

    [Fact]
    public void Daemons_take_their_part_of_new_nodes()
    {
        DaemonSet daemon = Some.DaemonSet("d");
        OrchestratedRun run = Scaled(300, [Group("pool")], daemon with { Template = Template("d", "4") }, ReplicaSet("a", 6, Template("a", "2")));
        run.Run();
        Assert.Equal(2, run.ClusterAutoscaler!.SizeOf("pool"));
        Assert.All(Pods(run), pod => Assert.True(pod.Node.IsNode));
    }

    [Theory]
    [InlineData(NodeGroupExpander.LeastWaste, 0, 1)]
    [InlineData(NodeGroupExpander.First, 1, 0)]
    public void The_expander_chooses_among_groups_that_could_help(NodeGroupExpander expander, int large, int small)
    {
        OrchestratedRun run = Scaled(300, o => o with { Expander = expander }, [Group("large", cpu: 32_000), Group("small", cpu: 4_000)], Some.Pod("full", "6"), Some.Pod("p", "3"));
        run.Run();
        Assert.Equal((large, small), (run.ClusterAutoscaler!.SizeOf("large"), run.ClusterAutoscaler.SizeOf("small")));
    }

    [Fact]
    public void The_random_expander_draws_by_the_seed()
    {
        int[] larges = [.. Enumerable.Range(1, 20).Select(seed =>
        {
            OrchestratedRun run = Scaled(100, o => o with { Expander = NodeGroupExpander.Random }, [Group("large", cpu: 32_000), Group("small", cpu: 4_000)], (ulong)seed, Some.Pod("full", "6"), Some.Pod("p", "3"));
            run.Run();
            return run.ClusterAutoscaler!.SizeOf("large");
        })];
        Assert.Contains(0, larges);
        Assert.Contains(1, larges);
    }

    [Fact]
    public void A_group_whose_nodes_the_pod_does_not_accept_is_no_help()
    {
        NodeGroup ssd = Group("ssd");
        ssd = ssd with { Template = ssd.Template with { Labels = [new Label("disk", "ssd")] } };
        Pod pod = Some.Pod("p");
        OrchestratedRun run = Scaled(300, [Group("pool"), ssd], pod with { Spec = pod.Spec with { NodeSelector = [new Label("disk", "ssd")] } });
        run.Run();
        Assert.Equal((0, 1), (run.ClusterAutoscaler!.SizeOf("pool"), run.ClusterAutoscaler.SizeOf("ssd")));
        Assert.Equal("ssd-0000", run.Fleet.Nodes[Pods(run)[0].Node.Value].Name);
    }

    [Fact]
    public void Zones_that_pods_must_spread_over_get_their_nodes()
    {
        PodTemplate template = Template("a", "2");
        template = template with
        {
            Spec = template.Spec with
            {
                Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(LabelSelector.Of([new Label("app", "a")]), [], null, "topology.kubernetes.io/zone")] },
            },
        };
        NodeGroup In(string zone) => Group(zone) with { Template = Group(zone).Template with { Zone = zone } };
        OrchestratedRun run = Scaled(600, [In("x"), In("y")], ReplicaSet("a", 3, template));
        run.Run();
        Assert.Equal((1, 1), (run.ClusterAutoscaler!.SizeOf("x"), run.ClusterAutoscaler.SizeOf("y")));
    }

    [Fact]
    public void A_pod_whose_volume_is_made_for_its_node_brings_one()
    {
        Pod pod = Some.Pod("p", "8");
        OrchestratedRun run = Scaled(
            300,
            [Group("pool")],
            new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", WaitsForFirstConsumer = true },
            new PersistentVolumeClaim { Metadata = Meta("data"), SizeBytes = 10, StorageClass = "disk", AccessModes = ["ReadWriteOnce"] },
            Some.Pod("full", "1"),
            pod with { Spec = pod.Spec with { Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, "data", IsOptional: false, null)] } });
        run.Run();
        Assert.Equal(1, run.ClusterAutoscaler!.SizeOf("pool"));
        Assert.True(run.Find<Pod>("p")!.Node.IsNode);
    }

    [Fact]
    public void A_machine_that_takes_too_long_is_given_up_and_its_group_left_alone()
    {
        NodeGroup slow = Group("slow") with { BootSeconds = new ConstantDistribution(1000) };
        OrchestratedRun run = Scaled(2000, [slow, Group("good")], Some.Pod("full", "6"), Some.Pod("p", "8"));
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([(10.0, 0, 0, 1), (910.0, 0, 1, 0), (910.0, 1, 0, 1)], sizes.Changes);
        Assert.True(Pods(run)[1].Status.IsReady);
    }

    [Fact]
    public void A_group_that_was_given_up_is_tried_again_ever_more_rarely()
    {
        OrchestratedRun run = Scaled(5000, [Group("slow") with { BootSeconds = new ConstantDistribution(1000) }], Some.Pod("full", "6"), Some.Pod("p", "8"));
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([10, 1210, 2710, 4810], sizes.Changes.Where(change => change.To == 1).Select(change => change.At));
    }

    [Fact]
    public void Expendable_pods_bring_no_nodes()
    {
        Pod pod = Some.Pod("p", "8");
        OrchestratedRun run = Scaled(300, [Group("pool")], new PriorityClass { Metadata = new ObjectMeta { Name = "spare" }, Value = -20 }, Some.Pod("full", "6"), pod with { Spec = pod.Spec with { PriorityClassName = "spare", Priority = -20 } });
        run.Run();
        Assert.Equal(0, run.ClusterAutoscaler!.SizeOf("pool"));
    }

    [Fact]
    public void Nodes_of_the_minimum_are_there_from_the_start()
    {
        OrchestratedRun run = Scaled(10, [Group("pool", max: 5) with { Min = 2 }]);
        run.Run();
        Assert.Equal((2, 3), (run.ClusterAutoscaler!.SizeOf("pool"), run.Count(ResourceKind.Node)));
    }

    [Fact]
    public void Real_agents_start_pods_on_nodes_that_booted()
    {
        OrchestratedRun run = Build(300, o => o, [Group("pool")], 1, [ReplicaSet("a", 12, Template("a", "2"))]).BuildWithAgents();
        run.Run();
        Assert.All(Pods(run), pod => Assert.True(pod.Status.IsReady));
        Assert.All(run.Store.View.All(ResourceKind.Node).Cast<Node>(), node => Assert.True(node.IsReady == true && node.Taints.Count == 0));
    }

    [Fact]
    public void A_cluster_in_which_nothing_happens_is_not_looked_at()
    {
        OrchestratedRun run = Scaled(100_000, [Group("pool")], ReplicaSet("a", 8, Template("a", "2")));
        run.Run();
        Assert.InRange(run.ClusterAutoscaler!.Scans, 2, 12);
    }

    [Fact]
    public void A_fleet_without_the_nodes_of_a_group_is_refused()
    {
        OrchestrationBuilder builder = Fleet(1).With(o => o with { ClusterAutoscaler = new ClusterAutoscalerOptions { Groups = [Group("pool")] } });
        Assert.Throws<ArgumentException>(() => builder.Build(out _));
    }

    internal static NodeGroup Group(string name, int max = 10, long cpu = 8_000) =>
        new() { Name = name, Template = new NodeSpec { Name = "", CpuMilli = cpu, MemoryBytes = cpu / 1000 * (4L << 30) }, Max = max };

    internal static OrchestratedRun Scaled(double seconds, ValueList<NodeGroup> groups, params KubeObject[] objects) => Scaled(seconds, o => o, groups, objects);

    internal static OrchestratedRun Scaled(double seconds, Func<ClusterAutoscalerOptions, ClusterAutoscalerOptions> change, ValueList<NodeGroup> groups, params KubeObject[] objects) =>
        Scaled(seconds, change, groups, 1, objects);

    internal static OrchestrationBuilder Build(double seconds, Func<ClusterAutoscalerOptions, ClusterAutoscalerOptions> change, ValueList<NodeGroup> groups, ulong seed, KubeObject[] objects)
    {
        ClusterAutoscalerOptions options = change(new ClusterAutoscalerOptions { Groups = groups });
        return Fleet(1).With(o => o with { Fleet = options.FleetWith([.. o.Fleet.Nodes]), ClusterAutoscaler = options, Until = TimeSpan.FromSeconds(seconds), Seed = seed }).Apply(objects);
    }

    private static OrchestratedRun Scaled(double seconds, Func<ClusterAutoscalerOptions, ClusterAutoscalerOptions> change, ValueList<NodeGroup> groups, ulong seed, params KubeObject[] objects) =>
        Build(seconds, change, groups, seed, objects).Build(out _);

    /// <summary>Sizes of groups as facts tell them.</summary>
    internal sealed class GroupSizes : IFactObserver
    {
        public List<(double At, int Group, int From, int To)> Changes { get; } = [];

        public static GroupSizes Of(OrchestratedRun run)
        {
            var sizes = new GroupSizes();
            run.Facts.Subscribe(sizes);
            return sizes;
        }

        public void Observe(in Fact fact)
        {
            if (fact.Kind == FactKind.NodeGroupScaled) Changes.Add((fact.At.TotalSeconds, fact.Uid, (int)(fact.Detail >> 32), (int)(uint)fact.Detail));
        }
    }
}
