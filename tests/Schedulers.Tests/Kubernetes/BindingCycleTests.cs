using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Plugins of a user's own between decision and binding, and after no node was found.</summary>
public sealed class BindingCycleTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    private readonly List<string> _log = [];

    [Fact]
    public void A_pod_passes_the_points_in_order_and_its_binding_comes_after_the_latency()
    {
        RunResult result = A.Run(Scheduler(new Probe("A", _log), new Probe("B", _log))).On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("p").For(5))).BindLatency(2).Go();
        Assert.Equal(["A reserve 0", "B reserve 0", "A permit 0", "B permit 0", "A prebind 2", "B prebind 2", "A bind 2", "A postbind 2", "B postbind 2"], _log);
        Assert.Equal(2, result.BoundAt["p"]);
    }

    [Fact]
    public void A_bind_plugin_that_skips_leaves_it_to_the_next()
    {
        A.Run(Scheduler(new Probe("A", _log) { OnBind = (_, _) => Status.Skip }, new Probe("B", _log))).On(A.Cluster().Nodes(1)).Of(A.Workload().Pod(A.Pod("p").For(5))).Go();
        Assert.Equal(["A bind 0", "B bind 0"], _log.Where(line => line.Contains(" bind", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("reserve", UnreserveReason.Reserve)]
    [InlineData("permit", UnreserveReason.Permit)]
    [InlineData("prebind", UnreserveReason.PreBind)]
    [InlineData("bind", UnreserveReason.Bind)]
    public void Whoever_is_rejected_is_taken_back_and_tried_again(string point, UnreserveReason reason)
    {
        int asked = 0;
        Status Once(string at) => at == point && asked++ == 0 ? Status.Unschedulable("not yet") : Status.Success;
        var second = new Probe("B", _log)
        {
            OnReserve = (_, _) => Once("reserve"),
            OnPermit = (_, _) => new PermitResult(Once("permit")),
            OnPreBind = (_, _) => Once("prebind"),
        };
        var first = new Probe("A", _log) { OnBind = (_, _) => Once("bind") };
        // The second pod takes the room that the first gives back, and holds it for 30 s.
        RunResult result = A.Run(Scheduler(first, second)).On(A.Cluster().Nodes(1, cpu: "1")).Of(A.Workload().Pod(A.Pod("p").Cpu("1").For(5)).Pod(A.Pod("q").Cpu("1").For(30))).Go();
        Assert.Equal((30.0, 0.0), (result.BoundAt["p"], result.BoundAt["q"]));
        Assert.Equal([(long)reason], result.Facts.Where(fact => fact.Kind == FactKind.PodUnreserved).Select(fact => fact.Detail));
        // Last one first, those that were not asked among them.
        Assert.Equal(["B unreserve 0", "A unreserve 0"], _log.Where(line => line.Contains("unreserve", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_exception_is_a_fault_and_a_rejection()
    {
        bool threw = false;
        var plugin = new Probe("A", _log) { OnReserve = (_, _) => threw ? Status.Success : throw new InvalidOperationException($"broken {threw = true}") };
        RunResult result = A.Run(Scheduler(plugin)).On(A.Cluster().Nodes(1)).Of(A.Workload().Pod(A.Pod("p").For(5)).Pod(A.Pod("q").At(3).For(1))).Go();
        Assert.Equal(1, result.Count(FactKind.StrategyError));
        Assert.Equal("InvalidOperationException: broken True", result.Run.Scheduler.FirstStrategyError);
        Assert.Equal(4, result.BoundAt["p"]);
    }

    [Fact]
    public void A_waiting_pod_holds_its_room_until_every_plugin_that_waits_allows_it()
    {
        var patient = new Probe("A", _log) { OnPermit = (pod, _) => pod == "p" ? PermitResult.Wait(TimeSpan.FromSeconds(100)) : PermitResult.Success };
        var other = new Probe("B", _log) { OnPermit = (pod, _) => pod == "p" ? PermitResult.Wait(TimeSpan.FromSeconds(50)) : PermitResult.Success };
        patient.OnPostBind = pod => Each(patient, pod == "q" ? patient.Let : null);
        other.OnPostBind = pod => Each(other, pod == "r" ? other.Let : null);
        RunResult result = A.Run(Scheduler(patient, other)).On(A.Cluster().Nodes(1, cpu: "3"))
            .Of(A.Workload().Pod(A.Pod("p").Cpu("2").For(5)).Pod(A.Pod("q").Cpu("1").At(10).For(1)).Pod(A.Pod("big").Cpu("3").At(11).For(1)).Pod(A.Pod("r").Cpu("1").At(30).For(1))).Go();
        Assert.Equal((30.0, 35.0), (result.BoundAt["p"], result.BoundAt["big"]));
        Assert.Equal([TimeSpan.FromSeconds(50).Ticks], result.Facts.Where(fact => fact.Kind == FactKind.PodWaitsOnPermit).Select(fact => fact.Detail));
    }

    [Fact]
    public void A_plugin_that_has_allowed_its_pod_does_not_end_its_patience()
    {
        var hasty = new Probe("A", _log) { OnPermit = (pod, _) => pod == "p" ? PermitResult.Wait(TimeSpan.FromSeconds(20)) : PermitResult.Success };
        var slow = new Probe("B", _log) { OnPermit = (pod, _) => pod == "p" ? PermitResult.Wait(TimeSpan.FromSeconds(60)) : PermitResult.Success };
        hasty.OnPostBind = pod => Each(hasty, pod == "q" ? hasty.Let : null);
        RunResult result = A.Run(Scheduler(hasty, slow)).On(A.Cluster().Nodes(1)).Of(A.Workload().Pod(A.Pod("p").For(5)).Pod(A.Pod("q").At(10).For(1))).Go();
        Assert.Equal([60.0], result.Facts.Where(fact => fact.Kind == FactKind.PodUnreserved).Take(1).Select(fact => fact.At.TotalSeconds));
        Assert.Equal((long)UnreserveReason.TimedOut, result.Facts.First(fact => fact.Kind == FactKind.PodUnreserved).Detail);
    }

    [Fact]
    public void Who_waits_too_long_is_taken_back_after_fifteen_minutes_at_most()
    {
        int asked = 0;
        var plugin = new Probe("A", _log) { OnPermit = (pod, _) => pod == "p" && asked++ == 0 ? PermitResult.Wait(TimeSpan.FromHours(3)) : PermitResult.Success };
        RunResult result = A.Run(Scheduler(plugin)).On(A.Cluster().Nodes(1, cpu: "1")).Of(A.Workload().Pod(A.Pod("p").Cpu("1").For(5)).Pod(A.Pod("q").Cpu("1").At(1).For(7))).Go();
        Assert.Equal((900.0, 907.0), (result.BoundAt["q"], result.BoundAt["p"]));
    }

    [Fact]
    public void A_rejected_pod_makes_room_for_whoever_waits()
    {
        var plugin = new Probe("A", _log) { OnPermit = (pod, _) => pod == "p" ? PermitResult.Wait(TimeSpan.FromMinutes(10)) : PermitResult.Success };
        plugin.OnPostBind = pod => Each(plugin, pod == "q" ? waiting => plugin.Turn(waiting) : null);
        RunResult result = A.Run(Scheduler(plugin)).On(A.Cluster().Nodes(1, cpu: "2"))
            .Of(A.Workload().Pod(A.Pod("p").Cpu("1").For(5)).Pod(A.Pod("big").Cpu("2").At(1).For(4)).Pod(A.Pod("q").Cpu("1").At(10).For(3))).Go();
        Assert.Equal(13, result.BoundAt["big"]);
    }

    [Fact]
    public void A_waiting_victim_goes_back_to_the_queue_and_is_not_deleted()
    {
        int asked = 0;
        var plugin = new Probe("A", _log) { OnPermit = (pod, _) => pod == "low" && asked++ == 0 ? PermitResult.Wait(TimeSpan.FromMinutes(10)) : PermitResult.Success };
        OrchestratedRun run = Fleet(1).With(o => o with { Strategy = Scheduler(plugin) }).Apply(Pod("low", 0)).Apply(5, Pod("high", 100)).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.Equal([(long)UnreserveReason.Preempted], facts.Where(fact => fact.Kind == FactKind.PodUnreserved).Select(fact => fact.Detail));
        Assert.Equal(["low", "high"], Pods(run).Select(pod => pod.Name));
        Assert.Equal([false, true], Pods(run).Select(pod => pod.Node.IsNode));
    }

    [Fact]
    public void A_waiting_pod_that_is_deleted_gives_its_room_back_at_once()
    {
        var plugin = new Probe("A", _log) { OnPermit = (pod, _) => pod == "low" ? PermitResult.Wait(TimeSpan.FromMinutes(10)) : PermitResult.Success };
        OrchestratedRun run = Fleet(1).With(o => o with { Strategy = Scheduler(plugin) }).Apply(Pod("low", 0)).Apply(5, Pod("next", 0))
            .Do(20, r => r.Store.Delete(Pods(r).First(pod => pod.Name == "low").Key)).Build(out _);
        IReadOnlyList<Fact> facts = Run(run);
        Assert.Equal([((long)UnreserveReason.Deleted, 20.0)], facts.Where(fact => fact.Kind == FactKind.PodUnreserved).Select(fact => (fact.Detail, fact.At.TotalSeconds)));
        Assert.Equal([20.0], facts.Where(fact => fact.Kind == FactKind.PodBound).Select(fact => fact.At.TotalSeconds));
    }

    [Fact]
    public void A_post_filter_plugin_nominates_a_pod_to_a_node_that_it_clears()
    {
        // The plugin knows that node 1 will be free; whoever comes later with the same priority does not get it.
        var plugin = new Probe("A", _log) { OnPostFilter = pod => pod == "first" ? new PostFilterResult(Status.Success, new NodeIndex(1)) : PostFilterResult.Unschedulable() };
        RunResult result = A.Run(Scheduler(plugin)).On(A.Cluster().Nodes(2, cpu: "1"))
            .Of(A.Workload().Pods(2, A.Pod("now").Cpu("1").For(20)).Pod(A.Pod("first").Cpu("1").At(1).For(5)).Pod(A.Pod("small").Cpu("500m").At(20).For(5))).Go();
        Assert.Equal("n1", result.Placements["first"]);
        Assert.Equal("n0", result.Placements["small"]);
        Assert.Equal([1], result.Facts.Where(fact => fact.Kind == FactKind.PodNominated).Select(fact => fact.Node.Value));
    }

    private static void Each(Probe plugin, Action<PodIndex>? act)
    {
        foreach (PodIndex pod in plugin.WaitingPods()) act?.Invoke(pod);
    }

    private static KubeScheduler Scheduler(params SchedulerPlugin[] plugins)
    {
        PluginRegistry registry = PluginRegistry.Default;
        // The registry makes a plugin once to look at it, and once for the profile: here it is the same object.
        foreach (SchedulerPlugin plugin in plugins) registry = registry.With(_ => plugin);
        string enabled = string.Join(", ", plugins.Select(plugin => $"{{ name: {plugin.Name} }}"));
        // Ahead of DefaultBinder, which never skips.
        string bind = $"bind: {{ disabled: [{{ name: '*' }}], enabled: [{enabled}, {{ name: DefaultBinder }}] }}";
        string points = string.Join(", ", new[] { "postFilter", "reserve", "permit", "preBind", "postBind" }.Select(point => $"{point}: {{ enabled: [{enabled}] }}"));
        return new KubeScheduler(ConfigurationReader.Read($"{Head}profiles: [{{ plugins: {{ {points}, {bind} }} }}]", "c.yaml", registry), registry);
    }

    private static IReadOnlyList<Fact> Run(OrchestratedRun run)
    {
        var recorder = new FactRecorder();
        run.Facts.Subscribe(recorder);
        ObjectJudge.AttachAll(run);
        run.Run();
        return recorder.Facts;
    }

    private static Pod Pod(string name, int priority) => new()
    {
        Metadata = Meta(name),
        Spec = Template("", "5").Spec with { Priority = priority },
    };

    private sealed class Probe(string name, List<string> log)
        : SchedulerPlugin(name), IReservePlugin, IPermitPlugin, IPreBindPlugin, IBindPlugin, IPostBindPlugin, IPostFilterPlugin
    {
        public Func<string, NodeIndex, Status> OnReserve { get; init; } = (_, _) => Status.Success;

        public Func<string, NodeIndex, PermitResult> OnPermit { get; init; } = (_, _) => PermitResult.Success;

        public Func<string, NodeIndex, Status> OnPreBind { get; init; } = (_, _) => Status.Success;

        public Func<string, NodeIndex, Status> OnBind { get; init; } = (_, _) => Status.Success;

        public Func<string, PostFilterResult> OnPostFilter { get; init; } = _ => PostFilterResult.Unschedulable();

        public Action<string> OnPostBind { get; set; } = _ => { };

        public IReadOnlyList<PodIndex> WaitingPods() => Handle.WaitingPods();

        public void Let(PodIndex pod) => Handle.Allow(pod);

        public void Turn(PodIndex pod) => Handle.Reject(pod);

        public Status Reserve(in PodRequest pod, NodeIndex node) => OnReserve(Said("reserve", in pod), node);

        public void Unreserve(in PodRequest pod, NodeIndex node) => Said("unreserve", in pod);

        public PermitResult Permit(in PodRequest pod, NodeIndex node) => OnPermit(Said("permit", in pod), node);

        public Status PreBind(in PodRequest pod, NodeIndex node) => OnPreBind(Said("prebind", in pod), node);

        public Status Bind(in PodRequest pod, NodeIndex node) => OnBind(Said("bind", in pod), node);

        public void PostBind(in PodRequest pod, NodeIndex node) => OnPostBind(Said("postbind", in pod));

        public PostFilterResult PostFilter(in PodRequest pod) => OnPostFilter(Said("postfilter", in pod));

        private string Said(string point, in PodRequest pod)
        {
            log.Add($"{Name} {point} {Context.Now.TotalSeconds:0}");
            return Context.NameOf!(pod.Pod);
        }
    }
}
