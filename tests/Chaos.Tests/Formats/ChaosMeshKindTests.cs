using SchedBench.Chaos.Formats;

namespace SchedBench.Chaos.Tests.Formats;

/// <summary>Every kind and action of Chaos Mesh, and what it comes to.</summary>
public sealed class ChaosMeshKindTests
{
    private const string Web = "mode: all, selector: { namespaces: [shop], labelSelectors: { app: web } }";
    private const string OnWeb = "on pods [shop] app=web All";

    [Theory]
    [InlineData("action: pod-kill", "podKill gracePeriod=0s at 0s " + OnWeb)]
    [InlineData("action: pod-kill, gracePeriod: 5, duration: 1m", "podKill gracePeriod=5s at 0s " + OnWeb)]
    [InlineData("action: pod-failure, duration: 90s", "podFailure at 0s for 1m30s " + OnWeb)]
    [InlineData("action: pod-failure, containerNames: []", "podFailure at 0s " + OnWeb)]
    [InlineData("action: container-kill, containerNames: [web]", "containerKill container=web at 0s " + OnWeb)]
    public void PodChaos(string spec, string expected) => Assert.Equal($"PodChaos/ops/x: {expected}", MeshText.Sources("PodChaos", $"{{ {spec}, {Web} }}"));

    [Fact]
    public void Several_containers_are_one_source_each_with_the_same_victims()
    {
        var sources = MeshText.Read(MeshText.Resource("PodChaos", "{ action: container-kill, containerNames: [a, b], mode: one, selector: {} }")).Sources;
        Assert.Equal(["PodChaos/ops/x/a: containerKill container=a at 0s on pods [ops] One", "PodChaos/ops/x/b: containerKill container=b at 0s on pods [ops] One"], sources.Select(MeshText.Of));
        Assert.Equal(["PodChaos/ops/x", "PodChaos/ops/x"], sources.Select(source => source.Draws));
    }

    [Theory]
    [InlineData("action: partition, direction: both, target: { mode: all, selector: { namespaces: [db], labelSelectors: { app: db } } }", "partition peer=pods db/ app=db direction=both at 0s ")]
    [InlineData("action: partition, direction: from, target: { mode: all, selector: { labelSelectors: { app: db } } }", "partition peer=pods ops/ app=db direction=from at 0s ")]
    [InlineData("action: partition, externalTargets: ['0.0.0.0/0'], duration: 5m", "partition peer=outside direction=to at 0s for 5m ")]
    [InlineData("action: delay, delay: { latency: 10ms, correlation: '100', jitter: 0ms }", "delay latency=10ms jitter=0s peer=anyone direction=to at 0s ")]
    [InlineData("action: delay, device: eth0, delay: { latency: 1s, jitter: 200ms }", "delay latency=1s jitter=200ms peer=anyone direction=to at 0s ")]
    [InlineData("action: loss, loss: { loss: '25' }", "loss percent=25 peer=anyone direction=to at 0s ")]
    [InlineData("action: corrupt, corrupt: { corrupt: '0.5', correlation: '0' }", "loss percent=0.5 peer=anyone direction=to at 0s ")]
    public void NetworkChaos(string spec, string expected) => Assert.Equal($"NetworkChaos/ops/x: {expected}{OnWeb}", MeshText.Sources("NetworkChaos", $"{{ {spec}, {Web} }}"));

    [Fact]
    public void Netem_combines_and_several_peers_are_several_links()
    {
        string text = MeshText.Sources("NetworkChaos", $"{{ action: netem, {Web}, direction: both, delay: {{ latency: 5ms }}, loss: {{ loss: '1' }}, target: {{ mode: all, selector: {{ namespaces: [a, b] }} }} }}");
        Assert.Equal(
            [
                $"NetworkChaos/ops/x/delay-peer0: delay latency=5ms peer=pods a/ direction=both at 0s {OnWeb}", $"NetworkChaos/ops/x/delay-peer1: delay latency=5ms peer=pods b/ direction=both at 0s {OnWeb}",
                $"NetworkChaos/ops/x/loss-peer0: loss percent=1 peer=pods a/ direction=both at 0s {OnWeb}", $"NetworkChaos/ops/x/loss-peer1: loss percent=1 peer=pods b/ direction=both at 0s {OnWeb}",
            ],
            text.Split('\n'));
    }

