using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Workloads.Tests.Manifests;

/// <summary>Nodes, networking, storage, configuration and policy.</summary>
public sealed class ClusterManifestTests
{
    [Fact]
    public void Nodes_become_a_fleet_in_the_order_of_the_file()
    {
        const string Text = """
            apiVersion: v1
            kind: Node
            metadata: { name: n1, labels: { topology.kubernetes.io/zone: z1, nvidia.com/gpu.product: A100 } }
            spec: { unschedulable: true, taints: [{ key: team, value: red, effect: NoExecute, timeAdded: "2024-01-01T00:00:00Z" }] }
            status:
              capacity: { cpu: "32", memory: 256Gi }
              allocatable: { cpu: 31500m, memory: 250Gi, ephemeral-storage: 1Ti, pods: "250", nvidia.com/gpu: 8, example.com/nic: 2 }
              conditions: [{ type: Ready, status: Unknown }, { type: MemoryPressure, status: "True" }, { type: DiskPressure, status: "False" }]
            ---
            apiVersion: v1
            kind: Node
            metadata: { name: n2 }
            status: { capacity: { cpu: 4, memory: 8Gi, pods: 0 } }
            ---
            apiVersion: v1
            kind: Node
            metadata: { name: n3 }
            """;
        ManifestSet set = Manifest.Read(Text);
        Node[] nodes = [.. set.Of<Node>()];
        Assert.Equal([new NodeIndex(0), new NodeIndex(1), new NodeIndex(2)], nodes.Select(node => node.Index));
        Assert.Equal(
            new NodeSpec
            {
                Name = "n1",
                CpuMilli = 31_500,
                MemoryBytes = 250L << 30,
                EphemeralStorageBytes = 1L << 40,
                Pods = 250,
                GpuCount = 8,
                GpuModel = "A100",
                Zone = "z1",
                Labels = [new Label("nvidia.com/gpu.product", "A100"), new Label("topology.kubernetes.io/zone", "z1")],
                Extended = [new ResourceAmount("example.com/nic", 2)],
            },
            nodes[0].Spec);
        Assert.Equal([new Taint("team", "red", TaintEffect.NoExecute)], nodes[0].Taints);
        Assert.Equal((true, null, true, false), (nodes[0].IsCordoned, nodes[0].IsReady, nodes[0].HasMemoryPressure, nodes[0].HasDiskPressure));
        Assert.Equal((4000, 8L << 30, 0, true), (nodes[1].Spec.CpuMilli, nodes[1].Spec.MemoryBytes, nodes[1].Spec.Pods, nodes[1].IsReady!.Value));

        // B12: a node without capacity is accepted, and takes no pod.
        Assert.Equal((0, 110), (nodes[2].Spec.CpuMilli, nodes[2].Spec.Pods));
        Assert.Single(set.Warnings);
    }

    [Fact]
    public void A_service_of_every_type_is_read()
    {
        Service read = Manifest.One<Service>(Manifest.Of("v1", "Service", """
            spec:
              type: LoadBalancer
              selector: { app: a }
              clusterIPs: [10.0.0.5, "fd00::5"]
              ipFamilyPolicy: RequireDualStack
              externalIPs: [192.0.2.1]
              externalTrafficPolicy: Local
              sessionAffinity: ClientIP
              sessionAffinityConfig: { clientIP: { timeoutSeconds: 90 } }
              publishNotReadyAddresses: true
              ports:
                - { name: http, port: 80, targetPort: web, nodePort: 30080 }
                - { name: dns, port: 53, protocol: UDP }
            """));
        Assert.Equal((ServiceType.LoadBalancer, true, true, true, false), (read.Type, read.IsExternalLocal, read.HasClientAffinity, read.PublishesNotReady, read.IsHeadless));
        Assert.Equal(LabelSelector.Of([new Label("app", "a")]), read.Selector);
        Assert.Equal([new ServicePort("http", 80, 0, "web", 30_080, "TCP"), new ServicePort("dns", 53, 53, "", 0, "UDP")], read.Ports);
        Assert.Equal(["10.0.0.5", "fd00::5"], read.ClusterIps);
        Assert.Equal(["IPv4", "IPv6"], read.IpFamilies);
        Assert.Equal(["192.0.2.1"], read.ExternalIps);

        Assert.Equal(TimeSpan.FromSeconds(90), read.AffinityTimeout);

        Service bare = Manifest.One<Service>(Manifest.Of("v1", "Service", "spec: { ports: [{ port: 80 }] }"));
        Assert.Equal((false, TimeSpan.FromHours(3)), (bare.HasClientAffinity, bare.AffinityTimeout));
        Assert.Equal((ServiceType.ClusterIP, null, "IPv4", 0), (bare.Type, bare.Selector, Assert.Single(bare.IpFamilies), bare.ClusterIps.Count));
        Assert.True(Manifest.One<Service>(Manifest.Of("v1", "Service", "spec: { clusterIP: None, selector: { app: a } }")).IsHeadless);
        Service external = Manifest.One<Service>(Manifest.Of("v1", "Service", "spec: { type: ExternalName, externalName: db.example }"));
        Assert.Equal((ServiceType.ExternalName, "db.example"), (external.Type, external.ExternalName));
    }

