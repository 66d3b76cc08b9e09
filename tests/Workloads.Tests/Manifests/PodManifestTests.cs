using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Tests.Manifests;

public sealed class PodManifestTests
{
    private const string Rich = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: rich
          namespace: shop
          labels: { app: rich, tier: front }
          annotations: { note: "any: text" }
          finalizers: [example.com/hold]
          ownerReferences:
            - { apiVersion: apps/v1, kind: ReplicaSet, name: rs, uid: 0a, controller: true, blockOwnerDeletion: true }
        spec:
          priorityClassName: high
          preemptionPolicy: Never
          terminationGracePeriodSeconds: 45
          activeDeadlineSeconds: 600
          restartPolicy: OnFailure
          hostname: h
          subdomain: s
          nodeSelector: { disk: ssd }
          schedulingGates: [{ name: example.com/wait }]
          overhead: { cpu: 50m, memory: 10Mi }
          tolerations:
            - { key: gpu, operator: Exists, effect: NoSchedule }
            - { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 60 }
            - { key: team, value: blue }
            - { operator: Exists }
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions: [{ key: zone, operator: In, values: [b, a] }, { key: cores, operator: Gt, values: ["8"] }]
                    matchFields: [{ key: metadata.name, operator: NotIn, values: [n1] }]
              preferredDuringSchedulingIgnoredDuringExecution:
                - { weight: 10, preference: { matchExpressions: [{ key: disk, operator: Exists }] } }
            podAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - { topologyKey: zone, labelSelector: { matchLabels: { app: db } }, namespaces: [data] }
            podAntiAffinity:
              preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 100
                  podAffinityTerm: { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: rich } }, namespaceSelector: {}, matchLabelKeys: [v] }
          topologySpreadConstraints:
            - { maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor, labelSelector: { matchLabels: { app: rich } }, matchLabelKeys: [pod-template-hash] }
            - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway }
          volumes:
            - { name: cache, emptyDir: { sizeLimit: 1Gi, medium: Memory } }
            - { name: logs, hostPath: { path: /var/log, type: Directory } }
            - { name: conf, configMap: { name: conf, optional: true, defaultMode: 0644, items: [{ key: a, path: b }] } }
            - { name: keys, secret: { secretName: keys } }
            - { name: data, persistentVolumeClaim: { claimName: data } }
            - { name: info, downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] } }
            - { name: all, projected: { sources: [{ serviceAccountToken: { path: token } }] } }
            - { name: own, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 5Gi } } } } } }
            - { name: share, nfs: { server: nfs.example, path: / } }
            - name: none
          initContainers:
            - { name: setup, image: "setup@sha256:0123", resources: { requests: { cpu: "2", memory: 16Mi } } }
            - { name: proxy, image: "proxy:latest", restartPolicy: Always, resources: { requests: { cpu: 100m } }, ports: [{ containerPort: 15000, hostPort: 15000 }] }
          containers:
            - name: main
              image: registry.example:5000/main
              resources:
                requests: { cpu: 500m, memory: 64Mi, ephemeral-storage: 1Gi, nvidia.com/gpu: 2, example.com/fpga: 1 }
                limits: { cpu: "1", memory: 128Mi, nvidia.com/gpu: 2, example.com/fpga: 1 }
              ports:
                - { name: http, containerPort: 8080, hostPort: 80, hostIP: 10.0.0.1 }
                - { containerPort: 53, protocol: UDP }
              envFrom: [{ prefix: C_, configMapRef: { name: conf } }, { secretRef: { name: keys, optional: true } }]
              env:
                - { name: A, value: "1" }
                - { name: B, valueFrom: { configMapKeyRef: { name: conf, key: b } } }
                - { name: C, valueFrom: { secretKeyRef: { name: keys, key: c, optional: true } } }
                - { name: D, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
              volumeMounts: [{ name: cache, mountPath: /cache }, { name: conf, mountPath: /conf, readOnly: true }]
              readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 5, successThreshold: 2 }
              livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 15, timeoutSeconds: 3, failureThreshold: 5 }
              startupProbe: { exec: { command: [test, -e, /up] }, failureThreshold: 30 }
              lifecycle: { preStop: { exec: { command: [sh, -c, sleep 15] } } }
            - { name: side, image: "side:2", imagePullPolicy: Never, resources: { limits: { cpu: 250m, memory: 32Mi } } }
        """;

    [Fact]
    public void Metadata_of_a_rich_pod_is_read()
    {
        ObjectMeta meta = Manifest.One<Pod>(Rich).Metadata;
        Assert.Equal(("rich", "shop"), (meta.Name, meta.Namespace));
        Assert.Equal([new Label("app", "rich"), new Label("tier", "front")], meta.Labels);
        Assert.Equal([new Label("note", "any: text")], meta.Annotations);
        Assert.Equal(["example.com/hold"], meta.Finalizers);
        Assert.Equal([new OwnerReference(ResourceKind.ReplicaSet, "rs", 0)], meta.Owners);
    }

    [Fact]
    public void The_requests_of_the_pod_are_those_of_its_containers_with_sidecars_and_overhead_and_GPUs_apart()
    {
        PodSpec spec = Manifest.One<Pod>(Rich).Spec;

        // max(setup 2000, proxy 100 + main 500 + side 250) + 50.
        Assert.Equal(2050, spec.CpuMilli);
        Assert.Equal((64L + 32 + 10) << 20, spec.MemoryBytes);
        Assert.Equal(1L << 30, spec.EphemeralStorageBytes);
        Assert.Equal((2, PodSpec.WholeGpuMilli), (spec.GpuCount, spec.GpuMilliPerDevice));
        Assert.Equal([new ResourceAmount("example.com/fpga", 1)], spec.Extended);
        Assert.Equal([new HostPort(80, "TCP", "10.0.0.1"), new HostPort(15000, "TCP", "")], spec.HostPorts);
    }

    [Fact]
    public void Scheduling_fields_of_a_rich_pod_are_read()
    {
        PodSpec spec = Manifest.One<Pod>(Rich).Spec;
        Assert.Equal(("high", PreemptionPolicy.Never, RestartPolicy.OnFailure, "h", "s"), (spec.PriorityClassName, spec.PreemptionPolicy, spec.RestartPolicy, spec.Hostname, spec.Subdomain));
        Assert.Equal((TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(600)), (spec.TerminationGrace, spec.ActiveDeadline!.Value));
        Assert.Equal([new Label("disk", "ssd")], spec.NodeSelector);
        Assert.Equal(["example.com/wait"], spec.SchedulingGates);
        Assert.Equal(
            [
                new Toleration("gpu", true, "", TaintEffect.NoSchedule, null),
                new Toleration("node.kubernetes.io/not-ready", true, "", TaintEffect.NoExecute, TimeSpan.FromSeconds(60)),
                new Toleration("team", false, "blue", null, null),
                new Toleration("", true, "", null, null),
            ],
            spec.Tolerations);
        Affinity affinity = spec.Affinity!;
        NodeSelectorTerm term = Assert.Single(affinity.RequiredNodes!.Value);
        Assert.Equal([new LabelRequirement("zone", SelectorOperator.In, ["a", "b"]), new LabelRequirement("cores", SelectorOperator.Gt, ["8"])], term.Labels);
        Assert.Equal([new LabelRequirement("metadata.name", SelectorOperator.NotIn, ["n1"])], term.Fields);
        Assert.Equal(new PreferredNodeTerm(10, new NodeSelectorTerm([new LabelRequirement("disk", SelectorOperator.Exists, [])], [])), Assert.Single(affinity.PreferredNodes));
        Assert.Equal(new PodAffinityTerm(LabelSelector.Of([new Label("app", "db")]), ["data"], null, "zone"), Assert.Single(affinity.RequiredPods));
        WeightedPodAffinityTerm anti = Assert.Single(affinity.PreferredAnti);
        Assert.Equal(100, anti.Weight);
        Assert.Equal(LabelSelector.Everything, anti.Term.NamespaceSelector);
        Assert.Equal(["v"], anti.Term.MatchLabelKeys);
        Assert.Equal((2, "zone", true, 3, false, true), (spec.TopologySpread[0].MaxSkew, spec.TopologySpread[0].TopologyKey, spec.TopologySpread[0].IsHard, spec.TopologySpread[0].MinDomains, spec.TopologySpread[0].HonorsNodeAffinity, spec.TopologySpread[0].HonorsNodeTaints));
        Assert.Equal(["pod-template-hash"], spec.TopologySpread[0].MatchLabelKeys);
        Assert.Equal(new TopologySpreadConstraint { TopologyKey = "kubernetes.io/hostname", IsHard = false }, spec.TopologySpread[1]);
    }

    [Fact]
    public void Volumes_of_all_kinds_are_read()
    {
        var set = Manifest.Read(Rich);
        PodSpec spec = Assert.IsType<Pod>(set.Objects[0]).Spec;
        Assert.Equal(
            [
                new Volume("cache", VolumeKind.EmptyDir, "", false, 1L << 30) { IsInMemory = true },
                new Volume("logs", VolumeKind.HostPath, "/var/log", false, null),
                new Volume("conf", VolumeKind.ConfigMap, "conf", true, null),
                new Volume("keys", VolumeKind.Secret, "keys", false, null),
                new Volume("data", VolumeKind.PersistentVolumeClaim, "data", false, null),
                new Volume("info", VolumeKind.Projected, "", false, null),
                new Volume("all", VolumeKind.Projected, "", false, null),
                new Volume("own", VolumeKind.Ephemeral, "", false, null) { Claim = new ClaimTemplate("own", "fast", 5L << 30, ["ReadWriteOnce"]) },
                new Volume("share", VolumeKind.Projected, "", false, null),
                new Volume("none", VolumeKind.EmptyDir, "", false, null),
            ],
            spec.Volumes);
        Assert.Contains("nfs", Assert.Single(set.Notes).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_of_a_rich_pod_are_read_with_the_defaults_of_the_API()
    {
        PodSpec spec = Manifest.One<Pod>(Rich).Spec;
        Container main = spec.Containers[0], side = spec.Containers[1], setup = spec.InitContainers[0], proxy = spec.InitContainers[1];
        Assert.Equal((ImagePullPolicy.Always, ImagePullPolicy.Never, ImagePullPolicy.IfNotPresent, ImagePullPolicy.Always), (main.PullPolicy, side.PullPolicy, setup.PullPolicy, proxy.PullPolicy));
        Assert.Equal((true, false), (proxy.IsSidecar, setup.IsSidecar));
        Assert.Equal((500, 64L << 20, 1L << 30, 1000L, 128L << 20), (main.CpuMilli, main.MemoryBytes, main.EphemeralStorageBytes, main.CpuMilliLimit, main.MemoryBytesLimit));
        Assert.Equal([new ResourceAmount("example.com/fpga", 1), new ResourceAmount("nvidia.com/gpu", 2)], main.Extended);

        // What has only a limit is requested in full.
        Assert.Equal((250, 32L << 20), (side.CpuMilli, side.MemoryBytes));
        Assert.Equal([new ContainerPort("http", 8080, 80, "TCP", "10.0.0.1"), new ContainerPort("", 53, 0, "UDP", "")], main.Ports);
        Assert.Equal(
            [
                new EnvironmentVariable("C_", "", ResourceKind.ConfigMap, "conf", "", false),
                new EnvironmentVariable("", "", ResourceKind.Secret, "keys", "", true),
                new EnvironmentVariable("A", "1", null, "", "", false),
                new EnvironmentVariable("B", "", ResourceKind.ConfigMap, "conf", "b", false),
                new EnvironmentVariable("C", "", ResourceKind.Secret, "keys", "c", true),
                new EnvironmentVariable("D", "", null, "", "", false),
            ],
            main.Environment);
        Assert.Equal([new VolumeMount("cache", "/cache", false), new VolumeMount("conf", "/conf", true)], main.Mounts);
        Assert.Equal(new Probe { Period = TimeSpan.FromSeconds(5), SuccessThreshold = 2 }, main.Readiness);
        Assert.Equal(new Probe { InitialDelay = TimeSpan.FromSeconds(15), Timeout = TimeSpan.FromSeconds(3), FailureThreshold = 5, Action = "tcpSocket" }, main.Liveness);
        Assert.Equal(new Probe { FailureThreshold = 30, Action = "exec" }, main.Startup);
        Assert.Equal(TimeSpan.FromSeconds(15), main.PreStopSleep);
        Assert.Null(side.PreStopSleep);
    }

    [Fact]
    public void A_bare_pod_has_the_defaults_of_the_API()
    {
        Pod pod = Manifest.One<Pod>(Manifest.Pod(""));
        Assert.Equal("default", pod.Metadata.Namespace);
        Assert.Equal((RestartPolicy.Always, TimeSpan.FromSeconds(30), "", 0), (pod.Spec.RestartPolicy, pod.Spec.TerminationGrace, pod.Spec.NodeName, pod.Spec.Priority));
        Assert.Null(pod.Spec.ActiveDeadline);
        Assert.Null(pod.Spec.Affinity);
        Assert.Equal((ImagePullPolicy.IfNotPresent, 0L), (pod.Spec.Containers[0].PullPolicy, pod.Spec.Containers[0].CpuMilli));
    }

    [Theory]
    [InlineData("hostNetwork: true", "ports: [{ containerPort: 80 }]", 80)]
    [InlineData("", "ports: [{ containerPort: 80 }]", 0)]
    public void The_ports_of_a_pod_in_the_hosts_network_are_ports_of_the_host(string spec, string container, int hostPort) =>
        Assert.Equal(hostPort, Manifest.One<Pod>(Manifest.Pod(spec, container)).Spec.Containers[0].Ports[0].HostPort);

    [Fact]
    public void A_limit_of_ephemeral_storage_is_read_and_requested_in_full()
    {
        Container limited = Manifest.One<Pod>(Manifest.Pod("", "resources: { limits: { ephemeral-storage: 2Gi } }")).Spec.Containers[0], free = Manifest.One<Pod>(Manifest.Pod("")).Spec.Containers[0];
        Assert.Equal((2L << 30, 2L << 30), (limited.EphemeralStorageBytesLimit, limited.EphemeralStorageBytes));
        Assert.Null(free.EphemeralStorageBytesLimit);
    }

    [Theory]
    [InlineData("resources: { requests: { cpu: \"3\" } }", 3000)]
    [InlineData("resources: { limits: { cpu: \"3\" } }", 500)]
    [InlineData("nodeName: n1", 500)]
    public void A_request_of_the_pod_itself_counts_before_those_of_its_containers(string spec, long cpuMilli) =>
        Assert.Equal(cpuMilli, Manifest.One<Pod>(Manifest.Pod(spec, "resources: { requests: { cpu: 500m } }")).Spec.CpuMilli);

    [Fact]
    public void B6_A_quantity_finer_than_its_unit_is_rounded_up_and_noted()
    {
        var set = Manifest.Read(Manifest.Pod("", "resources: { requests: { cpu: 0.1m } }"));
        Assert.Equal(1, Assert.IsType<Pod>(set.Objects[0]).Spec.CpuMilli);
        Assert.Equal(("0.1m", "spec.containers[0].resources.requests.cpu"), (Assert.Single(set.Notes).Value, set.Notes[0].Field));
    }

    [Fact]
    public void B25_and_B29_Affinity_to_itself_contradictions_and_a_thousand_containers_are_accepted()
    {
        string containers = string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"{{ name: c{i}, image: a }}"));
        const string Placement = "nodeSelector: { a: x }, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: a, operator: DoesNotExist }] }] } }, podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: z, labelSelector: {} }] } }";
        Assert.Equal(1000, Manifest.One<Pod>(Manifest.Of("v1", "Pod", $"spec: {{ {Placement}, containers: [{containers}] }}")).Spec.Containers.Count);
    }

    [Theory]
    [InlineData("", "ports: [{ containerPort: 65536 }]", "spec.containers[0].ports[0].containerPort")]
    [InlineData("", "ports: [{ containerPort: 0 }]", "spec.containers[0].ports[0].containerPort")]
    [InlineData("", "ports: [{ containerPort: 1, name: HTTP }]", "spec.containers[0].ports[0].name")]
    [InlineData("", "ports: [{ containerPort: 1, hostPort: 9 }, { containerPort: 2, hostPort: 9 }]", "spec.containers[0].ports[1].hostPort")]
    [InlineData("", "ports: [{ containerPort: 1, protocol: tcp }]", "spec.containers[0].ports[0].protocol")]
    [InlineData("hostNetwork: true", "ports: [{ containerPort: 1, hostPort: 2 }]", "spec.containers[0].ports[0].hostPort")]
    [InlineData("initContainers: [{ name: c, image: a }]", "", "spec.containers[0].name")]
    [InlineData("initContainers: [{ name: i, image: a, restartPolicy: Never }]", "", "spec.initContainers[0].restartPolicy")]
    [InlineData("initContainers: [{ name: i, image: a, readinessProbe: { exec: { command: [x] } } }]", "", "spec.initContainers[0].readinessProbe")]
    [InlineData("", "restartPolicy: Always", "spec.containers[0].restartPolicy")]
    [InlineData("", "resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }", "spec.containers[0].resources.requests.cpu")]
    [InlineData("", "resources: { requests: { nvidia.com/gpu: 1 } }", "spec.containers[0].resources.requests[\"nvidia.com/gpu\"]")]
    [InlineData("", "resources: { limits: { nvidia.com/gpu: 65 } }", "spec")]
    [InlineData("", "resources: { requests: { memroy: 1 } }", "spec.containers[0].resources.requests.memroy")]
    [InlineData("", "volumeMounts: [{ name: v, mountPath: /a }]", "spec.containers[0].volumeMounts[0].name")]
    [InlineData("volumes: [{ name: v }, { name: v }]", "", "spec.volumes[1].name")]
    [InlineData("volumes: [{ name: v, emptyDir: {}, hostPath: { path: / } }]", "", "spec.volumes[0]")]
    [InlineData("volumes: [{ name: v, gcePersistentDisk: { pdName: d } }]", "", "spec.volumes[0].gcePersistentDisk")]
    [InlineData("volumes: [{ name: v, hostPath: { path: /a/../b } }]", "", "spec.volumes[0].hostPath.path")]
    [InlineData("", "livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 }", "spec.containers[0].livenessProbe.successThreshold")]
    [InlineData("", "livenessProbe: { periodSeconds: 1 }", "spec.containers[0].livenessProbe")]
    [InlineData("", "livenessProbe: { httpGet: { port: 80 }, periodSeconds: -1 }", "spec.containers[0].livenessProbe.periodSeconds")]
    [InlineData("", "env: [{ name: A, value: x, valueFrom: { fieldRef: { fieldPath: f } } }]", "spec.containers[0].env[0].valueFrom")]
    [InlineData("", "env: [{ name: A, valueFrom: {} }]", "spec.containers[0].env[0].valueFrom")]
    [InlineData("tolerations: [{ key: a, operator: Exists, value: b }]", "", "spec.tolerations[0].value")]
    [InlineData("tolerations: [{ key: a, effect: NoSchedule, tolerationSeconds: 1 }]", "", "spec.tolerations[0].tolerationSeconds")]
    [InlineData("topologySpreadConstraints: [{ maxSkew: 0, topologyKey: z, whenUnsatisfiable: DoNotSchedule }]", "", "spec.topologySpreadConstraints[0].maxSkew")]
    [InlineData("topologySpreadConstraints: [{ maxSkew: 1, topologyKey: z, whenUnsatisfiable: Never }]", "", "spec.topologySpreadConstraints[0].whenUnsatisfiable")]
    [InlineData("affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] } }", "", "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight")]
    [InlineData("affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }", "", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")]
    [InlineData("affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } }", "", "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey")]
    [InlineData("terminationGracePeriodSeconds: -1", "", "spec.terminationGracePeriodSeconds")]
    [InlineData("restartPolicy: always", "", "spec.restartPolicy")]
    public void What_the_API_server_refuses_of_a_pod_is_refused(string spec, string container, string field) =>
        Assert.Equal(field, Manifest.Problem(Manifest.Pod(spec, container)).Field);
}
