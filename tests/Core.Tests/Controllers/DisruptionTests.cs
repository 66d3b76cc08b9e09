using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DisruptionTests
{
    // Expected pods come from the workload's size; percentages of both bounds round up.
    [Theory]
    [InlineData(10, null, "1", 9, 1)]
    [InlineData(10, null, "25%", 7, 3)]
    [InlineData(3, null, "10%", 2, 1)]
    [InlineData(10, null, "0", 10, 0)]
    [InlineData(10, null, "100%", 0, 10)]
    [InlineData(10, null, "20", 0, 10)]
    [InlineData(10, "8", null, 8, 2)]
    [InlineData(10, "75%", null, 8, 2)]
    [InlineData(10, "12", null, 12, 0)]
    [InlineData(10, "100%", null, 10, 0)]
    [InlineData(1, "50%", null, 1, 0)]
    public void A_budget_allows_what_is_healthy_beyond_what_must_be(int replicas, string? min, string? max, int desired, int allowed)
    {
        OrchestratedRun run = Fleet(4).Apply(Budget(min, max), Deployment("web", replicas)).Build(out _);
        run.Run();
        DisruptionStatus status = Status(run);
        Assert.Equal((desired, allowed, replicas, replicas, 1L), (status.DesiredHealthy, status.DisruptionsAllowed, status.CurrentHealthy, status.ExpectedPods, status.ObservedGeneration));
    }

    [Fact]
    public void A_budget_made_after_its_pods_counts_them_and_one_without_pods_allows_nothing()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 5)).Apply(60, Budget(null, "2"), Budget("0", null, "none") with { Selector = LabelSelector.Of([new Label("app", "nobody")]) }).Build(out _);
        run.Run();
        Assert.Equal(2, Status(run).DisruptionsAllowed);
        Assert.Equal(0, Status(run, "none").DisruptionsAllowed);
    }

    [Fact]
    public void A_changed_selector_or_bound_is_counted_anew()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 5), Deployment("db", 3), Budget(null, "2")).Apply(60, Budget("2", null)).Apply(90, Budget("2", null) with { Selector = LabelSelector.Of([new Label("app", "db")]) })
            .With(o => o with { Until = S(70) }).Build(out _);
        run.Run();
        Assert.Equal((3, 2L), (Status(run).DisruptionsAllowed, Status(run).ObservedGeneration));
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Equal((1, 3), (Status(run).DisruptionsAllowed, Status(run).ExpectedPods));
    }

    [Fact]
    public void Pods_of_a_controller_without_a_size_allow_nothing_under_max_unavailable()
    {
        Pod[] pods = [.. Enumerable.Range(0, 3).Select(i => new Pod { Metadata = Meta($"p{i}") with { Labels = [new Label("app", "web")], Owners = [new OwnerReference(ResourceKind.Job, "job", 9999)] }, Spec = Template("web").Spec })];
        OrchestratedRun run = Fleet(1).Apply(pods).Apply(10, Budget(null, "1")).Build(out _);
        run.Run();
        Assert.Equal(0, Status(run).DisruptionsAllowed);
    }

    [Fact]
    public void Bare_pods_count_for_a_number_but_not_for_a_percentage()
    {
        Pod[] pods = [.. Enumerable.Range(0, 3).Select(i => new Pod { Metadata = Meta($"p{i}") with { Labels = [new Label("app", "web")] }, Spec = Template("web").Spec })];
        OrchestratedRun run = Fleet(1).Apply(pods).Apply(10, Budget("1", null), Budget("34%", null, "percent")).Build(out _);
        run.Run();
        Assert.Equal((3, 2), (Status(run).ExpectedPods, Status(run).DisruptionsAllowed));
        Assert.Equal((0, 0), (Status(run, "percent").ExpectedPods, Status(run, "percent").DisruptionsAllowed));
    }

    [Fact]
    public void Evictions_at_one_instant_never_spend_more_than_the_budget()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 10), Budget(null, "3")).Step(new EvictAll(S(60))).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(3, facts.All.Count(fact => fact is { Kind: FactKind.EvictionAdmitted, Detail: 1 }));
        Assert.Equal(7, facts.All.Count(fact => fact is { Kind: FactKind.EvictionRefused, Detail: 429 }));
        Assert.Equal((3, 7), (run.Evictions.Admitted, run.Evictions.Refused));
        Assert.Equal(10, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Empty(Status(run).Admitted);
        Assert.Equal([FactKind.BudgetExhausted, FactKind.BudgetRestored], facts.Kinds.Where(kind => kind is FactKind.BudgetExhausted or FactKind.BudgetRestored).TakeLast(2));
    }

    [Fact]
    public void An_evicted_pod_says_why_it_goes_and_gets_the_grace_that_was_asked_for()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 2)).Step(new EvictAll(S(60), S(7))).With(o => o with { Until = S(60) }).Build(out _);
        run.Run();
        Assert.All(Pods(run).Where(pod => pod.Metadata.IsDeleting), pod => Assert.Equal((EvictionApi.Reason, S(67)), (pod.Status.Disruption, pod.Metadata.DeletionAt!.Value)));
        Assert.Equal(2, Pods(run).Count(pod => pod.Metadata.IsDeleting));
    }

    [Fact]
    public void Two_budgets_on_a_pod_are_an_error_of_the_server()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 2), Budget(null, "1"), Budget(null, "1", "second")).Step(new EvictAll(S(60))).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(2, facts.All.Count(fact => fact is { Kind: FactKind.EvictionRefused, Detail: 500 }));
        Assert.All(Pods(run), pod => Assert.True(pod.Metadata.CreatedAt < S(60)));
    }

    [Fact]
    public void Pending_pods_are_evicted_without_asking_the_budget()
    {
        OrchestratedRun run = Fleet(1).Apply(Deployment("web", 3, Template("web", cpu: "100")), Budget(null, "0")).Step(new EvictAll(S(60))).With(o => o with { Until = S(61) }).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(3, facts.All.Count(fact => fact is { Kind: FactKind.EvictionAdmitted, Detail: 0 }));
    }

    [Theory]
    [InlineData(UnhealthyEviction.IfHealthyBudget, "3", 0)]
    [InlineData(UnhealthyEviction.IfHealthyBudget, "2", 2)]
    [InlineData(UnhealthyEviction.AlwaysAllow, "3", 2)]
    public void Unhealthy_pods_go_as_their_policy_says(UnhealthyEviction policy, string min, int admitted)
    {
        // Two of four are ready; the others run without ever becoming so.
        OrchestratedRun run = Fleet(2).Apply(Deployment("web", 4), Budget(min, null) with { UnhealthyEviction = policy }).Step(new MakeUnready(S(30), 2)).Step(new EvictAll(S(60), OnlyUnready: true))
            .With(o => o with { Until = S(60) }).Build(out _);
        run.Run();
        Assert.Equal(admitted, run.Evictions.Admitted);
    }

    [Fact]
    public void An_admitted_eviction_without_a_deletion_is_forgotten_after_two_minutes()
    {
        OrchestratedRun run = Fleet(2).Apply(Deployment("web", 4), Budget(null, "1")).Step(new SpendOnly(S(60))).With(o => o with { Until = S(170) }).Build(out _);
        run.Run();
        Assert.Equal((3, 0, 1), (Status(run).CurrentHealthy, Status(run).DisruptionsAllowed, Status(run).Admitted.Count));
        Assert.Equal("EvictionByEvictionAPI", Pods(run)[0].Status.Disruption);
        run.Loop.Run(S(181));
        Assert.Equal((4, 1, 0), (Status(run).CurrentHealthy, Status(run).DisruptionsAllowed, Status(run).Admitted.Count));
        Assert.Equal("", Pods(run)[0].Status.Disruption);
    }

    [Fact]
    public void A_rolling_update_uses_the_budget_up_but_is_not_bound_by_it()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 8), Budget(null, "1")).Step(new SetImageStep(S(60), "web", "main", "app:v2")).Step(new EvictAll(S(61))).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Contains(facts.All, fact => fact is { Kind: FactKind.EvictionRefused, Detail: 429 });
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static PodDisruptionBudget Budget(string? min, string? max, string name = "budget") => new()
    {
        Metadata = Meta(name),
        Selector = LabelSelector.Of([new Label("app", "web")]),
        MinAvailable = Parse(min),
        MaxUnavailable = Parse(max),
    };

    private static IntOrPercent? Parse(string? text) => text is null ? null : text.EndsWith('%') ? IntOrPercent.Percent(int.Parse(text[..^1])) : IntOrPercent.Of(int.Parse(text));

    private static DisruptionStatus Status(OrchestratedRun run, string name = "budget") => run.Store.View.Find<PodDisruptionBudget>(ResourceKind.PodDisruptionBudget, "default", name)!.Status;

    private sealed record EvictAll(TimeSpan At, TimeSpan? Grace = null, bool OnlyUnready = false) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            foreach (Pod pod in Pods(run))
            {
                if (!OnlyUnready || !pod.Status.IsReady) _ = run.Evictions.Evict(pod.Key, new DeleteOptions(pod.Uid, Grace));
            }
        }
    }

    private sealed record MakeUnready(TimeSpan At, int Count) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            foreach (Pod pod in Pods(run).Take(Count)) run.Store.Update(pod with { Status = pod.Status with { IsReady = false, ReadySince = run.Loop.Now } });
        }
    }

    /// <summary>An API server that admits an eviction and ends before it deletes the pod.</summary>
    private sealed record SpendOnly(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            Pod pod = Pods(run)[0];
            var budget = run.Store.View.Find<PodDisruptionBudget>(ResourceKind.PodDisruptionBudget, "default", "budget")!;
            run.Store.Update(budget with { Status = budget.Status with { DisruptionsAllowed = budget.Status.DisruptionsAllowed - 1, Admitted = [new AdmittedEviction(pod.Uid, run.Loop.Now)] } });
            run.Store.Update(pod with { Status = pod.Status with { Disruption = EvictionApi.Reason } });
        }
    }
}
