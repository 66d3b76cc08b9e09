using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Formats.ChaosMesh;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>What resources of Chaos Mesh say that has no meaning in a run, or is wrong: one error with its place.</summary>
public sealed class ChaosMeshRejectionTests
{
    private const string All = "mode: all, selector: {}";

    [Theory]
    [InlineData("PodChaos", "action: pod-kil, " + All, "did you mean 'pod-kill'?")]
    [InlineData("PodChaos", "action: pod-kill, mode: all", "spec.selector: expected this key, which is required")]
    [InlineData("PodChaos", "action: pod-kill, selector: {}", "spec.mode: expected this key, which is required")]
    [InlineData("PodChaos", "action: pod-kill, " + All + ", gracePeriods: 3", "did you mean 'gracePeriod'?")]
    [InlineData("PodChaos", "action: pod-kill, " + All + ", gracePeriod: -1", "expected a whole number from 0")]
    [InlineData("PodChaos", "action: pod-failure, " + All + ", gracePeriod: 3", "only beside the action pod-kill")]
    [InlineData("PodChaos", "action: pod-failure, " + All + ", containerNames: [a]", "only beside the action container-kill")]
    [InlineData("PodChaos", "action: container-kill, " + All, "expected containerNames beside the action container-kill")]
    [InlineData("PodChaos", "action: pod-kill, " + All + ", remoteCluster: other", "a run has one cluster")]
    [InlineData("PodChaos", "action: pod-failure, " + All + ", duration: 30", "the unit is missing")]
    [InlineData("PodChaos", "action: pod-failure, " + All + ", duration: 0s", "expected a duration from")]
    [InlineData("PodChaos", "action: pod-kill, mode: many, selector: {}", "expected one of one, all, fixed, fixed-percent, random-max-percent")]
    [InlineData("PodChaos", "action: pod-kill, mode: fixed, selector: {}", "expected value beside this mode")]
    [InlineData("PodChaos", "action: pod-kill, mode: fixed, value: 3, selector: {}", "so quote it: \"3\"")]
    [InlineData("PodChaos", "action: pod-kill, mode: fixed-percent, value: '101', selector: {}", "expected a whole number from 1 to 100")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, value: '2', selector: {}", "only beside the modes fixed")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { labelSelector: { a: b } }", "did you mean 'labelSelectors'?")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { labelSelectors: { a: 'b c' } }", "labelSelectors.a")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { pods: { a: [b] }, namespaces: [a] }", "Chaos Mesh does not look at it beside pods")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { nodes: [a], nodeSelectors: { a: b } }", "expected either nodes or nodeSelectors")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { fieldSelectors: { spec.nodename: a } }", "did you mean 'spec.nodeName'?")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { podPhaseSelectors: [Unknown] }", "expected another phase")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { expressionSelectors: [{ key: a, operator: In }] }", "expected values beside this operator")]
    [InlineData("PodChaos", "action: pod-kill, mode: one, selector: { expressionSelectors: [{ key: a, operator: Gt, values: ['1'] }] }", "expected one of In, NotIn, Exists, DoesNotExist")]
    [InlineData("NetworkChaos", "action: bandwidth, bandwidth: { rate: 1mbps, limit: 1, buffer: 1 }, " + All, "PhysicalMachineChaos has network-bandwidth")]
    [InlineData("NetworkChaos", "action: duplicate, duplicate: { duplicate: '5' }, " + All, "no packets that could come twice")]
    [InlineData("NetworkChaos", "action: netem, " + All, "expected at least one of delay, loss and corrupt")]
    [InlineData("NetworkChaos", "action: delay, " + All, "expected delay beside this action")]
    [InlineData("NetworkChaos", "action: delay, delay: { latency: 1s, reorder: { reorder: '5', gap: 1 } }, " + All, "no packets that could come twice")]
    [InlineData("NetworkChaos", "action: loss, loss: { loss: '101' }, " + All, "expected 0 to 100")]
    [InlineData("NetworkChaos", "action: loss, loss: { loss: 25 }, " + All, "so quote it")]
    [InlineData("NetworkChaos", "action: loss, loss: { loss: '5', correlation: x }, " + All, "expected percents from 0 to 100")]
    [InlineData("NetworkChaos", "action: partition, loss: { loss: '5' }, " + All, "expected this key left out beside the action partition")]
    [InlineData("NetworkChaos", "action: partition, direction: both, " + All, "expected target beside this direction")]
    [InlineData("NetworkChaos", "action: partition, externalTargets: [example.com], " + All, "a run knows no single addresses and names there")]
    [InlineData("NetworkChaos", "action: partition, target: { mode: one, selector: {} }, " + All, "expected mode all")]
    [InlineData("NetworkChaos", "action: partition, target: { mode: all, selector: { nodes: [a] } }, " + All, "chosen by namespaces and labels")]
    [InlineData("NetworkChaos", "action: partition, device: eth1, " + All, "pods have one device")]
    [InlineData("StressChaos", All, "spec.stressors: expected this key")]
    [InlineData("StressChaos", "stressors: {}, " + All, "expected at least one of the keys cpu, memory")]
    [InlineData("StressChaos", "stressors: { cpu: { workers: 0 } }, " + All, "expected a whole number from 1 to 1000")]
    [InlineData("StressChaos", "stressors: { memory: { workers: 1, size: 50% } }, " + All, "expected a size such as 256MB")]
    [InlineData("StressChaos", "stressors: { memory: { workers: 1, size: 1XB } }, " + All, "expected a size such as 256MB")]
    [InlineData("StressChaos", "stressors: { memory: { workers: 1, size: 1GB, oomScoreAdj: -500 } }, " + All, "expected 0")]
    [InlineData("StressChaos", "stressngStressors: '--cpu 1', stressors: { cpu: { workers: 1 } }, " + All, "only the stressors cpu and memory are known")]
    [InlineData("StressChaos", "containerNames: [a], stressors: { cpu: { workers: 1 } }, " + All, "the stress is on a pod as a whole")]
    [InlineData("IOChaos", "action: attrOverride, attr: { perm: 72 }, volumePath: /d, " + All, "expected latency or fault")]
    [InlineData("IOChaos", "action: mistake, mistake: { filling: zero }, volumePath: /d, " + All, "files of a run have no content")]
    [InlineData("IOChaos", "action: latency, volumePath: /d, " + All, "expected delay beside the action latency")]
    [InlineData("IOChaos", "action: fault, volumePath: /d, " + All, "expected errno beside the action fault")]
    [InlineData("IOChaos", "action: latency, delay: 1s, volumePath: /d, methods: [UNLINK], " + All, "expected READ or WRITE among them")]
    [InlineData("HTTPChaos", "target: Request, port: 80, abort: true, path: /api, " + All, "a fault here is of all requests to a pod")]
    [InlineData("HTTPChaos", "target: Request, port: 80, abort: true, method: POST, " + All, "requests of a run have no other method")]
    [InlineData("HTTPChaos", "target: Response, port: 80, replace: { code: 404 }, " + All, "expected a code of 500 or more")]
    [InlineData("HTTPChaos", "target: Response, port: 80, replace: { body: eA== }, " + All, "have no content that could be replaced")]
    [InlineData("HTTPChaos", "target: Response, port: 80, patch: { headers: [[a, b]] }, " + All, "have no content that could be changed")]
    [InlineData("HTTPChaos", "target: Request, port: 80, abort: false, " + All, "expected abort: true, delay, or replace")]
    [InlineData("HTTPChaos", "target: Request, abort: true, " + All, "spec.port: expected this key")]
    [InlineData("DNSChaos", "action: error, patterns: ['goo?le.com'], " + All, "expected the name of a service")]
    [InlineData("DNSChaos", "action: error, patterns: [www.example.com], " + All, "expected the name of a service")]
    [InlineData("AWSChaos", "action: detach-volume, awsRegion: eu, ec2Instance: i, volumeID: v, deviceName: d", "expected ec2-stop or ec2-restart")]
    [InlineData("AWSChaos", "action: ec2-stop, awsRegion: eu", "spec.ec2Instance: expected this key")]
    [InlineData("AzureChaos", "action: disk-detach, subscriptionID: s, resourceGroupName: g, vmName: v, diskName: d, lun: 0", "expected vm-stop or vm-restart")]
    [InlineData("GCPChaos", "action: disk-loss, project: p, zone: z, instance: i, deviceNames: [d]", "expected node-stop or node-reset")]
    [InlineData("PhysicalMachineChaos", "action: process, process: { process: a, signal: 9 }, " + All, "PodChaos kills them")]
    [InlineData("PhysicalMachineChaos", "action: clock, clock: { pid: 1 }, " + All, "nothing in a run reads the clock")]
    [InlineData("PhysicalMachineChaos", "action: stress-cpu, stress-mem: { size: 5% }, " + All, "only beside the action stress-mem")]
    [InlineData("PhysicalMachineChaos", "action: network-loss, network-loss: { percent: '5', ip-address: 10.0.0.1 }, " + All, "a run knows no single addresses and ports")]
    [InlineData("PhysicalMachineChaos", "action: stress-cpu, stress-cpu: { load: 5 }, address: ['10.0.0.1:31767'], " + All, "machines are chosen by selector.physicalMachines")]
    [InlineData("TimeChaos", "timeOffset: -10m, " + All, "nothing in a run reads the clock of a container")]
    [InlineData("JVMChaos", "action: gc, " + All, "containers of a run have no JVM")]
    [InlineData("PodChoas", "action: pod-kill, " + All, "did you mean 'PodChaos'?")]
    [InlineData("Schedule", "schedule: '61 * * * *', type: PodChaos, podChaos: { action: pod-kill, " + All + " }", "61")]
    [InlineData("Schedule", "schedule: 'TZ=Asia/Tokyo 0 * * * *', type: PodChaos, podChaos: { action: pod-kill, " + All + " }", "expected a schedule without a zone")]
    [InlineData("Schedule", "schedule: '@every 1m', type: PodChaos", "spec.podChaos: expected this key")]
    [InlineData("Schedule", "schedule: '@every 1m', type: PodChaos, stressChaos: {}", "spec: 'stressChaos': expected one of the keys")]
    [InlineData("Schedule", "schedule: '@every 1m', concurrencyPolicy: Replace, type: PodChaos, podChaos: { action: pod-kill, " + All + " }", "expected one of Forbid, Allow")]
    public void What_is_wrong_or_has_no_meaning_is_told(string kind, string spec, string expected)
    {
        IReadOnlyList<InputProblem> problems = MeshText.Problems(kind, $"{{ {spec} }}");
        Assert.Contains(problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.True(problem.Line > 0 && problem.File == "chaos.yaml"));
    }

    [Theory]
    [InlineData("entry: f, templates: [{ name: e, templateType: Suspend, deadline: 1s }]", "did you mean 'e'?")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Suspend }]", "expected deadline beside Suspend")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Serial, children: [f] }]", "there is no 'f'")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Serial, children: [e] }]", "do not contain themselves")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Suspend, deadline: 1s }, { name: e, templateType: Suspend, deadline: 1s }]", "expected every name once")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Task, task: { container: { name: a } } }]", "what a container decides is not known before a run")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Seriel, children: [a] }]", "did you mean 'Serial'?")]
    [InlineData("entry: e, templates: [{ name: e, templateType: TimeChaos, timeChaos: { timeOffset: 1s } }]", "nothing in a run reads the clock")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Suspend, deadline: 1s, children: [e] }]", "only the types Serial and Parallel have it")]
    [InlineData("entry: e, templates: [{ name: e, templateType: PodChaos, podChaos: { action: pod-failure, duration: 1m, " + All + " } }]", "the template's deadline says how long")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Serial, children: [k, p] }, { name: k, templateType: PodChaos, podChaos: { action: pod-kill, " + All + " } }, { name: p, templateType: Suspend, deadline: 1s }]", "'p' never begins")]
    [InlineData("entry: e, templates: [{ name: e, templateType: StatusCheck, deadline: 1m, statusCheck: { mode: Often, http: { url: 'http://web', criteria: { statusCode: '200' } } } }]", "expected one of Synchronous, Continuous")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Serial, children: ['c(1)'] }, { name: 'c(1)', templateType: StatusCheck, deadline: 1m, statusCheck: { http: { url: 'http://web', criteria: { statusCode: '200' } } } }]", "expected a name without parentheses")]
    [InlineData("entry: e, templates: [{ name: e, templateType: Serial, children: [c, k] }, { name: c, templateType: StatusCheck, deadline: 1m, statusCheck: { http: { url: 'http://web', criteria: { statusCode: '200' } } } }, { name: k, templateType: Schedule, deadline: 5m, schedule: { schedule: '@every 1m', type: PodChaos, podChaos: { action: pod-kill, mode: one, selector: {} } } }]", "expected no schedule that begins or ends with a check")]
    [InlineData("entry: e, templates: [{ name: e, templateType: StatusCheck, abortWithStatusCheck: true, statusCheck: { mode: Continuous, http: { url: 'http://web', criteria: { statusCode: '200' } } } }]", "expected deadline, or duration in statusCheck")]
    [InlineData("entry: e, templates: [{ name: e, templateType: StatusCheck, deadline: 1m, abortWithStatusCheck: true, statusCheck: { mode: Continuous, http: { url: 'http://10.0.0.1', criteria: { statusCode: '200' } } } }]", "the service that requests of the run go to")]
    [InlineData("entry: e, templates: [{ name: e, templateType: StatusCheck, deadline: 1m, abortWithStatusCheck: true, statusCheck: { mode: Continuous, http: { url: 'http://web', criteria: { statusCode: '500' } } } }]", "a range with it that ends below 500")]
    [InlineData("entry: e, templates: [{ name: e, templateType: StatusCheck, deadline: 1m, abortWithStatusCheck: true, statusCheck: { mode: Continuous } }]", "statusCheck.http: expected this key")]
    public void Workflows_that_cannot_be_compiled_are_refused(string spec, string expected) => Assert.Contains(MeshText.Problems("Workflow", $"{{ {spec} }}"), problem => $"{problem}".Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_workflow_that_multiplies_itself_is_refused_before_it_is_compiled()
    {
        string templates = string.Join(", ", Enumerable.Range(0, 40).Select(n => $"{{ name: t{n}, templateType: Serial, children: [t{n + 1}, t{n + 1}] }}")) + ", { name: t40, templateType: Suspend, deadline: 1s }";
        Assert.Contains(MeshText.Problems("Workflow", $"{{ entry: t0, templates: [{templates}] }}"), problem => problem.Expected == "expected a workflow of at most 10000 steps");
    }

    [Fact]
    public void Metadata_is_judged_too()
    {
        Assert.Contains("not paused", Message("metadata: { name: a, annotations: { experiment.chaos-mesh.org/pause: 'true' } }"), StringComparison.Ordinal);
        Assert.Contains("'../../x'", Message("metadata: { name: ../../x }"), StringComparison.Ordinal);
        Assert.Contains("did you mean 'namespace'?", Message("metadata: { name: a, namepsace: b }"), StringComparison.Ordinal);
        Assert.Contains("metadata.name: expected this key", Message("metadata: { namespace: b }"), StringComparison.Ordinal);
        Assert.Contains("expected one of chaos-mesh.org/v1alpha1", Message("metadata: { name: a }", "v1"), StringComparison.Ordinal);

        static string Message(string metadata, string version = "chaos-mesh.org/v1alpha1") =>
            Assert.Throws<InputException>(() => MeshText.Read($"apiVersion: {version}\nkind: PodChaos\n{metadata}\nspec: {{ action: pod-kill, {All} }}\n")).Message;
    }

    [Fact]
    public void Problems_of_all_files_are_told_together()
    {
        string folder = Directory.CreateTempSubdirectory("schedbench-mesh-").FullName;
        FaultFile[] files = [.. new[] { "a", "b" }.Select(name => new FaultFile(Path.Combine(folder, name + ".yaml"), $"mesh/{name}.yaml"))];
        foreach (FaultFile file in files) File.WriteAllText(file.Path, MeshText.Resource("PodChaos", "{ action: pod-kill, mode: al, selector: {} }"));
        InputException error = Assert.Throws<InputException>(() => ChaosMeshReader.Read(files, new FileFaultOptions()));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(["mesh/a.yaml", "mesh/b.yaml"], error.Problems.Select(problem => problem.File));
    }

    [Fact]
    public void What_kubectl_prints_is_read_back()
    {
        const string Printed = """
            apiVersion: v1
            kind: List
            metadata: { resourceVersion: "" }
            items:
            - apiVersion: chaos-mesh.org/v1alpha1
              kind: PodChaos
              metadata: { name: a, uid: 1-2, generation: 3, creationTimestamp: "2024-01-01T00:00:00Z", finalizers: [chaos-mesh/records], labels: { a: b } }
              spec: { action: pod-kill, mode: one, selector: {} }
              status: { conditions: [] }
            """;
        Assert.Equal("PodChaos/default/a: podKill gracePeriod=0s at 0s on pods [default] One", MeshText.Of(Assert.Single(MeshText.Read(Printed).Sources)));
    }
}
