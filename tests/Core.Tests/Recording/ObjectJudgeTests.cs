using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording;

/// <summary>Planted bugs: writes that no correct store and no correct controller makes are found, each by its law; runs without bugs pass.</summary>
public sealed class ObjectJudgeTests
{
    private static void Broken(Invariant invariant, OrchestratedRun run)
    {
        ObjectJudge.AttachAll(run);
        InvariantViolationException found = Assert.Throws<InvariantViolationException>(() => run.Run());
        Assert.Same(invariant, found.Invariant);
    }

    private static void Feed(Invariant invariant, params StoreChange[] changes)
    {
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(Fleet(1).Build(out _));
        InvariantViolationException found = Assert.Throws<InvariantViolationException>(() =>
        {
            foreach (StoreChange change in changes)
            {
                StoreChange written = Written(change);
                foreach (ObjectJudge judge in judges) judge.OnChange(in written);
            }
        });
        Assert.Same(invariant, found.Invariant);
    }

    /// <summary>The object carries the version of its write, unless it states another.</summary>
    private static StoreChange Written(StoreChange change) => change.After is { Metadata.ResourceVersion: 0 } after
        ? change with { After = after with { Metadata = after.Metadata with { ResourceVersion = change.ResourceVersion } } }
        : change;

    private static ConfigMap Map(long uid, long generation = 1, TimeSpan? deletion = null, params string[] finalizers) => Some.ConfigMap("a") with
    {
        Metadata = Meta("a") with { Uid = uid, Generation = generation, DeletionAt = deletion, Finalizers = [.. finalizers] },
    };

    private static Pod Owned(KubeObject owner, string name, params Label[] annotations) => Some.Pod(name) with
    {
        Metadata = Meta(name) with { Owners = [Some.OwnedBy(owner)], Annotations = [.. annotations] },
    };

    [Fact]
    public void Runs_without_bugs_pass_all_judges()
    {
        OrchestratedRun run = Fleet(3)
            .Apply(ReplicaSet("web", 5), Some.StatefulSet("db", 3), Some.Job("sum", 5, 2), Some.Job("grid", 4, 2) with { IsIndexed = true })
            .Apply(Service("api")).Apply(new ResourceQuota { Metadata = Meta("q"), Hard = [new ResourceAmount("pods", 80)] })
            .Apply(new CronJob { Metadata = Meta("tick"), Schedule = "* * * * *", ConcurrencyPolicy = ConcurrencyPolicy.Forbid, JobTemplate = Some.Job("tick") })
            .Apply(Deployment("api", 40), new PodDisruptionBudget { Metadata = Meta("api"), Selector = LabelSelector.Of([new Label("app", "api")]), MaxUnavailable = IntOrPercent.Percent(20) })
            .Step(new SetImageStep(TimeSpan.FromSeconds(70), "api", "main", "app:v2")).Step(new DrainStep(TimeSpan.FromSeconds(150), "node-000")).Step(new UncordonStep(TimeSpan.FromSeconds(250), "node-000"))
            .Step(new SetImageStep(TimeSpan.FromSeconds(300), "api", "main", "app:v3"))
            .Step(new DrainStep(TimeSpan.FromSeconds(400), "node-001")).Step(new UncordonStep(TimeSpan.FromSeconds(500), "node-001"))
            .Step(new DrainStep(TimeSpan.FromSeconds(510), "node-002")).Step(new UncordonStep(TimeSpan.FromSeconds(590), "node-002"))
            .Apply(60, Some.StatefulSet("db", 2, "app:v2")).Step(Some.Delete(100, ResourceKind.ReplicaSet, "web")).Step(Some.Delete(200, ResourceKind.CronJob, "tick"))
            .With(o => o with { Until = TimeSpan.FromMinutes(10) }).Build(out InstantAgent agent);
        agent.Ends = pod => pod.Metadata.Controller?.Kind == ResourceKind.Job ? (7, pod.Uid % 5 != 0) : null;
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Run();
        foreach (ObjectJudge judge in judges) judge.JudgeRest();
        Assert.All(judges, judge => Assert.True(judge.Judged > 100));
    }

    [Fact]
    public void A_version_that_does_not_grow_is_found() => Feed(ObjectInvariants.Versions, new StoreChange(null, Map(900), 1), new StoreChange(null, Map(901), 1));

