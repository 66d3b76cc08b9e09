using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>KubeSchedulerConfiguration v1: defaults, how plugins are merged, and one clear error for each thing that is wrong.</summary>
public sealed class ConfigurationReaderTests
{
    private const string Head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

    [Fact]
    public void An_empty_configuration_is_the_default_one()
    {
        KubeSchedulerConfiguration configuration = Read("");
        Assert.Equal((16, 0, null, null), (configuration.Parallelism, configuration.PercentageOfNodesToScore, configuration.PodInitialBackoff, configuration.PodMaxBackoff));
        SchedulerProfile profile = Assert.Single(configuration.Profiles);
        Assert.Equal("default-scheduler", profile.SchedulerName);
        Assert.Equal(
            "TaintToleration=3 NodeAffinity=2 NodeResourcesFit=1 VolumeBinding=1 PodTopologySpread=2 InterPodAffinity=2 NodeResourcesBalancedAllocation=1 ImageLocality=1",
            Scores(profile));
        Assert.Equal((ScoringStrategyType.LeastAllocated, true, 1), (profile.Args.Fit.Type, profile.Args.Spread.IsSystemDefaulted, profile.Args.Affinity.HardPodAffinityWeight));
        Assert.Empty(HostLimits.Refusals(configuration, PluginRegistry.Default));
    }

    [Theory]
    [InlineData("score: { disabled: [{ name: '*' }], enabled: [{ name: ImageLocality, weight: 7 }] }", "ImageLocality=7")]
    [InlineData("score: { disabled: [{ name: ImageLocality }, { name: InterPodAffinity }, { name: VolumeBinding }, { name: NodeAffinity }] }", "TaintToleration=3 NodeResourcesFit=1 PodTopologySpread=2 NodeResourcesBalancedAllocation=1")]
    [InlineData("multiPoint: { enabled: [{ name: ImageLocality, weight: 9 }], disabled: [{ name: NodeAffinity }] }", "TaintToleration=3 NodeResourcesFit=1 VolumeBinding=1 PodTopologySpread=2 InterPodAffinity=2 NodeResourcesBalancedAllocation=1 ImageLocality=9")]
    [InlineData("score: { enabled: [{ name: NodeResourcesFit, weight: 5 }] }", "NodeResourcesFit=5 TaintToleration=3 NodeAffinity=2 VolumeBinding=1 PodTopologySpread=2 InterPodAffinity=2 NodeResourcesBalancedAllocation=1 ImageLocality=1")]
    [InlineData("multiPoint: { disabled: [{ name: '*' }], enabled: [{ name: PrioritySort }, { name: DefaultBinder }, { name: NodeResourcesFit }] }", "NodeResourcesFit=1")]
    public void Plugins_are_merged_as_kube_scheduler_merges_them(string plugins, string scores) =>
        Assert.Equal(scores, Scores(Read($"profiles: [{{ plugins: {{ {plugins} }} }}]").Profiles[0]));

