using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

/// <summary>Jobs that save their work: 100 s of it, a checkpoint after each 10 s, which takes 1 s, and 5 s to read one. Nine of them on the way: 109 s undisturbed.</summary>
public sealed class CheckpointTests
{
    private static readonly ImageBehavior Saving = new()
    {
        StartSeconds = new ConstantDistribution(1),
        RunSeconds = new ConstantDistribution(100),
        Checkpoints = new Checkpointing(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)),
    };

    private readonly List<(double At, FactKind Kind)> _facts = [];

    [Fact]
    public void Checkpoints_lengthen_a_run_that_nothing_disturbs()
    {
        Dictionary<string, double?> metrics = Play(Fleet(1).Apply(0, Some.Job("train")), Saving);
        Assert.Equal(109, Length(FactKind.PodStarted, FactKind.PodSucceeded), 6);
        Assert.Equal(100 / metrics["turnaround_seconds_mean"]!.Value, metrics["effective_time_ratio_mean"]!.Value, 9);
        Assert.Equal((1, 0), (metrics["goodput_cpu_ratio"], metrics["wasted_work_cpu_ratio"]));
    }

    [Fact]
    public void A_container_that_crashes_goes_on_from_its_last_checkpoint()
    {
        // Every 35 s it crashes: 3 checkpoints first, then 5 s of reading and 2 more each time: 30, 50, 70, 90, and the fifth start ends it after 5 + 10 s.
        Job job = Some.Job("train");
        job = job with { Template = job.Template with { Spec = job.Template.Spec with { RestartPolicy = RestartPolicy.OnFailure } } };
        Dictionary<string, double?> metrics = Play(Fleet(1).Apply(0, job), Saving with { CrashAfterSeconds = new ConstantDistribution(35) });
        Assert.Equal(4, _facts.Count(fact => fact.Kind == FactKind.ContainerRestarted));
        Assert.Equal(15, Length(FactKind.ContainerRestarted, FactKind.PodSucceeded), 6);
        Assert.Equal(100 / metrics["turnaround_seconds_mean"]!.Value, metrics["effective_time_ratio_mean"]!.Value, 9);
    }

    [Fact]
    public void Without_checkpoints_it_never_ends()
    {
        Job job = Some.Job("train");
        job = job with { BackoffLimit = 1000, Template = job.Template with { Spec = job.Template.Spec with { RestartPolicy = RestartPolicy.OnFailure } } };
        Dictionary<string, double?> metrics = Play(Fleet(1).Apply(0, job), Saving with { CrashAfterSeconds = new ConstantDistribution(35), Checkpoints = null });
        Assert.Equal((0, 1), (metrics["jobs_succeeded_total"], metrics["censored_ratio"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_pod_that_replaces_one_on_a_dead_machine_goes_on_where_that_was(bool isIndexed)
    {
        Job job = Some.Job("train") with { IsIndexed = isIndexed };
        Dictionary<string, double?> metrics = Play(Fleet(2).Apply(0, job).Do(60, run => run.Health!.Crash(NodeOf(run))).Do(1000, Repair), Saving);
        double ran = 60 - _facts.First(fact => fact.Kind == FactKind.PodStarted).At, saved = 10 * Math.Floor(ran / 11);
        double rest = 5 + (100 - saved) + Math.Ceiling((100 - saved) / 10) - 1;
        Assert.InRange(saved, 40, 50);
        Assert.Equal(rest, Length(FactKind.PodStarted, FactKind.PodSucceeded), 6);
        Assert.Equal((ran - saved) / (ran + rest), metrics["wasted_work_cpu_ratio"]!.Value, 9);
        Assert.Equal(100 / metrics["turnaround_seconds_mean"]!.Value, metrics["effective_time_ratio_mean"]!.Value, 9);
    }

    [Fact]
    public void Of_an_index_at_which_a_cut_off_machine_still_works_the_other_pod_begins_with_the_last_checkpoint()
    {
        // Found dead and replaced at 300–400 s, when 27 or more of the checkpoints of 600 s are complete; what both do from there on counts once.
        ImageBehavior longer = Saving with { RunSeconds = new ConstantDistribution(600) };
        Job job = Some.Job("train") with { IsIndexed = true };
        Dictionary<string, double?> metrics = Play(Fleet(2).Apply(0, job).Do(30, run => run.Health!.CutOff(NodeOf(run))).Do(500, Repair), longer);
        double first = _facts.First(fact => fact.Kind == FactKind.PodStarted).At, second = _facts.Last(fact => fact.Kind == FactKind.PodStarted).At;
        double saved = 10 * Math.Floor((second - first) / 11);
        Assert.InRange(saved, 270, 380);
        Assert.Equal(5 + (600 - saved) + Math.Ceiling((600 - saved) / 10) - 1, Length(FactKind.PodStarted, FactKind.PodSucceeded), 6);
        Assert.Equal(600 / metrics["turnaround_seconds_mean"]!.Value, metrics["effective_time_ratio_mean"]!.Value, 9);
    }

    [Fact]
    public void New_pods_of_a_job_take_up_what_those_before_left()
    {
        // Two pods at a time, 300 s each; one is killed with 3 checkpoints, the other a little later with 4: of the new ones, which start together, one goes on with each.
        ImageBehavior longer = Saving with { RunSeconds = new ConstantDistribution(300) };
        OrchestrationBuilder builder = Fleet(1).Apply(0, Some.Job("train", completions: 2, parallelism: 2)).Do(38, run => Kill(run, 0)).Do(46, run => Kill(run, 1));
        Dictionary<string, double?> metrics = Play(builder, longer);
        double[] starts = [.. _facts.Where(fact => fact.Kind == FactKind.PodStarted).Select(fact => fact.At)], ends = [.. _facts.Where(fact => fact.Kind == FactKind.PodSucceeded).Select(fact => fact.At)];
        Assert.Equal((4, 2), (starts.Length, ends.Length));
        Assert.InRange(starts[2], 46, 120);
        Assert.Equal([5 + 260 + 25, 5 + 270 + 26], [ends[0] - starts[2], ends[1] - starts[3]]);
        Assert.Equal(600 / (2 * metrics["turnaround_seconds_mean"]!.Value), metrics["effective_time_ratio_mean"]!.Value, 9);
    }

    [Fact]
    public void Slow_machines_save_late_and_what_is_written_while_they_stand_still_is_not_saved()
    {
        // At half its pace from 20 s to 42 s it does 11 s of 22; at 60 s it freezes, and dies at 90 s.
        OrchestrationBuilder builder = Fleet(2).Apply(0, Some.Job("train")).Do(20, run => Runtime(run).SetSlowness(NodeOf(run), 2)).Do(42, run => Runtime(run).SetSlowness(NodeOf(run), 1))
            .Do(60, run => run.Health!.Hang(NodeOf(run))).Do(90, run => run.Health!.Crash(NodeOf(run)));
        _ = Play(builder, Saving);
        double worked = 60 - _facts.First(fact => fact.Kind == FactKind.PodStarted).At - 11, saved = 10 * Math.Floor(worked / 11);
        Assert.Equal(5 + (100 - saved) + Math.Ceiling((100 - saved) / 10) - 1, Length(FactKind.PodStarted, FactKind.PodSucceeded), 6);
    }

    private static SimulatedRuntime Runtime(OrchestratedRun run) => run.Runtime!;

    private static void Kill(OrchestratedRun run, int which)
    {
        foreach (int handle in Runtime(run).HandlesOf(Pods(run)[which])) Runtime(run).Kill(handle);
    }

    /// <summary>All machines are there again: a Job ends when the last of its pods has ended.</summary>
    private static void Repair(OrchestratedRun run)
    {
        for (int node = 0; node < run.Fleet.Count; node++) run.Health!.Recover(node);
    }

    private static int NodeOf(OrchestratedRun run) => Pods(run)[0].Node.Value;

    /// <summary>From the last fact of one kind to the last of the other, in seconds.</summary>
    private double Length(FactKind from, FactKind to) => _facts.Last(fact => fact.Kind == to).At - _facts.Last(fact => fact.Kind == from).At;

    private Dictionary<string, double?> Play(OrchestrationBuilder builder, ImageBehavior behavior)
    {
        TimeSpan until = TimeSpan.FromHours(1);
        OrchestratedRun run = builder.With(options => options with { Until = until })
            .BuildWithAgents(new AgentOptions { Images = new ImageCatalog().Add("app", behavior), ImagesArePresent = true, RelistPeriod = TimeSpan.Zero });
        var observer = new JobObserver(run.Store.View, () => run.Loop.Now, TimeSpan.Zero);
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Facts.Subscribe(new Facts(_facts));
        run.Health!.Subscribe(observer);
        run.Runtime!.Observe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(until, sink);
        return sink.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value, StringComparer.Ordinal);
    }

    private sealed class Facts(List<(double At, FactKind Kind)> all) : IFactObserver
    {
        public void Observe(in Fact fact) => all.Add((fact.At.TotalSeconds, fact.Kind));
    }
}
