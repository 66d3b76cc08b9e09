using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.TestKit;

/// <summary>What random worlds may contain.</summary>
[Flags]
public enum WorldTraits
{
    /// <summary>Pods of CPU and memory on nodes of CPU and memory, all at once, running on.</summary>
    Plain = 0,

    /// <summary>GPU devices, shares, models.</summary>
    Gpus = 1,

    /// <summary>Selectors, extended resources, storage, limits of pods of an app on a node.</summary>
    Rules = 2,

    /// <summary>Arrivals over a minute, pods that end, priorities.</summary>
    Timed = 4,

    /// <summary>Latencies of binding, starting and of the scheduler's view.</summary>
    Latencies = 8,

    /// <summary>Pod groups, some of mixed pods, some needing fewer members than they have.</summary>
    Groups = 16,

    /// <summary>Pods come one by one and are tried once.</summary>
    Saturated = 32,

    /// <summary>Taints, node affinity, host ports, topology spread, affinity of pods; labels and namespaces.</summary>
    Placement = 64,

    /// <summary>Everything a timed run can contain.</summary>
    All = Gpus | Rules | Timed | Latencies | Groups | Placement,
}

/// <summary>Random small worlds. Few templates and many pods, so that shapes are met again and queues form.</summary>
public static partial class WorldGenerator
{
    private static readonly string[] Models = ["A10", "V100", "T4"];
    private static readonly string[] Zones = ["", "east", "west"];
    private static readonly string[] Apps = ["api", "db", "web"];

    /// <summary>Worlds with these traits; counterexamples shrink.</summary>
    public static Arbitrary<World> Of(WorldTraits traits) => Arb.From(
        Gen.Choose(0, int.MaxValue).Select(seed => World((ulong)seed, traits)), world => world.Smaller());

    /// <summary>The world of a number.</summary>
    public static World World(ulong seed, WorldTraits traits)
    {
        var dice = new Dice(seed);
        return World(dice, traits, dice.Of(1, 2, 3, 5, 8, 13), dice.Of(1, 5, 12, 30, 60));
    }

    /// <summary>A world of so many nodes and pods.</summary>
    public static World World(ulong seed, WorldTraits traits, int nodes, int pods) => World(new Dice(seed), traits, nodes, pods);

    private static World World(Dice dice, WorldTraits traits, int nodeCount, int pods)
    {
        NodeSpec[] nodes = [.. Enumerable.Range(0, nodeCount).Select(i => Node(dice, i, traits))];
        PodSpec[] templates = [.. Enumerable.Range(0, dice.Between(1, 7)).Select(_ => Spec(dice, traits))];
        var units = new List<PodArrival[]>();
        var groups = new List<PodGroupSpec>();
        for (int i = 0; i < pods; i++)
        {
            if (traits.HasFlag(WorldTraits.Groups) && dice.Percent(10)) units.Add(Group(dice, i, templates, groups, traits));
            else units.Add([Pod(dice, $"p{i}", dice.Of(templates), traits)]);
        }

        PodArrival[] inOrder = [.. units.OrderBy(unit => unit[0].Arrival).SelectMany(unit => unit)];
        bool hasLatencies = traits.HasFlag(WorldTraits.Latencies);
        return new World
        {
            Nodes = nodes,
            Pods = inOrder,
            Groups = groups,
            Seed = (ulong)dice.Between(0, 1_000_000),
            TieBreak = dice.Of(TieBreak.FirstInOrder, TieBreak.LowestName, TieBreak.Uniform),
            BindLatency = hasLatencies ? dice.Of(0, 0, 0.25, 1) : 0,
            StartLatency = hasLatencies ? dice.Of(0, 0.5, 2) : 0,
            CacheDelay = hasLatencies ? dice.Of(0, 0, 0.25, 3) : 0,
            IsSaturated = traits.HasFlag(WorldTraits.Saturated),
        };
    }

