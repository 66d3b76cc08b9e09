using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Fleets.Faults;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Processes;

/// <summary>Containers that are child processes of this one: every image is the pod server, behaving as the experiment says. For machines without an engine, and for tests.</summary>
/// <remarks>Linux. A process is a group of its own; the processes of a node stand still and go on by signals. Limits of CPU and memory are not enforced, and there is no network of its own to break: such faults are refused.
/// Every process is written into a journal with the instant of its start: what a killed run left is found by both, and nothing else is ever touched.</remarks>
public sealed class ProcessEngine : IContainerEngine
{
    /// <summary>Kind of the fleet, as <c>--fleet</c> names it.</summary>
    public const string Kind = "process";

    private const string Niceness = "15";
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;
    private const string Program = "SchedBench.PodServer.dll";
    private static int _nextPort = FirstPort + (Environment.ProcessId % 1_000 * 10);
    private readonly FleetJournal _journal = FleetJournal.Begin(Kind);
    private readonly ConcurrentDictionary<string, Child> _children = new(StringComparer.Ordinal);
    private readonly HashSet<int> _frozen = [];
    private readonly string _program = Path.Combine(AppContext.BaseDirectory, Program);

    private sealed record Child(Process Process, int Node, TaskCompletionSource<ContainerExit> Exit);

    /// <inheritdoc/>
    public string Name => "processes of this machine";

    /// <summary>Ends what runs of this kind that were killed have left.</summary>
    /// <returns>How many processes were ended.</returns>
    public static int TakeAwayLeftovers()
    {
        int ended = 0;
        foreach ((string path, _, IReadOnlyList<string[]> lines) in FleetJournal.Orphans(Kind))
        {
            foreach (string[] line in lines)
            {
                if (line is not ["process", var pid, var started] || !FleetJournal.IsAlive(pid, started)) continue;
                Linux.Kill(-int.Parse(pid, CultureInfo.InvariantCulture), Linux.SigKill);
                ended++;
            }

            File.Delete(path);
        }

        return ended;
    }

    /// <inheritdoc/>
    public Task UpAsync(FleetLayout layout, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux()) throw new EngineException("the process fleet needs Linux: it stops and continues processes by their groups");
        if (!File.Exists(_program)) throw new EngineException($"the pod server is missing beside the program: {_program}");
        TakeAwayLeftovers();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PullAsync(int node, string image, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<EngineContainer> StartAsync(ContainerOrder order, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IPEndPoint? address = order.Serves ? new IPEndPoint(IPAddress.Loopback, FreePort()) : null;
        var start = new ProcessStartInfo("setsid") { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        // Behind whoever measures, from whom they have their precedence.
        foreach (string argument in (string[])["nice", "-n", Niceness]) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(DotNet);
        start.ArgumentList.Add(_program);
        foreach ((string name, string value) in order.Environment) start.Environment[name] = value;
        start.Environment["DOTNET_GCgen0size"] = "400000";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        if (address is not null) start.Environment[PodEnvironment.PortVariable] = address.Port.ToString(CultureInfo.InvariantCulture);
        var exit = new TaskCompletionSource<ContainerExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.Exited += (_, _) => exit.TrySetResult(new ContainerExit(process.ExitCode, OutOfMemory: false));
        try
        {
            if (!process.Start()) throw new EngineException($"{order.Name} could not be started");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new EngineException($"{order.Name} could not be started: {error.Message}", error);
        }

        _journal.Write("process", process.Id, Linux.StartedAt(process.Id) ?? 0);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string id = process.Id.ToString(CultureInfo.InvariantCulture);
        _children[id] = new Child(process, order.Node, exit);
        bool isFrozen;
        lock (_frozen) isFrozen = _frozen.Contains(order.Node);
        if (isFrozen) Linux.Kill(process.Id, Linux.SigStop);
        await Task.CompletedTask.ConfigureAwait(false);
        return new EngineContainer(id, address, exit.Task);
    }

    /// <inheritdoc/>
    public Task SignalAsync(EngineContainer container) => Send(container, Linux.SigTerm);

    /// <inheritdoc/>
    public Task KillAsync(EngineContainer container) => Send(container, Linux.SigKill);

    /// <inheritdoc/>
    public Task RemoveAsync(EngineContainer container)
    {
        if (container.Exit.IsCompleted && _children.TryRemove(container.Id, out Child? child)) child.Process.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task FreezeAsync(int node, bool isFrozen)
    {
        lock (_frozen)
        {
            if (isFrozen) _frozen.Add(node);
            else _frozen.Remove(node);
        }

        foreach (Child child in _children.Values.Where(child => child.Node == node && !child.Exit.Task.IsCompleted)) Linux.Kill(-child.Process.Id, isFrozen ? Linux.SigStop : Linux.SigCont);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => effect.Kind switch
    {
        WorldEffectKind.KillContainer => null,
        WorldEffectKind.Link when effect is LinkEffect { Peer.Kind: LinkPeerKind.ControlPlane, IsWhole: true } => null,
        WorldEffectKind.Link => "processes of one machine talk over its loopback, which cannot be broken for some of them: only the way between agents and control plane can be cut",
        _ => $"processes without limits of their own cannot suffer {effect.Kind}",
    };

    /// <inheritdoc/>
    public Task<bool> PowerAsync(int node, bool isOn) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task LinkAsync(int node, LinkEffect effect, bool begins) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task SlowAsync(int node, double share) => throw new EngineException("processes without limits of their own cannot be slowed down");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Child child in _children.Values)
        {
            if (!child.Exit.Task.IsCompleted) Linux.Kill(-child.Process.Id, Linux.SigKill);
        }

        await Task.WhenAll(_children.Values.Select(child => child.Exit.Task)).ConfigureAwait(false);
        foreach (Child child in _children.Values) child.Process.Dispose();
        _journal.Finish();
    }

    private static string DotNet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private Task Send(EngineContainer container, int signal)
    {
        if (container.Exit.IsCompleted || !_children.TryGetValue(container.Id, out Child? child)) return Task.CompletedTask;
        Linux.Kill(-child.Process.Id, signal);
        // What stands still takes no other signal before it goes on.
        return Task.CompletedTask;
    }

    /// <summary>A port that nobody listens on now.</summary>
    private static int FreePort()
    {
        for (int tries = 0; tries < LastPort - FirstPort; tries++)
        {
            int port = FirstPort + (Interlocked.Increment(ref _nextPort) % (LastPort - FirstPort));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new EngineException($"no port between {FirstPort} and {LastPort} is free");
    }
}
