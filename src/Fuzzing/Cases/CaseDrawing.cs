using SchedBench.Schedulers.Catalog;

namespace SchedBench.Fuzzing.Cases;

/// <summary>Draws the case of a seed. A pure function: the same seed is the same case, for ever and everywhere, as long as the generators and catalogs are the same.</summary>
public static partial class CaseDrawing
{
    /// <summary>Seconds in which workloads come up before the first fault or step.</summary>
    private const int Calm = 60;

    /// <summary>Time that is left to converge: back-offs and pressure conditions of 5 minutes, lost nodes one every 10 s, rollouts.</summary>
    private const int Convergence = 1800;

    private static readonly string[] Strategies = [.. StrategyCatalog.BuiltIn().Entries.Where(entry => !entry.NeedsFile).Select(entry => entry.Name)];

    /// <summary>The case of a seed.</summary>
    public static FuzzCase Draw(ulong seed)
    {
        var features = new FeatureSet(seed);
        var dice = new CaseDice(seed, "case");
        int healAt = dice.Of(120, 300, 600);
        FuzzNode[] nodes = Nodes(new CaseDice(seed, "fleet"), features);
        FuzzWorkload[] workloads = Workloads(new CaseDice(seed, "workloads"), features, nodes, healAt);
        return new FuzzCase
        {
            Seed = seed,
            // The two families that real clusters run come as often as all others together.
            Strategy = features.IsSwarm && dice.Percent(50) ? "swarm-spread" : dice.Percent(35) ? "kube-scheduler" : dice.Of<string>(Strategies),
            IsSwarm = features.IsSwarm,
            Settings = Settings(new CaseDice(seed, "settings"), features),
            Nodes = nodes,
            Workloads = workloads,
            Steps = Steps(new CaseDice(seed, "steps"), features, nodes, workloads, healAt),
            Faults = Faults(new CaseDice(seed, "faults"), features, workloads, healAt),
            Survivors = dice.Of(0, 1, 1, 2),
            HealAtSeconds = healAt,
            LengthSeconds = healAt + Convergence,
        };
    }

    private static FuzzSettings Settings(CaseDice dice, FeatureSet features) => new()
    {
        SchedulerDelayMs = features.Has(Features.Delays) ? dice.Of(0, 20, 100, 1000) : 0,
        ControllerDelayMs = features.Has(Features.Delays) ? dice.Of(0, 0, 20, 100, 1000) : 0,
        AgentDelayMs = features.Has(Features.Delays) ? dice.Of(0, 20, 100) : 0,
        BindLatencyMs = features.Has(Features.Delays) ? dice.Of(0, 5, 20, 200) : 0,
        HasClientLimits = features.Has(Features.Limits) && dice.Percent(60),
        HasSlowStatus = features.Has(Features.Limits) && dice.Percent(30),
        Relists = dice.Percent(50),
        ImagesArePresent = !features.Has(Features.Pulls),
        Preempts = dice.Percent(80),
        RollsBack = dice.Percent(30),
        HasShortTimers = features.Has(Features.ShortTimers),
    };

    private static FuzzNode[] Nodes(CaseDice dice, FeatureSet features)
    {
        int count = dice.Of(1, 2, 3, 3, 4, 5, 6, 8, 12), zones = features.Has(Features.Zones) ? dice.Between(1, 3) : 1;
        var nodes = new FuzzNode[count];
        for (int n = 0; n < count; n++)
        {
            int cpus = features.Has(Features.Uneven) ? dice.Of(2, 4, 8, 16) : 8;
            nodes[n] = new FuzzNode($"node-{n}", cpus * 1000, cpus * 4096, ((char)('a' + (n % zones))).ToString())
            {
                Gpus = features.Has(Features.Gpus) && dice.Percent(50) ? dice.Of(1, 4) : 0,
                Tier = features.Has(Features.Tiers) ? dice.Of("", "fast", "slow") : "",
                IsDedicated = features.Has(Features.Taints) && dice.Percent(30),
                Pods = features.Has(Features.Uneven) && dice.Percent(15) ? 12 : 110,
            };
        }

        return nodes;
    }
}
