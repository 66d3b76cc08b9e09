using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
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
    public static OrchestratedRunOptions Options(PlannedCell cell, ClusterReplay replay, LoadedInputs inputs, StrategyCatalog strategies)
    {
        IReadOnlyList<KubeObject> objects = replay.Objects.Objects;
        StrategyEntry entry = strategies.Find(cell.Strategy.Name) ?? throw new InvalidOperationException($"The plan names a strategy '{cell.Strategy.Name}' that is not in the catalog.");
        var steps = new List<RunStep> { new ApplyStep(TimeSpan.Zero, InOrder(objects)) };
        if (replay.Update is { } update) steps.AddRange(UpdateSteps.Of(update, objects));
        return new OrchestratedRunOptions
        {
            Fleet = new FleetLayout(CellSetup.Nodes(cell.Fleet, inputs.FleetOf(cell).Nodes, cell.Key.Seed)),
            Strategy = entry.Build(cell.Strategy.Options, cell.Strategy.File),
            TieBreak = cell.Strategy.TieBreak,
            Seed = cell.Key.Seed,
            Steps = steps,
            Scheduler = new SchedulerHostOptions { BindLatency = replay.BindLatency },
            SchedulerDelay = replay.WatchDelay,
            ControllerDelay = replay.WatchDelay,
            ControllerLimits = replay.HasClientLimits ? ClientLimits.ControllerManager : ClientLimits.None,
            Agents = new AgentOptions
            {
                Images = Catalog(replay, objects),
                WatchDelay = replay.WatchDelay,
                StatusLimits = replay.HasClientLimits ? new AgentOptions().StatusLimits : ClientLimits.None,
            },
            Rollback = new RollbackOptions { ForAll = replay.Update?.RollsBack ?? false },
            Traffic = replay.Traffic,
            MeasuredFrom = replay.Warmup,
            Until = replay.Until,
            Epoch = replay.Epoch,
        };
    }

    /// <summary>What is applied, in order: what belongs to no namespace comes first, namespaces among it, so that the names of files do not matter. Nodes are the
    /// fleet's part.</summary>
    public static IReadOnlyList<KubeObject> InOrder(IReadOnlyList<KubeObject> objects) =>
        [.. objects.Where(item => item is not Node).OrderBy(item => ResourceKinds.Info(item.Kind).IsNamespaced)];

    /// <summary>Behaviour by image; a layer that is named after the tag is one of its own for every tag there is.</summary>
    private static ImageCatalog Catalog(ClusterReplay replay, IReadOnlyList<KubeObject> objects)
    {
        var catalog = new ImageCatalog();
        foreach ((string image, ImageBehavior behavior) in replay.Images)
        {
            catalog.Add(image, WithTag(behavior, UpdateSteps.TagOf(image)));
            if (image != ImageCatalog.NameOf(image)) continue;
            foreach (string tag in UpdateSteps.TagsOf(objects, image, replay.Update).Where(tag => replay.Images.All(other => other.Key != $"{image}:{tag}")))
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