    [Fact]
    public void An_object_without_the_version_of_its_write_is_found() => Feed(ObjectInvariants.Versions, new StoreChange(null, Map(900) with { Metadata = Map(900).Metadata with { ResourceVersion = 7 } }, 8));

    [Fact]
    public void An_identity_used_again_is_found() => Feed(ObjectInvariants.Identity,
        new StoreChange(null, Map(900), 1), new StoreChange(Map(900), null, 2), new StoreChange(null, Map(900), 3));

    [Fact]
    public void A_deletion_taken_back_is_found() => Feed(ObjectInvariants.Identity,
        new StoreChange(null, Map(900), 1), new StoreChange(Map(900), Map(900, 1, TimeSpan.Zero), 2), new StoreChange(Map(900, 1, TimeSpan.Zero), Map(900), 3));

    [Fact]
    public void A_removal_over_finalizers_is_found() => Feed(ObjectInvariants.Identity,
        new StoreChange(null, Map(900), 1), new StoreChange(Map(900, 1, TimeSpan.Zero, "a", "b"), null, 2));

    [Fact]
    public void A_generation_that_grows_without_a_new_spec_is_found() => Feed(ObjectInvariants.Generation,
        new StoreChange(null, Map(900), 1), new StoreChange(Map(900), Map(900, 2), 2));

    [Fact]
    public void A_generation_observed_before_it_exists_is_found()
    {
        ReplicaSet set = ReplicaSet("web", 1) with { Metadata = Meta("web") with { Uid = 900, Generation = 1 } };
        Feed(ObjectInvariants.Generation, new StoreChange(null, set, 1), new StoreChange(set, set with { Status = new ReplicaStatus(0, 0, 0, 2) }, 2));
    }

    [Fact]
    public void A_pod_that_the_quotas_books_missed_is_found()
    {
        var quota = new ResourceQuota { Metadata = Meta("q") with { Uid = 900, Generation = 1 }, Hard = [new ResourceAmount("pods", 1)] };
        Feed(ObjectInvariants.Quota, new StoreChange(null, quota, 1), new StoreChange(null, Some.Pod("a") with { Metadata = Meta("a") with { Uid = 901, Generation = 1 } }, 2));
    }

