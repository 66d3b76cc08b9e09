using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Workloads.Tests.Manifests;

public sealed class ManifestFuzzTests
{
    private const string Seed = Manifest.Web + """

        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web, namespace: default }
        spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: http, nodePort: 30080 }] }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: s }
        data: { a: AQI= }
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: c }
        spec: { schedule: "*/5 * * * *", jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: a, resources: { limits: { cpu: 100m } } }] } } } } }
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: h }
        spec: { maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: web }, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: peers }
        spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 1, endPort: 9 }] }] }
        """;

    private static readonly string[] Pieces =
    [
        "", " ", "\n", "\t", ":", "- ", "[", "]", "{", "}", "\"", "'", "#", "0", "-1", "99999999999999999999", "1e999", "150%", "null", "~", "yes", "1:30", "0x1F", "x", "é", "metadata: ", "spec: ", "name: ",
        "kind: List\n", "items: ", "<<: ", "&a ", "*a", "[]", "{}", "*/0", "65536", "A", "...", "---\n", "!!str ",
    ];

    [Fact]
    public void The_seed_is_read() => Assert.Equal(6, Manifest.Read(Seed).Objects.Count);

    [Fact]
    public void A_mutated_manifest_is_read_or_refused_with_places_and_nothing_else_happens()
    {
        Gen<(int At, int Cut, string Piece)> edits = Gen.Choose(0, Seed.Length - 1).SelectMany(at => Gen.Choose(0, 12).SelectMany(cut => Gen.Elements(Pieces).Select(piece => (at, cut, piece))));
        Prop.ForAll(edits.NonEmptyListOf().ToArbitrary(), list =>
        {
            string text = Seed;
            foreach ((int at, int cut, string piece) in list.Take(4))
            {
                int start = Math.Min(at, text.Length);
                text = string.Concat(text.AsSpan(0, start), piece, text.AsSpan(Math.Min(start + cut, text.Length)));
            }

            try
            {
                return ManifestReader.Parse(text, "f.yaml").Objects.All(read => read.Document is not null && read.Name.Length > 0);
            }
            catch (InputException exception)
            {
                return exception.Problems.Count > 0 && exception.Problems.All(problem => problem.File == "f.yaml" && problem.Expected.Length > 0);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithReplay(1905UL, 7UL));
    }
}
