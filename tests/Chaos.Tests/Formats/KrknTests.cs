using SchedBench.Chaos.Formats;
using SchedBench.Chaos.Formats.Krkn;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Scenarios of krkn, and what they come to.</summary>
public sealed class KrknTests
{
    [Theory]
    [InlineData("- { id: kill-pods, config: { namespace_pattern: ^shop$, label_selector: app=web, krkn_pod_recovery_time: 120 } }", "krkn/kill-pods: podKill at 5m on pods [] ns~^shop$ app=web Fixed 1")]
    [InlineData("- { id: kill_pods, config: { namespace_pattern: .*, name_pattern: '^web-.*$', kill: 3, force: true, timeout: 60, execution: parallel } }", "krkn/kill-pods: podKill gracePeriod=0s at 5m on pods [] ns~.* name~^web-.*$ Fixed 3")]
    [InlineData("- { id: kill-pods, config: { label_selector: app=web, exclude_label: role=leader, node_names: [b, a] } }", "krkn/kill-pods: podKill at 5m on pods [] app=web,role!=leader on kubernetes.io/hostname in (a-0,b) Fixed 1")]
    [InlineData("- { id: kill-pods, config: { label_selector: app=web, node_label_selector: zone=a } }", "krkn/kill-pods: podKill at 5m on pods [] app=web on zone=a Fixed 1")]
    [InlineData("application_outage: { duration: 600, namespace: shop, pod_selector: { app: web }, block: [Ingress, Egress] }", "krkn/application_outage: partition direction=both at 5m for 10m on pods [shop] app=web All")]
    [InlineData("application_outage: { namespace: shop, pod_selector: { app: web }, block: [Ingress], exclude_label: role=leader }", "krkn/application_outage: partition direction=from at 5m for 1m on pods [shop] app=web,role!=leader All")]
    [InlineData("application_outage: { namespace: shop, pod_selector: { app: web }, block: [Egress] }", "krkn/application_outage: partition direction=to at 5m for 1m on pods [shop] app=web All")]
    [InlineData("zone_outage: { cloud_type: aws, duration: 600, vpc_id: v, subnet_id: [subnet-1, c] }", "krkn/zone_outage: partition at 5m for 10m on nodes topology.kubernetes.io/zone in (b,c) All")]
    [InlineData("zone_outage: { cloud_type: gcp, duration: 60, zone: eu-1, kube_check: true }", "krkn/zone_outage: crash at 5m for 1m on nodes topology.kubernetes.io/zone=eu-1 All")]
    public void A_scenario_is_a_source(string text, string expected) => Assert.Equal(expected, Sources(text));

    [Theory]
    [InlineData("node_stop_scenario", "crash at 5m")]
    [InlineData("node_stop_start_scenario", "crash at 5m for 20s")]
    [InlineData("node_termination_scenario", "crash at 5m")]
    [InlineData("node_reboot_scenario", "crash at 5m for 1m")]
    [InlineData("node_crash_scenario", "crash at 5m")]
    [InlineData("stop_kubelet_scenario", "cutOff at 5m")]
    [InlineData("stop_start_kubelet_scenario", "cutOff at 5m for 20s")]
    [InlineData("restart_kubelet_scenario", "cutOff at 5m for 1m")]
    [InlineData("node_block_scenario", "partition at 5m for 20s")]
    public void Actions_on_nodes(string action, string expected) => Assert.Equal(
        $"krkn/{action}: {expected} on nodes node-role.kubernetes.io/worker Fixed 2",
        Sources($"node_scenarios: [{{ actions: [{action}], node_name: , label_selector: node-role.kubernetes.io/worker, instance_count: 2, runs: 1, timeout: 360, duration: 20, cloud_type: aws, parallel: true }}]"));

    [Fact]
    public void Scenarios_of_nodes_follow_upon_each_other() => Assert.Equal(
        [
            "krkn/node_stop_start_scenario: crash at 5m for 2m on nodes a-0 All", "krkn/node_stop_start_scenario#2: crash at 7m for 2m on nodes b All", "krkn/node_reboot_scenario: crash at 9m for 1m on nodes zone=a Fixed 1",
        ],
        Sources("node_scenarios: [{ actions: [node_stop_start_scenario], node_name: 'a,b', cloud_type: aws }, { actions: [node_reboot_scenario], label_selector: zone=a, cloud_type: aws }]").Split('\n'));

    [Theory]
    [InlineData("node_scenario: []", "expected exactly one of the keys node_scenarios, zone_outage, application_outage")]
    [InlineData("node_scenarios: [{ actions: [node_stop_scenarios], node_name: a }]", "did you mean 'node_stop_scenario'?")]
    [InlineData("node_scenarios: [{ actions: [node_start_scenario], node_name: a }]", "node_stop_start_scenario says when")]
    [InlineData("node_scenarios: [{ actions: [node_stop_scenario], node_name: a, runs: 2 }]", "expected 1")]
    [InlineData("node_scenarios: [{ actions: [node_stop_scenario] }]", "expected node_name or label_selector")]
    [InlineData("node_scenarios: [{ actions: [node_stop_scenario], label_selector: a=b, instance_count: 2 }]", "expected parallel: true beside it")]
    [InlineData("node_scenarios: [{ actions: [node_stop_scenario], node_name: a, instance_counts: 2 }]", "did you mean 'instance_count'?")]
    [InlineData("- { id: kill-nodes, config: { label_selector: a=b } }", "did you mean 'kill-pods'?")]
    [InlineData("- { id: kill-pods, config: { kill: 1 } }", "expected at least one of the keys namespace_pattern")]
    [InlineData("- { id: kill-pods, config: { label_selector: a=b, kill: 0 } }", "expected a whole number from 1")]
    [InlineData("- { id: kill-pods, config: { name_pattern: '(?=a)' } }", "expected a regular expression without look-arounds")]
    [InlineData("- { id: kill-pods, config: { name_pattern: '(a' } }", "expected a regular expression")]
    [InlineData("- { id: kill-pods, config: { label_selector: a=b, exclude_label: 'a=b,c=d' } }", "expected one label")]
    [InlineData("application_outage: { namespace: a, pod_selector: {} }", "expected at least one label")]
    [InlineData("application_outage: { namespace: a, pod_selector: { a: b }, block: [Ingres] }", "did you mean 'Ingress'?")]
    [InlineData("zone_outage: { cloud_type: azure, duration: 1, subnet_id: [a] }", "expected one of aws, gcp")]
    [InlineData("zone_outage: { cloud_type: aws, duration: 1, zone: a }", "subnet_id")]
    public void What_is_wrong_is_told(string text, string expected)
    {
        InputException error = Assert.Throws<InputException>(() => Sources(text));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal));
        Assert.All(error.Problems, problem => Assert.True(problem.Line > 0));
    }

    private static string Sources(string text) => string.Join('\n', KrknReader.Parse(text, "krkn.yaml", new FileFaultOptions
    {
        At = TimeSpan.FromMinutes(5),
        Names = new Dictionary<string, string> { ["a"] = "a-0", ["subnet-1"] = "b" },
    }).Sources.Select(MeshText.Of));
}
