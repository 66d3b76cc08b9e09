using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <summary>A random cluster of a seed in which everything plays together: workloads of all kinds with placement rules, claims, budgets and priorities; updates, scalings, drains, node
/// faults, preemption, restarts of controllers. Then everything is healed and the versions are good ones.</summary>
public sealed class WholeWorld
{
    private const double Trouble = 600;
    private readonly Dice _dice;
    private readonly ulong _seed;
    private readonly int _nodes;
    private readonly List<string> _deployments = [];
    private readonly OrchestrationBuilder _builder;

    private WholeWorld(ulong seed)
    {
        _seed = seed;
        _dice = new Dice(seed);
        _nodes = _dice.Between(3, 6);
        _builder = Fleet(_nodes);
    }

    /// <summary>The run of a seed, not begun yet.</summary>
    public static OrchestratedRun Build(ulong seed) => new WholeWorld(seed).Build();

    /// <summary>What is not as it is wanted at the end, or null.</summary>
    public static string? Unmet(OrchestratedRun run)
    {
        ObjectView view = run.Store.View;
        foreach (Deployment item in view.All(ResourceKind.Deployment).Cast<Deployment>())
        {
            ReplicaStatus pods = item.Status.Pods;
            if (pods.Ready != item.Replicas || pods.Replicas != item.Replicas || item.Status.UpdatedReplicas != item.Replicas)
                return $"{item.Key}: {pods.Ready} ready, {pods.Replicas} pods, {item.Status.UpdatedReplicas} updated of {item.Replicas}";
        }

        foreach (ReplicaSet item in view.All(ResourceKind.ReplicaSet).Cast<ReplicaSet>())
        {
            if (item.Status.Ready != item.Replicas || view.OwnedBy(item.Uid).ActivePods != item.Replicas) return $"{item.Key}: {item.Status.Ready} ready of {item.Replicas}";
        }

        foreach (StatefulSet item in view.All(ResourceKind.StatefulSet).Cast<StatefulSet>())
        {
            if (item.Status.Pods.Ready != item.Replicas || view.OwnedBy(item.Uid).ActivePods != item.Replicas) return $"{item.Key}: {item.Status.Pods.Ready} ready of {item.Replicas}";
        }

        foreach (DaemonSet item in view.All(ResourceKind.DaemonSet).Cast<DaemonSet>())
        {
            if (item.Status.Desired != run.Fleet.Count || item.Status.Available != item.Status.Desired) return $"{item.Key}: {item.Status.Available} available of {item.Status.Desired} on {run.Fleet.Count} nodes";
        }

        foreach (Job item in view.All(ResourceKind.Job).Cast<Job>())
        {
            if (item.Status.FinishedAt is null) return $"{item.Key} has not ended";
        }

        foreach (Pod pod in view.All(ResourceKind.Pod).Cast<Pod>())
        {
            if (!pod.HasEnded && (pod.Metadata.IsDeleting || !pod.Node.IsNode || !pod.Status.IsReady)) return $"{pod.Key} is {pod.Status.Phase} {pod.Status.Reason} on {pod.Node.Value}{(pod.Metadata.IsDeleting ? ", being deleted" : "")}";
        }

        int running = 0, alive = 0;
        for (int n = 0; n < run.Fleet.Count; n++) running += run.Agents!.StateOf(new NodeIndex(n)).PodCount;
        foreach (Pod pod in view.All(ResourceKind.Pod).Cast<Pod>()) alive += pod.HasEnded ? 0 : 1;
        return running == alive ? null : $"{running} pods on nodes, {alive} in the store";
    }

