using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>What users of a case do, as steps of a run. Whatever they take away they give back before the case heals: cordons, taints, pauses, versions that crash.</summary>
internal static class CaseSteps
{
    private static readonly Taint[] Maintenance = [new("maintenance", "", TaintEffect.NoSchedule), new("maintenance", "", TaintEffect.NoExecute)];

    /// <summary>The steps, sorted by instant.</summary>
    public static IEnumerable<RunStep> Of(FuzzCase item)
    {
        var steps = new List<RunStep>();
        if (CaseObjects.Beginning(item) is { Length: > 0 } beginning) steps.Add(new ApplyStep(TimeSpan.Zero, beginning));
        foreach (FuzzWorkload workload in item.Workloads) steps.Add(new ApplyStep(TimeSpan.FromSeconds(workload.AtSeconds), CaseObjects.Of(workload)));
        foreach (FuzzWorkload cron in item.Workloads.Where(workload => workload.Kind == FuzzWorkloadKind.CronJob)) steps.Add(new ApplyStep(TimeSpan.FromSeconds(item.HealAtSeconds), [CaseObjects.Controller(cron, isSuspended: true)]));
        foreach (FuzzStep step in item.Steps) steps.AddRange(Of(item, step));
        return steps.OrderBy(step => step.At);
    }

    private static IEnumerable<RunStep> Of(FuzzCase item, FuzzStep step)
    {
        TimeSpan at = TimeSpan.FromSeconds(step.AtSeconds), until = TimeSpan.FromSeconds(Math.Max(step.AtSeconds, Math.Min(step.AtSeconds + step.ForSeconds, item.HealAtSeconds)));
        string target = step.Target;
        return step.Verb switch
        {
            FuzzVerb.Scale => Try(new ScaleStep(at, KindOf(item, target), target, step.Value)),
            FuzzVerb.SetImage => Try(new SetImageStep(at, target, "main", $"{target}:v{2 + (step.Value % 3)}")),
            // When the nodes take pods again, it is a good version once more: a rollback may have gone back to the bad one.
            FuzzVerb.SetBadImage => Try(new SetImageStep(at, target, "main", $"{target}:bad"), new SetImageStep(until, target, "main", $"{target}:good"), new SetImageStep(Later(item, 60), target, "main", $"{target}:better")),
            FuzzVerb.Restart => Try(new RestartStep(at, target)),
            FuzzVerb.RollBack => Try(new RollbackStep(at, target)),
            FuzzVerb.Pause => Try(new PauseStep(at, target), new ResumeStep(until, target)),
            FuzzVerb.Delete => Try(new DeleteStep(at, KindOf(item, target), target)),
            FuzzVerb.DeletePod => [new PodStep(at, step.Value, 1, (run, pod) => run.Store.Delete(pod.Key))],
            FuzzVerb.Evict => [new PodStep(at, step.Value, 3, (run, pod) => run.Evictions.Evict(pod.Key))],
            FuzzVerb.Cordon => Try(new CordonStep(at, target), new UncordonStep(until, target)),
            FuzzVerb.Drain => Try(new DrainStep(at, target, new DrainOptions { Timeout = TimeSpan.FromSeconds(step.ForSeconds) }), new UncordonStep(Later(item, step.ForSeconds), target)),
            FuzzVerb.Taint => Try(new TaintNodeStep(at, target, [Maintenance[step.Value % 2]]), new TaintNodeStep(until, target, default, ["maintenance"])),
            _ => [new ControllersStep(at)],
        };
    }

    private static TimeSpan Later(FuzzCase item, int seconds) => TimeSpan.FromSeconds(item.HealAtSeconds + seconds);

    private static IEnumerable<RunStep> Try(params RunStep[] steps) => steps.Select(step => new TriedStep(step));

    private static ResourceKind KindOf(FuzzCase item, string workload) => item.Workloads.FirstOrDefault(known => known.Name == workload)?.Kind switch
    {
        FuzzWorkloadKind.StatefulSet => ResourceKind.StatefulSet,
        FuzzWorkloadKind.DaemonSet => ResourceKind.DaemonSet,
        FuzzWorkloadKind.Job => ResourceKind.Job,
        FuzzWorkloadKind.ReplicaSet => ResourceKind.ReplicaSet,
        FuzzWorkloadKind.CronJob => ResourceKind.CronJob,
        _ => ResourceKind.Deployment,
    };

    /// <summary>A command that may be refused, as users' commands are.</summary>
    private sealed record TriedStep(RunStep Step) : RunStep(Step.At)
    {
        public override void Execute(OrchestratedRun run)
        {
            try
            {
                Step.Execute(run);
            }
            catch (RunStepException)
            {
                // Nothing to go back to, deleted meanwhile, or of a kind that has no such thing: a user would read it and go on.
            }
        }
    }

    /// <summary>Does something to pods of those that are there, in the order of their creation.</summary>
    private sealed record PodStep(TimeSpan At, int First, int Count, Func<OrchestratedRun, Pod, ApiError?> Act) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            Pod[] pods = [.. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().OrderBy(pod => pod.Uid)];
            for (int k = 0; k < Count && k < pods.Length; k++) _ = Act(run, pods[(First + k) % pods.Length]);
        }
    }

    /// <summary>Restarts the controllers: they forget what they hold in memory.</summary>
    private sealed record ControllersStep(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            run.Controllers.Stop();
            run.Controllers.Restart();
        }
    }
}