    [Fact]
    public void A_correlation_of_draws_is_told_to_the_user()
    {
        FileFaults faults = MeshText.Read(MeshText.Resource("NetworkChaos", $"{{ action: loss, loss: {{ loss: '25', correlation: '25' }}, {Web} }}"));
        Assert.Contains("every packet is drawn by itself", Assert.Single(faults.Notes).ToString(), StringComparison.Ordinal);
        Assert.Empty(MeshText.Read(MeshText.Resource("NetworkChaos", $"{{ action: delay, delay: {{ latency: 9ms, correlation: '100' }}, {Web} }}")).Notes);
    }

    [Theory]
    [InlineData("stressors: { cpu: { workers: 2, load: 50 } }", "podStress cpuWorkers=2 cpuLoad=50 at 0s ")]
    [InlineData("stressors: { cpu: { workers: 1 } }, duration: 30s", "podStress cpuWorkers=1 at 0s for 30s ")]
    [InlineData("stressors: { memory: { workers: 4, size: 256MB } }", "podStress memory=256000000 at 0s ")]
    [InlineData("stressors: { memory: { workers: 1, size: 1GiB, oomScoreAdj: 0 }, cpu: { workers: 1, load: 100 } }", "podStress cpuWorkers=1 cpuLoad=100 memory=1073741824 at 0s ")]
    public void StressChaos(string spec, string expected) => Assert.Equal($"StressChaos/ops/x: {expected}{OnWeb}", MeshText.Sources("StressChaos", $"{{ {spec}, {Web} }}"));

    [Theory]
    [InlineData("IOChaos", "action: latency, delay: 100ms, percent: 50, volumePath: /data, path: /data/**/*, methods: [READ, WRITE]", "requestDelay latency=100ms percent=50 at 0s ")]
    [InlineData("IOChaos", "action: fault, errno: 5, volumePath: /data, duration: 1m", "requestError percent=100 at 0s for 1m ")]
    [InlineData("HTTPChaos", "target: Request, port: 80, path: '*', method: GET, abort: true", "requestAbort at 0s ")]
    [InlineData("HTTPChaos", "target: Response, port: 80, delay: 2s, duration: 5m", "requestDelay latency=2s at 0s for 5m ")]
    [InlineData("HTTPChaos", "target: Response, port: 80, replace: { code: 503 }", "requestError at 0s ")]
    public void Requests(string kind, string spec, string expected) => Assert.Equal($"{kind}/ops/x: {expected}{OnWeb}", MeshText.Sources(kind, $"{{ {spec}, {Web} }}"));

    [Fact]
    public void Http_chaos_may_do_two_things_at_once() => Assert.Equal(
        [$"HTTPChaos/ops/x/abort: requestAbort at 0s {OnWeb}", $"HTTPChaos/ops/x/delay: requestDelay latency=1s at 0s {OnWeb}"], MeshText.Sources("HTTPChaos", $"{{ target: Request, port: 80, abort: true, delay: 1s, {Web} }}").Split('\n'));

