namespace SchedBench.Experiments.Tests;

/// <summary>A small workload of Kubernetes objects: two services in a namespace, an Ingress in front of one of them.</summary>
public static class ClusterExperiments
{
    public const string Manifests = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: shop }
        spec:
          replicas: 2
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              initContainers: [{ name: setup, image: shop/setup:v1 }]
              containers: [{ name: web, image: shop/web:v1, resources: { requests: { cpu: 100m } } }]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: jobs, namespace: shop }
        spec:
          selector: { matchLabels: { app: jobs } }
          strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
          template:
            metadata: { labels: { app: jobs } }
            spec: { containers: [{ name: jobs, image: shop/jobs:v1 }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web, namespace: shop }
        spec: { selector: { app: web }, ports: [{ port: 80 }] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: front, namespace: shop }
        spec: { rules: [{ host: web.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: key, namespace: shop }
        stringData: { password: hunter2-hunter2 }
        ---
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
        """;

    /// <summary>Two services without anything that only Kubernetes has.</summary>
    public const string Services = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          replicas: 3
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: web, image: "shop/web:v1", resources: { requests: { cpu: 100m, memory: 64Mi } } }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web }
        spec: { selector: { app: web }, ports: [{ port: 80 }] }
        """;

    public const string Cluster = "manifests: shop.yaml, until: 5m";

    public const string Stream = "{ service: web, namespace: shop, rate: 5 }";

    /// <summary>The experiment with one workload.</summary>
    /// <param name="cluster">Inside of the section <c>cluster</c>.</param>
    /// <param name="update">Inside of the section <c>update</c>; null leaves it out.</param>
    public static string Text(string cluster = Cluster, string? update = null) => TestExperiments.SmallWith(
        "      trace: { format: openb, path: pods.csv }\n      replay: { mode: saturate }\n",
        $"      cluster: {{ {cluster} }}\n{(update is null ? "" : $"      update: {{ {update} }}\n")}");

    /// <summary>Writes the manifests.</summary>
    public static TestExperiments WithManifests(this TestExperiments files, string text = Manifests)
    {
        files.Write("shop.yaml", text);
        return files;
    }
}
