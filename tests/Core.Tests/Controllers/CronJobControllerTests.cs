using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class CronJobControllerTests
{
    private static CronJob Cron(string schedule = "* * * * *") => new()
    {
        Metadata = Meta("tick"), Schedule = schedule, JobTemplate = Some.Job("tick"),
    };

    private static OrchestratedRun Run(double minutes, OrchestrationBuilder builder, double jobSeconds, out List<double> starts)
    {
        OrchestratedRun run = builder.With(o => o with { Until = TimeSpan.FromMinutes(minutes), WritesEvents = true }).Build(out InstantAgent agent);
        agent.Ends = _ => (jobSeconds, true);
        List<double> made = [];
        run.OnEveryWrite(change => { if (change is { Before: null, After: Job }) made.Add(run.Loop.Now.TotalSeconds); });
        run.Run();
        starts = made;
        return run;
    }

    private static bool HasEvent(OrchestratedRun run, string reason) => run.Store.View.All(ResourceKind.Event).Cast<ObjectEvent>().Any(e => e.Reason == reason);

    [Fact]
    public void A_job_is_made_at_every_due_time_and_named_after_it()
    {
        OrchestratedRun run = Run(3.5, Fleet(1).Apply(Cron()), 5, out List<double> starts);
        Assert.Equal([60.1, 120.1, 180.1], starts);
        // 2024-01-01T00:03:00Z is minute 28401123 since 1970.
        Assert.NotNull(run.Find<Job>("tick-28401123"));
        Assert.Equal("2024-01-01T00:03:00Z", run.Find<Job>("tick-28401123")!.Metadata.Annotations.ValueOf("batch.kubernetes.io/cronjob-scheduled-timestamp"));
        Assert.Equal(TimeSpan.FromMinutes(3), run.Find<CronJob>("tick")!.LastScheduledAt);
    }

    [Fact]
    public void Allow_lets_jobs_overlap()
    {
        OrchestratedRun run = Run(4.5, Fleet(1).Apply(Cron()), 1000, out List<double> starts);
        Assert.Equal(4, starts.Count);
        Assert.Equal(4, run.Count(ResourceKind.Job));
    }

    [Fact]
    public void Forbid_skips_while_the_last_one_runs_and_starts_the_missed_one_when_it_has_ended()
    {
        OrchestratedRun run = Run(6.5, Fleet(1).Apply(Cron() with { ConcurrencyPolicy = ConcurrencyPolicy.Forbid }), 130, out List<double> starts);
        // The first runs from 60.1 to about 193; the last missed time, 180, is made up for then.
        Assert.Equal(60.1, starts[0]);
        Assert.InRange(starts[1], 193, 196);
        Assert.True(HasEvent(run, "JobAlreadyActive"));
    }

    [Fact]
    public void Replace_deletes_the_last_one()
    {
        OrchestratedRun run = Run(4.5, Fleet(1).Apply(Cron() with { ConcurrencyPolicy = ConcurrencyPolicy.Replace }), 1000, out List<double> starts);
        Assert.Equal(4, starts.Count);
        Assert.Equal("tick-28401124", Assert.Single(run.Store.View.All(ResourceKind.Job)).Name);
    }

    [Fact]
    public void Only_the_history_asked_for_is_kept()
    {
        OrchestratedRun run = Run(9.5, Fleet(1).Apply(Cron() with { SuccessfulHistoryLimit = 2 }), 5, out List<double> starts);
        Assert.Equal(9, starts.Count);
        Assert.Equal(["tick-28401128", "tick-28401129"], run.Store.View.All(ResourceKind.Job).Select(job => job.Name).Order());
        Assert.Equal(2, Pods(run).Count);
    }

    [Fact]
    public void Suspended_makes_none_and_resumed_makes_up_for_the_last_missed_one()
    {
        Run(6.5, Fleet(1).Apply(Cron()).Apply(70, Cron() with { IsSuspended = true }).Apply(310, Cron()), 5, out List<double> starts);
        Assert.Equal([60.1, 310.0, 360.1], starts);
    }

    [Fact]
    public void A_start_missed_by_more_than_the_deadline_is_not_made_up_for()
    {
        CronJob cron = Cron() with { StartingDeadline = TimeSpan.FromSeconds(5) };
        Run(6.5, Fleet(1).Apply(cron).Apply(70, cron with { IsSuspended = true }).Apply(310, cron), 5, out List<double> starts);
        Assert.Equal([60.1, 360.1], starts);
    }

    [Fact]
    public void More_than_a_hundred_missed_starts_are_reported_and_the_last_is_made_up_for()
    {
        OrchestratedRun run = Run(130, Fleet(1).Apply(Cron() with { IsSuspended = true }).Apply(7230, Cron()), 5, out List<double> starts);
        Assert.Equal(7230.0, starts[0]);
        Assert.True(HasEvent(run, "TooManyMissedTimes"));
        Assert.NotNull(run.Find<Job>("tick-28401240") ?? run.Find<Job>("tick-28401249"));
    }

    [Fact]
    public void A_zone_shifts_the_due_times()
    {
        // 00:30 in Kathmandu is 18:45 UTC.
        Run(24 * 60, Fleet(1).Apply(Cron("30 0 * * *") with { TimeZone = "Asia/Kathmandu" }), 5, out List<double> starts);
        Assert.Equal([(18 * 3600) + (45 * 60) + 0.1], starts);
    }

    [Fact]
    public void An_unknown_zone_or_schedule_is_an_event_and_no_job()
    {
        Assert.True(HasEvent(Run(3, Fleet(1).Apply(Cron() with { TimeZone = "Mars/Base" }), 5, out List<double> none), "UnknownTimeZone"));
        Assert.True(HasEvent(Run(3, Fleet(1).Apply(Cron("often")), 5, out List<double> nothing), "UnparseableSchedule"));
        Assert.Empty(none);
        Assert.Empty(nothing);
    }

    [Fact]
    public void Over_a_change_of_the_clock_every_due_instant_starts_once()
    {
        // Berlin falls back at 2024-10-27T01:00Z: 02:30 is there twice.
        OrchestrationBuilder builder = Fleet(1).Apply(Cron("30 2 * * *") with { TimeZone = "Europe/Berlin" })
            .With(o => o with { Epoch = new DateTimeOffset(2024, 10, 26, 12, 0, 0, TimeSpan.Zero) });
        Run(24 * 60, builder, 5, out List<double> starts);
        Assert.Equal([(12.5 * 3600) + 0.1, (13.5 * 3600) + 0.1], starts);
    }

    [Fact]
    public void Jobs_of_a_deleted_cron_job_go_with_it()
    {
        OrchestratedRun run = Run(10, Fleet(1).Apply(Cron()).Step(Some.Delete(130, ResourceKind.CronJob, "tick")), 1000, out _);
        Assert.Equal((0, 0), (run.Count(ResourceKind.Job), run.Count(ResourceKind.Pod)));
    }
}
