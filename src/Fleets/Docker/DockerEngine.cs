using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Fleets.Faults;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Docker;

/// <summary>Containers of Docker Engines: one engine cut into the nodes of the fleet, or several, each of which is a node, the fleet's nodes going round.</summary>
/// <remarks>
/// Every container has the labels <c>schedbench.run</c> and <c>schedbench.node</c>; nothing without the label of this run is touched, and what runs whose process is gone left is found by their journals. Images are the pod
/// server, imported once under a name of our own (<c>schedbench-pod:v1</c>): all images of an experiment run it, behaving as the experiment says. A node stands still by pausing its containers, one by one.
/// Source: Docker Engine API v1.41.
/// </remarks>
public sealed class DockerEngine : IContainerEngine
{
    /// <summary>Kind of the fleet, as <c>--fleet</c> names it.</summary>
    public const string Kind = "docker";

    private const string RunLabel = "schedbench.run";
    private const string NodeLabel = "schedbench.node";
    private const string Repository = "schedbench-pod";
    private const string Tag = "v1";
    private const int PodPort = 8080;
    private const string PodPortName = "8080/tcp";
    private const double CpuPeriod = 100_000;

    /// <summary>Containers that are removed at a time.</summary>
    private const int MostRemovals = 4;
    private readonly FleetJournal _journal = FleetJournal.Begin(Kind);
    private readonly DockerClient[] _engines;
    private readonly EngineHost?[] _machines;
    private readonly ConcurrentDictionary<int, Task> _powering = new();
    private readonly ConcurrentDictionary<string, Held> _containers = new(StringComparer.Ordinal);
    private readonly HashSet<int> _frozen = [];
    private readonly List<DockerClient> _used = [];
    private readonly CancellationTokenSource _ended = new();
    private FleetLayout? _layout;

    /// <summary>Engines by their hosts.</summary>
    /// <param name="hosts"><c>unix:///path</c> or <c>tcp://host:port</c>, one at least.</param>
    public DockerEngine(IReadOnlyList<string> hosts)
    {
        _engines = [.. hosts.Select(DockerClient.Of)];
        _machines = [.. hosts.Select(EngineHosts.Find)];
    }

    private sealed record Held(int Node, string Id, TaskCompletionSource<ContainerExit> Exit, long? CpuMilli);

    /// <inheritdoc/>
    public string Name => string.Join(", ", _engines.Select(engine => engine.Host));

    /// <summary>Hosts that are asked unless others are stated: <c>DOCKER_HOST</c>, or the socket of the distribution.</summary>
    public static string UsualHost => Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : "unix:///var/run/docker.sock";

    /// <summary>Takes away what runs that were killed have left on some engines.</summary>
    /// <returns>How many containers were removed.</returns>
    /// <exception cref="EngineException">An engine does not answer.</exception>
    public static async Task<int> TakeAwayLeftoversAsync(IReadOnlyList<string> hosts, CancellationToken cancellation = default)
    {
        int removed = 0;
        foreach ((string path, string run, IReadOnlyList<string[]> lines) in FleetJournal.Orphans(Kind).ToArray())
        {
            // The engines that the run used, those of them that still answer.
            foreach (string host in lines.Where(line => line is ["engine", _]).Select(line => line[1]).Union(hosts, StringComparer.Ordinal))
            {
                using var engine = DockerClient.Of(host);
                try
                {
                    removed += await RemoveAllAsync(engine, run, cancellation).ConfigureAwait(false);
                }
                catch (EngineException) when (!hosts.Contains(host))
                {
                    // An engine that is gone has no containers.
                }
            }

            File.Delete(path);
        }

        return removed;
    }

