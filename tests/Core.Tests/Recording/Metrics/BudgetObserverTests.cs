using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Store;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Time during which budgets were overspent.</summary>
public sealed class BudgetObserverTests
{
    [Fact]
    public void Time_below_the_pods_that_must_stay_counts_from_the_warm_up_on()
    {
        TimeSpan now = TimeSpan.Zero;
        var observer = new BudgetObserver(() => now, TimeSpan.FromSeconds(10));
        PodDisruptionBudget? before = null;
        void At(double seconds, int healthy, int desired)
        {
            now = TimeSpan.FromSeconds(seconds);
            var after = new PodDisruptionBudget
            {
                Metadata = new ObjectMeta { Name = "a", Namespace = "default", Uid = 7 },
                Status = new DisruptionStatus { CurrentHealthy = healthy, DesiredHealthy = desired, ExpectedPods = 4 },
            };
            observer.OnChange(new StoreChange(before, after, 1));
            before = after;
        }

        At(5, 1, 3);
        At(13, 3, 3);
        At(20, 2, 3);
        At(21, 1, 3);
        At(24, 4, 3);
        At(50, 2, 3);
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(60), sink);
        Assert.Equal(3 + 4 + 10, sink.Metrics.Single().Value);
    }
}
