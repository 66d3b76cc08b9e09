using System.Diagnostics;
using SchedBench.Core.Randomness;
using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>A sweep of services under faults that is killed at drawn instants, again and again, and goes on each time. <c>tools/killed-sweeps.sh</c> does as many kills as one likes.</summary>
[Collection(SweepCollection.Name)]
public sealed class KilledSweepTests : IDisposable
{
    private const int Kills = 10;

    private const string Services = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 40
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: web, image: "shop/web:v1", resources: { requests: { cpu: 500m, memory: 256Mi } } }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec: { selector: { app: web }, ports: [{ port: 80 }] }
        """;

    private const string Sweep = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: killed }
        spec:
          seeds: { first: 1, count: 2 }
          fleets: [{ name: ten, pools: [{ name: node, count: 10, cpu: 4, memory: 8Gi }] }]
          workloads: [{ name: shop, cluster: { manifests: services.yaml, until: 20m, traffic: [{ service: web, rate: 10 }] } }]
          faults:
            - { name: crashes, heal: 12m, faults: [{ model: renewal, timeToFailure: { distribution: exponential, mean: 1800 }, timeToRepair: 2m }] }
          strategies: [random, kube-scheduler]
        """;

    private readonly TinyExperiment _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ten_kills_at_drawn_instants_lose_nothing_and_change_nothing()
    {
        _folder.Write("services.yaml", Services);
        string file = _folder.Write("killed.yaml", Sweep), whole = _folder.Path("whole"), folder = _folder.Path("killed-0");
        var watch = Stopwatch.StartNew();
        using (var run = ProgramRun.ToTheEnd("run", file, "--out", whole, "--jobs", "2")) run.Ok();
        double length = watch.Elapsed.TotalMilliseconds;
        var instants = Draw.Stream(1, "kills");
        int kills = 0;
        // A sweep that ends before it is killed has to be whole already; the next one begins in another folder.
        for (int attempt = 0; kills < Kills; attempt++)
        {
            Assert.True(attempt < 10 * Kills, $"{kills} kills in {attempt} attempts");
            using var run = ProgramRun.Start("run", file, "--out", folder, "--jobs", "2");
            run.Wait(TimeSpan.FromMilliseconds(instants.Uniform((ulong)attempt, 0) * length));
            if (run.HasEnded)
            {
                run.Ok();
                Assert.Empty(ResultsSnapshot.Differences(whole, folder));
                folder = _folder.Path($"killed-{attempt + 1}");
                continue;
            }

            run.Kill();
            kills++;
        }

        using var rest = ProgramRun.ToTheEnd("run", file, "--out", folder, "--jobs", "2");
        rest.Ok();
        Assert.Empty(ResultsSnapshot.Differences(whole, folder));
    }
}
