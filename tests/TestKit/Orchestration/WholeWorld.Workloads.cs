using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.TestKit;

/// <content>What runs in it.</content>
public sealed partial class WholeWorld
{
    private readonly List<KubeObject[]> _workloads = [];
    private string _namespace = "default";

    /// <summary>Applies objects in the namespace of the workload; they may be refused, by a quota or because the namespace is gone.</summary>
    private void Apply(double at, params KubeObject[] objects)
    {
        KubeObject[] placed = [.. objects.Select(item => item.Metadata.Namespace.Length == 0 ? item : item with { Metadata = item.Metadata with { Namespace = _namespace } })];
        Try(at, new ApplyStep(default, placed));
        bool isWorkload = placed[^1].Kind is ResourceKind.Deployment or ResourceKind.ReplicaSet or ResourceKind.StatefulSet or ResourceKind.DaemonSet or ResourceKind.Job;
        if (isWorkload && at < Trouble) _workloads.Add(placed);
    }

    /// <summary>A namespace that is deleted with all it holds, and in some worlds made again.</summary>
    private void AddTeam()
    {
        var team = new Namespace { Metadata = new ObjectMeta { Name = Team } };
        _builder.Apply(team);
        if (_dice.Percent(40)) return;
        double gone = _dice.Between(80, 450);
        Try(gone, new DeleteStep(default, ResourceKind.Namespace, Team, _dice.Of(Propagation.Background, Propagation.Foreground), ""));
        if (_dice.Percent(50)) Try(gone + _dice.Between(5, 120), new ApplyStep(default, [team]));
    }

    /// <summary>A service of the workload's pods and, in some worlds, requests to it.</summary>
    private void AddService(string name, double at)
    {
        Apply(at, Service(name) with { PublishesNotReady = _dice.Percent(10) });
        if (!_hasTraffic) return;
        // Requests come while something happens; afterwards nobody calls any more.
        double from = _dice.Between(60, 400);
        _traffic.Add(new TrafficSpec
        {
            Service = name,
            Namespace = _namespace,
            Observers = _dice.Between(1, 5),
            Retries = _dice.Between(0, 2),
            Arrivals = _dice.Of(ArrivalProcess.Poisson, ArrivalProcess.Constant),
            RequestsPerConnection = _dice.Of(1, 1, 10),
            FluidAbove = _dice.Of(0, 0, 5),
            Timeout = TimeSpan.FromMilliseconds(_dice.Between(50, 2000)),
            Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(TimeSpan.FromSeconds(from), _dice.Of(1.0, 3, 10)), new RateFrom(TimeSpan.FromSeconds(from + _dice.Between(10, 200)), 0)],
        });
        if (_dice.Percent(20)) Try(_dice.Between(100, 500), new DeleteStep(default, ResourceKind.Service, name, Namespace: _namespace));
    }

    private void AddWorkload(string name)
    {
        _namespace = _hasTeam && _dice.Percent(50) ? Team : "default";
        PodTemplate template = Template(name, Rules(name, out bool isOnePerNode));
        int most = isOnePerNode ? _nodes - 1 : 6, replicas = _dice.Between(1, most), later = _dice.Between(0, most);
        double at = _dice.Between(1, 60), change = _dice.Between(100, 500);
        if (_dice.Percent(45)) Apply(at, Budget(name));
        if (_dice.Percent(50)) AddService(name, at);
        if (_dice.Percent(25))
        {
            AddManifests(name, at, change, most);
            return;
        }

        switch (_dice.Between(0, 6))
        {
            case 0 or 1:
                _deployments.Add((_namespace, name));
                IntOrPercent unavailable = _dice.Percent(50) ? IntOrPercent.Percent(25) : IntOrPercent.Of(_dice.Between(0, 1));
                Deployment web = Deployment(name, replicas, template) with { Strategy = new DeploymentStrategy(_dice.Percent(20), unavailable, IntOrPercent.Of(1)), ProgressDeadline = TimeSpan.FromSeconds(_dice.Between(60, 600)) };
                Apply(at, web);
                if (_dice.Percent(70)) Try(change, new ScaleStep(default, ResourceKind.Deployment, name, later, _namespace));
                else Apply(change, new HorizontalPodAutoscaler { Metadata = Meta(name), TargetName = name, MinReplicas = 1, MaxReplicas = most, Metrics = [new AutoscalingTarget(AutoscalingMetric.Cpu, true, _dice.Between(20, 90))] });
                break;
            case 2:
                Apply(at, ReplicaSet(name, replicas, template));
                Apply(change, ReplicaSet(name, later, template));
                break;
            case 3:
                StatefulSet set = Some.StatefulSet(name, replicas) with { Template = template, IsParallel = _dice.Percent(30), ClaimTemplates = _dice.Percent(60) ? [new ClaimTemplate("data", null, 10, ["ReadWriteOnce"])] : [] };
                if (set.ClaimTemplates.Count > 0) set = set with { Template = Template(name, OrchestrationBuilder.Template(name).Spec) };
                Apply(at, set);
                Apply(change, set with { Replicas = later });
                break;
            case 4:
                DaemonSet daemon = Some.DaemonSet(name) with { Template = Template(name, OrchestrationBuilder.Template(name).Spec) };
                Apply(at, daemon);
                if (_dice.Percent(50)) Apply(change, daemon with { Template = Template(name, OrchestrationBuilder.Template(name, image: "app:v2").Spec) });
                break;
            case 5:
                var cron = new CronJob { Metadata = Meta(name), Schedule = "*/2 * * * *", JobTemplate = Runs(Some.Job(name)) with { BackoffLimit = 1 }, ConcurrencyPolicy = _dice.Of(ConcurrencyPolicy.Allow, ConcurrencyPolicy.Forbid, ConcurrencyPolicy.Replace) };
                Apply(at, cron);
                Apply(Trouble, cron with { IsSuspended = true });
                break;
            default:
                Job job = Some.Job(name, _dice.Between(1, 5), _dice.Between(1, 3)) with { BackoffLimit = _dice.Between(0, 3), IsIndexed = _dice.Percent(50) };
                Apply(at, Runs(job));
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
}
