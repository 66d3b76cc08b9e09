using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Store;

public sealed class ObjectStoreTests
{
    private readonly EventLoop _loop = new(new VirtualClock());
    private readonly ObjectStore _store;

    public ObjectStoreTests() => _store = new ObjectStore(_loop);

    private static ConfigMap Map(string name, string value = "1") => new() { Metadata = OrchestrationBuilder.Meta(name), Data = [new Label("key", value)] };

    private T Made<T>(T item)
        where T : KubeObject
    {
        Assert.Null(_store.Create(item, out KubeObject made));
        return (T)made;
    }

    private T Stored<T>(T item)
        where T : KubeObject => (T)_store.View.Find(item.Key)!;

    [Fact]
    public void Versions_grow_over_all_writes_and_identities_are_never_used_again()
    {
        ConfigMap first = Made(Map("a")), second = Made(Map("b"));
        Assert.Equal((1, 2), (first.Metadata.ResourceVersion, second.Metadata.ResourceVersion));
        Assert.Null(_store.Delete(first.Key));
        Assert.Equal(3, _store.ResourceVersion);
        ConfigMap again = Made(Map("a"));
        Assert.Equal((3, 4), (again.Uid, again.Metadata.ResourceVersion));
    }

    [Fact]
    public void A_taken_name_is_a_conflict()
    {
        Made(Map("a"));
        Assert.Equal(ApiErrorCode.Conflict, _store.Create(Map("a"), out _)!.Code);
    }

    [Fact]
    public void An_update_of_a_stale_version_is_a_conflict_and_changes_nothing()
    {
        ConfigMap read = Made(Map("a"));
        Assert.Null(_store.Update(read with { Data = [new Label("key", "first")] }));
        long version = _store.ResourceVersion;
        Assert.Equal(ApiErrorCode.Conflict, _store.Update(read with { Data = [new Label("key", "second")] })!.Code);
        Assert.Equal(version, _store.ResourceVersion);
        Assert.Equal("first", Stored(read).Data[0].Value);
    }

    [Fact]
    public void An_update_of_another_object_of_the_name_is_a_conflict()
    {
        ConfigMap old = Made(Map("a"));
        _store.Delete(old.Key);
        ConfigMap young = Made(Map("a"));
        ConfigMap forged = old with { Metadata = old.Metadata with { ResourceVersion = young.Metadata.ResourceVersion } };
        Assert.Equal(ApiErrorCode.Conflict, _store.Update(forged)!.Code);
        Assert.Equal(ApiErrorCode.Conflict, _store.Delete(old.Key, new DeleteOptions(old.Uid))!.Code);
    }

    [Fact]
    public void A_write_that_changes_nothing_is_none()
    {
        ConfigMap read = Made(Map("a"));
        int changes = 0;
        _store.Subscribe(new Counter(() => changes++));
        Assert.Null(_store.Update(read with { Data = [new Label("key", "1")] }));
        Assert.Equal((0, 1), (changes, _store.ResourceVersion));
    }

    [Fact]
    public void The_generation_grows_with_the_spec_and_not_with_the_status_or_labels()
    {
        ReplicaSet set = Made(OrchestrationBuilder.ReplicaSet("web", 3));
        Assert.Null(_store.Update(set with { Status = new ReplicaStatus(3, 0, 0, 1) }));
        Assert.Null(_store.Update(Stored(set) with { Metadata = Stored(set).Metadata with { Labels = [new Label("a", "b")] } }));
        Assert.Equal(1, Stored(set).Metadata.Generation);
        Assert.Null(_store.Update(Stored(set) with { Replicas = 4 }));
        Assert.Equal(2, Stored(set).Metadata.Generation);
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Equal(ApiErrorCode.NotFound, _store.Update(Map("a"))!.Code);
        Assert.Equal(ApiErrorCode.NotFound, _store.Delete(Map("a").Key)!.Code);
    }

    [Fact]
    public void A_deleted_object_stays_until_its_last_finalizer_is_gone()
    {
        ConfigMap map = Made(Map("a") with { Metadata = OrchestrationBuilder.Meta("a") with { Finalizers = ["one", "two"] } });
        Assert.Null(_store.Delete(map.Key));
        Assert.True(Stored(map).Metadata.IsDeleting);
        Assert.Null(_store.Update(Stored(map) with { Metadata = Stored(map).Metadata with { Finalizers = ["two"] } }));
        Assert.True(Stored(map).Metadata.IsDeleting);
        Assert.Null(_store.Update(Stored(map) with { Metadata = Stored(map).Metadata with { Finalizers = [] } }));
        Assert.Null(_store.View.Find(map.Key));
    }

