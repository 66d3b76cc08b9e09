using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

public sealed class ServiceDnsTests
{
    [Theory]
    [InlineData("web", "default")]
    [InlineData("WEB", "default")]
    [InlineData("web.default", "elsewhere")]
    [InlineData("web.default.svc", "elsewhere")]
    [InlineData("web.default.svc.cluster.local", "elsewhere")]
    [InlineData("web.default.svc.cluster.local.", "elsewhere")]
    public void A_service_is_known_by_its_short_and_its_long_names(string name, string from)
    {
        OrchestratedRun run = Up();
        Assert.Equal(["10.96.1.0"], run.Dns.Resolve(name, from)!.Addresses);
    }

    [Theory]
    [InlineData("web", "elsewhere")]
    [InlineData("web.", "default")]
    [InlineData("nobody", "default")]
    [InlineData("web.default.pod.cluster.local", "default")]
    [InlineData("example.com", "default")]
    public void Other_names_are_unknown(string name, string from) => Assert.Null(Up().Dns.Resolve(name, from));

    [Fact]
    public void A_headless_service_stands_for_its_ready_pods()
    {
        OrchestratedRun run = Up();
        long[] pods = [.. Pods(run).Where(pod => pod.Metadata.Labels.ValueOf("app") == "db").Select(pod => pod.Uid)];
        Assert.Equal(2, pods.Length);
        Assert.Equal(pods, run.Dns.Resolve("db", "default")!.Pods);
    }

    [Fact]
    public void An_external_name_stands_for_a_host_outside() => Assert.Equal("db.example", Up().Dns.Resolve("outside", "default")!.CanonicalName);

    [Fact]
    public void Pods_with_host_name_and_subdomain_have_names_of_their_own()
    {
        OrchestratedRun run = Up();
        Pod pod = Pods(run).First(pod => pod.Name == "lone");
        Assert.Equal([pod.Uid], run.Dns.Resolve("first.db", "default")!.Pods);
        Assert.Equal([pod.Uid], run.Dns.Resolve("first.db.default.svc.cluster.local", "elsewhere")!.Pods);
        Assert.Null(run.Dns.Resolve("lone.db", "default"));
        Assert.Null(run.Dns.Resolve("first.web", "default"));
    }

    [Fact]
    public void Pods_of_a_stateful_set_are_known_by_their_names_in_its_service()
    {
        OrchestratedRun run = Up();
        ObjectStore store = run.Store;
        Assert.Null(store.Create(new StatefulSet { Metadata = Meta("set"), Replicas = 0, Selector = LabelSelector.Of([new Label("app", "db")]), Template = Template("db"), ServiceName = "db" }, out KubeObject set));
        Pod pod = Pods(run).First(pod => pod.Metadata.Labels.ValueOf("app") == "db" && pod.Name != "lone");
        Assert.Null(store.Update(pod with { Metadata = pod.Metadata with { Owners = [new OwnerReference(ResourceKind.StatefulSet, "set", set.Uid)] } }));
        Assert.Equal([pod.Uid], run.Dns.Resolve(pod.Name + ".db", "default")!.Pods);
    }

    private static OrchestratedRun Up()
    {
        PodTemplate template = Template("db");
        var lone = new Pod { Metadata = new ObjectMeta { Name = "lone", Namespace = "default", Labels = [new Label("app", "db")] }, Spec = template.Spec with { Hostname = "first", Subdomain = "db" } };
        OrchestratedRun run = Fleet(3).Apply(
            Service("web"), ReplicaSet("web", 2), Service("db") with { ClusterIps = ["None"] }, ReplicaSet("db", 2), lone,
            new Service { Metadata = Meta("outside"), Type = ServiceType.ExternalName, ExternalName = "db.example" }).Build(out _);
        run.Run();
        return run;
    }
}
