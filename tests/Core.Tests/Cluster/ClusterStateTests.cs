using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Cluster;

public sealed class ClusterStateTests
{
    [Fact]
    public void Remove_gives_back_exactly_what_add_took() => Law.Holds(WorldTraits.All, world =>
    {
        (ClusterState state, ClusterState untouched) = (NewState(world), NewState(world));
        var placed = new List<(ShapeIndex Shape, int Node, DeviceSet Devices)>();
        var dice = new Dice(world.Seed);
        foreach (ShapeIndex shape in Fill(state, world)) Try(state, shape, dice.Between(0, state.Count - 1), placed);
        // In an order of its own, not the reverse.
        foreach (int i in dice.Permutation(placed.Count))
        {
            Assert.False(state.SameAmounts(untouched));
            state.Remove(in state.Shapes[placed[i].Shape], placed[i].Node, placed[i].Devices);
        }

        Assert.True(state.SameAmounts(untouched));
    });

    [Fact]
    public void Fits_says_what_the_reasons_say() => Law.Holds(WorldTraits.All, world =>
    {
        ClusterState state = NewState(world);
        var dice = new Dice(world.Seed);
        foreach (ShapeIndex shape in Fill(state, world))
        {
            int node = dice.Between(0, state.Count - 1);
            if (dice.Percent(10)) state.SetSchedulable(node, !state.Schedulable[node]);
            if (dice.Percent(10)) state.SetTaints(node, dice.Percent(50) ? default : [new Taint("dedicated", dice.Of("gpu", "db"), TaintEffect.NoExecute)]);
            if (dice.Percent(5)) state.SetPresent(node, !state.IsPresent(node));
            for (int n = 0; n < state.Count; n++)
            {
                Assert.Equal(state.Fits(in state.Shapes[shape], n), Predicates.Check(state, in state.Shapes[shape], n).Count == 0);
                Assert.Equal(Naive.Fits(state, shape, n), state.Fits(in state.Shapes[shape], n));
            }

            Try(state, shape, node, []);
        }
    });

    [Fact]
    public void Every_change_is_in_the_ring_and_in_the_version()
    {
        ClusterState state = NewState(new World { Nodes = A.Cluster().Nodes(3).Build().Nodes.ToArray(), Pods = [] });
        ShapeIndex shape = state.Shapes.Intern(A.Pod().Cpu("1").Spec());
        state.Add(in state.Shapes[shape], 2, DeviceSet.Empty);
        state.SetSchedulable(1, schedulable: false);
        state.SetSchedulable(1, schedulable: false);
        state.Remove(in state.Shapes[shape], 2, DeviceSet.Empty);
        Assert.Equal([2, 1, 2], Enumerable.Range(0, (int)state.Changes).Select(change => state.ChangedNode(change)));
        Assert.Equal([0u, 1u, 2u], state.Version);
    }

    [Fact]
    public void Whole_devices_and_shares_are_counted_by_class()
    {
        ClusterState state = NewState(new World { Nodes = [A.Node("n").Gpus(4, "A10").Build()], Pods = [] });
        Add(A.Pod().GpuShare(300), DeviceSet.Of(1));
        Add(A.Pod().GpuShare(600), DeviceSet.Of(1));
        Add(A.Pod().Gpus(2), new DeviceSet(0b1100));
        Assert.Equal([1000, 100, 0, 0], state.Devices(0));
        Assert.Equal([2, 0, 1, 0, 0], state.GpuPods(0));
        Assert.Equal((1100L, 1000, 1), (state.FreeGpuMilli[0], state.LargestDeviceFreeMilli[0], state.WholeDevicesFree[0]));

        void Add(PodBuilder pod, DeviceSet devices) => state.Add(in state.Shapes[state.Shapes.Intern(pod.Spec())], 0, devices);
    }

    [Fact]
    public void Same_amounts_sees_every_column()
    {
        var columns = new Action<ClusterState>[]
        {
            state => state.FreeCpuMilli[0]++, state => state.FreeMemoryBytes[0]++, state => state.FreeEphemeralStorageBytes[0]++, state => state.FreePods[0]++,
            state => state.FreeGpuMilli[0]++, state => state.LargestDeviceFreeMilli[0]++, state => state.WholeDevicesFree[0]++, state => state.DeviceFreeMilli[0]++,
            state => state.GpuPodCounts[0]++, state => state.Schedulable[0] = false,
        };
        var world = new World { Nodes = [A.Node("n").Gpus(1).Build()], Pods = [] };
        foreach (Action<ClusterState> change in columns)
        {
            ClusterState changed = NewState(world);
            change(changed);
            Assert.False(changed.SameAmounts(NewState(world)));
        }
    }

    [Fact]
    public void Pods_of_an_app_are_counted_right_however_often_counters_change_hands() => Law.Holds(dice =>
    {
        const int Nodes = 3, Apps = 12;
        ClusterState state = NewState(new World { Nodes = A.Cluster().Nodes(Nodes).Build().Nodes.ToArray(), Pods = [] });
        ShapeIndex[] shapes = [.. Enumerable.Range(0, Apps).Select(app => state.Shapes.Intern(A.Pod().App($"app-{app}").Spec()))];
        var placed = new List<(int App, int Node)>();
        int mostApps = 0;
        for (int step = 0; step < 200; step++)
        {
            if (placed.Count > 0 && dice.Percent(55))
            {
                (int app, int node) = placed[dice.Between(0, placed.Count - 1)];
                placed.Remove((app, node));
                state.Remove(in state.Shapes[shapes[app]], node, DeviceSet.Empty);
            }
            else
            {
                (int app, int node) = (dice.Between(0, Apps - 1), dice.Between(0, Nodes - 1));
                placed.Add((app, node));
                state.Add(in state.Shapes[shapes[app]], node, DeviceSet.Empty);
            }

            mostApps = Math.Max(mostApps, placed.DistinctBy(pod => pod.App).Count());
            for (int app = 0; app < Apps; app++)
            {
                for (int node = 0; node < Nodes; node++)
                    Assert.Equal(placed.Count(pod => pod == (app, node)), state.AppPods(state.Shapes[shapes[app]].App, node));
            }
        }

        Assert.Equal(mostApps, state.AppCountersMade);
    }, cases: 60);

    private static ClusterState NewState(World world) => new(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: true, world.Workload().AppsWithLimit, world.Workload().HasClusterRules));

    private static IEnumerable<ShapeIndex> Fill(ClusterState state, World world) => world.Pods.Select(pod => state.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? ""));

    private static void Try(ClusterState state, ShapeIndex index, int node, List<(ShapeIndex, int, DeviceSet)> placed)
    {
        ref readonly PodShape shape = ref state.Shapes[index];
        if (!state.Fits(in shape, node)) return;
        DeviceSet devices = DeviceChoice.Tightest(in shape, new NodeState(state, node));
        state.Add(in shape, node, devices);
        placed.Add((index, node, devices));
    }
}
