using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Store;

/// <summary>A watch that lags.</summary>
public sealed class DelayedFeedTests
{
    [Fact]
    public void After_a_list_changes_come_as_fast_as_the_delay_says_whatever_was_under_way()
    {
        var loop = new EventLoop(new VirtualClock());
        var store = new ObjectStore(loop);
        var feed = (DelayedFeed)DelayedFeed.Behind(store, loop, TimeSpan.FromSeconds(100));
        var seen = new List<(string Name, double At)>();
        feed.Subscribe(new Listener(change => seen.Add((change.Object.Name, loop.Now.TotalSeconds))));
        Later.Do(loop, 0, () => Assert.Null(store.Create(Some.ConfigMap("a"), out _)));
        Later.Do(loop, 10, () =>
        {
            feed.Delay = TimeSpan.FromSeconds(1);
            feed.CatchUp();
            Assert.Null(store.Create(Some.ConfigMap("b"), out _));
        });
        Later.Do(loop, 20, () => Assert.Null(store.Create(Some.ConfigMap("c"), out _)));
        loop.Run(TimeSpan.FromSeconds(300));
        Assert.Equal([("a", 10), ("b", 11), ("c", 21)], seen);
    }

    private sealed class Listener(Action<StoreChange> told) : IStoreListener
    {
        public void OnChange(in StoreChange change) => told(change);
    }
}
