using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Default plugins that a profile leaves out do not hold its pods any more, and only its pods.</summary>
public sealed class DisabledPluginTests
{
    private static readonly ValueList<Label> App = [new Label("app", "web")];

    public static TheoryData<string> Filters => ["NodeUnschedulable", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity"];

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filter_that_is_disabled_keeps_no_pod_off(string filter)
    {
        Assert.False(IsBound(filter, $"plugins: {{ filter: {{ disabled: [{{ name: NodeName }}] }} }}"));
        Assert.True(IsBound(filter, $"plugins: {{ filter: {{ disabled: [{{ name: {filter} }}] }} }}"));
        Assert.True(IsBound(filter, $"plugins: {{ multiPoint: {{ disabled: [{{ name: {filter} }}] }} }}"));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void Pods_of_another_profile_are_held_to_it(string filter)
    {
        string both = $"schedulerName: free, plugins: {{ filter: {{ disabled: [{{ name: {filter} }}] }} }} }}, {{ schedulerName: default-scheduler";
        Assert.False(IsBound(filter, both));
        Assert.True(IsBound(filter, both, "free"));
    }

    [Fact]
    public void Agents_refuse_what_the_scheduler_did_not_look_at_and_the_laws_hold()
    {
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 20; i++) workload.Pod(A.Pod($"p{i}").Cpu("3").At(i).For(30));
        RunResult result = A.Run(Scheduler("plugins: { filter: { disabled: [{ name: NodeResourcesFit }] } }")).On(A.Cluster().Nodes(2, cpu: "8")).Of(workload).Judged(1).Go();
        // Four pods fit at a time; the others are bound all the same, and refused by the agents.
        Assert.Equal(20, result.Count(FactKind.PodBound));
        Assert.InRange(result.Count(FactKind.PodRejected), 10, 16);
    }

    [Fact]
    public void Ignored_resources_need_not_be_left()
    {
        Assert.False(Wants("ignoredResources: [other.io/x]"));
        Assert.True(Wants("ignoredResources: [example.com/fpga]"));
        Assert.True(Wants("ignoredResourceGroups: [example.com]"));

        static bool Wants(string ignored)
        {
            PodSpec spec = Template("web").Spec with { Extended = [new ResourceAmount("example.com/fpga", 1)] };
            return Bound(Fleet(1).With(o => o with { Strategy = Scheduler($"pluginConfig: [{{ name: NodeResourcesFit, args: {{ {ignored} }} }}]") }).Apply(Late("late", spec)));
        }
    }

    [Fact]
    public void Without_DefaultPreemption_nobody_is_pushed_out()
    {
        Assert.True(Preempts("plugins: { }"));
        Assert.False(Preempts("plugins: { postFilter: { disabled: [{ name: '*' }] } }"));
        Assert.False(Preempts("plugins: { multiPoint: { disabled: [{ name: DefaultPreemption }] } }"));

        static bool Preempts(string profile)
        {
            PodSpec big = Template("web", "6").Spec;
            return Bound(Fleet(1).With(o => o with { Strategy = Scheduler(profile) }).Apply(Late("first", big)).Apply(10, Late("late", big with { Priority = 100 })));
        }
    }

    /// <summary>Whether the last of some pods finds a node that one rule alone keeps it off.</summary>
    private static bool IsBound(string rule, string profile, string schedulerName = "default-scheduler")
    {
        PodSpec spec = Template("web").Spec with { SchedulerName = schedulerName };
        LabelSelector own = LabelSelector.Of(App);
        spec = rule switch
        {
            "NodeAffinity" => spec with { NodeSelector = [new Label("disk", "ssd")] },
            "NodePorts" => spec with { HostPorts = [new HostPort(80, "TCP", "")] },
            "NodeResourcesFit" => spec with { CpuMilli = 5000 },
            "PodTopologySpread" => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = "disk", MaxSkew = 1, IsHard = true, Selector = own }] },
            "InterPodAffinity" => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(own, default, null, "kubernetes.io/hostname")] } },
            _ => spec,
        };
        OrchestrationBuilder world = Fleet(1).With(o => o with { Strategy = Scheduler(profile) });
        // A pod of the same kind takes the port, the room, the place among equals.
        if (rule is "NodePorts" or "NodeResourcesFit" or "InterPodAffinity") world.Apply(Late("first", spec));
        world.Do(1, run =>
        {
            Node node = run.Find<Node>("node-000")!;
            if (rule == "NodeUnschedulable") Assert.Null(run.Store.Update(node with { IsCordoned = true }));
            if (rule == "TaintToleration") Assert.Null(run.Store.Update(node with { Taints = [new Taint("a", "", TaintEffect.NoSchedule)] }));
            if (rule == "InterPodAffinity") Assert.Null(run.Store.Update(node with { Metadata = node.Metadata with { Labels = node.Metadata.Labels.With("kubernetes.io/hostname", "node-000") } }));
        });
        return Bound(world.Apply(10, Late("late", spec)));
    }

    private static bool Bound(OrchestrationBuilder world)
    {
        OrchestratedRun run = world.Build(out _);
        run.Run();
        return run.Find<Pod>("late")!.Status.ScheduledAt is not null;
    }

    private static KubeScheduler Scheduler(string profile) =>
        new(ConfigurationReader.Read($"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{{ {profile} }}]\n", "c.yaml"));

    private static Pod Late(string name, PodSpec spec) => new() { Metadata = Meta(name) with { Labels = App }, Spec = spec };
}
