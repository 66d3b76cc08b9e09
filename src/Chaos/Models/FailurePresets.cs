using SchedBench.Chaos.Effects;
using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Models;

/// <summary>A failure model of the literature by its name.</summary>
/// <param name="Name">Name.</param>
/// <param name="TimeToFailure">Distribution of seconds, as the catalog of distributions writes it.</param>
/// <param name="TimeToRepair">The same of repairs.</param>
/// <param name="Unit">What fails: <c>node</c>, a domain whose label the user states, or the <c>fleet</c>.</param>
/// <param name="Source">Where the figures come from, and which of them are our choice.</param>
public sealed record FailurePreset(string Name, string TimeToFailure, string TimeToRepair, string Unit, string Source)
{
    /// <summary>Shape of lemon nodes; 0 for none.</summary>
    public double LemonShape { get; init; }

    /// <summary>Share of a domain's nodes that is hit.</summary>
    public double Hits { get; init; } = 1;

    /// <summary>Share of a unit's nodes that is down at a time (<see cref="FailureModel.Wave"/>).</summary>
    public double Wave { get; init; }

    /// <summary>What it does unless the user says something else.</summary>
    public FaultEffect Effect { get; init; } = FaultEffect.Crash;

    /// <summary>Whether its source publishes a rate of failures; otherwise the user states the time to failure.</summary>
    public bool HasRate => TimeToFailure.Length > 0;

    /// <summary>The model; without a rate of its own its time to failure is that of <c>dean-2008</c>, to be replaced.</summary>
    public FailureModel Model() => new(Name, Parse(HasRate ? TimeToFailure : FailurePresets.DeanLife), Parse(TimeToRepair)) { LemonShape = LemonShape, Hits = Hits, Wave = Wave };

    private static Distribution Parse(string text) => DistributionCatalog.TryParse(text, out _) ?? throw new InvalidOperationException($"The preset's distribution {text} cannot be read.");
}

/// <summary>The presets of REFERENCE §3 that a machine's power, processes and network can follow here.</summary>
public static class FailurePresets
{
    /// <summary>0.56 failures a machine-year, as a Weibull distribution of shape 0.7.</summary>
    internal const string DeanLife = "weibull(shape=0.7, mean=56353000)";

    private const string LanlRepair = "lognormal(median=3240, sigma=1.94)";
    private const string RackRepair = "uniform(min=3600, max=21600)";

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<FailurePreset> All { get; } =
    [
        new("dean-2008", DeanLife, LanlRepair, "node", "0.56 failures a machine-year (Dean, LADIS 2008); shape 0.7 is our choice, repairs those of hpc-lanl"),
        new("hpc-lanl", DeanLife, LanlRepair, "node", "Weibull 0.7 and repairs with median 54 min, mean 355 min (Schroeder and Gibson, DSN 2006); the rate a node is our choice, that of dean-2008"),
        new("google-storage", "exponential(mean=11307000)", "exponential(mean=391)", "node", "node MTTF 4.3 months, one outage in ten above 15 min (Ford et al., OSDI 2010); the shapes are our choice. Its bursts: add bursts"),
        new("gpu-llama3", "exponential(mean=22737000)", LanlRepair, "node", "3.8 failures per 1,000 node-days (Llama 3, 2024); shape and repairs (those of hpc-lanl) are our choice"),
        new("gpu-rsc-1", "exponential(mean=13292000)", LanlRepair, "node", "6.5 failures per 1,000 node-days with lemon nodes (Kokolis et al., HPCA 2025); lemon shape 0.5, shape and repairs are our choice") { LemonShape = 0.5 },
        new("gpu-rsc-2", "exponential(mean=37565000)", LanlRepair, "node", "2.3 failures per 1,000 node-days with lemon nodes (Kokolis et al., HPCA 2025); lemon shape 0.5, shape and repairs are our choice") { LemonShape = 0.5 },
        new("rack", "exponential(mean=71005000)", RackRepair, "domain", "20 losses a year among 45 racks, 1 to 6 hours each (Dean, LADIS 2008); the shapes are our choice"),
        new("power-unit", "exponential(mean=31558000)", "constant(value=21600)", "domain", "one a year and unit of 500 to 1,000 machines, about 6 hours (Dean, LADIS 2008); the shapes are our choice"),
        new("overheating", "exponential(mean=63115000)", "uniform(min=86400, max=172800)", "domain", "0.5 a year, most servers, 1 to 2 days (Dean, LADIS 2008); nine of ten nodes at once is our choice") { Hits = 0.9 },
        new("rewiring", "exponential(mean=31558000)", "constant(value=172800)", "fleet", "one a year takes 5 % of the machines down at a time, over 2 days (Dean, LADIS 2008); the shapes, and that every machine has its turn once, are our choice") { Wave = 0.05 },
        new("google-2011", "", "lognormal(median=32200, sigma=1.32)", "node", "servers are down for 25 min to 8 d (Garraghan et al., HASE 2014); it publishes no rate of servers: state timeToFailure. That these are the 1st and the 99th percentile, and the shape, are our choice"),
        new("half-loss-rack", "exponential(mean=284018000)", RackRepair, "domain", "5 a year among 45 racks lose half of their packets (Dean, LADIS 2008); how long is not stated: the hours of rack, and the shapes, are our choice")
        {
            Effect = EffectCatalog.Of("loss").With("percent", "50"),
        },
        new("tor", "exponential(mean=5156000000)", RackRepair, "domain", "0.051 % of top-of-rack switches a month (Qian et al., SIGCOMM 2024); repairs (those of rack) and shapes are our choice") { Effect = EffectCatalog.Of("partition") },
        new("link", "exponential(mean=4614000000)", RackRepair, "node", "0.057 % of links a month (Qian et al., SIGCOMM 2024); repairs (those of rack) and shapes are our choice") { Effect = EffectCatalog.Of("partition") },
        new("fail-slow", "", "empirical(values=600|21600|259200|1209600|5184000, weights=1|13|13|11|17)", "node", "time until it is found: minutes 1 %, hours 13 %, days 13 %, weeks 11 %, months 17 %, the rest not known (Gunawi et al., FAST 2018); it publishes no rate: state timeToFailure. 10 min, 6 h, 3 d, 14 d and 60 d stand for the classes, and 10 times as slow is our choice")
        {
            Effect = EffectCatalog.Of("slowCpu").With("factor", "10"),
        },
    ];

    /// <summary>The preset of that name, or null.</summary>
    public static FailurePreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
