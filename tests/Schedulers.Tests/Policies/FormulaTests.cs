using System.Numerics;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>Every score in random clusters against a plain transcription of its formula.</summary>
public sealed class FormulaTests
{
    [Theory]
    [InlineData("best-fit")]
    [InlineData("worst-fit")]
    [InlineData("dot-product")]
    [InlineData("gpu-packing")]
    [InlineData("gpu-clustering")]
    [InlineData("fgd")]
    [InlineData("least-allocated")]
    [InlineData("most-allocated")]
    [InlineData("balanced")]
    [InlineData("first-fit")]
    public void Scores_are_those_of_the_formula(string strategy)
    {
        int compared = 0;
        Law.Holds(WorldTraits.Gpus, world =>
        {
            var state = new ClusterState(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: false));
            ScoringStrategy prepared = Bench.Prepare(strategy, state, world.Workload());
            var dice = new Dice(world.Seed);
            foreach (PodArrival pod in world.Pods)
            {
                ref readonly PodShape shape = ref state.Shapes[state.Shapes.Intern(pod.Spec)];
                List<int> feasible = Naive.Feasible(state, shape.Index);
                foreach (int n in feasible)
                {
                    var node = new NodeState(state, n);
                    Formula(strategy, world, pod.Spec, in node, prepared.Score(in shape, in node));
                    compared++;
                }

                if (feasible.Count == 0) continue;
                int chosen = dice.Of([.. feasible]);
                state.Add(in shape, chosen, prepared.Devices(in shape, new NodeState(state, chosen)));
            }
        }, cases: 500);
        Assert.InRange(compared, 5_000, int.MaxValue);
    }

    private static void Formula(string strategy, World world, PodSpec pod, in NodeState node, long score)
    {
        FleetLayout fleet = world.Fleet();
        BigInteger c = node.FreeCpuMilli, g = node.FreeGpuMilli, pc = pod.CpuMilli, pg = pod.GpuMilliTotal;
        BigInteger largestCpu = Math.Max(1, fleet.LargestCpuMilli), largestGpu = Math.Max(1, fleet.LargestGpuMilli);
        // 50·(c − pc)/C + 50·(g − pg)/G as a fraction.
        BigInteger leftover = (50 * (c - pc) * largestGpu) + (50 * (g - pg) * largestCpu), whole = largestCpu * largestGpu;
        switch (strategy)
        {
            case "first-fit":
                Assert.Equal(0, score);
                break;
            case "best-fit":
                Assert.Equal(((100 * whole) - leftover) / whole, score);
                break;
            case "worst-fit":
                Assert.Equal(leftover / whole, score);
                break;
            case "dot-product":
                Near(100 * (1 - ((((double)c / (double)largestCpu * ((double)pc / (double)largestCpu)) + ((double)g / (double)largestGpu * ((double)pg / (double)largestGpu))) / 2)), score);
                break;
            case "gpu-packing":
                Assert.Equal(GpuPacking(pod, in node), score);
                break;
            case "gpu-clustering":
                Assert.Equal(GpuClustering(pod, in node, fleet.LargestGpuMilli), score);
                break;
            case "fgd":
                Near(100 / (1 + Math.Exp(-FragmentationGain(world, pod, in node) / 1000)), score);
                break;
            case "balanced":
                Near(Balanced(pod, in node), score);
                break;
            default:
                Assert.Equal(Kubernetes(strategy, pod, in node), score);
                break;
        }
    }

    /// <summary>The score is the value cut to an integer; within rounding noise of an integer both neighbours will do.</summary>
    private static void Near(double value, long score) => Assert.InRange(value, score - 1e-9, score + 1 + 1e-9);

    private static long GpuPacking(PodSpec pod, in NodeState node)
    {
        if (pod.GpuCount == 0) return 0;
        int[] free = node.DeviceFreeMilli.ToArray();
        if (free.All(milli => milli == 1000)) return Math.Max(33 - free.Length, free.Length);
        // Devices tightest first, those that fit.
        int[] taken = [.. free.Where(milli => milli >= pod.GpuMilliPerDevice).Order().Take(pod.GpuCount)];
        int opened = taken.Count(milli => milli == 1000);
        return opened > 0 ? Math.Max(50 - opened, 33) : Math.Max(100 - (taken.Sum(milli => milli * 100 / 1000) / 10), 50);
    }

    private static long GpuClustering(PodSpec pod, in NodeState node, long largest)
    {
        if (pod.GpuCount == 0) return 0;
        long b = (long)Math.Floor(25m * (largest - node.FreeGpuMilli) / largest);
        int own = pod.GpuMilliPerDevice < 1000 ? 0 : pod.GpuCount;
        int[] present = [.. node.GpuPodCounts.ToArray().Select((count, k) => (count, k)).Where(t => t.count > 0).Select(t => t.k)];
        if (present.Length == 0) return b + 25;
        return present.Contains(own) ? b + (present.Length == 1 ? 75 : 50) : b;
    }

    private static long Kubernetes(string strategy, PodSpec pod, in NodeState node)
    {
        long cpu = node.RequestedCpuMilli + pod.CpuMilli, memory = node.RequestedMemoryBytes + pod.MemoryBytes;
        long cpuOffered = node.AllocatableCpuMilli, memoryOffered = node.AllocatableMemoryBytes;
        long sum = 0, weights = 0;
        foreach ((long used, long offered) in new[] { (cpu, cpuOffered), (memory, memoryOffered) })
        {
            if (offered == 0) continue;
            sum += strategy == "most-allocated" ? used * 100 / offered : (offered - used) * 100 / offered;
            weights++;
        }

        return weights == 0 ? 0 : sum / weights;
    }

    private static double Balanced(PodSpec pod, in NodeState node)
    {
        if (node.AllocatableCpuMilli == 0 || node.AllocatableMemoryBytes == 0) return 100;
        double[] fractions =
        [
            (double)(node.RequestedCpuMilli + pod.CpuMilli) / node.AllocatableCpuMilli, (double)(node.RequestedMemoryBytes + pod.MemoryBytes) / node.AllocatableMemoryBytes,
        ];
        double mean = fractions.Average();
        return (1 - Math.Sqrt(fractions.Average(f => (f - mean) * (f - mean)))) * 100;
    }

    /// <summary>Best F before − F after over the devices the pod could take, in milli per typical pod.</summary>
    private static double FragmentationGain(World world, PodSpec pod, in NodeState node)
    {
        (PodSpec Spec, long Pods)[] typical = Typical(world);
        int[] free = node.DeviceFreeMilli.ToArray();
        string model = node.Spec.GpuModel;
        double before = F(free, node.FreeCpuMilli), best = double.NegativeInfinity;
        long cpu = node.FreeCpuMilli - pod.CpuMilli;
        if (pod.GpuCount == 1 && pod.GpuMilliPerDevice < 1000)
        {
            for (int d = 0; d < free.Length; d++)
            {
                if (free[d] < pod.GpuMilliPerDevice) continue;
                int[] after = [.. free];
                after[d] -= pod.GpuMilliPerDevice;
                best = Math.Max(best, before - F(after, cpu));
            }

            return best;
        }

        int left = pod.GpuCount;
        return before - F([.. free.Select(milli => milli == 1000 && left-- > 0 ? 0 : milli)], cpu);

        double F(int[] devices, long freeCpu)
        {
            long sum = 0;
            foreach ((PodSpec m, long pods) in typical)
            {
                bool cannotRun = m.GpuCount == 0 || (m.GpuModels.Count > 0 && !m.GpuModels.Contains(model))
                    || devices.Count(milli => milli >= m.GpuMilliPerDevice) < m.GpuCount || freeCpu < m.CpuMilli;
                sum += pods * (cannotRun ? devices.Sum() : devices.Where(milli => milli < m.GpuMilliPerDevice).Sum());
            }

            return (double)sum / typical.Sum(t => t.Pods);
        }
    }

    private static (PodSpec Spec, long Pods)[] Typical(World world)
    {
        var requests = world.Pods.GroupBy(pod => (pod.Spec.CpuMilli, pod.Spec.GpuMilliPerDevice, pod.Spec.GpuCount, Models: string.Join('|', pod.Spec.GpuModels)))
            .Select(group => (group.First().Spec, Pods: (long)group.Count(), group.Key))
            .OrderByDescending(t => t.Pods).ThenByDescending(t => t.Key.CpuMilli).ThenByDescending(t => t.Key.GpuMilliPerDevice).ThenByDescending(t => t.Key.GpuCount)
            .ThenBy(t => t.Key.Models, StringComparer.Ordinal);
        var typical = new List<(PodSpec, long)>();
        long covered = 0;
        foreach ((PodSpec spec, long pods, _) in requests)
        {
            if (covered * 100 >= 95L * world.Pods.Count) break;
            typical.Add((spec, pods));
            covered += pods;
        }

        return [.. typical];
    }
}
