using SchedBench.Core.Input;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ClusterFileTests : IDisposable
{
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Everything_that_is_not_stated_of_a_cluster_has_its_default()
    {
        ClusterReplay replay = Replay($"{ClusterExperiments.Cluster}, traffic: [{ClusterExperiments.Stream}], images: {{ shop/web: {{}} }}");
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMinutes(5), true, TimeSpan.Zero, TimeSpan.Zero), (replay.Warmup, replay.Until, replay.HasClientLimits, replay.WatchDelay, replay.BindLatency));
        Assert.Null(replay.Update);
        Assert.Equal(ImageBehavior.Default with { StartSeconds = replay.Images[0].Value.StartSeconds, ReadySeconds = replay.Images[0].Value.ReadySeconds }, replay.Images[0].Value with { StopSeconds = ImageBehavior.Default.StopSeconds, ServiceSeconds = ImageBehavior.Default.ServiceSeconds });
        var usual = new TrafficSpec { Service = "web", Namespace = "shop", Rates = [new RateFrom(TimeSpan.Zero, 5)] };
        Assert.Equal(usual, replay.Traffic.Single());
        Assert.Equal(6, replay.Objects.Objects.Count);
    }

    [Fact]
    public void Everything_that_is_stated_of_a_cluster_is_taken()
    {
        ClusterReplay replay = Replay(
            """
            manifests: shop.yaml, warmup: 30s, until: 1h, clientLimits: none, watchDelay: 50ms, bindLatency: 20ms,
            images: { "shop/web:v1": { start: 2s, ready: { distribution: uniform, min: 1, max: 2 }, neverReady: true, run: 1m, checkpoint: { every: 10s, takes: 1s, restart: 2s }, exitCode: 3, crashAfter: 5s, stop: 4s, servesWhileStopping: true,
              service: 10ms, concurrency: 2, queueLimit: 7, errorRatio: 0.25, idleCpu: 50m, cpuMillisecondsPerRequest: 1.5, memory: 64Mi, memoryPerRequest: 2Mi, leakPerSecond: 1Ki, layers: { base: 10Mi } } },
            traffic: [{ service: web, namespace: shop, host: web.example, path: /a, arrivals: constant, rates: [{ from: 0s, rate: 1 }, { from: 1m, rate: 2.5 }], observers: 3, timeout: 2s, latencyTarget: 100ms,
              retries: 2, requestsPerConnection: 9, fluidAbove: 100 }]
            """.ReplaceLineEndings(" "));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), false, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20)), (replay.Warmup, replay.Until, replay.HasClientLimits, replay.WatchDelay, replay.BindLatency));
        (string image, ImageBehavior behavior) = replay.Images.Single();
        Assert.Equal("shop/web:v1", image);
        Assert.Equal(["constant(value=2)", "uniform(min=1, max=2)", "constant(value=60)", "constant(value=5)", "constant(value=4)", "constant(value=0.01)"],
            new[] { behavior.StartSeconds, behavior.ReadySeconds, behavior.RunSeconds, behavior.CrashAfterSeconds, behavior.StopSeconds, behavior.ServiceSeconds }.Select(value => value!.ToString()));
        Assert.True(behavior is { IsNeverReady: true, ExitCode: 3, ServesWhileStopping: true, Concurrency: 2, QueueLimit: 7, ErrorRatio: 0.25, IdleCpuMilli: 50, CpuMillisecondsPerRequest: 1.5 });
        Assert.Equal(new Checkpointing(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), behavior.Checkpoints);
        Assert.Equal((64L << 20, 2L << 20, 1024), (behavior.MemoryBytes, behavior.MemoryBytesPerRequest, behavior.LeakedBytesPerSecond));
        Assert.Equal([new ImageLayer("base", 10 << 20)], behavior.Layers);
        Assert.Equal(
            new TrafficSpec
            {
                Service = "web",
                Namespace = "shop",
                Host = "web.example",
                Path = "/a",
                Arrivals = ArrivalProcess.Constant,
                Rates = [new(TimeSpan.Zero, 1), new(TimeSpan.FromMinutes(1), 2.5)],
                Observers = 3,
                Timeout = TimeSpan.FromSeconds(2),
                LatencyTarget = TimeSpan.FromMilliseconds(100),
                Retries = 2,
                RequestsPerConnection = 9,
                FluidAbove = 100,
            },
            replay.Traffic.Single());
    }

    [Fact]
    public void Everything_that_is_stated_of_an_update_is_taken()
    {
        UpdateSpec rolling = Update("at: 1m, method: rollingUpdate, tag: v2, deployments: [web, shop/jobs], maxSurge: 3, maxUnavailable: 10%, progressDeadline: 90s, rollBack: false");
        Assert.Equal((TimeSpan.FromMinutes(1), UpdateMethod.RollingUpdate, "v2", IntOrPercent.Of(3), IntOrPercent.Percent(10), TimeSpan.FromSeconds(90), false),
            (rolling.At, rolling.Method, rolling.Tag, rolling.MaxSurge!.Value, rolling.MaxUnavailable!.Value, rolling.ProgressDeadline!.Value, rolling.RollsBack));
        Assert.Equal(["web", "shop/jobs"], rolling.Deployments);
        UpdateSpec canary = Update("at: 1m, method: canaryByPath, tag: v2, deployments: [web], steps: [1, 100], hold: 5s, path: /next, errorRatioMax: 0.5");
        Assert.Equal([1, 100], canary.Steps);
        Assert.Equal((TimeSpan.FromSeconds(5), "/next", 0.5), (canary.Hold, canary.Path, canary.ErrorRatioMax));
    }

    [Theory]
    [InlineData("recreate", UpdateMethod.Recreate)]
    [InlineData("rollingUpdate", UpdateMethod.RollingUpdate)]
    [InlineData("blueGreen", UpdateMethod.BlueGreen)]
    [InlineData("canary", UpdateMethod.Canary)]
    [InlineData("canaryByWeight", UpdateMethod.CanaryByWeight)]
    [InlineData("canaryByPath", UpdateMethod.CanaryByPath)]
    public void Every_method_has_a_word(string word, UpdateMethod method) => Assert.Equal(method, Update($"at: 1m, tag: v2, deployments: [web], method: {word}").Method);

    [Fact]
    public void The_order_of_files_and_documents_does_not_matter_to_namespaces() => Assert.Empty(_files.Parse(ClusterExperiments.Text()).Notes);

    [Theory]
    [InlineData("manifests: shop.yaml, until: 5m, images: { shop/wbe: {} }", null, "no pod of the manifests has this image", "shop/web")]
    [InlineData("manifests: shop.yaml, until: 5m, images: { \"shop/other:v1\": {} }", null, "no pod of the manifests has this image", null)]
    [InlineData("manifests: shop.yaml, until: 5m, traffic: [{ service: web, namespace: shop, rate: 5 }]", "at: 1m, tag: v2, deployments: [web], method: canaryByWeight", "no stream of requests has a host", null)]
    [InlineData("manifests: shop.yaml, until: 5m, traffic: [{ service: web, namespace: shop, host: web.example, rate: 5 }]", "at: 1m, tag: v2, deployments: [web], method: canaryByPath, path: /v2", "a path below /v2", null)]
    public void What_would_do_nothing_is_noted(string cluster, string? update, string expected, string? nearest)
    {
        InputProblem note = Assert.Single(_files.Parse(ClusterExperiments.Text(cluster, update)).Notes);
        Assert.Contains(expected, note.Expected, StringComparison.Ordinal);
        Assert.Equal(nearest, note.Nearest);
        Assert.True(note.Line > 0);
    }

    [Fact]
    public void An_image_that_workloads_share_by_an_alias_is_noted_once()
    {
        string text = ClusterExperiments.Text($"{ClusterExperiments.Cluster}, images: {{ gone: {{}} }}").Replace("cluster: {", "cluster: &c {", StringComparison.Ordinal)
            .Replace("  strategies:", "    - name: again\n      cluster: *c\n  strategies:", StringComparison.Ordinal);
        Assert.Single(_files.Parse(text).Notes);
    }

    [Theory]
    [InlineData("web", null)]
    [InlineData("wbe", "HorizontalPodAutoscaler/shop/size scales nothing: there is no Deployment wbe in namespace shop")]
    public void An_autoscaler_without_its_target_is_a_note(string target, string? expected)
    {
        _files.WithManifests($"{ClusterExperiments.Manifests}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{ name: size, namespace: shop }}\n"
            + $"spec: {{ scaleTargetRef: {{ apiVersion: apps/v1, kind: Deployment, name: {target} }}, maxReplicas: 9 }}\n");
        InputProblem? note = _files.Parse(ClusterExperiments.Text()).Notes.SingleOrDefault();
        Assert.Equal((expected, expected is null ? null : "web"), (note?.Expected, note?.Nearest));
    }

    [Fact]
    public void Init_containers_have_images_too() => Assert.Empty(_files.Parse(ClusterExperiments.Text($"{ClusterExperiments.Cluster}, images: {{ shop/setup: {{}} }}")).Notes);

    [Fact]
    public void Nodes_of_the_manifests_are_noted_as_unused()
    {
        _files.WithManifests(ClusterExperiments.Manifests + "\n---\napiVersion: v1\nkind: Node\nmetadata: { name: node-a }\nstatus: { allocatable: { cpu: 1, memory: 1Gi, pods: 10 } }\n");
        Assert.Contains(_files.Parse(ClusterExperiments.Text()).Notes, note => note.Expected.Contains("the nodes are the fleet's", StringComparison.Ordinal));
    }

    private ClusterReplay Replay(string cluster, string? update = null) => (ClusterReplay)_files.Parse(ClusterExperiments.Text(cluster, update)).Workloads.Single().Replay;

    private UpdateSpec Update(string update) => Replay(ClusterExperiments.Cluster, update).Update!;
}
