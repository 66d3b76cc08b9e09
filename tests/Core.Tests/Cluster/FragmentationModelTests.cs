using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Cluster;

/// <summary>Fragmentation against the formula as the FGD study states it, summed naively over typical pods and devices.</summary>
public sealed class FragmentationModelTests
{
    private const WorldTraits Traits = WorldTraits.Gpus;

    [Fact]
    public void Fragmentation_is_the_sum_of_the_formula() => Law.Holds(Traits, world =>
    {
        WorkloadProfile profile = WorkloadProfile.Of(world.Workload().Pods.Span);
        FleetLayout fleet = world.Fleet();
        FragmentationModel model = FragmentationModel.Of(profile, fleet);
        List<(Request Request, long Pods)> typical = Typical(profile);
        Assert.Equal(typical.Sum(t => t.Pods), model.TotalWeight);
        Assert.Equal(typical.Count, model.TypicalPods);
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        Compare();
        var dice = new Dice(world.Seed);
        foreach (PodArrival pod in world.Pods)
        {
            ref readonly PodShape shape = ref state.Shapes[state.Shapes.Intern(pod.Spec)];
            int node = dice.Between(0, state.Count - 1);
            if (state.Fits(in shape, node)) state.Add(in shape, node, DeviceChoice.Tightest(in shape, new NodeState(state, node)));
        }

        Compare();

        void Compare()
        {
            for (int n = 0; n < state.Count; n++) Assert.Equal(Formula(typical, new NodeState(state, n)), model.Of(new NodeState(state, n)));
        }
    });

    [Fact]
    public void A_hand_computed_node_comes_out()
    {
        // Typical: 3 pods of a 500 share with 1 CPU, 1 pod of two devices with 2 CPU, 1 pod without GPU.
        Workload workload = A.Workload().Pods(3, A.Pod("s").Cpu("1").GpuShare(500)).Pod(A.Pod("w").Cpu("2").Gpus(2)).Pod(A.Pod("c").Cpu("1")).Build();
        FleetLayout fleet = A.Cluster().Node(A.Node("n").Cpu("8").Gpus(3, "A10")).Build();
        FragmentationModel model = FragmentationModel.Of(WorkloadProfile.Of(workload.Pods.Span), fleet, coveragePercent: 100);
        Assert.Equal(5, model.TotalWeight);
        // Free 1000 + 400 + 700 = 2100. Shares: 400 is too little: 3·400. Two devices: one is free only: 2100. Without GPU: 2100.
        Assert.Equal((3 * 400) + 2100 + 2100, model.Of(new NodeIndex(0), 8000, 2100, 1, [1000, 400, 700]));
        // With 1.5 CPU nothing changes for the shares; with 0.5 CPU nobody can run.
        Assert.Equal((3 * 400) + 2100 + 2100, model.Of(new NodeIndex(0), 1500, 2100, 1, [1000, 400, 700]));
        Assert.Equal(5 * 2100, model.Of(new NodeIndex(0), 500, 2100, 1, [1000, 400, 700]));
        // All three free: shares waste nothing, the pair wastes nothing, the pod without GPU wastes all.
        Assert.Equal(3000, model.Of(new NodeIndex(0), 8000, 3000, 3, [1000, 1000, 1000]));
    }

    [Fact]
    public void Typical_pods_are_the_most_frequent_until_95_percent_are_covered()
    {
        Workload workload = A.Workload().Pods(90, A.Pod("a").Cpu("1").GpuShare(500)).Pods(5, A.Pod("b").Cpu("1").Gpus(1)).Pods(4, A.Pod("c").Cpu("1").Gpus(2)).Pod(A.Pod("d").Cpu("2")).Build();
        FragmentationModel model = FragmentationModel.Of(WorkloadProfile.Of(workload.Pods.Span), A.Cluster().Nodes(1, gpus: 2).Build());
        Assert.Equal((2, 95L), (model.TypicalPods, model.TotalWeight));
    }

    [Fact]
    public void Requests_that_differ_in_memory_only_are_one()
    {
        Workload workload = A.Workload().Pod(A.Pod("a").Cpu("1").Memory("1Gi").Gpus(1)).Pod(A.Pod("b").Cpu("1").Memory("2Gi").Gpus(1)).Build();
        Assert.Equal(1, FragmentationModel.Of(WorkloadProfile.Of(workload.Pods.Span), A.Cluster().Nodes(1, gpus: 1).Build()).TypicalPods);
    }

    private sealed record Request(long Cpu, int GpuMilli, int GpuCount, ValueList<string> Models);

    private static List<(Request Request, long Pods)> Typical(WorkloadProfile profile)
    {
        long all = profile.Entries.Sum(entry => entry.Pods), covered = 0;
        var typical = new List<(Request, long)>();
        foreach ((Request request, long pods) in profile.Entries
            .GroupBy(entry => new Request(entry.Spec.CpuMilli, entry.Spec.GpuMilliPerDevice, entry.Spec.GpuCount, entry.Spec.GpuModels))
            .Select(group => (group.Key, group.Sum(entry => entry.Pods)))
            .OrderByDescending(t => t.Item2).ThenByDescending(t => t.Key.Cpu).ThenByDescending(t => t.Key.GpuMilli).ThenByDescending(t => t.Key.GpuCount)
            .ThenBy(t => string.Join('|', t.Key.Models), StringComparer.Ordinal))
        {
            if (covered >= 0.95m * all) break;
            typical.Add((request, pods));
            covered += pods;
        }

        return typical;
    }

    /// <summary>papers/fgd, word by word.</summary>
    private static long Formula(List<(Request Request, long Pods)> typical, NodeState node)
    {
        long free = 0, sum = 0;
        foreach (int milli in node.DeviceFreeMilli) free += milli;
        foreach ((Request request, long pods) in typical)
        {
            int enough = 0;
            long wasted = 0;
            foreach (int milli in node.DeviceFreeMilli)
            {
                if (milli >= request.GpuMilli) enough++;
                else wasted += milli;
            }

            bool cannotRun = request.GpuCount == 0 || (request.Models.Count > 0 && !request.Models.Contains(node.Spec.GpuModel))
                || enough < request.GpuCount || node.FreeCpuMilli < request.Cpu;
            sum += pods * (cannotRun ? free : wasted);
        }

        return sum;
    }
}
