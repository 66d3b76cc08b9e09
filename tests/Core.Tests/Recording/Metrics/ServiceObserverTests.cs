using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Availability by ground truth, from second 10 to 110, worked out by hand.</summary>
public sealed class ServiceObserverTests
{
    [Fact]
    public void A_service_is_available_by_what_really_answers_and_has_its_quorum_while_most_of_it_do()
    {
        // Of three wanted: three answer from 10, two from 30, one from 50, three from 60. The store says that all are ready throughout.
        Script script = World(out ServiceObserver observer, holdAt: null).Apply(0, Service("web"), Deployment("web", 3));
        foreach (string name in (string[])["a", "b", "c"]) Answers(script.Serve(1, name, "web", 0), 2, observer, name);
        script.At(30, () => observer.OnFitChanged(script.Pod("a"), isFit: false)).At(50, () => observer.OnStopped(script.Pod("b")));
        Answers(Answers(script, 60, observer, "a"), 60, observer, "b");
        Dictionary<string, double?> services = Play(script, observer, [], out Dictionary<string, double?> whole);
        Assert.Equal((20 * 3 + 20 * 2 + 10 * 1 + 50 * 3) / 300.0, services["default/web replica_availability_ratio"]);
        Assert.Equal(90 / 100.0, services["default/web quorum_availability_ratio"]);
        Assert.Equal(services["default/web replica_availability_ratio"], whole["replica_availability_ratio"]);
        Assert.False(whole.ContainsKey("request_availability_nines"));
    }

    [Fact]
    public void Services_are_added_up_before_the_division()
    {
        // web lacks both of its two pods for all of the window, db has all of its six.
        Script script = World(out ServiceObserver observer, holdAt: null).Apply(0, Service("web"), Service("db"), Service("idle"), Deployment("web", 2), Some.StatefulSet("db", 6));
        for (int i = 0; i < 6; i++) Answers(script.Serve(1, $"db-{i}", "db", 0), 2, observer, $"db-{i}");
        Dictionary<string, double?> services = Play(script, observer, [], out Dictionary<string, double?> whole);
        Assert.Equal(6 / 8.0, whole["replica_availability_ratio"]);
        Assert.Equal(1 / 2.0, whole["quorum_availability_ratio"]);
        Assert.Equal(0, services["default/web replica_availability_ratio"]);
        Assert.DoesNotContain(services.Keys, key => key.StartsWith("default/idle", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wanted_follows_scaling_until_an_update_and_is_held_from_there()
    {
        // 2 wanted until 60, then 4 for 50 s; a release would make another Deployment that asks for more, which is no demand.
        Script script = World(out ServiceObserver observer, holdAt: 80).Apply(0, Service("web"), Deployment("web", 2)).Apply(60, Deployment("web", 4));
        script.Apply(90, Deployment("web-green", 9, Template("web")), Service("web-preview") with { Selector = LabelSelector.Of([new Label("app", "web")]) });
        foreach (string name in (string[])["a", "b"]) Answers(script.Serve(1, name, "web", 0), 2, observer, name);
        Dictionary<string, double?> services = Play(script, observer, [], out Dictionary<string, double?> _);
        Assert.Equal((50 * 2 + 50 * 2) / (50 * 2 + 50 * 4.0), services["default/web replica_availability_ratio"]);
        Assert.DoesNotContain(services.Keys, key => key.StartsWith("default/web-preview", StringComparison.Ordinal));
    }

    [Fact]
    public void Nines_are_those_of_the_failed_requests_and_no_more_than_the_sample_can_show()
    {
        Script script = World(out ServiceObserver observer, holdAt: null).Apply(0, Service("web"), Service("db"));
        var web = new RequestLedger(new TrafficSpec { Service = "web" }, TimeSpan.FromSeconds(1));
        var db = new RequestLedger(new TrafficSpec { Service = "db" }, TimeSpan.FromSeconds(1));
        for (int i = 0; i < 1000; i++)
        {
            web.OnEnded(TimeSpan.FromSeconds(20), "", i < 10 ? RequestOutcome.Refused : RequestOutcome.Answered, TimeSpan.Zero, isMeasured: true);
            db.OnEnded(TimeSpan.FromSeconds(20), "", RequestOutcome.Answered, TimeSpan.Zero, isMeasured: true);
        }

        Dictionary<string, double?> services = Play(script, observer, [web, db], out Dictionary<string, double?> whole);
        Assert.Equal(0.99, services["default/web request_availability_ratio"]);
        Assert.Equal(2, services["default/web request_availability_nines"]!.Value, precision: 12);
        Assert.Equal(3, services["default/db request_availability_nines"]!.Value, precision: 12);
        Assert.Equal(2.301029995663981, whole["request_availability_nines"]!.Value, precision: 12);
    }

    private static Script World(out ServiceObserver observer, double? holdAt)
    {
        var script = new Script();
        observer = new ServiceObserver(() => script.Now, script.Store.View, TimeSpan.FromSeconds(10), holdAt is { } at ? TimeSpan.FromSeconds(at) : null);
        script.Store.Subscribe(observer);
        return script;
    }

    private static Script Answers(Script script, double seconds, ServiceObserver observer, string pod) => script.At(seconds, () => observer.OnFitChanged(script.Pod(pod), isFit: true));

    private static Dictionary<string, double?> Play(Script script, ServiceObserver observer, IReadOnlyList<RequestLedger> ledgers, out Dictionary<string, double?> whole)
    {
        IReadOnlyList<ServiceMetric> services = [];
        whole = script.Play(110, (end, sink) => services = observer.Report(end, ledgers, sink));
        return services.ToDictionary(figure => $"{figure.Service} {figure.Name}", figure => figure.Value, StringComparer.Ordinal);
    }
}
