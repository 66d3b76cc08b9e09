using SchedBench.Core.Cluster;
using SchedBench.Core.Intake;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Intake;

public sealed class ApiIntakeTests : IDisposable
{
    private readonly RunControl _control;

    public ApiIntakeTests()
    {
        _control = new RunControl(Options());
        _control.RunUntil(TimeSpan.FromSeconds(60));
    }

    private ObjectStore Store => _control.Run.Store;

    public void Dispose() => _control.Dispose();

    internal static OrchestratedRunOptions Options(double until = double.NaN) => OrchestrationBuilder.Fleet(3)
        .With(o => o with { Until = double.IsNaN(until) ? TimeSpan.MaxValue : TimeSpan.FromSeconds(until) })
        .Apply(OrchestrationBuilder.ReplicaSet("web", 3)).Options();

    internal static ConfigMap Map(string name, string value = "1") => new() { Metadata = OrchestrationBuilder.Meta(name), Data = [new Label("key", value)] };

    private TAnswer Call<TAnswer>(ApiCall<TAnswer> call)
        where TAnswer : ApiAnswer
    {
        Task<TAnswer> answer = _control.Api.Send(call);
        _control.RunUntil(_control.Now);
        return Got(answer);
    }

    private static TAnswer Got<TAnswer>(Task<TAnswer> answer)
    {
        Assert.True(answer.Wait(TimeSpan.FromSeconds(30)));
        return answer.Result;
    }

    private T Made<T>(T item)
        where T : KubeObject => (T)Call(new CreateCall(item)).Object!;

    private static ApiErrorCode? Code(ApiAnswer answer) => answer.Error?.Code;

