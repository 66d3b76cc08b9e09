using System.Net;
using System.Net.Sockets;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Fleets.Load;
using SchedBench.TestKit;

namespace SchedBench.Fleets.Tests;

/// <summary>The load generator: the instants of simulated clients, latencies from the intended instant, and every way in which a request can end.</summary>
public sealed class LoadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(ArrivalProcess.Constant)]
    [InlineData(ArrivalProcess.Poisson)]
    public void Requests_are_planned_for_the_very_instants_at_which_simulated_clients_send_them(ArrivalProcess arrivals)
    {
        var spec = new TrafficSpec { Service = "web", Arrivals = arrivals, Rates = [new(TimeSpan.Zero, 0), new(Second, 5), new(3 * Second, 50), new(4 * Second, 0)], Observers = 1 };
        var plan = new ArrivalPlan(spec, 1);
        var planned = new List<TimeSpan>();
        while (plan.Next() is { } at) planned.Add(at);
        // Nobody answers, so that every request fails at the instant at which it is sent.
        OrchestratedRun run = OrchestrationBuilder.Fleet(1).With(o => o with { Traffic = [spec], Until = 10 * Second }).BuildWithAgents(new AgentOptions());
        var facts = new FactRecorder();
        run.Facts.Subscribe(facts);
        run.Run();
        Assert.Equal(facts.Facts.Where(fact => fact.Kind == FactKind.RequestFailed).Select(fact => fact.At), planned);
        Assert.InRange(planned.Count, 45, 75);
    }

    [Fact]
    public async Task A_slow_server_slows_down_no_other_request_and_latency_counts_from_the_intended_instant()
    {
        // It answers each request after 300 ms, one at a time: what waits for it waits in its queue, and every request is sent in time.
        await using var server = new SlowServer(TimeSpan.FromMilliseconds(300));
        IReadOnlyList<RequestReport> reports = await Generate(new TrafficSpec { Service = "web", Arrivals = ArrivalProcess.Constant, Rates = [new(TimeSpan.Zero, 10)], Timeout = 10 * Second }, server.Address, Second);
        Assert.Equal(9, reports.Count);
        Assert.All(reports, report => Assert.Equal(RequestOutcome.Answered, report.Outcome));
        Assert.Equal(Enumerable.Range(1, 9).Select(n => n * 100.0), reports.OrderBy(report => report.Number).Select(report => report.IntendedAt.TotalMilliseconds));
        // The ninth was to be sent at 0.9 s and is answered when nine times 0.3 s have passed since the first.
        Assert.InRange(reports.MaxBy(report => report.Number).Latency.TotalSeconds, 0.1 + (9 * 0.3) - 0.9 - 0.05, 30);
    }

    [Fact]
    public async Task Refused_reset_timed_out_and_missing_endpoints_are_told_apart()
    {
        var spec = new TrafficSpec { Service = "web", Arrivals = ArrivalProcess.Constant, Rates = [new(TimeSpan.Zero, 20)], Timeout = TimeSpan.FromMilliseconds(200) };
        Assert.All(await Generate(spec, new IPEndPoint(IPAddress.Loopback, ClosedPort()), Second / 2), report => Assert.Equal(RequestOutcome.Refused, report.Outcome));
        await using (var silent = new SlowServer(10 * Second)) Assert.All(await Generate(spec, silent.Address, Second / 2), report => Assert.Equal(RequestOutcome.TimedOut, report.Outcome));
        await using (var breaking = new SlowServer(TimeSpan.Zero) { Breaks = true }) Assert.All(await Generate(spec, breaking.Address, Second / 2), report => Assert.Equal(RequestOutcome.Lost, report.Outcome));
        Assert.All(await Generate(spec, null, Second / 2), report => Assert.Equal(RequestOutcome.NoEndpoint, report.Outcome));
    }

    /// <summary>A generator that nobody can keep up with says so instead of a number: here time leaps under it.</summary>
    [Fact]
    public void A_generator_that_is_late_is_known_by_its_lateness()
    {
        var late = new LatencyHistogram();
        for (int n = 0; n < 100; n++) late.Add(TimeSpan.FromMilliseconds(n < 98 ? 1 : 200));
        Assert.True(late.Quantile(990) > TimeSpan.FromMilliseconds(25));
    }

    private static async Task<IReadOnlyList<RequestReport>> Generate(TrafficSpec spec, IPEndPoint? address, TimeSpan until)
    {
        var table = new EndpointTable();
        if (address is not null) table.Set("default", "web", [new LiveEndpoint(1, "pod", "v1", address)]);
        var clock = new WallClock(TimeProvider.System, 1);
        var all = new List<RequestReport>();
        int sent = 0;
        await using (var generator = new OpenLoopGenerator([spec], new ImageCatalog { Default = new ImageBehavior { ServiceSeconds = new ConstantDistribution(0) } }, 1, until))
        {
            clock.Restart();
            generator.Begin(() => clock.Elapsed, table, (reports, counts) =>
            {
                lock (all) all.AddRange(reports);
                Interlocked.Add(ref sent, counts[0]);
            });
            int expected = (int)Math.Ceiling(until.TotalSeconds * spec.Rates[0].RequestsPerSecond) - 1;
            for (int tries = 0; tries < 3_000; tries++)
            {
                lock (all)
                {
                    if (all.Count == expected) break;
                }

                await Task.Delay(10);
            }
        }

        Assert.Equal(all.Count, sent);
        return all;
    }

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Answers one request at a time, after some time; or breaks connections.</summary>
    private sealed class SlowServer : IAsyncDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly TimeSpan _time;
        private readonly CancellationTokenSource _ended = new();
        private readonly Task _serving;

        public SlowServer(TimeSpan time)
        {
            _time = time;
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(100);
            Address = (IPEndPoint)_listener.LocalEndPoint!;
            _serving = ServeAsync();
        }

        public IPEndPoint Address { get; }

        public bool Breaks { get; init; }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            _listener.Dispose();
            await _serving;
            _ended.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using Socket client = await _listener.AcceptAsync(_ended.Token);
                    await client.ReceiveAsync(new byte[1024], _ended.Token);
                    if (Breaks)
                    {
                        client.LingerState = new LingerOption(true, 0);
                        continue;
                    }

                    await Task.Delay(_time, _ended.Token);
                    await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _ended.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // It is over, or whoever asked is gone.
            }
        }
    }
}
