using System.Globalization;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Files;

/// <summary>Fault sets that are files of Chaos Mesh and krkn, and recorded outages: from the file to the run.</summary>
public sealed class FaultFormatTests
{
    private const string Mesh = """
        apiVersion: chaos-mesh.org/v1alpha1
        kind: PodChaos
        metadata: { name: kill, namespace: chaos }
        spec: { action: pod-kill, mode: fixed, value: "2", selector: { namespaces: [default], labelSelectors: { app: web } } }
        ---
        apiVersion: chaos-mesh.org/v1alpha1
        kind: AWSChaos
        metadata: { name: stop, namespace: chaos }
        spec: { action: ec2-stop, awsRegion: eu-west-1, ec2Instance: i-0123456789, secretName: cloud-key, duration: 3m }
        ---
        apiVersion: chaos-mesh.org/v1alpha1
        kind: Schedule
        metadata: { name: again, namespace: chaos }
        spec:
          schedule: "@every 4m"
          concurrencyPolicy: Forbid
          historyLimit: 1
          type: PodChaos
          podChaos: { action: pod-kill, mode: one, selector: { namespaces: [default] } }
        """;

    private const string Krkn = "- { id: kill-pods, config: { namespace_pattern: ^def, name_pattern: ^web-, kill: 2, force: true } }\n";

    [Fact]
    public void A_file_of_chaos_mesh_hits_a_run_as_it_says()
    {
        using TestExperiments files = Files();
        ExperimentPlan plan = Plan(files, "[{ name: mesh, chaosMesh: mesh.yaml, at: 5m, names: { i-0123456789: node-1 } }]");
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        Assert.Equal(
            ["5m podKill gracePeriod=0s PodChaos/chaos/kill", "5m crash AWSChaos/chaos/stop node-1", "9m podKill gracePeriod=0s Schedule/chaos/again", "13m podKill gracePeriod=0s Schedule/chaos/again", "17m podKill gracePeriod=0s Schedule/chaos/again"],
            faults.Faults.Select(fault => $"{DurationText.Format(fault.At)} {fault.Effect} {fault.Cause} {string.Join(' ', fault.Nodes)}".TrimEnd()));
        CellResult[] results = Cells(plan);
        Assert.Equal([CellStatus.Ok, CellStatus.Ok], results.Select(result => result.Status));
        Assert.Equal(5, Value(results[1], "faults_total"));
        // Two pods are killed, then one three times, and as many come for them.
        Assert.True(Value(results[1], "pods_placed_total") >= Value(results[0], "pods_placed_total") + 5);
        Assert.NotEqual(results[0].Fingerprint, results[1].Fingerprint);
        Assert.Equal(results[1].Fingerprint, Cells(plan)[1].Fingerprint);
    }