    /// <inheritdoc/>
    public async Task UpAsync(FleetLayout layout, CancellationToken cancellation)
    {
        _layout = layout;
        await TakeAwayLeftoversAsync([.. _engines.Select(engine => engine.Host)], cancellation).ConfigureAwait(false);
        foreach (EngineHost? machine in _machines) machine?.Reset();
        byte[] tar = PodImage.Tar();
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tar))[..12];
        Image = $"{Repository}:{Tag}-{digest}";
        foreach (DockerClient engine in _engines)
        {
            JsonNode info = await engine.AskAsync(HttpMethod.Get, "/info", cancellation: cancellation).ConfigureAwait(false) ?? throw new EngineException($"{engine.Host} says nothing of itself");
            if ((string?)info["OSType"] is not "linux") throw new EngineException($"{engine.Host} runs containers of {info["OSType"]}: expected linux");
            _journal.Write("engine", engine.Host);
            _used.Add(engine);
            if (await engine.AskAsync(HttpMethod.Get, $"/images/{Image}/json", null, cancellation, 404).ConfigureAwait(false) is not null) continue;
            await engine.SendTarAsync($"/images/create?fromSrc=-&repo={Repository}&tag={Tag}-{digest}", tar, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The image that containers are made of.</summary>
    private string Image { get; set; } = "";

    /// <inheritdoc/>
    public Task PullAsync(int node, string image, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<EngineContainer> StartAsync(ContainerOrder order, CancellationToken cancellation)
    {
        if (_powering.TryGetValue(order.Node, out Task? powering)) await powering.ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        // What has begun is not broken off: the engine would go on with it, and nobody would know of the container.
        cancellation = CancellationToken.None;
        DockerClient engine = EngineOf(order.Node);
        EngineHost? machine = MachineOf(order.Node);
        var environment = new JsonArray();
        foreach ((string name, string value) in order.Environment) environment.Add($"{name}={value}");
        if (order.Serves) environment.Add($"{PodEnvironment.PortVariable}={PodPort.ToString(CultureInfo.InvariantCulture)}");
        var body = new JsonObject
        {
            [nameof(Image)] = Image,
            ["Entrypoint"] = new JsonArray(PodImage.Entry),
            ["Env"] = environment,
            ["ExposedPorts"] = new JsonObject { [PodPortName] = new JsonObject() },
            ["Labels"] = new JsonObject { [RunLabel] = _journal.Run, [NodeLabel] = _layout!.Nodes[order.Node].Name },
            ["HostConfig"] = new JsonObject
            {
                ["Memory"] = order.MemoryBytesLimit ?? 0,
                ["CpuQuota"] = order.CpuMilliLimit is { } cpu ? (long)(cpu * CpuPeriod / 1000) : 0,
                ["CpuPeriod"] = (long)CpuPeriod,
                ["PortBindings"] = machine is not null && order.Serves ? new JsonObject { [PodPortName] = new JsonArray(new JsonObject { ["HostPort"] = "" }) } : new JsonObject(),
                ["LogConfig"] = new JsonObject { ["Type"] = "none" },
            },
        };
        JsonNode? made = await engine.AskAsync(HttpMethod.Post, $"/containers/create?name={_journal.Run}-{order.Name}", body, cancellation).ConfigureAwait(false);
        string id = (string?)made?["Id"] ?? throw new EngineException($"{engine.Host} made {order.Name} without an id");
        var exit = new TaskCompletionSource<ContainerExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        _containers[id] = new Held(order.Node, id, exit, order.CpuMilliLimit);
        await engine.AskAsync(HttpMethod.Post, $"/containers/{id}/start", cancellation: cancellation).ConfigureAwait(false);
        _ = WatchAsync(engine, id, exit);
        IPEndPoint? address = order.Serves ? await AddressOfAsync(engine, machine, id, cancellation).ConfigureAwait(false) : null;
        bool isFrozen;
        lock (_frozen) isFrozen = _frozen.Contains(order.Node);
        if (isFrozen) await engine.AskAsync(HttpMethod.Post, $"/containers/{id}/pause", null, cancellation, 409).ConfigureAwait(false);
        return new EngineContainer(id, address, exit.Task);
    }

    /// <inheritdoc/>
    public Task SignalAsync(EngineContainer container) => Send(container, "SIGTERM");

    /// <inheritdoc/>
    public Task KillAsync(EngineContainer container) => Send(container, "SIGKILL");

    /// <inheritdoc/>
    public async Task RemoveAsync(EngineContainer container)
    {
        if (!_containers.TryRemove(container.Id, out Held? held)) return;
        // A machine without power has lost it; what is on its disk goes at the end.
        if (OwnMachineOf(held.Node) is { IsOn: false }) return;
        await EngineOf(held.Node).AskAsync(HttpMethod.Delete, $"/containers/{held.Id}?force=1&v=1", null, default, 404, 409).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task FreezeAsync(int node, bool isFrozen)
    {
        lock (_frozen)
        {
            if (isFrozen) _frozen.Add(node);
            else _frozen.Remove(node);
        }

        if (OwnMachineOf(node) is { } machine)
        {
            await Task.Run(() => machine.Freeze(isFrozen)).ConfigureAwait(false);
            return;
        }

        await Task.WhenAll(_containers.Values.Where(held => held.Node == node && !held.Exit.Task.IsCompleted)
            .Select(held => EngineOf(node).AskAsync(HttpMethod.Post, $"/containers/{held.Id}/{(isFrozen ? "pause" : "unpause")}", null, default, 404, 409, 500))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => effect switch
    {
        KillContainerEffect or SlowMachineEffect => null,
        LinkEffect { Peer.Kind: LinkPeerKind.ControlPlane, IsWhole: true } => null,
        LinkEffect { Delay.Ticks: > 0 } => "packets are not delayed on real links: the kernel's netem is not there on every machine",
        LinkEffect { Peer.Kind: not (LinkPeerKind.Anyone or LinkPeerKind.Outside) } => "a node is cut off from everybody, from clients (outside), or from the control plane",
        LinkEffect { BytesPerSecond: > 0 } => "the way of images is not slowed down: they are there beforehand",
        LinkEffect when _machines.All(machine => machine is not null) => null,
        LinkEffect => "nodes cut out of one engine share its network: only the way between agents and control plane can be cut; engines of 'fleet up' have networks of their own",
        _ => $"containers of an engine cannot suffer {effect.Kind}",
    };

    /// <inheritdoc/>
    public async Task<bool> PowerAsync(int node, bool isOn)
    {
        if (OwnMachineOf(node) is not { } machine) return false;
        Task change = Task.Run(isOn ? machine.PowerOn : machine.PowerOff);
        if (isOn) _powering[node] = change;
        await change.ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public Task LinkAsync(int node, LinkEffect effect, bool begins) => Task.Run(() =>
    {
        if (effect.Peer.Kind == LinkPeerKind.ControlPlane || OwnMachineOf(node) is not { } machine) return;
        double share = effect.IsCut ? 1 : effect.Loss;
        if (share >= 1 && effect.Direction == LinkDirection.Both)
        {
            machine.Cut(begins);
            return;
        }

        if (effect.Direction.HasFlag(LinkDirection.From)) machine.Drop("PREROUTING", share, begins);
        if (effect.Direction.HasFlag(LinkDirection.To)) machine.Drop("POSTROUTING", share, begins);
    });

    /// <inheritdoc/>
    public async Task SlowAsync(int node, double share)
    {
        double nodeMilli = _layout!.Nodes[node].CpuMilli;
        Held[] running = [.. _containers.Values.Where(held => held.Node == node && !held.Exit.Task.IsCompleted)];
        foreach (Held held in running)
        {
            // Without a limit of its own a container may use the whole node.
            double milli = (held.CpuMilli ?? nodeMilli) * share;
            var body = new JsonObject { ["CpuPeriod"] = (long)CpuPeriod, ["CpuQuota"] = Math.Max(1000, (long)(milli * CpuPeriod / 1000)) };
            await EngineOf(node).AskAsync(HttpMethod.Post, $"/containers/{held.Id}/update", body, default, 404, 409).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bool isClean = true;
        // What was turned off, cut or frozen is as it was before.
        await Task.WhenAll(_powering.Values.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).ConfigureAwait(false);
        foreach (EngineHost? machine in _machines) machine?.Reset();
        foreach (DockerClient engine in _used)
        {
            try
            {
                await RemoveAllAsync(engine, _journal.Run, CancellationToken.None).ConfigureAwait(false);
            }
            catch (EngineException)
            {
                // It is gone, or does not answer: the journal stays for whoever comes after.
                isClean = false;
            }
        }

        await _ended.CancelAsync().ConfigureAwait(false);
        foreach (DockerClient engine in _engines) engine.Dispose();
        _ended.Dispose();
        if (isClean) _journal.Finish();
        else _journal.Dispose();
    }

    private static async Task<int> RemoveAllAsync(DockerClient engine, string run, CancellationToken cancellation)
    {
        string filter = Uri.EscapeDataString($"{{\"label\":[\"{RunLabel}={run}\"]}}");
        JsonArray left = (await engine.AskAsync(HttpMethod.Get, $"/containers/json?all=1&filters={filter}", cancellation: cancellation).ConfigureAwait(false))?.AsArray() ?? [];
        await Parallel.ForEachAsync(left.Select(container => (string)container!["Id"]!), new ParallelOptions { MaxDegreeOfParallelism = MostRemovals, CancellationToken = cancellation }, async (id, token) => await engine.AskAsync(HttpMethod.Delete, $"/containers/{id}?force=1&v=1", null, token, 404, 409).ConfigureAwait(false)).ConfigureAwait(false);
        return left.Count;
    }

    private static async Task<IPEndPoint> AddressOfAsync(DockerClient engine, EngineHost? machine, string id, CancellationToken cancellation)
    {
        JsonNode? inspected = await engine.AskAsync(HttpMethod.Get, $"/containers/{id}/json", cancellation: cancellation).ConfigureAwait(false);
        if (machine is not null && int.TryParse((string?)inspected?["NetworkSettings"]?["Ports"]?[PodPortName]?[0]?["HostPort"], NumberStyles.None, CultureInfo.InvariantCulture, out int port)) return new IPEndPoint(machine.Address, port);
        string address = (string?)inspected?["NetworkSettings"]?["IPAddress"] ?? "";
        return IPAddress.TryParse(address, out IPAddress? known) ? new IPEndPoint(known, PodPort) : throw new EngineException($"container {id[..12]} of {engine.Host} has no address: it has ended already, or the engine has no bridge");
    }

    private async Task WatchAsync(DockerClient engine, string id, TaskCompletionSource<ContainerExit> exit)
    {
        try
        {
            int code = await engine.WaitAsync(id, _ended.Token).ConfigureAwait(false);
            bool outOfMemory = false;
            if (code == 137)
            {
                JsonNode? inspected = await engine.AskAsync(HttpMethod.Get, $"/containers/{id}/json", null, _ended.Token, 404).ConfigureAwait(false);
                outOfMemory = (bool?)inspected?["State"]?["OOMKilled"] == true;
            }

            exit.TrySetResult(new ContainerExit(code, outOfMemory));
        }
        catch (Exception error) when (error is EngineException or OperationCanceledException)
        {
            // An engine that is gone takes its containers along, as far as anybody can tell.
            exit.TrySetResult(new ContainerExit(255, OutOfMemory: false));
        }
    }

    private async Task Send(EngineContainer container, string signal)
    {
        if (container.Exit.IsCompleted || !_containers.TryGetValue(container.Id, out Held? held)) return;
        await EngineOf(held.Node).AskAsync(HttpMethod.Post, $"/containers/{held.Id}/kill?signal={signal}", null, default, 404, 409).ConfigureAwait(false);
    }

    private DockerClient EngineOf(int node) => _engines[node % _engines.Length];

    private EngineHost? MachineOf(int node) => _machines[node % _machines.Length];

    /// <summary>The machine of a node that has it for itself.</summary>
    private EngineHost? OwnMachineOf(int node) => _machines.Length >= (_layout?.Count ?? int.MaxValue) ? MachineOf(node) : null;
}
