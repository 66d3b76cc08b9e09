using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Store;

public sealed class AdmissionTests
{
    private readonly ObjectStore _store;
    private readonly QuotaLedger _ledger;

    public AdmissionTests()
    {
        _store = new ObjectStore(new EventLoop(new VirtualClock()));
        _ledger = new AdmissionOptions().Guard(_store)!;
        Made(new Namespace { Metadata = new ObjectMeta { Name = "default" } });
    }

    private T Made<T>(T item)
        where T : KubeObject
    {
        ApiError? error = _store.Create(item, out KubeObject made);
        Assert.True(error is null, error?.Message);
        return (T)made;
    }

    private ApiError Refused(KubeObject item)
    {
        ApiError? error = _store.Create(item, out _);
        Assert.NotNull(error);
        return error;
    }

    [Fact]
    public void An_object_of_a_missing_namespace_is_not_found()
    {
        Assert.Equal(ApiErrorCode.NotFound, Refused(Some.Pod("a") with { Metadata = new ObjectMeta { Name = "a", Namespace = "nowhere" } }).Code);
    }

    [Fact]
    public void Nothing_is_made_in_a_namespace_that_is_being_deleted()
    {
        Namespace space = Made(new Namespace { Metadata = new ObjectMeta { Name = "team" } });
        Assert.Null(_store.Delete(space.Key));
        Assert.True(_store.View.Find(space.Key)!.Metadata.IsDeleting);
        ApiError error = Refused(Some.Pod("a") with { Metadata = new ObjectMeta { Name = "a", Namespace = "team" } });
        Assert.Equal(ApiErrorCode.Forbidden, error.Code);
        Assert.Contains("being terminated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_namespace_cannot_be_deleted()
    {
        Assert.Equal(ApiErrorCode.Forbidden, _store.Delete(new ObjectKey(ResourceKind.Namespace, "", "default"))!.Code);
    }

    [Fact]
    public void A_pod_takes_the_priority_and_preemption_policy_of_its_class()
    {
        Made(new PriorityClass { Metadata = new ObjectMeta { Name = "high" }, Value = 1000, PreemptionPolicy = PreemptionPolicy.Never });
        Pod pod = Made(Some.Pod("a") with { Spec = Some.Pod("a").Spec with { PriorityClassName = "high" } });
        Assert.Equal((1000, PreemptionPolicy.Never), (pod.Spec.Priority, pod.Spec.PreemptionPolicy));
    }

    [Fact]
    public void A_pod_without_a_class_takes_the_default_one()
    {
        Assert.Equal(0, Made(Some.Pod("before")).Spec.Priority);
        Made(new PriorityClass { Metadata = new ObjectMeta { Name = "usual" }, Value = 7, IsDefault = true });
        Pod pod = Made(Some.Pod("after"));
        Assert.Equal(("usual", 7), (pod.Spec.PriorityClassName, pod.Spec.Priority));
    }

    [Theory]
    [InlineData("system-cluster-critical", 2_000_000_000)]
    [InlineData("system-node-critical", 2_000_001_000)]
    public void The_systems_own_classes_are_built_in(string name, int value)
    {
        Assert.Equal(value, Made(Some.Pod("a") with { Spec = Some.Pod("a").Spec with { PriorityClassName = name } }).Spec.Priority);
    }

    [Fact]
    public void An_unknown_class_is_refused()
    {
        Assert.Equal(ApiErrorCode.Forbidden, Refused(Some.Pod("a") with { Spec = Some.Pod("a").Spec with { PriorityClassName = "none" } }).Code);
    }

    [Fact]
    public void A_priority_that_is_not_that_of_the_class_is_refused()
    {
        Made(new PriorityClass { Metadata = new ObjectMeta { Name = "high" }, Value = 1000 });
        Assert.Equal(ApiErrorCode.Forbidden, Refused(Some.Pod("a") with { Spec = Some.Pod("a").Spec with { PriorityClassName = "high", Priority = 5 } }).Code);
    }

    [Fact]
    public void A_class_of_users_has_no_system_name_no_value_above_a_billion_and_one_default()
    {
        Assert.Equal(ApiErrorCode.Invalid, Refused(new PriorityClass { Metadata = new ObjectMeta { Name = "system-mine" } }).Code);
        Assert.Equal(ApiErrorCode.Invalid, Refused(new PriorityClass { Metadata = new ObjectMeta { Name = "huge" }, Value = 1_000_000_001 }).Code);
        PriorityClass usual = Made(new PriorityClass { Metadata = new ObjectMeta { Name = "usual" }, IsDefault = true });
        Assert.Equal(ApiErrorCode.Forbidden, Refused(new PriorityClass { Metadata = new ObjectMeta { Name = "other" }, IsDefault = true }).Code);
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(usual with { Value = 3 })!.Code);
    }

    [Fact]
    public void Pods_tolerate_lost_nodes_for_five_minutes_unless_they_say_otherwise()
    {
        Pod plain = Made(Some.Pod("plain"));
        Assert.Equal([300.0, 300.0], plain.Spec.Tolerations.Select(toleration => toleration.Duration!.Value.TotalSeconds));
        var own = new Toleration("node.kubernetes.io/unreachable", true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(5));
        Pod stated = Made(Some.Pod("stated") with { Spec = Some.Pod("stated").Spec with { Tolerations = [own] } });
        Assert.Equal([own, new Toleration("node.kubernetes.io/not-ready", true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(300))], stated.Spec.Tolerations);
        Pod all = Made(Some.Pod("all") with { Spec = Some.Pod("all").Spec with { Tolerations = [new Toleration("", true, "", null, null)] } });
        Assert.Single(all.Spec.Tolerations);
    }

    [Fact]
    public void Pods_of_one_template_share_one_spec_after_admission()
    {
        Made(new LimitRange { Metadata = OrchestrationBuilder.Meta("range"), Limits = [new LimitRangeItem(false, "cpu", null, null, 200, 500)] });
        PodSpec spec = OrchestrationBuilder.Template("web", "0").Spec;
        Pod first = Made(Some.Pod("a") with { Spec = spec }), second = Made(Some.Pod("b") with { Spec = spec });
        Assert.Same(first.Spec, second.Spec);
    }

    [Fact]
    public void A_limit_range_fills_in_requests_and_limits()
    {
        Made(new LimitRange { Metadata = OrchestrationBuilder.Meta("range"), Limits = [new LimitRangeItem(false, "cpu", null, null, 200, 500)] });
        Pod pod = Made(Some.Pod("a", "0"));
        Assert.Equal((200L, 500L, 200L), (pod.Spec.Containers[0].CpuMilli, pod.Spec.Containers[0].CpuMilliLimit!.Value, pod.Spec.CpuMilli));
    }

    [Fact]
    public void The_default_request_is_the_default_limit_and_that_the_maximum()
    {
        Made(new LimitRange { Metadata = OrchestrationBuilder.Meta("range"), Limits = [new LimitRangeItem(false, "cpu", null, 800, null, null)] });
        Pod pod = Made(Some.Pod("a", "0"));
        Assert.Equal((800L, 800L), (pod.Spec.Containers[0].CpuMilli, pod.Spec.Containers[0].CpuMilliLimit!.Value));
    }

    [Theory]
    [InlineData("50m", "minimum cpu usage per Container is 100, but request is 50")]
    [InlineData("900m", "maximum cpu usage per Container is 800, but request is 900")]
    public void A_container_outside_of_the_range_is_refused(string cpu, string message)
    {
        Made(new LimitRange { Metadata = OrchestrationBuilder.Meta("range"), Limits = [new LimitRangeItem(false, "cpu", 100, 800, null, 800)] });
        ApiError error = Refused(Some.Pod("a", cpu));
        Assert.Equal(ApiErrorCode.Forbidden, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_of_pods_bounds_their_sums()
    {
        Made(new LimitRange { Metadata = OrchestrationBuilder.Meta("range"), Limits = [new LimitRangeItem(true, "memory", 128L << 20, null, null, null)] });
        Assert.Contains("minimum memory usage per Pod", Refused(Some.Pod("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_holds_in_its_own_namespace_only()
    {
        Made(new Namespace { Metadata = new ObjectMeta { Name = "team" } });
        Made(new LimitRange { Metadata = new ObjectMeta { Name = "range", Namespace = "team" }, Limits = [new LimitRangeItem(false, "cpu", 5000, null, null, null)] });
        Made(Some.Pod("a"));
    }

    private ResourceQuota Quota(string name, params ResourceAmount[] hard) => Made(new ResourceQuota { Metadata = OrchestrationBuilder.Meta(name), Hard = [.. hard.OrderBy(h => h.Name, StringComparer.Ordinal)] });

    [Fact]
    public void A_quota_refuses_what_would_exceed_it_and_says_what_was_asked_used_and_limited()
    {
        Quota("small", new("requests.cpu", 250), new("pods", 5));
        Made(Some.Pod("a"));
        Made(Some.Pod("b"));
        ApiError error = Refused(Some.Pod("c"));
        Assert.Equal(ApiErrorCode.Forbidden, error.Code);
        Assert.Equal("pods \"c\" is forbidden: exceeded quota: small, requested: requests.cpu=100m, used: requests.cpu=200m, limited: requests.cpu=250m", error.Message);
    }

    [Fact]
    public void What_was_deleted_or_has_ended_is_free_again()
    {
        Quota("one", new ResourceAmount("pods", 1));
        Pod first = Made(Some.Pod("a"));
        Refused(Some.Pod("b"));
        _store.Delete(first.Key);
        Pod second = Made(Some.Pod("b"));
        _store.Update(second with { Status = second.Status with { Phase = PodLifePhase.Succeeded } });
        Made(Some.Pod("c"));
    }

    [Fact]
    public void Objects_that_were_there_before_the_quota_count()
    {
        Made(Some.Pod("a"));
        Quota("one", new ResourceAmount("pods", 1));
        Assert.Equal(1, _ledger.Used("default", "pods"));
        Refused(Some.Pod("b"));
    }

    [Fact]
    public void Lowering_a_quota_below_its_use_takes_nothing_away_and_refuses_what_is_new()
    {
        ResourceQuota quota = Quota("two", new ResourceAmount("pods", 2));
        Pod pod = Made(Some.Pod("a"));
        Made(Some.Pod("b"));
        Assert.Null(_store.Update(quota with { Hard = [new ResourceAmount("pods", 1)] }));
        Assert.Equal(2, _store.View.All(ResourceKind.Pod).Count);
        Refused(Some.Pod("c"));
        Assert.Null(_store.Update(pod with { Status = pod.Status with { IsReady = true } }));
    }

    [Fact]
    public void Under_a_quota_of_cpu_every_container_must_state_it()
    {
        Quota("cpu", new ResourceAmount("limits.cpu", 1000));
        Assert.Contains("must specify limits.cpu for: main", Refused(Some.Pod("a")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configmaps")]
    [InlineData("count/configmaps")]
    public void Objects_are_counted_by_kind(string name)
    {
        Quota("maps", new ResourceAmount(name, 1));
        Made(Some.ConfigMap("a"));
        Refused(Some.ConfigMap("b"));
        Made(Some.Pod("c"));
    }

    [Fact]
    public void Objects_of_a_group_are_counted_by_plural_and_group()
    {
        Quota("sets", new ResourceAmount("count/replicasets.apps", 1));
        Made(OrchestrationBuilder.ReplicaSet("a", 1));
        Refused(OrchestrationBuilder.ReplicaSet("b", 1));
    }

    [Fact]
    public void Storage_is_counted_by_size_and_by_class()
    {
        Quota("storage", new("requests.storage", 100), new("fast.storageclass.storage.k8s.io/requests.storage", 40));
        PersistentVolumeClaim Claim(string name, long size, string type) => new() { Metadata = OrchestrationBuilder.Meta(name), SizeBytes = size, StorageClass = type };
        Made(Claim("a", 30, "fast"));
        Refused(Claim("b", 20, "fast"));
        Made(Claim("c", 60, "slow"));
        Refused(Claim("d", 11, "slow"));
    }

    [Fact]
    public void Load_balancers_and_node_ports_are_counted_among_services()
    {
        Quota("services", new("services", 3), new("services.loadbalancers", 1), new("services.nodeports", 1));
        Service Of(string name, ServiceType type) => new() { Metadata = OrchestrationBuilder.Meta(name), Type = type };
        Made(Of("a", ServiceType.LoadBalancer));
        Refused(Of("b", ServiceType.LoadBalancer));
        Made(Of("c", ServiceType.ClusterIP));
        Made(Of("d", ServiceType.ClusterIP));
        Refused(Of("e", ServiceType.ClusterIP));
    }

    [Fact]
    public void A_quota_of_an_unknown_resource_is_invalid()
    {
        Assert.Equal(ApiErrorCode.Invalid, Refused(new ResourceQuota { Metadata = OrchestrationBuilder.Meta("q"), Hard = [new ResourceAmount("count/unicorns", 1)] }).Code);
    }

    [Fact]
    public void The_books_equal_a_recount_after_random_writes()
    {
        Quota("all", new("pods", 1000), new("requests.cpu", 1_000_000), new("count/configmaps", 1000), new("count/pods", 1000));
        var dice = new Dice(5);
        for (int i = 0; i < 500; i++)
        {
            string name = $"o{dice.Between(0, 20 - 1)}";
            if (_store.View.Find<Pod>(ResourceKind.Pod, "default", name) is { } pod)
            {
                if (dice.Between(0, 2 - 1) == 0) _store.Delete(pod.Key);
                else _store.Update(pod with { Status = pod.Status with { Phase = PodLifePhase.Failed } });
            }
            else if (dice.Between(0, 2 - 1) == 0) Made(Some.Pod(name, $"{dice.Between(0, 900 - 1)}m"));
            else _store.Create(Some.ConfigMap(name), out _);
        }

        Assert.All((string[])["pods", "requests.cpu", "count/configmaps", "count/pods"], name => Assert.Equal(_ledger.Recount("default", name), _ledger.Used("default", name)));
    }

    [Fact]
    public void A_selector_does_not_change_and_matches_its_template()
    {
        ReplicaSet set = Made(OrchestrationBuilder.ReplicaSet("web", 1));
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(set with { Selector = LabelSelector.Everything })!.Code);
        Assert.Equal(ApiErrorCode.Invalid, Refused(OrchestrationBuilder.ReplicaSet("api", 1, OrchestrationBuilder.Template("web"))).Code);
    }

    [Fact]
    public void Of_a_pod_only_images_deadlines_tolerations_and_gates_change()
    {
        Pod pod = Made(Some.Pod("a"));
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(pod with { Spec = pod.Spec with { CpuMilli = 5 } })!.Code);
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(pod with { Spec = pod.Spec with { Tolerations = [] } }) is { } error ? error.Code : ApiErrorCode.Invalid);
        Assert.Null(_store.Update(pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Image = "app:v2" }], ActiveDeadline = TimeSpan.FromMinutes(1) } }));
        Assert.Equal("app:v2", ((Pod)_store.View.Find(pod.Key)!).Spec.Containers[0].Image);
    }

    [Fact]
    public void Applying_the_same_bare_pod_again_changes_nothing()
    {
        Pod wanted = Some.Pod("a");
        Made(wanted);
        long version = _store.ResourceVersion;
        Assert.Null(Core.Runs.ApplyStep.Apply(_store, Some.Pod("a")));
        Assert.Equal(version, _store.ResourceVersion);
    }

    [Fact]
    public void A_bound_pod_stays_on_its_node()
    {
        Pod pod = Made(Some.Pod("a"));
        Assert.Null(_store.Update(pod with { Node = new NodeIndex(1) }));
        Pod bound = (Pod)_store.View.Find(pod.Key)!;
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(bound with { Node = new NodeIndex(2) })!.Code);
    }

    [Fact]
    public void A_jobs_template_and_completions_do_not_change()
    {
        Job job = Made(Some.Job("sum", 3));
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(job with { Completions = 4 })!.Code);
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(job with { Template = Some.Job("sum").Template with { Annotations = [new Label("a", "b")], Spec = job.Template.Spec with { CpuMilli = 9 } } })!.Code);
        Assert.Null(_store.Update(job with { Parallelism = 5 }));
    }

