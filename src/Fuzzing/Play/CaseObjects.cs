using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>The objects of a case: what its workloads are in Kubernetes' words, and how their images behave.</summary>
internal static class CaseObjects
{
    private const string Zone = "topology.kubernetes.io/zone", Host = "kubernetes.io/hostname", Disk = "disk";

    /// <summary>What is there before workloads are.</summary>
    public static KubeObject[] Beginning(FuzzCase item) => item.Workloads.Any(workload => workload.HasVolume)
        ? [new StorageClass { Metadata = new ObjectMeta { Name = Disk }, Provisioner = "csi.fuzz", IsDefault = true, WaitsForFirstConsumer = true }]
        : [];

    /// <summary>A node.</summary>
    public static NodeSpec Node(FuzzNode node) => new()
    {
        Name = node.Name,
        CpuMilli = node.CpuMilli,
        MemoryBytes = (long)node.MemoryMi << 20,
        Zone = node.Zone,
        Pods = node.Pods,
        GpuCount = node.Gpus,
        Labels = node.Tier.Length > 0 ? [new Label("tier", node.Tier)] : [],
        Taints = node.IsDedicated ? [new Taint("dedicated", "", TaintEffect.PreferNoSchedule)] : [],
    };

    /// <summary>A workload with its budget and its service, in the order in which they are applied.</summary>
    public static IReadOnlyList<KubeObject> Of(FuzzWorkload workload)
    {
        List<KubeObject> objects = [];
        if (workload.BudgetUnavailable is { } lets) objects.Add(new PodDisruptionBudget { Metadata = Meta(workload.Name), Selector = Own(workload), MaxUnavailable = IntOrPercent.Of(lets) });
        if (workload.HasService) objects.Add(new Service { Metadata = Meta(workload.Name), Selector = Own(workload), Ports = [new ServicePort("", 80, 8080, "", 0, "TCP")] });
        objects.Add(Controller(workload, isSuspended: false));
        if (workload.AutoscalesTo > 0)
        {
            objects.Add(new HorizontalPodAutoscaler
            {
                Metadata = Meta(workload.Name),
                TargetName = workload.Name,
                MinReplicas = 1,
                MaxReplicas = workload.AutoscalesTo,
                Metrics = [new AutoscalingTarget(AutoscalingMetric.Cpu, true, 50)],
            });
        }

        return objects;
    }

    /// <summary>How the images of a workload behave: <c>NAME:v1</c> and others are good, <c>NAME:bad</c> crashes.</summary>
    public static void AddImages(ImageCatalog images, FuzzWorkload workload)
    {
        var good = new ImageBehavior
        {
            StartSeconds = Spread.Constant(workload.StartSeconds),
            StopSeconds = Spread.Constant(workload.StopSeconds),
            RunSeconds = workload.Kind is FuzzWorkloadKind.Job or FuzzWorkloadKind.CronJob ? Spread.Constant(workload.RunSeconds) : null,
            ExitCode = workload.Fails ? 1 : 0,
        };
        images.Add(workload.Name, good).Add($"{workload.Name}:bad", good with { CrashAfterSeconds = Spread.Constant(3) });
    }

