using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>The resilience curve, from second 10 in steps of 20 s, worked out by hand.</summary>
public sealed class CapacityObserverTests
{
    [Fact]
    public void A_point_is_the_mean_over_its_step_of_what_answers_by_what_is_wanted_and_no_surplus_makes_up_for_a_lack()
    {
        // web wants 3 and has 3 from 2, 2 from 40, 3 from 45; db wants 1 and has 2 until 70, then none.
        Script script = World(out CapacityObserver observer).Apply(0, Service("web"), Service("db"), Deployment("web", 3), Deployment("db", 1));
        foreach (string name in (string[])["a", "b", "c"]) Fit(script.Serve(1, name, "web", 0), 2, observer, name, true);
        foreach (string name in (string[])["d", "e"]) Fit(script.Serve(1, name, "db", 0), 2, observer, name, true);
        Fit(Fit(script, 40, observer, "a", false), 45, observer, "a", true);
        Fit(Fit(script, 70, observer, "d", false), 70, observer, "e", false);
        Assert.Equal([(10.0, 1.0), (30, (80 - 5) / 80.0), (50, 1), (70, 3 / 4.0), (90, 3 / 4.0)], Play(script, observer, 100));
    }

    [Fact]
    public void Steps_in_which_nothing_is_wanted_have_no_point_and_demand_counts_from_when_it_stands()
    {
        Script script = World(out CapacityObserver observer).Apply(0, Service("web")).Apply(40, Deployment("web", 2)).Apply(60, Deployment("web", 4));
        Fit(script.Serve(1, "a", "web", 0), 2, observer, "a", true);
        Assert.Equal([(30.0, 10 / 20.0), (50, (10 + 10) / (10 * 2 + 10 * 4.0))], Play(script, observer, 70));
    }

    private static Script World(out CapacityObserver observer)
    {
        var script = new Script();
        observer = new CapacityObserver(script.Store.View, () => script.Now, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        script.Store.Subscribe(observer);
        return script;
    }

    private static Script Fit(Script script, double seconds, CapacityObserver observer, string pod, bool isFit) => script.At(seconds, () => observer.OnFitChanged(script.Pod(pod), isFit));

    private static IEnumerable<(double X, double Value)> Play(Script script, CapacityObserver observer, double end)
    {
        IReadOnlyList<RunPoint> points = [];
        script.Play(end, (at, sink) =>
        {
            observer.Report(at, sink);
            points = sink.Points;
        });
        Assert.All(points, point => Assert.Equal(("available_ratio", "time_seconds"), (point.Metric, point.XName)));
        return points.Select(point => (point.X, point.Value));
    }
}
