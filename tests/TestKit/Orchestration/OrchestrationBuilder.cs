using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.TestKit;

/// <summary>A small orchestrated cluster for tests: equal nodes, agents that play along, objects that are applied at once or later.</summary>
public sealed class OrchestrationBuilder
{
    private static readonly StrategyCatalog Strategies = StrategyCatalog.BuiltIn();
    private readonly List<RunStep> _steps = [];
    private OrchestratedRunOptions _options;

    private OrchestrationBuilder(IReadOnlyList<NodeSpec> nodes) => _options = new OrchestratedRunOptions
    {
        Fleet = new FleetLayout(nodes),
        Strategy = Strategies.Find("least-allocated")!.Build(),
        FreshStrategy = () => Strategies.Find("least-allocated")!.Build(),
        Seed = 1,
    };

    /// <summary>A cluster of equal nodes of 8 CPU and 32 GiB in zones a, b, c.</summary>
    public static OrchestrationBuilder Fleet(int count) => new([.. Enumerable.Range(0, count).Select(n => new NodeSpec
    {
        Name = $"node-{n:D3}", CpuMilli = 8000, MemoryBytes = 32L << 30, Zone = ((char)('a' + (n % 3))).ToString(),
    })]);

    /// <summary>Changes the options.</summary>
    public OrchestrationBuilder With(Func<OrchestratedRunOptions, OrchestratedRunOptions> change)
    {
        _options = change(_options);
        return this;
    }

    /// <summary>Applies objects at the start.</summary>
    public OrchestrationBuilder Apply(params KubeObject[] objects) => Apply(0, objects);

    /// <summary>Applies objects after some seconds.</summary>
    public OrchestrationBuilder Apply(double seconds, params KubeObject[] objects)
    {
        _steps.Add(new ApplyStep(TimeSpan.FromSeconds(seconds), objects));
        return this;
    }

    /// <summary>Adds a step.</summary>
    public OrchestrationBuilder Step(RunStep step)
    {
        _steps.Add(step);
        return this;
    }

    /// <summary>Builds the run with agents that play along.</summary>
    public OrchestratedRun Build(out InstantAgent agent)
    {
        var run = new OrchestratedRun(_options with { Steps = [.. _steps.OrderBy(step => step.At)] }, new VirtualClock());
        agent = InstantAgent.Attach(run);
        return run;
    }

    /// <summary>What a run with the node agents of the simulation is a function of; the strategy is used by one run alone.</summary>
    public OrchestratedRunOptions Options(AgentOptions? agents = null) => _options with { Agents = agents ?? new AgentOptions(), Steps = [.. _steps.OrderBy(step => step.At)] };

    /// <summary>Builds the run with the node agents of the simulation and the controllers that watch over nodes.</summary>
    public OrchestratedRun BuildWithAgents(AgentOptions? agents = null) =>
        new(Options(agents), new VirtualClock());

    /// <summary>Does something to a run after some seconds.</summary>
    public OrchestrationBuilder Do(double seconds, Action<OrchestratedRun> what) => Step(new DoStep(TimeSpan.FromSeconds(seconds), what));

    /// <summary>A template of one container.</summary>
    public static PodTemplate Template(string app, string cpu = "100m", string image = "app:v1") => new()
    {
        Labels = [new Label("app", app)],
        Spec = PodRequests.OfContainers(new PodSpec { Containers = [new Container { Name = "main", Image = image, CpuMilli = Units.CpuMilli(cpu), MemoryBytes = 64L << 20 }] }),
    };

    /// <summary>A ReplicaSet of a template.</summary>
    public static ReplicaSet ReplicaSet(string name, int replicas, PodTemplate? template = null) => new()
    {
        Metadata = Meta(name),
        Replicas = replicas,
        Selector = LabelSelector.Of([new Label("app", name)]),
        Template = template ?? Template(name),
    };

    /// <summary>A Service of the pods of an app.</summary>
    public static Service Service(string app) => new()
    {
        Metadata = Meta(app),
        Selector = LabelSelector.Of([new Label("app", app)]),
        Ports = [new ServicePort("", 80, 8080, "", 0, "TCP")],
    };

    /// <summary>A Deployment of a template.</summary>
    public static Deployment Deployment(string name, int replicas, PodTemplate? template = null) => new()
    {
        Metadata = Meta(name),
        Replicas = replicas,
        Selector = LabelSelector.Of([new Label("app", name)]),
        Template = template ?? Template(name),
    };

    /// <summary>Metadata in the default namespace.</summary>
    public static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };

    /// <summary>Pods of a run in the order of creation.</summary>
    public static IReadOnlyList<Pod> Pods(OrchestratedRun run) => [.. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().OrderBy(pod => pod.Uid)];
}

/// <summary>Whatever a test does to a run.</summary>
/// <param name="At">When.</param>
/// <param name="What">What.</param>
public sealed record DoStep(TimeSpan At, Action<OrchestratedRun> What) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run) => What(run);
}
