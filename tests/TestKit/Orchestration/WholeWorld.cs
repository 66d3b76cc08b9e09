using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <summary>A random cluster of a seed in which everything plays together: workloads of all kinds, some of them from the text of manifests, with placement rules, claims, budgets, services, requests and
/// priorities; updates, scalings, drains, evictions, quotas, node faults, nodes that go and come back, namespaces that are deleted with all they hold, preemption, restarts of controllers. Then
/// everything is healed and the versions are good ones.</summary>
public sealed partial class WholeWorld
{
    private const double Trouble = 600;
    private const string Team = "team";
    private readonly Dice _dice;
    private readonly ulong _seed;
    private readonly int _nodes;
    private readonly List<(string Namespace, string Name)> _deployments = [];
    private readonly List<TrafficSpec> _traffic = [];
    private readonly bool _hasTeam;
    private readonly bool _hasTraffic;
    private readonly OrchestrationBuilder _builder;

    private WholeWorld(ulong seed)
    {
        _seed = seed;
        _dice = new Dice(seed);
        _nodes = _dice.Between(3, 6);
        _hasTeam = _dice.Percent(35);
        _hasTraffic = _dice.Percent(45);
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

        if (view.Find(new ObjectKey(ResourceKind.Namespace, "", Team)) is { Metadata.IsDeleting: true } team) return $"{team.Key} has not gone";
        int running = 0, alive = 0;
        for (int n = 0; n < run.Fleet.Count; n++) running += run.Agents!.StateOf(new NodeIndex(n)).PodCount;
        foreach (Pod pod in view.All(ResourceKind.Pod).Cast<Pod>()) alive += pod.HasEnded ? 0 : 1;
        return running == alive ? null : $"{running} pods on nodes, {alive} in the store";
    }

    private OrchestratedRun Build()
    {
        ImageCatalog images = new ImageCatalog().Add("app", Behavior())
            .Add("job", new ImageBehavior { RunSeconds = new ConstantDistribution(_dice.Between(1, 60)), ExitCode = _dice.Percent(20) ? 1 : 0 })
            .Add("prepare", new ImageBehavior { RunSeconds = new ConstantDistribution(2) })
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
        if (_hasTeam) AddTeam();
        for (int i = 0, count = _dice.Between(2, 4); i < count; i++) AddWorkload($"w{i}");
        for (int i = 0, count = _dice.Between(3, 10); i < count; i++) AddTrouble(_dice.Between(10, (int)Trouble - 50), i);
        Heal();
        _builder.With(o => o with { Traffic = [.. _traffic], Network = o.Network with { CurveStep = TimeSpan.FromSeconds(60) } });
        return _builder.BuildWithAgents(new AgentOptions
        {
            Images = images,
            WatchDelay = TimeSpan.FromMilliseconds(_dice.Of(0, 0, 100)),
            RelistPeriod = TimeSpan.FromSeconds(_dice.Of(0, 1)),
            StatusLimits = _dice.Percent(20) ? new ClientLimits(2, 4) : new ClientLimits(50, 100),
        });
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
