using SchedBench.Core.Input;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ClusterRejectionTests : IDisposable
{
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("until: 5m", "manifests", "required", null)]
    [InlineData("manifests: shp.yaml, until: 5m", "manifests", "existing file or folder", "shop.yaml")]
    [InlineData("manifests: shop.yaml", "until", "required", null)]
    [InlineData("manifests: shop.yaml, until: 0s", "until", "duration from", null)]
    [InlineData("manifests: shop.yaml, until: 5", "until", "unit", null)]
    [InlineData("manifests: shop.yaml, until: 5m, warmup: 5m", "warmup", "shorter than until", null)]
    [InlineData("manifests: shop.yaml, until: 5m, clientLimits: no", "clientLimits", "", null)]
    [InlineData("manifests: shop.yaml, until: 5m, clientLimits: kubernets", "clientLimits", "kubernetes, none", "kubernetes")]
    [InlineData("manifests: shop.yaml, until: 5m, watchDelay: 2h", "watchDelay", "from 0s to 1h", null)]
    [InlineData("manifests: shop.yaml, until: 5m, bindLatency: 2h", "bindLatency", "from 0s to 1h", null)]
    [InlineData("manifests: shop.yaml, until: 5m, warmpu: 1s", "", "one of the keys", "warmup")]
    public void A_cluster_states_what_is_applied_and_until_when(string cluster, string field, string expected, string? nearest) =>
        AssertProblem(ClusterExperiments.Text(cluster), ".cluster" + (field.Length > 0 ? "." + field : ""), expected, nearest);

    [Theory]
    [InlineData("start: -1s", "start", "")]
    [InlineData("start: { distribution: uniform, min: -1, max: 1 }", "start", "without negative values")]
    [InlineData("stop: { distribution: unifrm, min: 0, max: 1 }", "stop.distribution", "")]
    [InlineData("ready: soon", "ready", "duration")]
    [InlineData("run: 1000d", "run", "365d")]
    [InlineData("crashAfter: 1", "crashAfter", "unit")]
    [InlineData("checkpoint: { every: 1m }", "checkpoint", "expected 'run' beside it")]
    [InlineData("run: 1h, checkpoint: { takes: 1m }", "checkpoint.every", "required")]
    [InlineData("run: 1h, checkpoint: { every: 0s }", "checkpoint.every", "from 1s")]
    [InlineData("run: 1h, checkpoint: { every: 1m, take: 1s }", "checkpoint", "one of the keys")]
    [InlineData("service: 1", "service", "unit")]
    [InlineData("neverReady: 1", "neverReady", "true or false")]
    [InlineData("servesWhileStopping: 0", "servesWhileStopping", "true or false")]
    [InlineData("exitCode: 256", "exitCode", "from 0 to 255")]
    [InlineData("concurrency: 0", "concurrency", "from 1 to")]
    [InlineData("queueLimit: -1", "queueLimit", "from 0 to")]
    [InlineData("errorRatio: 1.5", "errorRatio", "from 0 to 1")]
    [InlineData("idleCpu: -1", "idleCpu", "0 or more")]
    [InlineData("cpuMillisecondsPerRequest: -1", "cpuMillisecondsPerRequest", "from 0 to")]
    [InlineData("memory: lots", "memory", "quantity")]
    [InlineData("memoryPerRequest: -1", "memoryPerRequest", "0 or more")]
    [InlineData("leakPerSecond: -1", "leakPerSecond", "0 or more")]
    [InlineData("layers: { base: -1 }", "layers.base", "0 or more")]
    [InlineData("stat: 1s", "", "one of the keys")]
    public void Images_behave_as_images_can(string behavior, string field, string expected) => AssertProblem(
        ClusterExperiments.Text($"{ClusterExperiments.Cluster}, images: {{ web: {{ {behavior} }} }}"), ".cluster.images.web" + (field.Length > 0 ? "." + field : ""), expected, null);

    [Theory]
    [InlineData("{ namespace: shop, rate: 1 }", "service", "required", null)]
    [InlineData("{ service: wbe, namespace: shop, rate: 1 }", "service", "a Service of the manifests in namespace shop", "web")]
    [InlineData("{ service: web, rate: 1 }", "service", "there is one in shop (key namespace)", null)]
    [InlineData("{ service: web, namespace: shop, host: wbe.example, rate: 1 }", "host", "an Ingress in namespace shop leads to Service web", "web.example")]
    [InlineData("{ service: web, namespace: shop, path: /a, rate: 1 }", "path", "belongs to a host", null)]
    [InlineData("{ service: web, namespace: shop, host: web.example, path: a, rate: 1 }", "path", "begins with /", null)]
    [InlineData("{ service: web, namespace: shop }", "", "exactly one of the keys rate, rates", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, rates: [{ from: 0s, rate: 1 }] }", "", "exactly one of the keys rate, rates", null)]
    [InlineData("{ service: web, namespace: shop, rate: -1 }", "rate", "from 0 to", null)]
    [InlineData("{ service: web, namespace: shop, rate: 100000000 }", "", "at most 1000000000 requests", null)]
    [InlineData("{ service: web, namespace: shop, rates: [] }", "rates", "at least 1", null)]
    [InlineData("{ service: web, namespace: shop, rates: [{ from: 1s, rate: 1 }] }", "rates[0].from", "first rate from 0s", null)]
    [InlineData("{ service: web, namespace: shop, rates: [{ from: 0s, rate: 1 }, { from: 0s, rate: 2 }] }", "rates[1].from", "grow", null)]
    [InlineData("{ service: web, namespace: shop, rates: [{ from: 0s }] }", "rates[0].rate", "required", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, arrivals: poison }", "arrivals", "poisson, constant", "poisson")]
    [InlineData("{ service: web, namespace: shop, rate: 1, observers: 0 }", "observers", "from 1 to", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, timeout: 0s }", "timeout", "duration from", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, latencyTarget: 0s }", "latencyTarget", "duration from", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, retries: -1 }", "retries", "from 0 to 100", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, requestsPerConnection: 0 }", "requestsPerConnection", "from 1 to", null)]
    [InlineData("{ service: web, namespace: shop, rate: 1, fluidAbove: -1 }", "fluidAbove", "from 0 to", null)]
    public void Requests_go_where_the_manifests_have_a_service(string stream, string field, string expected, string? nearest) =>
        AssertProblem(ClusterExperiments.Text($"{ClusterExperiments.Cluster}, traffic: [{stream}]"), ".cluster.traffic[0]" + (field.Length > 0 ? "." + field : ""), expected, nearest);

    [Fact]
    public void Two_streams_that_differ_in_nothing_are_rejected() => AssertProblem(
        ClusterExperiments.Text($"{ClusterExperiments.Cluster}, traffic: [{ClusterExperiments.Stream}, {ClusterExperiments.Stream}]"), ".cluster.traffic[1]", "differ in service, host or path", null);

    [Theory]
    [InlineData("method: recreate, tag: v2", "at", "required", null)]
    [InlineData("at: 1m, tag: v2", "method", "required", null)]
    [InlineData("at: 1m, method: recreate", "tag", "required", null)]
    [InlineData("at: 5m, method: recreate, tag: v2", "at", "before until", null)]
    [InlineData("at: 5s, method: recreate, tag: v2", "at", "after the warm-up", null)]
    [InlineData("at: 1m, method: recrate, tag: v2", "method", "recreate", "recreate")]
    [InlineData("at: 1m, method: recreate, tag: \"\"", "tag", "tag of the new images", null)]
    [InlineData("at: 1m, method: recreate, tag: \"a:b\"", "tag", "tag of the new images", null)]
    [InlineData("at: 1m, method: recreate, tag: v1", "tag", "have this one already", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, deployments: [wbe]", "deployments[0]", "a Deployment of the manifests", "web")]
    [InlineData("at: 1m, method: recreate, tag: v2, deployments: [web, shop/web]", "deployments[1]", "every Deployment once", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, deployments: []", "deployments", "at least 1", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, maxSurge: 1", "maxSurge", "belongs to rollingUpdate", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, maxUnavailable: 1", "maxUnavailable", "belongs to rollingUpdate", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, steps: [1]", "steps", "belongs to a canary", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, hold: 1s", "hold", "belongs to blueGreen", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, path: /a", "path", "belongs to canaryByPath", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, errorRatioMax: 0.1", "errorRatioMax", "belongs to blueGreen", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, progressDeadline: 0s", "progressDeadline", "from 1s", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, rollBack: 1", "rollBack", "true or false", null)]
    [InlineData("at: 1m, method: rollingUpdate, tag: v2, maxSurge: 0, maxUnavailable: 0%", "maxSurge", "not both 0", null)]
    [InlineData("at: 1m, method: rollingUpdate, tag: v2, maxSurge: 0", "maxSurge", "the manifest of Deployment shop/jobs sets the other one to 0", null)]
    [InlineData("at: 1m, method: rollingUpdate, tag: v2, maxSurge: -1", "maxSurge", "from 0", null)]
    [InlineData("at: 1m, method: rollingUpdate, tag: v2, maxSurge: x%", "maxSurge", "25%", null)]
    [InlineData("at: 1m, method: rollingUpdate, tag: v2, maxUnavailable: 101%", "maxUnavailable", "0% to 100%", null)]
    [InlineData("at: 1m, method: blueGreen, tag: v2", "method", "a Service in front of Deployment shop/jobs", null)]
    [InlineData("at: 1m, method: canary, tag: v2, deployments: [web], steps: [50, 10]", "steps[1]", "grow", null)]
    [InlineData("at: 1m, method: canary, tag: v2, deployments: [web], steps: [0]", "steps[0]", "from 1 to 100", null)]
    [InlineData("at: 1m, method: canary, tag: v2, deployments: [web], steps: []", "steps", "at least 1", null)]
    [InlineData("at: 1m, method: canary, tag: v2, deployments: [web], errorRatioMax: 2", "errorRatioMax", "from 0 to 1", null)]
    [InlineData("at: 1m, method: canaryByPath, tag: v2, deployments: [web], path: v2", "path", "such as /v2", null)]
    [InlineData("at: 1m, method: canaryByPath, tag: v2, deployments: [web], path: /", "path", "such as /v2", null)]
    [InlineData("at: 1m, method: recreate, tag: v2, speed: 1", "", "one of the keys", null)]
    public void An_update_is_one_that_the_manifests_can_take(string update, string field, string expected, string? nearest) =>
        AssertProblem(ClusterExperiments.Text($"{ClusterExperiments.Cluster}, warmup: 10s", update), ".update" + (field.Length > 0 ? "." + field : ""), expected, nearest);

    [Fact]
    public void A_canary_by_weight_needs_an_ingress()
    {
        string[] documents = ClusterExperiments.Manifests.Split("---\n");
        _files.WithManifests(string.Join("---\n", documents.Where(document => !document.Contains("kind: Ingress", StringComparison.Ordinal))));
        AssertProblem(ClusterExperiments.Text(update: "at: 1m, method: canaryByWeight, tag: v2, deployments: [web]"), ".update.method", "an Ingress that leads to Service shop/web", null);
    }

    [Fact]
    public void A_name_that_two_namespaces_have_asks_for_the_namespace()
    {
        _files.WithManifests(ClusterExperiments.Manifests + "\n---\n" + ClusterExperiments.Manifests.Split("---\n")[0].Replace("namespace: shop", "namespace: default", StringComparison.Ordinal));
        AssertProblem(ClusterExperiments.Text(update: "at: 1m, method: recreate, tag: v2, deployments: [web]"), ".update.deployments[0]", "expected shop/web or default/web", null);
    }

    [Fact]
    public void An_update_without_any_deployment_is_rejected()
    {
        _files.WithManifests("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n");
        AssertProblem(ClusterExperiments.Text(update: "at: 1m, method: recreate, tag: v2"), ".update.method", "manifests with a Deployment", null);
    }

    [Fact]
    public void What_the_API_would_refuse_is_rejected_where_the_manifests_are_named()
    {
        _files.WithManifests(ClusterExperiments.Manifests.Replace("kind: Namespace\nmetadata: { name: shop }", "kind: Namespace\nmetadata: { name: shpo }", StringComparison.Ordinal));
        AssertProblem(ClusterExperiments.Text(), ".cluster.manifests", "namespace \"shop\" not found", null);
    }

    [Fact]
    public void Mistakes_in_manifests_are_told_with_those_of_the_experiment_and_their_own_places()
    {
        _files.WithManifests(ClusterExperiments.Manifests.Replace("replicas: 2", "replicas: two", StringComparison.Ordinal));
        IReadOnlyList<InputProblem> problems = _files.Problems(ClusterExperiments.Text(ClusterExperiments.Cluster + ", warmpu: 1s"));
        Assert.Contains(problems, problem => problem is { File: "shop.yaml", Line: 5, Field: "spec.replicas" });
        Assert.Contains(problems, problem => problem is { File: "e.yaml", Nearest: "warmup" });
    }

    [Fact]
    public void A_mistake_in_an_update_is_told_once_and_nothing_else_with_it() =>
        Assert.Single(_files.Problems(ClusterExperiments.Text(update: "at: 9m, method: recreate, tag: v2")));

    private void AssertProblem(string text, string field, string expected, string? nearest)
    {
        InputProblem problem = _files.Problems(text)[0];
        Assert.Equal("spec.workloads[0]" + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }
}