    [Fact]
    public void A_deletion_is_never_taken_back()
    {
        ConfigMap map = Made(Map("a") with { Metadata = OrchestrationBuilder.Meta("a") with { Finalizers = ["one"] } });
        _store.Delete(map.Key);
        Assert.Null(_store.Update(Stored(map) with { Metadata = Stored(map).Metadata with { DeletionAt = null, DeletionGrace = null, Labels = [new Label("a", "b")] } }));
        Assert.True(Stored(map).Metadata.IsDeleting);
    }

    [Fact]
    public void A_running_pod_goes_in_two_steps_and_a_waiting_one_at_once()
    {
        Pod waiting = Made(Some.Pod("waiting")), running = Made(Some.Pod("running") with { Node = new NodeIndex(0) });
        Assert.Null(_store.Delete(waiting.Key));
        Assert.Null(_store.View.Find(waiting.Key));
        Assert.Null(_store.Delete(running.Key));
        Assert.Equal(TimeSpan.FromSeconds(30), Stored(running).Metadata.DeletionGrace);
        Assert.Null(_store.Delete(running.Key, new DeleteOptions(running.Uid, TimeSpan.Zero)));
        Assert.Null(_store.View.Find(running.Key));
    }

    [Fact]
    public void A_second_deletion_may_shorten_the_grace_and_never_lengthens_it()
    {
        Pod pod = Made(Some.Pod("pod") with { Node = new NodeIndex(0) });
        _store.Delete(pod.Key);
        _store.Delete(pod.Key, new DeleteOptions(Grace: TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(5), Stored(pod).Metadata.DeletionGrace);
        _store.Delete(pod.Key, new DeleteOptions(Grace: TimeSpan.FromSeconds(60)));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)), (Stored(pod).Metadata.DeletionGrace!.Value, Stored(pod).Metadata.DeletionAt!.Value));
    }

    [Fact]
    public void A_pod_that_its_agent_stopped_goes_with_its_last_finalizer()
    {
        Pod pod = Made(Some.Pod("pod") with { Node = new NodeIndex(0), Metadata = OrchestrationBuilder.Meta("pod") with { Finalizers = ["one"] } });
        _store.Delete(pod.Key);
        _store.Delete(pod.Key, new DeleteOptions(Grace: TimeSpan.Zero));
        Assert.NotNull(_store.View.Find(pod.Key));
        Assert.Null(_store.Update(Stored(pod) with { Metadata = Stored(pod).Metadata with { Finalizers = [] } }));
        Assert.Null(_store.View.Find(pod.Key));
    }

    [Fact]
    public void A_terminating_pod_that_ends_is_gone()
    {
        Pod pod = Made(Some.Pod("pod") with { Node = new NodeIndex(0) });
        _store.Delete(pod.Key);
        Assert.Null(_store.Update(Stored(pod) with { Status = Stored(pod).Status with { Phase = PodLifePhase.Succeeded } }));
        Assert.Null(_store.View.Find(pod.Key));
    }

    [Fact]
    public void A_watch_delivers_every_later_change_once_and_in_order()
    {
        Made(Map("before"));
        Assert.Null(_store.History.Watch(ResourceKind.ConfigMap, _store.ResourceVersion, _store.ResourceVersion, out ObjectWatch? watch));
        ConfigMap map = Made(Map("a"));
        Made(OrchestrationBuilder.ReplicaSet("other", 1));
        _store.Update(map with { Data = [] });
        _store.Delete(map.Key);
        List<long> versions = [];
        while (watch!.Read(out StoreChange? change) is null && change is { } seen) versions.Add(seen.ResourceVersion);
        Assert.Equal([2, 4, 5], versions);
        Assert.Null(watch.Read(out StoreChange? none));
        Assert.Null(none);
        watch.Dispose();
        Assert.Equal(0, _store.History.Watches);
    }

    [Fact]
    public void A_resumed_watch_goes_on_without_gap_or_repeat()
    {
        _store.History.Watch(null, 0, 0, out ObjectWatch? keeper);
        _store.History.Watch(null, 0, 0, out ObjectWatch? first);
        for (int i = 0; i < 10; i++) Made(Map($"m{i}"));
        List<long> seen = [];
        for (int i = 0; i < 4; i++)
        {
            first!.Read(out StoreChange? change);
            seen.Add(change!.Value.ResourceVersion);
        }

        first!.Dispose();
        Assert.Null(_store.History.Watch(null, first.ResourceVersion, _store.ResourceVersion, out ObjectWatch? second));
        while (second!.Read(out StoreChange? change) is null && change is { } next) seen.Add(next.ResourceVersion);
        Assert.Equal(Enumerable.Range(1, 10).Select(v => (long)v), seen);
        keeper!.Dispose();
    }

    [Fact]
    public void A_watch_that_fell_behind_the_ring_is_told_410_and_never_skips()
    {
        var history = new WatchHistory(capacity: 4);
        Assert.Null(history.Watch(null, 0, 0, out ObjectWatch? watch));
        for (int v = 1; v <= 4; v++) history.Add(new StoreChange(null, Map("a"), v));
        Assert.Null(watch!.Read(out StoreChange? first));
        Assert.Equal(1, first!.Value.ResourceVersion);
        for (int v = 5; v <= 9; v++) history.Add(new StoreChange(null, Map("a"), v));
        Assert.Equal(ApiErrorCode.Gone, watch.Read(out _)!.Code);
        Assert.Equal(ApiErrorCode.Gone, history.Watch(null, 3, 9, out _)!.Code);
        Assert.Null(history.Watch(null, 5, 9, out _));
    }

    [Fact]
    public void A_watch_from_the_future_is_invalid_and_one_from_before_anybody_watched_is_gone()
    {
        Made(Map("a"));
        Made(Map("b"));
        Assert.Equal(ApiErrorCode.Invalid, _store.History.Watch(null, 9, _store.ResourceVersion, out _)!.Code);
        Assert.Equal(ApiErrorCode.Gone, _store.History.Watch(null, 1, _store.ResourceVersion, out _)!.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_list_and_the_watch_behind_it_give_the_list_of_now(ulong seed)
    {
        var dice = new Dice(seed);
        var view = new Dictionary<ObjectKey, KubeObject>();
        void Act()
        {
            string name = $"m{dice.Between(0, 8 - 1)}";
            if (_store.View.Find(Map(name).Key) is not ConfigMap map) Made(Map(name));
            else if (dice.Between(0, 3 - 1) == 0) _store.Delete(map.Key);
            else _store.Update(map with { Data = [new Label("key", $"{dice.Between(0, 100 - 1)}")] });
        }

        for (int i = 0; i < 50; i++) Act();
        foreach (KubeObject item in _store.View.All(ResourceKind.ConfigMap)) view[item.Key] = item;
        _store.History.Watch(ResourceKind.ConfigMap, _store.ResourceVersion, _store.ResourceVersion, out ObjectWatch? watch);
        for (int i = 0; i < 200; i++) Act();
        while (watch!.Read(out StoreChange? change) is null && change is { } next)
        {
            if (next.After is { } after) view[after.Key] = after;
            else view.Remove(next.Object.Key);
        }

        Assert.Equal(_store.View.All(ResourceKind.ConfigMap).OrderBy(item => item.Uid), view.Values.OrderBy(item => item.Uid));
    }

    [Fact]
    public void What_an_object_owns_is_known_by_its_identity_with_counts_of_its_pods()
    {
        ReplicaSet set = Made(OrchestrationBuilder.ReplicaSet("web", 2));
        Pod pod = Made(Some.Pod("a") with { Metadata = OrchestrationBuilder.Meta("a") with { Owners = [Some.OwnedBy(set)] } });
        Assert.Equal((1, 0), (_store.View.OwnedBy(set.Uid).ActivePods, _store.View.OwnedBy(set.Uid).ReadyPods));
        _store.Update(Stored(pod) with { Status = Stored(pod).Status with { Phase = PodLifePhase.Running, IsReady = true } });
        Assert.Equal(1, _store.View.OwnedBy(set.Uid).ReadyPods);
        _store.Update(Stored(pod) with { Status = Stored(pod).Status with { Phase = PodLifePhase.Failed, IsReady = false } });
        Assert.Equal((0, 1), (_store.View.OwnedBy(set.Uid).ActivePods, _store.View.OwnedBy(set.Uid).FailedPods));
        _store.Delete(pod.Key);
        Assert.Empty(_store.View.OwnedBy(set.Uid).Items);
    }

    private sealed class Counter(Action look) : IStoreListener
    {
        public void OnChange(in StoreChange change) => look();
    }
}