    [Fact]
    public void Scenarios_of_krkn_hit_a_run_and_their_saved_plan_repeats_it()
    {
        using TestExperiments files = Files();
        files.Write("nodes.yaml", "node_scenarios: [{ actions: [node_stop_start_scenario], node_name: node-0, duration: 90, cloud_type: aws }]\n");
        ExperimentPlan plan = Plan(files, "[{ name: pods, krkn: krkn.yaml, at: 4m }, { name: nodes, krkn: nodes.yaml, at: 4m }]");
        CellResult[] results = Cells(plan);
        Assert.All(results, result => Assert.Equal(CellStatus.Ok, result.Status));
        Assert.Equal(Value(results[0], "pods_placed_total") + 2, Value(results[1], "pods_placed_total"));
        Assert.Equal(1, Value(results[2], "faults_total"));
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        files.Write("plan.yaml", FaultPlanFile.Write(faults));
        Assert.Equal(results[1].Fingerprint, Cells(Plan(files, "[{ name: saved, plan: plan.yaml }]"))[1].Fingerprint);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(80_000, 3)]
    public void A_status_check_that_fails_ends_its_workflow(int threshold, int faultsThatBegin)
    {
        using TestExperiments files = Files();
        files.Write("flow.yaml", $$"""
            apiVersion: chaos-mesh.org/v1alpha1
            kind: Workflow
            metadata: { name: flow, namespace: default }
            spec:
              entry: all
              templates:
              - { name: all, templateType: Parallel, deadline: 15m, children: [check, faults] }
              - name: check
                templateType: StatusCheck
                deadline: 15m
                abortWithStatusCheck: true
                statusCheck: { mode: Continuous, type: HTTP, intervalSeconds: 5, failureThreshold: {{threshold}}, http: { url: "http://web.default.svc:80/", criteria: { statusCode: 200-299 } } }
              - { name: faults, templateType: Serial, children: [machines, again] }
              - { name: machines, templateType: Parallel, children: [first, second] }
              - { name: first, templateType: AWSChaos, deadline: 8m, awsChaos: { action: ec2-stop, awsRegion: r, ec2Instance: node-0 } }
              - { name: second, templateType: AWSChaos, deadline: 8m, awsChaos: { action: ec2-stop, awsRegion: r, ec2Instance: node-1 } }
              - { name: again, templateType: AWSChaos, deadline: 1m, awsChaos: { action: ec2-stop, awsRegion: r, ec2Instance: node-2 } }
            """);
        ExperimentPlan plan = ExperimentPlan.Create(Parse(files, "[{ name: flow, chaosMesh: flow.yaml, at: 2m }]", ", traffic: [{ service: web, rate: 20 }]"), new PlanOverrides(), "test");
        CellResult[] results = Cells(plan);
        Assert.Equal(faultsThatBegin, Value(results[1], "faults_total"));
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        files.Write("plan.yaml", FaultPlanFile.Write(faults));
        ExperimentPlan saved = ExperimentPlan.Create(Parse(files, "[{ name: saved, plan: plan.yaml }]", ", traffic: [{ service: web, rate: 20 }]"), new PlanOverrides(), "test");
        Assert.Equal(results[1].Fingerprint, Cells(saved)[1].Fingerprint);
        Assert.Contains(Problems(files, "[{ name: flow, chaosMesh: flow.yaml }]"), problem => $"{problem}".Contains("expected a stream of requests to service default/web in workload 'shop'", StringComparison.Ordinal));
    }

    /// <summary>A check that waits for success begins what follows when its service answers; one that gives up after two failures does so as well, unless it aborts.</summary>
    [Theory]
    [InlineData("mode: Synchronous, successThreshold: 3", false, 2, 131)]
    [InlineData("mode: Synchronous, successThreshold: 3", true, 2, 131)]
    [InlineData("mode: Continuous, duration: 90s", false, 2, 210)]
    [InlineData("mode: Continuous, duration: 90s", true, 2, 210)]
    [InlineData("mode: Synchronous, successThreshold: 2000", false, 2, 420)]
    [InlineData("mode: Synchronous, successThreshold: 2000", true, 1, 0)]
    public void What_follows_upon_a_check_begins_when_it_is_over(string check, bool aborts, int faultsThatBegin, double at)
    {
        using TestExperiments files = Files();
        files.Write("flow.yaml", $$"""
            apiVersion: chaos-mesh.org/v1alpha1
            kind: Workflow
            metadata: { name: flow, namespace: default }
            spec:
              entry: all
              templates:
              - { name: all, templateType: Serial, deadline: 15m, children: [check, second] }
              - name: check
                templateType: StatusCheck
                deadline: 5m
                abortWithStatusCheck: {{(aborts ? "true" : "false")}}
                statusCheck: { {{check}}, intervalSeconds: 5, http: { url: "http://web.default.svc:80/", criteria: { statusCode: "200" } } }
              - { name: second, templateType: AWSChaos, deadline: 30s, awsChaos: { action: ec2-stop, awsRegion: r, ec2Instance: node-1 } }
            ---
            apiVersion: chaos-mesh.org/v1alpha1
            kind: AWSChaos
            metadata: { name: first }
            spec: { action: ec2-stop, awsRegion: r, ec2Instance: node-2, duration: 1s }
            """);
        const string Traffic = ", traffic: [{ service: web, rate: 20 }]";
        ExperimentPlan plan = ExperimentPlan.Create(Parse(files, "[{ name: flow, chaosMesh: flow.yaml, at: 2m }]", Traffic), new PlanOverrides(), "test");
        CellResult[] results = Cells(plan);
        Assert.Equal(faultsThatBegin, Value(results[1], "faults_total"));
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        files.Write("plan.yaml", FaultPlanFile.Write(faults));
        ExperimentPlan saved = ExperimentPlan.Create(Parse(files, "[{ name: saved, plan: plan.yaml }]", Traffic), new PlanOverrides(), "test");
        Assert.Equal(results[1].Fingerprint, Cells(saved)[1].Fingerprint);
        // As if the fault had been planned for the instant at which the check was over.
        string known = at == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {{ at: {at}s, duration: 30s, effect: crash, nodes: [node-1] }}");
        ExperimentPlan exact = ExperimentPlan.Create(Parse(files, $"[{{ name: known, faults: [{{ at: 2m, duration: 1s, effect: crash, nodes: [node-2] }}{known}] }}]", Traffic), new PlanOverrides(), "test");
        CellResult expected = Cells(exact)[1];
        Assert.Equal(Value(expected, "pods_lost_total"), Value(results[1], "pods_lost_total"));
        Assert.Equal(Value(expected, "lost_capacity_replica_seconds"), Value(results[1], "lost_capacity_replica_seconds"));
    }

