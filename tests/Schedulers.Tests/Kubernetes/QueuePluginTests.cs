using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Plugins of a user's own in the queue: its order, who may enter it, and what brings those back that were turned away.</summary>
public sealed class QueuePluginTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void A_queue_sort_plugin_orders_the_queue()
    {
        // Three come while the node is full; the last to come goes first.
        RunResult result = A.Run(Scheduler(new LastFirst(), "queueSort: { disabled: [{ name: '*' }], enabled: [{ name: LastFirst }] }")).On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pods(3, A.Pod("p").Cpu("1").For(10))).Go();
        Assert.Equal((20.0, 10.0, 0.0), (result.BoundAt["p-0"], result.BoundAt["p-1"], result.BoundAt["p-2"]));
    }

    [Fact]
    public void Two_queue_sort_plugins_are_refused()
    {
        InputException error = Assert.Throws<InputException>(() => Scheduler(new LastFirst(), "queueSort: { enabled: [{ name: LastFirst }] }"));
        Assert.Contains("expected one queueSort plugin alone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_may_not_enter_lies_aside_until_something_changes()
    {
        bool open = false;
        var gate = new Gate(pod => open || pod != "p") { EventsToRegister = ClusterEvents.PodGone };
        RunResult result = A.Run(Scheduler(gate, "preEnqueue: { enabled: [{ name: Gate }] }")).On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("q").Cpu("1").For(7)).Pod(A.Pod("p").Cpu("1").At(1).For(1)).Pod(A.Pod("r").Cpu("1").At(2).For(3))).Before(_ => gate.Opens = () => open = true).Go();
        // Kept out at 1; when q goes at 7 it is asked again, kept out, and r, which waited for room, goes first; at 10 the gate is open.
        Assert.Equal((7.0, 10.0), (result.BoundAt["r"], result.BoundAt["p"]));
        Assert.Equal(2, result.Count(FactKind.PodGated));
        Assert.Equal(1, result.Count(FactKind.PodUnschedulable));
    }

    [Theory]
    [InlineData(ClusterEvents.PodGone, 7)]
    [InlineData(ClusterEvents.Node, 300)]
    public void Whom_a_plugin_turned_away_comes_back_with_the_changes_it_registered_for(ClusterEvents events, double bound)
    {
        // From 5 s on the plugin would let the pod go. A pod that ends at 7 s is no change of a node: the five-minute flush brings the pod back.
        var late = new NotBefore(TimeSpan.FromSeconds(5)) { EventsToRegister = events };
        RunResult result = A.Run(Scheduler(late, "preFilter: { enabled: [{ name: NotBefore }] }")).On(A.Cluster().Nodes(1))
            .Of(A.Workload().Pod(A.Pod("q").For(6).At(1)).Pod(A.Pod("p").At(2).For(1)).Pod(A.Pod("on").At(6).For(2000))).Go();
        Assert.Equal(bound, result.BoundAt["p"] is > 300 and < 331 ? 300 : result.BoundAt["p"]);
    }

    [Fact]
    public void A_pod_whose_decision_failed_with_an_error_is_tried_again_though_nothing_changed()
    {
        int asked = 0;
        var plugin = new Gate(_ => true) { Throws = () => asked++ < 2 };
        RunResult result = A.Run(Scheduler(plugin, "filter: { enabled: [{ name: Gate }] }")).On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("p").For(5))).Go();
        // Back-off of one second, then of two.
        Assert.Equal((3.0, 2), (result.BoundAt["p"], result.Count(FactKind.StrategyError)));
    }

    [Fact]
    public void An_error_that_comes_again_and_again_ends_the_run_with_the_pod_pending()
    {
        RunResult result = A.Run(Scheduler(new Gate(_ => true) { Throws = () => true }, "filter: { enabled: [{ name: Gate }] }")).On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("p").For(5))).Go();
        Assert.Empty(result.Placements);
        Assert.InRange(result.Count(FactKind.StrategyError), 2, 100);
    }

    [Theory]
    [InlineData("percentageOfNodesToScore: 100", 500)]
    [InlineData("percentageOfNodesToScore: 0", 230)]
    [InlineData("parallelism: 4, percentageOfNodesToScore: 100", 500)]
    public void Decisions_take_as_long_as_the_nodes_that_are_looked_at(string stated, int nodes)
    {
        // Of 500 nodes 46 % are enough; all fit.
        var scheduler = new KubeScheduler(ConfigurationReader.Read($"{{ apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration, {stated} }}", "c.yaml"));
        RunResult result = A.Run(scheduler).On(A.Cluster().Nodes(500)).Of(A.Workload().Pods(20, A.Pod("p").For(50)))
            .Scheduler(o => o with { Cost = new DecisionCost { PerNode = TimeSpan.FromMilliseconds(16) } }).Go();
        double seconds = 0.016 * nodes / (stated.Contains("parallelism", StringComparison.Ordinal) ? 4 : 16);
        Assert.Equal(20 * seconds, result.BoundAt.Values.Max(), 6);
    }

    private static KubeScheduler Scheduler(SchedulerPlugin plugin, string points)
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => plugin);
        return new KubeScheduler(ConfigurationReader.Read($"{Head}profiles: [{{ plugins: {{ {points} }} }}]", "c.yaml", registry), registry);
    }

    private sealed class LastFirst() : SchedulerPlugin("LastFirst"), IQueueSortPlugin
    {
        public bool Less(in QueuedPod left, in QueuedPod right) => left.Pod.Value > right.Pod.Value;
    }

    private sealed class Gate(Func<string, bool> lets) : SchedulerPlugin("Gate"), IPreEnqueuePlugin, IFilterPlugin, IEnqueueExtensions, IPlacementListener
    {
        public Func<bool> Throws { get; init; } = () => false;

        public ClusterEvents EventsToRegister { get; init; }

        public Action Opens { get; set; } = () => { };

        public Status Filter(in PodRequest pod, NodeIndex node) => Throws() ? throw new InvalidOperationException("out of order") : Status.Success;

        public Status PreEnqueue(in PodRequest pod) => lets(Context.NameOf!(pod.Pod)) ? Status.Success : Status.Unresolvable("not yet");

        public void OnPodPlaced(in PodRequest pod, NodeIndex node)
        {
            if (Context.NameOf!(pod.Pod) == "r") Opens();
        }

        public void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
        {
        }
    }

    private sealed class NotBefore(TimeSpan instant) : SchedulerPlugin("NotBefore"), IPreFilterPlugin, IEnqueueExtensions
    {
        public ClusterEvents EventsToRegister { get; init; }

        public PreFilterResult PreFilter(in PodRequest pod) =>
            Context.Now >= instant || Context.NameOf!(pod.Pod) != "p" ? PreFilterResult.Success : new PreFilterResult(Status.Unresolvable("not yet"));
    }
}