    [Fact]
    public void A_plugin_that_only_its_filter_is_disabled_of_keeps_its_score()
    {
        SchedulerProfile profile = Read("profiles: [{ plugins: { filter: { disabled: [{ name: NodeAffinity }] } } }]").Profiles[0];
        Assert.DoesNotContain("NodeAffinity", ProfilePlan.PluginsAt(profile, ExtensionPoint.Filter, PluginRegistry.Default));
        Assert.Contains("NodeAffinity=2", Scores(profile), StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_read_with_their_defaults()
    {
        PluginArgs args = Read("""
            profiles:
            - schedulerName: packing
              pluginConfig:
              - name: NodeResourcesFit
                args:
                  apiVersion: kubescheduler.config.k8s.io/v1
                  kind: NodeResourcesFitArgs
                  ignoredResourceGroups: [example.com]
                  scoringStrategy:
                    type: RequestedToCapacityRatio
                    resources: [{ name: cpu, weight: 3 }, { name: nvidia.com/gpu }]
                    requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 70, score: 10 }, { utilization: 100, score: 2 }] }
              - name: PodTopologySpread
                args: { defaultingType: List, defaultConstraints: [{ maxSkew: 2, topologyKey: rack, whenUnsatisfiable: ScheduleAnyway }] }
              - name: InterPodAffinity
                args: { hardPodAffinityWeight: 40, ignorePreferredTermsOfExistingPods: true }
              - name: NodeAffinity
                args:
                  addedAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: pool, operator: In, values: [b, a] }] }] }
                    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 9, preference: { matchFields: [{ key: metadata.name, operator: In, values: [node-1] }] } }]
              - name: DefaultPreemption
                args: { minCandidateNodesPercentage: 5 }
            """).Profiles[0].Args;
        Assert.Equal(ScoringStrategyType.RequestedToCapacityRatio, args.Fit.Type);
        Assert.Equal([new("cpu", 3), new("nvidia.com/gpu", 1)], args.Fit.Resources);
        Assert.Equal([new(0, 0), new(70, 10), new(100, 2)], args.Fit.Shape);
        Assert.True(args.Fit.Ignores("example.com/fpga"));
        Assert.False(args.Fit.Ignores("example.org/fpga"));
        Assert.Equal(("rack", 2, false), (args.Spread.DefaultConstraints[0].TopologyKey, args.Spread.DefaultConstraints[0].MaxSkew, args.Spread.IsSystemDefaulted));
        Assert.Equal((40, true, 5, 100), (args.Affinity.HardPodAffinityWeight, args.Affinity.IgnorePreferredTermsOfExistingPods, args.MinCandidateNodesPercentage, args.MinCandidateNodesAbsolute));
        Assert.Equal(new LabelRequirement("pool", SelectorOperator.In, ["a", "b"]), args.AddedAffinity!.Required!.Value[0].Labels[0]);
        Assert.Equal(9, args.AddedAffinity.Preferred[0].Weight);
    }

    [Fact]
    public void What_has_no_effect_here_is_known_and_extenders_are_read()
    {
        KubeSchedulerConfiguration configuration = Read("""
            leaderElection: { leaderElect: false, resourceName: x }
            clientConnection: { kubeconfig: /etc/kubernetes/scheduler.conf, qps: 50, burst: 100 }
            enableProfiling: true
            extenders:
            - { urlPrefix: "http://localhost:8080", filterVerb: filter, prioritizeVerb: prioritize, weight: 5, httpTimeout: 2s, managedResources: [{ name: example.com/fpga, ignoredByScheduler: true }], ignorable: true }
            """);
        SchedulerExtender extender = Assert.Single(configuration.Extenders);
        Assert.Equal((5, 2, "example.com/fpga", true), (extender.Weight, extender.HttpTimeout.TotalSeconds, extender.ManagedResources[0], extender.IsIgnorable));
        Assert.Contains(HostLimits.Refusals(configuration, PluginRegistry.Default, hasExtenders: false), refusal => refusal.Field == "extenders");
    }

    [Theory]
    [InlineData("paralelism: 3", "c.yaml:3:1: 'paralelism': expected one of the keys", "did you mean 'parallelism'?")]
    [InlineData("parallelism: 0", "c.yaml:3:14: parallelism: '0': expected a whole number from 1", "")]
    [InlineData("percentageOfNodesToScore: 101", "percentageOfNodesToScore: '101': expected a whole number from 0 to 100", "")]
    [InlineData("podInitialBackoffSeconds: 20", "c.yaml:3:27: podInitialBackoffSeconds: '20': expected podMaxBackoffSeconds of at least podInitialBackoffSeconds", "")]
    [InlineData("profiles: []", "expected a list of at least 1", "")]
    [InlineData("profiles: [{}, {}]", "expected every schedulerName once", "")]
    [InlineData("profiles: [{ plugins: { score: { enabled: [{ name: NodeResourceFit }] } } }]", "c.yaml:3:52: profiles[0].plugins.score.enabled[0].name: 'NodeResourceFit': expected one of the plugins", "did you mean 'NodeResourcesFit'?")]
    [InlineData("profiles: [{ plugins: { score: { enabled: [{ name: NodePorts }] } } }]", "expected a plugin that extends this point; NodePorts extends preFilter, filter", "")]
    [InlineData("profiles: [{ plugins: { scores: {} } }]", "'scores': expected one of the keys", "did you mean 'score'?")]
    [InlineData("profiles: [{ plugins: { filter: { enabled: [{ name: EBSLimits }] } } }]", "gone since v1.31", "")]
    [InlineData("profiles: [{ plugins: { queueSort: { disabled: [{ name: '*' }] } } }]", "expected a queueSort plugin", "")]
    [InlineData("profiles: [{ plugins: { bind: { disabled: [{ name: DefaultBinder }] } } }]", "expected a bind plugin", "")]
    [InlineData("profiles: [{ plugins: { preScore: { disabled: [{ name: InterPodAffinity }] } } }]", "expected preScore of InterPodAffinity enabled beside its score", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFitt }] }]", "expected one of the plugins", "did you mean 'NodeResourcesFit'?")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodePorts }] }]", "expected a plugin with arguments", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: VolumeBinding }, { name: VolumeBinding }] }]", "expected every plugin once in pluginConfig", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { kind: FitArgs } }] }]", "expected one of NodeResourcesFitArgs", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: MostAlocated } } }] }]", "expected one of LeastAllocated, MostAllocated, RequestedToCapacityRatio", "did you mean 'MostAllocated'?")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: RequestedToCapacityRatio } } }] }]", "expected requestedToCapacityRatio beside type", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { requestedToCapacityRatio: { shape: [{ utilization: 0, score: 11 }] } } } }] }]", "expected a whole number from 0 to 10", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 5 }, { utilization: 5 }] } } } }] }]", "expected points in the order of their utilization", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { ignoredResourceGroups: [a/b] } }] }]", "expected a prefix without '/'", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeResourcesBalancedAllocation, args: { resources: [{ name: cpu, weight: 2 }] } }] }]", "expected a whole number from 0 to 1", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: InterPodAffinity, args: { hardPodAffinityWeight: 101 } }] }]", "expected a whole number from 0 to 100", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: PodTopologySpread, args: { defaultConstraints: [{ maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway }] } }] }]", "expected defaultingType List beside defaultConstraints", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: PodTopologySpread, args: { defaultingType: List, defaultConstraints: [{ maxSkew: 0, topologyKey: a, whenUnsatisfiable: ScheduleAnyway }] } }] }]", "expected a whole number from 1", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: NodeAffinity, args: { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: a, operator: In }] }] } } } }] }]", "expected at least one value", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: DefaultPreemption, args: { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 } }] }]", "expected minCandidateNodesPercentage or minCandidateNodesAbsolute above 0", "")]
    [InlineData("profiles: [{ pluginConfig: [{ name: VolumeBinding, args: { shape: [] } }] }]", "'shape': expected one of the keys", "")]
    [InlineData("extenders: [{ urlPrefix: x, prioritizeVerb: p }]", "expected a weight of 1 or more", "")]
    [InlineData("extenders: [{ urlPrefix: x, bindVerb: b }, { urlPrefix: y, bindVerb: b }]", "expected one extender with a bindVerb", "")]
    [InlineData("leaderElection: { resourceLock: endpoints }", "expected leases", "")]
    public void What_is_wrong_is_told_with_its_place_and_the_nearest_name(string text, string expected, string nearest)
    {
        InputException error = Assert.Throws<InputException>(() => Read(text));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal) && $"{problem}".EndsWith(nearest, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_kind_or_version_is_refused()
    {
        InputException error = Assert.Throws<InputException>(() => ConfigurationReader.Read("apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: Pod\n", "c.yaml"));
        Assert.Equal(["c.yaml:1:13", "c.yaml:2:7"], error.Problems.Select(problem => $"{problem.File}:{problem.Line}:{problem.Column}"));
    }

    [Theory]
    [InlineData("profiles: [{ plugins: { preEnqueue: { disabled: [{ name: SchedulingGates }] } } }]", "profiles[0].plugins.preEnqueue")]
    public void What_a_run_cannot_follow_is_refused(string text, string field)
    {
        KubeSchedulerConfiguration configuration = Read(text);
        Assert.Contains(HostLimits.Refusals(configuration, PluginRegistry.Default), refusal => refusal.Field == field);
        Assert.Throws<ArgumentException>(() => new KubeScheduler(configuration));
    }

    private static KubeSchedulerConfiguration Read(string text) => ConfigurationReader.Read(Head + text, "c.yaml");

    private static string Scores(SchedulerProfile profile) =>
        string.Join(' ', ProfilePlan.PluginsAt(profile, ExtensionPoint.Score, PluginRegistry.Default).Select(name => $"{name}={ProfilePlan.WeightOf(profile, name)}"));
}
