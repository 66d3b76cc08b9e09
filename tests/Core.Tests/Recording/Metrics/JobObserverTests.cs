using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Lives of Jobs and their pods, worked out by hand. Pods ask for 1 CPU and 64 MiB.</summary>
public sealed class JobObserverTests
{
    [Fact]
    public void A_job_waits_while_none_of_its_pods_runs()
    {
        // Runs in [20, 50) and [60, 100): waits 10 + 10 + 5 until its controller says so at 105.
        Script script = World(out JobObserver observer).Apply(10, Some.Job("sort"));
        Run(script, observer, "p", 15, 20, 50, FactKind.PodFailed);
        Run(script, observer, "q", 55, 60, 100, FactKind.PodSucceeded);
        Dictionary<string, double?> metrics = Finish(script, 105, "sort").Play(200, observer.Report);
        Assert.Equal(25, metrics["wait_seconds_mean"]);
        Assert.Equal(95, metrics["turnaround_seconds_mean"]);
        Assert.Equal(95 / 70.0, metrics["slowdown_mean"]);
        Assert.Equal(95 / 70.0, metrics["bounded_slowdown_mean"]);
        Assert.Equal(95, metrics["makespan_seconds"]);
        Assert.Equal(0, metrics["censored_ratio"]);
        Assert.Equal(3600 / 190.0, metrics["jobs_finished_per_hour"]);
        // Held [15, 50) and [55, 100); the first was for nothing. It failed by itself, so no work was taken from it.
        Assert.Equal(45 / 80.0, metrics["goodput_cpu_ratio"]);
        Assert.Equal(45 / 80.0, metrics["goodput_memory_ratio"]);
        Assert.Equal(0, metrics["wasted_work_cpu_ratio"]);
        Assert.False(metrics.ContainsKey("goodput_gpu_ratio"));
    }

    [Fact]
    public void A_short_service_time_is_bounded_by_ten_seconds()
    {
        // Waits 8, runs 2: slowdown 5, bounded (8 + 2) / 10 = 1.
        Script script = World(out JobObserver observer).Apply(10, Some.Job("sort"));
        Run(script, observer, "p", 17, 18, 20, FactKind.PodSucceeded);
        Dictionary<string, double?> metrics = Finish(script, 20, "sort").Play(200, observer.Report);
        Assert.Equal(5, metrics["slowdown_mean"]);
        Assert.Equal(1, metrics["bounded_slowdown_mean"]);
    }

    [Fact]
    public void Effective_is_what_succeeding_pods_ran_since_their_last_start()
    {
        // p fails after 30 s; q starts at 60, again at 70, and succeeds at 100: 30 of 95 seconds.
        Script script = World(out JobObserver observer).Apply(10, Some.Job("sort"));
        Run(script, observer, "p", 15, 20, 50, FactKind.PodFailed);
        Begin(script, observer, "q", 55, 60, 0, "sort");
        script.Tell(70, observer, FactKind.ContainerRestarted, "q", 1).Tell(100, observer, FactKind.PodStopped, "q").Tell(100, observer, FactKind.PodSucceeded, "q");
        Dictionary<string, double?> metrics = Finish(script, 105, "sort").Play(200, observer.Report);
        Assert.Equal(30 / 95.0, metrics["effective_time_ratio_mean"]);
        Assert.False(metrics.ContainsKey("slo_miss_ratio"));
    }