    private static NodeSpec Node(Dice dice, int i, WorldTraits traits)
    {
        // Names are not in the order of the nodes, so that tie-breaks differ.
        NodeBuilder node = A.Node($"n{(i * 7) % 13:00}-{i}")
            .Cpu(dice.Of("0", "1", "2", "4", "4", "8")).Memory(dice.Of("0", "1Gi", "4Gi", "8Gi")).Pods(dice.Of(0, 1, 3, 10, 110, 110));
        if (traits.HasFlag(WorldTraits.Gpus)) node.Gpus(dice.Of(0, 1, 2, 4, 8), dice.Of(Models));
        if (traits.HasFlag(WorldTraits.Placement)) AddPlacement(node, dice, i);
        if (!traits.HasFlag(WorldTraits.Rules)) return node.Build();
        node.Zone(dice.Of(Zones)).EphemeralStorage(dice.Of("0", "10Gi"));
        if (dice.Percent(40)) node.Label("disk", dice.Of("ssd", "hdd"));
        if (dice.Percent(40)) node.Extended("example.com/fpga", dice.Between(1, 4));
        if (dice.Percent(20)) node.Extended("rdma/percent", 100);
        return node.Build();
    }

    private static PodSpec Spec(Dice dice, WorldTraits traits)
    {
        PodBuilder pod = A.Pod().Cpu(dice.Of("0", "50m", "100m", "250m", "500m", "1", "3")).Memory(dice.Of("0", "64Mi", "500Mi", "1Gi", "3Gi"));
        if (traits.HasFlag(WorldTraits.Timed)) pod.Priority(dice.Of(0, 0, 0, 5, 10, -3));
        if (traits.HasFlag(WorldTraits.Gpus) && dice.Percent(70))
        {
            if (dice.Percent(60)) pod.GpuShare(dice.Of(100, 250, 330, 500, 700, 999));
            else pod.Gpus(dice.Of(1, 1, 2, 4));
            if (dice.Percent(25)) pod.Models([.. Models.Where(_ => dice.Percent(50))]);
        }

        if (traits.HasFlag(WorldTraits.Placement)) AddPlacement(pod, dice);
        if (!traits.HasFlag(WorldTraits.Rules)) return pod.Spec();
        if (dice.Percent(15)) pod.On("disk", "ssd");
        if (dice.Percent(10)) pod.On("topology.kubernetes.io/zone", dice.Of("east", "west"));
        if (dice.Percent(15)) pod.Extended("example.com/fpga", dice.Between(1, 2));
        if (dice.Percent(5)) pod.Extended("example.com/none", 1);
        if (dice.Percent(10)) pod.EphemeralStorage(dice.Of("1Gi", "4Gi"));
        if (dice.Percent(40)) pod.App(dice.Of(Apps), dice.Of(0, 0, 1, 2));
        return pod.Spec();
    }

    private static PodArrival Pod(Dice dice, string name, PodSpec spec, WorldTraits traits, TimeSpan? at = null, int group = -1)
    {
        PodArrival pod = Bare(dice, name, spec, traits, at, group);
        return traits.HasFlag(WorldTraits.Placement) ? pod with { Labels = LabelsOf(dice), Namespace = dice.Of("", "", "dev") } : pod;
    }

    private static PodArrival Bare(Dice dice, string name, PodSpec spec, WorldTraits traits, TimeSpan? at, int group)
    {
        if (!traits.HasFlag(WorldTraits.Timed)) return new PodArrival(name, spec, TimeSpan.Zero, null, group);
        TimeSpan arrival = at ?? TimeSpan.FromSeconds(dice.Between(0, 240) / 4.0);
        TimeSpan? duration = dice.Percent(10) ? null : TimeSpan.FromSeconds(dice.Between(1, 120) / 4.0);
        return new PodArrival(name, spec, arrival, duration, group, dice.Percent(10) ? PodOutcome.Failed : PodOutcome.Succeeded);
    }

    private static PodArrival[] Group(Dice dice, int i, PodSpec[] templates, List<PodGroupSpec> groups, WorldTraits traits)
    {
        int members = dice.Between(1, 6), group = groups.Count;
        groups.Add(new PodGroupSpec($"g{i}", dice.Percent(60) ? members : dice.Between(1, members)));
        PodSpec shared = dice.Of(templates);
        bool isMixed = dice.Percent(30);
        PodArrival first = Pod(dice, $"p{i}-0", shared, traits, group: group);
        return
        [
            first,
            .. Enumerable.Range(1, members - 1).Select(k => Pod(dice, $"p{i}-{k}", isMixed ? dice.Of(templates) : shared, traits, first.Arrival, group)),
        ];
    }
}
