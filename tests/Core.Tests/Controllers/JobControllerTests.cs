using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class JobControllerTests
{
    [Fact]
    public void A_job_runs_its_completions_with_the_given_parallelism()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.Job("sum", completions: 10, parallelism: 3)).Build(out InstantAgent agent);
        agent.Ends = _ => (5, true);
        int most = 0;
        run.OnEveryWrite(_ => most = Math.Max(most, Pods(run).Count(pod => pod.IsActive)));
        run.Run();
        JobStatus status = run.Find<Job>("sum")!.Status;
        Assert.Equal((10, 0, 0, false), (status.Succeeded, status.Failed, status.Active, status.HasFailed));
        Assert.NotNull(status.FinishedAt);
        Assert.Equal(3, most);
        Assert.Equal(10, Pods(run).Count);
    }

    [Fact]
    public void Pods_of_a_job_carry_its_labels_and_lose_their_finalizer_once_counted()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sum")).Build(out InstantAgent agent);
        agent.Ends = _ => (5, true);
        run.Run();
        Pod pod = Assert.Single(Pods(run));
        Assert.Equal("sum", pod.Metadata.Labels.ValueOf("batch.kubernetes.io/job-name"));
        Assert.Equal("sum", pod.Metadata.Labels.ValueOf("job-name"));
        Assert.Empty(pod.Metadata.Finalizers);
        Assert.Empty(run.Find<Job>("sum")!.Status.Counted);
    }

    [Fact]
    public void Failures_are_retried_after_a_wait_that_doubles()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("bad") with { BackoffLimit = 3 }).Build(out InstantAgent agent);
        agent.Ends = _ => (0, false);
        run.Run();
        Job job = run.Find<Job>("bad")!;
        Assert.Equal((true, "BackoffLimitExceeded", 4), (job.Status.HasFailed, job.Status.Reason, job.Status.Failed));
        double[] gaps = [.. Pods(run).Zip(Pods(run).Skip(1), (a, b) => (b.Metadata.CreatedAt - a.Metadata.CreatedAt).TotalSeconds)];
        Assert.Equal([12, 22, 42], gaps);
    }

    [Fact]
    public void The_wait_after_failures_is_at_most_ten_minutes()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("bad") with { BackoffLimit = 10 }).Build(out InstantAgent agent);
        agent.Ends = _ => (0, false);
        run.Run();
        Assert.Equal(602, (Pods(run)[^1].Metadata.CreatedAt - Pods(run)[^2].Metadata.CreatedAt).TotalSeconds);
    }

    [Fact]
    public void A_success_resets_the_wait_after_failures()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("mixed", completions: 2) with { BackoffLimit = 5 }).Build(out InstantAgent agent);
        int ended = 0;
        Dictionary<long, bool> ends = [];
        // Bad, bad, good, bad, good.
        bool[] plan = [false, false, true, false, true];
        agent.Ends = pod => (0, ends.TryGetValue(pod.Uid, out bool isWell) ? isWell : ends[pod.Uid] = plan[ended++]);
        run.Run();
        double[] gaps = [.. Pods(run).Zip(Pods(run).Skip(1), (a, b) => (b.Metadata.CreatedAt - a.Metadata.CreatedAt).TotalSeconds)];
        Assert.Equal([12, 22, 3, 12], gaps);
        Assert.Equal((2, 3), (run.Find<Job>("mixed")!.Status.Succeeded, run.Find<Job>("mixed")!.Status.Failed));
    }

    [Fact]
    public void Restarts_in_place_count_against_the_limit_when_the_policy_is_on_failure()
    {
        OrchestratedRun run = Fleet(1)
            .Apply(Some.Job("flaky") with { BackoffLimit = 2, Template = Some.Template("flaky", RestartPolicy.OnFailure) })
            .Step(Some.Step(10, r => r.Store.Update(Pods(r)[0] with { Status = Pods(r)[0].Status with { Restarts = 2 } })))
            .Build(out _);
        run.Run();
        Assert.Equal("BackoffLimitExceeded", run.Find<Job>("flaky")!.Status.Reason);
        Assert.DoesNotContain(Pods(run), pod => pod.IsActive);
    }

    [Fact]
    public void A_deadline_ends_the_job_and_its_pods()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("slow", completions: 2, parallelism: 2) with { ActiveDeadline = TimeSpan.FromSeconds(60) }).Build(out _);
        run.Run();
        JobStatus status = run.Find<Job>("slow")!.Status;
        Assert.Equal(("DeadlineExceeded", true, 2), (status.Reason, status.HasFailed, status.Failed));
        Assert.Empty(Pods(run));
        Assert.Equal(TimeSpan.FromSeconds(62), status.FinishedAt);
    }

    [Fact]
    public void A_failed_job_is_finished_only_when_its_last_pod_has_ended()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("slow") with { ActiveDeadline = TimeSpan.FromSeconds(60) }).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromSeconds(20);
        run.Run();
        Assert.True(run.Find<Job>("slow")!.Status.FinishedAt >= TimeSpan.FromSeconds(80));
    }

    [Fact]
    public void Suspending_takes_the_pods_away_without_counting_them_as_failed_and_resuming_starts_over()
    {
        Job job = Some.Job("pausing", completions: 2, parallelism: 2);
        OrchestratedRun run = Fleet(1).Apply(job).Apply(20, job with { IsSuspended = true }).Apply(100, job).Build(out InstantAgent agent);
        agent.Ends = _ => (50, true);
        run.Run();
        JobStatus status = run.Find<Job>("pausing")!.Status;
        Assert.Equal((2, 0), (status.Succeeded, status.Failed));
        Assert.Equal(TimeSpan.FromSeconds(100), status.StartedAt);
        Assert.All(Pods(run), pod => Assert.Equal(TimeSpan.FromSeconds(100), pod.Metadata.CreatedAt));
    }

    [Fact]
    public void A_job_made_suspended_makes_no_pod()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("later") with { IsSuspended = true }).Build(out _);
        run.Run();
        Assert.Empty(Pods(run));
        Assert.Null(run.Find<Job>("later")!.Status.StartedAt);
    }

    [Fact]
    public void An_indexed_job_runs_every_index_until_it_succeeded_once()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.Job("grid", completions: 5, parallelism: 2) with { IsIndexed = true }).Build(out InstantAgent agent);
        HashSet<string> failedOnce = [];
        Dictionary<long, bool> ends = [];
        agent.Ends = pod =>
        {
            string index = pod.Metadata.Annotations.ValueOf("batch.kubernetes.io/job-completion-index")!;
            if (!ends.TryGetValue(pod.Uid, out bool isWell)) ends[pod.Uid] = isWell = index != "2" || !failedOnce.Add(index);
            return (3, isWell);
        };
        run.Run();
        Job job = run.Find<Job>("grid")!;
        Assert.Equal([0, 1, 2, 3, 4], job.Status.CompletedIndexes);
        Assert.Equal((5, 1), (job.Status.Succeeded, job.Status.Failed));
        Pod first = Pods(run)[0];
        Assert.StartsWith("grid-0-", first.Name, StringComparison.Ordinal);
        Assert.Equal("grid-0", first.Spec.Hostname);
        Assert.Contains(first.Spec.Containers[0].Environment, variable => variable is { Name: "JOB_COMPLETION_INDEX", Value: "0" });
        Assert.Equal("0", first.Metadata.Labels.ValueOf("batch.kubernetes.io/job-completion-index"));
    }

    [Fact]
    public void A_work_queue_is_done_when_one_pod_succeeded_and_the_others_have_ended()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("queue", parallelism: 3) with { Completions = null }).Build(out InstantAgent agent);
        agent.Ends = pod => (5 + pod.Uid, true);
        run.Run();
        JobStatus status = run.Find<Job>("queue")!.Status;
        Assert.Equal(3, status.Succeeded);
        Assert.Equal(3, Pods(run).Count);
        Assert.NotNull(status.FinishedAt);
    }

    [Fact]
    public void A_pod_that_somebody_deletes_counts_as_failed_and_is_replaced_at_once_while_it_terminates()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sum")).Step(Some.Step(10, r => r.Store.Delete(Pods(r)[0].Key))).Build(out InstantAgent agent);
        agent.Ends = _ => (60, true);
        agent.StopTime = TimeSpan.FromSeconds(25);
        run.Run();
        JobStatus status = run.Find<Job>("sum")!.Status;
        Assert.Equal((1, 1), (status.Succeeded, status.Failed));
        // Counted after the batch of a second, made again after the wait of ten.
        Assert.Equal(TimeSpan.FromSeconds(20), Pods(run)[0].Metadata.CreatedAt);
    }

    [Fact]
    public void Ended_pods_that_stay_are_counted_once_over_a_restart_of_the_controllers()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sum", completions: 6))
            .Step(Some.Step(20, r => { r.Controllers.Stop(); r.Controllers.Restart(); })).Build(out InstantAgent agent);
        agent.Ends = _ => (4, true);
        run.Run();
        Assert.Equal(6, run.Find<Job>("sum")!.Status.Succeeded);
        Assert.Equal(6, Pods(run).Count);
    }

    [Fact]
    public void A_late_view_makes_no_extra_pods_and_counts_none_twice()
    {
        OrchestratedRun run = Fleet(2).Apply(Some.Job("sum", completions: 8, parallelism: 4)).With(o => o with { ControllerDelay = TimeSpan.FromSeconds(7) }).Build(out InstantAgent agent);
        agent.Ends = _ => (4, true);
        run.Run();
        Assert.Equal(8, run.Find<Job>("sum")!.Status.Succeeded);
        Assert.Equal(8, Pods(run).Count);
        Assert.All(Pods(run), pod => Assert.Empty(pod.Metadata.Finalizers));
    }

    [Fact]
    public void A_lower_parallelism_deletes_the_surplus_which_is_not_a_failure()
    {
        Job job = Some.Job("sum", completions: 8, parallelism: 4);
        OrchestratedRun run = Fleet(1).Apply(job).Apply(10, job with { Parallelism = 1 }).With(o => o with { Until = TimeSpan.FromSeconds(30) }).Build(out _);
        run.Run();
        Assert.Single(Pods(run));
        Assert.Equal((1, 0), (run.Find<Job>("sum")!.Status.Active, run.Find<Job>("sum")!.Status.Failed));
    }

    [Fact]
    public void Pods_of_a_deleted_job_go_with_it_in_spite_of_their_finalizers()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sum", completions: 4, parallelism: 4)).Step(Some.Delete(10, ResourceKind.Job, "sum")).Build(out _);
        run.Run();
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void A_finished_job_is_deleted_with_its_pods_after_its_time_to_live()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sum") with { TtlAfterFinished = TimeSpan.FromSeconds(30) }).Build(out InstantAgent agent);
        agent.Ends = _ => (5, true);
        TimeSpan gone = default;
        run.OnEveryWrite(change => { if (change is { After: null, Before: Job }) gone = run.Loop.Now; });
        run.Run();
        Assert.Null(run.Find<Job>("sum"));
        Assert.Empty(Pods(run));
        // Bound at 0, ready after 2, ended after 7, counted and finished after 8 and 9.
        Assert.InRange(gone.TotalSeconds, 38, 40);
    }

    [Fact]
    public void Ten_thousand_completions_take_few_syncs()
    {
        OrchestratedRun run = Fleet(50).Apply(Some.Job("many", completions: 10_000, parallelism: 2_000)).Build(out InstantAgent agent);
        agent.Ends = _ => (5, true);
        run.Run();
        Assert.Equal(10_000, run.Find<Job>("many")!.Status.Succeeded);
        Assert.InRange(run.Controllers.Reconciles, 1, 200_000);
    }
}
