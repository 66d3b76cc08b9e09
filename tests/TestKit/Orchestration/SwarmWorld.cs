using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;
using SchedBench.Schedulers.Catalog;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <summary>A random cluster of Docker Swarm of a seed: replicated and global services and jobs under all kinds of update configurations; updates to good and bad versions, scalings, drains,
/// node faults, deletions, changes of managers. Then everything is healed and the versions are good ones.</summary>
public sealed class SwarmWorld
{
    private const double Trouble = 300;
    private readonly Dice _dice;
    private readonly ulong _seed;
    private readonly int _nodes;
    private readonly List<string> _deployments = [];
    private readonly OrchestrationBuilder _builder;

    private SwarmWorld(ulong seed)
    {
        _seed = seed;
        _dice = new Dice(seed);
        _nodes = _dice.Between(2, 6);
        _builder = Fleet(_nodes);
    }

    /// <summary>The run of a seed, not begun yet.</summary>
    public static OrchestratedRun Build(ulong seed) => new SwarmWorld(seed).Build();

    /// <summary>What is not as it is wanted at the end, or null.</summary>
    public static string? Unmet(OrchestratedRun run)
    {
        ObjectView view = run.Store.View;
        foreach (Deployment item in view.All(ResourceKind.Deployment).Cast<Deployment>())
        {
            string? unmet = Unmet(run, item.Key, item.Uid, item.Replicas, item.Template);
            if (unmet is not null) return unmet;
            if (item.Status.Swarm!.Update is SwarmUpdateState.Updating or SwarmUpdateState.RollbackStarted or SwarmUpdateState.Paused or SwarmUpdateState.RollbackPaused) return $"{item.Key}: {item.Status.Swarm.Update}";
            if (item.Status.Pods.Ready != item.Replicas || item.Status.UpdatedReplicas != item.Replicas) return $"{item.Key}: status says {item.Status.Pods.Ready} ready, {item.Status.UpdatedReplicas} updated of {item.Replicas}";
        }

        foreach (ReplicaSet item in view.All(ResourceKind.ReplicaSet).Cast<ReplicaSet>())
        {
            // Without a new version nothing takes back that attempts were used up.
            if (run.Swarm!.Restart.MaxAttempts == 0 && Unmet(run, item.Key, item.Uid, item.Replicas, item.Template) is { } unmet) return unmet;
        }

        foreach (DaemonSet item in view.All(ResourceKind.DaemonSet).Cast<DaemonSet>())
        {
            if (Unmet(run, item.Key, item.Uid, run.Fleet.Count, item.Template) is { } unmet) return unmet;
        }

        foreach (Job item in view.All(ResourceKind.Job).Cast<Job>())
        {
            if (item.Status.FinishedAt is null && run.Swarm!.Restart.Window == TimeSpan.Zero) return $"{item.Key} has not ended: {item.Status.Succeeded} of {item.Completions}";
        }

        // A job that fails for ever keeps the cluster busy: what its agents have not reported yet is no loss.
        if (run.Loop.Pending > 0) return null;
        int running = 0, alive = 0;
        for (int n = 0; n < run.Fleet.Count; n++) running += run.Agents!.StateOf(new NodeIndex(n)).PodCount;
        foreach (Pod pod in view.All(ResourceKind.Pod).Cast<Pod>()) alive += pod.HasEnded ? 0 : 1;
        return running == alive ? null : $"{running} tasks on nodes, {alive} in the store";
    }

    private static string? Unmet(OrchestratedRun run, ObjectKey key, long uid, int wanted, PodTemplate template)
    {
        Pod[] tasks = [.. run.Store.View.OwnedBy(uid).Items.OfType<Pod>()];
        Pod[] running = [.. tasks.Where(pod => pod.Swarm is { State: SwarmTaskState.Running, IsWanted: true } && !pod.Metadata.IsDeleting)];
        if (running.Length != wanted) return $"{key}: {running.Length} of {wanted} run; {string.Join(", ", tasks.Where(pod => !pod.HasEnded).Select(pod => $"{pod.Name} {SwarmTask.StateOf(pod)} wanted {pod.Swarm!.Desired} {pod.Status.Reason}"))}";
        return running.FirstOrDefault(pod => pod.Spec.Containers[0].Image != template.Spec.Containers[0].Image) is { } old ? $"{old.Key} runs {old.Spec.Containers[0].Image}" : null;
    }

