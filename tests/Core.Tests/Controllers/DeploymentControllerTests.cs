using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DeploymentControllerTests
{
    [Fact]
    public void A_deployment_makes_one_replica_set_of_its_template_and_its_pods_become_available()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 6)).Build(out _);
        run.Run();
        ReplicaSet set = Assert.Single(Sets(run));
        string hash = set.Metadata.Labels.ValueOf(Revisions.HashLabel)!;
        Assert.Equal($"web-{hash}", set.Name);
        Assert.True(set.Selector.Matches([new Label("app", "web"), new Label(Revisions.HashLabel, hash)]));
        Assert.False(set.Selector.Matches([new Label("app", "web")]));
        Assert.All(Pods(run), pod => Assert.Equal(hash, pod.Metadata.Labels.ValueOf(Revisions.HashLabel)));
        Deployment web = Web(run);
        Assert.Equal(new ReplicaStatus(6, 6, 6, 1), web.Status.Pods);
        Assert.Equal((6, true, ProgressReasons.Available, 1L), (web.Status.UpdatedReplicas, web.Status.IsAvailable, web.Status.ProgressReason, Revisions.Of(web)));
    }

    [Fact]
    public void Equal_templates_have_equal_hashes_in_every_run_and_another_image_another_one()
    {
        string Hash(string image)
        {
            OrchestratedRun run = Fleet(1).Apply(Deployment("web", 1, Template("web", image: image))).Build(out _);
            run.Run();
            return Sets(run)[0].Name;
        }

        Assert.Equal(Hash("app:v1"), Hash("app:v1"));
        Assert.NotEqual(Hash("app:v1"), Hash("app:v2"));
    }

    [Theory]
    [InlineData(10, "25%", "25%")]
    [InlineData(10, "0", "1")]
    [InlineData(10, "1", "0")]
    [InlineData(10, "100%", "0")]
    [InlineData(10, "0", "100%")]
    [InlineData(1, "25%", "25%")]
    [InlineData(3, "0%", "10%")]
    public void A_rolling_update_keeps_the_bounds_of_surge_and_unavailable_and_ends_with_new_pods_alone(int replicas, string surge, string unavailable)
    {
        Deployment web = Deployment("web", replicas) with { Strategy = new DeploymentStrategy(false, Parse(unavailable), Parse(surge)) };
        OrchestratedRun run = Fleet(4).Apply(web).Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Build(out InstantAgent agent);
        agent.StartTime = Seconds(5);
        int most = 0, least = int.MaxValue;
        run.Store.Subscribe(new Look(() =>
        {
            if (run.Loop.Now < Seconds(60)) return;
            most = Math.Max(most, Pods(run).Count(pod => !pod.Metadata.IsDeleting));
            least = Math.Min(least, Pods(run).Count(pod => pod.IsActive && pod.Status.IsReady));
        }));
        run.Run();
        Assert.InRange(most, replicas, replicas + DeploymentMath.MaxSurge(web));
        Assert.InRange(least, replicas - DeploymentMath.MaxUnavailable(web), replicas);
        Assert.Equal(replicas, Pods(run).Count);
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
        Assert.Equal([0, replicas], Sets(run).Select(set => set.Replicas));
        Assert.Equal(2, Revisions.Of(Web(run)));
    }

    [Fact]
    public void Recreate_starts_no_new_pod_before_the_last_old_one_is_gone()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 5) with { Strategy = DeploymentStrategy.Recreate })
            .Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Build(out InstantAgent agent);
        agent.StopTime = Seconds(20);
        bool isMixed = false;
        run.Store.Subscribe(new Look(() => isMixed |= Pods(run).Select(pod => pod.Spec.Containers[0].Image).Distinct().Count() > 1));
        run.Run();
        Assert.False(isMixed);
        Assert.All(Pods(run), pod => Assert.Equal(Seconds(80), pod.Metadata.CreatedAt));
        Assert.Equal(5, Pods(run).Count);
    }

    [Fact]
    public void Unhealthy_old_pods_go_first_even_when_no_available_one_may_be_missing()
    {
        Deployment web = Deployment("web", 4, Template("web", image: "app:bad")) with { Strategy = new DeploymentStrategy(false, IntOrPercent.Of(0), IntOrPercent.Of(1)) };
        OrchestratedRun run = Fleet(3).Apply(web).Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Build(out InstantAgent agent);
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:bad";
        run.Run();
        Assert.Equal(ProgressReasons.Available, Web(run).Status.ProgressReason);
        Assert.Equal(4, Pods(run).Count(pod => pod.Spec.Containers[0].Image == "app:v2"));
    }

    [Fact]
    public void A_version_that_never_gets_ready_stops_at_its_deadline_and_leaves_the_old_pods()
    {
        OrchestratedRun run = BadRelease(out FactList facts);
        run.Run();
        Deployment web = Web(run);
        Assert.Equal(ProgressReasons.TimedOut, web.Status.ProgressReason);
        Assert.Equal(Seconds(60 + 600 + 1), web.Status.ProgressAt);
        Assert.Equal((8, 8), (Pods(run).Count(pod => pod.Status.IsReady), web.Status.Pods.Available));
        Assert.Equal([FactKind.RolloutStarted, FactKind.RolloutCompleted, FactKind.RolloutStarted, FactKind.RolloutFailed], facts.Kinds);
    }

    [Fact]
    public void A_rollback_brings_the_old_replica_set_back_under_a_new_revision()
    {
        OrchestratedRun run = BadRelease(out FactList facts, new RollbackStep(Seconds(300), "web"));
        run.Run();
        Assert.Equal([3L, 2L], Sets(run).Select(Revisions.Of));
        Assert.Equal("1", Sets(run)[0].Metadata.Annotations.ValueOf(Revisions.HistoryAnnotation));
        Assert.Equal(3, Revisions.Of(Web(run)));
        Assert.All(Pods(run), pod => Assert.Equal("app:v1", pod.Spec.Containers[0].Image));
        Assert.Contains(facts.All, fact => fact is { Kind: FactKind.RolledBack, Detail: 1 });
        Assert.Contains(facts.All, fact => fact is { Kind: FactKind.RolloutCompleted, Detail: 3 });
    }

    [Fact]
    public void A_rollback_goes_to_any_revision_that_is_kept()
    {
        OrchestratedRun run = Versions(4).Step(new RollbackStep(Seconds(900), "web", 2)).Build(out _);
        run.Run();
        Assert.Equal("app:v2", Web(run).Template.Spec.Containers[0].Image);
        Assert.Equal(5, Revisions.Of(Web(run)));
        OrchestratedRun refused = Versions(2).Step(new RollbackStep(Seconds(900), "web", 7)).Build(out _);
        Assert.Contains("no revision 7", Assert.Throws<RunStepException>(() => refused.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_rollout_is_undone_at_its_deadline_where_that_is_asked_for_and_once_only()
    {
        OrchestratedRun run = BadRelease(out FactList facts, change: options => options with { Rollback = new RollbackOptions { ForAll = true } });
        run.Run();
        Assert.Equal("app:v1", Web(run).Template.Spec.Containers[0].Image);
        Assert.Equal(10, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Equal(10, Pods(run).Count);
        Assert.Single(facts.All, fact => fact.Kind == FactKind.RolledBack && fact.At == Seconds(661));
    }

    [Fact]
    public void A_paused_deployment_takes_a_new_template_only_when_it_is_resumed()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Step(new PauseStep(Seconds(30), "web")).Step(new SetImageStep(Seconds(40), "web", "main", "app:v2"))
            .Step(new ResumeStep(Seconds(2000), "web")).With(o => o with { Until = Seconds(1990) }).Build(out _);
        run.Run();
        Assert.Single(Sets(run));
        Assert.Equal(ProgressReasons.Paused, Web(run).Status.ProgressReason);
        Assert.Equal(2, Web(run).Status.Pods.ObservedGeneration - 1);
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Equal(ProgressReasons.Available, Web(run).Status.ProgressReason);
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void The_condition_progressing_says_why_at_every_turn()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Step(new PauseStep(Seconds(30), "web")).Step(new ResumeStep(Seconds(40), "web"))
            .Step(new SetImageStep(Seconds(50), "web", "main", "app:v2")).Build(out _);
        var reasons = new List<string>();
        run.Store.Subscribe(new Look(() =>
        {
            string reason = Find(run)?.Status.ProgressReason ?? "";
            if (reason.Length > 0 && (reasons.Count == 0 || reasons[^1] != reason)) reasons.Add(reason);
        }));
        run.Run();
        Assert.Equal(
            [ProgressReasons.Created, ProgressReasons.Updated, ProgressReasons.Available, ProgressReasons.Paused, ProgressReasons.Resumed, ProgressReasons.Available, ProgressReasons.Created, ProgressReasons.Updated, ProgressReasons.Available],
            reasons);
    }

    [Fact]
    public void A_template_whose_set_is_there_already_is_found_and_a_deployment_without_deadline_says_nothing_of_progress()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4) with { ProgressDeadline = TimeSpan.FromSeconds(int.MaxValue) }).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal("", Web(run).Status.ProgressReason);
        Assert.Contains(FactKind.RolloutCompleted, facts.Kinds);
        OrchestratedRun found = Fleet(3).Apply(Deployment("web", 0) with { ProgressDeadline = TimeSpan.FromSeconds(int.MaxValue) }).Apply(60, Deployment("web", 0)).With(o => o with { Until = Seconds(60) }).Build(out _);
        bool isFound = false;
        found.Store.Subscribe(new Look(() => isFound |= Find(found)?.Status.ProgressReason == ProgressReasons.Found));
        found.Run();
        Assert.True(isFound);
    }

    [Fact]
    public void A_selector_that_matches_everything_makes_no_pods()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4) with { Selector = LabelSelector.Everything }).Build(out _);
        run.Run();
        Assert.Empty(Pods(run));
        Assert.Equal(1, Web(run).Status.Pods.ObservedGeneration);
    }

    [Fact]
    public void A_set_that_matches_no_longer_is_let_go()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 2)).Step(new Relabel(Seconds(30))).Build(out _);
        run.Run();
        Assert.Equal(2, run.Store.View.All(ResourceKind.ReplicaSet).Count);
        Assert.Single(Sets(run));
        Assert.Equal(4, Pods(run).Count);
    }

    [Fact]
    public void Scaling_in_the_middle_of_a_paused_rollout_is_shared_in_proportion()
    {
        Deployment web = Deployment("web", 10) with { Strategy = new DeploymentStrategy(false, IntOrPercent.Of(2), IntOrPercent.Of(3)) };
        OrchestratedRun run = Fleet(8).Apply(web).Step(new SetImageStep(Seconds(60), "web", "main", "app:bad"))
            .Step(new PauseStep(Seconds(100), "web")).Step(new ScaleStep(Seconds(110), ResourceKind.Deployment, "web", 15)).With(o => o with { Until = Seconds(200) }).Build(out InstantAgent agent);
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:bad";
        run.Run();
        // 8 old and 5 new of 13 become 18 in proportion: the example of the Kubernetes documentation.
        Assert.Equal([11, 7], Sets(run).Select(set => set.Replicas));
        Assert.All(Sets(run), set => Assert.Equal("18", set.Metadata.Annotations.ValueOf(Revisions.MaxAnnotation)));
    }

    [Fact]
    public void A_new_size_that_the_old_set_has_already_does_not_hold_a_rollout()
    {
        Deployment web = Deployment("web", 3) with { Strategy = new DeploymentStrategy(false, IntOrPercent.Of(1), IntOrPercent.Of(0)) };
        OrchestratedRun run = Fleet(3).Apply(web).Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Step(new ScaleStep(Seconds(61.5), ResourceKind.Deployment, "web", 2))
            .With(o => o with { ControllerDelay = Seconds(1), Until = Seconds(300) }).Build(out _);
        int[] sizes = [];
        run.Store.Subscribe(new Look(() => sizes = run.Loop.Now == Seconds(61.5) && sizes.Length == 0 ? [.. Sets(run).Select(set => set.Replicas)] : sizes));
        run.Run();
        Assert.Equal([2, 0], sizes);
        Assert.Equal((2, 2), (Web(run).Status.UpdatedReplicas, Web(run).Status.Pods.Available));
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void Several_sets_of_another_size_do_not_hold_a_recreation()
    {
        ReplicaSet Orphan(string name)
        {
            PodTemplate template = Template("web", image: $"app:{name}") with { Labels = [new Label("app", "web"), new Label("track", name)] };
            ObjectMeta meta = Meta(name) with { Labels = [new Label("app", "web"), new Label("track", name)], Annotations = [new Label(Revisions.DesiredAnnotation, "1")] };
            return ReplicaSet(name, 1, template) with { Metadata = meta, Selector = LabelSelector.Of([new Label("track", name)]) };
        }

        OrchestratedRun run = Fleet(3).Apply(Orphan("a"), Orphan("b")).Apply(30, Deployment("web", 2) with { Strategy = DeploymentStrategy.Recreate }).With(o => o with { Until = Seconds(300) }).Build(out _);
        run.Run();
        Assert.Equal((2, 2), (Web(run).Status.UpdatedReplicas, Web(run).Status.Pods.Available));
        Assert.Equal(2, Pods(run).Count);
    }

    [Fact]
    public void Scaling_at_rest_scales_the_only_active_set_and_starts_no_rollout()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Step(new ScaleStep(Seconds(60), ResourceKind.Deployment, "web", 9)).Step(new ScaleStep(Seconds(120), ResourceKind.Deployment, "web", 2))
            .Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(2, Pods(run).Count);
        Assert.Equal([FactKind.RolloutStarted, FactKind.RolloutCompleted], facts.Kinds);
        Assert.Equal(new ReplicaStatus(2, 2, 2, 3), Web(run).Status.Pods);
    }

    [Fact]
    public void Only_as_many_old_revisions_are_kept_as_the_limit_says()
    {
        OrchestratedRun run = Versions(6, limit: 2).Build(out _);
        run.Run();
        Assert.Equal([4L, 5L, 6L], Sets(run).Select(Revisions.Of));
    }

    [Fact]
    public void A_pod_counts_as_available_only_after_min_ready_seconds()
    {
        Deployment web = Deployment("web", 4) with { MinReady = Seconds(30), Strategy = new DeploymentStrategy(false, IntOrPercent.Of(0), IntOrPercent.Of(1)) };
        OrchestratedRun run = Fleet(3).Apply(web).Step(new SetImageStep(Seconds(100), "web", "main", "app:v2")).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        TimeSpan end = facts.All.Last(fact => fact.Kind == FactKind.RolloutCompleted).At;
        Assert.InRange(end, Seconds(100 + (4 * 32)), Seconds(100 + (4 * 34)));
    }

    [Fact]
    public void A_restart_replaces_every_pod_by_an_equal_one()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Step(new RestartStep(Seconds(60), "web")).Build(out _);
        run.Run();
        Assert.All(Pods(run), pod => Assert.True(pod.Metadata.CreatedAt >= Seconds(60)));
        Assert.Equal(2, Revisions.Of(Web(run)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_adopted_replica_set_counts_from_the_sync_that_adopts_it_also_in_a_late_view(bool isRecreate)
    {
        int most = 0;
        Deployment later = Deployment("web", 5, Template("web", image: "app:v2")) with { Strategy = new DeploymentStrategy(isRecreate, IntOrPercent.Of(1), IntOrPercent.Of(1)) };
        OrchestratedRun run = Fleet(3).With(o => o with { ControllerDelay = TimeSpan.FromMilliseconds(50), Until = TimeSpan.FromSeconds(300) })
            .Apply(Deployment("web", 2)).Step(Some.Delete(30, ResourceKind.Deployment, "web", Propagation.Orphan)).Apply(60, later)
            .Step(new SetImageStep(TimeSpan.FromSeconds(120), "web", "main", "app:v3")).Build(out _);
        run.OnEveryWrite(_ => most = Math.Max(most, Pods(run).Count(pod => !pod.Metadata.IsDeleting)));
        run.Run();
        Assert.Equal(isRecreate ? 5 : 6, most);
        Assert.Equal(5, Web(run).Status.UpdatedReplicas);
        Assert.All(Pods(run), pod => Assert.Equal("app:v3", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void A_matching_replica_set_without_a_controller_is_adopted_with_its_pods()
    {
        PodTemplate template = Template("web");
        ReplicaSet alone = ReplicaSet("old", 3, Revisions.Hashed(template, "abc")) with
        {
            Metadata = Meta("old") with { Labels = [new Label("app", "web"), new Label(Revisions.HashLabel, "abc")] },
            Selector = LabelSelector.Of([new Label("app", "web"), new Label(Revisions.HashLabel, "abc")]),
        };
        OrchestratedRun run = Fleet(2).Apply(alone).Apply(30, Deployment("web", 3, template)).Build(out _);
        run.Run();
        ReplicaSet set = Assert.Single(Sets(run));
        Assert.Equal(("old", "web"), (set.Name, set.Metadata.Controller?.Name));
        Assert.All(Pods(run), pod => Assert.True(pod.Metadata.CreatedAt < Seconds(30)));
    }

    [Fact]
    public void A_hash_that_is_taken_by_another_set_is_replaced_by_the_next()
    {
        OrchestratedRun first = Fleet(1).Apply(Deployment("web", 1)).Build(out _);
        first.Run();
        ReplicaSet stranger = ReplicaSet("other", 1) with { Metadata = Meta(Sets(first)[0].Name) };
        OrchestratedRun run = Fleet(1).Apply(stranger).Apply(10, Deployment("web", 1)).Build(out _);
        run.Run();
        Assert.Equal(1, Web(run).Status.Collisions);
        Assert.Equal(1, Web(run).Status.Pods.Available);
    }

    [Fact]
    public void A_late_view_and_a_limited_client_end_in_the_same_state_without_an_extra_pod()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 10)).Step(new SetImageStep(Seconds(600), "web", "main", "app:v2"))
            .With(o => o with { ControllerDelay = Seconds(2), ControllerLimits = ClientLimits.ControllerManager }).Build(out _);
        int most = 0;
        run.Store.Subscribe(new Look(() => most = Math.Max(most, Pods(run).Count(pod => !pod.Metadata.IsDeleting))));
        run.Run();
        Assert.InRange(most, 11, 13);
        Assert.Equal(10, Pods(run).Count(pod => pod.Status.IsReady && pod.Spec.Containers[0].Image == "app:v2"));
        Assert.Equal(2, Sets(run).Count);
    }

    [Fact]
    public void A_restart_of_the_manager_in_the_middle_of_a_rollout_changes_nothing_about_its_end()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 10)).Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Step(new Bounce(Seconds(63))).Build(out _);
        run.Run();
        Assert.Equal(10, Pods(run).Count(pod => pod.Status.IsReady && pod.Spec.Containers[0].Image == "app:v2"));
        Assert.Equal(ProgressReasons.Available, Web(run).Status.ProgressReason);
    }

    [Fact]
    public void A_second_sync_of_the_same_state_writes_nothing()
    {
        OrchestratedRun run = Fleet(4).Apply(Deployment("web", 10)).Step(new SetImageStep(Seconds(60), "web", "main", "app:v2")).Build(out _);
        run.Run();
        long version = run.Store.ResourceVersion;
        run.Controllers.Restart();
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Equal(version, run.Store.ResourceVersion);
    }

    private static OrchestratedRun BadRelease(out FactList facts, RunStep? step = null, Func<OrchestratedRunOptions, OrchestratedRunOptions>? change = null)
    {
        OrchestrationBuilder builder = Fleet(4).Apply(Deployment("web", 10)).Step(new SetImageStep(Seconds(60), "web", "main", "app:bad"));
        if (step is not null) builder.Step(step);
        if (change is not null) builder.With(change);
        OrchestratedRun run = builder.Build(out InstantAgent agent);
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:bad";
        facts = FactList.Of(run);
        return run;
    }

    private static OrchestrationBuilder Versions(int count, int limit = 10)
    {
        OrchestrationBuilder builder = Fleet(2).Apply(Deployment("web", 2) with { RevisionHistoryLimit = limit });
        for (int v = 2; v <= count; v++) builder.Step(new SetImageStep(Seconds(100 * v), "web", "main", $"app:v{v}"));
        return builder;
    }

    private static Deployment? Find(OrchestratedRun run) => run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web");

    private static Deployment Web(OrchestratedRun run) => run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")!;

    private static IReadOnlyList<ReplicaSet> Sets(OrchestratedRun run) => [.. run.Store.View.All(ResourceKind.ReplicaSet).Cast<ReplicaSet>().Where(set => set.Metadata.Controller is not null).OrderBy(set => set.Uid)];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static IntOrPercent Parse(string text) => text.EndsWith('%') ? IntOrPercent.Percent(int.Parse(text[..^1])) : IntOrPercent.Of(int.Parse(text));

    private sealed record Bounce(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            run.Controllers.Stop();
            run.Controllers.Restart();
        }
    }

    /// <summary>Somebody takes the label off a ReplicaSet.</summary>
    private sealed record Relabel(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => run.Store.Update(Sets(run)[0] with { Metadata = Sets(run)[0].Metadata with { Labels = [new Label("app", "other")] } });
    }

    private sealed class Look(Action look) : IStoreListener
    {
        public void OnChange(in StoreChange change) => look();
    }
}

/// <summary>Facts of a run about workloads, disruption and releases.</summary>
internal sealed class FactList : IFactObserver
{
    public List<Fact> All { get; } = [];

    public IEnumerable<FactKind> Kinds => All.Select(fact => fact.Kind);

    public static FactList Of(OrchestratedRun run)
    {
        var list = new FactList();
        run.Facts.Subscribe(list);
        return list;
    }

    public void Observe(in Fact fact)
    {
        if (fact.Kind >= FactKind.RolloutStarted) All.Add(fact);
    }
}
