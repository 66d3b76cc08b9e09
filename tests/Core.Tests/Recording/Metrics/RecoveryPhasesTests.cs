using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>What the time to replace a lost pod was spent on, worked out by hand. One pod of the service is wanted for each node that serves.</summary>
public sealed class RecoveryPhasesTests
{
    private static readonly string[] Phases = ["detect", "evict", "place", "pull", "start", "ready"];

    [Fact]
    public void A_pod_of_a_dead_node_is_detected_evicted_placed_pulled_started_and_ready_in_turn()
    {
        Dictionary<string, double?> metrics = Play(script => Replace(script.Dies(100, "a", 0).NotReady(150, 0), 400, bind: 402, pulls: [410, 415], listens: 420, fit: 423));
        Assert.Equal([50, 250, 2, 13, 5, 3], Means(metrics));
        Assert.Equal((1, 0, 323), (metrics["replacements_total"], metrics["replacements_by_return_total"], metrics["time_to_replace_seconds_mean"]));
    }

    [Fact]
    public void A_killed_pod_has_no_node_to_detect_and_one_whose_images_are_there_no_pull()
    {
        Dictionary<string, double?> metrics = Play(script => Replace(script.Killed(100, "a"), 101, bind: 102, pulls: [], listens: 106, fit: 106));
        Assert.Equal([0, 1, 1, 0, 4, 0], Means(metrics));
    }

    [Fact]
    public void A_replacement_that_is_created_before_the_node_is_not_ready_leaves_its_time_to_detect()
    {
        Dictionary<string, double?> metrics = Play(script => Replace(script.Dies(100, "a", 0).NotReady(150, 0), 110, bind: 112, pulls: [113], listens: 115, fit: 160));
        Assert.Equal([10, 0, 2, 1, 2, 45], Means(metrics));
    }

    [Fact]
    public void A_replacement_that_was_on_its_way_before_the_loss_has_done_a_part_of_it()
    {
        Dictionary<string, double?> metrics = Play(script => Replace(script.Dies(100, "a", 0), 90, bind: 95, pulls: [104], listens: 106, fit: 107));
        Assert.Equal([0, 0, 0, 4, 2, 1], Means(metrics));
    }

    [Fact]
    public void A_node_that_was_not_ready_before_is_detected_and_one_that_reports_again_is_not()
    {
        Assert.Equal([0, 20, 0, 0, 0, 0], Means(Play(script => Replace(script.NotReady(50, 0).Dies(100, "a", 0), 120, bind: 120, pulls: [], listens: 120, fit: 120))));
        Assert.Equal([20, 0, 0, 0, 0, 0], Means(Play(script => Replace(script.NotReady(50, 0).Says(60, FactKind.NodeReady, 0).Dies(100, "a", 0), 120, bind: 120, pulls: [], listens: 120, fit: 120))));
    }

    [Fact]
    public void A_pod_that_comes_back_enters_no_phase_and_the_oldest_loss_is_replaced_first()
    {
        // a and b are lost at 100 and 130; a answers again at 140, which settles the loss of 100; the new pod settles the one of 130.
        Dictionary<string, double?> metrics = Play(script =>
        {
            script.Dies(100, "a", 0).Dies(130, "b", 1).Fit(140, "a");
            Replace(script, 131, bind: 132, pulls: [], listens: 150, fit: 150);
        });
        Assert.Equal([1, 0, 1, 0, 18, 0], Means(metrics));
        Assert.Equal((1, 1, 30), (metrics["replacements_total"], metrics["replacements_by_return_total"], metrics["time_to_replace_seconds_mean"]));
    }

    [Fact]
    public void A_pod_of_no_service_is_not_lost()
    {
        Dictionary<string, double?> metrics = Play(script => script.Script.Serve(1, "lone", "other", 0).At(2, () => script.Observer.OnFitChanged(script.Script.Pod("lone"), true)), also: script => script.Dies(100, "lone", 0));
        Assert.Equal((1, 0, null), (metrics["faults_total"], metrics["pods_lost_total"], metrics["recovery_detect_seconds_mean"]));
    }

