using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;

namespace SchedBench.Chaos.Injection;

/// <summary>Brings a plan into a run of Kubernetes objects: steps that begin and end its faults.</summary>
public static class FaultInjection
{
    private const int MostLooks = 1_000_000;

    /// <summary>The steps of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="RunStepException">A guard looks too often.</exception>
    public static IReadOnlyList<RunStep> Steps(FaultPlan plan, ulong seed)
    {
        ServiceGuard[] guards = [.. plan.Faults.SelectMany(fault => fault.Guards).Distinct()];
        foreach (ServiceGuard guard in guards)
        {
            if ((guard.Until - guard.From) / guard.Every > MostLooks) throw new RunStepException($"guard {guard.Name} looks more than {MostLooks} times: state a longer time from one look to the next, or an earlier end");
        }

        var waiting = new List<FaultBegins>();
        var book = new GuardBook(guards, waiting, seed);
        var steps = new List<RunStep>();
        var effects = new Dictionary<FaultEffect, WorldEffect>();
        steps.AddRange(guards.Where(guard => guard.After is null).Select(guard => new GuardBegins(guard.From, guard, book, seed)));
        foreach (PlannedFault fault in plan.Faults)
        {
            if (!effects.TryGetValue(fault.Effect, out WorldEffect? effect)) effects.Add(fault.Effect, effect = fault.Effect.Build());
            var begins = new FaultBegins(fault.At, fault, effect, seed, book);
            if (fault.After is not null)
            {
                if (begins.SnapshotAge > TimeSpan.Zero) throw new RunStepException($"fault {fault.Number} ({fault.Cause}): the store goes back at a known instant, not when a guard is over");
                waiting.Add(begins);
                continue;
            }

            steps.Add(begins);
            if (!effect.IsInstant && fault.Duration is { } duration && duration < TimeSpan.MaxValue - fault.At) steps.Add(new FaultEnds(fault.At + duration, fault, book));
        }

        return [.. steps.OrderBy(step => step.At)];
    }

    /// <summary>The nodes that a fault hits.</summary>
    internal static IReadOnlyList<NodeIndex> NodesOf(OrchestratedRun run, PlannedFault fault) =>
    [
        .. fault.Nodes.Select(name => run.Fleet.Find(name) is { IsNode: true } node ? node : throw new RunStepException($"fault {fault.Number} ({fault.Cause}): the fleet has no node {name}")),
    ];
}

/// <summary>Begins a fault.</summary>
/// <remarks>A pod's draw goes by its name, which controllers draw for the whole run: two strategies that have the same pods lose the same ones.</remarks>
internal sealed record FaultBegins(TimeSpan At, PlannedFault Fault, WorldEffect Effect, ulong Seed, GuardBook Book) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override TimeSpan SnapshotAge => Effect is ControlPlaneEffect plane ? plane.SnapshotAge : TimeSpan.Zero;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (Book.IsCalledOff(run, Fault.Guards)) return;
        TimeSpan? end = Fault.By is { } by ? Book.Resolve(run, by) : null;
        if (end <= At) return;
        if (run.World.Refuses(Effect) is { } reason) throw new RunStepException($"fault {Fault.Number} ({Fault.Cause}): {reason}");
        var victims = new FaultVictims(FaultInjection.NodesOf(run, Fault), Fault.Pods is { } pods ? PodsOf(run, pods) : []);
        long detail = Effect is MachineEffect machine ? (long)machine.Trouble : (long)Effect.Kind << 8;
        foreach (NodeIndex node in victims.Nodes) run.Facts.Mark(new Fact(FactKind.FaultBegan, run.Loop.Now, new PodIndex(-1), Fault.Number, node, detail));
        FactKind hit = Effect is KillPodEffect ? FactKind.PodKilled : FactKind.FaultHitPod;
        foreach (Pod pod in victims.Pods) run.Facts.Mark(new Fact(hit, run.Loop.Now, new PodIndex(-1), checked((int)pod.Uid), pod.Node, Fault.Number));
        if (Fault.Nodes.Count == 0 && Fault.Pods is null) run.Facts.Mark(new Fact(FactKind.FaultBegan, run.Loop.Now, new PodIndex(-1), Fault.Number, NodeIndex.None, detail));
        run.World.Begin(Fault.Number, Effect, victims);
        if (Effect.IsInstant) return;
        Book.Begins(run, Fault);
        if (end is { } known && known < TimeSpan.MaxValue) run.Do(new FaultEnds(known, Fault, Book));
    }

    private IReadOnlyList<Pod> PodsOf(OrchestratedRun run, PodTarget target)
    {
        var pattern = new PodPattern(target);
        Pod[] pods =
        [
            .. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Where(pod => pod.IsActive && !pod.Metadata.IsDeleting && Effect.Touches(pod) && Takes(run, target, pod) && pattern.Takes(pod)).OrderBy(pod => pod.Key.ToString(), StringComparer.Ordinal),
        ];
        return Targeting.Choose(pods, pod => pod.Key.ToString(), target.Mode, target.Value, Draw.Stream(Seed, $"chaos/{Fault.Draws}/pods"), (ulong)At.Ticks);
    }

    private static bool Takes(OrchestratedRun run, PodTarget target, Pod pod)
    {
        if (target.Namespaces.Count > 0 && !target.Namespaces.Contains(pod.Metadata.Namespace)) return false;
        if (target.Names.Count > 0 && !target.Names.Contains(pod.Name) && !target.Names.Contains($"{pod.Metadata.Namespace}/{pod.Name}")) return false;
        if (target.Selector?.Matches(pod.Metadata.Labels) == false || target.Annotations?.Matches(pod.Metadata.Annotations) == false) return false;
        if (target.Phases.Count > 0 && !target.Phases.Contains($"{pod.Status.Phase}")) return false;
        return target.NodeSelector is not { } nodes || (pod.Node.IsNode && nodes.Matches(NodeObjects.LabelsOf(run.Fleet.Nodes[pod.Node.Value])));
    }
}

/// <summary>Ends a fault.</summary>
internal sealed record FaultEnds(TimeSpan At, PlannedFault Fault, GuardBook Book) : RunStep(At)
{
    /// <inheritdoc/>
    public override bool IsCall => false;

    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        if (!Book.Ends(run, Fault)) return;
        foreach (NodeIndex node in FaultInjection.NodesOf(run, Fault)) run.Facts.Mark(new Fact(FactKind.FaultEnded, run.Loop.Now, new PodIndex(-1), Fault.Number, node, 0));
        if (Fault.Nodes.Count == 0) run.Facts.Mark(new Fact(FactKind.FaultEnded, run.Loop.Now, new PodIndex(-1), Fault.Number, NodeIndex.None, 0));
        run.World.End(Fault.Number);
    }
}