    /// <summary>The requests to its service; null without.</summary>
    public static TrafficSpec? Traffic(FuzzWorkload workload) => !workload.HasService || workload.RequestsPerSecond == 0 ? null : new TrafficSpec
    {
        Service = workload.Name,
        Observers = 3,
        Retries = workload.Retries,
        FluidAbove = workload.IsFluid ? 0.5 : 0,
        Rates =
        [
            new RateFrom(TimeSpan.Zero, 0), new RateFrom(TimeSpan.FromSeconds(workload.RequestsFromSeconds), workload.RequestsPerSecond),
            new RateFrom(TimeSpan.FromSeconds(workload.RequestsFromSeconds + workload.RequestsForSeconds), 0),
        ],
    };

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };

    private static LabelSelector Own(FuzzWorkload workload) => LabelSelector.Of([new Label("app", workload.Name)]);

    /// <summary>What makes its pods.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="isSuspended">Of a CronJob: whether it starts nothing any more.</param>
    public static KubeObject Controller(FuzzWorkload workload, bool isSuspended) => workload.Kind switch
    {
        FuzzWorkloadKind.StatefulSet => new StatefulSet
        {
            Metadata = Meta(workload.Name),
            Replicas = workload.Replicas,
            Selector = Own(workload),
            Template = Template(workload),
            IsParallel = workload.Parallelism > 1,
            ClaimTemplates = workload.HasVolume ? [new ClaimTemplate("data", null, 1 << 20, ["ReadWriteOnce"])] : [],
        },
        FuzzWorkloadKind.DaemonSet => new DaemonSet { Metadata = Meta(workload.Name), Selector = Own(workload), Template = Template(workload) },
        FuzzWorkloadKind.Job => Job(workload),
        FuzzWorkloadKind.CronJob => new CronJob { Metadata = Meta(workload.Name), Schedule = "*/2 * * * *", IsSuspended = isSuspended, JobTemplate = Job(workload), ConcurrencyPolicy = (ConcurrencyPolicy)((workload.Parallelism - 1) % 3) },
        FuzzWorkloadKind.ReplicaSet => new ReplicaSet { Metadata = Meta(workload.Name), Replicas = workload.Replicas, Selector = Own(workload), Template = Template(workload) },
        _ => new Deployment
        {
            Metadata = Meta(workload.Name),
            Replicas = workload.Replicas,
            Selector = Own(workload),
            Template = Template(workload),
            Strategy = new DeploymentStrategy(workload.Recreates, IntOrPercent.Percent(workload.UnavailablePercent), IntOrPercent.Of(1)),
        },
    };

    private static Job Job(FuzzWorkload workload) => new()
    {
        Metadata = Meta(workload.Name),
        Completions = Math.Max(1, workload.Replicas),
        Parallelism = workload.Parallelism,
        BackoffLimit = workload.BackoffLimit,
        Selector = Own(workload),
        Template = Template(workload),
    };

    /// <summary>The template of its pods.</summary>
    public static PodTemplate Template(FuzzWorkload workload)
    {
        var spec = new PodSpec
        {
            Priority = workload.Priority,
            TerminationGrace = TimeSpan.FromSeconds(workload.GraceSeconds),
            RestartPolicy = workload.Kind is FuzzWorkloadKind.Job or FuzzWorkloadKind.CronJob ? RestartPolicy.Never : RestartPolicy.Always,
            GpuCount = workload.Gpus,
            GpuMilliPerDevice = workload.Gpus > 0 ? PodSpec.WholeGpuMilli : 0,
            Containers =
            [
                new Container
                {
                    Name = "main",
                    Image = $"{workload.Name}:v1",
                    CpuMilli = workload.CpuMilli,
                    MemoryBytes = (long)workload.MemoryMi << 20,
                    Readiness = Probe(workload.ReadinessSeconds),
                    Liveness = Probe(workload.LivenessSeconds) is { } liveness ? liveness with { InitialDelay = TimeSpan.FromSeconds(20) } : null,
                },
            ],
        };
        return new PodTemplate { Labels = [new Label("app", workload.Name)], Spec = PodRequests.OfContainers(WithRule(spec, workload)) };
    }

    private static Probe? Probe(int seconds) => seconds == 0 ? null : new Probe { Period = TimeSpan.FromSeconds(seconds) };

    private static PodSpec WithRule(PodSpec spec, FuzzWorkload workload) => workload.Rule switch
    {
        FuzzRule.OnePerNode => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(Own(workload), default, null, Host)] } },
        FuzzRule.HostPort => spec with { HostPorts = [new HostPort(8080, "TCP", "")] },
        FuzzRule.EvenOverZones => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = Zone, Selector = Own(workload) }] },
        FuzzRule.EvenOverNodes => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = Host, Selector = Own(workload), IsHard = false }] },
        FuzzRule.NearOthers => spec with { Affinity = new Affinity { PreferredPods = [new WeightedPodAffinityTerm(50, new PodAffinityTerm(Own(workload), default, null, Zone))] } },
        FuzzRule.PrefersTier => spec with
        {
            Affinity = new Affinity { PreferredNodes = [new PreferredNodeTerm(10, new NodeSelectorTerm([new LabelRequirement("tier", SelectorOperator.In, ["fast"])], default))] },
        },
        _ => spec,
    };
}
