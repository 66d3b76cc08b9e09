using System.Collections.Concurrent;
using System.Net;
using SchedBench.Core.Nodes;
using SchedBench.Core.Time;

namespace SchedBench.Fleets.Runtime;

/// <summary>Runs the containers of a run on an engine: requests of agents go to it one after the other for each container, what comes of them enters the run as messages.</summary>
/// <remarks>Called on the loop's thread; the engine works on others. Reports are stamped where they arise and recorded with the run: a run that is repeated from its recording has no engine, and hears the same.
/// What an engine cannot do is an exit of the container with code 128, as of one that could not be started, and a note.</remarks>
internal sealed class FleetRuntime : IObservedRuntime, IMessageReceiver, INodeHealthListener, IDisposable
{
    private const int NotStartedCode = 128;
    private static readonly TimeSpan LongestStart = TimeSpan.FromMilliseconds(300);
    private readonly FleetSite _site;
    private readonly ushort _handler;
    private readonly IContainerEngine? _engine;
    private readonly Mailbox _mailbox;
    private readonly Func<TimeSpan> _stamp;
    private readonly ImageDraws _draws;
    private readonly List<RealContainer> _containers = [];
    private readonly Queue<FleetReport> _entered = new();
    private readonly HashSet<(int Node, string Image)> _images = [];
    private readonly Dictionary<int, List<NodeImage>> _imagesOn = [];
    private readonly ConcurrentDictionary<long, IPEndPoint> _addresses = new();
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Starts at a time: as many as there are processors. With more all of them take longer, and how long is anybody's guess.</summary>
    private readonly SemaphoreSlim _starting = new(Environment.ProcessorCount);
    private readonly HashSet<int> _frozen = [];
    private IServingObserver[] _serving = [];

    /// <summary>A runtime of a run that has not begun.</summary>
    /// <param name="site">The run.</param>
    /// <param name="engine">What runs containers; null in a run that is repeated from its recording.</param>
    /// <param name="mailbox">The run's mailbox.</param>
    /// <param name="stamp">The instant that real time has reached.</param>
    public FleetRuntime(FleetSite site, IContainerEngine? engine, Mailbox mailbox, Func<TimeSpan> stamp)
    {
        (_site, _engine, _mailbox, _stamp) = (site, engine, mailbox, stamp);
        _handler = site.Loop.Register(this);
        _draws = new ImageDraws(site.Seed);
        site.Health.Subscribe(this);
    }

    private sealed class RealContainer
    {
        public required ContainerStart Start { get; init; }

        public required ImageBehavior Behavior { get; init; }

        public required int Handle { get; init; }

        /// <summary>What the engine is asked for, one after the other.</summary>
        public Task Tail { get; set; } = Task.CompletedTask;

        public EngineContainer? Engine { get; set; }

        public CancellationTokenSource Probing { get; } = new();

        public bool IsListening { get; set; }

        public bool HasEnded { get; set; }

        public bool IsFit { get; set; }

        /// <summary>When the agent asked for its start, for its stop and for its end.</summary>
        public TimeSpan? AskedAt { get; set; }

        /// <summary>Other starts that were under way then.</summary>
        public int Others { get; set; }

        public TimeSpan? SignalledAt { get; set; }

        public TimeSpan? KilledAt { get; set; }

        public ProbeAnswer Readiness { get; set; } = ProbeAnswer.Fails;

        public ProbeAnswer Liveness { get; set; } = ProbeAnswer.Fails;
    }

    /// <inheritdoc/>
    public IRuntimeEvents? Events { get; set; }

    /// <summary>Where pods listen, by their identity. Thread-safe.</summary>
    public IReadOnlyDictionary<long, IPEndPoint> Addresses => _addresses;

    /// <summary>What was measured of the engine.</summary>
    public RuntimeSamples Measured { get; } = new();

    /// <summary>What the engine could not do, each once as it said it.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <inheritdoc/>
    public void Observe(IServingObserver observer) => _serving = [.. _serving, observer];

