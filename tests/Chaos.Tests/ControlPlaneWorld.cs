using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>A cluster of four nodes with a service of eight pods that suffers faults of the cluster, with all judges.</summary>
internal sealed class ControlPlaneWorld
{
    private readonly OrchestrationBuilder _builder;
    private readonly List<PlannedFault> _faults = [];
    private readonly FactRecorder _facts = new();
    private AgentOptions? _agents;

    public ControlPlaneWorld(double until = 1000, int pods = 8, int nodes = 4) =>
        _builder = Fleet(nodes).With(o => o with { Until = TimeSpan.FromSeconds(until) }).Apply(Service("web"), Deployment("web", pods));

    public IReadOnlyList<Fact> Facts => _facts.Facts;

    public ControlPlaneWorld With(Func<OrchestratedRunOptions, OrchestratedRunOptions> change, AgentOptions? agents = null)
    {
        _builder.With(change);
        _agents = agents;
        return this;
    }

    public ControlPlaneWorld Apply(double at, params KubeObject[] objects)
    {
        _builder.Apply(at, objects);
        return this;
    }

    public ControlPlaneWorld Do(double at, Action<OrchestratedRun> what)
    {
        _builder.Do(at, what);
        return this;
    }

    /// <summary>Looks at a run, whether its API answers or not.</summary>
    public ControlPlaneWorld Look(double at, Action<OrchestratedRun> what)
    {
        _builder.Step(new LookStep(TimeSpan.FromSeconds(at), what));
        return this;
    }

    public ControlPlaneWorld Fault(double at, double? duration, FaultEffect effect, params string[] nodes)
    {
        _faults.Add(new PlannedFault(_faults.Count, TimeSpan.FromSeconds(at), duration is { } seconds ? TimeSpan.FromSeconds(seconds) : null, effect, nodes, "test"));
        return this;
    }

    /// <summary>A run whose last fault holds at its end.</summary>
    public OrchestratedRun RunToFault() => Run(1, active: 1);

    public OrchestratedRun Run(ulong seed = 1, int active = 0)
    {
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan(_faults, 0), seed)) _builder.Step(step);
        OrchestratedRun run = _builder.With(o => o with { Seed = seed }).BuildWithAgents(_agents);
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Facts.Subscribe(_facts);
        run.Run();
        Assert.Equal(active, run.World.Active);
        foreach (ObjectJudge judge in judges) judge.JudgeRest();
        return run;
    }

    /// <summary>Instants of facts of a kind, in seconds.</summary>
    public double[] At(FactKind kind) => [.. Facts.Where(fact => fact.Kind == kind).Select(fact => fact.At.TotalSeconds)];

    /// <summary>Pods of an app that are ready.</summary>
    public static int Ready(OrchestratedRun run, string app = "web") => Pods(run).Count(pod => pod.Metadata.Labels.ValueOf("app") == app && pod.Status.IsReady && !pod.Metadata.IsDeleting);

    private sealed record LookStep(TimeSpan At, Action<OrchestratedRun> What) : RunStep(At)
    {
        public override bool IsCall => false;

        public override void Execute(OrchestratedRun run) => What(run);
    }
}