    [Fact]
    public void A_created_object_is_answered_as_it_was_stored_and_can_be_read()
    {
        ConfigMap made = Made(Map("a"));
        Assert.Equal((Store.ResourceVersion, TimeSpan.FromSeconds(60)), (made.Metadata.ResourceVersion, made.Metadata.CreatedAt));
        Assert.Same(made, Call(new GetCall(made.Key)).Object);
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new CreateCall(Map("a")))));
        Assert.Equal(ApiErrorCode.Invalid, Code(Call(new CreateCall(made))));
        Assert.Equal(ApiErrorCode.NotFound, Code(Call(new GetCall(Map("b").Key))));
    }

    [Fact]
    public void While_the_API_does_not_answer_reads_and_writes_are_503()
    {
        _control.Run.World.Begin(1, new Core.Faults.ControlPlaneEffect { Outage = Core.Faults.ControlPlaneEffect.AsLongAsTheFault }, Core.Faults.FaultVictims.Cluster);
        Assert.Equal(ApiErrorCode.ServiceUnavailable, Code(Call(new CreateCall(Map("a")))));
        Assert.Equal(ApiErrorCode.ServiceUnavailable, Code(Call(new ListCall(ResourceKind.Pod))));
        _control.Run.World.End(1);
        Assert.Equal(3, Call(new ListCall(ResourceKind.Pod)).Items.Count);
        Made(Map("a"));
    }

    [Fact]
    public void An_update_of_a_stale_version_is_409_and_one_without_version_is_unconditional()
    {
        ConfigMap read = Made(Map("a"));
        Assert.True(Call(new UpdateCall(read with { Data = [new Label("key", "2")] })).IsOk);
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new UpdateCall(read with { Data = [new Label("key", "3")] }))));
        ApiAnswer blind = Call(new UpdateCall(Map("a", "4")));
        Assert.Equal(("4", read.Uid), (((ConfigMap)blind.Object!).Data[0].Value, blind.Object!.Uid));
    }

    [Fact]
    public void A_write_of_the_object_keeps_the_status_and_a_write_of_the_status_changes_no_spec()
    {
        ReplicaSet set = _control.Run.Find<ReplicaSet>("web")!;
        Assert.Equal(3, set.Status.Ready);
        var scaled = (ReplicaSet)Call(new UpdateCall(set with { Replicas = 4, Status = default })).Object!;
        Assert.Equal((4, 3), (scaled.Replicas, scaled.Status.Ready));
        ReplicaSet now = _control.Run.Find<ReplicaSet>("web")!;
        Assert.Equal(ApiErrorCode.Invalid, Code(Call(new UpdateCall(now with { Replicas = 9 }) { IsStatus = true })));
    }

    [Fact]
    public void A_deletion_asks_its_preconditions_first()
    {
        ConfigMap map = Made(Map("a"));
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new DeleteCall(map.Key, new DeleteOptions(map.Uid + 1)))));
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new DeleteCall(map.Key, new DeleteOptions(ResourceVersion: map.Metadata.ResourceVersion - 1)))));
        Assert.NotNull(Store.View.Find(map.Key));
        Assert.True(Call(new DeleteCall(map.Key, new DeleteOptions(map.Uid, ResourceVersion: map.Metadata.ResourceVersion))).IsOk);
        Assert.Null(Store.View.Find(map.Key));
    }

    [Fact]
    public void All_pages_of_a_list_show_one_version_whatever_is_written_meanwhile()
    {
        for (int i = 0; i < 7; i++) Made(Map($"m{i}"));
        ListAnswer first = Call(new ListCall(ResourceKind.ConfigMap, "default") { Limit = 3 });
        Call(new DeleteCall(Map("m4").Key));
        Made(Map("m33"));
        Call(new UpdateCall(Map("m6", "changed")));
        ListAnswer second = Call(new ListCall(ResourceKind.ConfigMap, "default") { Limit = 3, Continue = first.Continue });
        ListAnswer third = Call(new ListCall(ResourceKind.ConfigMap, "default") { Limit = 3, Continue = second.Continue });
        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5", "m6"], first.Items.Concat(second.Items).Concat(third.Items).Select(item => item.Name));
        Assert.Equal("1", ((ConfigMap)third.Items[0]).Data[0].Value);
        Assert.Equal((4, 1, 0, ""), (first.Remaining, second.Remaining, third.Remaining, third.Continue));
        Assert.All([second, third], page => Assert.Equal(first.ResourceVersion, page.ResourceVersion));
        ListAnswer now = Call(new ListCall(ResourceKind.ConfigMap, "default"));
        Assert.Equal(["m0", "m1", "m2", "m3", "m33", "m5", "m6"], now.Items.Select(item => item.Name));
        Assert.Equal(ApiErrorCode.Invalid, Code(Call(new ListCall(ResourceKind.Pod) { Continue = first.Continue })));
    }

    [Fact]
    public void Objects_are_read_as_they_were_at_a_version()
    {
        Call(new ListCall(ResourceKind.ConfigMap));
        ConfigMap map = Made(Map("a"));
        long version = Store.ResourceVersion;
        Call(new UpdateCall(map with { Data = [new Label("key", "2")] }));
        Call(new DeleteCall(map.Key));
        Assert.Equal(map, Call(new GetCall(map.Key) { At = version }).Object);
        Assert.Equal([map], Call(new ListCall(ResourceKind.ConfigMap, "default") { At = version }).Items);
        Assert.Equal(ApiErrorCode.NotFound, Code(Call(new GetCall(map.Key) { At = version - 1 })));
        Assert.Equal(ApiErrorCode.Timeout, Code(Call(new GetCall(map.Key) { At = Store.ResourceVersion + 1 })));
        Assert.Equal(ApiErrorCode.Timeout, Code(Call(new ListCall(ResourceKind.ConfigMap) { NotOlderThan = Store.ResourceVersion + 1 })));
        Assert.Equal(ApiErrorCode.Gone, Code(Call(new ListCall(ResourceKind.ConfigMap) { At = 1 })));
    }

    [Fact]
    public void Nothing_is_kept_until_somebody_outside_looks()
    {
        Made(Map("a"));
        Assert.Equal(0, Store.History.Watches);
        Call(new ListCall(ResourceKind.ConfigMap));
        Assert.Equal(1, Store.History.Watches);
    }

    [Fact]
    public void A_watch_goes_on_where_the_list_ended()
    {
        Made(Map("before"));
        ListAnswer list = Call(new ListCall(ResourceKind.ConfigMap));
        ConfigMap map = Made(Map("a"));
        OutsideWatch watch = Call(new WatchCall(ResourceKind.ConfigMap, list.ResourceVersion)).Watch!;
        Call(new UpdateCall(map with { Data = [new Label("key", "2")] }));
        Call(new DeleteCall(map.Key));
        Assert.Equal([WatchEventKind.Added, WatchEventKind.Modified, WatchEventKind.Deleted], Read(watch).Select(next => next.Kind));
        Assert.Equal(ApiErrorCode.Invalid, Code(Call(new WatchCall(null, Store.ResourceVersion + 1))));
        Assert.Equal(ApiErrorCode.Gone, Code(Call(new WatchCall(null, 1))));
    }

    [Fact]
    public void A_watch_without_version_begins_with_what_is_there()
    {
        Made(Map("a"));
        OutsideWatch watch = Call(new WatchCall(ResourceKind.ConfigMap) { Namespace = "default" }).Watch!;
        Made(Map("b"));
        Assert.Equal(["a", "b"], Read(watch).Select(next => next.Object!.Name));
    }

    [Fact]
    public void An_object_that_comes_to_match_a_selector_is_added_and_one_that_no_longer_does_is_deleted()
    {
        OutsideWatch watch = Call(new WatchCall(ResourceKind.ConfigMap, Store.ResourceVersion) { Selector = LabelSelector.Of([new Label("team", "a")]) }).Watch!;
        ConfigMap map = Made(Map("m"));
        Call(new UpdateCall(Map("m") with { Metadata = map.Metadata with { ResourceVersion = 0, Labels = [new Label("team", "a")] } }));
        Call(new UpdateCall(Map("m", "2") with { Metadata = map.Metadata with { ResourceVersion = 0, Labels = [new Label("team", "a")] } }));
        Call(new UpdateCall(Map("m", "2") with { Metadata = map.Metadata with { ResourceVersion = 0, Labels = [] } }));
        WatchEvent[] seen = [.. Read(watch)];
        Assert.Equal([WatchEventKind.Added, WatchEventKind.Modified, WatchEventKind.Deleted], seen.Select(next => next.Kind));
        Assert.Equal(Store.ResourceVersion, seen[2].Object!.Metadata.ResourceVersion);
    }

    [Fact]
    public void A_bookmark_says_that_everything_up_to_a_version_was_sent()
    {
        OutsideWatch watch = Call(new WatchCall(ResourceKind.Secret, Store.ResourceVersion) { SendsBookmarks = true }).Watch!;
        Made(Map("soon"));
        _control.RunUntil(TimeSpan.FromSeconds(200));
        Made(Map("later"));
        WatchEvent bookmark = Assert.Single(Read(watch), next => next.ResourceVersion == Store.ResourceVersion);
        Assert.Equal(WatchEventKind.Bookmark, bookmark.Kind);
    }

    [Fact]
    public void A_watch_that_is_too_far_behind_ends_with_410_and_never_skips()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Api = new ApiIntakeOptions { WatchBuffer = 4 } });
        control.RunUntil(TimeSpan.FromSeconds(60));
        Task<WatchAnswer> opened = control.Api.Send(new WatchCall(ResourceKind.ConfigMap, control.Run.Store.ResourceVersion));
        for (int i = 0; i < 9; i++) _ = control.Api.Send(new CreateCall(Map($"m{i}")));
        control.RunUntil(TimeSpan.FromSeconds(61));
        WatchEvent[] seen = [.. Read(Got(opened).Watch!)];
        Assert.Equal(["m0", "m1", "m2", "m3"], seen[..4].Select(next => next.Object!.Name));
        Assert.Equal((WatchEventKind.Error, ApiErrorCode.Gone, seen[3].ResourceVersion), (seen[4].Kind, seen[4].Error!.Code, seen[4].ResourceVersion));
        Assert.Equal(5, seen.Length);
    }

    [Fact]
    public void A_closed_watch_costs_nothing_from_the_next_write_on()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Api = new ApiIntakeOptions { KeepsHistory = false } });
        Task<WatchAnswer> opened = control.Api.Send(new WatchCall(null));
        control.RunUntil(TimeSpan.FromSeconds(1));
        Assert.Equal(1, control.Run.Store.History.Watches);
        Got(opened).Watch!.Dispose();
        control.RunUntil(TimeSpan.FromSeconds(60));
        Assert.Equal(0, control.Run.Store.History.Watches);
    }

    [Fact]
    public void A_pod_is_bound_from_outside_once_and_the_scheduler_counts_it()
    {
        Pod waiting = Made(Some.Pod("big", "9") with { Metadata = OrchestrationBuilder.Meta("big") });
        Pod small = Made(Some.Pod("small", "9"));
        ApiAnswer bound = Call(new BindCall(waiting.Key, "node-001", waiting.Uid));
        Assert.Equal(new NodeIndex(1), ((Pod)bound.Object!).Node);
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new BindCall(waiting.Key, "node-002"))));
        Assert.Equal(ApiErrorCode.Conflict, Code(Call(new BindCall(small.Key, "node-002", small.Uid + 1))));
        ApiAnswer unknown = Call(new BindCall(small.Key, "node-02"));
        Assert.Equal(ApiErrorCode.NotFound, Code(unknown));
        Assert.Contains("did you mean node-002?", unknown.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ApiErrorCode.Invalid, Code(Call(new BindCall(small.Key, "node-002", Devices: DeviceSet.Of(3)))));
        // The agent refuses what does not fit, as in Kubernetes.
        _control.RunUntil(TimeSpan.FromSeconds(120));
        Assert.Equal("OutOfcpu", ((Pod)Store.View.Find(waiting.Key)!).Status.Reason);
    }

    [Fact]
    public void What_another_scheduler_bound_takes_room_in_the_schedulers_view()
    {
        foreach (double delay in (double[])[0, 1])
        {
            using var control = new RunControl(OrchestrationBuilder.Fleet(2).With(o => o with { SchedulerDelay = TimeSpan.FromSeconds(delay), Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromSeconds(1) } }).Options());
            PlacementTally tally = new(control.Run);
            control.RunUntil(TimeSpan.FromSeconds(5));
            Pod pod = Some.Pod("taken", "5");
            _ = control.Api.Send(new CreateCall(pod));
            _ = control.Api.Send(new BindCall(pod.Key, "node-000"), TimeSpan.FromSeconds(5.5));
            for (int i = 0; i < 3; i++) _ = control.Api.Send(new CreateCall(Some.Pod($"own{i}", "5")), TimeSpan.FromSeconds(20));
            control.RunUntil(TimeSpan.FromSeconds(60));
            int[] there = new int[2];
            foreach (Pod running in OrchestrationBuilder.Pods(control.Run)) there[Math.Max(0, running.Node.Value)] += running.Node.IsNode ? 1 : 0;
            Assert.Equal([1, 1], there);
            Assert.Equal(2, tally.Bound);
            Assert.All(OrchestrationBuilder.Pods(control.Run).Where(p => p.Node.IsNode), p => Assert.Equal(PodLifePhase.Running, p.Status.Phase));
        }
    }

    [Fact]
    public void An_eviction_asks_the_budget_and_a_dry_run_of_it_spends_nothing()
    {
        Made(new PodDisruptionBudget { Metadata = OrchestrationBuilder.Meta("web"), Selector = LabelSelector.Of([new Label("app", "web")]), MaxUnavailable = IntOrPercent.Of(1) });
        _control.RunUntil(TimeSpan.FromSeconds(61));
        Pod[] pods = [.. OrchestrationBuilder.Pods(_control.Run)];
        long version = Store.ResourceVersion;
        foreach (Pod pod in pods) Assert.True(Call(new EvictCall(pod.Key) { IsDryRun = true }).IsOk);
        Assert.Equal((version, 0, 0), (Store.ResourceVersion, _control.Run.Evictions.Admitted, _control.Run.Evictions.Refused));
        Assert.True(Call(new EvictCall(pods[0].Key)).IsOk);
        Assert.Equal(ApiErrorCode.TooManyRequests, Code(Call(new EvictCall(pods[1].Key))));
        Assert.Equal(ApiErrorCode.TooManyRequests, Code(Call(new EvictCall(pods[1].Key) { IsDryRun = true })));
        Assert.Equal((1, 1), (_control.Run.Evictions.Admitted, _control.Run.Evictions.Refused));
    }

    [Fact]
    public void A_dry_run_answers_as_the_call_would_and_changes_nothing()
    {
        ConfigMap map = Made(Map("a"));
        Pod pod = Made(Some.Pod("big", "9"));
        long version = Store.ResourceVersion;
        WriteCall[] calls =
        [
            new CreateCall(Map("b")), new CreateCall(Map("a")), new UpdateCall(map with { Data = [] }), new UpdateCall(Map("none")), new DeleteCall(map.Key),
            new DeleteCall(new ObjectKey(ResourceKind.Namespace, "", "default")), new BindCall(pod.Key, "node-000"), new BindCall(OrchestrationBuilder.Pods(_control.Run)[0].Key, "node-000"),
        ];
        ApiErrorCode?[] dry = [.. calls.Select(call => Code(Call(call with { IsDryRun = true })))];
        Assert.Equal(version, Store.ResourceVersion);
        Assert.Same(map, Store.View.Find(map.Key));
        Assert.Equal(calls.Select(call => Code(Call(call))), dry);
    }

    [Fact]
    public void A_node_of_the_fleet_comes_back_with_the_capacity_of_its_machine_and_no_other_is_made_up()
    {
        var node = _control.Run.Find<Node>("node-002")!;
        Assert.True(Call(new DeleteCall(node.Key)).IsOk);
        var forged = new Node { Metadata = new ObjectMeta { Name = "node-002" }, Spec = node.Spec with { CpuMilli = 999_000 }, Index = new NodeIndex(0) };
        Node made = Made(forged);
        Assert.Equal((new NodeIndex(2), 8000), (made.Index, made.Spec.CpuMilli));
        ApiAnswer unknown = Call(new CreateCall(forged with { Metadata = new ObjectMeta { Name = "node-003" } }));
        Assert.Equal(ApiErrorCode.NotFound, Code(unknown));
    }

    [Fact]
    public void Calls_that_find_too_many_waiting_are_answered_429()
    {
        using var control = new RunControl(Options(), new RunControlOptions { Api = new ApiIntakeOptions { MostWaiting = 3 } });
        Task<ApiAnswer>[] calls = [.. Enumerable.Range(0, 5).Select(i => control.Api.Send(new CreateCall(Map($"m{i}"))))];
        Assert.Equal([false, false, false, true, true], calls.Select(call => call.IsCompleted));
        Assert.Equal(ApiErrorCode.TooManyRequests, Code(Got(calls[3])));
        control.RunUntil(TimeSpan.FromSeconds(1));
        Assert.All(calls[..3], call => Assert.True(Got(call).IsOk));
        Assert.Equal((0, 3, 2), (control.Api.Waiting, control.Api.Executed, control.Api.TurnedAway));
        Assert.Equal(3, control.Recorded.Count);
    }

    [Fact]
    public void A_call_to_a_run_that_is_over_is_answered_503()
    {
        using var ended = new RunControl(Options(10));
        Task<ApiAnswer> later = ended.Api.Send(new CreateCall(Map("late")), TimeSpan.FromSeconds(20));
        Task<WatchAnswer> opened = ended.Api.Send(new WatchCall(ResourceKind.Secret));
        ended.RunToEnd();
        Assert.Equal(ApiErrorCode.ServiceUnavailable, Code(Got(later)));
        Assert.Equal("the run has ended", Got(ended.Api.Send(new GetCall(Map("a").Key))).Error!.Message);
        Assert.Equal(ApiErrorCode.ServiceUnavailable, Read(Got(opened).Watch!).Last().Error!.Code);
        using var cancelled = new RunControl(Options());
        Task<ApiAnswer> waiting = cancelled.Api.Send(new CreateCall(Map("a")));
        cancelled.Cancel();
        Assert.Equal("the run was cancelled", Got(waiting).Error!.Message);
        Assert.Equal(0, cancelled.Api.Waiting);
    }

    [Fact]
    public async Task A_withdrawn_call_is_not_executed_and_not_recorded()
    {
        using var source = new CancellationTokenSource();
        Task<ApiAnswer> call = _control.Api.Send(new CreateCall(Map("a")), cancellation: source.Token);
        await source.CancelAsync();
        _control.RunUntil(_control.Now);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Null(Store.View.Find(Map("a").Key));
        Assert.Equal((0, 0), (_control.Recorded.Count, _control.Api.Waiting));
    }

    [Fact]
    public void An_answer_never_runs_the_callers_code_on_the_loops_thread()
    {
        using var heard = new ManualResetEventSlim();
        int caller = 0;
        _ = _control.Api.Send(new CreateCall(Map("a"))).ContinueWith(
            _ =>
            {
                caller = Environment.CurrentManagedThreadId;
                heard.Set();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _control.RunUntil(_control.Now);
        Assert.True(heard.Wait(TimeSpan.FromSeconds(30)));
        Assert.NotEqual(Environment.CurrentManagedThreadId, caller);
    }

    private static IEnumerable<WatchEvent> Read(OutsideWatch watch)
    {
        while (watch.Events.TryRead(out WatchEvent? next)) yield return next;
    }

    private sealed class PlacementTally : IFactObserver
    {
        public PlacementTally(OrchestratedRun run) => run.Facts.Subscribe(this);

        public int Bound { get; private set; }

        public void Observe(in Fact fact) => Bound += fact.Kind == FactKind.PodBound ? 1 : 0;
    }
}
