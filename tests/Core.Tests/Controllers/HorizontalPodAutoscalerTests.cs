using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class HorizontalPodAutoscalerTests
{
    /// <summary>A load in milli CPU that all ready pods share, changing at instants; pods that are not ready use nothing and have samples.</summary>
    private sealed class SharedLoad(params (double At, long Milli)[] steps) : IPodUsage, IFactObserver
    {
        public OrchestratedRun? Run { get; set; }

        public Func<Pod, bool> IsMissing { get; set; } = _ => false;

        public List<(double At, int From, int To)> Changes { get; } = [];

        public bool TryGet(long podUid, AutoscalingMetric metric, TimeSpan window, out long value)
        {
            value = 0;
            if (Run!.Store.View.Find(podUid) is not Pod pod || IsMissing(pod)) return false;
            if (!pod.Status.IsReady) return true;
            long load = steps.Last(step => step.At <= Run.Loop.Now.TotalSeconds).Milli;
            value = load / Math.Max(1, Pods(Run).Count(other => other.Status.IsReady && !IsMissing(other)));
            return true;
        }

        public void Observe(in Fact fact)
        {
            if (fact.Kind == FactKind.ReplicasScaled) Changes.Add((fact.At.TotalSeconds, (int)(fact.Detail >> 32), (int)(uint)fact.Detail));
        }
    }

    private static HorizontalPodAutoscaler Scaler(int max = 20, int min = 1) => new()
    {
        Metadata = Meta("web"), TargetKind = ResourceKind.ReplicaSet, TargetName = "web", MinReplicas = min, MaxReplicas = max,
        Metrics = [new AutoscalingTarget(AutoscalingMetric.Cpu, IsUtilization: true, 50)],
    };

    private static SharedLoad Run(double seconds, int replicas, HorizontalPodAutoscaler scaler, SharedLoad load)
    {
        OrchestratedRun run = Fleet(20).Apply(ReplicaSet("web", replicas)).Apply(400, scaler).With(o => o with { Until = TimeSpan.FromSeconds(400 + seconds) }).Build(out _);
        new ControllerSetOptions().AddAutoscaler(run.Controllers, load);
        load.Run = run;
        run.Facts.Subscribe(load);
        run.Run();
        return load;
    }

    private static int Replicas(SharedLoad load) => load.Run!.Find<ReplicaSet>("web")!.Replicas;

    [Fact]
    public void Replicas_follow_the_use_over_the_target()
    {
        // 4 pods of 100m at 100 % use with a target of 50 %: 8 are wanted.
        SharedLoad load = Run(20, 4, Scaler(), new SharedLoad((0, 400)));
        Assert.Equal([(415.0, 4, 8)], load.Changes);
        HorizontalPodAutoscaler scaler = load.Run!.Find<HorizontalPodAutoscaler>("web")!;
        Assert.Equal((8, TimeSpan.FromSeconds(415)), (scaler.DesiredReplicas, scaler.LastScaledAt));
    }

    [Theory]
    [InlineData(220, 4)]
    [InlineData(228, 5)]
    [InlineData(180, 4)]
    public void Within_the_tolerance_nothing_changes(long milli, int expected)
    {
        Assert.Equal(expected, Replicas(Run(20, 4, Scaler() with { Down = ScalingRules.DefaultDown with { Stabilization = TimeSpan.Zero } }, new SharedLoad((0, milli)))));
    }

    [Fact]
    public void Upwards_the_larger_of_four_pods_and_a_doubling_is_allowed_in_a_period()
    {
        SharedLoad load = Run(40, 2, Scaler(), new SharedLoad((0, 2000)));
        Assert.Equal([(415.0, 2, 6), (430.0, 6, 12)], load.Changes.Take(2));
    }

    [Fact]
    public void Downwards_the_largest_recommendation_of_five_minutes_is_followed()
    {
        SharedLoad load = Run(700, 4, Scaler(), new SharedLoad((0, 200), (500, 50)));
        Assert.Equal([(4, 1)], load.Changes.Select(change => (change.From, change.To)));
        // The last recommendation of 4 was made at 490.
        Assert.Equal(790.0, load.Changes[0].At);
    }

    [Fact]
    public void The_first_look_holds_replicas_for_a_window()
    {
        SharedLoad load = Run(400, 8, Scaler(), new SharedLoad((0, 50)));
        Assert.Equal(715.0, load.Changes[0].At);
    }

    [Fact]
    public void Minimum_and_maximum_bound_the_result()
    {
        Assert.Equal(5, Replicas(Run(40, 4, Scaler(max: 5), new SharedLoad((0, 4000)))));
        Assert.Equal(3, Replicas(Run(20, 1, Scaler(min: 3), new SharedLoad((0, 1)))));
        Assert.Equal(5, Replicas(Run(20, 9, Scaler(max: 5), new SharedLoad((0, 4000)))));
    }

    [Fact]
    public void A_policy_limits_the_rate_downwards()
    {
        HorizontalPodAutoscaler slow = Scaler() with { Down = new ScalingRules(TimeSpan.Zero, true, [new ScalingPolicy(IsPercent: false, 1, TimeSpan.FromSeconds(60))]) };
        SharedLoad load = Run(150, 5, slow, new SharedLoad((0, 10)));
        Assert.Equal([(415.0, 5, 4), (475.0, 4, 3), (535.0, 3, 2)], load.Changes);
    }

    [Fact]
    public void The_least_of_several_policies_counts_when_asked_for()
    {
        HorizontalPodAutoscaler careful = Scaler() with
        {
            Up = new ScalingRules(TimeSpan.Zero, false, [new ScalingPolicy(false, 4, TimeSpan.FromSeconds(15)), new ScalingPolicy(true, 50, TimeSpan.FromSeconds(15))]),
        };
        Assert.Equal((4, 6), Run(20, 4, careful, new SharedLoad((0, 4000))).Changes.Select(change => (change.From, change.To)).First());
    }

    [Fact]
    public void A_disabled_direction_stays()
    {
        Assert.Empty(Run(60, 4, Scaler() with { Up = ScalingRules.DefaultUp with { Selection = null } }, new SharedLoad((0, 4000))).Changes);
        Assert.Empty(Run(600, 4, Scaler() with { Down = ScalingRules.DefaultDown with { Selection = null } }, new SharedLoad((0, 4))).Changes);
    }

    [Fact]
    public void Upward_stabilisation_follows_the_smallest_recommendation()
    {
        SharedLoad load = Run(90, 4, Scaler() with { Up = ScalingRules.DefaultUp with { Stabilization = TimeSpan.FromSeconds(60) } }, new SharedLoad((0, 200), (430, 400)));
        // The last recommendation of 4 was made at 415: it leaves the window at 475.
        Assert.Equal((475.0, 4, 8), load.Changes[0]);
    }

    [Fact]
    public void Pods_without_a_sample_count_as_idle_upwards_and_as_full_downwards()
    {
        // Two of four pods are seen, both at 100 %: with the others at 0 the use is 50 %, the target.
        var up = new SharedLoad((0, 200)) { IsMissing = pod => pod.Uid % 2 == 0 };
        Assert.Empty(Run(20, 4, Scaler(), up).Changes);
        // Both at 5 %: with the others at 100 % it is 52 %.
        var down = new SharedLoad((0, 10)) { IsMissing = pod => pod.Uid % 2 == 0 };
        Assert.Empty(Run(400, 4, Scaler(), down).Changes);
    }

    [Fact]
    public void Without_any_sample_nothing_changes()
    {
        Assert.Empty(Run(400, 4, Scaler(), new SharedLoad((0, 4000)) { IsMissing = _ => true }).Changes);
    }

    [Fact]
    public void The_largest_of_several_metrics_counts_and_a_blind_one_forbids_to_scale_down()
    {
        HorizontalPodAutoscaler both = Scaler() with
        {
            Metrics = [new AutoscalingTarget(AutoscalingMetric.Cpu, true, 50), new AutoscalingTarget(AutoscalingMetric.RequestRate, false, 50)],
        };
        // 400 shared by four: 100 each; half the target for CPU, twice for the rate.
        Assert.Equal(8, Replicas(Run(20, 4, both, new SharedLoad((0, 400)))));
    }

    [Fact]
    public void A_pod_that_has_just_started_does_not_count_upwards()
    {
        OrchestratedRun run = Fleet(5).Apply(ReplicaSet("web", 2)).Apply(0, Scaler()).With(o => o with { Until = TimeSpan.FromSeconds(40) }).Build(out _);
        var load = new SharedLoad((0, 400)) { Run = run };
        new ControllerSetOptions().AddAutoscaler(run.Controllers, load);
        run.Facts.Subscribe(load);
        run.Run();
        // Ready at 2, a whole window of samples at 32: the look at 30 sees none.
        Assert.Empty(load.Changes);
    }
}