    /// <inheritdoc/>
    public bool HasImage(int node, string image) => _images.Contains((node, image));

    /// <inheritdoc/>
    public IReadOnlyList<NodeImage> ImagesOn(int node) => _imagesOn.TryGetValue(node, out List<NodeImage>? images) ? images : [];

    /// <inheritdoc/>
    public long ImageBytes(int node) => 0;

    /// <inheritdoc/>
    public void RemoveImage(int node, string image)
    {
        // Real images stay: their sizes are not told, so no agent ever wants them gone.
    }

    /// <inheritdoc/>
    public void Pull(int node, string image, ContainerId id)
    {
        if (_engine is null) return;
        _ = Task.Run(async () =>
        {
            try
            {
                await _engine.PullAsync(node, image, _ended.Token).ConfigureAwait(false);
                Post(new FleetReport(FleetEvent.Pulled, id, node, 1, Image: image));
            }
            catch (Exception error) when (error is EngineException or OperationCanceledException)
            {
                Post(new FleetReport(FleetEvent.Pulled, id, node, 0, Image: image, Said: error.Message));
            }
        });
    }

    /// <inheritdoc/>
    public int Create(in ContainerStart start)
    {
        _containers.Add(new RealContainer { Start = start, Behavior = _site.Images.Find(start.Container.Image), Handle = _containers.Count });
        return _containers.Count - 1;
    }

