using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Tests.Networking;

public sealed class ServiceAddressesTests
{
    private readonly ObjectStore _store = new(new EventLoop(new VirtualClock()));

    public ServiceAddressesTests() => ServiceAddresses.Attach(_store);

    [Fact]
    public void A_service_gets_the_lowest_free_address_above_the_band_for_requested_ones()
    {
        Assert.Equal(["10.96.1.0"], Create(Named("a")).ClusterIps);
        Assert.Equal(["10.96.1.1"], Create(Named("b")).ClusterIps);
        Assert.Equal([ServiceAddresses.Ipv4], Find("a").IpFamilies);
    }

    [Fact]
    public void An_address_is_free_again_when_its_service_is_gone()
    {
        Create(Named("a"));
        Create(Named("b"));
        Assert.Null(_store.Delete(Find("a").Key));
        Assert.Equal(["10.96.1.0"], Create(Named("c")).ClusterIps);
    }

    [Fact]
    public void A_requested_address_is_given_if_it_is_free_and_in_the_range()
    {
        Assert.Equal(["10.96.0.10"], Create(Named("dns") with { ClusterIps = ["10.96.0.10"] }).ClusterIps);
        Assert.Contains("already allocated", Refused(Named("other") with { ClusterIps = ["10.96.0.10"] }), StringComparison.Ordinal);
        Assert.Contains("10.96.0.0/12", Refused(Named("other") with { ClusterIps = ["10.1.0.1"] }), StringComparison.Ordinal);
        Assert.Contains("not in the valid range", Refused(Named("other") with { ClusterIps = ["nonsense"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_service_takes_nothing()
    {
        Refused(Named("a") with { Type = ServiceType.NodePort, Ports = [Port(80, 30100), Port(81, 99)] });
        Service given = Create(Named("b") with { Type = ServiceType.NodePort, Ports = [Port(80, 30100)] });
        Assert.Equal(["10.96.1.0"], given.ClusterIps);
    }

    [Fact]
    public void The_address_of_a_service_never_changes()
    {
        Service made = Create(Named("a"));
        Assert.Equal(ApiErrorCode.Invalid, _store.Update(made with { ClusterIps = ["10.96.2.2"] })?.Code);
        Assert.Null(ApplyStep.Apply(_store, Named("a") with { Ports = [Port(8080)] }));
        Assert.Equal(made.ClusterIps, Find("a").ClusterIps);
    }

    [Fact]
    public void Ipv6_and_dual_stack_services_get_addresses_of_their_families()
    {
        Assert.Equal(["fd00:10:96::100"], Create(Named("six") with { IpFamilies = [ServiceAddresses.Ipv6] }).ClusterIps);
        Assert.Equal(["10.96.1.0", "fd00:10:96::101"], Create(Named("dual") with { IpFamilies = [ServiceAddresses.Ipv4, ServiceAddresses.Ipv6] }).ClusterIps);
        Assert.Contains("IPv5", Refused(Named("x") with { IpFamilies = ["IPv5"] }), StringComparison.Ordinal);
        Refused(Named("x") with { IpFamilies = [ServiceAddresses.Ipv4, ServiceAddresses.Ipv4] });
        Refused(Named("x") with { IpFamilies = [ServiceAddresses.Ipv6], ClusterIps = ["10.96.0.9"] });
    }

    [Fact]
    public void A_service_that_gets_a_second_family_gets_a_second_address_and_gives_it_back_with_it()
    {
        Create(Named("a"));
        Assert.Null(ApplyStep.Apply(_store, Named("a") with { IpFamilies = [ServiceAddresses.Ipv4, ServiceAddresses.Ipv6] }));
        Assert.Equal(["10.96.1.0", "fd00:10:96::100"], Find("a").ClusterIps);
        Assert.Null(ApplyStep.Apply(_store, Named("a") with { IpFamilies = [ServiceAddresses.Ipv4] }));
        Assert.Equal(["10.96.1.0"], Find("a").ClusterIps);
        Assert.Equal(["fd00:10:96::100"], Create(Named("six") with { IpFamilies = [ServiceAddresses.Ipv6] }).ClusterIps);
    }

    [Fact]
    public void A_headless_service_has_no_address()
    {
        Service headless = Create(Named("a") with { ClusterIps = ["None"] });
        Assert.True(headless.IsHeadless);
        Assert.Equal(["10.96.1.0"], Create(Named("b")).ClusterIps);
        Refused(Named("c") with { ClusterIps = ["None"], Type = ServiceType.NodePort });
        Refused(Named("c") with { ClusterIps = ["None", "10.96.0.7"] });
    }

    [Fact]
    public void Node_ports_are_given_from_the_range_and_refused_when_taken_or_outside()
    {
        Service NodePorts(string name, params ServicePort[] ports) => Named(name) with { Type = ServiceType.NodePort, Ports = [.. ports] };
        Assert.Equal([30086, 30087], Create(NodePorts("a", Port(80), Port(81))).Ports.Select(port => port.NodePort));
        Assert.Equal([30088, 30500], Create(NodePorts("b", Port(80), Port(81, 30500))).Ports.Select(port => port.NodePort));
        Assert.Equal([30089, 30090], Create(NodePorts("c", Port(80), Port(81, 30090))).Ports.Select(port => port.NodePort));
        Assert.Contains("already allocated", Refused(NodePorts("d", Port(80, 30500))), StringComparison.Ordinal);
        Assert.Contains("30000-32767", Refused(NodePorts("d", Port(80, 29999))), StringComparison.Ordinal);
        Assert.Contains("Duplicate", Refused(NodePorts("d", Port(80, 30600), Port(81, 30600))), StringComparison.Ordinal);
        Create(NodePorts("e", Port(53, 30700), Port(53, 30700) with { Protocol = "UDP" }));
        Assert.Contains("ClusterIP", Refused(Named("f") with { Ports = [Port(80, 30800)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_keeps_its_node_port_until_it_is_no_node_port_service_any_more()
    {
        Service ports = Named("a") with { Type = ServiceType.NodePort };
        Create(ports);
        Assert.Null(ApplyStep.Apply(_store, ports with { Ports = [Port(80), Port(443)] }));
        Assert.Equal([30086, 30087], Find("a").Ports.Select(port => port.NodePort));
        Assert.Null(ApplyStep.Apply(_store, Named("a")));
        Assert.Equal([0], Find("a").Ports.Select(port => port.NodePort));
        Assert.Equal([30086], Create(ports with { Metadata = new ObjectMeta { Name = "b", Namespace = "default" } }).Ports.Select(port => port.NodePort));
    }

    [Fact]
    public void When_all_node_ports_above_the_band_are_taken_the_band_is_used_and_then_none()
    {
        var store = new ObjectStore(new EventLoop(new VirtualClock()));
        ServiceAddresses.Attach(store, new ServiceAddressOptions { FirstNodePort = 30000, LastNodePort = 30019 });
        var seen = new List<int>();
        for (int k = 0; k < 20; k++)
        {
            Assert.Null(store.Create(Named($"s{k}") with { Type = ServiceType.NodePort }, out KubeObject made));
            seen.Add(((Service)made).Ports[0].NodePort);
        }

        Assert.Equal([30016, 30017, 30018, 30019, .. Enumerable.Range(30000, 16)], seen);
        Assert.Equal(ApiErrorCode.InternalError, store.Create(Named("more") with { Type = ServiceType.NodePort }, out _)?.Code);
    }

    [Fact]
    public void A_load_balancer_has_a_cluster_address_node_ports_and_an_address_outside()
    {
        Service balancer = Create(Named("a") with { Type = ServiceType.LoadBalancer });
        Assert.Equal(["10.96.1.0"], balancer.ClusterIps);
        Assert.Equal(30086, balancer.Ports[0].NodePort);
        Assert.Equal(["198.18.0.1"], balancer.BalancerIps);
        Assert.Equal(["198.18.0.2"], Create(Named("b") with { Type = ServiceType.LoadBalancer }).BalancerIps);
        Assert.Null(ApplyStep.Apply(_store, Named("a")));
        Assert.Empty(Find("a").BalancerIps);
        Assert.Equal(["198.18.0.1"], Create(Named("c") with { Type = ServiceType.LoadBalancer }).BalancerIps);
    }

    [Fact]
    public void An_external_name_has_neither_address_nor_port_and_gives_back_those_it_had()
    {
        Assert.Empty(Create(Named("a") with { Type = ServiceType.ExternalName, ExternalName = "db.example" }).ClusterIps);
        Refused(Named("b") with { Type = ServiceType.ExternalName });
        Create(Named("b"));
        Assert.Null(ApplyStep.Apply(_store, Named("b") with { Type = ServiceType.ExternalName, ExternalName = "db.example" }));
        Assert.Equal(["10.96.1.0"], Create(Named("c")).ClusterIps);
    }

    [Fact]
    public void Applying_the_same_manifest_again_writes_nothing()
    {
        Create(Named("a") with { Type = ServiceType.LoadBalancer });
        long version = _store.ResourceVersion;
        Assert.Null(ApplyStep.Apply(_store, Named("a") with { Type = ServiceType.LoadBalancer }));
        Assert.Equal(version, _store.ResourceVersion);
    }

    private static Service Named(string name) => new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Ports = [Port(80)] };

    private static ServicePort Port(int port, int nodePort = 0) => new("", port, 8080, "", nodePort, "TCP");

    private Service Find(string name) => _store.View.Find<Service>(ResourceKind.Service, "default", name)!;

    private Service Create(Service service)
    {
        ApiError? error = _store.Create(service, out KubeObject created);
        Assert.True(error is null, error?.Message);
        return (Service)created;
    }

    private string Refused(Service service)
    {
        ApiError? error = _store.Create(service, out _);
        Assert.Equal(ApiErrorCode.Invalid, error?.Code);
        return error!.Message;
    }
}
