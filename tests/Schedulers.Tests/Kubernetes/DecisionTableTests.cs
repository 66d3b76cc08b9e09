using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>What is explained is what was decided, and explaining changes nothing.</summary>
public sealed class DecisionTableTests
{
    [Theory]
    [InlineData(12, 0)]
    [InlineData(150, 0)]
    [InlineData(150, 100)]
    [InlineData(230, 5)]
    public void The_chosen_node_is_one_of_the_best_that_the_table_shows(int nodes, int percent)
    {
        ulong unseen = Go(nodes, percent, null);
        var judge = new Judge();
        Assert.Equal(unseen, Go(nodes, percent, judge));
        Assert.InRange(judge.Chosen, 250, int.MaxValue);
        // With a choice to make, some nodes were not even scored in large clusters.
        Assert.Equal(nodes > 100 && percent < 100, judge.NotScored > 0);
    }

    [Fact]
    public void A_pod_that_fits_nowhere_is_told_in_the_words_of_kube_scheduler()
    {
        var judge = new Judge();
        OrchestrationBuilder world = Fleet(5).With(o => o with { Strategy = new KubeScheduler() });
        world.Do(1, run => Assert.Null(run.Store.Update(run.Find<Node>("node-001")! with { Taints = [new Taint("a", "b", TaintEffect.NoSchedule)] })));
        world.Do(1, run => Assert.Null(run.Store.Update(run.Find<Node>("node-002")! with { IsCordoned = true })));
        world.Apply(5, new Pod { Metadata = Meta("big"), Spec = Template("web", "9").Spec });
        OrchestratedRun run = world.Build(out _);
        judge.Watch(run);
        run.Run();
        Assert.Equal("0/5 nodes are available: 1 node(s) had untolerated taint {a: b}, 1 node(s) were unschedulable, 3 Insufficient cpu.", judge.Last!.Summary);
        Assert.Equal("NodeResourcesFit: Insufficient cpu (UnschedulableAndUnresolvable)", judge.Last.Nodes[0].Rejection);
        Assert.Equal("TaintToleration: node(s) had untolerated taint {a: b} (UnschedulableAndUnresolvable)", judge.Last.Nodes[1].Rejection);
    }

    [Fact]
    public void Scores_stand_by_plugin_with_weight_and_add_up()
    {
        var judge = new Judge();
        Go(20, 100, judge);
        NodeExplanation[] scored = [.. judge.Last!.Nodes.Where(node => node.IsScored)];
        Assert.NotEmpty(scored);
        Assert.All(scored, node => Assert.Equal(node.Total, node.Scores.Sum(part => part.Weight * part.Score)));
        Assert.All(scored.SelectMany(node => node.Scores), part => Assert.InRange(part.Score, 0, 100));
        Assert.Contains(scored[0].Scores, part => part is { Part: "TaintToleration", Weight: 3 });
    }

    private static ulong Go(int nodes, int percent, Judge? judge)
    {
        var strategy = new KubeScheduler(new KubeSchedulerConfiguration { PercentageOfNodesToScore = percent });
        OrchestrationBuilder world = Fleet(nodes).With(o => o with { Strategy = strategy, TieBreak = TieBreak.Uniform });
        for (int i = 0; i < 300; i++)
        {
            PodSpec spec = Template($"app-{i % 7}", $"{50 + (i % 5 * 40)}m").Spec;
            ValueList<Label> labels = [new Label("app", $"app-{i % 7}")];
            var zone = new PodAffinityTerm(LabelSelector.Of(labels), default, null, "topology.kubernetes.io/zone");
            if (i % 3 == 0) spec = spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = zone.TopologyKey, MaxSkew = 1, Selector = zone.Selector }] };
            if (i % 4 == 0) spec = spec with { Affinity = new Affinity { PreferredAnti = [new WeightedPodAffinityTerm(50, zone)] } };
            world.Apply(i * 0.1, new Pod { Metadata = Meta($"p{i}") with { Labels = labels }, Spec = spec });
        }

        OrchestratedRun run = world.Build(out _);
        var fingerprint = new Core.Recording.FingerprintObserver();
        run.Facts.Subscribe(fingerprint);
        judge?.Watch(run);
        run.Run();
        return fingerprint.Value;
    }

    /// <summary>Asks for an explanation of every decision and compares it with what was decided.</summary>
    private sealed class Judge : IDecisionObserver
    {
        private OrchestratedRun? _run;

        public int Chosen { get; private set; }

        public int NotScored { get; private set; }

        public DecisionExplanation? Last { get; private set; }

        public void Watch(OrchestratedRun run) => (_run = run).Scheduler.DecisionObserver = this;

        public void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score) => Last = ((IExplainingStrategy)_run!.Strategy).Explain(in pod);

        public void OnDecided(int uid, NodeIndex node, DeviceSet devices)
        {
            if (!node.IsNode) return;
            Chosen++;
            NodeExplanation chosen = Last!.Nodes.Single(other => other.Node == node);
            NotScored += Last.Nodes.Count(other => other is { IsScored: false, Rejection: "" });
            Assert.True(chosen.IsScored && chosen.Total == Last.Nodes.Where(other => other.IsScored).Max(other => other.Total), $"{_run!.Fleet.Nodes[node.Value].Name}: {chosen}, {Last.Summary}");
        }
    }
}
