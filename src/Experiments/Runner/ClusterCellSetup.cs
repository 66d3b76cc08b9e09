using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Runner;

/// <summary>Turns a planned cell of Kubernetes objects into the options of its run.</summary>
internal static class ClusterCellSetup
{
    /// <summary>What a layer's name says where the tag of the image belongs.</summary>
    private const string TagInLayer = "{tag}";

    /// <summary>The options of a cell's run.</summary>
    /// <exception cref="RunStepException">The update asks for something that the manifests do not have.</exception>
    public static OrchestratedRunOptions Options(PlannedCell cell, ClusterReplay replay, LoadedInputs inputs, StrategyCatalog strategies, ForkPoint? fork = null)
    {
        StrategyEntry entry = strategies.Find(cell.Strategy.Name) ?? throw new InvalidOperationException($"The plan names a strategy '{cell.Strategy.Name}' that is not in the catalog.");
        return Options(cell, replay, inputs, () => entry.Build(cell.Strategy.Options, cell.Strategy.File), fork);
    }

    /// <summary>What the cell's world refuses of the effects of its faults, each once; a strategy of a user's own is not asked for it.</summary>
    public static IEnumerable<InputProblem> Refused(PlannedCell cell, ClusterReplay replay, LoadedInputs inputs)
    {
        if (cell.Faults.Place is not { } place) yield break;
        StrategyEntry any = StrategyCatalog.BuiltIn().Find("first-fit")!;
        var run = new OrchestratedRun(Options(cell, replay, inputs, () => any.Build(), null), new VirtualClock());
        var known = new HashSet<FaultEffect>();
        foreach (FaultSource source in cell.Faults.Sources)
        {
            if (known.Add(source.Effect) && run.World.Refuses(source.Effect.Build()) is { } reason)
                yield return place with { Expected = $"expected effects that a cluster of workload {cell.Workload.Name} can suffer, unlike {source.Effect.Kind.Name} of {source.Name}: {reason}" };
        }
    }

    private static OrchestratedRunOptions Options(PlannedCell cell, ClusterReplay replay, LoadedInputs inputs, Func<SchedulingStrategy> build, ForkPoint? fork)
    {
        ClusterSettings settings = replay.Settings.For(replay.Orchestrator);
        ClusterAutoscalerOptions? autoscaler = Autoscaler(cell, replay, settings);
        FleetLayout fleet = FleetOf(cell, replay, inputs);
        return new OrchestratedRunOptions
        {
            Fleet = fleet,
            Strategy = build(),
            FreshStrategy = build,
            TieBreak = cell.Strategy.TieBreak,
            Seed = cell.Key.Seed,
            Steps = WithFaults(Steps(replay), PlanOf(cell, replay, fleet.Nodes.ToArray(), fork), cell.Key.Seed),
            Scheduler = settings.Scheduler with { BindLatency = replay.BindLatency },
            Preempts = settings.Preempts,
            SchedulerDelay = replay.WatchDelay,
            ControllerDelay = replay.WatchDelay,
            ControllerLimits = replay.HasClientLimits ? settings.ControllerLimits : ClientLimits.None,
            Agents = settings.Agents with
            {
                Images = Catalog(replay),
                WatchDelay = replay.WatchDelay,
                StatusLimits = replay.HasClientLimits ? settings.Agents.StatusLimits : ClientLimits.None,
            },
            NodeLifecycle = settings.NodeLifecycle,
            Controllers = settings.Controllers,
            Admission = settings.Admission,
            Network = settings.Network,
            ServiceAddresses = settings.Addresses,
            Deployments = settings.Deployments,
            Disruption = settings.Disruption,
            Rollback = settings.Rollback with { ForAll = replay.Update?.RollsBack ?? false },
            ClusterAutoscaler = autoscaler,
            Swarm = replay.Orchestrator == Orchestrator.Swarm ? settings.Swarm : null,
            Traffic = replay.Traffic,
            MeasuredFrom = replay.Warmup,
            Until = replay.Until,
            Epoch = replay.Epoch,
        };
    }

