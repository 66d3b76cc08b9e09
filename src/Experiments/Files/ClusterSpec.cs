using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Experiments.Files;

/// <summary>A workload of Kubernetes objects: what is applied at the start, how its images behave, who asks, and what is changed while it runs.</summary>
public sealed record ClusterReplay : ReplaySpec
{
    /// <summary>Manifests: a file or a folder.</summary>
    public required InputPath Manifests { get; init; }

    /// <summary>What the manifests hold.</summary>
    public required ManifestSet Objects { get; init; }

    /// <summary>Calendar time of instant 0, the experiment's: schedules are due by it.</summary>
    public DateTimeOffset Epoch { get; init; } = Experiment.DefaultEpoch;

    /// <summary>Behaviour of images, by image name, with or without tag.</summary>
    public IReadOnlyList<KeyValuePair<string, ImageBehavior>> Images { get; init; } = [];

    /// <summary>Streams of requests.</summary>
    public IReadOnlyList<TrafficSpec> Traffic { get; init; } = [];

    /// <summary>Until then nothing is measured: the cluster comes up.</summary>
    public TimeSpan Warmup { get; init; }

    /// <summary>End of the run.</summary>
    public TimeSpan Until { get; init; }

    /// <summary>Whether clients of the API are limited as Kubernetes' are by default.</summary>
    public bool HasClientLimits { get; init; } = true;

    /// <summary>Delay with which scheduler, controllers and agents see the store.</summary>
    public TimeSpan WatchDelay { get; init; }

    /// <summary>Time from decision to binding.</summary>
    public TimeSpan BindLatency { get; init; }

    /// <summary>A new version that is rolled out, or null.</summary>
    public UpdateSpec? Update { get; init; }

    /// <summary>What users do and machines suffer while it runs, by instant.</summary>
    public IReadOnlyList<ClusterStep> Steps { get; init; } = [];

    /// <summary>Pools of the fleet that grow and shrink with the load; empty for a fleet that stays as it is.</summary>
    public IReadOnlyList<NodeGroupSpec> NodeGroups { get; init; } = [];

    /// <summary>Whose ways the cluster has.</summary>
    public Orchestrator Orchestrator { get; init; }

    /// <summary>How its components behave.</summary>
    public ClusterSettings Settings { get; init; } = new();

    /// <summary>Images of everything that may run: those of the manifests, of what steps apply, and those that steps set.</summary>
    public IEnumerable<string> ImagesNamed => UpdateTargets.ImagesOf(Objects.Objects).Concat(Steps.SelectMany(step => step.Images));

    /// <summary>Name of the workload that is this one without its update.</summary>
    public const string WithoutUpdate = "without-update";

    /// <summary>This workload without its update and the steps that are about it: what disturbance is measured against.</summary>
    public ClusterReplay Undisturbed => this with { Update = null, Steps = [.. Steps.Where(step => !step.NeedsUpdate)] };
}

/// <summary>Whose ways a cluster has.</summary>
public enum Orchestrator
{
    /// <summary>Kubernetes. The default.</summary>
    Kubernetes,

    /// <summary>Docker Swarm.</summary>
    Swarm,
}

/// <summary>How a new version is rolled out.</summary>
public enum UpdateMethod
{
    /// <summary>All old pods go, then the new ones come.</summary>
    Recreate,

    /// <summary>Pods are replaced a few at a time.</summary>
    RollingUpdate,

    /// <summary>A second set beside the first; the service is switched when it is ready.</summary>
    BlueGreen,

    /// <summary>A growing share of the pods behind one service.</summary>
    Canary,

    /// <summary>A growing share of the requests by the weight of an Ingress.</summary>
    CanaryByWeight,

    /// <summary>A path of an Ingress leads to the new version first.</summary>
    CanaryByPath,
}

/// <summary>A new version and the way to it.</summary>
/// <param name="At">When it is asked for.</param>
/// <param name="Method">How.</param>
/// <param name="Tag">Tag that the images of the deployments get.</param>
public sealed record UpdateSpec(TimeSpan At, UpdateMethod Method, string Tag)
{
    /// <summary>Deployments that are updated, in order, as <c>name</c> or <c>namespace/name</c>; empty for all.</summary>
    public IReadOnlyList<string> Deployments { get; init; } = [];

    /// <summary>Instead of the manifests' own; null leaves it.</summary>
    public IntOrPercent? MaxSurge { get; init; }

    /// <summary>Instead of the manifests' own; null leaves it.</summary>
    public IntOrPercent? MaxUnavailable { get; init; }

    /// <summary>Instead of the manifests' own; null leaves it.</summary>
    public TimeSpan? ProgressDeadline { get; init; }

    /// <summary>Shares of a canary's steps, in percent, ascending.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [10, 50, 100];

    /// <summary>How long each step of a canary, or the old version of a blue/green switch, is held.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Path that a canary by path takes.</summary>
    public string Path { get; init; } = "/canary";

    /// <summary>Share of errors above which a canary or a blue/green switch is taken back, 0 to 1.</summary>
    public double ErrorRatioMax { get; init; } = 0.05;

    /// <summary>Whether a rollout that passes its progress deadline is undone.</summary>
    public bool RollsBack { get; init; } = true;
}