    [Theory]
    [InlineData("sessionAffinityConfig: { clientIP: { timeoutSeconds: 90 } }", "only with sessionAffinity: ClientIP")]
    [InlineData("sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } }", "1")]
    [InlineData("sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } }", "86")]
    public void A_session_affinity_that_cannot_be_is_refused(string fields, string expected)
    {
        InputProblem problem = Manifest.Problem(Manifest.Of("v1", "Service", $"spec: {{ ports: [{{ port: 80 }}], {fields} }}"));
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ingress_is_read_with_its_canary_weight()
    {
        Ingress read = Manifest.One<Ingress>("""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: shop
              annotations: { nginx.ingress.kubernetes.io/canary: "true", nginx.ingress.kubernetes.io/canary-weight: "20" }
            spec:
              ingressClassName: nginx
              tls: [{ hosts: [shop.example], secretName: cert }]
              defaultBackend: { service: { name: fallback, port: { number: 80 } } }
              rules:
                - host: shop.example
                  http: { paths: [{ path: /cart, pathType: Exact, backend: { service: { name: cart, port: { name: http } } } }, { path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 8080 } } } }] }
                - http: { paths: [{ pathType: ImplementationSpecific, backend: { service: { name: web, port: { number: 1 } } } }] }
            """);
        Assert.Equal(("fallback", 20), (read.DefaultService, read.CanaryWeight));
        Assert.Equal([new IngressRoute("shop.example", "/cart", true, "cart", 0, "http"), new IngressRoute("shop.example", "/", false, "web", 8080, ""), new IngressRoute("", "/", false, "web", 1, "")], read.Routes);
    }

    [Fact]
    public void A_network_policy_is_read()
    {
        ManifestSet set = Manifest.Read(Manifest.Of("networking.k8s.io/v1", "NetworkPolicy", """
            spec:
              podSelector: { matchLabels: { app: db } }
              ingress:
                - from: [{ podSelector: { matchLabels: { app: web } } }, { namespaceSelector: {}, podSelector: {} }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]
                  ports: [{ port: 5432 }, { port: 8000, endPort: 8002 }, { port: metrics }]
                - {}
              egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]
            """));
        var read = Assert.IsType<NetworkPolicy>(set.Objects[0]);
        Assert.Equal((LabelSelector.Of([new Label("app", "db")]), true, true), (read.Pods, read.LimitsIngress, read.LimitsEgress));
        ValueList<int> ports = [5432, 8000, 8001, 8002];
        Assert.Equal(
            [
                new NetworkPeer(null, LabelSelector.Of([new Label("app", "web")]), false, ports) { PortNames = ["metrics"] },
                new NetworkPeer(LabelSelector.Everything, LabelSelector.Everything, false, ports) { PortNames = ["metrics"] },
                new NetworkPeer(null, null, true, []),
            ],
            read.Ingress);
        Assert.Equal([new NetworkPeer(null, null, true, [])], read.Egress);
        Assert.Equal("spec.ingress[0].from[2].ipBlock", Assert.Single(set.Notes).Field);
        NetworkPolicy deny = Manifest.One<NetworkPolicy>(Manifest.Of("networking.k8s.io/v1", "NetworkPolicy", "spec: { podSelector: {}, policyTypes: [Egress] }"));
        Assert.Equal((LabelSelector.Everything, false, true, 0), (deny.Pods, deny.LimitsIngress, deny.LimitsEgress, deny.Egress.Count));
    }

    [Fact]
    public void Volumes_claims_and_classes_are_read()
    {
        PersistentVolume volume = Manifest.One<PersistentVolume>(Manifest.Of("v1", "PersistentVolume", """
            spec:
              capacity: { storage: 100Gi }
              accessModes: [ReadWriteOnce, ReadOnlyMany]
              storageClassName: local
              persistentVolumeReclaimPolicy: Delete
              local: { path: /mnt/disk }
              claimRef: { namespace: data, name: c }
              nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [n1] }] }] } }
            """));
        Assert.Equal((100L << 30, "local", ReclaimPolicy.Delete, new ObjectKey(ResourceKind.PersistentVolumeClaim, "data", "c")), (volume.SizeBytes, volume.StorageClass, volume.Reclaim, volume.Claim!.Value));
        Assert.Equal(["ReadWriteOnce", "ReadOnlyMany"], volume.AccessModes);
        Assert.Equal([new NodeSelectorTerm([new LabelRequirement("kubernetes.io/hostname", SelectorOperator.In, ["n1"])], [])], volume.NodeAffinity!.Value);
        Assert.Equal(ReclaimPolicy.Retain, Manifest.One<PersistentVolume>(Manifest.Of("v1", "PersistentVolume", "spec: { capacity: { storage: 1 }, accessModes: [ReadWriteMany], nfs: { server: s, path: / } }")).Reclaim);

        PersistentVolumeClaim claim = Manifest.One<PersistentVolumeClaim>(Manifest.Of("v1", "PersistentVolumeClaim", "spec: { accessModes: [ReadWriteOncePod], storageClassName: \"\", volumeName: v, selector: { matchLabels: { a: b } }, resources: { requests: { storage: 5G } } }"));
        Assert.Equal((5_000_000_000, "", "v", LabelSelector.Of([new Label("a", "b")])), (claim.SizeBytes, claim.StorageClass, claim.VolumeName, claim.Selector));
        Assert.Null(Manifest.One<PersistentVolumeClaim>(Manifest.Of("v1", "PersistentVolumeClaim", "spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1 } } }")).StorageClass);

        StorageClass storage = Manifest.One<StorageClass>("""
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: { name: fast, annotations: { storageclass.kubernetes.io/is-default-class: "true" } }
            provisioner: csi.example.com
            reclaimPolicy: Retain
            volumeBindingMode: WaitForFirstConsumer
            allowVolumeExpansion: true
            allowedTopologies: [{ matchLabelExpressions: [{ key: topology.kubernetes.io/zone, values: [b, a] }] }]
            """);
        Assert.Equal(("csi.example.com", true, ReclaimPolicy.Retain, true), (storage.Provisioner, storage.WaitsForFirstConsumer, storage.Reclaim, storage.IsDefault));
        Assert.True(storage.AllowsExpansion);
        Assert.Equal(["a", "b"], storage.AllowedZones);
        StorageClass bare = Manifest.One<StorageClass>(Manifest.Of("storage.k8s.io/v1", "StorageClass", "provisioner: kubernetes.io/no-provisioner"));
        Assert.Equal((false, ReclaimPolicy.Delete, false, false), (bare.WaitsForFirstConsumer, bare.Reclaim, bare.IsDefault, bare.AllowsExpansion));
    }

    [Fact]
    public void A_config_map_a_namespace_a_priority_a_quota_and_limits_are_read()
    {
        ConfigMap map = Manifest.One<ConfigMap>(Manifest.Of("v1", "ConfigMap", "immutable: true\ndata: { b: \"2\", a: \"1\" }\nbinaryData: { c: AQI= }"));
        Assert.Equal([new Label("a", "1"), new Label("b", "2"), new Label("c", "AQI=")], map.Data);
        Assert.True(map.IsImmutable);
        Assert.Equal("", Manifest.One<Namespace>(Manifest.Of("v1", "Namespace", "spec: {}\nstatus: { phase: Active }")).Metadata.Namespace);

        PriorityClass priority = Manifest.One<PriorityClass>(Manifest.Of("scheduling.k8s.io/v1", "PriorityClass", "value: -5\nglobalDefault: true\npreemptionPolicy: Never\ndescription: low"));
        Assert.Equal((-5, true, PreemptionPolicy.Never), (priority.Value, priority.IsDefault, priority.PreemptionPolicy));

        ResourceQuota quota = Manifest.One<ResourceQuota>(Manifest.Of("v1", "ResourceQuota", "spec: { hard: { requests.cpu: \"10\", limits.memory: 1Gi, pods: 5, count/deployments.apps: 2, requests.nvidia.com/gpu: 4 } }"));
        Assert.Equal(
            [
                new ResourceAmount("count/deployments.apps", 2), new ResourceAmount("limits.memory", 1L << 30), new ResourceAmount("pods", 5),
                new ResourceAmount("requests.cpu", 10_000), new ResourceAmount("requests.nvidia.com/gpu", 4),
            ],
            quota.Hard);

        LimitRange limits = Manifest.One<LimitRange>(Manifest.Of("v1", "LimitRange", "spec: { limits: [{ type: Container, max: { cpu: 2 }, default: { memory: 1Gi }, min: { memory: 1Mi, cpu: 10m } }, { type: Pod, max: { memory: 4Gi } }] }"));
        Assert.Equal(
            [
                new LimitRangeItem(false, "cpu", 10, 2000, 2000, 2000), new LimitRangeItem(false, "memory", 1 << 20, null, 1L << 30, 1L << 30),
                new LimitRangeItem(true, "memory", null, 4L << 30, null, null),
            ],
            limits.Limits);
    }

    [Fact]
    public void The_values_of_a_secret_are_nowhere_but_change_its_hash()
    {
        const string Password = "hunter2hunter2";
        string text = Manifest.Of("v1", "Secret", $"type: kubernetes.io/basic-auth\ndata: {{ key: {Convert.ToBase64String("topsecret"u8)} }}\nstringData: {{ password: {Password} }}\n")
            .Replace("{ name: x }", "{ name: x, annotations: { kubectl.kubernetes.io/last-applied-configuration: \"dG9wc2VjcmV0\", note: kept } }", StringComparison.Ordinal);
        Secret read = Manifest.One<Secret>(text);
        Assert.Equal(("kubernetes.io/basic-auth", 9L + Password.Length), (read.Type, read.SizeBytes));
        Assert.Equal(["key", "password"], read.Keys);
        Assert.Equal("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","annotations":{"note":"kept"}},"type":"kubernetes.io/basic-auth","data":{"key":"<12 base64 characters>"},"stringData":{"password":"<14 characters>"}}""", read.Document!.Json);
        Assert.DoesNotContain("hunter2", read.ToString(), StringComparison.Ordinal);
        Assert.Equal([new Label("note", "kept")], read.Metadata.Annotations);
        Assert.NotEqual(read.ValuesHash, Manifest.One<Secret>(text.Replace(Password, "hunter3hunter3", StringComparison.Ordinal)).ValuesHash);
        Assert.Equal("Opaque", Manifest.One<Secret>(Manifest.Of("v1", "Secret", "data: {}")).Type);
    }

    [Theory]
    [InlineData("data: { password: hunter2! }")]
    [InlineData("data: { password: [hunter2] }")]
    [InlineData("data: hunter2")]
    [InlineData("stringData: { password: 123432 }")]
    [InlineData("stringData:\n  password:hunter2")]
    [InlineData("stringData: { password: \"hunter2 }")]
    [InlineData("stringData: { \"a/b\": hunter2 }")]
    [InlineData("stringData: { a: hunter2 }\ntpye: x")]
    public void No_message_repeats_a_value_of_a_secret(string rest)
    {
        IReadOnlyList<InputProblem> problems = Manifest.Problems(Manifest.Of("v1", "Secret", rest));
        Assert.DoesNotContain(problems, problem => problem.ToString().Contains("hunter2", StringComparison.Ordinal) || problem.ToString().Contains("123432", StringComparison.Ordinal));
    }

    [Fact]
    public void A_config_map_and_a_secret_above_a_mebibyte_are_refused_and_one_of_it_is_not()
    {
        string data = new('x', 1 << 20);
        Assert.Equal(1 << 20, Manifest.One<ConfigMap>(Manifest.Of("v1", "ConfigMap", $"data: {{ a: {data} }}")).Data[0].Value.Length);
        Assert.Contains("1 MiB", Manifest.Problem(Manifest.Of("v1", "ConfigMap", $"data: {{ a: {data}x }}")).Expected, StringComparison.Ordinal);
        Assert.Contains("1 MiB", Manifest.Problem(Manifest.Of("v1", "Secret", $"stringData: {{ a: {data}x }}")).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Rights_and_accounts_are_left_out_with_a_note_and_names_can_be_generated()
    {
        ManifestSet set = Manifest.Read("apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: c- }");
        Assert.Equal("c-00007", Assert.Single(set.Objects).Name);
        Assert.Equal(["not simulated: left out", "named c-00007, after its line; Kubernetes adds a random suffix"], set.Notes.Select(note => note.Expected));
    }

    [Theory]
    [InlineData("v1", "Service", "spec: {}", "spec")]
    [InlineData("v1", "Service", "spec: { ports: [{ port: 0 }] }", "spec.ports[0].port")]
    [InlineData("v1", "Service", "spec: { ports: [{ name: a, port: 1 }, { port: 2 }] }", "spec.ports[1]")]
    [InlineData("v1", "Service", "spec: { type: NodePort, ports: [{ port: 1, nodePort: 29999 }] }", "spec.ports[0].nodePort")]
    [InlineData("v1", "Service", "spec: { type: NodePort, ports: [{ port: 1, nodePort: 32768 }] }", "spec.ports[0].nodePort")]
    [InlineData("v1", "Service", "spec: { ports: [{ port: 1, nodePort: 30000 }] }", "spec.ports[0].nodePort")]
    [InlineData("v1", "Service", "spec: { ports: [{ port: 1, targetPort: 70000 }] }", "spec.ports[0].targetPort")]
    [InlineData("v1", "Service", "spec: { ports: [{ port: 1 }], externalIPs: [256.1.1.1] }", "spec.externalIPs[0]")]
    [InlineData("v1", "Service", "spec: { type: ExternalName }", "spec")]
    [InlineData("v1", "Service", "spec: { type: NodePort, clusterIP: None, ports: [{ port: 1 }] }", "spec.clusterIP")]
    [InlineData("networking.k8s.io/v1", "Ingress", "spec: {}", "spec")]
    [InlineData("networking.k8s.io/v1", "Ingress", "spec: { rules: [{ http: { paths: [{ path: a, pathType: Prefix, backend: { service: { name: s, port: { number: 1 } } } }] } }] }", "spec.rules[0].http.paths[0].path")]
    [InlineData("networking.k8s.io/v1", "Ingress", "spec: { defaultBackend: { service: { name: s, port: { number: 1, name: http } } } }", "spec.defaultBackend.service.port")]
    [InlineData("networking.k8s.io/v1", "NetworkPolicy", "spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0 } }] }] }", "spec.ingress[0].from[0].ipBlock.cidr")]
    [InlineData("networking.k8s.io/v1", "NetworkPolicy", "spec: { podSelector: {}, ingress: [{ ports: [{ port: 10, endPort: 9 }] }] }", "spec.ingress[0].ports[0].endPort")]
    [InlineData("v1", "PersistentVolume", "spec: { capacity: { storage: 1 }, accessModes: [ReadWriteOnce] }", "spec")]
    [InlineData("v1", "PersistentVolume", "spec: { capacity: {}, accessModes: [ReadWriteOnce], nfs: { server: s, path: / } }", "spec.capacity")]
    [InlineData("v1", "PersistentVolumeClaim", "spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 0 } } }", "spec.resources.requests.storage")]
    [InlineData("v1", "PersistentVolumeClaim", "spec: { accessModes: [RWO], resources: { requests: { storage: 1 } } }", "spec.accessModes[0]")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", "value: 1000000001", "value")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", "globalDefault: true", "value")]
    [InlineData("v1", "ResourceQuota", "spec: { hard: { podz: 1 } }", "spec.hard.podz")]
    [InlineData("v1", "LimitRange", "spec: { limits: [{ type: Container, min: { cpu: 2 }, max: { cpu: 1 } }] }", "spec.limits[0]")]
    [InlineData("v1", "ConfigMap", "data: { a: \"1\" }\nbinaryData: { a: AQI= }", "binaryData.a")]
    [InlineData("v1", "ConfigMap", "binaryData: { a: \"?\" }", "binaryData.a")]
    [InlineData("v1", "ConfigMap", "data: { \"a b\": x }", "data[\"a b\"]")]
    [InlineData("v1", "Node", "spec: { taints: [{ key: a, effect: NoSchedul }] }\nstatus: { capacity: { cpu: 1 } }", "spec.taints[0].effect")]
    [InlineData("v1", "Node", "status: { capacity: { cpu: 1, nvidia.com/gpu: 65 } }", "status.capacity[\"nvidia.com/gpu\"]")]
    public void What_the_API_server_refuses_is_refused(string version, string kind, string rest, string field) => Assert.Equal(field, Manifest.Problem(Manifest.Of(version, kind, rest)).Field);

    [Fact]
    public void A_node_port_belongs_to_one_service()
    {
        string one = Manifest.Of("v1", "Service", "spec: { type: NodePort, ports: [{ port: 1, nodePort: 30001 }] }", "one");
        Assert.Contains("default/one", Manifest.Problem(one + "---\n" + one.Replace("one", "two", StringComparison.Ordinal)).Expected, StringComparison.Ordinal);
    }
}
