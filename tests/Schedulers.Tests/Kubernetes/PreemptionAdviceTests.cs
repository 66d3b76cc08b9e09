using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>What kube-scheduler has to say in preemption: how many nodes are tried, and its plugins' own filters.</summary>
public sealed class PreemptionAdviceTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Theory]
    [InlineData(90, "", 90)]
    [InlineData(300, "", 100)]
    [InlineData(1500, "", 150)]
    [InlineData(300, "minCandidateNodesPercentage: 50", 150)]
    [InlineData(300, "minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 7", 7)]
    public void A_tenth_of_the_nodes_is_tried_and_a_hundred_at_least(int nodes, string args, int tried)
    {
        RecordedDecision decision = Preempts(nodes, args, seed: 1);
        Assert.Equal(tried, decision.Preemption!.Nodes.Count);
        Assert.Contains(decision.Preemption.Nodes, node => node.Node == decision.Preemption.Chosen);
    }

    [Fact]
    public void The_search_begins_at_a_node_that_the_seed_draws()
    {
        string[] firsts = [.. Enumerable.Range(1, 5).Select(seed => Preempts(300, "minCandidateNodesPercentage: 1, minCandidateNodesAbsolute: 3", (ulong)seed).Preemption!.Nodes[0].Node)];
        Assert.True(firsts.Distinct(StringComparer.Ordinal).Count() > 1, string.Join(' ', firsts));
        Assert.Equal(firsts[0], Preempts(300, "minCandidateNodesPercentage: 1, minCandidateNodesAbsolute: 3", 1).Preemption!.Nodes[0].Node);
    }

    [Fact]
    public void The_node_that_hurts_least_is_chosen_and_the_rule_is_told()
    {
        // Every node has one victim; those of node 2 have the lowest priority.
        OrchestratedRun run = Fleet(4).With(o => o with { Strategy = new KubeScheduler() })
            .Apply([.. Enumerable.Range(0, 4).Select(n => Pod($"low-{n}", n == 2 ? 1 : 5) is var pod ? pod with { Spec = pod.Spec with { NodeSelector = [new Label("kubernetes.io/hostname", $"node-00{n}")] } } : pod)])
            .Apply(5, Pod("high", 100)).Build(out _);
        RecordedPreemption preemption = Record(run)[0].Preemption!;
        Assert.Equal(("node-002", PreemptionRule.HighestPriority, false), (preemption.Chosen, preemption.DecidedBy, preemption.IsUnderWay));
        Assert.Equal(["low-2"], preemption.Nodes.Single(node => node.Node == "node-002").Victims);
    }

    [Fact]
    public void A_filter_of_a_users_own_is_asked_again_without_the_victims()
    {
        // The plugin keeps pods off nodes that hold two others; the core sees room everywhere. On node 1 both are of lower priority, and one of them is enough.
        PluginRegistry registry = PluginRegistry.Default.With(_ => new AtMostOne());
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + "profiles: [{ plugins: { filter: { enabled: [{ name: AtMostOne }] } } }]", "c.yaml", registry);
        Pod On(string name, int priority, int node) => Pod(name, priority, "1") is var pod ? pod with { Node = new NodeIndex(node) } : pod;
        OrchestratedRun run = Fleet(2).With(o => o with { Strategy = new KubeScheduler(configuration, registry) })
            .Apply(On("a", 200, 0), On("b", 200, 0), On("c", 1, 1), On("d", 2, 1)).Apply(5, Pod("high", 100, "1")).Build(out _);
        RecordedPreemption preemption = Record(run)[0].Preemption!;
        RecordedCandidate only = Assert.Single(preemption.Nodes);
        Assert.Equal(("node-001", "c"), (only.Node, Assert.Single(only.Victims)));
        Assert.Equal(1, Pods(run).Single(pod => pod.Name == "high").Node.Value);
    }

    [Fact]
    public void A_filter_that_throws_on_trial_leaves_the_view_as_it_was()
    {
        PluginRegistry registry = PluginRegistry.Default.With(_ => new Throws());
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + "profiles: [{ plugins: { filter: { enabled: [{ name: Throws }] } } }]", "c.yaml", registry);
        OrchestratedRun run = Fleet(1).With(o => o with { Strategy = new KubeScheduler(configuration, registry), Until = TimeSpan.FromSeconds(30) }).Apply(Pod("low", 1)).Apply(5, Pod("high", 100)).Build(out _);
        ObjectJudge.AttachAll(run);
        run.Run();
        Assert.Equal("low True, high False", string.Join(", ", Pods(run).Select(pod => $"{pod.Name} {pod.Node.IsNode}")));
        Assert.Contains("on trial", run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
    }

    private static RecordedDecision Preempts(int nodes, string args, ulong seed)
    {
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(Head + $"profiles: [{{ pluginConfig: [{{ name: DefaultPreemption, args: {{ {args} }} }}] }}]", "c.yaml");
        OrchestratedRun run = Fleet(nodes).With(o => o with { Strategy = new KubeScheduler(configuration), Seed = seed })
            .Apply([.. Enumerable.Range(0, nodes).Select(n => Pod($"low-{n}", 1))]).Apply(5, Pod("high", 100)).Build(out _);
        return Record(run)[0];
    }

    private static IReadOnlyList<RecordedDecision> Record(OrchestratedRun run)
    {
        var recorder = new DecisionRecorder(run, "high");
        run.Scheduler.DecisionObserver = recorder;
        ObjectJudge.AttachAll(run);
        run.Run();
        return recorder.Decisions;
    }

    private static Pod Pod(string name, int priority, string cpu = "5") => new()
    {
        Metadata = Meta(name),
        Spec = Template("", cpu).Spec with { Priority = priority },
    };

    private sealed class AtMostOne() : SchedulerPlugin("AtMostOne"), IFilterPlugin
    {
        public Status Filter(in PodRequest pod, NodeIndex node) => View[node].PodCount > 1 ? Status.Unschedulable("two are enough") : Status.Success;
    }

    private sealed class Throws() : SchedulerPlugin("Throws"), IFilterPlugin
    {
        public Status Filter(in PodRequest pod, NodeIndex node) =>
            pod.Priority == 100 && View[node].PodCount == 0 ? throw new InvalidOperationException("asked on trial") : Status.Success;
    }
}
