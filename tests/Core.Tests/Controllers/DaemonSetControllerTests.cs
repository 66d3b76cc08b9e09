using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DaemonSetControllerTests
{
    private const string Gate = "test/bound-by-hand";

    /// <summary>A daemon that a stand-in for the scheduler binds to the node of its affinity.</summary>
    private static DaemonSet Daemon(string name, string image = "app:v1")
    {
        DaemonSet set = Some.DaemonSet(name, image);
        return set with { Template = set.Template with { Spec = set.Template.Spec with { SchedulingGates = [Gate] } } };
    }

    private static OrchestratedRun Build(OrchestrationBuilder builder, out InstantAgent agent)
    {
        OrchestratedRun run = builder.Build(out agent);
        run.Store.Subscribe(new Binder(run));
        return run;
    }

    private static string NodeOf(Pod pod) => pod.Spec.Affinity!.RequiredNodes!.Value[0].Fields[0].Values[0];

    private static void Change(OrchestratedRun run, string node, Func<Node, Node> change) => Assert.Null(run.Store.Update(change(run.Find<Node>(node)!)));

    [Fact]
    public void Every_node_gets_a_pod_tied_to_it_by_its_name()
    {
        OrchestratedRun run = Build(Fleet(5).Apply(Daemon("log")), out _);
        run.Run();
        Assert.Equal(["node-000", "node-001", "node-002", "node-003", "node-004"], Pods(run).Select(NodeOf).Order());
        Assert.All(Pods(run), pod => Assert.Equal(NodeOf(pod), run.Fleet.Nodes[pod.Node.Value].Name));
        Assert.Equal(new DaemonSetStatus { Desired = 5, Current = 5, Ready = 5, Available = 5, Updated = 5, ObservedGeneration = 1 }, run.Find<DaemonSet>("log")!.Status);
    }

    [Fact]
    public void Daemons_tolerate_what_the_control_plane_says_of_troubled_nodes()
    {
        OrchestratedRun run = Build(Fleet(1).Apply(Daemon("log")), out _);
        run.Run();
        string[] keys = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"];
        Assert.All(keys, key => Assert.Contains(Pods(run)[0].Spec.Tolerations, t => t.Key == "node.kubernetes.io/" + key && t.Exists && t.Duration is null));
        Assert.Equal(6, Pods(run)[0].Spec.Tolerations.Count);
    }

    [Fact]
    public void A_node_that_comes_later_gets_its_pod_at_once()
    {
        OrchestratedRun run = Build(Fleet(2).Apply(Daemon("log")).Step(Some.Delete(0, ResourceKind.Node, "node-001"))
            .Step(Some.Step(50, r => r.Store.Create(new Node { Metadata = new ObjectMeta { Name = "node-001" }, Spec = r.Fleet.Nodes[1], Index = new NodeIndex(1) }, out _))), out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(50), Pods(run).Last(pod => NodeOf(pod) == "node-001").Metadata.CreatedAt);
    }

    [Fact]
    public void Only_nodes_of_the_selector_get_a_pod_and_lose_it_with_the_label()
    {
        DaemonSet set = Daemon("log");
        set = set with { Template = set.Template with { Spec = set.Template.Spec with { NodeSelector = [new Label("disk", "fast")] } } };
        OrchestratedRun run = Build(Fleet(3).Apply(set)
            .Step(Some.Step(10, r => Change(r, "node-001", node => node with { Metadata = node.Metadata with { Labels = node.Metadata.Labels.With("disk", "fast") } })))
            .Step(Some.Step(30, r =>
            {
                Assert.Equal("node-001", NodeOf(Assert.Single(Pods(r))));
                Change(r, "node-001", node => node with { Metadata = node.Metadata with { Labels = node.Metadata.Labels.Without("disk") } });
            })), out _);
        run.Run();
        Assert.Empty(Pods(run));
        Assert.Equal(0, run.Find<DaemonSet>("log")!.Status.Desired);
    }

    [Fact]
    public void A_taint_keeps_new_daemons_out_and_one_that_executes_drives_them_away()
    {
        OrchestratedRun run = Build(Fleet(3).Apply(30, Daemon("log"))
            .Step(Some.Step(10, r => Change(r, "node-000", node => node with { Taints = [new Taint("dedicated", "x", TaintEffect.NoSchedule)] })))
            .Step(Some.Step(60, r => Change(r, "node-001", node => node with { Taints = [new Taint("dedicated", "x", TaintEffect.NoSchedule)] })))
            .Step(Some.Step(60, r => Change(r, "node-002", node => node with { Taints = [new Taint("dedicated", "x", TaintEffect.NoExecute)] }))), out _);
        run.Run();
        Assert.Equal("node-001", NodeOf(Assert.Single(Pods(run))));
        Assert.Equal((0, 1), (run.Find<DaemonSet>("log")!.Status.Desired, run.Find<DaemonSet>("log")!.Status.Misscheduled));
    }

    [Fact]
    public void An_update_replaces_one_node_at_a_time()
    {
        OrchestratedRun run = Build(Fleet(4).Apply(Daemon("log")).Apply(60, Daemon("log", "app:v2")), out _);
        int least = int.MaxValue;
        run.OnEveryWrite(_ => { if (run.Loop.Now >= TimeSpan.FromSeconds(60)) least = Math.Min(least, Pods(run).Count(pod => pod.IsActive && pod.Status.IsReady)); });
        run.Run();
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
        Assert.Equal(3, least);
        Assert.Equal(4, run.Find<DaemonSet>("log")!.Status.Updated);
    }

    [Fact]
    public void A_percentage_of_unavailable_nodes_rounds_up()
    {
        OrchestratedRun run = Build(Fleet(5).Apply(Daemon("log")).Apply(60, Daemon("log", "app:v2") with { MaxUnavailable = IntOrPercent.Percent(30) }), out _);
        int least = int.MaxValue;
        run.OnEveryWrite(_ => { if (run.Loop.Now >= TimeSpan.FromSeconds(60)) least = Math.Min(least, Pods(run).Count(pod => pod.IsActive && pod.Status.IsReady)); });
        run.Run();
        Assert.Equal(3, least);
    }

    [Fact]
    public void With_surge_the_new_pod_is_ready_before_the_old_one_goes()
    {
        DaemonSet With(string image) => Daemon("log", image) with { MaxSurge = IntOrPercent.Of(2), MaxUnavailable = IntOrPercent.Of(0) };
        OrchestratedRun run = Build(Fleet(4).Apply(With("app:v1")).Apply(60, With("app:v2")), out _);
        int least = int.MaxValue, most = 0;
        run.OnEveryWrite(_ =>
        {
            if (run.Loop.Now < TimeSpan.FromSeconds(60)) return;
            least = Math.Min(least, Pods(run).Count(pod => pod.IsActive && pod.Status.IsReady));
            most = Math.Max(most, Pods(run).Count(pod => pod.IsActive));
        });
        run.Run();
        Assert.Equal((4, 6), (least, most));
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
        Assert.Equal(4, Pods(run).Count);
    }

    [Fact]
    public void With_OnDelete_nothing_is_updated_by_itself()
    {
        OrchestratedRun run = Build(Fleet(2).Apply(Daemon("log") with { UpdatesOnDelete = true }).Apply(60, Daemon("log", "app:v2") with { UpdatesOnDelete = true })
            .Step(Some.Step(100, r => r.Store.Delete(Pods(r).First(pod => NodeOf(pod) == "node-000").Key))), out _);
        run.Run();
        Assert.Equal(["app:v2", "app:v1"], Pods(run).OrderBy(NodeOf).Select(pod => pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void An_update_waits_until_new_pods_have_been_ready_long_enough()
    {
        DaemonSet With(string image) => Daemon("log", image) with { MinReady = TimeSpan.FromSeconds(20) };
        OrchestratedRun run = Build(Fleet(2).Apply(With("app:v1")).Apply(60, With("app:v2")), out _);
        run.Run();
        double[] made = [.. Pods(run).Select(pod => pod.Metadata.CreatedAt.TotalSeconds)];
        Assert.Equal([61, 84], made);
    }

    [Fact]
    public void A_failed_daemon_is_made_again_with_a_wait_that_doubles()
    {
        OrchestratedRun run = Build(Fleet(1).Apply(Daemon("log")), out InstantAgent agent);
        List<double> made = [];
        agent.Ends = _ => made.Count < 5 ? (0, false) : null;
        run.OnEveryWrite(change => { if (change is { Before: null, After: Pod }) made.Add(run.Loop.Now.TotalSeconds); });
        run.Run();
        // Two seconds to start each; the waits are 1, 2, 4 s since the last failure, of which two pass while starting.
        Assert.Equal([0, 2, 4, 6, 10], made);
    }

    [Fact]
    public void A_daemon_that_completed_is_made_again()
    {
        OrchestratedRun run = Build(Fleet(1).Apply(Daemon("log")), out InstantAgent agent);
        agent.Ends = pod => pod.Metadata.CreatedAt == TimeSpan.Zero ? (5, true) : null;
        run.Run();
        Assert.True(Assert.Single(Pods(run)).Status.IsReady);
    }

    [Fact]
    public void A_thousand_nodes_get_their_pods_in_few_syncs()
    {
        OrchestratedRun run = Build(Fleet(1000).Apply(Daemon("log")), out _);
        run.Run();
        Assert.Equal(1000, run.Find<DaemonSet>("log")!.Status.Available);
        Assert.Equal(1000, Pods(run).Count);
    }

    private sealed class Binder : IStoreListener, IEventHandler
    {
        private readonly OrchestratedRun _run;
        private readonly ushort _handler;

        public Binder(OrchestratedRun run)
        {
            _run = run;
            _handler = run.Loop.Register(this);
        }

        public void OnChange(in StoreChange change)
        {
            if (change is { Before: null, After: Pod pod }) _run.Loop.Schedule(_run.Loop.Now, new EventData(_handler, 0, 0, pod.Uid));
        }

        public void Handle(in EventData data)
        {
            if (_run.Store.View.Find(data.Argument) is Pod pod && _run.Find<Node>(NodeOf(pod)) is { } node) _run.Store.Update(pod with { Node = node.Index });
        }
    }
}
