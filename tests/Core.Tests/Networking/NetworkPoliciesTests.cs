using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

public sealed class NetworkPoliciesTests
{
    private readonly ObjectStore _store = new(new EventLoop(new VirtualClock()));
    private readonly NetworkPolicies _policies;

    public NetworkPoliciesTests()
    {
        _policies = new NetworkPolicies(_store.View);
        Write(new Namespace { Metadata = new ObjectMeta { Name = "shop", Labels = [new Label("team", "shop")] } });
        Write(new Namespace { Metadata = new ObjectMeta { Name = "bank" } });
    }

    [Fact]
    public void Without_policies_everybody_talks_to_everybody()
    {
        Assert.True(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 5432));
        Assert.True(_policies.Allows((TrafficClient?)null, Pod("bank", "db"), 5432));
    }

    [Fact]
    public void A_policy_without_rules_keeps_everybody_from_its_pods_and_nobody_from_others()
    {
        Write(Policy("bank", "deny", All) with { LimitsIngress = true });
        Assert.False(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("bank", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows((TrafficClient?)null, Pod("bank", "db"), 1));
        Assert.True(_policies.Allows(Pod("bank", "db"), Pod("shop", "front"), 1));
    }

    [Fact]
    public void Only_selected_pods_are_limited()
    {
        Write(Policy("bank", "deny", App("db")) with { LimitsIngress = true });
        Assert.False(_policies.Allows(Pod("bank", "x"), Pod("bank", "db"), 1));
        Assert.True(_policies.Allows(Pod("bank", "x"), Pod("bank", "web"), 1));
        Assert.True(_policies.Allows(Pod("bank", "x"), Pod("shop", "db"), 1));
    }

    [Fact]
    public void A_rule_without_peers_lets_everybody_in_also_from_outside()
    {
        Write(Policy("bank", "open", App("db")) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, null, true, default)] });
        Assert.True(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 1));
        Assert.True(_policies.Allows((TrafficClient?)null, Pod("bank", "db"), 1));
    }

    [Fact]
    public void A_pod_selector_alone_means_pods_of_the_policys_own_namespace()
    {
        Write(Policy("bank", "front", App("db")) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, App("front"), false, default)] });
        Assert.True(_policies.Allows(Pod("bank", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("bank", "other"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows((TrafficClient?)null, Pod("bank", "db"), 1));
    }

    [Fact]
    public void A_namespace_selector_means_all_pods_of_those_namespaces_and_with_a_pod_selector_both_must_match()
    {
        LabelSelector shop = LabelSelector.Of([new Label("team", "shop")]);
        Write(Policy("bank", "a", App("db")) with { LimitsIngress = true, Ingress = [new NetworkPeer(shop, null, false, default)] });
        Write(Policy("bank", "b", App("web")) with { LimitsIngress = true, Ingress = [new NetworkPeer(shop, App("front"), false, default)] });
        Assert.True(_policies.Allows(Pod("shop", "any"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("bank", "any"), Pod("bank", "db"), 1));
        Assert.True(_policies.Allows(Pod("shop", "front"), Pod("bank", "web"), 1));
        Assert.False(_policies.Allows(Pod("shop", "any"), Pod("bank", "web"), 1));
    }

    [Fact]
    public void Every_namespace_carries_its_name_as_a_label()
    {
        LabelSelector byName = LabelSelector.Of([new Label("kubernetes.io/metadata.name", "shop")]);
        Write(Policy("bank", "a", All) with { LimitsIngress = true, Ingress = [new NetworkPeer(byName, null, false, default)] });
        Assert.True(_policies.Allows(Pod("shop", "x"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("default", "x"), Pod("bank", "db"), 1));
    }

    [Fact]
    public void Ports_of_a_rule_limit_it()
    {
        Write(Policy("bank", "a", All) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, null, true, [5432, 5433])] });
        Assert.True(_policies.Allows(Pod("shop", "x"), Pod("bank", "db"), 5433));
        Assert.False(_policies.Allows(Pod("shop", "x"), Pod("bank", "db"), 80));
    }

    [Fact]
    public void A_named_port_is_the_port_that_the_pod_gives_that_name()
    {
        Write(Policy("bank", "a", All) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, null, true, default) { PortNames = ["sql"] }] });
        Pod named = Pod("bank", "db");
        named = named with { Spec = named.Spec with { Containers = [named.Spec.Containers[0] with { Ports = [new ContainerPort("sql", 5432, 0, "TCP", "")] }] } };
        Assert.True(_policies.Allows(Pod("shop", "x"), named, 5432));
        Assert.False(_policies.Allows(Pod("shop", "x"), named, 80));
        Assert.False(_policies.Allows(Pod("shop", "x"), Pod("bank", "db"), 5432));
    }

    [Fact]
    public void Several_policies_add_up()
    {
        Write(Policy("bank", "deny", All) with { LimitsIngress = true });
        Write(Policy("bank", "a", App("db")) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, App("front"), false, default)] });
        Assert.True(_policies.Allows(Pod("bank", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("bank", "front"), Pod("bank", "web"), 1));
    }

    [Fact]
    public void Egress_limits_the_client_and_both_ends_must_agree()
    {
        Write(Policy("shop", "out", App("front")) with { LimitsEgress = true, Egress = [new NetworkPeer(LabelSelector.Everything, App("db"), false, default)] });
        Assert.True(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 1));
        Assert.False(_policies.Allows(Pod("shop", "front"), Pod("bank", "web"), 1));
        Assert.True(_policies.Allows(Pod("shop", "other"), Pod("bank", "web"), 1));
        Assert.True(_policies.Allows(Pod("bank", "web"), Pod("shop", "front"), 1));
        Write(Policy("bank", "in", App("db")) with { LimitsIngress = true });
        Assert.False(_policies.Allows(Pod("shop", "front"), Pod("bank", "db"), 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Requests_that_a_policy_forbids_are_denied_from_the_instant_it_is_written(double fluidAbove)
    {
        NetworkPolicy policy = Policy("default", "friends", App("web")) with { LimitsIngress = true, Ingress = [new NetworkPeer(null, App("friend"), false, [8080])] };
        RequestLedger[] ledgers = Traffic(policy, fluidAbove, new TrafficClient("default", [new Label("app", "friend")]), new TrafficClient("bank", [new Label("app", "friend")]), null);
        Assert.Equal(0, ledgers[0].Sum(TimeSpan.Zero, TimeSpan.FromSeconds(50)).Failed);
        foreach (RequestLedger ledger in ledgers[1..])
        {
            Assert.Equal(0, ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(30)).Failed);
            RequestSums after = ledger.Sum(TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(49));
            Assert.Equal(after.Requests, after.Denied);
            Assert.InRange(after.Denied, 1500, 2100);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Where_only_some_pods_of_a_service_are_limited_their_share_is_denied(double fluidAbove)
    {
        NetworkPolicy policy = Policy("default", "old", LabelSelector.Of([new Label("app", "web"), new Label("track", "old")])) with { LimitsIngress = true };
        RequestSums after = Traffic(policy, fluidAbove, (TrafficClient?)null)[0].Sum(TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(49));
        Assert.InRange(after.Denied / (double)after.Requests, 0.46, 0.54);
        Assert.Equal(after.Failed, after.Denied);
    }

    private static RequestLedger[] Traffic(NetworkPolicy policy, double fluidAbove, params TrafficClient?[] clients)
    {
        PodTemplate old = Template("web") with { Labels = [new Label("app", "web"), new Label("track", "old")] };
        OrchestratedRun run = Fleet(3).Apply(Service("web"), ReplicaSet("web", 3), ReplicaSet("old", 3, old) with { Selector = LabelSelector.Of([new Label("track", "old")]) }).Apply(30, policy)
            .With(o => o with
            {
                Traffic = [.. clients.Select(client => new TrafficSpec { Service = "web", Rates = [new(TimeSpan.Zero, 0), new(TimeSpan.FromSeconds(10), 100)], From = client, FluidAbove = fluidAbove })],
                Until = TimeSpan.FromSeconds(50),
            }).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        run.Run();
        return [.. run.Traffic!.Ledgers];
    }

    private static LabelSelector All => LabelSelector.Everything;

    private static LabelSelector App(string app) => LabelSelector.Of([new Label("app", app)]);

    private static NetworkPolicy Policy(string ns, string name, LabelSelector pods) => new() { Metadata = new ObjectMeta { Name = name, Namespace = ns }, Pods = pods };

    private static Pod Pod(string ns, string app) => new()
    {
        Metadata = new ObjectMeta { Name = app, Namespace = ns, Labels = [new Label("app", app)] },
        Spec = Template(app).Spec,
    };

    private void Write(KubeObject item) => Assert.Null(_store.Create(item, out _));
}