    private SwarmUpdateConfig Update() => new()
    {
        Parallelism = _dice.Between(0, 3),
        Delay = TimeSpan.FromSeconds(_dice.Of(0, 0, 1, 7)),
        Order = _dice.Of(SwarmUpdateOrder.StopFirst, SwarmUpdateOrder.StartFirst),
        Monitor = TimeSpan.FromSeconds(_dice.Of(0, 5, 5, 20)),
        FailureAction = _dice.Of(SwarmFailureAction.Pause, SwarmFailureAction.Continue, SwarmFailureAction.Rollback),
        MaxFailureRatio = _dice.Of(0, 0, 0.3),
    };

    private OrchestratedRun Build()
    {
        var options = new SwarmOptions
        {
            Update = _dice.Percent(80) ? Update() : null,
            Rollback = Update() with { FailureAction = _dice.Of(SwarmFailureAction.Pause, SwarmFailureAction.Continue) },
            Restart = new SwarmRestartPolicy
            {
                Condition = _dice.Of(SwarmRestartCondition.Any, SwarmRestartCondition.Any, SwarmRestartCondition.OnFailure),
                Delay = TimeSpan.FromMilliseconds(_dice.Of(1, 1000, 5000)),
                MaxAttempts = _dice.Of(0, 0, 0, 3),
                Window = TimeSpan.FromSeconds(_dice.Of(0, 60)),
            },
            TaskHistory = _dice.Of(0, 1, 5),
            StopGrace = _dice.Percent(50) ? TimeSpan.FromSeconds(_dice.Between(1, 20)) : null,
            EngineStart = TimeSpan.FromMilliseconds(_dice.Of(0, 400)),
            EngineStop = TimeSpan.FromMilliseconds(_dice.Of(0, 1300)),
            ConvergeDelay = TimeSpan.FromSeconds(_dice.Of(0, 2)),
            DispatcherBatch = TimeSpan.FromMilliseconds(_dice.Of(0, 100)),
            SchedulerGap = TimeSpan.FromMilliseconds(_dice.Of(0, 50)),
            OldTaskTimeout = TimeSpan.FromSeconds(_dice.Of(5, 60)),
        };
        _builder.With(o => o with
        {
            Seed = _seed,
            Until = TimeSpan.FromSeconds(Trouble + 900),
            Swarm = options,
            Strategy = StrategyCatalog.BuiltIn().Find(_dice.Of("swarm-spread", "swarm-spread", "least-allocated"))!.Build(),
            Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 20)) },
        });
        for (int i = 0, count = _dice.Between(1, 3); i < count; i++) AddService($"w{i}");
        for (int i = 0, count = _dice.Between(2, 8); i < count; i++) AddTrouble(_dice.Between(10, (int)Trouble - 20));
        Heal();
        ImageCatalog images = new ImageCatalog().Add("app", Behavior())
            .Add("job", new ImageBehavior { RunSeconds = new ConstantDistribution(_dice.Between(1, 30)), ExitCode = _dice.Percent(20) ? 1 : 0 })
            .Add("app:sick", Behavior() with { IsNeverReady = true })
            .Add("app:bad", new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(_dice.Of(0.0, 3.0, 12.0)) });
        return _builder.BuildWithAgents(new AgentOptions { Images = images, ImagesArePresent = _dice.Percent(50) });
    }

    private void AddService(string name)
    {
        PodTemplate template = Template(name);
        int replicas = _dice.Between(1, 6), later = _dice.Between(0, 6);
        double at = _dice.Between(0, 30), change = _dice.Between(50, 250);
        switch (_dice.Between(0, 6))
        {
            case 0 or 1 or 2 or 3:
                _deployments.Add(name);
                Deployment web = Deployment(name, replicas, template) with { Strategy = _dice.Of(DeploymentStrategy.Default, DeploymentStrategy.Recreate, new DeploymentStrategy(false, IntOrPercent.Of(0), IntOrPercent.Of(2))) };
                _builder.Apply(at, web);
                if (_dice.Percent(70)) Try(change, new ScaleStep(default, ResourceKind.Deployment, name, later));
                break;
            case 4:
                _builder.Apply(at, ReplicaSet(name, replicas, template)).Apply(change, ReplicaSet(name, later, template));
                break;
            case 5:
                DaemonSet daemon = Some.DaemonSet(name) with { Template = template };
                _builder.Apply(at, daemon);
                if (_dice.Percent(70)) _builder.Apply(change, daemon with { Template = Image(template, _dice.Of("app:v2", "app:bad")) }).Apply(Trouble + 5, daemon with { Template = Image(template, "app:good") });
                break;
            default:
                Job job = Some.Job(name, _dice.Between(1, 5), _dice.Between(1, 3)) with { BackoffLimit = _dice.Between(0, 3) };
                _builder.Apply(at, job with { Template = Image(job.Template, "job") });
                break;
        }
    }

    private PodTemplate Template(string name)
    {
        PodTemplate template = OrchestrationBuilder.Template(name, _dice.Of("100m", "500m"));
        Container container = template.Spec.Containers[0];
        var probe = new Probe { Period = TimeSpan.FromSeconds(_dice.Between(1, 10)), InitialDelay = TimeSpan.FromSeconds(12), FailureThreshold = _dice.Between(1, 3) };
        container = _dice.Between(0, 3) switch { 0 => container with { Readiness = probe }, 1 => container with { Liveness = probe }, _ => container };
        return template with { Spec = template.Spec with { Containers = [container], TerminationGrace = TimeSpan.FromSeconds(_dice.Of(1, 30)) } };
    }

    private static PodTemplate Image(PodTemplate template, string image) => template with { Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { Image = image }] } };

    private void AddTrouble(double at)
    {
        int node = _dice.Between(0, _nodes - 1), pick = _dice.Between(0, 1000);
        string name = $"node-{node:D3}", deployment = _deployments.Count == 0 ? "" : _deployments[pick % _deployments.Count];
        switch (_dice.Between(0, 10))
        {
            case 0:
                _builder.Do(at, run => run.Health!.Crash(node)).Do(at + _dice.Between(1, 200), run => run.Health!.Recover(node));
                break;
            case 1:
                _builder.Do(at, run => run.Health!.Set(node, _dice.Of(NodeTrouble.CutOff, NodeTrouble.AgentHung, NodeTrouble.HeartbeatsLost))).Do(at + _dice.Between(1, 200), run => run.Health!.Recover(node));
                break;
            case 2:
                Try(at, new DrainStep(default, name, new DrainOptions { Timeout = TimeSpan.FromSeconds(60) }));
                Try(at + _dice.Between(3, 100), new UncordonStep(default, name));
                break;
            case 3 or 4 or 5 or 6 when deployment.Length > 0:
                Try(at, new SetImageStep(default, deployment, "main", _dice.Of("app:v2", "app:v3", "app:bad", "app:sick")));
                break;
            case 7 when deployment.Length > 0:
                Try(at, _dice.Of<RunStep>(new RestartStep(default, deployment), new RollbackStep(default, deployment)));
                break;
            case 8:
                _builder.Do(at, run =>
                {
                    run.Controllers.Stop();
                    run.Controllers.Restart();
                });
                break;
            case 9:
                _builder.Do(at, run =>
                {
                    IReadOnlyList<Pod> pods = Pods(run);
                    if (pods.Count > 0) _ = run.Store.Delete(pods[pick % pods.Count].Key);
                });
                break;
            default:
                Try(at, new CordonStep(default, name));
                break;
        }
    }

    private void Heal()
    {
        _builder.Do(Trouble, run =>
        {
            for (int n = 0; n < _nodes; n++) run.Health!.Recover(n);
        });
        for (int n = 0; n < _nodes; n++) Try(Trouble + 1, new UncordonStep(default, $"node-{n:D3}"));
        foreach (string name in _deployments) Try(Trouble + 5, new SetImageStep(default, name, "main", "app:good"));
    }

    /// <summary>A user's command that may be refused.</summary>
    private void Try(double seconds, RunStep step) => _builder.Do(seconds, run =>
    {
        try
        {
            step.Execute(run);
        }
        catch (RunStepException)
        {
            // Nothing to go back to, or not there yet.
        }
    });

    private ImageBehavior Behavior() => new()
    {
        StartSeconds = new ConstantDistribution(_dice.Between(0, 5)),
        ReadySeconds = new ConstantDistribution(_dice.Of(0, 0, 5)),
        StopSeconds = new ConstantDistribution(_dice.Of(0, 1, 30)),
        ServesWhileStopping = _dice.Percent(50),
    };
}
