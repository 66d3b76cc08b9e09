using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <summary>A random cluster of a seed: services with all kinds of containers and probes, jobs, late watches, slow clients, and fifty random faults and changes; then
/// everything is healed and has to be as it is wanted.</summary>
public sealed class NodeWorld
{
    private const int Nodes = 12;
    private const long Gib = 1L << 30;
    private readonly ulong _seed;
    private readonly Draw _draw;
    private ulong _drawn;

    private NodeWorld(ulong seed)
    {
        _seed = seed;
        _draw = Draw.Stream(seed, "tests/node-world");
    }

    /// <summary>Runs the world of a seed under the judges.</summary>
    /// <returns>What is wrong at the end, or null.</returns>
    public static string? Check(ulong seed) => new NodeWorld(seed).Run();

    private string? Run()
    {
        ImageCatalog images = new ImageCatalog().Add("web", Behavior()).Add("api", Behavior()).Add("proxy", Behavior())
            .Add("init", new ImageBehavior { RunSeconds = new ConstantDistribution(10 * Uniform()) })
            .Add("job", new ImageBehavior { RunSeconds = new ConstantDistribution(400 * Uniform()), ExitCode = Below(2) });
        PodTemplate web = Template("web"), api = Template("api");
        OrchestrationBuilder builder = Fleet(Nodes).With(o => o with
        {
            Seed = _seed,
            Fleet = new FleetLayout([.. o.Fleet.Nodes.ToArray().Select(node => node with { EphemeralStorageBytes = (8 + Below(30)) * Gib })]),
            Until = TimeSpan.FromSeconds(6000),
            SchedulerDelay = TimeSpan.FromMilliseconds(200 * Below(2)),
            ControllerDelay = TimeSpan.FromMilliseconds(300 * Below(2)),
            ControllerLimits = Below(2) == 0 ? ClientLimits.ControllerManager : ClientLimits.None,
        }).Apply(ReplicaSet("web", 12, web), ReplicaSet("api", 9, api));
        for (int i = 0; i < 6; i++) builder.Apply(Below(500), Job($"job-{i}"));
        for (int i = 0; i < 50; i++) AddFault(builder, web);
        builder.Do(2600, run =>
        {
            for (int n = 0; n < Nodes; n++) run.Health!.Recover(n);
            run.Runtime!.IsRegistryDown = false;
        });
        OrchestratedRun run = builder.BuildWithAgents(new AgentOptions
        {
            Images = images,
            WatchDelay = TimeSpan.FromMilliseconds(100 * Below(2)),
            RelistPeriod = TimeSpan.FromSeconds(Below(3) == 0 ? 0 : 1),
            StatusLimits = Below(3) == 0 ? new ClientLimits(1, 2) : new ClientLimits(50, 100),
            TurnsUnreadyOnDeletion = Below(2) == 0,
        });
        NodeInvariants.Attach(run, 16);
        run.Run();
        return Judge(run, images);
    }

    private void AddFault(OrchestrationBuilder builder, PodTemplate web)
    {
        int node = Below(Nodes), size = Below(20), what = Below(9);
        var trouble = (NodeTrouble)Below(32);
        builder.Do(10 + (2500 * Uniform()), run =>
        {
            switch (what)
            {
                case 0: run.Health!.Crash(node); break;
                case 1: run.Health!.CutOff(node); break;
                case 2: run.Health!.Hang(node); break;
                case 3: run.Health!.Set(node, trouble); break;
                case 4 or 5: run.Health!.Recover(node); break;
                case 6: ApplyStep.Apply(run.Store, ReplicaSet("web", size, web)); break;
                case 7: run.Runtime!.IsRegistryDown = !run.Runtime.IsRegistryDown; break;
                default:
                    if (Pods(run).Count > 0) run.Store.Delete(Pods(run)[0].Key, new DeleteOptions(Grace: TimeSpan.FromSeconds(size)));
                    break;
            }
        });
    }

