using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Controllers.ClusterAutoscalerTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

/// <summary>Nodes that go because nobody needs them. One fixed node of 8 CPU is full or not as the test says; group nodes have 8 CPU as well.</summary>
public class ClusterAutoscalerScaleInTests
{
    private static readonly NodeGroup Two = Group("pool") with { Initial = 2 };

    [Fact]
    public void Nodes_without_pods_go_after_ten_minutes_and_together()
    {
        OrchestratedRun run = Scaled(2000, [Two]);
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([(610.0, 0, 2, 1), (610.0, 0, 1, 0)], sizes.Changes);
        Assert.Equal(1, run.Count(ResourceKind.Node));
    }

    [Fact]
    public void A_node_goes_five_seconds_after_its_taint()
    {
        OrchestratedRun run = Scaled(2000, [Two]);
        var gone = new List<double>();
        run.OnEveryWrite(change =>
        {
            if (change is { After: null, Before: Node node } && node.Taints.Any(taint => taint.Key == ClusterAutoscaler.ToBeDeleted)) gone.Add(run.Loop.Now.TotalSeconds);
        });
        run.Run();
        Assert.Equal([615, 615], gone);
    }

    [Fact]
    public void The_minimum_stays()
    {
        OrchestratedRun run = Scaled(3000, [Two with { Min = 1 }]);
        run.Run();
        Assert.Equal(1, run.ClusterAutoscaler!.SizeOf("pool"));
    }

    [Fact]
    public void Nothing_goes_for_ten_minutes_after_nodes_came()
    {
        OrchestratedRun run = Scaled(3000, [Two, Group("other", cpu: 16_000)]);
        var sizes = GroupSizes.Of(run);
        Later.Do(run, 300, () => run.Store.Create(Some.Pod("large", "12"), out _));
        run.Run();
        Assert.Equal([300.0, 900, 900], sizes.Changes.Select(change => change.At));
    }

    [Fact]
    public void Pods_of_a_node_that_is_hardly_used_go_to_others()
    {
        OrchestratedRun run = Scaled(3000, [Two], ReplicaSet("a", 3, Template("a", "2")));
        run.Run();
        Assert.Equal(0, run.ClusterAutoscaler!.SizeOf("pool"));
        Assert.All(Pods(run), pod => Assert.Equal((0, true), (pod.Node.Value, pod.Status.IsReady)));
        Assert.Equal(2, run.Evictions.Admitted);
    }

    [Theory]
    [InlineData("4", 2)]
    [InlineData("3900m", 1)]
    public void A_node_of_which_half_is_requested_stays(string cpu, int left)
    {
        // One pod on each of three nodes: those of less than half fit two a node.
        OrchestratedRun run = Scaled(3000, [Two], ReplicaSet("a", 3, Template("a", cpu)));
        run.Run();
        Assert.Equal(left, run.ClusterAutoscaler!.SizeOf("pool"));
    }

    [Fact]
    public void A_node_whose_pods_fit_nowhere_else_stays()
    {
        OrchestratedRun run = Scaled(3000, [Group("pool") with { Initial = 1 }], ReplicaSet("a", 2, Template("a", "3")), Some.Pod("full", "3"));
        run.Run();
        Assert.Equal(1, run.ClusterAutoscaler!.SizeOf("pool"));
        Assert.Equal(0, run.Evictions.Admitted);
    }

    [Theory]
    [InlineData(null, false, 1)]
    [InlineData(null, true, 0)]
    [InlineData("true", false, 0)]
    [InlineData("false", true, 1)]
    public void A_pod_without_a_controller_or_marked_unsafe_keeps_its_node(string? isSafe, bool isOwned, int left)
    {
        Assert.Equal(left, LeftWith(isOwned, pod => isSafe is null ? pod : Annotated(pod, isSafe)));
    }