    [Fact]
    public void Phases_add_up_to_the_whole_in_whatever_order_their_ends_are()
    {
        TimeSpan from = TimeSpan.FromSeconds(100), last = TimeSpan.FromSeconds(107);
        TimeSpan?[] instants = [null, .. ((double[])[-3, 0, 2, 5, 7]).Select(second => (TimeSpan?)(from + TimeSpan.FromSeconds(second)))];
        int choices = (int)Math.Pow(instants.Length, 5);
        for (int choice = 0; choice < choices; choice++)
        {
            var ends = new TimeSpan?[6];
            for (int phase = 0, rest = choice; phase < 5; phase++, rest /= instants.Length) ends[phase] = instants[rest % instants.Length];
            ends[5] = last;
            long[] ticks = new long[6];
            RecoveryPhases.Divide(from, ends, ticks);
            Assert.Equal((last - from).Ticks, ticks.Sum());
            Assert.All(ticks, length => Assert.True(length >= 0));
        }
    }

    private static double[] Means(Dictionary<string, double?> metrics)
    {
        double[] means = [.. Phases.Select(phase => metrics[$"recovery_{phase}_seconds_mean"]!.Value)];
        Assert.Equal(metrics["recovery_seconds_mean"], means.Sum());
        return means;
    }

    /// <summary>A new pod of the service on node 2.</summary>
    private static void Replace(Stage stage, double created, double bind, double[] pulls, double listens, double fit)
    {
        stage.Script.Wait(created, "new", "web").Bind(bind, "new", 2);
        foreach (double pull in pulls) stage.Script.Tell(pull, stage.Observer, FactKind.ImagePulled, "new");
        stage.Script.At(listens, () => stage.Observer.OnListening(stage.Script.Pod("new"), new ImageBehavior()));
        stage.Fit(fit, "new");
    }

    private static Dictionary<string, double?> Play(Action<Stage> act, Action<Stage>? also = null)
    {
        var script = new Script();
        var observer = new FaultObserver(new NodeHealth(8), script.Store.View, () => script.Now);
        script.Store.Subscribe(observer);
        var stage = new Stage(script, observer);
        script.Apply(0, Service("web"), Deployment("web", 2)).Serve(1, "a", "web", 0).Serve(1, "b", "web", 1);
        stage.Fit(2, "a").Fit(2, "b");
        act(stage);
        also?.Invoke(stage);
        return script.Play(1000, observer.Report);
    }

    /// <summary>What happens to nodes and pods, in truth and as it is recorded.</summary>
    private sealed record Stage(Script Script, FaultObserver Observer)
    {
        private int _faults;

        public Stage Dies(double seconds, string pod, int node)
        {
            int fault = _faults++;
            Script.At(seconds, () => Observer.Observe(new Fact(FactKind.FaultBegan, Script.Now, default, fault, new NodeIndex(node), 0)));
            return Stops(seconds, pod);
        }

        public Stage Killed(double seconds, string pod)
        {
            Script.Tell(seconds, Observer, FactKind.PodKilled, pod, _faults++);
            return Stops(seconds, pod);
        }

        public Stage NotReady(double seconds, int node) => Says(seconds, FactKind.NodeNotReady, node);

        public Stage Says(double seconds, FactKind kind, int node)
        {
            Script.At(seconds, () => Observer.Observe(new Fact(kind, Script.Now, default, -1, new NodeIndex(node), 0)));
            return this;
        }

        public Stage Fit(double seconds, string pod)
        {
            Script.At(seconds, () => Observer.OnFitChanged(Script.Pod(pod), isFit: true));
            return this;
        }

        private Stage Stops(double seconds, string pod)
        {
            Script.At(seconds, () => Observer.OnStopped(Script.Pod(pod)));
            return this;
        }
    }
}