    private static string? Judge(OrchestratedRun run, ImageCatalog images)
    {
        IReadOnlyList<Pod> pods = Pods(run);
        bool isSteady = pods.All(pod => pod.Spec.Containers.Concat(pod.Spec.InitContainers).All(c =>
            c.Liveness is null && c.Startup is null && images.Find(c.Image) is { CrashAfterSeconds: null, MemoryBytes: 0, LeakedBytesPerSecond: 0, Disk.IsAny: false }));
        foreach (ReplicaSet set in run.Store.View.All(ResourceKind.ReplicaSet).Cast<ReplicaSet>())
        {
            Pod[] own = [.. pods.Where(pod => pod.IsActive && pod.Metadata.Controller?.Uid == set.Uid)];
            if (own.Length != set.Replicas) return $"{set.Name}: {own.Length} pods of {set.Replicas}";
            if (isSteady && own.Any(pod => !pod.Status.IsReady)) return $"{set.Name}: {own.Count(pod => !pod.Status.IsReady)} of {set.Replicas} not ready";
        }

        int running = Enumerable.Range(0, Nodes).Sum(n => run.Agents!.StateOf(new NodeIndex(n)).PodCount), alive = pods.Count(pod => !pod.HasEnded && pod.Node.IsNode);
        if (running != alive) return $"{running} pods on nodes, {alive} in the store";
        if (pods.Any(pod => pod.Metadata.DeletionAt < TimeSpan.FromSeconds(5800))) return "a pod that stays terminating";
        return pods.FirstOrDefault(pod => pod.Metadata.Owners.Count == 0 && !pod.HasEnded) is { } job ? $"{job.Name} has not ended" : null;
    }

    private ImageBehavior Behavior() => new()
    {
        StartSeconds = new ConstantDistribution(20 * Uniform()),
        ReadySeconds = new ConstantDistribution(Below(2) == 0 ? 0 : 30 * Uniform()),
        StopSeconds = new ConstantDistribution(Uniform() * (Below(3) == 0 ? 60 : 2)),
        ServesWhileStopping = Below(2) == 0,
        CrashAfterSeconds = Below(6) == 0 ? new ConstantDistribution(900 * Uniform()) : null,
        MemoryBytes = (long)Below(3) << 30,
        LeakedBytesPerSecond = Below(5) == 0 ? 1 << 22 : 0,
        Disk = Below(3) == 0 ? new DiskUsage(Below(3) * Gib, Below(4) * 1e6, Below(2) * 1e5, Below(2) * Gib, Below(2) * 1e6) : default,
        Layers = [new ImageLayer("base", Gib), new ImageLayer($"own-{Below(100)}", Below(3) * Gib)],
    };

    private Probe Probe(int failures) => new()
    {
        Period = TimeSpan.FromSeconds(1 + Below(15)),
        InitialDelay = TimeSpan.FromSeconds(Below(20)),
        Timeout = TimeSpan.FromSeconds(1 + Below(4)),
        FailureThreshold = failures,
    };

    private Container Container(string name, string image) => new()
    {
        Name = name,
        Image = image,
        CpuMilli = 100,
        MemoryBytes = (long)Below(2) << 28,
        MemoryBytesLimit = Below(4) == 0 ? 3L << 30 : null,
        Readiness = Below(2) == 0 ? Probe(1 + Below(5)) : null,
        Liveness = Below(3) == 0 ? Probe(3 + Below(4)) : null,
        Startup = Below(4) == 0 ? Probe(40) : null,
        EphemeralStorageBytesLimit = Below(6) == 0 ? 4 * Gib : null,
        Mounts = Below(3) == 0 ? [new VolumeMount("tmp", "/tmp", false)] : default,
        PreStopSleep = Below(4) == 0 ? TimeSpan.FromSeconds(Below(40)) : null,
    };

    private PodTemplate Template(string app) => new()
    {
        Labels = [new Label("app", app)],
        Spec = PodRequests.OfContainers(new PodSpec
        {
            Containers = Below(3) == 0 ? [Container("main", app), Container("side", "api")] : [Container("main", app)],
            InitContainers = Below(3) == 0 ? [Container("proxy", "proxy") with { IsSidecar = true }, new Container { Name = "init", Image = "init" }] : [],
            Tolerations = Tolerations(),
            Volumes = [new Volume("tmp", VolumeKind.EmptyDir, "", false, Below(3) == 0 ? 2 * Gib : null)],
            TerminationGrace = TimeSpan.FromSeconds(Below(40)),
        }),
    };

    private Pod Job(string name) => new()
    {
        Metadata = Meta(name),
        Spec = PodRequests.OfContainers(new PodSpec
        {
            Containers = [Container("main", "job")],
            RestartPolicy = (RestartPolicy)Below(3),
            Tolerations = Tolerations(),
            ActiveDeadline = TimeSpan.FromSeconds(100 + Below(1000)),
        }),
    };

    private ValueList<Toleration> Tolerations() =>
    [
        new Toleration(NodeTaints.NotReady, true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(Below(300))),
        new Toleration(NodeTaints.Unreachable, true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(Below(300))),
    ];

    private int Below(int bound) => (int)_draw.Below(0, _drawn++, (ulong)bound);

    private double Uniform() => _draw.Uniform(1, _drawn++);
}
