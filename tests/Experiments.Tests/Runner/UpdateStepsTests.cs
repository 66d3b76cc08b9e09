using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Runner;

namespace SchedBench.Experiments.Tests.Runner;

public sealed class UpdateStepsTests : IDisposable
{
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Recreate_sets_the_strategy_and_the_tag_of_every_deployment_in_the_order_of_the_files()
    {
        Deployment[] changed = Changed("at: 1m, method: recreate, tag: v2");
        Assert.Equal(["web", "jobs"], changed.Select(deployment => deployment.Name));
        Assert.All(changed, deployment => Assert.True(deployment.Strategy.IsRecreate));
        Assert.Equal(["shop/web:v2", "shop/jobs:v2"], changed.Select(deployment => deployment.Template.Spec.Containers[0].Image));
        Assert.Equal("shop/setup:v1", changed[0].Template.Spec.InitContainers[0].Image);
    }

    [Fact]
    public void A_rolling_update_keeps_what_the_manifest_says_of_what_it_does_not_state()
    {
        Deployment[] changed = Changed("at: 1m, method: rollingUpdate, tag: v2, deployments: [jobs, web], maxSurge: 50%, progressDeadline: 77s");
        Assert.Equal(["jobs", "web"], changed.Select(deployment => deployment.Name));
        Assert.Equal(new DeploymentStrategy(false, IntOrPercent.Of(0), IntOrPercent.Percent(50)), changed[0].Strategy);
        Assert.Equal(new DeploymentStrategy(false, IntOrPercent.Percent(25), IntOrPercent.Percent(50)), changed[1].Strategy);
        Assert.All(changed, deployment => Assert.Equal(TimeSpan.FromSeconds(77), deployment.ProgressDeadline));
        Assert.True(changed[1].Strategy.IsStated);
        Assert.False(Changed("at: 1m, method: rollingUpdate, tag: v2, deployments: [jobs, web]")[1].Strategy.IsStated);
    }

    [Fact]
    public void Blue_green_switches_the_service_in_front_of_the_deployment()
    {
        var plan = Assert.IsType<BlueGreenPlan>(Release("at: 1m, method: blueGreen, tag: v2, deployments: [web], hold: 9s"));
        Assert.Equal(("web", "shop", "web", TimeSpan.FromSeconds(9)), (plan.Deployment, plan.Namespace, plan.Service, plan.Hold));
    }

    [Theory]
    [InlineData("canary", CanaryRouting.Endpoints, "")]
    [InlineData("canaryByWeight", CanaryRouting.IngressWeight, "front")]
    [InlineData("canaryByPath", CanaryRouting.IngressPath, "front")]
    public void Canaries_take_their_share_as_their_method_says(string method, CanaryRouting routing, string ingress)
    {
        var plan = Assert.IsType<CanaryPlan>(Release($"at: 1m, method: {method}, tag: v2, deployments: [web], steps: [5, 100], hold: 3s"));
        Assert.Equal((routing, ingress, "web"), (plan.Routing, plan.Ingress, plan.Service));
        Assert.Equal([new CanaryStep(5, TimeSpan.FromSeconds(3)), new CanaryStep(100, TimeSpan.FromSeconds(3))], plan.Steps);
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("a:v1", "v1")]
    [InlineData("registry:5000/a", "")]
    public void The_tag_of_an_image_is_what_stands_after_its_name(string image, string tag) => Assert.Equal(tag, UpdateSteps.TagOf(image));

    [Fact]
    public void The_tags_of_an_image_are_those_of_the_manifests_and_that_of_the_update()
    {
        ClusterReplay replay = Replay("at: 1m, method: recreate, tag: v2");
        Assert.Equal(["v1", "v2"], UpdateSteps.TagsOf(replay, "shop/setup"));
        Assert.Equal(["v1"], UpdateSteps.TagsOf(replay with { Update = null }, "shop/web"));
    }

    [Fact]
    public void What_belongs_to_no_namespace_is_applied_first()
    {
        IReadOnlyList<KubeObject> inOrder = ClusterCellSetup.InOrder(Replay("at: 1m, method: recreate, tag: v2").Objects.Objects);
        Assert.Equal(["shop", "web", "jobs", "web", "front", "key"], inOrder.Select(item => item.Name));
    }

    [Fact]
    public void A_rolling_update_leaves_the_size_that_a_deployment_has_by_then()
    {
        var step = (RolloutStep)Steps("at: 1m, method: rollingUpdate, tag: v2, deployments: [web]").Single();
        Deployment scaled = Replay("at: 1m, method: recreate, tag: v2").Objects.Of<Deployment>().First() with { Replicas = 9, IsPaused = true };
        Assert.True(step.Changed(scaled) is { Replicas: 9, IsPaused: true });
    }

    /// <summary>The Deployments of the manifests after the update.</summary>
    private Deployment[] Changed(string update) =>
    [
        .. Steps(update).Cast<RolloutStep>().Select(step => step.Changed(Replay(update).Objects.Of<Deployment>().Single(deployment => deployment.Name == step.Deployment && deployment.Metadata.Namespace == step.Namespace))),
    ];

    private ReleasePlan Release(string update) => ((ReleaseStep)Steps(update).Single()).Plan;

    private RunStep[] Steps(string update)
    {
        ClusterReplay replay = Replay(update);
        RunStep[] steps = [.. UpdateSteps.Of(replay.Update!, replay.Objects.Objects)];
        Assert.All(steps, step => Assert.Equal(TimeSpan.FromMinutes(1), step.At));
        return steps;
    }

    private ClusterReplay Replay(string update) => (ClusterReplay)_files.Parse(ClusterExperiments.Text(update: update)).Workloads.Single().Replay;
}
