using System.Text.RegularExpressions;
using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Formats.ChaosMesh;
using SchedBench.Chaos.Formats.Krkn;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Every value and key of sound files is replaced by hostile ones: they are read, or told with their place, and nothing else.</summary>
public sealed partial class FormatFuzzTests
{
    private const string All = "mode: fixed, value: '2', selector: { namespaces: [a], labelSelectors: { b: c }, expressionSelectors: [{ key: d, operator: In, values: [e] }], podPhaseSelectors: [Running], fieldSelectors: { status.phase: Running } }";

    private static readonly string[] Hostile =
        ["", "[]", "{}", "[[]]", "~", "-1", "0", "1e999", ".nan", "9223372036854775808", "9223372036854775807", "no", "1:30", "../../x", "'%'", "'0%'", "\"\\0\"", "365d", "'(('", "&a [x]", "*a", "'TZ='", "{ a: { b: [c] } }", "🙂"];

    [Theory]
    [InlineData("PodChaos", "{ action: container-kill, containerNames: [web], duration: 3m, gracePeriod: 0, " + All + " }")]
    [InlineData("PodChaos", "{ action: pod-kill, mode: one, selector: { pods: { a: [b] } } }")]
    [InlineData("NetworkChaos", "{ action: netem, delay: { latency: 1s, jitter: 1ms, correlation: '5' }, loss: { loss: '5', correlation: '5' }, corrupt: { corrupt: '1' }, direction: both, device: eth0, externalTargets: ['0.0.0.0/0'], target: { mode: all, selector: { namespaces: [x] } }, " + All + " }")]
    [InlineData("StressChaos", "{ stressors: { cpu: { workers: 1, load: 5 }, memory: { workers: 1, size: 5MB, oomScoreAdj: 0 } }, " + All + " }")]
    [InlineData("IOChaos", "{ action: latency, delay: 1s, percent: 50, volumePath: /d, path: /d/*, methods: [READ], " + All + " }")]
    [InlineData("HTTPChaos", "{ target: Response, port: 80, abort: true, delay: 1s, replace: { code: 500 }, path: '*', method: GET, " + All + " }")]
    [InlineData("DNSChaos", "{ action: error, patterns: [a.b.svc], " + All + " }")]
    [InlineData("AWSChaos", "{ action: ec2-stop, awsRegion: r, ec2Instance: i, duration: 1m }")]
    [InlineData("PhysicalMachineChaos", "{ action: network-delay, network-delay: { latency: 1s, jitter: 1s, device: e }, mode: one, selector: { physicalMachines: { a: [b] } } }")]
    [InlineData("PhysicalMachineChaos", "{ action: disk-fill, disk-fill: { size: 5GB, path: /a }, mode: one, selector: { labelSelectors: { a: b } } }")]
    [InlineData("Schedule", "{ schedule: '*/5 * * * *', type: PodChaos, concurrencyPolicy: Allow, historyLimit: 1, startingDeadlineSeconds: 5, podChaos: { action: pod-kill, " + All + " } }")]
    [InlineData("Workflow", "{ entry: e, templates: [{ name: e, templateType: Parallel, deadline: 5m, children: [s, c, k] }, { name: s, templateType: Suspend, deadline: 1m }, { name: k, templateType: Schedule, schedule: { schedule: '@every 1m', type: PodChaos, podChaos: { action: pod-kill, mode: one, selector: {} } } }, { name: c, templateType: StatusCheck, abortWithStatusCheck: true, statusCheck: { mode: Continuous, type: HTTP, duration: 5m, intervalSeconds: 5, timeoutSeconds: 1, failureThreshold: 3, http: { url: 'http://a.b', method: GET, criteria: { statusCode: '200' } } } }] }")]
    public void Hostile_values_in_resources_of_chaos_mesh(string kind, string spec) =>
        Mutate(MeshText.Resource(kind, spec), text => ChaosMeshReader.Parse(text, "chaos.yaml", new FileFaultOptions()));

    [Theory]
    [InlineData("- { id: kill-pods, config: { namespace_pattern: ^a$, label_selector: a=b, kill: 2, exclude_label: c=d, node_names: [e], force: true } }")]
    [InlineData("node_scenarios: [{ actions: [node_stop_start_scenario], node_name: 'a,b', duration: 5, runs: 1, parallel: true }, { actions: [node_reboot_scenario], label_selector: a=b, exclude_label: c=d, instance_count: 1 }]")]
    [InlineData("zone_outage: { cloud_type: aws, duration: 5, vpc_id: v, subnet_id: [s] }")]
    [InlineData("application_outage: { namespace: a, duration: 5, pod_selector: { a: b }, block: [Ingress] }")]
    public void Hostile_values_in_scenarios_of_krkn(string scenario) => Mutate(scenario + "\n", text => KrknReader.Parse(text, "krkn.yaml", new FileFaultOptions()));

    private static void Mutate(string text, Func<string, FileFaults> read)
    {
        Assert.NotEmpty(read(text).Sources);
        foreach (Match word in Words().Matches(text))
        {
            foreach (string hostile in Hostile)
            {
                string mutant = text[..word.Index] + hostile + text[(word.Index + word.Length)..];
                try
                {
                    Assert.NotNull(read(mutant));
                }
                catch (InputException exception)
                {
                    Assert.NotEmpty(exception.Problems);
                }
                catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{exception.GetType().Name}: {exception.Message}\n{mutant}");
                }
            }
        }
    }

    [GeneratedRegex(@"'[^']*'|[A-Za-z0-9_./*@^$=-]+")]
    private static partial Regex Words();
}
