using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Pod specs and templates.</summary>
internal static class PodReading
{
    private const int MostGpus = 64;
    private const string Gates = "schedulingGates";

    private static readonly (string, RestartPolicy)[] RestartPolicies =
        [("Always", RestartPolicy.Always), ("OnFailure", RestartPolicy.OnFailure), ("Never", RestartPolicy.Never)];

    internal static readonly (string, PreemptionPolicy)[] PreemptionPolicies =
        [("PreemptLowerPriority", PreemptionPolicy.PreemptLowerPriority), ("Never", PreemptionPolicy.Never)];

    internal static Pod Read(ObjectReading reading, YamlMap root, ObjectMeta meta) =>
        new() { Metadata = meta, Spec = root.Child("spec") is { } spec ? ReadSpec(reading, spec) : new PodSpec() };

    /// <summary>The template of a workload whose pods are kept running: <c>restartPolicy</c> may only be Always.</summary>
    /// <param name="reading">The reading of the object.</param>
    /// <param name="owner">The spec of the workload.</param>
    /// <param name="isJob">Whether its pods have to end instead.</param>
    /// <param name="claims">Names of the claims that the workload makes for each pod: volumes of their own.</param>
    internal static PodTemplate ReadTemplate(ObjectReading reading, YamlMap owner, bool isJob = false, params IReadOnlyList<string> claims)
    {
        if (owner.Child("template") is not { } map) return new PodTemplate { Spec = new PodSpec() };
        YamlMap? meta = map.Child("metadata"), spec = map.Child("spec");
        if (spec is null) map.Report("expected spec with at least one container");
        var template = new PodTemplate
        {
            Labels = meta is null ? [] : MetaReading.ReadLabels(meta, "labels"),
            Annotations = meta is null ? [] : MetaReading.ReadAnnotations(meta, ResourceKind.Pod),
            Spec = spec is null ? new PodSpec() : ReadSpec(reading, spec, claims),
        };
        bool isAlways = template.Spec.RestartPolicy == RestartPolicy.Always;
        if (spec is null || isAlways != isJob) return template;
        string expected = isJob ? "expected restartPolicy OnFailure or Never: a job's pods have to end" : "expected Always, the only restart policy here";
        if (spec.Optional("restartPolicy") is { } policy) policy.Report(expected);
        else spec.Report(expected);
        return template;
    }

    private static PodSpec ReadSpec(ObjectReading reading, YamlMap map, params IReadOnlyList<string> claims)
    {
        bool hasHostNetwork = map.Flag("hostNetwork");
        ValueList<Container> containers = [.. map.Children("containers").Select(item => ContainerReading.Read(item, isInit: false, hasHostNetwork))];
        ValueList<Container> initContainers = [.. map.Children("initContainers").Select(item => ContainerReading.Read(item, isInit: true, hasHostNetwork))];
        if (containers.Count == 0 && map.Optional("containers") is { IsList: true } list) list.Report("expected at least one container");
        CheckNames(map);
        ValueList<Volume> volumes = VolumeReading.Read(reading, map);
        VolumeReading.CheckMounts(map, [.. volumes.Select(volume => volume.Name), .. claims]);
        var spec = new PodSpec
        {
            NodeSelector = MetaReading.ReadLabels(map, "nodeSelector"),
            Priority = map.Count("priority", 0, int.MinValue),
            SchedulerName = map.Text("schedulerName") is { Length: > 0 } scheduler ? scheduler : "default-scheduler",
            PriorityClassName = map.Checked("priorityClassName", KubernetesName.CheckSubdomain),
            PreemptionPolicy = map.Choice("preemptionPolicy", PreemptionPolicy.PreemptLowerPriority, PreemptionPolicies),
            Tolerations = PlacementReading.ReadTolerations(map),
            Affinity = PlacementReading.ReadAffinity(map),
            TopologySpread = PlacementReading.ReadSpread(map),
            NodeName = map.Checked("nodeName", text => text.Length == 0 ? null : KubernetesName.CheckSubdomain(text)),
            Volumes = volumes,
            Containers = containers,
            InitContainers = initContainers,
            RestartPolicy = map.Choice("restartPolicy", RestartPolicy.Always, RestartPolicies),
            TerminationGrace = map.Seconds("terminationGracePeriodSeconds", 30),
            ActiveDeadline = map.SecondsOrNull("activeDeadlineSeconds", 1),
            SchedulingGates = [.. map.Children(Gates).Select(gate => gate.Checked("name", KubernetesName.CheckQualifiedName))],
            Hostname = map.Checked("hostname", text => text.Length == 0 ? null : KubernetesName.CheckDnsLabel(text)),
            Subdomain = map.Checked("subdomain", text => text.Length == 0 ? null : KubernetesName.CheckDnsLabel(text)),
        };
        if (spec.NodeName.Length > 0 && spec.SchedulingGates.Count > 0) map.Optional("nodeName")!.Report("expected no nodeName beside schedulingGates");
        return WithRequests(map, spec);
    }

