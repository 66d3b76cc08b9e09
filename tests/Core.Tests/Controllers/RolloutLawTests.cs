using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

/// <summary>Random updates, scalings, pauses, rollbacks, drains and evictions, judged by invariants 24 and 32; and bugs planted to see that they are found.</summary>
public sealed class RolloutLawTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(1905UL, 7UL);

    [Fact]
    public void Whatever_users_do_rollouts_keep_their_bounds_budgets_hold_and_everything_is_ready_in_the_end() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            OrchestratedRun run = Scenario((ulong)seed, out RolloutJudge rollouts, out DisruptionJudge budgets);
            run.Run();
            foreach (Deployment deployment in run.Store.View.All(ResourceKind.Deployment).Cast<Deployment>())
            {
                Assert.Equal(deployment.Replicas, deployment.Status.Pods.Available);
                Assert.Equal(deployment.Replicas, deployment.Status.UpdatedReplicas);
                Assert.Equal(deployment.Metadata.Generation, deployment.Status.Pods.ObservedGeneration);
            }

            Assert.True(rollouts.Judged > 0 && budgets.Judged > 0);
        }).Check(Fixed);

    [Fact]
    public void The_same_scenario_ends_with_the_same_facts_and_versions()
    {
        (ulong, long) End()
        {
            OrchestratedRun run = Scenario(4711, out _, out _);
            var fingerprint = new Core.Recording.FingerprintObserver();
            run.Facts.Subscribe(fingerprint);
            run.Run();
            return (fingerprint.Value, run.Store.ResourceVersion);
        }

        Assert.Equal(End(), End());
    }

    [Fact]
    public void Every_planted_bug_is_found()
    {
        (int Number, string Part, Func<TimeSpan, RunStep> Bug)[] bugs =
        [
            (24, "at most 6 pods", at => new Plant(at, run => run.Store.Create(PodControl.Make(Set(run), Set(run).Template, 999), out _))),
            (24, "at most 8 pods wanted over all sets", at => new Plant(at, run => run.Store.Update(Set(run) with { Replicas = 9 }))),
            (24, "at least 5 available pods", at => new Plant(at, run => run.Store.Update(Set(run) with { Replicas = 4 }))),
            (24, "(pods, ready, available) = (6, 6, 6)", at => new Plant(at, run => run.Store.Update(Set(run) with { Status = Set(run).Status with { Available = 5 } }))),
            (32, "one disruption taken from it", at => new Plant(at, run => run.Store.Update(Pods(run)[0] with { Status = Pods(run)[0].Status with { Disruption = EvictionApi.Reason } }))),
            (32, "1 disruptions allowed", at => new Plant(at, run => run.Store.Update(Budget(run) with { Status = Budget(run).Status with { DisruptionsAllowed = 3 } }))),
            (32, "0 left", at => new Plant(at, run => run.Store.Update(Budget(run) with { Status = Budget(run).Status with { Admitted = [new AdmittedEviction(Pods(run)[0].Uid, run.Loop.Now)] } }))),
        ];
        foreach ((int number, string part, Func<TimeSpan, RunStep> bug) in bugs)
        {
            OrchestratedRun run = Fleet(3).Apply(Deployment("web", 6), BudgetOf("web", IntOrPercent.Of(1))).Step(bug(TimeSpan.FromSeconds(60))).Build(out _);
            RolloutJudge.Attach(run);
            DisruptionJudge.Attach(run);
            InvariantViolationException found = Assert.Throws<InvariantViolationException>(() => run.Run());
            Assert.Equal(number, found.Invariant.Number);
            Assert.Contains(part, found.Message, StringComparison.Ordinal);
        }
    }

    private static OrchestratedRun Scenario(ulong seed, out RolloutJudge rollouts, out DisruptionJudge budgets)
    {
        Draw draw = Draw.Stream(seed, "tests/rollout-law");
        ulong n = 0;
        int Below(int bound) => (int)draw.Below(0, n++, (ulong)bound);
        IntOrPercent Bound(bool positive) => Below(2) == 0 ? IntOrPercent.Of(Below(4) + (positive ? 1 : 0)) : IntOrPercent.Percent(Below(101));
        string[] names = ["web", "api"];
        OrchestrationBuilder builder = Fleet(6);
        foreach (string name in names)
        {
            IntOrPercent unavailable = Bound(false);
            var strategy = new DeploymentStrategy(Below(5) == 0, unavailable, Bound(unavailable.Value == 0));
            builder.Apply(Deployment(name, Below(12)) with { Strategy = strategy, MinReady = TimeSpan.FromSeconds(Below(3) == 0 ? Below(10) : 0), ProgressDeadline = TimeSpan.FromSeconds(30 + Below(100)) });
            builder.Apply(BudgetOf(name, Bound(false)) with { UnhealthyEviction = (UnhealthyEviction)Below(2) });
        }

        double at = 0;
        for (int i = 0, steps = 4 + Below(12); i < steps; i++)
        {
            at += Below(4) == 0 ? 0 : Below(25) + (Below(10) / 10.0);
            var instant = TimeSpan.FromSeconds(at);
            string name = names[Below(2)];
            builder.Step(Below(8) switch
            {
                0 or 1 => new SetImageStep(instant, name, "main", $"app:v{Below(4)}"),
                2 => new ScaleStep(instant, ResourceKind.Deployment, name, Below(15)),
                3 => new PauseStep(instant, name),
                4 => new ResumeStep(instant, name),
                5 => new DrainStep(instant, $"node-{Below(6):D3}", new DrainOptions { Timeout = TimeSpan.FromSeconds(40) }),
                6 => new UncordonStep(instant, $"node-{Below(6):D3}"),
                _ => new Plant(instant, run =>
                {
                    foreach (Pod pod in Pods(run).Where((_, place) => place % 3 == 0)) _ = run.Evictions.Evict(pod.Key);
                }),
            });
        }

        // In the end nothing is held, there is room, and the version is a good one.
        TimeSpan end = TimeSpan.FromSeconds(at + 50);
        foreach (string name in names) builder.Step(new ResumeStep(end, name)).Step(new SetImageStep(end, name, "main", "app:good"));
        for (int node = 0; node < 6; node++) builder.Step(new UncordonStep(end, $"node-{node:D3}"));
        OrchestratedRun run = builder.Build(out InstantAgent agent);
        agent.StartTime = TimeSpan.FromSeconds(1 + Below(5));
        agent.StartSpread = TimeSpan.FromSeconds(Below(6));
        agent.StopTime = TimeSpan.FromSeconds(Below(8));
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:v3";
        rollouts = RolloutJudge.Attach(run);
        budgets = DisruptionJudge.Attach(run);
        return run;
    }

    private static PodDisruptionBudget BudgetOf(string app, IntOrPercent max) => new()
    {
        Metadata = Meta(app), Selector = LabelSelector.Of([new Label("app", app)]), MaxUnavailable = max,
    };

    private static ReplicaSet Set(OrchestratedRun run) => (ReplicaSet)run.Store.View.All(ResourceKind.ReplicaSet)[0];

    private static PodDisruptionBudget Budget(OrchestratedRun run) => (PodDisruptionBudget)run.Store.View.All(ResourceKind.PodDisruptionBudget)[0];

    private sealed record Plant(TimeSpan At, Action<OrchestratedRun> Bug) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => Bug(run);
    }
}
