using System.Diagnostics;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Worlds;

/// <summary>Random worlds of Docker Swarm, all judges on; at the end everything is as it is wanted. At least 300 scenarios in at most 20 seconds.</summary>
/// <remarks><c>SCHEDBENCH_SEED</c> repeats one scenario; <c>SCHEDBENCH_SCENARIOS</c> sets how many are played, without a bound on their time.</remarks>
public sealed class SwarmWorldTests
{
    private const int Scenarios = 400;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Every_world_of_Docker_Swarm_keeps_the_laws_and_ends_as_it_is_wanted()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("SCHEDBENCH_SEED"), out ulong only))
        {
            Play(only);
            return;
        }

        bool isLong = int.TryParse(Environment.GetEnvironmentVariable("SCHEDBENCH_SCENARIOS"), out int more);
        int count = isLong ? more : Scenarios;
        var watch = Stopwatch.StartNew();
        int played = 0;
        for (; played < count && (isLong || watch.Elapsed < Limit); played++) Play((ulong)played);
        Assert.True(played >= Math.Min(count, 50), $"only {played} scenarios in {watch.Elapsed}");
    }

    [Theory]
    [InlineData(62910)]
    [InlineData(87392)]
    [InlineData(110751)]
    [InlineData(128474)]
    [InlineData(136111)]
    public void A_world_of_Docker_Swarm_that_was_broken_once_is_not_broken_again(ulong seed) => Play(seed);

    [Fact]
    public void A_world_of_Docker_Swarm_is_a_function_of_its_seed()
    {
        static (long, long, ulong) End(ulong seed)
        {
            OrchestratedRun run = SwarmWorld.Build(seed);
            var fingerprint = new FingerprintObserver();
            run.Facts.Subscribe(fingerprint);
            run.Run();
            return (run.Loop.EventsHandled, run.Store.ResourceVersion, fingerprint.Value);
        }

        for (ulong seed = 0; seed < 10; seed++) Assert.Equal(End(seed), End(seed));
    }

    [Fact]
    public void Worlds_of_Docker_Swarm_have_everything_in_them()
    {
        var seen = new Dictionary<FactKind, int>();
        var judged = new Dictionary<string, long>();
        for (ulong seed = 0; seed < 100; seed++)
        {
            OrchestratedRun run = SwarmWorld.Build(seed);
            run.Facts.Subscribe(new Counter(seen));
            IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
            run.Run();
            foreach (ObjectJudge judge in judges) judged[judge.GetType().Name] = judged.GetValueOrDefault(judge.GetType().Name) + judge.Judged;
        }

        FactKind[] wanted =
        [
            FactKind.PodBound, FactKind.PodStarted, FactKind.PodReady, FactKind.PodStopped, FactKind.PodFailed, FactKind.PodSucceeded, FactKind.ContainerUnhealthy, FactKind.NodeNotReady,
            FactKind.RolloutStarted, FactKind.RolloutCompleted, FactKind.RolloutFailed, FactKind.RolledBack, FactKind.DrainStarted, FactKind.NodeDrained,
        ];
        foreach (FactKind kind in wanted) Assert.True(seen.GetValueOrDefault(kind) > 10, $"{kind}: {seen.GetValueOrDefault(kind)} in {string.Join(", ", seen)}");
        Assert.DoesNotContain(FactKind.ContainerRestarted, seen.Keys);
        Assert.DoesNotContain(FactKind.PodPreempted, seen.Keys);
        Assert.All(judged, judge => Assert.True(judge.Value > 500, $"{judge}"));
    }

    private sealed class Counter(Dictionary<FactKind, int> seen) : IFactObserver
    {
        public void Observe(in Fact fact) => seen[fact.Kind] = seen.GetValueOrDefault(fact.Kind) + 1;
    }

    private static void Play(ulong seed)
    {
        try
        {
            OrchestratedRun run = SwarmWorld.Build(seed);
            IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
            run.Run();
            if (run.Loop.Pending == 0)
            {
                foreach (ObjectJudge judge in judges) judge.JudgeRest();
            }

            Assert.Null(SwarmWorld.Unmet(run));
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException($"{broken.Message}\nrepeat: SCHEDBENCH_SEED={seed} dotnet test tests/Core.Tests --filter FullyQualifiedName~SwarmWorldTests.Every_world", broken);
        }
    }
}