    /// <summary>Containers' names are unique over all kinds of containers; host ports and port names over the pod's.</summary>
    private static void CheckNames(YamlMap map)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlMap container in map.Children("initContainers").Concat(map.Children("containers")).Concat(map.Children("ephemeralContainers")))
        {
            if (container.Optional("name") is { PlainText.Length: > 0 } name && !names.Add(name.PlainText)) name.Report("expected every container name once in its pod");
        }

        var hostPorts = new HashSet<(string Port, string Protocol, string Ip)>();
        foreach (YamlMap port in map.Children("containers").SelectMany(container => container.Children("ports")))
        {
            if (port.Optional("hostPort") is not { PlainText: not "0" } hostPort) continue;
            if (!hostPorts.Add((hostPort.PlainText, ContainerReading.Protocol(port), port.Text("hostIP")))) hostPort.Report("expected every host port once in its pod");
        }
    }

    /// <summary>The requests of the whole pod: of its containers, or its own (<c>spec.resources</c>), plus the overhead; GPU devices apart.</summary>
    private static PodSpec WithRequests(YamlMap map, PodSpec spec)
    {
        SortedDictionary<string, (long Amount, YamlValue At)> overhead = AmountReading.Read(map, "overhead", AmountReading.CheckResource);
        long cpuOverhead = Of(overhead, AmountReading.Cpu) ?? 0, memoryOverhead = Of(overhead, AmountReading.Memory) ?? 0;
        YamlMap? own = map.Child("resources");
        SortedDictionary<string, (long Amount, YamlValue At)> requests = AmountReading.Read(own, "requests", AmountReading.CheckResource);
        SortedDictionary<string, (long Amount, YamlValue At)> limits = AmountReading.Read(own, "limits", AmountReading.CheckResource);
        try
        {
            PodSpec whole = PodRequests.OfContainers(spec, cpuOverhead, memoryOverhead);
            var scored = ScoredRequests.Of(whole);
            long gpus = whole.Extended.FirstOrDefault(amount => amount.Name == AmountReading.Gpu).Amount;
            if (gpus > MostGpus) map.Report($"expected at most {MostGpus} of {AmountReading.Gpu} in one pod");
            return whole with
            {
                CpuMilli = Own(AmountReading.Cpu, whole.CpuMilli, cpuOverhead) ?? whole.CpuMilli,
                MemoryBytes = Own(AmountReading.Memory, whole.MemoryBytes, memoryOverhead) ?? whole.MemoryBytes,
                Scored = scored with
                {
                    CpuMilli = Own(AmountReading.Cpu, whole.CpuMilli, cpuOverhead) ?? scored.CpuMilli,
                    MemoryBytes = Own(AmountReading.Memory, whole.MemoryBytes, memoryOverhead) ?? scored.MemoryBytes,
                },
                GpuCount = (int)Math.Min(gpus, MostGpus),
                GpuMilliPerDevice = gpus > 0 ? PodSpec.WholeGpuMilli : 0,
                Extended = [.. whole.Extended.Where(amount => amount.Name != AmountReading.Gpu)],
            };
        }
        catch (OverflowException)
        {
            map.Report("expected containers whose requests add up to at most 2^63-1 (thousandths of a CPU, bytes or whole units)");
            return spec;
        }

        // A pod's own request counts, or its own limit where its containers request nothing; null leaves it to the containers.
        long? Own(string name, long ofContainers, long extra)
        {
            long? amount = Of(requests, name) ?? (ofContainers == extra ? Of(limits, name) : null);
            return amount is null ? null : checked(amount.Value + extra);
        }
    }

    private static long? Of(SortedDictionary<string, (long Amount, YamlValue At)> amounts, string name) => amounts.TryGetValue(name, out (long Amount, YamlValue) entry) ? entry.Amount : null;
}