    [Theory]
    [InlineData("annotationSelectors: { chaos: allowed }", 1)]
    [InlineData("annotationSelectors: { chaos: forbidden }", 0)]
    [InlineData("podPhaseSelectors: [Running]", 1)]
    [InlineData("podPhaseSelectors: [Pending]", 0)]
    [InlineData("nodes: [node-0, node-1, node-2]", 1)]
    [InlineData("nodes: [node-7]", 0)]
    [InlineData("namespaces: [shop]", 0)]
    [InlineData("pods: { default: [web-0] }", 0)]
    [InlineData("fieldSelectors: { status.phase: Running }", 1)]
    public void Selectors_are_asked_of_the_pods_that_are_there(string selector, int hits)
    {
        using TestExperiments files = Files();
        files.Write("services.yaml", ClusterExperiments.Services.Replace("metadata: { labels: { app: web } }", "metadata: { labels: { app: web }, annotations: { chaos: allowed } }", StringComparison.Ordinal));
        files.Write("kill.yaml", $"apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\nmetadata: {{ name: k }}\nspec: {{ action: pod-kill, mode: one, selector: {{ {selector} }} }}\n");
        CellResult[] results = Cells(Plan(files, "[{ name: k, chaosMesh: kill.yaml, at: 5m }]"));
        Assert.Equal(hits == 0 ? CellStatus.Void : CellStatus.Ok, results[1].Status);
        if (hits > 0) Assert.Equal(Value(results[0], "pods_placed_total") + hits, Value(results[1], "pods_placed_total"));
    }

    [Fact]
    public void A_saved_plan_keeps_everything_that_a_target_says()
    {
        using TestExperiments files = Files();
        const string Target = "{ at: 1m, effect: podKill, mode: one, pods: { namespacePattern: '^d.*\\d?$', namePattern: \"it's\", annotations: a=b, phases: [Running, Pending], names: [default/web-0] } }";
        FaultSource source = Assert.Single(Parse(files, $"[{{ name: s, faults: [{Target}] }}]").Faults[1].Sources);
        files.Write("plan.yaml", FaultPlanFile.Write(PlanDrawing.Draw(new FaultSet("s", [source]), [], 1, TimeSpan.FromHours(1))));
        Assert.Equal(source.Targets, Assert.Single(Parse(files, "[{ name: s, plan: plan.yaml }]").Faults[1].Sources).Targets);
    }

    [Fact]
    public void Recorded_outages_are_replayed_faster_and_from_an_instant_of_the_record_on()
    {
        using TestExperiments files = Files();
        files.Write("outages.csv", "failure_interval,failure_duration,failure_intensity\n60000,30000,1\n600000,60000,0.34\n1200000,120000,0\n1200000,300000,0.9\n");
        ExperimentPlan plan = Plan(files, "[{ name: record, survivors: 0, faults: [{ outages: outages.csv, from: 1m, skip: 2m, speed: 10 }] }]");
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        Assert.Equal(["114s for 6s on 1", "354s for 30s on 3"], faults.Faults.Select(fault => $"{fault.At.TotalSeconds}s for {fault.Duration!.Value.TotalSeconds}s on {fault.Nodes.Count}"));
        Assert.Equal(CellStatus.Ok, Cells(plan)[1].Status);
    }

