using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Scores that are kept against scores from scratch.</summary>
public sealed class KeptScoreTests
{
    [Theory]
    [InlineData(TieBreak.FirstInOrder)]
    [InlineData(TieBreak.LowestName)]
    [InlineData(TieBreak.Uniform)]
    public void Runs_with_kept_scores_are_those_from_scratch(TieBreak tieBreak) => Law.Holds(WorldTraits.All, world =>
    {
        World same = world with { TieBreak = tieBreak };
        Assert.Equal(same.Run(new KubeScheduler(fromScratch: true)).Go().Fingerprint, same.Run(new KubeScheduler()).Go().Fingerprint);
    });

    [Fact]
    public void Pods_that_are_spread_or_attracted_do_not_disturb_those_that_are_not()
    {
        // Pods that prefer nodes, pods of a service, and pods that prefer each other come by turns, and some go again; nodes are tainted, labelled and resized meanwhile.
        ulong Fingerprint(KubeScheduler strategy)
        {
            OrchestrationBuilder world = Fleet(9).With(o => o with { Strategy = strategy, TieBreak = TieBreak.Uniform }).Apply(Service("web"));
            for (int i = 0; i < 60; i++)
            {
                string app = (i % 3) switch { 0 => "plain", 1 => "web", _ => "near" };
                PodSpec spec = Template(app, "200m").Spec;
                var near = new WeightedPodAffinityTerm(50, new PodAffinityTerm(LabelSelector.Of([new Label("app", "near")]), default, null, "topology.kubernetes.io/zone"));
                var fast = new PreferredNodeTerm(30, new NodeSelectorTerm([new LabelRequirement("disk", SelectorOperator.In, ["ssd"])], default));
                if (i % 6 == 0) spec = spec with { Affinity = new Affinity { PreferredNodes = [fast] } };
                if (app == "near") spec = spec with { Affinity = new Affinity { PreferredPods = [near] } };
                string name = $"p{i}";
                world.Apply(i, new Pod { Metadata = Meta(name) with { Labels = [new Label("app", app)] }, Spec = spec });
                if (i % 4 == 0) world.Do(i + 7.5, run => run.Store.Delete(Pods(run).Single(pod => pod.Name == name).Key));
            }

            world.Do(15.2, run => Change(run, node => node with { Taints = [new Taint("busy", "", TaintEffect.PreferNoSchedule)] }));
            world.Do(25.2, run => Change(run, node => node with { Metadata = node.Metadata with { Labels = node.Metadata.Labels.With("disk", "ssd") } }));
            world.Do(35.2, run => Change(run, node => node with { Spec = node.Spec with { CpuMilli = 4000 } }));
            world.Do(45.2, run => Change(run, node => node with { Taints = default }));
            OrchestratedRun built = world.Build(out _);
            var fingerprint = new FingerprintObserver();
            built.Facts.Subscribe(fingerprint);
            built.Run();
            Assert.True(built.Scheduler.Decisions >= 60);
            return fingerprint.Value;
        }

        Assert.Equal(Fingerprint(new KubeScheduler(fromScratch: true)), Fingerprint(new KubeScheduler()));
    }

    private static void Change(OrchestratedRun run, Func<Node, Node> change)
    {
        foreach (string name in (string[])["node-001", "node-005"]) Assert.Null(run.Store.Update(change(run.Find<Node>(name)!)));
    }
}
