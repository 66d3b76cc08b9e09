using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

/// <summary>Planted bugs: each is found, by the invariant that it breaks.</summary>
public sealed class NodeInvariantTests
{
    [Fact]
    public void Resources_that_are_given_back_too_early_are_found() =>
        Breaks(Invariant.NodeCapacity, run => run.Agents!.Truth.Remove(in run.Shapes[new ShapeIndex(0)], Get(run, "a").Node.Value, default));

    [Fact]
    public void A_node_that_takes_more_than_it_has_is_found() => Breaks(Invariant.NodeCapacity, run =>
    {
        for (int i = 0; i < 100; i++)
        {
            run.Store.Create(Bare($"extra-{i}", App() with { CpuMilli = 1000 }) with { Node = new NodeIndex(0) }, out KubeObject made);
            run.Facts.Record(new Fact(FactKind.PodAdmitted, run.Loop.Now, new PodIndex(-1), (int)made.Uid, new NodeIndex(0), 0));
        }
    });

    [Fact]
    public void Devices_that_are_not_there_are_found() => Breaks(Invariant.Devices, run =>
    {
        var pod = new Pod { Metadata = Meta("gpu"), Spec = new PodSpec { GpuCount = 1, GpuMilliPerDevice = 1000 }, Node = new NodeIndex(0), Devices = DeviceSet.Of(3) };
        run.Store.Create(pod, out KubeObject made);
        run.Facts.Record(new Fact(FactKind.PodAdmitted, run.Loop.Now, new PodIndex(-1), (int)made.Uid, new NodeIndex(0), 0));
    });

    [Fact]
    public void A_node_with_more_pods_than_its_limit_is_found() => Breaks(Invariant.PodLimit, run =>
    {
        for (int i = 0; i < 120; i++)
        {
            run.Store.Create(new Pod { Metadata = Meta($"extra-{i}"), Spec = new PodSpec(), Node = new NodeIndex(0) }, out KubeObject made);
            run.Facts.Record(new Fact(FactKind.PodAdmitted, run.Loop.Now, new PodIndex(-1), (int)made.Uid, new NodeIndex(0), 0));
        }
    });

    [Fact]
    public void A_binding_that_changes_is_found() => Rebinds(node => new NodeIndex(1 - node.Value));

    [Fact]
    public void A_binding_that_is_taken_back_is_found() => Rebinds(_ => NodeIndex.None);

    [Fact]
    public void A_pod_that_is_admitted_elsewhere_is_found() => Breaks(Invariant.OneBinding, run =>
        run.Facts.Record(new Fact(FactKind.PodAdmitted, run.Loop.Now, new PodIndex(-1), (int)Get(run, "a").Uid, new NodeIndex(1 - Get(run, "a").Node.Value), 0)));

    [Fact]
    public void Resources_held_by_a_pod_that_is_gone_are_found_at_the_end()
    {
        OrchestratedRun run = Fleet(2).Do(50, r =>
        {
            // An agent that took in a pod and lost it from its books.
            Pod ghost = Bare("ghost") with { Node = new NodeIndex(0), Status = new PodStatus { Phase = PodLifePhase.Failed } };
            r.Store.Create(ghost, out KubeObject made);
            r.Agents!.Truth.Add(in r.Shapes[r.Shapes.Intern(ghost.Spec)], 0, default);
            r.Facts.Record(new Fact(FactKind.PodAdmitted, r.Loop.Now, new PodIndex(-1), (int)made.Uid, new NodeIndex(0), 0));
            r.Store.Delete(made.Key);
        }).BuildWithAgents(new AgentOptions { ImagesArePresent = true });
        NodeInvariants.Attach(run, 1);
        Assert.Equal(Invariant.NothingHeldByTheDead, Assert.Throws<InvariantViolationException>(() => run.Run()).Invariant);
    }

