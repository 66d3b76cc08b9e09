using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Tests.Networking;

public sealed class ProxyAndIngressTests
{
    [Fact]
    public void What_is_known_and_since_when_agree_for_every_observer_and_instant()
    {
        var proxies = new ProxyTiming(NetworkOptions.Default, seed: 7);
        for (int observer = 0; observer < 20; observer++)
        {
            for (int k = 0; k < 200; k++)
            {
                var change = TimeSpan.FromMilliseconds((37 * k) + observer);
                TimeSpan from = proxies.KnownFrom(observer, change);
                Assert.InRange(from - change, TimeSpan.Zero, proxies.Longest);
                Assert.True(proxies.KnownUntil(observer, from) >= change, $"observer {observer} should know at {from} of {change}");
                Assert.True(proxies.KnownUntil(observer, from - TimeSpan.FromTicks(1)) < change, $"observer {observer} should not know before {from} of {change}");
            }
        }
    }

    [Fact]
    public void A_proxy_without_period_knows_after_the_two_delays()
    {
        var options = new NetworkOptions { WatchDelay = TimeSpan.FromSeconds(1), ProxySyncPeriod = TimeSpan.Zero, ProgrammingDelay = TimeSpan.FromSeconds(2) };
        var proxies = new ProxyTiming(options, seed: 1);
        Assert.Equal(TimeSpan.FromSeconds(13), proxies.KnownFrom(0, TimeSpan.FromSeconds(10)));
        Assert.Equal(TimeSpan.FromSeconds(10), proxies.KnownUntil(0, TimeSpan.FromSeconds(13)));
    }

    [Theory]
    [InlineData("shop.example", "/", "front")]
    [InlineData("shop.example", "/api", "api")]
    [InlineData("shop.example", "/api/v1", "api")]
    [InlineData("shop.example", "/apis", "front")]
    [InlineData("shop.example", "/api/health", "health")]
    [InlineData("shop.example", "/api/health/x", "api")]
    [InlineData("a.wild.example", "/", "wild")]
    [InlineData("a.b.wild.example", "/", "any")]
    [InlineData("elsewhere", "/x", "any")]
    public void The_most_specific_route_wins(string host, string path, string service)
    {
        var ingress = new Ingress
        {
            Metadata = new ObjectMeta { Name = "shop", Namespace = "default" },
            Routes =
            [
                new("", "/", false, "any", 80, ""), new("shop.example", "/", false, "front", 80, ""), new("shop.example", "/api", false, "api", 80, ""),
                new("shop.example", "/api/health", true, "health", 80, ""), new("*.wild.example", "/", false, "wild", 80, ""),
            ],
        };
        Assert.Equal(service, Router(ingress).Route("default", host, path, 0.5, TimeSpan.Zero));
    }

    [Fact]
    public void A_canary_takes_its_weight_of_the_requests()
    {
        Ingress Of(string name, string service, int? weight) => new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Routes = [new("h", "/", false, service, 80, "")],
            CanaryWeight = weight,
        };
        IngressRouter router = Router(Of("web", "old", null), Of("web-canary", "new", 20));
        Assert.Equal("new", router.Route("default", "h", "/", 0.19, TimeSpan.Zero));
        Assert.Equal("old", router.Route("default", "h", "/", 0.20, TimeSpan.Zero));
        Assert.Null(router.Route("default", "other", "/", 0, TimeSpan.Zero));
        Assert.Null(router.Route("elsewhere", "h", "/", 0, TimeSpan.Zero));
    }

    [Fact]
    public void Quantiles_of_latencies_are_at_most_one_percent_too_long()
    {
        var histogram = new LatencyHistogram();
        for (int k = 1; k <= 10_000; k++) histogram.Add(TimeSpan.FromTicks(k * 977L));
        foreach (int permille in (int[])[1, 10, 500, 900, 990, 999, 1000])
        {
            double exact = (permille * 10) * 977.0;
            Assert.InRange(histogram.Quantile(permille)!.Value.Ticks / exact, 1.0, 1.008);
        }

        Assert.Null(new LatencyHistogram().Quantile(500));
    }

    private static IngressRouter Router(params Ingress[] ingresses)
    {
        var store = new ObjectStore(new EventLoop(new VirtualClock()));
        var history = new IngressHistory(() => TimeSpan.Zero, TimeSpan.FromSeconds(1));
        store.Subscribe(history);
        foreach (Ingress ingress in ingresses) Assert.Null(store.Create(ingress, out _));
        return new IngressRouter(history);
    }
}
