using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Tests.Manifests;

public sealed class WorkloadManifestTests
{
    private const string Template = "template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: c, image: a:1, resources: { requests: { cpu: 100m } } }] } }";
    private const string Selector = "selector: { matchLabels: { app: a } }";

    [Fact]
    public void A_deployment_is_read()
    {
        Deployment read = Manifest.One<Deployment>(Manifest.Of("apps/v1", "Deployment", $"spec: {{ replicas: 7, paused: true, minReadySeconds: 5, progressDeadlineSeconds: 60, revisionHistoryLimit: 2, strategy: {{ rollingUpdate: {{ maxSurge: 3, maxUnavailable: 10% }} }}, {Selector}, {Template} }}"));
        Assert.Equal((7, true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), 2), (read.Replicas, read.IsPaused, read.MinReady, read.ProgressDeadline, read.RevisionHistoryLimit));
        Assert.Equal(new DeploymentStrategy(false, IntOrPercent.Percent(10), IntOrPercent.Of(3)), read.Strategy);
        Assert.Equal(LabelSelector.Of([new Label("app", "a")]), read.Selector);
        Assert.Equal([new Label("app", "a")], read.Template.Labels);
        Assert.Equal(100, read.Template.Spec.CpuMilli);
    }

    [Fact]
    public void A_bare_deployment_has_the_defaults_of_the_API()
    {
        Deployment read = Manifest.One<Deployment>(Manifest.Deployment("strategy:\nreplicas: null"));
        Assert.Equal((1, false, TimeSpan.Zero, TimeSpan.FromSeconds(600), 10), (read.Replicas, read.IsPaused, read.MinReady, read.ProgressDeadline, read.RevisionHistoryLimit));
        Assert.Equal(new DeploymentStrategy(false, IntOrPercent.Percent(25), IntOrPercent.Percent(25)), read.Strategy);
        Assert.True(Manifest.One<Deployment>(Manifest.Deployment("strategy: { type: Recreate }")).Strategy.IsRecreate);
    }

    [Theory]
    [InlineData("strategy: { type: RollingUpdate }", false)]
    [InlineData("strategy: { rollingUpdate: {} }", false)]
    [InlineData("strategy: { rollingUpdate: { maxSurge: 25% } }", true)]
    [InlineData("strategy: { rollingUpdate: { maxUnavailable: 25%, maxSurge: 25% } }", true)]
    public void A_strategy_says_whether_its_numbers_are_stated_and_the_API_knows_no_difference(string strategy, bool isStated)
    {
        DeploymentStrategy read = Manifest.One<Deployment>(Manifest.Deployment(strategy)).Strategy;
        Assert.Equal(isStated, read.IsStated);
        Assert.Equal(DeploymentStrategy.Default, read);
    }

    [Fact]
    public void A_replica_set_and_a_replication_controller_are_read()
    {
        ReplicaSet set = Manifest.One<ReplicaSet>(Manifest.Of("apps/v1", "ReplicaSet", $"spec: {{ replicas: 0, minReadySeconds: 1, selector: {{ matchExpressions: [{{ key: app, operator: In, values: [b, a] }}] }}, {Template} }}"));
        Assert.Equal((0, TimeSpan.FromSeconds(1)), (set.Replicas, set.MinReady));
        Assert.Equal([new LabelRequirement("app", SelectorOperator.In, ["a", "b"])], set.Selector.Requirements);
        ReplicationController controller = Manifest.One<ReplicationController>(Manifest.Of("v1", "ReplicationController", $"spec: {{ {Template} }}"));
        Assert.Equal((1, LabelSelector.Of([new Label("app", "a")])), (controller.Replicas, controller.Selector));
    }

    [Fact]
    public void A_stateful_set_is_read()
    {
        StatefulSet read = Manifest.One<StatefulSet>(Manifest.Of("apps/v1", "StatefulSet", $$"""
            spec:
              replicas: 3
              serviceName: db
              ordinals: { start: 5 }
              podManagementPolicy: Parallel
              updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 2 } }
              persistentVolumeClaimRetentionPolicy: { whenScaled: Delete, whenDeleted: Retain }
              minReadySeconds: 4
              revisionHistoryLimit: 3
              volumeClaimTemplates:
                - metadata: { name: data }
                  spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 10Gi } } }
              {{Selector}}
              {{Template}}
            """));
        Assert.Equal((3, "db", 5, true, false, 2, TimeSpan.FromSeconds(4), 3), (read.Replicas, read.ServiceName, read.FirstOrdinal, read.IsParallel, read.UpdatesOnDelete, read.Partition, read.MinReady, read.RevisionHistoryLimit));
        Assert.Equal((true, false), (read.DeletesClaimsWhenScaled, read.DeletesClaimsWhenDeleted));
        Assert.Equal([new ClaimTemplate("data", "fast", 10L << 30, ["ReadWriteOnce"])], read.ClaimTemplates);
    }

    [Fact]
    public void Pods_of_a_stateful_set_mount_the_claims_of_its_templates_and_nothing_that_is_not_there()
    {
        string Spec(string mounted) => Manifest.Of("apps/v1", "StatefulSet", $$"""
            spec:
              {{Selector}}
              template:
                metadata: { labels: { app: a } }
                spec: { containers: [{ name: c, image: a, volumeMounts: [{ name: {{mounted}}, mountPath: /data }] }] }
              volumeClaimTemplates:
                - metadata: { name: data }
                  spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }
            """);
        Assert.Single(Manifest.One<StatefulSet>(Spec("data")).ClaimTemplates);
        Assert.Equal("spec.template.spec.containers[0].volumeMounts[0].name", Manifest.Problem(Spec("dat")).Field);
    }

    [Fact]
    public void A_daemon_set_is_read()
    {
        DaemonSet read = Manifest.One<DaemonSet>(Manifest.Of("apps/v1", "DaemonSet", $"spec: {{ {Selector}, {Template}, updateStrategy: {{ rollingUpdate: {{ maxSurge: 20%, maxUnavailable: 0 }} }} }}"));
        Assert.Equal((IntOrPercent.Of(0), IntOrPercent.Percent(20), false, 10), (read.MaxUnavailable, read.MaxSurge, read.UpdatesOnDelete, read.RevisionHistoryLimit));
        DaemonSet bare = Manifest.One<DaemonSet>(Manifest.Of("apps/v1", "DaemonSet", $"spec: {{ {Selector}, {Template}, updateStrategy: {{ type: OnDelete }} }}"));
        Assert.Equal((IntOrPercent.Of(1), IntOrPercent.Of(0), true), (bare.MaxUnavailable, bare.MaxSurge, bare.UpdatesOnDelete));
    }

    [Fact]
    public void A_job_gets_a_selector_by_its_name()
    {
        Job read = Manifest.One<Job>(Manifest.Of("batch/v1", "Job", "spec: { parallelism: 4, completions: 8, completionMode: Indexed, backoffLimit: 2, activeDeadlineSeconds: 100, ttlSecondsAfterFinished: 0, suspend: true, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a }] } } }"));
        Assert.Equal((4, 8, true, 2, TimeSpan.FromSeconds(100), TimeSpan.Zero, true), (read.Parallelism, read.Completions, read.IsIndexed, read.BackoffLimit, read.ActiveDeadline, read.TtlAfterFinished, read.IsSuspended));
        Assert.Equal(LabelSelector.Of([new Label("job-name", "x")]), read.Selector);
        Assert.Equal([new Label("batch.kubernetes.io/job-name", "x"), new Label("job-name", "x")], read.Template.Labels);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("parallelism: 3, ", 3, null)]
    [InlineData("completions: 3, ", 1, 3)]
    public void A_job_without_completions_is_a_work_queue_only_when_it_has_parallelism(string line, int parallelism, int? completions)
    {
        Job read = Manifest.One<Job>(Manifest.Of("batch/v1", "Job", $"spec: {{ {line}template: {{ spec: {{ restartPolicy: OnFailure, containers: [{{ name: c, image: a }}] }} }} }}"));
        Assert.Equal((parallelism, completions, 6), (read.Parallelism, read.Completions, read.BackoffLimit));
        Assert.Null(read.TtlAfterFinished);
    }

    [Fact]
    public void A_cron_job_is_read_and_one_that_is_never_due_is_warned_of()
    {
        const string Job = "jobTemplate: { metadata: { labels: { team: b } }, spec: { completions: 2, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a }] } } } }";
        CronJob read = Manifest.One<CronJob>(Manifest.Of("batch/v1", "CronJob", $"spec: {{ schedule: \"*/5 * * * MON-FRI\", timeZone: Etc/UTC, concurrencyPolicy: Replace, startingDeadlineSeconds: 30, suspend: true, successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 4, {Job} }}"));
        Assert.Equal(("*/5 * * * MON-FRI", "Etc/UTC", ConcurrencyPolicy.Replace, TimeSpan.FromSeconds(30), true, 0, 4), (read.Schedule, read.TimeZone, read.ConcurrencyPolicy, read.StartingDeadline, read.IsSuspended, read.SuccessfulHistoryLimit, read.FailedHistoryLimit));
        Assert.Equal((2, [new Label("team", "b")]), (read.JobTemplate.Completions, read.JobTemplate.Metadata.Labels));
        var never = Manifest.Read(Manifest.Of("batch/v1", "CronJob", $"spec: {{ schedule: \"0 0 31 2 *\", {Job} }}"));
        Assert.Equal((ConcurrencyPolicy.Allow, 3, 1), (((CronJob)never.Objects[0]).ConcurrencyPolicy, ((CronJob)never.Objects[0]).SuccessfulHistoryLimit, ((CronJob)never.Objects[0]).FailedHistoryLimit));
        Assert.Contains("never due", Assert.Single(never.Warnings).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void An_autoscaler_is_read()
    {
        var set = Manifest.Read(Manifest.Of("autoscaling/v2", "HorizontalPodAutoscaler", """
            spec:
              scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: web }
              minReplicas: 2
              maxReplicas: 20
              metrics:
                - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }
                - { type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 100Mi } } }
                - { type: Pods, pods: { metric: { name: http_requests }, target: { type: AverageValue, averageValue: "1.5" } } }
                - { type: External, external: { metric: { name: queue }, target: { type: Value, value: 30 } } }
              behavior:
                scaleUp: { stabilizationWindowSeconds: 30, selectPolicy: Min, policies: [{ type: Pods, value: 2, periodSeconds: 60 }] }
                scaleDown: { selectPolicy: Disabled }
            """));
        var read = Assert.IsType<HorizontalPodAutoscaler>(set.Objects[0]);
        Assert.Equal((ResourceKind.StatefulSet, "web", 2, 20), (read.TargetKind, read.TargetName, read.MinReplicas, read.MaxReplicas));
        Assert.Equal(
            [
                new AutoscalingTarget(AutoscalingMetric.Cpu, true, 60), new AutoscalingTarget(AutoscalingMetric.Memory, false, 100L << 20),
                new AutoscalingTarget(AutoscalingMetric.RequestRate, false, 1500),
            ],
            read.Metrics);
        Assert.Equal(new ScalingRules(TimeSpan.FromSeconds(30), false, [new ScalingPolicy(false, 2, TimeSpan.FromSeconds(60))]), read.Up);
        Assert.Equal(ScalingRules.DefaultDown with { Selection = null }, read.Down);
        Assert.Contains("queue", Assert.Single(set.Notes).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_autoscaler_has_the_defaults_of_the_API()
    {
        HorizontalPodAutoscaler read = Manifest.One<HorizontalPodAutoscaler>(Manifest.Of("autoscaling/v2", "HorizontalPodAutoscaler", "spec: { maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: web } }"));
        Assert.Equal((1, ScalingRules.DefaultUp, ScalingRules.DefaultDown), (read.MinReplicas, read.Up, read.Down));
        Assert.Equal([new AutoscalingTarget(AutoscalingMetric.Cpu, true, 80)], read.Metrics);
    }

    [Fact]
    public void A_budget_is_read()
    {
        PodDisruptionBudget read = Manifest.One<PodDisruptionBudget>(Manifest.Of("policy/v1", "PodDisruptionBudget", $"spec: {{ minAvailable: 50%, unhealthyPodEvictionPolicy: AlwaysAllow, {Selector} }}"));
        Assert.Equal((IntOrPercent.Percent(50), null, UnhealthyEviction.AlwaysAllow, LabelSelector.Of([new Label("app", "a")])), (read.MinAvailable, read.MaxUnavailable, read.UnhealthyEviction, read.Selector));
        Assert.Null(Manifest.One<PodDisruptionBudget>(Manifest.Of("policy/v1", "PodDisruptionBudget", "spec: { maxUnavailable: 0 }")).Selector);
    }

    [Theory]
    [InlineData("apps/v1", "Deployment", "spec: { TEMPLATE }", "spec.selector")]
    [InlineData("apps/v1", "Deployment", "spec: { selector: {}, TEMPLATE }", "spec.selector")]
    [InlineData("apps/v1", "Deployment", "spec: { selector: { matchLabels: { app: b } }, TEMPLATE }", "spec.selector")]
    [InlineData("apps/v1", "Deployment", "spec: { SELECTOR }", "spec.template")]
    [InlineData("apps/v1", "Deployment", "spec: { SELECTOR, TEMPLATE, progressDeadlineSeconds: 5, minReadySeconds: 5 }", "spec.progressDeadlineSeconds")]
    [InlineData("apps/v1", "Deployment", "spec: { SELECTOR, TEMPLATE, strategy: { type: Recreate, rollingUpdate: {} } }", "spec.strategy.rollingUpdate")]
    [InlineData("apps/v1", "ReplicaSet", "spec: { selector: { matchExpressions: [{ key: app, operator: In }] }, TEMPLATE }", "spec.selector.matchExpressions[0]")]
    [InlineData("v1", "ReplicationController", "spec: { selector: { app: b }, TEMPLATE }", "spec.selector")]
    [InlineData("apps/v1", "DaemonSet", "spec: { SELECTOR, TEMPLATE, updateStrategy: { rollingUpdate: { maxSurge: 1 } } }", "spec.updateStrategy.rollingUpdate")]
    [InlineData("apps/v1", "StatefulSet", "spec: { SELECTOR, TEMPLATE, updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } } }", "spec.updateStrategy.rollingUpdate")]
    [InlineData("apps/v1", "StatefulSet", "spec: { SELECTOR, TEMPLATE, volumeClaimTemplates: [{ metadata: { name: d }, spec: { accessModes: [], resources: { requests: { storage: 1 } } } }] }", "spec.volumeClaimTemplates[0].spec.accessModes")]
    [InlineData("batch/v1", "Job", "spec: { TEMPLATE }", "spec.template.spec")]
    [InlineData("batch/v1", "Job", "spec: { SELECTOR, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a }] } } }", "spec.selector")]
    [InlineData("batch/v1", "Job", "spec: { completionMode: Indexed, template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a }] } } }", "spec.completionMode")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler", "spec: { maxReplicas: 1, minReplicas: 2, scaleTargetRef: { kind: Deployment, name: w } }", "spec.maxReplicas")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler", "spec: { maxReplicas: 1, scaleTargetRef: { kind: DaemonSet, name: w } }", "spec.scaleTargetRef.kind")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler", "spec: { maxReplicas: 1, scaleTargetRef: { kind: Deployment, name: w }, metrics: [{ type: Resource }] }", "spec.metrics[0]")]
    [InlineData("policy/v1", "PodDisruptionBudget", "spec: { minAvailable: 101% }", "spec.minAvailable")]
    public void What_the_API_server_refuses_of_a_workload_is_refused(string version, string kind, string spec, string field) =>
        Assert.Equal(field, Manifest.Problem(Manifest.Of(version, kind, spec.Replace("TEMPLATE", Template, StringComparison.Ordinal).Replace("SELECTOR", Selector, StringComparison.Ordinal))).Field);

    [Theory]
    [InlineData("Deployment", "Never")]
    [InlineData("StatefulSet", "OnFailure")]
    [InlineData("DaemonSet", "Never")]
    public void Pods_that_are_kept_running_restart_always(string kind, string policy) =>
        Assert.Equal("spec.template.spec.restartPolicy", Manifest.Problem(Manifest.Of("apps/v1", kind, $"spec: {{ {Selector}, template: {{ metadata: {{ labels: {{ app: a }} }}, spec: {{ restartPolicy: {policy}, containers: [{{ name: c, image: a }}] }} }} }}")).Field);

    [Fact]
    public void B22_and_B23_Selectors_that_match_somebody_elses_pods_or_none_and_two_budgets_are_accepted_with_warnings()
    {
        string text = string.Join("---\n",
            Manifest.Deployment("", "one"), Manifest.Deployment("", "two"),
            Manifest.Of("v1", "Service", "spec: { selector: { app: nobody }, ports: [{ port: 1 }] }"),
            Manifest.Of("policy/v1", "PodDisruptionBudget", "spec: { selector: { matchLabels: { app: web } } }", "b1"),
            Manifest.Of("policy/v1", "PodDisruptionBudget", "spec: { selector: {} }", "b2"));
        string[] warnings = [.. Manifest.Read(text).Warnings.Select(warning => $"{warning.Value}: {warning.Expected}")];
        Assert.Contains(warnings, warning => warning.StartsWith("one: its selector also matches the pods of Deployment/default/two", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.StartsWith("x: its selector matches no pods", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.StartsWith("b2: matches pods of", StringComparison.Ordinal));
    }
}