    [Fact]
    public void Garbage_that_nobody_collects_is_found()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 2)).Step(Some.Step(10, r =>
        {
            r.Controllers.Stop();
            r.Store.Delete(ReplicaSet("web", 2).Key);
        })).Build(out _);
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Run();
        Assert.Same(ObjectInvariants.Garbage, Assert.Throws<InvariantViolationException>(() => judges.ToList().ForEach(judge => judge.JudgeRest())).Invariant);
    }

    [Fact]
    public void A_stateful_pod_out_of_order_is_found() => Broken(ObjectInvariants.StatefulIdentity, Fleet(1).Apply(Some.StatefulSet("db", 3))
        .Step(Some.Step(3, r => r.Store.Create(Owned(r.Find<StatefulSet>("db")!, "db-2"), out _))).Build(out _));

    [Fact]
    public void Two_daemons_on_a_node_are_found()
    {
        Broken(ObjectInvariants.OneDaemon, Fleet(1).Apply(Some.DaemonSet("log")).Step(Some.Step(3, r =>
        {
            Pod twin = Pods(r)[0];
            r.Store.Create(twin with { Metadata = twin.Metadata with { Name = "twin" } }, out _);
        })).Build(out _));
    }

    [Fact]
    public void A_job_pod_too_many_is_found() => Broken(ObjectInvariants.JobCounts, Fleet(1).Apply(Some.Job("sum", 3, 2))
        .Step(Some.Step(3, r => r.Store.Create(Owned(r.Find<Job>("sum")!, "extra"), out _))).Build(out _));

    [Fact]
    public void A_completed_index_that_runs_again_is_found()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("grid", 3, 2) with { IsIndexed = true })
            .Step(Some.Step(7, r =>
            {
                Pod other = Pods(r).First(pod => pod.IsActive);
                r.Store.Update(other with { Metadata = other.Metadata with { Finalizers = [] } });
                r.Store.Delete(other.Key, new DeleteOptions(Grace: TimeSpan.Zero));
                r.Store.Create(Owned(r.Find<Job>("grid")!, "again", new Label("batch.kubernetes.io/job-completion-index", "0")), out _);
            })).Build(out InstantAgent agent);
        agent.Ends = pod => pod.Name.StartsWith("grid-0", StringComparison.Ordinal) ? (1, true) : null;
        Broken(ObjectInvariants.JobCounts, run);
    }

    [Fact]
    public void A_completion_counted_twice_is_found() => Broken(ObjectInvariants.JobCounts, Fleet(1).Apply(Some.Job("sum", 3))
        .Step(Some.Step(3, r => { Job job = r.Find<Job>("sum")!; r.Store.Update(job with { Status = job.Status with { Succeeded = 1 } }); })).Build(out _));

    [Fact]
    public void A_due_time_that_starts_two_jobs_is_found()
    {
        var cron = new CronJob { Metadata = Meta("tick"), Schedule = "* * * * *", JobTemplate = Some.Job("tick") };
        Broken(ObjectInvariants.CronStarts, Fleet(1).Apply(cron).Step(Some.Step(61, r =>
        {
            Job twin = (Job)r.Store.View.All(ResourceKind.Job)[0];
            r.Store.Create(twin with { Metadata = twin.Metadata with { Name = "twin" } }, out _);
        })).With(o => o with { Until = TimeSpan.FromSeconds(90) }).Build(out _));
    }

    [Fact]
    public void Two_active_jobs_under_Forbid_are_found()
    {
        var cron = new CronJob { Metadata = Meta("tick"), Schedule = "* * * * *", ConcurrencyPolicy = ConcurrencyPolicy.Forbid, JobTemplate = Some.Job("tick") };
        Broken(ObjectInvariants.CronStarts, Fleet(1).Apply(cron).Step(Some.Step(61, r =>
        {
            Job twin = (Job)r.Store.View.All(ResourceKind.Job)[0];
            r.Store.Create(twin with { Metadata = twin.Metadata with { Name = "twin", Annotations = [] } }, out _);
        })).With(o => o with { Until = TimeSpan.FromSeconds(90) }).Build(out _));
    }

    [Theory]
    [InlineData(4, 11)]
    [InlineData(4, 9)]
    [InlineData(4, 3)]
    public void An_autoscaler_beyond_its_bounds_its_rate_or_its_window_is_found(int from, int to)
    {
        var scaler = new HorizontalPodAutoscaler { Metadata = Meta("web"), TargetName = "web", MaxReplicas = 10 };
        OrchestratedRun run = Fleet(1).Apply(scaler)
            .Step(Some.Step(10, r => r.Store.Update(r.Find<HorizontalPodAutoscaler>("web")! with { DesiredReplicas = 2 })))
            .Step(Some.Step(20, r => r.Store.Update(r.Find<HorizontalPodAutoscaler>("web")! with { DesiredReplicas = from, LastScaledAt = r.Loop.Now })))
            .Step(Some.Step(60, r => r.Store.Update(r.Find<HorizontalPodAutoscaler>("web")! with { DesiredReplicas = to, LastScaledAt = r.Loop.Now }))).Build(out _);
        Broken(ObjectInvariants.Autoscaling, run);
    }

    [Fact]
    public void An_autoscaler_may_scale_up_from_what_a_user_wrote_below_what_it_had_recommended()
    {
        static void Scale(OrchestratedRun run, int replicas) => Assert.Null(run.Store.Update(run.Find<Deployment>("web")! with { Replicas = replicas }));
        static void Note(OrchestratedRun run, int replicas)
        {
            Scale(run, replicas);
            var scaler = (HorizontalPodAutoscaler)run.Store.View.Find(new ObjectKey(ResourceKind.HorizontalPodAutoscaler, "default", "web"))!;
            Assert.Null(run.Store.Update(scaler with { DesiredReplicas = replicas, LastScaledAt = run.Loop.Now }));
        }

        OrchestratedRun Planted(int users) => Fleet(1).Apply(Deployment("web", 2), new HorizontalPodAutoscaler { Metadata = Meta("web"), TargetName = "web", MaxReplicas = 10 })
            .Do(20, r => Note(r, 4)).Do(40, r => Scale(r, users)).Do(60, r => Note(r, 3)).With(o => o with { Until = TimeSpan.FromSeconds(70) }).Build(out _);
        OrchestratedRun sound = Planted(2);
        _ = ObjectJudge.AttachAll(sound);
        sound.Run();
        Broken(ObjectInvariants.Autoscaling, Planted(4));
    }
}