    [Fact]
    public void Jobs_with_a_deadline_that_do_not_succeed_within_it_miss_their_objective()
    {
        ImageCatalog images = new ImageCatalog().Add("app", new ImageBehavior { StartSeconds = new ConstantDistribution(1), RunSeconds = new ConstantDistribution(30) });
        Job Due(string name, double seconds) => Some.Job(name) with { ActiveDeadline = TimeSpan.FromSeconds(seconds) };
        OrchestrationBuilder builder = Fleet(2).Apply(1, Due("a", 10), Due("b", 20), Due("c", 60), Some.Job("d")).With(o => o with { Until = TimeSpan.FromSeconds(300) });
        var run = builder.BuildWithAgents(new AgentOptions { Images = images, ImagesArePresent = true });
        var observer = new JobObserver(run.Store.View, () => run.Loop.Now, TimeSpan.Zero);
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(300), sink);
        Assert.Equal(2 / 3.0, sink.Metrics.Single(metric => metric.Name == "slo_miss_ratio").Value);
    }

    [Fact]
    public void Unfinished_jobs_enter_waits_as_lower_bounds_and_are_counted_as_censored()
    {
        Script script = World(out JobObserver observer).Apply(10, Some.Job("a")).Apply(20, Some.Job("b"));
        Run(script, observer, "p", 10, 10, 40, FactKind.PodSucceeded, job: "a");
        Dictionary<string, double?> metrics = Finish(script, 40, "a").Play(100, observer.Report);
        Assert.Equal(0.5, metrics["censored_ratio"]);
        Assert.Equal(80, metrics["wait_seconds_max"]);
        Assert.Equal((30 + 80) / 2.0, metrics["turnaround_seconds_mean"]);
        Assert.Equal(1, metrics["slowdown_mean"]);
        Assert.Null(metrics["makespan_seconds"]);
    }

    [Fact]
    public void Work_that_is_ended_from_outside_is_wasted()
    {
        // p runs 30 s and is deleted; q runs 20 s on a machine that goes down, and 40 s more when its container is started again.
        Script script = World(out JobObserver observer).Apply(10, Some.Job("sort"));
        Begin(script, observer, "p", 10, 10, 0, "sort");
        script.Tell(40, observer, FactKind.PodStopped, "p", detail: 1);
        Begin(script, observer, "q", 40, 40, 3, "sort");
        script.At(60, () => observer.OnHealthChanged(3, NodeTrouble.None, NodeTrouble.Down));
        script.Tell(80, observer, FactKind.ContainerRestarted, "q", 1).Tell(120, observer, FactKind.PodStopped, "q").Tell(120, observer, FactKind.PodSucceeded, "q");
        Dictionary<string, double?> metrics = Finish(script, 120, "sort").Play(200, observer.Report);
        Assert.Equal((30 + 20) / 90.0, metrics["wasted_work_cpu_ratio"]);
        Assert.Equal(80 / 110.0, metrics["goodput_cpu_ratio"]);
        Assert.Equal(20, metrics["wait_seconds_mean"]);
    }

    [Fact]
    public void Jobs_that_a_cron_job_makes_are_no_closed_batch()
    {
        Script script = World(out JobObserver observer);
        script.Apply(10, Some.Job("tick") with { Metadata = Meta("tick") with { Owners = [new OwnerReference(ResourceKind.CronJob, "clock", 99)] } });
        Assert.Null(Finish(script, 30, "tick").Play(100, observer.Report)["makespan_seconds"]);
    }

    [Fact]
    public void A_run_without_jobs_says_nothing_of_them() => Assert.Empty(World(out JobObserver observer).Play(100, observer.Report));

    [Fact]
    public void Jobs_of_a_whole_run_are_measured_from_creation_to_completion()
    {
        ImageCatalog images = new ImageCatalog().Add("app", new ImageBehavior { StartSeconds = new ConstantDistribution(1), RunSeconds = new ConstantDistribution(30) });
        var run = Fleet(2).Apply(10, Some.Job("sort", completions: 2)).BuildWithAgents(new AgentOptions { Images = images, ImagesArePresent = true, RelistPeriod = TimeSpan.Zero });
        var observer = new JobObserver(run.Store.View, () => run.Loop.Now, TimeSpan.Zero);
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(3600), sink);
        Dictionary<string, double?> metrics = sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
        // Two pods of 30 s one after another; after each end the controller gathers changes for a second.
        Assert.Equal(62, metrics["turnaround_seconds_mean"]);
        Assert.Equal(2, metrics["wait_seconds_mean"]);
        Assert.Equal(1, metrics["goodput_cpu_ratio"]);
        Assert.Equal(1, metrics["jobs_succeeded_total"]);
    }

    private static Script World(out JobObserver observer)
    {
        var script = new Script();
        JobObserver made = observer = new JobObserver(script.Store.View, () => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(made);
        return script;
    }

    private static void Begin(Script script, JobObserver observer, string name, double admitted, double started, int node, string job) =>
        script.Wait(admitted, name, job, Some.Job(job)).Bind(admitted, name, node).Tell(admitted, observer, FactKind.PodAdmitted, name).Tell(started, observer, FactKind.PodStarted, name);

    private static void Run(Script script, JobObserver observer, string name, double admitted, double started, double ended, FactKind end, string job = "sort")
    {
        Begin(script, observer, name, admitted, started, 0, job);
        script.Tell(ended, observer, FactKind.PodStopped, name).Tell(ended, observer, end, name);
    }

    private static Script Finish(Script script, double seconds, string job) => script.At(seconds, () =>
    {
        Job known = script.Find<Job>(ResourceKind.Job, job);
        _ = script.Store.Update(known with { Status = known.Status with { FinishedAt = script.Now } });
    });
}
