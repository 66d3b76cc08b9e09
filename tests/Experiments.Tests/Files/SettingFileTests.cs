using System.Buffers;
using System.Text;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Files;

public sealed class SettingFileTests : IDisposable
{
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void What_is_not_stated_is_what_the_options_of_the_core_say()
    {
        Assert.Equal(TextOf(new ClusterSettings()), TextOf(Settings("{}")));
        Assert.Equal(TextOf(new ClusterSettings()), TextOf(Settings("{ kubelet: {}, registry: {}, controllerManager: {}, scheduler: {}, kubeProxy: {}, apiServer: {}, admission: {}, storage: {}, clusterAutoscaler: {} }")));
    }

    [Fact]
    public void Every_setting_changes_what_is_written_of_it_and_nothing_else()
    {
        string usual = TextOf(WithUpdate(new ClusterSettings()));
        foreach (string path in SettingCatalog.Paths)
        {
            // Values of every kind: those that a setting cannot have are refused.
            string[] words = ["1s", "2s", "2h", "1", "2", "31000", "true", "false", "none", "10.0.0.0/24", "fd00::/120", "random", "any", "start-first", "continue", "20%", "IPv6", "90"];
            string[] keys = path.Split('.');
            string open = string.Concat(keys[..^1].Select(key => $"{key}: {{ ")), close = string.Concat(Enumerable.Repeat(" }", keys.Length - 1));
            string[] changed = [.. words.Select(word => TryParse($"{{ {open}{keys[^1]}: {word}{close} }}")).OfType<ClusterSettings>().Select(settings => TextOf(WithUpdate(settings))).Where(text => text != usual)];
            Assert.True(changed.Length > 0, path);
            Assert.All(changed, text => Assert.Equal([path], Differences(usual, text)));
        }
    }

    [Fact]
    public void Settings_reach_the_run()
    {
        OrchestratedRunOptions options = Options(
            """
            kubelet: { nodeLeaseRenewInterval: 2s, kubeAPIQPS: 7 }, registry: { bytesPerSecond: 5M, imagesArePresent: true }, controllerManager: { nodeMonitorGracePeriod: 9s, kubeAPIQPS: 0, horizontalPodAutoscalerTolerance: 0.05 },
            scheduler: { podMaxBackoff: 3s, preemption: false }, kubeProxy: { minSyncPeriod: 0s }, apiServer: { firstNodePort: 31000 }, admission: { defaultNotReadyToleration: none, defaultUnreachableToleration: 1s },
            storage: { attachLimit: 3, disableForceDetachOnTimeout: true }
            """);
        Assert.Equal((TimeSpan.FromSeconds(2), 7, 100), (options.Agents!.HeartbeatPeriod, options.Agents.StatusLimits.Qps, options.Agents.StatusLimits.Burst));
        Assert.Equal((5e6, true), (options.Agents.Registry.BytesPerSecond, options.Agents.ImagesArePresent));
        Assert.Equal((TimeSpan.FromSeconds(9), 0, 50), (options.NodeLifecycle.GracePeriod, options.ControllerLimits.Qps, options.Controllers.Autoscaler.TolerancePermille));
        Assert.Equal((TimeSpan.FromSeconds(3), false, TimeSpan.Zero, 31000), (options.Scheduler.Queue.MaxBackoff, options.Preempts, options.Network.ProxySyncPeriod, options.ServiceAddresses.FirstNodePort));
        Assert.Equal((null, TimeSpan.FromSeconds(1), 3), (options.Admission.NotReadyToleration, options.Admission.UnreachableToleration, options.Controllers.Storage.AttachLimit));
        Assert.False(options.Controllers.Storage.ForceDetaches);
        Assert.Null(options.Swarm);
        Assert.Null(options.ClusterAutoscaler);
    }

    [Fact]
    public void Settings_of_swarm_have_the_names_that_compose_has()
    {
        SwarmOptions swarm = Settings(
            """
            { swarm: { restartPolicy: { condition: on-failure, delay: 1s, maxAttempts: 3, window: 1m }, updateConfig: { parallelism: 2, delay: 4s, order: start-first, monitor: 9s, failureAction: rollback, maxFailureRatio: 0.25 },
              rollbackConfig: { failureAction: continue }, stopGracePeriod: 30s, gracePeriodMultiplier: 5 } }
            """).Swarm;
        Assert.Equal(new SwarmRestartPolicy { Condition = SwarmRestartCondition.OnFailure, Delay = TimeSpan.FromSeconds(1), MaxAttempts = 3, Window = TimeSpan.FromMinutes(1) }, swarm.Restart);
        Assert.Equal(
            new SwarmUpdateConfig { Parallelism = 2, Delay = TimeSpan.FromSeconds(4), Order = SwarmUpdateOrder.StartFirst, Monitor = TimeSpan.FromSeconds(9), FailureAction = SwarmFailureAction.Rollback, MaxFailureRatio = 0.25 },
            swarm.Update);
        Assert.Equal((SwarmFailureAction.Continue, TimeSpan.FromSeconds(30), 5), (swarm.Rollback.FailureAction, swarm.StopGrace, swarm.DownAfterPeriods));
        Assert.Null(Settings("{ swarm: {} }").Swarm.Update);
    }

