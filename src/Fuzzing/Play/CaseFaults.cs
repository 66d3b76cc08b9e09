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
        bool IsTaken(FuzzFault fault) => HasTarget(item, fault) && world.World.Refuses(Effect(fault).Build()) is null;
        refused = [.. item.Faults.Where(fault => !IsTaken(fault)).Select(fault => fault.Effect)];
        FaultSource[] taken = [.. item.Faults.Where(IsTaken).Select(Source)];
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

    /// <summary>Whether the Deployment that a fault is about is there from before it to the end, and would show what the fault does.</summary>
    private static bool HasTarget(FuzzCase item, FuzzFault fault)
    {
        if (!fault.Parameters.TryGetValue("deployment", out string? name)) return true;
        FuzzWorkload? workload = item.Workloads.FirstOrDefault(known => name == $"default/{known.Name}");
        if (workload is not { Kind: FuzzWorkloadKind.Deployment } || workload.AtSeconds >= fault.AtSeconds) return false;
        FuzzVerb[] verbs = [.. item.Steps.Where(step => step.Target == workload.Name).Select(step => step.Verb)];
        if (verbs.Contains(FuzzVerb.Delete)) return false;
        if (fault.Effect != "badRollout") return true;
        // Who goes back to the version before may go back to the bad one, and a pod of it that holds the only place of a rule is not taken away for one of the good version (rolling.go, scaleDownOldReplicaSets).
        if (item.Settings.RollsBack || workload.Rule == FuzzRule.OnePerNode || verbs.Any(verb => verb is FuzzVerb.SetImage or FuzzVerb.SetBadImage or FuzzVerb.RollBack or FuzzVerb.Pause)) return false;
        return fault.Parameters.GetValueOrDefault("how") == "crash" || workload.ReadinessSeconds > 0;
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
