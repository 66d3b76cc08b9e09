using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>HorizontalPodAutoscalers.</summary>
internal static class AutoscalerReading
{
    /// <summary>Names of the Pods metric that the simulated load provides.</summary>
    private static readonly string[] RequestRates = ["http_requests", "http_requests_per_second", "requests_per_second", "requests-per-second"];

    private static readonly (string, ResourceKind)[] Targets =
    [
        ("Deployment", ResourceKind.Deployment), ("ReplicaSet", ResourceKind.ReplicaSet), ("StatefulSet", ResourceKind.StatefulSet),
        ("ReplicationController", ResourceKind.ReplicationController),
    ];

    internal static HorizontalPodAutoscaler Read(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        YamlMap? target = spec.Child("scaleTargetRef"), behavior = spec.Child("behavior");
        int min = spec.Count("minReplicas", 1, 1), max = spec.Count("maxReplicas", 1, 1);
        if (max < min) spec.Optional("maxReplicas")?.Report($"expected at least minReplicas ({min})");
        return new HorizontalPodAutoscaler
        {
            Metadata = meta,
            TargetKind = target?.Choice("kind", ResourceKind.Deployment, Targets) ?? ResourceKind.Deployment,
            TargetName = target?.Checked("name", KubernetesName.CheckSubdomain) ?? "",
            MinReplicas = min,
            MaxReplicas = max,
            Metrics = ReadMetrics(reading, spec),
            Up = ReadRules(behavior, "scaleUp", ScalingRules.DefaultUp),
            Down = ReadRules(behavior, "scaleDown", ScalingRules.DefaultDown),
        };
    }

    private static ValueList<AutoscalingTarget> ReadMetrics(ObjectReading reading, YamlMap spec)
    {
        var targets = new List<AutoscalingTarget>();
        foreach (YamlMap metric in spec.Children("metrics"))
        {
            if (ReadMetric(reading, metric) is { } target) targets.Add(target);
        }

        // Without metrics the API server asks for 80 % CPU.
        return spec.Values("metrics").Count == 0 ? [new AutoscalingTarget(AutoscalingMetric.Cpu, IsUtilization: true, 80)] : [.. targets];
    }

    private static AutoscalingTarget? ReadMetric(ObjectReading reading, YamlMap metric)
    {
        if (metric.Optional("type") is not { } type) return null;
        string field = type.PlainText switch
        {
            "Resource" => "resource",
            "ContainerResource" => "containerResource",
            "Pods" => "pods",
            "Object" => "object",
            _ => "external",
        };
        if (metric.Child(field) is not { } source)
        {
            metric.Report($"expected {field} beside the type {type.PlainText}");
            return null;
        }

        string name = field is "resource" or "containerResource" ? source.Text("name") : source.Child("metric")?.Text("name") ?? "";
        AutoscalingMetric? kind = (field, name) switch
        {
            ("resource" or "containerResource", AmountReading.Cpu) => AutoscalingMetric.Cpu,
            ("resource" or "containerResource", AmountReading.Memory) => AutoscalingMetric.Memory,
            ("pods", _) when RequestRates.Contains(name, StringComparer.Ordinal) => AutoscalingMetric.RequestRate,
            _ => null,
        };
        AutoscalingTarget? target = source.Child("target") is { } map ? ReadTarget(map, kind ?? AutoscalingMetric.RequestRate, field) : null;
        if (kind is null) reading.Note(type, $"metric {name} of type {type.PlainText} is not simulated: the autoscaler goes by its other metrics");
        else if (field == "containerResource") reading.Note(type, "taken as the metric of the whole pod");
        return kind is null ? null : target;
    }

    private static AutoscalingTarget? ReadTarget(YamlMap map, AutoscalingMetric metric, string field)
    {
        bool isResource = field is "resource" or "containerResource";
        YamlValue? type = map.Optional("type");
        if (type?.PlainText == "Utilization")
        {
            if (!isResource) type.Report("expected AverageValue or Value: only resources have a utilization");
            if (map.Optional("averageUtilization") is null) map.Report("expected averageUtilization beside the type Utilization");
            return map.CountOrNull("averageUtilization", 1) is { } percent ? new AutoscalingTarget(metric, IsUtilization: true, percent) : null;
        }

        if (isResource && type?.PlainText == "Value") type.Report("expected Utilization or AverageValue for a resource");
        string key = type?.PlainText == "Value" ? "value" : "averageValue";
        if (map.Optional(key) is not { } value)
        {
            map.Report($"expected {key} beside the type {type?.PlainText}");
            return null;
        }

        // CPU and request rates count in thousandths, memory in bytes.
        long? amount = metric == AutoscalingMetric.Memory ? value.WholeUnits() : value.CpuMilli();
        if (amount == 0) value.Report("expected a target above 0");
        return amount is { } above ? new AutoscalingTarget(metric, IsUtilization: false, above) : null;
    }

    private static ScalingRules ReadRules(YamlMap? behavior, string key, ScalingRules otherwise)
    {
        if (behavior?.Child(key) is not { } map) return otherwise;
        const int MostWindowSeconds = 3600, MostPeriodSeconds = 1800;
        var policies = new List<ScalingPolicy>();
        foreach (YamlMap policy in map.Children("policies"))
        {
            bool isPercent = policy.Choice("type", false, [("Pods", false), ("Percent", true)]);
            policies.Add(new ScalingPolicy(isPercent, policy.Count("value", 1, 1), TimeSpan.FromSeconds(policy.Count("periodSeconds", 1, 1, MostPeriodSeconds))));
        }

        if (map.Optional("policies") is { IsList: true } list && policies.Count == 0) list.Report("expected at least one policy, or the key left out");
        int? window = map.CountOrNull("stabilizationWindowSeconds", 0, MostWindowSeconds);
        bool? selection = map.Text("selectPolicy") switch { "Min" => false, "Disabled" => null, _ => true };
        return new ScalingRules(window is { } seconds ? TimeSpan.FromSeconds(seconds) : otherwise.Stabilization, selection, policies.Count == 0 ? otherwise.Policies : [.. policies]);
    }
}
