using System.Text.Json.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Experiments.External;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.TestKit;

namespace SchedBench.Experiments.Tests.External;

/// <summary>Extenders of kube-scheduler, asked over HTTP on the loopback.</summary>
public sealed class HttpExtenderTests
{
    private const string Fpga = "example.com/fpga";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nodes_that_the_extender_filters_out_get_no_pod(bool namesSuffice)
    {
        using var server = new ExtenderServer((_, body) => namesSuffice
            ? ExtenderServer.Ok(new { NodeNames = ExtenderServer.Names(body).Where(name => name != "n0") })
            : ExtenderServer.Ok(new { nodes = new { items = body["Nodes"]!["items"]!.AsArray().Where(node => (string)node!["metadata"]!["name"]! != "n0").Select(node => new { metadata = new { name = (string)node!["metadata"]!["name"]! } }) } }));
        RunResult result = Run(server, $"filterVerb: filter, nodeCacheCapable: {(namesSuffice ? "true" : "false")}", pods: 6);
        Assert.Equal(6, result.Placements.Count);
        Assert.DoesNotContain("n0", result.Placements.Values);
        Assert.Equal(6, server.Requests.Count);
        JsonNode first = server.Requests[0].Body;
        Assert.Equal("a", (string)first["Pod"]!["metadata"]!["name"]!);
        Assert.Equal("1000m", (string)first["Pod"]!["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!);
        if (!namesSuffice) Assert.Equal("8000m", (string)first["Nodes"]!["items"]![0]!["status"]!["allocatable"]!["cpu"]!);
    }

    [Fact]
    public void A_pod_that_no_node_is_left_for_waits()
    {
        using var server = new ExtenderServer((_, _) => ExtenderServer.Ok(new { NodeNames = Array.Empty<string>(), FailedNodes = new { n0 = "no", n1 = "no", n2 = "no" } }));
        RunResult result = Run(server, "filterVerb: filter, nodeCacheCapable: true");
        Assert.Empty(result.Placements);
        Assert.Equal(0, result.Count(FactKind.StrategyError));
    }

    [Fact]
    public void Scores_of_the_extender_count_ten_times_their_weight()
    {
        // Least allocated would go to the empty nodes; 10 points of weight 2 are 200 of the plugins' scale.
        using var server = new ExtenderServer((_, body) => ExtenderServer.Ok(ExtenderServer.Names(body).Select(name => new { Host = name, Score = name == "n2" ? 10 : 0 })));
        RunResult result = Run(server, "prioritizeVerb: prioritize, weight: 2, nodeCacheCapable: true", pods: 4);
        Assert.All(result.Placements.Values, node => Assert.Equal("n2", node));
    }

    [Fact]
    public void The_extender_that_binds_is_told_of_the_node()
    {
        using var server = new ExtenderServer((_, body) => ExtenderServer.Ok(new { Error = (string)body["PodName"]! == "b" ? "not this one" : "" }));
        RunResult result = Run(server, "bindVerb: bind", pods: 3);
        Assert.Equal(["a", "c"], result.Placements.Keys.Order());
        Assert.InRange(result.Count(FactKind.StrategyError), 1, 20);
        Assert.Contains("bind: not this one", result.Run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
        Assert.Equal(result.Placements["a"], (string)server.Requests[0].Body["Node"]!);
    }

    [Theory]
    [InlineData(500, "oh dear", "failed with HTTP status 500")]
    [InlineData(200, "oh dear", "the answer is no JSON")]
    [InlineData(200, "[]", "an object was expected")]
    [InlineData(200, "{\"Error\":\"out of order\"}", "out of order")]
    [InlineData(200, "{\"NodeNames\":[\"n7\"]}", "node n7 is none of those that it was asked about")]
    [InlineData(200, "SLOW", "no answer within 0.5 s")]
    public void An_extender_in_trouble_costs_the_decision_unless_it_may_be_ignored(int status, string body, string expected)
    {
        using var server = new ExtenderServer((_, _) =>
        {
            if (body == "SLOW") Thread.Sleep(1500);
            return (status, body);
        });
        string asked = $"filterVerb: filter, nodeCacheCapable: true, httpTimeout: {(body == "SLOW" ? "500ms" : "20s")}";
        RunResult result = Run(server, asked, pods: 1);
        Assert.Empty(result.Placements);
        Assert.InRange(result.Count(FactKind.StrategyError), 1, int.MaxValue);
        Assert.Contains(expected, result.Run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
        result = Run(server, $"{asked}, ignorable: true", pods: 1);
        Assert.Single(result.Placements);
        Assert.Equal(0, result.Count(FactKind.StrategyError));
    }

    [Fact]
    public void A_score_that_does_not_come_is_passed_over()
    {
        using var server = new ExtenderServer((_, _) => (500, ""));
        RunResult result = Run(server, "prioritizeVerb: prioritize, weight: 1, nodeCacheCapable: true", pods: 3);
        Assert.Equal(3, result.Placements.Count);
        Assert.Equal(0, result.Count(FactKind.StrategyError));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_extender_says_which_nodes_are_cleared_and_for_whom(bool identitiesSuffice)
    {
        // Two nodes could be cleared; the extender does not want the first, and takes all pods of the other.
        using var server = new ExtenderServer((_, body) =>
        {
            JsonObject nodes = body[identitiesSuffice ? "NodeNameToMetaVictims" : "NodeNameToVictims"]!.AsObject();
            string uid = identitiesSuffice ? (string)nodes["node-001"]!["Pods"]![0]!["UID"]! : (string)nodes["node-001"]!["Pods"]![0]!["metadata"]!["uid"]!;
            return ExtenderServer.Ok(new { NodeNameToMetaVictims = new Dictionary<string, object> { ["node-001"] = new { Pods = new[] { new { UID = uid } }, NumPDBViolations = 0 } } });
        });
        OrchestratedRun run = Preempts(server.Address, $"preemptVerb: preempt, nodeCacheCapable: {(identitiesSuffice ? "true" : "false")}");
        Assert.Equal(1, OrchestrationBuilder.Pods(run).Single(pod => pod.Name == "high").Node.Value);
        JsonObject asked = server.Requests[0].Body[identitiesSuffice ? "NodeNameToMetaVictims" : "NodeNameToVictims"]!.AsObject();
        Assert.Equal(["node-000", "node-001"], asked.Select(node => node.Key));
        Assert.Equal(("high", 100), ((string)server.Requests[0].Body["Pod"]!["metadata"]!["name"]!, (int)server.Requests[0].Body["Pod"]!["spec"]!["priority"]!));
    }

    [Theory]
    [InlineData("{\"NodeNameToMetaVictims\":{\"node-001\":{\"Pods\":[]}}}", "expected at least one victim pod on node node-001")]
    [InlineData("{\"NodeNameToMetaVictims\":{\"node-001\":{\"Pods\":[{\"UID\":\"977\"}]}}}", "victim 977 is no pod of lower priority on node node-001")]
    [InlineData("{\"NodeNameToMetaVictims\":{\"node-007\":{\"Pods\":[{\"UID\":\"1\"}]}}}", "node node-007 is none of those that it was asked about")]
    [InlineData("{}", null)]
    public void Nonsense_about_victims_pushes_nobody_out(string answer, string? expected)
    {
        using var server = new ExtenderServer((_, _) => (200, answer));
        OrchestratedRun run = Preempts(server.Address, "preemptVerb: preempt, nodeCacheCapable: true");
        Assert.Equal([true, true, false], OrchestrationBuilder.Pods(run).Select(pod => pod.Node.IsNode));
        if (expected is null) Assert.Null(run.Scheduler.FirstStrategyError);
        else Assert.Contains(expected, run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FailedAndUnresolvableNodes")]
    [InlineData("FailedNodes")]
    public void Where_the_extender_leaves_no_node_others_are_cleared(string list)
    {
        // There is room on one node, which the extender does not want for the pod; the other is not even asked about, as there is no room.
        using var server = new ExtenderServer((_, body) => (string)body["Pod"]!["metadata"]!["name"]! == "high" && ExtenderServer.Names(body).Contains("node-000")
            ? (200, $"{{\"NodeNames\":[],\"{list}\":{{\"node-000\":\"no\"}}}}")
            : ExtenderServer.Ok(new { NodeNames = ExtenderServer.Names(body) }));
        OrchestratedRun run = Preempts(server.Address, "filterVerb: filter, nodeCacheCapable: true", small: true);
        Assert.Equal(["low-0", "high"], OrchestrationBuilder.Pods(run).Where(pod => pod.Node.IsNode).Select(pod => pod.Name));
        Assert.Equal(1, OrchestrationBuilder.Pods(run).Single(pod => pod.Name == "high").Node.Value);
    }

    private static OrchestratedRun Preempts(string address, string extender, bool small = false)
    {
        Pod Of(string name, int priority, string size) => new() { Metadata = OrchestrationBuilder.Meta(name), Spec = OrchestrationBuilder.Template("", size).Spec with { Priority = priority } };
        Pod On(string name, int priority, string size, string node) => Of(name, priority, size) is var pod ? pod with { Spec = pod.Spec with { NodeSelector = [new Label("kubernetes.io/hostname", node)] } } : pod;
        var strategy = new KubeScheduler(Read(address, extender), connect: one => new HttpExtender(one, TimeProvider.System));
        OrchestratedRun run = OrchestrationBuilder.Fleet(2).With(o => o with { Strategy = strategy, Until = TimeSpan.FromSeconds(60) }).Apply(On("low-0", 1, small ? "1" : "5", "node-000"), On("low-1", 2, "5", "node-001")).Apply(5, Of("high", 100, "5")).Build(out _);
        ObjectJudge.AttachAll(run);
        run.Run();
        strategy.Dispose();
        return run;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answers_take_virtual_time_where_they_are_charged(bool charges)
    {
        using var server = new ExtenderServer((_, body) =>
        {
            Thread.Sleep(100);
            return ExtenderServer.Ok(new { NodeNames = ExtenderServer.Names(body) });
        });
        using var strategy = new KubeScheduler(Read(server.Address, "filterVerb: filter, nodeCacheCapable: true"), connect: one => new HttpExtender(one, TimeProvider.System)) { ChargesAnswers = charges };
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(3)).Of(A.Workload().Pods(3, A.Pod("p").For(1000))).Until(100).Go();
        Assert.Equal(3, result.Placements.Count);
        // Each decision comes after the one before, and its binding after its own answer.
        if (charges) Assert.InRange(result.BoundAt.Values.Max(), 0.3, 60);
        else Assert.Equal(0, result.BoundAt.Values.Max());
    }

    [Fact]
    public void Nobody_there_is_told_with_the_address()
    {
        string address;
        using (var server = new ExtenderServer((_, _) => (200, ""))) address = server.Address;
        RunResult result = Run(address, "filterVerb: filter, nodeCacheCapable: true", 1, wants: 0);
        Assert.Contains(address, result.Run.Scheduler.FirstStrategyError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 1, 2)]
    public void Only_pods_that_want_what_it_manages_are_sent_to_it(bool ignoredByScheduler, int placed, int asked)
    {
        // No node has an FPGA as far as the scheduler knows; the extender knows better.
        using var server = new ExtenderServer((_, body) => ExtenderServer.Ok(new { NodeNames = ExtenderServer.Names(body) }));
        string managed = $"filterVerb: filter, nodeCacheCapable: true, managedResources: [{{ name: {Fpga}, ignoredByScheduler: {(ignoredByScheduler ? "true" : "false")} }}]";
        Assert.Equal(3, Run(server, managed, pods: 3).Placements.Count);
        Assert.Empty(server.Requests);
        RunResult result = Run(server.Address, managed, pods: 1, wants: 1);
        // Its node refuses the pod in the end: the agent has no such device.
        Assert.Equal(placed, Math.Min(1, result.Placements.Count));
        Assert.Equal(asked > 0, server.Requests.Count > 0);
    }

    [Theory]
    [InlineData("filterVerb: filter, enableHTTPS: true", "extenders[0].tlsConfig")]
    public void What_is_not_done_is_refused_by_name(string extender, string field)
    {
        KubeSchedulerConfiguration configuration = Read("http://127.0.0.1:1", extender);
        Assert.Contains(HostLimits.Refusals(configuration, Schedulers.Kubernetes.Framework.PluginRegistry.Default), refusal => refusal.Field == field);
    }

    private static RunResult Run(ExtenderServer server, string extender, int pods = 2) => Run(server.Address, extender, pods, wants: 0);

    private static RunResult Run(string address, string extender, int pods, int wants)
    {
        using var strategy = new KubeScheduler(Read(address, extender), connect: one => new HttpExtender(one, TimeProvider.System));
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < pods; i++)
        {
            PodBuilder pod = A.Pod($"{(char)('a' + i)}").Cpu("1").At(i).For(100);
            workload.Pod(wants > 0 ? pod.Extended(Fpga, wants) : pod);
        }

        return A.Run(strategy).On(A.Cluster().Nodes(3, cpu: "8")).Of(workload).Until(30).Judged(1).Go();
    }

    private static KubeSchedulerConfiguration Read(string address, string extender) => ConfigurationReader.Read(
        $"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nextenders: [{{ urlPrefix: '{address}', {extender} }}]\n", "c.yaml");
}