    private OrchestratedRun Build()
    {
        ImageCatalog images = new ImageCatalog().Add("app", Behavior())
            .Add("job", new ImageBehavior { RunSeconds = new ConstantDistribution(_dice.Between(1, 60)), ExitCode = _dice.Percent(20) ? 1 : 0 })
            .Add("app:bad", new ImageBehavior { CrashAfterSeconds = new ConstantDistribution(3) });
        _builder.With(o => o with
        {
            Seed = _seed,
            Until = TimeSpan.FromSeconds(Trouble + 3000),
            SchedulerDelay = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 50, 1000)),
            ControllerDelay = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 50, 1000)),
            ControllerLimits = _dice.Percent(30) ? ClientLimits.ControllerManager : ClientLimits.None,
            Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 20)) },
            Preempts = _dice.Percent(90),
            Rollback = new RollbackOptions { ForAll = _dice.Percent(30) },
        });
        _builder.Apply(new StorageClass { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true, WaitsForFirstConsumer = _dice.Percent(70) });
        for (int i = 0, count = _dice.Between(2, 4); i < count; i++) AddWorkload($"w{i}");
        for (int i = 0, count = _dice.Between(3, 10); i < count; i++) AddTrouble(_dice.Between(10, (int)Trouble - 50), i);
        Heal();
        return _builder.BuildWithAgents(new AgentOptions
        {
            Images = images,
            WatchDelay = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 100)),
            RelistPeriod = TimeSpan.FromSeconds(_dice.Of(0, 1)),
            StatusLimits = _dice.Percent(20) ? new ClientLimits(2, 4) : new ClientLimits(50, 100),
        });
    }

    private void AddWorkload(string name)
    {
        PodTemplate template = Template(name, Rules(name, out bool isOnePerNode));
        int most = isOnePerNode ? _nodes - 1 : 6, replicas = _dice.Between(1, most), later = _dice.Between(0, most);
        double at = _dice.Between(0, 60), change = _dice.Between(100, 500);
        if (_dice.Percent(45)) _builder.Apply(at, Budget(name));
        switch (_dice.Between(0, 6))
        {
            case 0 or 1:
                _deployments.Add(name);
                IntOrPercent unavailable = _dice.Percent(50) ? IntOrPercent.Percent(25) : IntOrPercent.Of(_dice.Between(0, 1));
                Deployment web = Deployment(name, replicas, template) with { Strategy = new DeploymentStrategy(_dice.Percent(20), unavailable, IntOrPercent.Of(1)), ProgressDeadline = TimeSpan.FromSeconds(_dice.Between(60, 600)) };
                _builder.Apply(at, web);
                if (_dice.Percent(70)) Try(change, new ScaleStep(default, ResourceKind.Deployment, name, later));
                else _builder.Apply(change, new HorizontalPodAutoscaler { Metadata = Meta(name), TargetName = name, MinReplicas = 1, MaxReplicas = most, Metrics = [new AutoscalingTarget(AutoscalingMetric.Cpu, true, _dice.Between(20, 90))] });
                break;
            case 2:
                _builder.Apply(at, ReplicaSet(name, replicas, template)).Apply(change, ReplicaSet(name, later, template));
                break;
            case 3:
                StatefulSet set = Some.StatefulSet(name, replicas) with { Template = template, IsParallel = _dice.Percent(30), ClaimTemplates = _dice.Percent(60) ? [new ClaimTemplate("data", null, 10, ["ReadWriteOnce"])] : [] };
                if (set.ClaimTemplates.Count > 0) set = set with { Template = Template(name, OrchestrationBuilder.Template(name).Spec) };
                _builder.Apply(at, set).Apply(change, set with { Replicas = later });
                break;
            case 4:
                DaemonSet daemon = Some.DaemonSet(name) with { Template = Template(name, OrchestrationBuilder.Template(name).Spec) };
                _builder.Apply(at, daemon);
                if (_dice.Percent(50)) _builder.Apply(change, daemon with { Template = Template(name, OrchestrationBuilder.Template(name, image: "app:v2").Spec) });
                break;
            case 5:
                var cron = new CronJob { Metadata = Meta(name), Schedule = "*/2 * * * *", JobTemplate = Runs(Some.Job(name)) with { BackoffLimit = 1 }, ConcurrencyPolicy = _dice.Of(ConcurrencyPolicy.Allow, ConcurrencyPolicy.Forbid, ConcurrencyPolicy.Replace) };
                _builder.Apply(at, cron).Apply(Trouble, cron with { IsSuspended = true });
                break;
            default:
                Job job = Some.Job(name, _dice.Between(1, 5), _dice.Between(1, 3)) with { BackoffLimit = _dice.Between(0, 3), IsIndexed = _dice.Percent(50) };
                _builder.Apply(at, Runs(job));
                break;
        }
    }

    private static Job Runs(Job job) => job with { Template = job.Template with { Spec = job.Template.Spec with { Containers = [job.Template.Spec.Containers[0] with { Image = "job" }] } } };

    /// <summary>A spec with some rule of placement.</summary>
    private PodSpec Rules(string name, out bool isOnePerNode)
    {
        PodSpec spec = OrchestrationBuilder.Template(name, _dice.Of("100m", "500m")).Spec with { Priority = _dice.Of(0, 0, 0, 10), TerminationGrace = TimeSpan.FromSeconds(_dice.Between(0, 20)) };
        LabelSelector own = LabelSelector.Of([new Label("app", name)]);
        int rule = _dice.Between(0, 7);
        isOnePerNode = rule is 0 or 1;
        if (_dice.Percent(40)) spec = spec with { Containers = [spec.Containers[0] with { Readiness = new Probe { Period = TimeSpan.FromSeconds(_dice.Between(1, 10)) } }] };
        return rule switch
        {
            0 => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(own, default, null, "kubernetes.io/hostname")] } },
            1 => spec with { HostPorts = [new HostPort(8000 + name[^1], "TCP", "")] },
            2 => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = "topology.kubernetes.io/zone", MaxSkew = _dice.Between(1, 2), Selector = own }] },
            3 => spec with { Affinity = new Affinity { RequiredPods = [new PodAffinityTerm(own, default, null, "topology.kubernetes.io/zone")] } },
            4 => spec with { Tolerations = [new Toleration("maintenance", true, "", null, null)] },
            5 => spec with { NodeSelector = [new Label("topology.kubernetes.io/zone", _dice.Of("a", "b"))] },
            _ => spec,
        };
    }

    private void AddTrouble(double at, int number)
    {
        int node = _dice.Between(0, _nodes - 1), pick = _dice.Between(0, 1000);
        string name = $"node-{node:D3}", deployment = _deployments.Count == 0 ? "" : _deployments[pick % _deployments.Count];
        switch (_dice.Between(0, 11))
        {
            case 0:
                _builder.Do(at, run => run.Health!.Crash(node)).Do(at + _dice.Between(5, 400), run => run.Health!.Recover(node));
                break;
            case 1:
                _builder.Do(at, run => run.Health!.CutOff(node)).Do(at + _dice.Between(5, 400), run => run.Health!.Recover(node));
                break;
            case 2:
                Try(at, new DrainStep(default, name, new DrainOptions { Timeout = TimeSpan.FromSeconds(60) }));
                Try(at + _dice.Between(30, 200), new UncordonStep(default, name));
                break;
            case 3:
                Taint maintenance = new("maintenance", "", _dice.Of(TaintEffect.NoSchedule, TaintEffect.NoExecute));
                _builder.Do(at, run => SetTaints(run, name, taints => [.. taints, maintenance]));
                break;
            case 4 or 5 when deployment.Length > 0:
                Try(at, new SetImageStep(default, deployment, "main", _dice.Of("app:v2", "app:v3", "app:bad")));
                break;
            case 6 when deployment.Length > 0:
                Try(at, _dice.Of<RunStep>(new RestartStep(default, deployment), new RollbackStep(default, deployment), new PauseStep(default, deployment)));
                break;
            case 7:
                _builder.Do(at, run =>
                {
                    run.Controllers.Stop();
                    run.Controllers.Restart();
                });
                break;
            case 8:
                _builder.Do(at, run =>
                {
                    IReadOnlyList<Pod> pods = Pods(run);
                    if (pods.Count > 0) _ = run.Store.Delete(pods[pick % pods.Count].Key);
                });
                break;
            case 9:
                // A wave of important pods that fill half a node each: others are pushed out.
                ReplicaSet wave = ReplicaSet($"wave{number}", _dice.Between(1, _nodes), Template($"wave{number}", OrchestrationBuilder.Template($"wave{number}", "7").Spec with { Priority = 100 }));
                _builder.Apply(at, wave).Apply(Trouble - 20, wave with { Replicas = 0 });
                break;
            case 10:
                Try(at, new CordonStep(default, name));
                break;
            default:
                _builder.Do(at, run => run.Runtime!.IsRegistryDown = true).Do(at + _dice.Between(5, 60), run => run.Runtime!.IsRegistryDown = false);
                break;
        }
    }

    private void Heal()
    {
        _builder.Do(Trouble, run =>
        {
            for (int n = 0; n < _nodes; n++)
            {
                run.Health!.Recover(n);
                SetTaints(run, $"node-{n:D3}", taints => [.. taints.Where(taint => taint.Key != "maintenance")]);
            }

            run.Runtime!.IsRegistryDown = false;
        });
        for (int n = 0; n < _nodes; n++) Try(Trouble + 70, new UncordonStep(default, $"node-{n:D3}"));
        foreach (string name in _deployments)
        {
            // When every node takes pods again: a good version that found no place would be taken back for a bad one at its deadline.
            Try(Trouble, new ResumeStep(default, name));
            Try(Trouble + 80, new SetImageStep(default, name, "main", "app:good"));
        }
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
            // Nothing to go back to, paused, or not there yet.
        }
    });

    private static void SetTaints(OrchestratedRun run, string name, Func<ValueList<Taint>, ValueList<Taint>> change)
    {
        Node node = run.Store.View.Find<Node>(ResourceKind.Node, "", name)!;
        _ = run.Store.Update(node with { Taints = change(node.Taints) });
    }

    private static PodTemplate Template(string app, PodSpec spec) => new() { Labels = [new Label("app", app)], Spec = PodRequests.OfContainers(spec) };

    private PodDisruptionBudget Budget(string app) => new()
    {
        Metadata = Meta(app),
        Selector = LabelSelector.Of([new Label("app", app)]),
        MaxUnavailable = _dice.Of(IntOrPercent.Of(1), IntOrPercent.Percent(30), IntOrPercent.Of(0)),
    };

    private ImageBehavior Behavior() => new()
    {
        StartSeconds = new ConstantDistribution(_dice.Between(0, 10)),
        ReadySeconds = new ConstantDistribution(_dice.Of(0, 0, 5, 20)),
        StopSeconds = new ConstantDistribution(_dice.Of(0, 1, 30)),
        ServesWhileStopping = _dice.Percent(50),
        IdleCpuMilli = _dice.Between(0, 150),
    };
}