    /// <inheritdoc/>
    public void Start(int handle)
    {
        RealContainer container = _containers[handle];
        container.AskedAt = _site.Loop.Now;
        container.Others = _containers.Count(other => other is { AskedAt: not null, IsListening: false, HasEnded: false }) - 1;
        ContainerStart start = container.Start;
        // Init containers and jobs answer nobody.
        bool serves = start.Serves && container.Behavior.RunSeconds is null && !start.IsInit;
        var order = new ContainerOrder(
            start.Pod.Node.Value, $"{start.Pod.Name}-{start.Container.Name}-{start.Pod.Uid}-{start.Id.Attempt}", start.Container.Image, PodEnvironment.Of(in start, container.Behavior, _draws), serves,
            start.Container.CpuMilliLimit, start.Container.MemoryBytesLimit);
        Ask(container, async engine =>
        {
            if (Unknown(start.Container) is { } action) throw new EngineException($"container {start.Container.Name} of {start.Pod.Name} has a probe of kind {action}: real containers are asked by httpGet and tcpSocket");
            await _starting.WaitAsync(_ended.Token).ConfigureAwait(false);
            var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                container.Engine = await engine.StartAsync(order, _ended.Token).ConfigureAwait(false);
            }
            catch
            {
                _starting.Release();
                throw;
            }

            _ = NextMayStartAsync(Task.WhenAny(listens.Task, container.Engine.Exit));
            if (container.Engine.Address is { } address) _addresses[start.Pod.Uid] = address;
            Post(new FleetReport(FleetEvent.Started, start.Id, handle));
            if (container.Engine.Address is { } asked) _ = Prober.ProbeAsync(asked, start.Container, _site.ProbePeriod, () => { listens.TrySetResult(); Post(new FleetReport(FleetEvent.Listens, start.Id, handle)); }, (readiness, liveness) => Post(new FleetReport(FleetEvent.Probed, start.Id, handle, Readiness: readiness, Liveness: liveness)), container.Probing.Token);
            _ = TellExitAsync(container, container.Engine.Exit);
        });
    }

    /// <inheritdoc/>
    public void Signal(int handle)
    {
        RealContainer container = _containers[handle];
        container.SignalledAt ??= _site.Loop.Now;
        if (container.IsListening && container.Start.Serves && !container.HasEnded)
        {
            foreach (IServingObserver observer in _serving) observer.OnStopping(container.Start.Pod);
        }

        Ask(container, engine => container.Engine is { } started ? engine.SignalAsync(started) : Task.CompletedTask);
    }

    /// <inheritdoc/>
    public void Kill(int handle)
    {
        _containers[handle].KilledAt ??= _site.Loop.Now;
        Ask(_containers[handle], engine => _containers[handle].Engine is { } started ? engine.KillAsync(started) : Task.CompletedTask);
    }

    /// <summary>Ends containers of a pod at once: those of a name, or all when it is empty.</summary>
    public void KillContainers(long podUid, string name)
    {
        foreach (RealContainer container in _containers)
        {
            if (container.Start.Pod.Uid == podUid && !container.HasEnded && (name.Length == 0 || container.Start.Container.Name == name)) Kill(container.Handle);
        }
    }

    /// <summary>The processes of a node get such a share of the CPU that they would have.</summary>
    public void Slow(int node, double share)
    {
        if (_engine is { } engine) _ = Tried(engine.SlowAsync(node, share));
    }

    /// <inheritdoc/>
    public void Remove(int handle)
    {
        RealContainer container = _containers[handle];
        _addresses.TryRemove(container.Start.Pod.Uid, out _);
        Ask(container, engine => container.Engine is { } started ? engine.RemoveAsync(started) : Task.CompletedTask);
    }

    /// <inheritdoc/>
    public ProbeAnswer Probe(int handle, ProbeKind kind) => kind == ProbeKind.Liveness ? _containers[handle].Liveness : _containers[handle].Readiness;

    /// <inheritdoc/>
    public ContainerUsage Usage(int handle)
    {
        ImageBehavior behavior = _containers[handle].Behavior;
        // The limit is the engine's to enforce; what a container is said to use is what node pressure is counted by.
        return new ContainerUsage(behavior.IdleCpuMilli, behavior.MemoryBytes, 0);
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        NodeTrouble begun = after & ~before;
        if ((begun & NodeTrouble.Down) != NodeTrouble.None) _ = Tried(PowerOffAsync(node, [.. _containers.Where(container => container.Start.Pod.Node.Value == node && !container.HasEnded)]));
        if ((before & ~after & NodeTrouble.Down) != NodeTrouble.None && _engine is { } powered) _ = Tried(powered.PowerAsync(node, isOn: true));

        bool isFrozen = (after & NodeTrouble.ProcessesHung) != NodeTrouble.None;
        if (isFrozen == _frozen.Contains(node)) return;
        if (isFrozen) _frozen.Add(node);
        else _frozen.Remove(node);
        if (_engine is { } engine) _ = Tried(engine.FreezeAsync(node, isFrozen));
    }

    /// <inheritdoc/>
    EventData IMessageReceiver.Receive(in EventData data, object content, object? sender)
    {
        _entered.Enqueue((FleetReport)content);
        return data;
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        FleetReport report = _entered.Dequeue();
        if (report.Said.Length > 0 && !_notes.Contains(report.Said)) _notes.Enqueue(report.Said);
        if (report.Event == FleetEvent.Pulled)
        {
            OnPulled(report);
            return;
        }

        RealContainer container = _containers[report.Handle];
        switch (report.Event)
        {
            case FleetEvent.Started:
                Events!.OnStarted(report.Id);
                break;
            case FleetEvent.Listens when !container.HasEnded:
                container.IsListening = true;
                Measured.Start.Add((container.Others, (_site.Loop.Now - container.AskedAt!.Value - _draws.Start(container.Behavior, ImageDraws.EntityOf(container.Start), container.Start.Id.Attempt)).TotalSeconds));
                if (!container.Start.Serves) break;
                foreach (IServingObserver observer in _serving) observer.OnListening(container.Start.Pod, container.Behavior);
                break;
            case FleetEvent.Probed when !container.HasEnded:
                (container.Readiness, container.Liveness) = (report.Readiness, report.Liveness);
                TellFit(container, report.Readiness == ProbeAnswer.Passes);
                Events!.OnProbeChanged(report.Id);
                break;
            case FleetEvent.Exited:
                OnExited(container, report);
                break;
            default:
                break;
        }
    }

    /// <summary>The run is over: nothing more is asked for, and no message comes any more.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        foreach (RealContainer container in _containers) await container.Probing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_containers.Select(container => container.Tail)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();

    private void OnPulled(FleetReport report)
    {
        bool isHere = report.Code == 1;
        if (isHere && _images.Add((report.Handle, report.Image)))
        {
            if (!_imagesOn.TryGetValue(report.Handle, out List<NodeImage>? images)) _imagesOn.Add(report.Handle, images = []);
            images.Add(new NodeImage(report.Image, 0, _site.Loop.Now));
        }

        Events!.OnPulled(report.Id, new PullResult(isHere, 0));
    }

    private void OnExited(RealContainer container, FleetReport report)
    {
        container.HasEnded = true;
        if (report.Said.Length == 0 && container.KilledAt is { } killed) Measured.Kill.Add((_site.Loop.Now - killed).TotalSeconds);
        else if (report.Said.Length == 0 && container.SignalledAt is { } signalled) Measured.Stop.Add((_site.Loop.Now - signalled - _draws.Stop(container.Behavior, ImageDraws.EntityOf(container.Start), container.Start.Id.Attempt)).TotalSeconds);
        container.Probing.Cancel();
        TellFit(container, isFit: false);
        if (container.IsListening && container.Start.Serves)
        {
            foreach (IServingObserver observer in _serving) observer.OnStopped(container.Start.Pod);
        }

        Events!.OnExited(report.Id, report.Code, report.OutOfMemory);
    }

    private void TellFit(RealContainer container, bool isFit)
    {
        if (!container.Start.Serves || container.IsFit == isFit) return;
        container.IsFit = isFit;
        foreach (IServingObserver observer in _serving) observer.OnFitChanged(container.Start.Pod, isFit);
    }

    /// <summary>The next container may start when one listens, has ended, or has had the time to be up: what an application does after that is its own start.</summary>
    private async Task NextMayStartAsync(Task isUp)
    {
        await Task.WhenAny(isUp, Task.Delay(LongestStart)).ConfigureAwait(false);
        _starting.Release();
    }

    private async Task TellExitAsync(RealContainer container, Task<ContainerExit> exit)
    {
        ContainerExit end = await exit.ConfigureAwait(false);
        Post(new FleetReport(FleetEvent.Exited, container.Start.Id, container.Handle, end.Code, end.OutOfMemory));
    }

    private static string? Unknown(Core.Objects.Container container) => new[] { container.Readiness, container.Liveness, container.Startup }.FirstOrDefault(probe => probe is { Action: not ("httpGet" or "tcpSocket") })?.Action;

    /// <summary>Asks the engine for something about a container, after what it was asked for before.</summary>
    private void Ask(RealContainer container, Func<IContainerEngine, Task> what)
    {
        if (_engine is not { } engine) return;
        container.Tail = AfterAsync(container.Tail);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            try
            {
                await what(engine).ConfigureAwait(false);
            }
            catch (Exception error) when (error is EngineException or OperationCanceledException)
            {
                if (container.Engine is null) Post(new FleetReport(FleetEvent.Exited, container.Start.Id, container.Handle, NotStartedCode, Said: error.Message));
                else if (!_notes.Contains(error.Message)) _notes.Enqueue(error.Message);
            }
        }
    }

    /// <summary>The machine is turned off, or where it has no power of its own its containers are killed.</summary>
    private async Task PowerOffAsync(int node, RealContainer[] running)
    {
        if (_engine is not { } engine || await engine.PowerAsync(node, isOn: false).ConfigureAwait(false)) return;
        await Task.WhenAll(running.Where(container => container.Engine is not null).Select(container => engine.KillAsync(container.Engine!))).ConfigureAwait(false);
    }

    /// <summary>A fault on the way of a node begins, or is over.</summary>
    public void Link(int node, Core.Faults.LinkEffect effect, bool begins)
    {
        if (_engine is { } engine) _ = Tried(engine.LinkAsync(node, effect, begins));
    }

    private async Task Tried(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (EngineException error)
        {
            _notes.Enqueue(error.Message);
        }
    }

    private void Post(FleetReport report) => _mailbox.TryPost(_stamp(), new EventData(_handler, 0), report);
}
