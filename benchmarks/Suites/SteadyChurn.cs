using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Benchmarks.Suites;

/// <summary>A cluster at 85 % load in steady state: each step decides on one pod and takes away a drawn one (lifetimes without memory), through the scheduler host's own selector, check and hooks, without
/// event loop, store and facts.</summary>
/// <remarks>
/// Plain fleets have nodes of 4 CPU, 32 GiB and 110 pods, and pods of 50m to 500m and 128 MiB to 2.5 GiB, which fit even where a strategy spreads evenly; strategies that look at GPU devices get nodes of 96 CPU, 768 GiB and 8 devices, and pods of which half share a device and the
/// rest take 1, 2, 4 or 8 whole ones. Load is that of the CPU, or of the GPUs where there are any. Everything is drawn from one seed.
/// </remarks>
internal sealed class SteadyChurn
{
    private const ulong Seed = 1;
    private const int LoadPercent = 85;
    private const int LongestRefusal = 10_000;
    private static readonly string[] LookAtDevices = ["gpu-packing", "gpu-clustering", "fgd"];
    private readonly SchedulingStrategy _strategy;
    private readonly ClusterState _view;
    private readonly NodeSelector _selector;
    private readonly ShapeIndex[] _shapes;
    private readonly Draw _nextShape = Draw.Stream(Seed, "benchmarks/next-shape");
    private readonly Draw _nextToLeave = Draw.Stream(Seed, "benchmarks/next-to-leave");
    private readonly Live[] _live;
    private ulong _step;

    public SteadyChurn(string strategyName, int nodes, int shapes)
    {
        bool devices = LookAtDevices.Contains(strategyName, StringComparer.Ordinal);
        var fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(n => devices ? GpuNode(n) : PlainNode(n))]);
        PodSpec[] specs = [.. Enumerable.Range(0, shapes).Select(s => devices ? GpuPod(s) : PlainPod(s))];
        _strategy = StrategyCatalog.BuiltIn().Find(strategyName)!.Build();
        var table = new ShapeTable(fleet, _strategy.DistinguishesApps);
        _shapes = [.. specs.Select(table.Intern)];
        _view = new ClusterState(fleet, table);
        var profile = WorkloadProfile.Of([.. specs.Select((spec, s) => new PodArrival($"pod-{s}", spec, TimeSpan.Zero, null))]);
        _strategy.Prepare(new StrategyContext(new ClusterView(_view), Seed, TieBreak.FirstInOrder, _strategy.UsesWorkloadProfile ? profile : null, () => TimeSpan.Zero));
        _selector = NodeSelector.For(_strategy, _view, TieBreak.FirstInOrder, Seed, cacheBudgetBytes: null)
            ?? throw new ArgumentException($"{strategyName} is a batch strategy: it decides on no single pod.", nameof(strategyName));
        _live = Fill(devices ? fleet.TotalGpuMilli : fleet.TotalCpuMilli, devices);
    }

    private readonly record struct Live(ShapeIndex Shape, int Node, DeviceSet Devices);

    /// <summary>Pods in the cluster.</summary>
    public int Pods => _live.Length;

    /// <summary>Places a pod and takes another away. Returns the node chosen, −1 when there was none.</summary>
    public int Step()
    {
        int slot = (int)_nextToLeave.Below(0, _step, (ulong)_live.Length);
        Live leaves = _live[slot];
        _live[slot] = Place();
        if (leaves.Node >= 0)
        {
            ref readonly PodShape shape = ref _view.Shapes[leaves.Shape];
            _view.Remove(in shape, leaves.Node, leaves.Devices);
            _strategy.OnPodRemoved(Request(in shape), new NodeIndex(leaves.Node), PodRemovalReason.Succeeded);
        }

        return _live[slot].Node;
    }

    private Live[] Fill(long capacityMilli, bool devices)
    {
        var filled = new List<Live>();
        long used = 0, wanted = capacityMilli / 100 * LoadPercent;
        int refusedInARow = 0;
        while (used < wanted)
        {
            Live live = Place();
            if (live.Node < 0)
            {
                // A pod of eight devices may not find an empty node any more; smaller ones go on.
                if (++refusedInARow > LongestRefusal) throw new InvalidOperationException("The fleet is full before it has its load.");
                continue;
            }

            refusedInARow = 0;
            filled.Add(live);
            PodSpec spec = _view.Shapes[live.Shape].Spec;
            used += devices ? spec.GpuMilliTotal : spec.CpuMilli;
        }

        return [.. filled];
    }

    private Live Place()
    {
        ShapeIndex index = _shapes[(int)_nextShape.Below(0, _step++, (ulong)_shapes.Length)];
        ref readonly PodShape shape = ref _view.Shapes[index];
        PodRequest request = Request(in shape);
        int node = _selector.Select(in request, out _);
        if (node < 0) return new Live(index, -1, DeviceSet.Empty);
        DeviceSet devices = _selector.Devices(in request, node);
        if (PlacementPlan.Check(_view, in shape, new NodeIndex(node), devices) is { } refusal) throw new InvalidOperationException($"The answer was refused: {refusal}.");
        _view.Add(in shape, node, devices);
        _strategy.OnPodPlaced(in request, new NodeIndex(node));
        return new Live(index, node, devices);
    }

    private PodRequest Request(in PodShape shape) => new(in shape, new PodIndex(0), _step, 0);

    private static NodeSpec PlainNode(int n) => new() { Name = $"node-{n:D6}", CpuMilli = 4_000, MemoryBytes = 32L << 30, Pods = 110 };

    private static NodeSpec GpuNode(int n) => new() { Name = $"node-{n:D6}", CpuMilli = 96_000, MemoryBytes = 768L << 30, Pods = 110, GpuCount = 8, GpuModel = "A100" };

    private static PodSpec PlainPod(int s)
    {
        var draw = Draw.Stream(Seed, "benchmarks/plain-pods");
        return new PodSpec { CpuMilli = 50 * (1 + (long)draw.Below(0, (ulong)s, 10)), MemoryBytes = (1 + (long)draw.Below(1, (ulong)s, 20)) << 27 };
    }

    private static PodSpec GpuPod(int s)
    {
        var draw = Draw.Stream(Seed, "benchmarks/gpu-pods");
        int count = draw.Below(0, (ulong)s, 8) switch { < 4 => 0, 4 => 1, 5 => 2, 6 => 4, _ => 8 };
        return new PodSpec
        {
            CpuMilli = 1_000 * (1 + (long)draw.Below(1, (ulong)s, 8)),
            MemoryBytes = (4 + (long)draw.Below(2, (ulong)s, 28)) << 30,
            GpuCount = Math.Max(1, count),
            GpuMilliPerDevice = count == 0 ? 100 + (50 * (int)draw.Below(3, (ulong)s, 17)) : PodSpec.WholeGpuMilli,
        };
    }
}