    [Theory]
    [InlineData("", "dnsFailure")]
    [InlineData(", patterns: ['*', web]", "dnsFailure")]
    [InlineData(", patterns: [web]", "dnsFailure service=web")]
    [InlineData(", patterns: [web.shop]", "dnsFailure service=shop/web")]
    [InlineData(", patterns: [web.shop.svc.cluster.local]", "dnsFailure service=shop/web")]
    [InlineData(", patterns: ['web.shop.svc.*']", "dnsFailure service=shop/web")]
    [InlineData(", patterns: ['web.*']", "dnsFailure service=web")]
    public void DNSChaos(string patterns, string expected)
    {
        foreach (string action in (string[])["error", "random"])
        {
            FileFaults faults = MeshText.Read(MeshText.Resource("DNSChaos", $"{{ action: {action}, {Web}, duration: 1m{patterns} }}"));
            Assert.Equal($"DNSChaos/ops/x: {expected} at 0s for 1m on cluster", MeshText.Of(Assert.Single(faults.Sources)));
            Assert.Contains("clients of a run are in none of its pods", Assert.Single(faults.Notes).ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("AWSChaos", "action: ec2-stop, awsRegion: eu, ec2Instance: i-0abc, secretName: s, duration: 5m", "for 5m on nodes a-3 All")]
    [InlineData("AWSChaos", "action: ec2-restart, awsRegion: eu, ec2Instance: a-1, endpoint: e", "for 2m on nodes a-1 All")]
    [InlineData("AzureChaos", "action: vm-stop, subscriptionID: s, resourceGroupName: g, vmName: i-0abc", "on nodes a-3 All")]
    [InlineData("AzureChaos", "action: vm-restart, subscriptionID: s, resourceGroupName: g, vmName: a-1, duration: 9m", "for 2m on nodes a-1 All")]
    [InlineData("GCPChaos", "action: node-stop, project: p, zone: z, instance: a-1, duration: 90s", "for 1m30s on nodes a-1 All")]
    [InlineData("GCPChaos", "action: node-reset, project: p, zone: z, instance: i-0abc", "for 2m on nodes a-3 All")]
    public void Machines_of_clouds(string kind, string spec, string expected)
    {
        var options = new FileFaultOptions { At = TimeSpan.FromMinutes(3), RestartTime = TimeSpan.FromMinutes(2), Names = new Dictionary<string, string> { ["i-0abc"] = "a-3" } };
        Assert.Equal($"{kind}/ops/x: crash at 3m {expected}", MeshText.Sources(kind, $"{{ {spec} }}", options));
    }

    [Theory]
    [InlineData("stress-cpu", "load: 100", "slowCpu factor=2")]
    [InlineData("stress-cpu", "load: 20", "slowCpu factor=1.25")]
    [InlineData("stress-mem", "size: 50%", "memoryPressure percent=50")]
    [InlineData("stress-mem", "size: 1GiB", "memoryPressure bytes=1073741824")]
    [InlineData("disk-fill", "size: 1024M, path: /var/a, fill-by-fallocate: true", "diskFull bytes=1073741824")]
    [InlineData("network-delay", "latency: 10ms, jitter: 1ms, device: eth0", "delay latency=10ms jitter=1ms direction=to")]
    [InlineData("network-loss", "percent: '10', ip-protocol: tcp", "loss percent=10 direction=to")]
    [InlineData("network-corrupt", "percent: '10'", "loss percent=10 direction=to")]
    [InlineData("network-partition", "direction: from, device: eth0", "partition direction=from")]
    [InlineData("network-partition", "device: eth0", "partition direction=both")]
    [InlineData("network-bandwidth", "rate: 1mbps, limit: 100, buffer: 100", "bandwidth bytesPerSecond=1048576")]
    [InlineData("network-down", "device: eth0, duration: 10m", "partition")]
    public void PhysicalMachineChaos(string action, string spec, string expected) => Assert.Equal(
        $"PhysicalMachineChaos/ops/x: {expected} at 0s for 10m on nodes a-0 a-1 FixedPercent 50",
        MeshText.Sources("PhysicalMachineChaos", $"{{ action: {action}, {action}: {{ {spec} }}, duration: 10m, mode: fixed-percent, value: '50', selector: {{ physicalMachines: {{ ops: [a-0, a-1] }} }} }}"));

    [Fact]
    public void Machines_are_also_chosen_by_labels() => Assert.Equal(
        "PhysicalMachineChaos/ops/x: slowCpu factor=2 at 0s on nodes arch=amd64,zone in (a,b) One",
        MeshText.Sources("PhysicalMachineChaos", "{ action: stress-cpu, stress-cpu: { load: 80 }, mode: one, selector: { namespaces: [ops], labelSelectors: { arch: amd64 }, expressionSelectors: [{ key: zone, operator: In, values: [b, a] }] } }"));
}
