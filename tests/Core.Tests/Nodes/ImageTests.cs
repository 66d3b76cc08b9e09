using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class ImageTests
{
    private static readonly RegistryOptions Slow = new() { BytesPerSecond = 1_000_000, LatencySeconds = new ConstantDistribution(0.5) };

    [Fact]
    public void A_pull_takes_the_latency_and_its_missing_bytes_and_layers_are_shared()
    {
        var images = new ImageCatalog()
            .Add("a", new ImageBehavior { Layers = [new ImageLayer("base", 4_000_000), new ImageLayer("a", 1_000_000)] })
            .Add("b", new ImageBehavior { Layers = [new ImageLayer("base", 4_000_000), new ImageLayer("b", 2_000_000)] });
        (OrchestratedRun run, FactLog facts) = Start(images, Bare("one", App("main", "a:1")), Bare("two", App("main", "b:1")));
        run.Run();
        // One at a time: 0.5 + 5 s, then 0.5 + 2 s for the layer that is missing.
        Assert.Equal([5.5, 8.0], facts.Seconds(FactKind.ImagePulled));
        Assert.Equal([5_000_000, 2_000_000], facts.Of(FactKind.ImagePulled).Select(fact => fact.Detail));
        Assert.Equal(7_000_000, run.Runtime!.BytesPulled);
    }

    [Theory]
    [InlineData(ImagePullPolicy.IfNotPresent, 1)]
    [InlineData(ImagePullPolicy.Always, 3)]
    public void The_pull_policy_says_whether_the_registry_is_asked_at_every_start(ImagePullPolicy policy, int pulls)
    {
        var images = new ImageCatalog { Default = new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(5) } };
        (OrchestratedRun run, FactLog facts) = Start(images, Bare("one", App() with { PullPolicy = policy }));
        At(run, 59, () => Assert.Equal(pulls, facts.Of(FactKind.ImagePulled).Count));
        run.Run();
    }

    [Fact]
    public void A_container_that_never_pulls_waits_for_an_image_that_somebody_puts_there()
    {
        (OrchestratedRun run, FactLog facts) = Start(new ImageCatalog(), Bare("one", App() with { PullPolicy = ImagePullPolicy.Never }));
        string reason = "";
        At(run, 15, () =>
        {
            reason = Get(run, "one").Status.Reason;
            run.Runtime!.Preload(0, "app:v1");
        });
        run.Run();
        Assert.Equal("ErrImageNeverPull", reason);
        Assert.Equal([20.0], facts.Seconds(FactKind.PodStarted));
    }

    [Fact]
    public void Failed_pulls_back_off_10_20_40_to_300_seconds()
    {
        (OrchestratedRun run, FactLog facts) = Start(new ImageCatalog().AddMissing("app"), Bare("one"));
        var reasons = new List<string>();
        At(run, 5, () => reasons.Add(Get(run, "one").Status.Reason));
        At(run, 15, () => reasons.Add(Get(run, "one").Status.Reason));
        run.Run();
        double[] at = facts.Seconds(FactKind.ImagePullFailed);
        Assert.Equal([10.5, 20.5, 40.5, 80.5, 160.5, 300.5], at.Zip(at.Skip(1), (before, after) => after - before).Take(6));
        Assert.Equal(["ErrImagePull", "ImagePullBackOff"], reasons);
        Assert.Equal(PodLifePhase.Pending, Get(run, "one").Status.Phase);
    }

    [Fact]
    public void A_registry_that_comes_back_is_found_at_the_next_try()
    {
        (OrchestratedRun run, FactLog facts) = Start(new ImageCatalog(), Bare("one"));
        run.Runtime!.IsRegistryDown = true;
        At(run, 5, () => run.Runtime.IsRegistryDown = false);
        run.Run();
        Assert.Single(facts.Of(FactKind.ImagePullFailed));
        Assert.Equal("", Get(run, "one").Status.Reason);
        Assert.True(Get(run, "one").Status.IsReady);
    }

    [Fact]
    public void Pulls_beyond_the_nodes_own_limit_fail_and_are_tried_again()
    {
        var pods = Enumerable.Range(0, 6).Select(i => (KubeObject)Bare($"pod-{i}", App("main", $"image-{i}"))).ToArray();
        (OrchestratedRun run, FactLog facts) = Start(new ImageCatalog(), new ClientLimits(1, 4), pods);
        run.Run();
        Assert.Equal(2, facts.Of(FactKind.ImagePullFailed).Count);
        Assert.All(Pods(run), pod => Assert.True(pod.Status.IsReady));
    }

    [Fact]
    public void A_crash_of_the_machine_keeps_its_images_and_voids_pulls_under_way()
    {
        var images = new ImageCatalog().Add("big", new ImageBehavior { Layers = [new ImageLayer("big", 30_000_000)] });
        (OrchestratedRun run, FactLog facts) = Start(images, Bare("one"), Bare("two", App("main", "big")));
        At(run, 40, () => run.Health!.Crash(0));
        At(run, 50, () => run.Health!.Recover(0));
        run.Run();
        // The default image is on disk; the large one, begun after it, starts over.
        Assert.Equal(2, facts.Of(FactKind.ImagePulled).Count);
        Assert.Equal(80.5, facts.Seconds(FactKind.ImagePulled)[1]);
        Assert.All(Pods(run), pod => Assert.True(pod.Status.IsReady));
    }

    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("shop:v2", "shop")]
    [InlineData("host:5000/team/shop", "host:5000/team/shop")]
    [InlineData("host:5000/team/shop:v2@sha256:abc", "host:5000/team/shop")]
    public void The_name_of_an_image_is_what_stands_before_tag_and_digest(string image, string name) => Assert.Equal(name, ImageCatalog.NameOf(image));

    [Fact]
    public void What_is_said_of_a_tag_wins_over_what_is_said_of_the_name()
    {
        ImageBehavior any = new(), bad = new() { IsNeverReady = true };
        ImageCatalog images = new ImageCatalog().Add("shop", any).Add("shop:v2", bad);
        Assert.Same(any, images.Find("shop:v1"));
        Assert.Same(bad, images.Find("shop:v2"));
        Assert.Same(images.Default, images.Find("other"));
    }

    private static (OrchestratedRun Run, FactLog Facts) Start(ImageCatalog images, params KubeObject[] pods) => Start(images, new ClientLimits(5, 10), pods);

    private static (OrchestratedRun Run, FactLog Facts) Start(ImageCatalog images, ClientLimits limits, params KubeObject[] pods) => NodeLifecycleTests.Start(
        Fleet(1).Apply(pods), 1200, new AgentOptions { RelistPeriod = TimeSpan.Zero, Images = images, Registry = Slow, PullLimits = limits });
}
