using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Caching;

/// <summary>Nodes whose labels, taints and sizes change: what is kept by shape, class and domain against an evaluation from scratch.</summary>
public sealed class ChangedNodesTests
{
    private const string Zone = "topology.kubernetes.io/zone";

    [Fact]
    public void Kept_verdicts_and_counts_equal_a_scan_from_scratch_whatever_changes() => Law.Holds(WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Placement, world =>
    {
        var state = new ClusterState(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: true, world.Workload().AppsWithLimit, countsPods: true));
        var feasible = new FeasibleNodes(state, TieBreak.FirstInOrder, 1, budgetBytes: world.Seed % 3 == 0 ? 1 : null);
        var dice = new Dice(world.Seed);
        var placed = new List<(ShapeIndex Shape, int Node, DeviceSet Devices)>();
        foreach (PodArrival pod in world.Pods)
        {
            if (dice.Percent(50)) ChangeLabels(state, dice);
            if (dice.Percent(10)) state.SetTaints(Any(state, dice), dice.Percent(50) ? default : [new Taint("dedicated", "db", TaintEffect.NoSchedule)]);
            if (dice.Percent(10)) state.SetPresent(Any(state, dice), dice.Percent(60));
            if (dice.Percent(15)) Resize(state, dice);
            if (placed.Count > 0 && dice.Percent(20))
            {
                (ShapeIndex Shape, int Node, DeviceSet Devices) gone = dice.Of(placed.ToArray());
                placed.Remove(gone);
                state.Remove(in state.Shapes[gone.Shape], gone.Node, gone.Devices);
            }

            ShapeIndex index = state.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? "");
            ref readonly PodShape shape = ref state.Shapes[index];
            feasible.Load(in shape);
            int[] expected = [.. Naive.Feasible(state, index)];
            Assert.Equal(expected, Walk(feasible));
            Assert.Equal(expected, Enumerable.Range(0, state.Count).Where(n => Predicates.Check(state, in state.Shapes[index], n).Count == 0));
            if (expected.Length == 0) continue;
            int node = dice.Of(expected);
            DeviceSet devices = DeviceChoice.Tightest(in shape, new NodeState(state, node));
            state.Add(in shape, node, devices);
            placed.Add((index, node, devices));
        }

        Assert.True(state.SameAmounts(Again(state, placed)), "a state that is built anew from the nodes and pods of now");
    });

    [Fact]
    public void A_label_that_comes_back_leaves_no_trace()
    {
        FleetLayout fleet = A.Cluster().Node(A.Node("a").Zone("z0").Label("rack", "r0")).Node(A.Node("b")).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true));
        ValueList<Label> before = state.LabelsOf(0);
        int nodeClass = state.ClassOf(0);
        Assert.Equal("z0", before.ValueOf(Zone));
        Assert.True(state.SetLabels(0, before.With("rack", "r9").Without(Zone)));
        Assert.NotEqual(nodeClass, state.ClassOf(0));
        Assert.Equal(("r9", null, ""), (state.LabelsOf(0).ValueOf("rack"), state.LabelsOf(0).ValueOf(Zone), state.SpecOf(0).Zone));
        Assert.True(state.SetLabels(0, before));
        Assert.False(state.SetLabels(0, before));
        Assert.Equal((nodeClass, "z0"), (state.ClassOf(0), state.SpecOf(0).Zone));
        Assert.Equal(fleet.Nodes[0], state.SpecOf(0));
    }

    [Fact]
    public void A_domain_that_its_last_node_left_is_none()
    {
        FleetLayout fleet = A.Cluster().Node(A.Node("a").Label("rack", "r0")).Node(A.Node("b").Label("rack", "r1")).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true));
        PodBuilder pod = A.Pod("p").Label("app", "x").Spread("rack", "x");
        ShapeIndex shape = state.Shapes.Intern(pod.Spec(), pod.Labels, pod.Namespace);
        state.Add(in state.Shapes[shape], 0, DeviceSet.Empty);
        Assert.False(state.Fits(in state.Shapes[shape], 0));
        state.SetLabels(1, Labels.Of([new Label("rack", "r0")]));
        Assert.True(state.Fits(in state.Shapes[shape], 0));
        state.SetLabels(0, default);
        Assert.True(state.Fits(in state.Shapes[shape], 1));
        Assert.Equal("TopologySpreadLabelMissing", string.Join(' ', Predicates.Check(state, in state.Shapes[shape], 0).Select(reason => reason.Reason)));
    }

    private static int[] Walk(FeasibleNodes feasible)
    {
        var walked = new List<int>();
        foreach (NodeIndex node in feasible) walked.Add(node.Value);
        return [.. walked];
    }

    private static int Any(ClusterState state, Dice dice) => dice.Between(0, state.Count - 1);

    private static void ChangeLabels(ClusterState state, Dice dice)
    {
        int n = Any(state, dice);
        string key = dice.Of("rack", "rack", Zone, "kubernetes.io/hostname", "disk");
        state.SetLabels(n, dice.Percent(25) ? state.LabelsOf(n).Without(key) : state.LabelsOf(n).With(key, dice.Of("r0", "r1", "r9", "ssd")));
    }

    private static void Resize(ClusterState state, Dice dice)
    {
        int n = Any(state, dice);
        NodeSpec size = state.SpecOf(n);
        state.SetSize(n, size with { CpuMilli = size.CpuMilli * dice.Between(1, 3) / 2, Pods = size.Pods + dice.Between(-1, 1) is > 0 and int pods ? pods : 1 });
    }

    /// <summary>Nodes that are as they are now from the beginning, with the same pods.</summary>
    private static ClusterState Again(ClusterState state, List<(ShapeIndex Shape, int Node, DeviceSet Devices)> placed)
    {
        var again = new ClusterState(state.Layout, state.Shapes);
        for (int n = 0; n < state.Count; n++)
        {
            again.SetLabels(n, state.LabelsOf(n));
            again.SetSize(n, state.SpecOf(n));
            again.SetTaints(n, state.TaintsOf(n));
            again.SetPresent(n, state.IsPresent(n));
        }

        foreach ((ShapeIndex shape, int node, DeviceSet devices) in placed) again.Add(in again.Shapes[shape], node, devices);
        return again;
    }
}
