using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Files;

public sealed class ExperimentFuzzTests : IDisposable
{
    private const string Full = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: full }
        spec:
          epoch: 2025-06-01T12:00:00+02:00
          seeds: [1, 0, 7]
          fleets:
            - name: recorded
              nodes: { format: openb, path: nodes.csv, order: shuffled, strict: true, subset: { fraction: 0.5 } }
            - name: made
              pools: [{ name: small, count: 11, cpu: "16", memory: 64Gi, pods: 20, gpus: 2, gpuModel: A10, zone: a, labels: { tier: b }, extended: { a.b/c: 4 } }]
          workloads:
            - name: saturated
              trace: { format: swf, path: pods.csv, memoryUnit: bytes }
              replay: { mode: saturate, order: shuffled, until: { resource: gpu, ofCapacity: 1.30 } }
            - name: timed
              trace: { format: openb, path: pods.csv }
              replay: { mode: timed, from: 1h, to: 7d, compress: 2, shake: 0.1, startLatency: 500ms, cacheDelay: 1s, bindLatency: 20ms }
          strategies: [random, { name: fgd, tieBreak: uniform, label: F }, { name: swarm-spread, options: { window: 90s, maxFailures: 3 } }]
          baseline: F
          record: { timeline: { nodes: 40 } }
          report: { metrics: [gpu_allocated_percent], figures: [curves] }
          expected: { path: published.csv, source: x, fleet: made, x: { column: a, metric: gpu_arrived_percent }, metrics: { a: wait_seconds_max }, strategies: { R: random } }
          expect: [{ metric: wait_seconds_max, strategy: F, at: 1, atLeast: 90 }]

        """;

    private const string Busy = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: busy }
        spec:
          seeds: [1]
          fleets:
            - { name: made, pools: [{ name: base, count: 11, cpu: 4, memory: 8Gi, zone: a }, { name: burst, count: 2, cpu: 4, memory: 8Gi }] }
          workloads:
            - name: busy
              cluster: &c
                manifests: shop.yaml
                until: 10m
                warmup: 20s
                images: { shop/web: { start: 2s, ready: { distribution: uniform, min: 1, max: 2 } } }
                traffic: [{ service: web, namespace: shop, host: web.example, rates: [{ from: 0s, rate: 5 }, { from: 1m, rate: 9 }] }]
              nodeGroups: [{ pool: burst, min: 0, max: 5, initial: 1, boot: 45s }]
              update: { at: 1m, method: canaryByWeight, tag: v2, deployments: [web], steps: [10, 100], hold: 10s }
              steps:
                - { at: 2m, scale: { kind: Deployment, name: shop/web, replicas: 4 } }
                - { at: 2m, drain: { nodes: [base-03, burst-0004], gracePeriod: 1s, force: true } }
                - { at: 3m, abortRelease: { deployment: web } }
                - { at: 3m, powerOff: { selector: "topology.kubernetes.io/zone in (a,b),!gone" } }
                - { at: 4m, setImage: { deployment: jobs, container: jobs, image: "shop/jobs:v3" } }
                - { at: 5m, rollback: { deployment: jobs, revision: 1 } }
                - { at: 6m, delete: { kind: Service, name: web, cascade: orphan } }
                - { at: 7m, apply: { manifests: shop.yaml } }
              settings:
                registry: { latency: { distribution: uniform, min: 0, max: 1 } }
                admission: { defaultNotReadyToleration: none }
                apiServer: { serviceClusterIPRange: 10.0.0.0/8, firstNodePort: 30001 }
                clusterAutoscaler: { expander: random }
            - name: swarm
              orchestrator: swarm
              cluster: { manifests: services.yaml, until: 5m }
              update: { at: 1m, method: rollingUpdate, tag: v2 }
              settings: { swarm: { restartPolicy: { condition: any, delay: 1s }, updateConfig: { order: start-first, maxFailureRatio: 0.5 } } }
          strategies: [random]

        """;

    private static readonly string[] Pieces =
    [
        "", "~", "no", "-1", "0", "1:30", "1e999", "NaN", "18446744073709551616", "[]", "{}", "[", "}", "\"\"", "'", ":", ": ", "- ", "\n", "\n  ", "\t", "#", "&a ", "*a", "<<: ", "!!int ",
        "fgd", "random", "x", "🙂", "../../x", "9223372036854775808Mi", "99999999d", "\0", "| ", ", ",
    ];

    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_damaged_experiment_is_planned_or_rejected_with_problems_and_nothing_else() => Damage(Full, times: 1000);

    [Fact]
    public void A_damaged_experiment_with_clusters_is_planned_or_rejected_with_problems_and_nothing_else()
    {
        _files.WithManifests().Write("services.yaml", ClusterExperiments.Services);
        Damage(Busy, times: 400);
    }

    private void Damage(string whole, int times)
    {
        _files.Parse(whole);
        Gen<(int At, int Length, string Piece)> edit =
            from at in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 12)
            from piece in Gen.Elements(Pieces)
            select (at, length, piece);
        Prop.ForAll(edit.ListOf().ToArbitrary(), edits =>
        {
            string text = whole;
            foreach ((int at, int length, string piece) in edits.Take(4))
            {
                int start = Math.Min(at, text.Length);
                text = string.Concat(text.AsSpan(0, start), piece, text.AsSpan(Math.Min(start + length, text.Length)));
            }

            try
            {
                return ExperimentPlan.Create(_files.Parse(text), new PlanOverrides(), "SchedBench test").Cells.Count > 0;
            }
            catch (InputException exception)
            {
                return exception.Problems.Count > 0 && exception.Problems.All(problem => problem.Expected.Contains("expected", StringComparison.Ordinal));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(1905UL, 7UL));
    }
}