    /// <summary>The nodes of a cell, with those that node groups may bring.</summary>
    public static FleetLayout FleetOf(PlannedCell cell, ClusterReplay replay, LoadedInputs inputs) =>
        Autoscaler(cell, replay, replay.Settings.For(replay.Orchestrator))?.FleetWith(NodeTargets.Others(cell.Fleet, replay)) ?? new FleetLayout(CellSetup.Nodes(cell.Fleet, inputs.FleetOf(cell).Nodes, cell.Key.Seed));

    private static ClusterAutoscalerOptions? Autoscaler(PlannedCell cell, ClusterReplay replay, ClusterSettings settings) =>
        replay.NodeGroups.Count == 0 ? null : settings.ClusterAutoscaler with { Groups = [.. NodeTargets.Groups(cell.Fleet, replay)] };

    /// <summary>The steps with the faults of the cell between them; of equal instants what users do comes first.</summary>
    private static IReadOnlyList<RunStep> WithFaults(IReadOnlyList<RunStep> steps, FaultPlan plan, ulong seed) =>
        plan.Faults.Count == 0 ? steps : [.. steps.Concat(FaultInjection.Steps(plan, seed)).OrderBy(step => step.At)];

    /// <summary>The faults of a cell.</summary>
    public static FaultPlan PlanOf(PlannedCell cell, ClusterReplay replay, IReadOnlyList<NodeSpec> nodes, ForkPoint? fork = null)
    {
        FaultPlan plan = PlanDrawing.Draw(cell.Faults, nodes, cell.Key.Seed, replay.Until, replay.Epoch);
        if (fork?.Faults is not { } others || others.Name == cell.Faults.Name) return plan;
        // What began by then ends as it was planned; what begins later is the other set's.
        PlannedFault[] begun = [.. plan.Faults.Where(fault => fault.At <= fork.At)];
        IEnumerable<PlannedFault> later = PlanDrawing.Draw(others, nodes, cell.Key.Seed, replay.Until, replay.Epoch).Faults.Where(fault => fault.At > fork.At);
        return new FaultPlan([.. begun, .. later.Select((fault, place) => fault with { Number = plan.Faults.Count + place })], plan.Spared);
    }

    /// <summary>The manifests at instant 0, then the update and the steps by instant; of equal instants the update comes first.</summary>
    public static IReadOnlyList<RunStep> Steps(ClusterReplay replay)
    {
        IEnumerable<RunStep> update = replay.Update is { } given ? UpdateSteps.Of(given, replay.Objects.Objects) : [];
        return [new ApplyStep(TimeSpan.Zero, InOrder(replay.Objects.Objects)), .. update.Concat(replay.Steps.Select(step => step.Step)).OrderBy(step => step.At)];
    }

    /// <summary>What is applied, in order: what belongs to no namespace comes first, namespaces among it, so that the names of files do not matter. Nodes are the
    /// fleet's part.</summary>
    public static IReadOnlyList<KubeObject> InOrder(IReadOnlyList<KubeObject> objects) =>
        [.. objects.Where(item => item is not Node).OrderBy(item => ResourceKinds.Info(item.Kind).IsNamespaced)];

    /// <summary>Behaviour by image; a layer that is named after the tag is one of its own for every tag there is.</summary>
    private static ImageCatalog Catalog(ClusterReplay replay)
    {
        var catalog = new ImageCatalog();
        foreach ((string image, ImageBehavior behavior) in replay.Images)
        {
            catalog.Add(image, WithTag(behavior, UpdateSteps.TagOf(image)));
            if (image != ImageCatalog.NameOf(image)) continue;
            foreach (string tag in UpdateSteps.TagsOf(replay, image).Where(tag => replay.Images.All(other => other.Key != $"{image}:{tag}")))
            {
                catalog.Add($"{image}:{tag}", WithTag(behavior, tag));
            }
        }

        return catalog;
    }

    private static ImageBehavior WithTag(ImageBehavior behavior, string tag) => behavior with
    {
        Layers = [.. behavior.Layers.Select(layer => layer with { Digest = layer.Digest.Replace(TagInLayer, tag, StringComparison.Ordinal) })],
    };
}
