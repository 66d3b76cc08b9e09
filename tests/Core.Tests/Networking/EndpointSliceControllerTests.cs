using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

public sealed class EndpointSliceControllerTests
{
    [Fact]
    public void Every_ready_pod_of_the_selector_is_an_endpoint()
    {
        OrchestratedRun run = Fleet(3).Apply(Service("web"), ReplicaSet("web", 10), ReplicaSet("other", 5)).Build(out _);
        run.Run();
        Assert.Equal(Pods(run).Where(pod => pod.Metadata.Labels.ValueOf("app") == "web").Select(pod => pod.Uid), Ready(run).Order());
    }

    [Fact]
    public void A_slice_holds_at_most_a_hundred_endpoints()
    {
        OrchestratedRun run = Fleet(10).Apply(Service("web"), ReplicaSet("web", 250)).Build(out _);
        run.Run();
        Assert.Equal([100, 100, 50], Slices(run).Select(slice => slice.Endpoints.Count).OrderDescending());
        Assert.Equal(250, Ready(run).Distinct().Count());
    }

    [Fact]
    public void A_terminating_pod_is_listed_as_serving_but_not_ready_and_leaves_with_its_pod()
    {
        OrchestratedRun run = Fleet(3).Apply(Service("web"), ReplicaSet("web", 4)).Apply(60, ReplicaSet("web", 1)).With(o => o with { Until = TimeSpan.FromSeconds(60.5) }).Build(out _);
        run.Run();
        Endpoint[] terminating = [.. Slices(run).SelectMany(slice => slice.Endpoints).Where(endpoint => endpoint.IsTerminating)];
        Assert.Equal(3, terminating.Length);
        Assert.All(terminating, endpoint => Assert.True(endpoint is { IsReady: false, IsServing: true }));
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Single(Slices(run).SelectMany(slice => slice.Endpoints));
    }

    [Fact]
    public void Another_selector_exchanges_the_endpoints()
    {
        Service switched = Service("web") with { Selector = LabelSelector.Of([new Label("app", "green")]) };
        OrchestratedRun run = Fleet(3).Apply(Service("web"), ReplicaSet("web", 2), ReplicaSet("green", 3)).Apply(60, switched).Build(out _);
        run.Run();
        Assert.Equal(Pods(run).Where(pod => pod.Metadata.Labels.ValueOf("app") == "green").Select(pod => pod.Uid), Ready(run).Order());
    }

    [Fact]
    public void A_service_that_publishes_pods_that_are_not_ready_lists_them_as_ready()
    {
        OrchestratedRun run = Fleet(3).Apply(Service("web") with { PublishesNotReady = true }, ReplicaSet("web", 2)).Build(out TestKit.InstantAgent agent);
        agent.NeverReady = _ => true;
        run.Run();
        Assert.Equal(2, Ready(run).Count());
    }

    [Fact]
    public void A_new_process_takes_over_the_slices_of_the_one_before()
    {
        OrchestratedRun run = Fleet(3).Apply(Service("web"), ReplicaSet("web", 3)).Apply(60, ReplicaSet("web", 5)).Step(new RestartManager(TimeSpan.FromSeconds(30))).Build(out _);
        run.Run();
        Assert.Single(Slices(run));
        Assert.Equal(5, Ready(run).Count());
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1.5)]
    public void Changes_that_follow_faster_than_a_late_view_shows_the_own_writes_are_all_listed_in_the_end(double gap)
    {
        OrchestratedRun run = Fleet(3).With(o => o with { ControllerDelay = TimeSpan.FromSeconds(1), Until = TimeSpan.FromSeconds(60) }).Apply(Service("web"), ReplicaSet("web", 2))
            .Do(20, r => Ready(r, 0, false)).Do(20 + gap, r => Ready(r, 0, true)).Do(20 + gap + 0.1, r => Ready(r, 1, false)).Do(20 + gap + 0.6, r => Ready(r, 1, true)).Build(out _);
        _ = ObjectJudge.AttachAll(run);
        run.Run();
        Assert.Equal(Pods(run).Select(pod => pod.Uid), Ready(run).Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Slices_that_somebody_else_changes_or_deletes_are_put_right(double delay)
    {
        OrchestratedRun run = Fleet(3).With(o => o with { ControllerDelay = TimeSpan.FromSeconds(delay), Until = TimeSpan.FromSeconds(60) }).Apply(Service("web"), ReplicaSet("web", 3))
            .Do(20, r => Assert.Null(r.Store.Update(Slices(r).Single() with { Endpoints = [] }))).Do(30, r => Assert.Equal(3, Ready(r).Count()))
            .Do(40, r => Assert.Null(r.Store.Delete(Slices(r).Single().Key))).Build(out _);
        run.Run();
        Assert.Equal(Pods(run).Select(pod => pod.Uid), Ready(run).Order());
    }

    private static void Ready(OrchestratedRun run, int which, bool isReady)
    {
        Pod pod = Pods(run)[which];
        Assert.Null(run.Store.Update(pod with { Status = pod.Status with { IsReady = isReady, ReadySince = run.Loop.Now } }));
    }

    private static IEnumerable<EndpointSlice> Slices(OrchestratedRun run) => run.Store.View.All(ResourceKind.EndpointSlice).Cast<EndpointSlice>();

    private static IEnumerable<long> Ready(OrchestratedRun run) => Slices(run).SelectMany(slice => slice.Endpoints).Where(endpoint => endpoint.IsReady).Select(endpoint => endpoint.PodUid);

    private sealed record RestartManager(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            run.Controllers.Stop();
            run.Controllers.Restart();
        }
    }
}
