using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>What Docker Swarm makes of each kind of object.</summary>
public sealed class SwarmSupportTests
{
    private static PodTemplate With(Func<PodSpec, PodSpec> change)
    {
        PodTemplate template = Template("web");
        return template with { Spec = change(template.Spec) };
    }

    private static SwarmSupport Check(Func<PodSpec, PodSpec> change) => SwarmSupport.Check(Deployment("web", 2, With(change)));

    public static TheoryData<string, KubeObject> Supported() => new()
    {
        { "Deployment", Deployment("web", 1) }, { "ReplicaSet", ReplicaSet("web", 1) }, { "DaemonSet", Some.DaemonSet("log") }, { "Job", Some.Job("sum") }, { "Service", Service("web") },
        { "ConfigMap", Some.ConfigMap("a") }, { "Namespace", new Namespace { Metadata = new ObjectMeta { Name = "stack" } } },
    };

    public static TheoryData<string, KubeObject> NotApplied() => new()
    {
        { "PodDisruptionBudget", new PodDisruptionBudget { Metadata = Meta("a") } },
        { "HorizontalPodAutoscaler", new HorizontalPodAutoscaler { Metadata = Meta("a"), TargetName = "web" } },
        { "ResourceQuota", new ResourceQuota { Metadata = Meta("a") } },
        { "StorageClass", new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test" } },
    };

    public static TheoryData<string, KubeObject> Refused() => new()
    {
        { "identity", Some.StatefulSet("db", 1) }, { "clock", new CronJob { Metadata = Meta("a"), Schedule = "* * * * *", JobTemplate = Some.Job("a") } }, { "services only", Some.Pod("a") },
        { "spec.paused", Deployment("web", 1) with { IsPaused = true } }, { "OnDelete", Some.DaemonSet("log") with { UpdatesOnDelete = true } }, { "spec.suspend", Some.Job("a") with { IsSuspended = true } },
        { "spec.completions", Some.Job("a") with { Completions = null } },
    };

    [Theory]
    [MemberData(nameof(Supported))]
    public void Kinds_with_a_counterpart_are_supported(string kind, KubeObject item) => Assert.Equal((SwarmSupportLevel.Supported, kind), (SwarmSupport.Check(item).Level, item.Kind.ToString()));

    [Theory]
    [MemberData(nameof(NotApplied))]
    public void Kinds_without_effect_are_kept_and_listed(string kind, KubeObject item)
    {
        SwarmSupport support = SwarmSupport.Check(item);
        Assert.Equal((SwarmSupportLevel.NotApplied, kind), (support.Level, item.Kind.ToString()));
        Assert.NotEmpty(support.Reason);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_makes_another_workload_is_refused_with_its_reason(string reason, KubeObject item)
    {
        SwarmSupport support = SwarmSupport.Check(item);
        Assert.Equal(SwarmSupportLevel.Refused, support.Level);
        Assert.Contains(reason, support.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_is_more_than_one_container_is_refused_by_its_field()
    {
        var other = new Container { Name = "other" };
        Assert.Contains("containers: a task is one container, not 2", Check(spec => spec with { Containers = [spec.Containers[0], other] }).Reason, StringComparison.Ordinal);
        Assert.Contains("initContainers", Check(spec => spec with { InitContainers = [other] }).Reason, StringComparison.Ordinal);
        Assert.Contains("volumes[data]", Check(spec => spec with { Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, "data", false, null)] }).Reason, StringComparison.Ordinal);
        Assert.Equal(SwarmSupportLevel.Supported, Check(spec => spec with { Volumes = [new Volume("tmp", VolumeKind.EmptyDir, "", false, null)] }).Level);
    }

    [Fact]
    public void Rules_about_other_tasks_are_refused_but_one_task_a_node()
    {
        LabelSelector own = LabelSelector.Of([new Label("app", "web")]), other = LabelSelector.Of([new Label("app", "db")]);
        SwarmSupport Anti(LabelSelector selector, string key) => Check(spec => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(selector, default, null, key)] } });
        Assert.Equal(SwarmSupportLevel.Supported, Anti(own, "kubernetes.io/hostname").Level);
        Assert.Equal(SwarmSupportLevel.Refused, Anti(own, "topology.kubernetes.io/zone").Level);
        Assert.Equal(SwarmSupportLevel.Refused, Anti(other, "kubernetes.io/hostname").Level);
        Assert.Contains("podAffinity", Check(spec => spec with { Affinity = new Affinity { RequiredPods = [new PodAffinityTerm(own, default, null, "kubernetes.io/hostname")] } }).Reason, StringComparison.Ordinal);
        Assert.Contains("topologySpreadConstraints", Check(spec => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = "topology.kubernetes.io/zone", Selector = own }] }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_without_effect_are_named()
    {
        SwarmSupport support = Check(spec => spec with
        {
            Priority = 10,
            ActiveDeadline = TimeSpan.FromSeconds(5),
            Containers = [spec.Containers[0] with { PreStopSleep = TimeSpan.FromSeconds(3), Readiness = new Probe(), Liveness = new Probe() }],
        });
        Assert.Equal(SwarmSupportLevel.Supported, support.Level);
        Assert.Equal(
            [
                "spec.template.spec.priorityClassName", "spec.template.spec.activeDeadlineSeconds", "spec.template.spec.containers.lifecycle.preStop", "spec.template.spec.containers.livenessProbe",
            ],
            support.Ignored);
    }

    [Fact]
    public void One_task_a_node_is_kept()
    {
        LabelSelector own = LabelSelector.Of([new Label("app", "web")]);
        PodTemplate template = With(spec => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(own, default, null, "kubernetes.io/hostname")] } });
        OrchestratedRun run = SwarmFleet.Of(3).Apply(Deployment("web", 5, template)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal([0, 1, 2], SwarmFleet.Running(run).Select(pod => pod.Node.Value).Order());
        Assert.Equal(2, Pods(run).Count(pod => !pod.Node.IsNode));
    }

    [Fact]
    public void An_object_that_is_refused_cannot_be_applied()
    {
        OrchestratedRun run = SwarmFleet.Of(1).Apply(Some.StatefulSet("db", 1)).BuildWithAgents(SwarmFleet.Agents());
        Assert.Contains("StatefulSet/default/db could not be applied under Docker Swarm", Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quotas_and_autoscalers_have_no_effect()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(new ResourceQuota { Metadata = Meta("q"), Hard = [new ResourceAmount("pods", 1)] })
            .Apply(Deployment("web", 4), new HorizontalPodAutoscaler { Metadata = Meta("web"), TargetName = "web", MinReplicas = 6, MaxReplicas = 9 }).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        Assert.Equal(4, SwarmFleet.Running(run).Count);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        (string Expected, SwarmOptions Options)[] cases =
        [
            ("HeartbeatEpsilon", new SwarmOptions { HeartbeatEpsilon = TimeSpan.FromSeconds(5) }), ("DownAfterPeriods", new SwarmOptions { DownAfterPeriods = 0 }),
            ("Update.Parallelism is -1", new SwarmOptions { Update = new SwarmUpdateConfig { Parallelism = -1 } }), ("Update.MaxFailureRatio is 1.5", new SwarmOptions { Update = new SwarmUpdateConfig { MaxFailureRatio = 1.5 } }),
            ("Rollback.MaxFailureRatio", new SwarmOptions { Rollback = new SwarmUpdateConfig { MaxFailureRatio = double.NaN } }), ("GossipLossMax", new SwarmOptions { GossipLossMax = TimeSpan.FromSeconds(1) }),
            ("Rollback.FailureAction", new SwarmOptions { Rollback = new SwarmUpdateConfig { FailureAction = SwarmFailureAction.Rollback } }), ("ConvergeDelay", new SwarmOptions { ConvergeDelay = TimeSpan.FromSeconds(-1) }),
        ];
        foreach ((string expected, SwarmOptions options) in cases)
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => SwarmFleet.Of(1, options).BuildWithAgents()).Message, StringComparison.Ordinal);
        Assert.Null(SwarmOptionsCheck.FirstProblem(new SwarmOptions()));
    }

    [Fact]
    public void There_is_no_cluster_autoscaler()
    {
        OrchestrationBuilder builder = SwarmFleet.Of(1).With(o => o with { ClusterAutoscaler = new ClusterAutoscalerOptions { Groups = [] } });
        Assert.Contains("Docker Swarm has no cluster autoscaler", Assert.Throws<ArgumentException>(() => builder.BuildWithAgents()).Message, StringComparison.Ordinal);
    }
}