    [Fact]
    public void A_pod_with_local_storage_keeps_its_node()
    {
        Assert.Equal(1, LeftWith(isOwned: true, pod => pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = "v", Kind = VolumeKind.EmptyDir }] } }));
        Assert.Equal(0, LeftWith(isOwned: true, pod => pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = "v", Kind = VolumeKind.EmptyDir }] } }, o => o with { SkipsLocalStorage = false }));
    }

    [Fact]
    public void A_pod_of_the_system_without_a_budget_keeps_its_node()
    {
        Assert.Equal(1, LeftWith(isOwned: true, pod => pod with { Metadata = pod.Metadata with { Namespace = "kube-system" } }));
        Assert.Equal(0, LeftWith(isOwned: true, pod => pod with { Metadata = pod.Metadata with { Namespace = "kube-system" } }, o => o with { SkipsSystemPods = false }));
    }

    [Fact]
    public void A_budget_that_allows_nothing_keeps_the_nodes_of_its_pods()
    {
        OrchestratedRun run = Scaled(3000, [Two], Budget(minAvailable: 3), ReplicaSet("a", 3, Template("a", "2")));
        run.Run();
        Assert.Equal(2, run.ClusterAutoscaler!.SizeOf("pool"));
        Assert.Equal((0, 0), (run.Evictions.Admitted, run.Evictions.Refused));
    }

    [Fact]
    public void Nodes_with_pods_go_one_after_another_as_the_budget_allows()
    {
        OrchestratedRun run = Scaled(3000, [Two], Budget(minAvailable: 2), ReplicaSet("a", 3, Template("a", "2")));
        int fewest = 3;
        run.OnEveryWrite(_ => fewest = run.Loop.Now.TotalSeconds < 60 ? 3 : Math.Min(fewest, Pods(run).Count(pod => pod.Status.IsReady && !pod.Metadata.IsDeleting)));
        run.Run();
        Assert.Equal((0, 2), (run.ClusterAutoscaler!.SizeOf("pool"), fewest));
    }

    [Fact]
    public void A_removal_whose_evictions_are_refused_for_two_minutes_is_given_up()
    {
        // Two pods on the group's node, of which the budget lets one go; what replaces it is never ready.
        OrchestratedRun run = Build(1000, o => o, [Group("pool") with { Initial = 1 }], 1, [Budget(minAvailable: 3), ReplicaSet("a", 4, Template("a", "1"))]).Build(out InstantAgent agent);
        agent.NeverReady = _ => run.Loop.Now > TimeSpan.FromSeconds(100);
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([(610.0, 0, 1, 0), (730.0, 0, 0, 1)], sizes.Changes);
        Assert.DoesNotContain(run.Find<Node>("pool-0000")!.Taints, taint => taint.Key == ClusterAutoscaler.ToBeDeleted);
    }

    [Fact]
    public void The_grace_of_evicted_pods_is_bounded()
    {
        PodTemplate template = Template("a", "2");
        OrchestratedRun run = Scaled(3000, [Two], ReplicaSet("a", 3, template with { Spec = template.Spec with { TerminationGrace = TimeSpan.FromHours(1) } }));
        var graces = new HashSet<TimeSpan?>();
        run.OnEveryWrite(change =>
        {
            if (change.After is Pod { Metadata.IsDeleting: true } pod) graces.Add(pod.Metadata.DeletionGrace);
        });
        run.Run();
        Assert.Equal([TimeSpan.FromSeconds(600)], graces);
    }

    [Fact]
    public void Daemons_do_not_keep_a_node_and_end_with_it()
    {
        OrchestratedRun run = Build(3000, o => o, [Two], 1, [Some.DaemonSet("d")]).BuildWithAgents();
        run.Run();
        Assert.Equal((0, 1), (run.ClusterAutoscaler!.SizeOf("pool"), Pods(run).Count));
        Assert.Equal(0, run.Evictions.Admitted);
    }

    [Fact]
    public void A_name_that_comes_again_is_a_new_machine_with_an_empty_disk()
    {
        OrchestratedRun run = Build(4000, o => o, [Group("pool", max: 1)], 1, [ReplicaSet("a", 8, Template("a", "2"))]).BuildWithAgents();
        var pulls = FactLog.Of(run);
        Later.Do(run, 500, () => Scale(run, 1));
        Later.Do(run, 2500, () => Scale(run, 8));
        var sizes = GroupSizes.Of(run);
        run.Run();
        Assert.Equal([1, 0, 1], sizes.Changes.Select(change => change.To));
        Assert.Equal(2, pulls.Of(FactKind.ImagePulled).Count(fact => fact.Node.Value == 1 && fact.Detail > 0));
        Assert.All(Pods(run), pod => Assert.True(pod.Status.IsReady));
    }

    [Fact]
    public void Equal_runs_scale_equally()
    {
        ulong Print()
        {
            OrchestratedRun run = Build(4000, o => o, [Two, Group("other", cpu: 4_000)], 1, [ReplicaSet("a", 30, Template("a", "1900m"))]).BuildWithAgents();
            Later.Do(run, 500, () => Scale(run, 3));
            Later.Do(run, 2000, () => Scale(run, 40));
            var print = new FingerprintObserver();
            run.Facts.Subscribe(print);
            run.Run();
            return print.Value;
        }

        Assert.Equal(Print(), Print());
    }

    private static void Scale(OrchestratedRun run, int replicas) => run.Store.Update(run.Find<ReplicaSet>("a")! with { Replicas = replicas });

    private static PodDisruptionBudget Budget(int minAvailable) =>
        new() { Metadata = Meta("a"), Selector = LabelSelector.Of([new Label("app", "a")]), MinAvailable = IntOrPercent.Of(minAvailable) };

    private static Pod Annotated(Pod pod, string isSafe) =>
        pod with { Metadata = pod.Metadata with { Annotations = [new Label("cluster-autoscaler.kubernetes.io/safe-to-evict", isSafe)] } };

    /// <summary>Nodes that are left of a group of one, which held one small pod.</summary>
    private static int LeftWith(bool isOwned, Func<Pod, Pod> change, Func<ClusterAutoscalerOptions, ClusterAutoscalerOptions>? options = null)
    {
        OrchestratedRun run = Build(1500, options ?? (o => o), [Group("pool") with { Initial = 1 }], 1, []).Build(out _);
        Later.Do(run, 1, () =>
        {
            Pod pod = change(Some.Pod("p") with { Node = new(1) });
            Assert.Null(run.Store.Create(new ConfigMap { Metadata = new ObjectMeta { Name = "owner", Namespace = pod.Metadata.Namespace } }, out KubeObject owner));
            // Nobody's controller: what owns the pod does nothing about it.
            if (isOwned) pod = pod with { Metadata = pod.Metadata with { Owners = [Some.OwnedBy(owner)] } };
            Assert.Null(run.Store.Create(pod, out _));
        });
        run.Run();
        return run.ClusterAutoscaler!.SizeOf("pool");
    }
}
