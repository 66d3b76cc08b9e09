using System.Text;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.TestKit;

/// <content>Workloads that come as text: read as users' manifests are, with the schema, the defaults and the validation of the reader.</content>
public sealed partial class WholeWorld
{
    /// <summary>Applies a workload of generated YAML, and later another text of it.</summary>
    private void AddManifests(string name, double at, double change, int most)
    {
        string kind = _dice.Of("Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "CronJob");
        ulong fields = (ulong)_dice.Between(0, 1_000_000);
        string first = Manifest(kind, name, _dice.Between(1, most), "v1", fields), second = Manifest(kind, name, _dice.Between(0, most), "v2", fields);
        Apply(at, Read(first));
        if (kind == "Deployment") _deployments.Add((_namespace, name));
        if (kind == "CronJob") Apply(Trouble, Read(first.Replace("suspend: false", "suspend: true", StringComparison.Ordinal)));
        // Of a Job nothing may change that matters here.
        if (kind is not ("Job" or "CronJob")) Apply(change, Read(second));
    }

    private static KubeObject[] Read(string yaml) => [.. ManifestReader.Parse(yaml, "world.yaml").Objects];

    /// <summary>The text of a workload. Its fields are drawn anew from <paramref name="fields"/>, so that two texts of one workload differ in size and version alone.</summary>
    private string Manifest(string kind, string name, int replicas, string version, ulong fields)
    {
        var dice = new Dice(fields);
        var text = new StringBuilder();
        text.Append($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: {{name}}-settings, namespace: {{_namespace}} }
            data: { mode: "{{version}}" }
            ---
            apiVersion: {{(kind is "Job" or "CronJob" ? "batch/v1" : "apps/v1")}}
            kind: {{kind}}
            metadata:
              name: {{name}}
              namespace: {{_namespace}}
              labels: { app.kubernetes.io/name: {{name}} }

            """);
        string template = Template(name, kind, version, dice);
        text.Append(kind switch
        {
            "Deployment" => $"spec:\n  replicas: {replicas}\n  strategy: {(dice.Percent(20) ? "{ type: Recreate }" : $"{{ rollingUpdate: {{ maxSurge: {dice.Of("1", "50%")}, maxUnavailable: {dice.Of("0", "25%", "1")} }} }}")}\n  progressDeadlineSeconds: {dice.Between(60, 600)}\n  minReadySeconds: {dice.Of(0, 0, 5)}\n",
            "StatefulSet" => $"spec:\n  replicas: {replicas}\n  serviceName: {name}\n  podManagementPolicy: {dice.Of("OrderedReady", "Parallel")}\n",
            "ReplicaSet" => $"spec:\n  replicas: {replicas}\n",
            "Job" => $"spec:\n  completions: {Math.Max(1, replicas)}\n  parallelism: {dice.Between(1, 3)}\n  backoffLimit: {dice.Between(0, 3)}\n",
            "CronJob" => $"spec:\n  schedule: \"*/3 * * * *\"\n  suspend: false\n  concurrencyPolicy: {dice.Of("Allow", "Forbid", "Replace")}\n  jobTemplate:\n    spec:\n      backoffLimit: 1\n",
            _ => "spec:\n",
        });
        if (kind is not ("Job" or "CronJob")) text.Append($"  selector: {{ matchLabels: {{ app: {name} }} }}\n");
        string indent = kind == "CronJob" ? "      " : "  ";
        foreach (string line in template.Split('\n')) text.Append(line.Length == 0 ? "" : indent).Append(line).Append('\n');
        return text.ToString();
    }

    private static string Template(string name, string kind, string version, Dice dice)
    {
        bool isJob = kind is "Job" or "CronJob";
        var text = new StringBuilder($"template:\n  metadata:\n    labels: {{ app: {name} }}\n  spec:\n    terminationGracePeriodSeconds: {dice.Between(0, 20)}\n");
        if (isJob) text.Append($"    restartPolicy: {dice.Of("Never", "OnFailure")}\n");
        if (dice.Percent(20) && !isJob) text.Append("    tolerations: [{ key: maintenance, operator: Exists }]\n");
        if (dice.Percent(20) && kind != "DaemonSet") text.Append($"    topologySpreadConstraints:\n      - {{ maxSkew: 2, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: {dice.Of("DoNotSchedule", "ScheduleAnyway")}, labelSelector: {{ matchLabels: {{ app: {name} }} }} }}\n");
        if (dice.Percent(20)) text.Append("    initContainers:\n      - { name: prepare, image: prepare }\n");
        text.Append($"    containers:\n      - name: main\n        image: {(isJob ? "job" : $"app:{version}")}\n        resources: {{ requests: {{ cpu: {dice.Of("100m", "0.25", "500m")}, memory: {dice.Of("64Mi", "128Mi")} }} }}\n");
        text.Append($"        envFrom: [{{ configMapRef: {{ name: {name}-settings }} }}]\n");
        if (dice.Percent(40) && !isJob) text.Append($"        readinessProbe: {{ httpGet: {{ path: /ready, port: 8080 }}, periodSeconds: {dice.Between(1, 10)} }}\n");
        if (dice.Percent(20) && !isJob) text.Append("        lifecycle: { preStop: { sleep: { seconds: 3 } } }\n");
        return text.ToString();
    }
}