    [Fact]
    public void A_stop_that_is_reported_twice_is_found() => Breaks(Invariant.NothingHeldByTheDead, run =>
    {
        for (int i = 0; i < 2; i++) run.Facts.Record(new Fact(FactKind.PodStopped, run.Loop.Now, new PodIndex(-1), (int)Get(run, "a").Uid, Get(run, "a").Node, 0));
    });

    [Fact]
    public void A_taint_past_the_limiter_is_found() => Breaks(Invariant.EvictionRate, run => NodeLifecycleTests.Taint(run, 0, NodeTaints.Unreachable));

    [Fact]
    public void Taints_that_come_too_fast_are_found() => Breaks(Invariant.EvictionRate, run =>
    {
        foreach (int node in (int[])[0, 3])
        {
            NodeLifecycleTests.Taint(run, node, NodeTaints.Unreachable);
            run.Facts.Record(new Fact(FactKind.NodeTainted, run.Loop.Now, default, -1, new NodeIndex(node), 0));
        }
    }, nodes: 9);

    [Fact]
    public void A_deletion_for_a_taint_that_is_not_there_is_found() => Breaks(Invariant.DeletionCauses, run =>
    {
        run.Store.Update(Get(run, "a") with { Status = Get(run, "a").Status with { Disruption = "DeletionByTaintManager" } });
        run.Store.Delete(Key("a"));
        run.Facts.Record(new Fact(FactKind.PodEvictedByTaint, run.Loop.Now, new PodIndex(-1), (int)Get(run, "a").Uid, Get(run, "a").Node, 0));
    });

    [Fact]
    public void An_eviction_that_nobody_recorded_is_found() => Breaks(Invariant.DeletionCauses, run =>
        run.Store.Update(Get(run, "a") with { Status = Get(run, "a").Status with { Phase = PodLifePhase.Failed, Reason = "Evicted" } }));

    [Fact]
    public void An_eviction_for_pressure_without_pressure_is_found() => Breaks(Invariant.DeletionCauses, run =>
        run.Facts.Record(new Fact(FactKind.PodEvictedByPressure, run.Loop.Now, new PodIndex(-1), (int)Get(run, "a").Uid, Get(run, "a").Node, 0)));

    [Fact]
    public void Random_faults_and_changes_break_nothing()
    {
        for (ulong seed = 0; seed < 300; seed++) Assert.True(NodeWorld.Check(seed) is null, $"NodeWorld.Check({seed}): {NodeWorld.Check(seed)}");
    }

    /// <summary>The store refuses to change a binding: a store that does not is played.</summary>
    private static void Rebinds(Func<NodeIndex, NodeIndex> to)
    {
        NodeInvariants? judge = null;
        OrchestratedRun run = Fleet(2).Apply(Bare("a")).Do(50, r =>
        {
            Pod pod = Get(r, "a");
            Pod other = pod with { Node = to(pod.Node) };
            Assert.NotNull(r.Store.Update(other));
            judge!.OnChange(new StoreChange(pod, other, pod.Metadata.ResourceVersion + 1));
        }).With(o => o with { Until = TimeSpan.FromSeconds(60) }).BuildWithAgents(new AgentOptions { ImagesArePresent = true });
        judge = NodeInvariants.Attach(run, 1);
        Assert.Equal(Invariant.OneBinding, Assert.Throws<InvariantViolationException>(() => run.Run()).Invariant);
    }

    private static void Breaks(Invariant invariant, Action<OrchestratedRun> bug, int nodes = 2)
    {
        OrchestratedRun run = Fleet(nodes).Apply(Bare("a")).Do(50, bug).With(o => o with { Until = TimeSpan.FromSeconds(60) }).BuildWithAgents(new AgentOptions { ImagesArePresent = true });
        NodeInvariants.Attach(run, 1);
        Assert.Equal(invariant, Assert.Throws<InvariantViolationException>(() => run.Run()).Invariant);
    }
}