    [Theory]
    [InlineData("{ kubelt: {} }", "", "one of the keys", "kubelet")]
    [InlineData("{ kubelet: { syncFreqency: 1s } }", ".kubelet", "one of the keys", "syncFrequency")]
    [InlineData("{ kubelet: { syncFrequency: 0s } }", ".kubelet.syncFrequency", "from 1ms", null)]
    [InlineData("{ kubelet: { syncFrequency: 1 } }", ".kubelet.syncFrequency", "unit", null)]
    [InlineData("{ kubelet: { registryBurst: 0 } }", ".kubelet.registryBurst", "from 1 to", null)]
    [InlineData("{ kubelet: { maxContainerRestartPeriod: 5s } }", ".kubelet.maxContainerRestartPeriod", "expected containerRestartBackOff not above maxContainerRestartPeriod", null)]
    [InlineData("{ kubelet: { imageGCLowThresholdPercent: 85 } }", ".kubelet.imageGCLowThresholdPercent", "expected imageGCLowThresholdPercent below imageGCHighThresholdPercent", null)]
    [InlineData("{ kubelet: { imageGCHighThresholdPercent: 101 } }", ".kubelet.imageGCHighThresholdPercent", "from 0 to 100", null)]
    [InlineData("{ kubelet: { evictionHard: { imagefsAvailable: 10 } } }", ".kubelet.evictionHard.imagefsAvailable", "a whole percentage", null)]
    [InlineData("{ kubelet: { evictionHard: { nodefsAvailable: 101% } } }", ".kubelet.evictionHard.nodefsAvailable", "a whole percentage", null)]
    [InlineData("{ kubelet: { evictionHard: { memoryAvailable: 1% } } }", ".kubelet.evictionHard", "one of the keys nodefsAvailable, imagefsAvailable", null)]
    [InlineData("{ kubelet: { containerLogMaxFiles: 1 } }", ".kubelet.containerLogMaxFiles", "from 2 to", null)]
    [InlineData("{ kubelet: { containerLogMaxSize: 2Ti } }", ".kubelet.containerLogMaxSize", "at most 1099511627776 bytes", null)]
    [InlineData("{ apiServer: { primaryIPFamily: ipv6 } }", ".apiServer.primaryIPFamily", "IPv4, IPv6", "IPv6")]
    [InlineData("{ registry: { bytesPerSecond: 0 } }", ".registry.bytesPerSecond", "at least one byte", null)]
    [InlineData("{ registry: { latency: { distribution: uniform, min: -1, max: 1 } } }", ".registry.latency", "without negative values", null)]
    [InlineData("{ controllerManager: { nodeEvictionRate: -1 } }", ".controllerManager.nodeEvictionRate", "from 0 to", null)]
    [InlineData("{ controllerManager: { unhealthyZoneThreshold: 1.5 } }", ".controllerManager.unhealthyZoneThreshold", "from 0 to 1", null)]
    [InlineData("{ controllerManager: { jobPodFailureBackOff: 1h } }", ".controllerManager.jobPodFailureBackOff", "not above maxJobPodFailureBackOff", null)]
    [InlineData("{ scheduler: { podInitialBackoff: 1m } }", ".scheduler.podInitialBackoff", "not above podMaxBackoff", null)]
    [InlineData("{ scheduler: { preemption: maybe } }", ".scheduler.preemption", "true or false", null)]
    [InlineData("{ apiServer: { serviceClusterIPRange: 10.0.0.1 } }", ".apiServer.serviceClusterIPRange", "such as 10.96.0.0/12", null)]
    [InlineData("{ apiServer: { serviceClusterIPv6Range: 10.0.0.0/24 } }", ".apiServer.serviceClusterIPv6Range", "such as fd00", null)]
    [InlineData("{ apiServer: { lastNodePort: 70000 } }", ".apiServer.lastNodePort", "from 1 to 65535", null)]
    [InlineData("{ apiServer: { lastNodePort: 80 } }", ".apiServer.lastNodePort", "not above lastNodePort", null)]
    [InlineData("{ admission: { defaultNotReadyToleration: never } }", ".admission.defaultNotReadyToleration", "", null)]
    [InlineData("{ clusterAutoscaler: { expander: least-wast } }", ".clusterAutoscaler.expander", "least-waste, random, first", "least-waste")]
    [InlineData("{ clusterAutoscaler: { maxScaleDownParallelism: 1, maxDrainParallelism: 2 } }", ".clusterAutoscaler.maxDrainParallelism", "not above maxScaleDownParallelism", null)]
    [InlineData("{ swarm: { restartPolicy: { condition: onFailure } } }", ".swarm.restartPolicy.condition", "any, on-failure, none", "on-failure")]
    [InlineData("{ swarm: { rollbackConfig: { failureAction: rollback } } }", ".swarm.rollbackConfig.failureAction", "pause, continue", null)]
    [InlineData("{ swarm: { gossipLossMin: 10s } }", ".swarm.gossipLossMin", "not above gossipLossMax", null)]
    public void A_setting_is_one_that_the_component_can_have(string settings, string field, string expected, string? nearest)
    {
        InputProblem problem = _files.Problems(Text(settings))[0];
        Assert.Equal("spec.workloads[0].settings" + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }

    [Fact]
    public void Limits_that_are_switched_off_cannot_be_stated_too()
    {
        string text = Text("{ controllerManager: { kubeAPIQPS: 5 } }", ClusterExperiments.Cluster + ", clientLimits: none");
        InputProblem problem = Assert.Single(_files.Problems(text));
        Assert.Equal("spec.workloads[0].cluster.clientLimits", problem.Field);
        Assert.Contains("controllerManager", problem.Expected, StringComparison.Ordinal);
        Assert.NotNull(_files.Parse(Text("{ controllerManager: { nodeMonitorPeriod: 5s } }", ClusterExperiments.Cluster + ", clientLimits: none")));
    }

    [Fact]
    public void A_group_of_the_other_orchestrator_is_noted()
    {
        InputProblem note = Assert.Single(_files.Parse(Text("{ swarm: { heartbeatPeriod: 1s } }")).Notes);
        Assert.Equal("spec.workloads[0].settings.swarm", note.Field);
        Assert.Contains("orchestrator is kubernetes", note.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_change_the_fingerprint_and_two_ways_to_state_a_default_do_not()
    {
        string[] hashes = [.. new[] { "{}", "{ kubelet: { syncFrequency: 60s } }", "{ kubelet: { syncFrequency: 61s } }" }.Select(text => Plan(Text(text)).Fingerprint.Hash)];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    private static string Text(string settings, string cluster = ClusterExperiments.Cluster) =>
        ClusterExperiments.Text(cluster).Replace("      cluster: {", $"      settings: {settings.ReplaceLineEndings(" ")}\n      cluster: {{", StringComparison.Ordinal);

    /// <summary>An update that is not stated is not written, so it is stated here.</summary>
    private static ClusterSettings WithUpdate(ClusterSettings settings) => settings with { Swarm = settings.Swarm with { Update = settings.Swarm.Update ?? new SwarmUpdateConfig() } };

    private static string TextOf(ClusterSettings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            SettingCatalog.Write(json, settings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Paths whose values differ.</summary>
    private static IEnumerable<string> Differences(string left, string right)
    {
        Dictionary<string, string> before = Flat(left), after = Flat(right);
        return before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key));
    }

    private static Dictionary<string, string> Flat(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        using JsonDocument json = JsonDocument.Parse(text);
        Walk("", json.RootElement);
        return values;

        void Walk(string path, JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                values.Add(path, element.GetRawText());
                return;
            }

            foreach (JsonProperty property in element.EnumerateObject()) Walk(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
        }
    }

    private static ClusterSettings? TryParse(string settings)
    {
        var reader = new YamlReader("settings");
        ClusterSettings read = SettingCatalog.Read(reader.Open(YamlDocument.ParseSingle(settings, "settings")));
        return reader.ProblemCount == 0 ? read : null;
    }

    private ClusterSettings Settings(string settings) => ((ClusterReplay)_files.Parse(Text(settings)).Workloads.Single().Replay).Settings;

    private ExperimentPlan Plan(string text) => ExperimentPlan.Create(_files.Parse(text), new PlanOverrides(), "SchedBench test");

    private OrchestratedRunOptions Options(string settings)
    {
        _files.Write("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\nnode-0,64000,262144,0,\n");
        PlannedCell cell = Plan(Text($"{{ {settings} }}")).Cells[0];
        return ClusterCellSetup.Options(cell, (ClusterReplay)cell.Workload.Replay, LoadedInputs.Load([cell]), StrategyCatalog.BuiltIn());
    }
}
