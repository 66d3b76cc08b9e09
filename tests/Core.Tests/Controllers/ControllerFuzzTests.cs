using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

/// <summary>Random objects, changes, deletions, late views and restarts of the controllers, with all judges of objects on; at rest everything is as wanted.</summary>
public sealed class ControllerFuzzTests
{
    [ThreadStatic]
    private static string? _note;

    private static readonly TimeSpan Heal = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(1)]
    [InlineData(101)]
    [InlineData(201)]
    [InlineData(301)]
    [InlineData(401)]
    public void Every_scenario_keeps_the_laws_and_comes_to_rest(int first)
    {
        // Offline more: SCHEDBENCH_SCENARIOS is the number of scenarios of each row.
        int count = int.TryParse(Environment.GetEnvironmentVariable("SCHEDBENCH_SCENARIOS"), out int more) ? more : 100;
        if (count > 100) first = ((first / 100) * count) + 1_000;
        for (int seed = first; seed < first + count; seed++)
        {
            try
            {
                Play((ulong)seed);
            }
            catch (Exception broken)
            {
                throw new InvalidOperationException($"seed {seed} ({_note}): {broken.Message}", broken);
            }
        }
    }

    private static void Play(ulong seed)
    {
        var dice = new Dice(seed);
        OrchestratedRun run = Scenario(dice, out InstantAgent agent);
        Behave(agent, dice.Between(1, 1_000_000));
        IReadOnlyList<ObjectJudge> judges = ObjectJudge.AttachAll(run);
        run.Run();
        Assert.Equal(0, run.Loop.Pending);
        foreach (ObjectJudge judge in judges) judge.JudgeRest();
        CheckRest(run);
    }

    [Fact]
    public void The_same_scenario_ends_in_the_same_store_with_any_controllers_restarted_in_between()
    {
        static string[] End(ulong seed)
        {
            OrchestratedRun run = Scenario(new Dice(seed), out InstantAgent agent);
            Behave(agent, 7);
            run.Run();
            return [.. run.Store.View.All(ResourceKind.Pod).Select(pod => $"{pod.Name} {pod.Metadata.ResourceVersion}").Order(StringComparer.Ordinal)];
        }

        Assert.Equal(End(11), End(11));
    }

    /// <summary>A second look at a store at rest writes nothing.</summary>
    private sealed class Quiet(OrchestratedRun run) : IStoreListener
    {
        public void OnChange(in StoreChange change) => Assert.Fail($"wrote {change.Object.Key} at {run.Loop.Now} although nothing had changed: {change.Before} -> {change.After}");
    }

    private static OrchestratedRun Scenario(Dice dice, out InstantAgent agent)
    {
        OrchestrationBuilder builder = Fleet(dice.Between(2, 5));
        int delay = dice.Of(0, 0, 1, 5);
        _note = $"delay {delay}";
        Core.Controllers.ClientLimits limits = dice.Percent(20) ? new Core.Controllers.ClientLimits(dice.Between(1, 20), dice.Between(1, 30)) : default;
        builder.With(o => o with { ControllerDelay = TimeSpan.FromSeconds(delay), ControllerLimits = limits, Until = Heal * 18 });
        builder.Apply(new StorageClass { Metadata = new ObjectMeta { Name = "fast" }, Provisioner = "csi.test", IsDefault = true, WaitsForFirstConsumer = dice.Percent(50) });
        for (int i = 0, count = dice.Between(2, 5); i < count; i++) Add(builder, dice, $"w{i}");
        if (dice.Percent(30)) builder.Apply(0, new ResourceQuota { Metadata = Meta("q"), Hard = [new ResourceAmount("pods", dice.Between(80, 120))] });
        for (int i = 0, count = dice.Between(0, 6); i < count; i++)
        {
            int pick = dice.Between(0, 1000);
            builder.Step(Some.Step(dice.Between(1, 300), run => DeleteSomePod(run, pick)));
        }

        for (int i = 0, count = dice.Between(0, 2); i < count; i++)
        {
            builder.Step(Some.Step(dice.Between(1, 300), run =>
            {
                run.Controllers.Stop();
                run.Controllers.Restart();
            }));
        }

        // A last look by fresh controllers, when all has come to rest, writes nothing.
        builder.Step(Some.Step((Heal * 6).TotalSeconds, run =>
        {
            run.Store.Subscribe(new Quiet(run));
            run.Controllers.Stop();
            run.Controllers.Restart();
        }));
        OrchestratedRun run = builder.Build(out agent);
        DaemonBinder.Attach(run);
        return run;
    }

    private static void Add(OrchestrationBuilder builder, Dice dice, string name)
    {
        double at = dice.Between(0, 60), later = at + dice.Between(1, 200);
        KubeObject first, second;
        switch (dice.Between(0, 6))
        {
            case 0:
                first = ReplicaSet(name, dice.Between(0, 6));
                second = ReplicaSet(name, dice.Between(0, 6));
                break;
            case 1:
                bool isParallel = dice.Percent(40);
                int partition = dice.Between(0, 2);
                ValueList<ClaimTemplate> claims = dice.Percent(40) ? [new ClaimTemplate("data", null, 10, ["ReadWriteOnce"])] : [];
                bool deletesClaims = dice.Percent(50);
                first = Some.StatefulSet(name, dice.Between(0, 4)) with { IsParallel = isParallel, ClaimTemplates = claims };
                second = Some.StatefulSet(name, dice.Between(0, 4), "app:v2") with
                {
                    IsParallel = isParallel,
                    Partition = partition,
                    ClaimTemplates = claims,
                    DeletesClaimsWhenScaled = deletesClaims,
                    DeletesClaimsWhenDeleted = dice.Percent(50),
                };
                break;
            case 2:
                Job job = Some.Job(name, dice.Between(1, 6), dice.Between(1, 4)) with { BackoffLimit = dice.Between(0, 4), IsIndexed = dice.Percent(50) };
                if (dice.Percent(30)) job = job with { TtlAfterFinished = TimeSpan.FromSeconds(dice.Between(0, 100)) };
                if (dice.Percent(20)) job = job with { ActiveDeadline = TimeSpan.FromSeconds(dice.Between(5, 100)) };
                first = job;
                second = dice.Percent(50) ? job with { Parallelism = dice.Between(1, 4) } : job;
                break;
            case 3:
                IntOrPercent surge = IntOrPercent.Of(dice.Between(0, 1));
                DaemonSet Daemon(string image) => Some.DaemonSet(name, image) with { MaxSurge = surge, MaxUnavailable = surge.Value > 0 ? IntOrPercent.Of(0) : IntOrPercent.Percent(dice.Between(1, 100)) };
                DaemonSet daemon = Daemon("app:v1"), next = Daemon("app:v2");
                first = daemon with { Template = daemon.Template with { Spec = daemon.Template.Spec with { SchedulingGates = [DaemonBinder.Gate] } } };
                second = next with { Template = next.Template with { Spec = next.Template.Spec with { SchedulingGates = [DaemonBinder.Gate] } } };
                break;
            case 4:
                var cron = new CronJob
                {
                    Metadata = Meta(name),
                    Schedule = "* * * * *",
                    JobTemplate = Some.Job(name, dice.Between(1, 3)) with { BackoffLimit = 1 },
                    ConcurrencyPolicy = dice.Of(ConcurrencyPolicy.Allow, ConcurrencyPolicy.Forbid, ConcurrencyPolicy.Replace),
                };
                first = cron;
                second = cron with { IsSuspended = dice.Percent(30) };
                builder.Step(Some.Delete(500, ResourceKind.CronJob, name));
                break;
            case 5:
                // A whole namespace that comes and goes.
                var space = new Namespace { Metadata = new ObjectMeta { Name = name } };
                first = second = Some.ConfigMap(name);
                ReplicaSet inside = ReplicaSet("in", dice.Between(1, 4)) with { Metadata = new ObjectMeta { Name = "in", Namespace = name } };
                builder.Step(Some.Step(at, run =>
                {
                    _ = run.Store.Create(space, out _);
                    _ = run.Store.Create(inside, out _);
                }));
                builder.Step(Some.Step(later, run => _ = run.Store.Delete(space.Key)));
                break;
            default:
                first = Some.ConfigMap(name);
                second = Some.ConfigMap(name) with { Data = [new Label("k", "v")] };
                break;
        }

        builder.Step(Some.Step(at, run => _ = ApplyStep.Apply(run.Store, first)));
        builder.Step(Some.Step(later, run => _ = run.Store.View.Find(second.Key) is null ? null : ApplyStep.Apply(run.Store, second)));
        if (dice.Percent(30)) builder.Step(Some.Delete(later + dice.Between(1, 200), first.Kind, name, dice.Of(Propagation.Background, Propagation.Foreground, Propagation.Background)));
    }

    private static void DeleteSomePod(OrchestratedRun run, int pick)
    {
        IReadOnlyList<Pod> pods = Pods(run);
        if (pods.Count > 0) run.Store.Delete(pods[pick % pods.Count].Key);
    }

    /// <summary>Pods of jobs end after a while, some of them badly; the first pods of other owners too, now and then.</summary>
    private static void Behave(InstantAgent agent, int salt) => agent.Ends = pod =>
    {
        bool isOfJob = pod.Metadata.Controller?.Kind == ResourceKind.Job;
        long mix = (pod.Uid * 7919) + salt;
        if (isOfJob) return (mix % 13, mix % 4 != 0);
        return mix % 11 == 0 && pod.Metadata.CreatedAt < TimeSpan.FromMinutes(5) ? (mix % 29, mix % 2 == 0) : null;
    };

    private static void CheckRest(OrchestratedRun run)
    {
        foreach (ReplicaSet set in run.Store.View.All(ResourceKind.ReplicaSet).Cast<ReplicaSet>()) Assert.Equal(set.Replicas, set.Status.Ready);
        foreach (StatefulSet set in run.Store.View.All(ResourceKind.StatefulSet).Cast<StatefulSet>())
        {
            Assert.Equal((set.Replicas, set.Replicas), (set.Status.Pods.Ready, run.Store.View.OwnedBy(set.Uid).ActivePods));
            Assert.All(run.Store.View.OwnedBy(set.Uid).Items.OfType<Pod>().Where(pod => int.Parse(pod.Name.AsSpan(pod.Name.LastIndexOf('-') + 1), null) >= set.Partition),
                pod => Assert.Equal(set.Template.Spec.Containers[0].Image, pod.Spec.Containers[0].Image));
        }

        foreach (DaemonSet set in run.Store.View.All(ResourceKind.DaemonSet).Cast<DaemonSet>())
        {
            int nodes = run.Fleet.Count;
            Assert.Equal((nodes, nodes, nodes, nodes), (set.Status.Desired, set.Status.Available, set.Status.Updated, run.Store.View.OwnedBy(set.Uid).ActivePods));
        }

        Assert.All(run.Store.View.All(ResourceKind.Namespace), space => Assert.False(space.Metadata.IsDeleting));
        Assert.All(run.Store.View.All(ResourceKind.PersistentVolumeClaim).Cast<PersistentVolumeClaim>(), claim => Assert.False(claim.Metadata.IsDeleting));
        Assert.All(run.Store.View.All(ResourceKind.PersistentVolume).Cast<PersistentVolume>(), volume => Assert.Equal(VolumePhase.Bound, volume.Phase));
        foreach (Job job in run.Store.View.All(ResourceKind.Job).Cast<Job>())
        {
            Assert.NotNull(job.Status.FinishedAt);
            Assert.Empty(job.Status.Counted);
            if (!job.Status.HasFailed) Assert.Equal(job.Completions, job.Status.Succeeded);
        }

        Assert.All(Pods(run), pod => Assert.Empty(pod.Metadata.Finalizers));
        Assert.All(run.ViewState.FreeCpuMilli.Select((free, node) => (free, node)), entry =>
            Assert.Equal(8000 - Pods(run).Where(pod => pod.Node == new NodeIndex(entry.node) && !pod.HasEnded && pod.Spec.SchedulingGates.Count == 0).Sum(pod => pod.Spec.CpuMilli), entry.free));
    }
}