    [Fact]
    public void What_is_told_of_values_names_their_file()
    {
        using TestExperiments files = Files();
        files.Write("loss.yaml", "apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\nmetadata: { name: l }\nspec: { action: loss, mode: all, selector: {}, loss: { loss: '5', correlation: '25' } }\n");
        Assert.StartsWith("loss.yaml:4:", Assert.Single(Parse(files, "[{ name: l, chaosMesh: loss.yaml }]").Notes).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{ name: a, chaosMesh: mesh.yaml }]", "'i-0123456789' is none, and names beside this key say which node is meant")]
    [InlineData("[{ name: a, chaosMesh: nowhere.yaml }]", "expected an existing file or folder")]
    [InlineData("[{ name: a, chaosMesh: empty }]", "expected a folder with at least one file")]
    [InlineData("[{ name: a, chaosMesh: twice }]", "'PodChaos/default/x' is there several times")]
    [InlineData("[{ name: a, chaosMesh: services.yaml }]", "services.yaml:1:")]
    [InlineData("[{ name: a, chaosMesh: krkn.yaml }]", "krkn.yaml:1:")]
    [InlineData("[{ name: a, krkn: mesh.yaml }]", "expected exactly one of the keys node_scenarios")]
    [InlineData("[{ name: a, krkn: krkn.yaml, chaosMesh: mesh.yaml }]", "expected exactly one of the keys faults, plan, chaosMesh, krkn")]
    [InlineData("[{ name: a, plan: p.yaml, at: 5m }]", "'at'")]
    [InlineData("[{ name: a, krkn: krkn.yaml, at: 5 }]", "the unit is missing")]
    [InlineData("[{ name: a, faults: [{ outages: bad.csv }] }]", "bad.csv:2")]
    [InlineData("[{ name: a, faults: [{ outages: renamed.csv }] }]", "failure_intensity")]
    [InlineData("[{ name: a, faults: [{ outages: short.csv, skip: 1h }] }]", "the record is over before")]
    [InlineData("[{ name: a, faults: [{ outages: short.csv, speed: 0 }] }]", "expected a decimal number from")]
    [InlineData("[{ name: a, faults: [{ outages: short.csv, mode: one }] }]", "'mode'")]
    [InlineData("[{ name: a, faults: [{ outages: short.csv, effect: registryDown }] }]", "expected an effect on nodes")]
    public void What_is_wrong_is_told_with_its_place(string faults, string expected)
    {
        using TestExperiments files = Files();
        const string One = "apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\nmetadata: { name: x }\nspec: { action: pod-kill, mode: all, selector: {} }\n";
        Directory.CreateDirectory(Path.Combine(files.Folder, "empty"));
        Directory.CreateDirectory(Path.Combine(files.Folder, "twice"));
        foreach (string name in (string[])["twice/a.yaml", "twice/b.yaml"]) files.Write(name, One);
        files.Write("bad.csv", "failure_interval,failure_duration,failure_intensity\n1,0,2\n");
        files.Write("renamed.csv", "failure_interval,failure_duration,failure_intensities\n1,1,1\n");
        files.Write("short.csv", "failure_interval,failure_duration,failure_intensity\n1,1,1\n");
        InputException error = Assert.Throws<InputException>(() => Parse(files, faults));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal));
    }

    private static TestExperiments Files()
    {
        var files = new TestExperiments();
        files.Write("services.yaml", ClusterExperiments.Services);
        files.Write("mesh.yaml", Mesh);
        files.Write("krkn.yaml", Krkn);
        return files;
    }

    private static double Value(CellResult result, string metric) => result.Metrics.Single(value => value.Metric == metric).Value!.Value;

    private static ExperimentPlan Plan(TestExperiments files, string faults) => ExperimentPlan.Create(Parse(files, faults), new PlanOverrides(), "test");

    private static CellResult[] Cells(ExperimentPlan plan)
    {
        var runner = new CellRunner(LoadedInputs.Load(plan.Cells), StrategyCatalog.BuiltIn(), new CellRunOptions { InvariantSampling = 1 });
        return [.. plan.Cells.Select(cell => runner.Run(cell))];
    }

    private static IReadOnlyList<InputProblem> Problems(TestExperiments files, string faults) => Assert.Throws<InputException>(() => Parse(files, faults)).Problems;

    private static Experiment Parse(TestExperiments files, string faults, string more = "")
    {
        string text = $"""
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: {"{ name: test }"}
            spec:
              seeds: [1]
              fleets: [{"{ name: three, pools: [{ name: node, count: 3, cpu: 4, memory: 8Gi }] }"}]
              workloads: [{"{ name: shop, cluster: { manifests: services.yaml, until: 20m"}{more}{" } }"}]
              strategies: [first-fit]
              faults: {faults}

            """;
        return ExperimentFile.Parse(text, new YamlReader("e.yaml"), files.Folder, null, TestExperiments.BuiltIn);
    }
}
