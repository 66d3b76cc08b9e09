using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>The faults of a case as a fault set, and its exact plan.</summary>
internal static class CaseFaults
{
    /// <summary>The plan.</summary>
    /// <param name="item">The case.</param>
    /// <param name="world">A run like the one that suffers them: what its world refuses is left out, as an experiment's check would say so beforehand.</param>
    /// <param name="refused">Effects that were left out.</param>
    public static FaultPlan Plan(FuzzCase item, OrchestratedRun world, out IReadOnlyList<string> refused)
    {
        FaultSource[] sources = [.. item.Faults.Select(Source)];
        refused = [.. sources.Where(source => world.World.Refuses(source.Effect.Build()) is not null).Select(source => source.Effect.Name)];
        FaultSource[] taken = [.. sources.Where(source => world.World.Refuses(source.Effect.Build()) is null)];
        var set = new FaultSet("fuzz", taken) { HealAt = TimeSpan.FromSeconds(item.HealAtSeconds), Survivors = IntOrPercent.Of(item.Survivors) };
        return PlanDrawing.Draw(set, world.Fleet.Nodes.ToArray(), item.Seed, TimeSpan.FromSeconds(item.LengthSeconds));
    }

    /// <summary>The effect of a fault with its parameters.</summary>
    /// <exception cref="ArgumentException">There is no such effect, or it cannot be told that.</exception>
    public static FaultEffect Effect(FuzzFault fault)
    {
        FaultEffect effect = EffectCatalog.Of(fault.Effect);
        foreach ((string name, string value) in fault.Parameters) effect = effect.With(name, value);
        return effect;
    }

    private static FaultSource Source(FuzzFault fault)
    {
        FaultEffect effect = Effect(fault);
        TargetMode mode = fault.Count == 0 || fault.IsRenewal ? TargetMode.All : TargetMode.Fixed;
        FaultTarget targets = fault.Whom switch
        {
            "pods" => new PodTarget(["default"], fault.Workload.Length > 0 ? LabelSelector.Of([new Label("app", fault.Workload)]) : null, mode, fault.Count),
            "cluster" => ClusterTarget.Instance,
            _ => new TargetSpec { DomainKey = fault.Whom == "zones" ? "topology.kubernetes.io/zone" : "", Mode = mode, Value = fault.Count },
        };
        TimeSpan at = TimeSpan.FromSeconds(fault.AtSeconds);
        return fault.IsRenewal
            ? new ModelSource(fault.Name, effect, targets, new FailureModel("renewal", Spread.Exponential(fault.EverySeconds), Spread.Exponential(fault.ForSeconds)), at)
            : new TimedSource(fault.Name, effect, targets, at, TimeSpan.FromSeconds(fault.ForSeconds), TimeSpan.FromSeconds(fault.EverySeconds));
    }
}