    [Fact]
    public void A_suspended_job_that_has_not_started_may_be_sent_elsewhere()
    {
        Job job = Made(Some.Job("sum") with { IsSuspended = true });
        Assert.Null(_store.Update(job with { Template = job.Template with { Spec = job.Template.Spec with { NodeSelector = [new Label("zone", "b")] } } }));
    }

    [Fact]
    public void Immutable_config_stays_as_it_is()
    {
        ConfigMap map = Made(Some.ConfigMap("a") with { IsImmutable = true, Data = [new Label("k", "v")] });
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(map with { Data = [] })!.Code);
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(map with { IsImmutable = false })!.Code);
        Secret secret = Made(new Secret { Metadata = OrchestrationBuilder.Meta("s"), IsImmutable = true, ValuesHash = 1 });
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(secret with { ValuesHash = 2 })!.Code);
    }

    [Fact]
    public void A_dry_run_answers_like_the_write_and_changes_nothing()
    {
        Quota("one", new ResourceAmount("pods", 1));
        long version = _store.ResourceVersion;
        Assert.Null(_store.DryRunCreate(Some.Pod("a"), out KubeObject would));
        Assert.Equal(2, ((Pod)would).Spec.Tolerations.Count);
        Assert.Equal((version, 0L, 0), (_store.ResourceVersion, _ledger.Used("default", "pods"), _store.View.All(ResourceKind.Pod).Count));
        Pod pod = Made(Some.Pod("a"));
        Assert.Equal(ApiErrorCode.Forbidden, _store.DryRunCreate(Some.Pod("b"), out _)!.Code);
        KubeObject changed = pod with { Spec = pod.Spec with { CpuMilli = 1 } };
        Assert.Equal(ApiErrorCode.Invalid, _store.DryRunUpdate(ref changed)!.Code);
        KubeObject fine = pod with { Status = pod.Status with { IsReady = true } };
        version = _store.ResourceVersion;
        Assert.Null(_store.DryRunUpdate(ref fine));
        Assert.Equal(version, _store.ResourceVersion);
        Assert.False(((Pod)_store.View.Find(pod.Key)!).Status.IsReady);
    }

    [Fact]
    public void A_claim_may_grow_and_not_shrink()
    {
        Made(new StorageClass { Metadata = new ObjectMeta { Name = "fast" }, AllowsExpansion = true });
        PersistentVolumeClaim claim = Made(new PersistentVolumeClaim { Metadata = OrchestrationBuilder.Meta("c"), StorageClass = "fast", SizeBytes = 10, CapacityBytes = 10, IsBound = true });
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(claim with { SizeBytes = 9 })!.Code);
        Assert.Null(_store.Update(claim with { SizeBytes = 11 }));
    }
}
