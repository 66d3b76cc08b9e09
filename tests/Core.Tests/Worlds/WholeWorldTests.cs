using System.Diagnostics;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Worlds;

/// <summary>The whole orchestration core in random worlds, all judges on; at the end everything is as it is wanted. 2,000 scenarios in at most three minutes.</summary>
/// <remarks><c>SCHEDBENCH_SEED</c> repeats one scenario. <c>SCHEDBENCH_SCENARIOS</c> and <c>SCHEDBENCH_FIRST</c> play a range of them, without a bound on their time: many processes
/// may share a long list of scenarios. Progress and broken ones go to the file <c>SCHEDBENCH_PROGRESS</c> as they come, without it to the error output; the broken ones are named at the end, too.</remarks>
public sealed class WholeWorldTests
{
    private const int Scenarios = 500;
    private const int BetweenReports = 10_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_world_keeps_the_laws_and_ends_as_it_is_wanted(int row)
    {
        if (Number("SCHEDBENCH_SEED") is { } only)
        {
            if (row == 1) Play(only);
            return;
        }

        if (Number("SCHEDBENCH_SCENARIOS") is { } count)
        {
            if (row == 1) PlayRange(Number("SCHEDBENCH_FIRST") ?? 1_000_000, count);
            return;
        }

        var watch = Stopwatch.StartNew();
        int played = 0;
        for (; played < Scenarios && watch.Elapsed < Limit; played++) Play((ulong)((row * 1_000_000) + played));
        Assert.True(played >= 50, $"only {played} scenarios in {watch.Elapsed}");
    }

    private static ulong? Number(string variable) => ulong.TryParse(Environment.GetEnvironmentVariable(variable), out ulong value) ? value : null;

    /// <summary>Plays the scenarios from <paramref name="first"/> on, all of them, whatever breaks.</summary>
    private static void PlayRange(ulong first, ulong count)
    {
        var watch = Stopwatch.StartNew();
        List<string> broken = [];
        for (ulong played = 0; played < count; played++)
        {
            if (played > 0 && played % BetweenReports == 0) Report(played);
            try
            {
                Play(first + played);
            }
            catch (InvalidOperationException found)
            {
                broken.Add(found.Message);
                Tell(found.Message);
                if (broken.Count == 100) break;
            }
        }

        Report(count);
        Assert.True(broken.Count == 0, string.Join("\n\n", broken));

        void Report(ulong played) => Tell($"worlds {first} to {first + played - 1}: {played} of {count} in {watch.Elapsed}, {played / watch.Elapsed.TotalSeconds:F0} a second, {broken.Count} broken");
    }

    private static void Tell(string line)
    {
        if (Environment.GetEnvironmentVariable("SCHEDBENCH_PROGRESS") is { Length: > 0 } file) File.AppendAllText(file, line + "\n");
        else Console.Error.WriteLine(line);
    }

    [Fact]
    public void A_world_is_a_function_of_its_seed()
    {
        static (long, long, TimeSpan) End(ulong seed)
        {
            OrchestratedRun run = WholeWorld.Build(seed);
            run.Run();
            return (run.Loop.EventsHandled, run.Store.ResourceVersion, run.Loop.Now);
        }

        for (ulong seed = 0; seed < 10; seed++) Assert.Equal(End(seed), End(seed));
    }

    [Fact]
    public void Worlds_have_everything_in_them()
    {
        var seen = new Dictionary<FactKind, int>();
        var judged = new Dictionary<string, long>();
        var made = new HashSet<ResourceKind>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            OrchestratedRun run = WholeWorld.Build(seed);
            run.OnEveryWrite(change => made.Add(change.Kind));
            var counter = new Counter(seen);
            run.Facts.Subscribe(counter);
            IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
            run.Run();
            foreach (ObjectJudge judge in judges) judged[judge.GetType().Name] = judged.GetValueOrDefault(judge.GetType().Name) + judge.Judged;
        }

        FactKind[] wanted =
        [
            FactKind.PodBound, FactKind.PodStarted, FactKind.PodReady, FactKind.PodStopped, FactKind.PodUnschedulable, FactKind.PodNominated, FactKind.PodPreempted, FactKind.PodLeaving,
            FactKind.NodeTaintsChanged, FactKind.NodeLabelsChanged, FactKind.NodeSchedulableChanged, FactKind.NodeTainted, FactKind.PodEvictedByTaint, FactKind.EvictionAdmitted, FactKind.EvictionRefused,
            FactKind.RequestFailed,
        ];
        foreach (FactKind kind in wanted) Assert.True(seen.GetValueOrDefault(kind) > 10, $"{string.Join(", ", judged)} {kind}: {seen.GetValueOrDefault(kind)} in {string.Join(", ", seen)}");
        ResourceKind[] kinds =
        [
            ResourceKind.Deployment, ResourceKind.StatefulSet, ResourceKind.DaemonSet, ResourceKind.Job, ResourceKind.CronJob, ResourceKind.HorizontalPodAutoscaler, ResourceKind.PodDisruptionBudget, ResourceKind.Service,
            ResourceKind.EndpointSlice, ResourceKind.ConfigMap, ResourceKind.PersistentVolumeClaim, ResourceKind.PersistentVolume, ResourceKind.ResourceQuota,
        ];
        Assert.All(kinds, kind => Assert.Contains(kind, made));
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
            OrchestratedRun run = WholeWorld.Build(seed);
            IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
            run.Run();
            foreach (ObjectJudge judge in judges) judge.JudgeRest();
            Assert.Null(WholeWorld.Unmet(run));
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException($"{broken.Message}\nrepeat: SCHEDBENCH_SEED={seed} dotnet test tests/Core.Tests --filter FullyQualifiedName~WholeWorldTests.Every_world", broken);
        }
    }
}
