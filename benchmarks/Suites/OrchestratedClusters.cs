using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Benchmarks.Suites;

/// <summary>Clusters of the orchestration core with the node agents of the simulation, and what is asked of them at the end.</summary>
internal static class OrchestratedClusters
{
    /// <summary>Equal nodes of 16 CPU and 64 GiB in three zones; images are pulled, and processes take 1 to 5 seconds to start and 0 to 10 to be ready.</summary>
    public static OrchestratedRun Build(int nodes, IReadOnlyList<RunStep> steps, TimeSpan? until = null, params TrafficSpec[] traffic)
    {
        var behavior = new ImageBehavior { StartSeconds = new UniformDistribution(1, 5), ReadySeconds = new UniformDistribution(0, 10), Concurrency = 40 };
        return new OrchestratedRun(
            new OrchestratedRunOptions
            {
                Fleet = new FleetLayout([.. Enumerable.Range(0, nodes).Select(Node)]),
                Strategy = StrategyCatalog.BuiltIn().Find("least-allocated")!.Build(),
                Seed = 1,
                Steps = steps,
                Traffic = traffic,
                Agents = new AgentOptions { Images = new ImageCatalog { Default = behavior } },
                Until = until ?? steps[^1].At - TimeSpan.FromTicks(1),
            },
            new VirtualClock());
    }

    /// <summary>A Deployment of one container with a readiness probe.</summary>
    public static Deployment Deployment(string name, int replicas, string image)
    {
        var container = new Container { Name = "main", Image = image, CpuMilli = 100, MemoryBytes = 64L << 20, Readiness = new Probe() };
        return new Deployment
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Replicas = replicas,
            Selector = LabelSelector.Of([new Label("app", name)]),
            Template = new PodTemplate { Labels = [new Label("app", name)], Spec = PodRequests.OfContainers(new PodSpec { Containers = [container] }) },
        };
    }

    /// <summary>Checks that the cluster has this many pods, all ready and of images that begin like this.</summary>
    public static void Expect(OrchestratedRun run, int pods, string image)
    {
        IReadOnlyList<KubeObject> all = run.Store.View.All(ResourceKind.Pod);
        int ready = all.Count(item => item is Pod { Status.IsReady: true } pod && pod.Spec.Containers[0].Image.StartsWith(image, StringComparison.Ordinal));
        if (ready != pods || all.Count != pods) throw new InvalidOperationException($"At {run.Loop.Now} {ready} of {all.Count} pods are ready with the image; expected {pods}.");
    }

    private static NodeSpec Node(int n) => new() { Name = $"node-{n:D5}", CpuMilli = 16_000, MemoryBytes = 64L << 30, Zone = $"zone-{(char)('a' + (n % 3))}" };
}
