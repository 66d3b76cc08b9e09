using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <summary>Containers that are only numbers: what an <see cref="ImageCatalog"/> says about their image happens at the instants it draws.</summary>
/// <remarks>A process is a row; what will become of it (listening, fit, its end) is decided at its start and is an event each, none of them periodic. A process that
/// ends on the stop signal ends with code 0, a killed one with 137. Draws: stream <c>runtime/…</c>, entity the pod and container, index the attempt.</remarks>
public sealed partial class SimulatedRuntime : IObservedRuntime, IEventHandler, INodeHealthListener
{
    private const ushort Listens = 0;
    private const ushort TurnsFit = 1;
    private const ushort Ends = 2;
    private const ushort Pulled = 3;
    private const int KilledExitCode = 137;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly ImageDraws _draws;
    private readonly List<int>?[] _onNode;
    private readonly Dictionary<int, List<EventData>> _frozen = [];
    private readonly Stack<int> _free = new();
    private Process[] _processes = new Process[256];
    private int _used;
    private IServingObserver[] _serving = [];

    /// <summary>A runtime without containers.</summary>
    /// <param name="loop">Loop.</param>
    /// <param name="nodes">Nodes of the fleet.</param>
    /// <param name="images">How images behave.</param>
    /// <param name="registry">Where they come from.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="delays">What machines take beyond what images say; null for nothing.</param>
    public SimulatedRuntime(EventLoop loop, int nodes, ImageCatalog images, RegistryOptions registry, ulong seed, RuntimeDelays? delays = null)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _images = images;
        _registry = registry;
        _draws = new ImageDraws(seed, delays);
        _pulls = Draw.Stream(seed, "runtime/pull");
        _onNode = new List<int>?[nodes];
    }

    private enum Step : byte
    {
        Free,
        Made,
        Running,
        Stopping,
        Ended,
    }

    private struct Process
    {
        public ContainerStart Start;
        public ImageBehavior Behavior;
        public ulong Entity;
        public TimeSpan StartedAt;
        public int Life;
        public int Node;
        public Step Step;
        public bool IsListening;
        public bool IsFit;
        public bool IsTold;

        /// <summary>Times as slow it works as its image says, ≥ 1.</summary>
        public double Slowness;

        /// <summary>Memory that something else in it takes.</summary>
        public long ExtraMemory;

        /// <summary>When it will listen, be fit, end; events at other instants are of plans that changed.</summary>
        public TimeSpan ListensAt;
        public TimeSpan FitAt;
        public TimeSpan EndsAt;

        /// <summary>When its work, or its stop, is over, and when it reaches its memory limit: it ends at the earlier of both.</summary>
        public TimeSpan WorkEndsAt;
        public TimeSpan OutOfMemoryAt;
        public int EndCode;

        /// <summary>Its work, when it saves it.</summary>
        public Effort? Effort;
    }

    /// <inheritdoc/>
    public IRuntimeEvents? Events { get; set; }

    /// <inheritdoc/>
    public void Observe(IServingObserver observer) => _serving = [.. _serving, observer];

    /// <inheritdoc/>
    public int Create(in ContainerStart start)
    {
        if (!_free.TryPop(out int handle))
        {
            if (_used == _processes.Length) Array.Resize(ref _processes, _used * 2);
            handle = _used++;
        }

        ref Process process = ref _processes[handle];
        process = new Process
        {
            Start = start,
            Behavior = Image(start.Container.Image).Behavior,
            Entity = ImageDraws.EntityOf(in start),
            Life = process.Life + 1,
            Node = start.Pod.Node.Value,
            Step = Step.Made,
            Slowness = SlownessOf(start.Pod),
            ListensAt = Never,
            FitAt = Never,
            EndsAt = Never,
            WorkEndsAt = Never,
            OutOfMemoryAt = Never,
        };
        (_onNode[process.Node] ??= []).Add(handle);
        return handle;
    }

    /// <inheritdoc/>
    public void Start(int handle)
    {
        ref Process process = ref _processes[handle];
        process.Step = Step.Running;
        process.StartedAt = _loop.Now;
        ImageBehavior behavior = process.Behavior;
        int n = process.Start.Id.Attempt;
        Events!.OnStarted(process.Start.Id);
        if (_paused.Contains(process.Start.Pod.Uid)) return;
        bool mustEnd = process.Start.IsInit && behavior.RunSeconds is null;
        TimeSpan? end = mustEnd ? TimeSpan.Zero : behavior.RunSeconds is { } run ? BeginWork(ref process, run) : null;
        int code = behavior.ExitCode;
        if (behavior.CrashAfterSeconds is { } crash && _draws.Crash(crash, process.Entity, n) is var at && (end is null || at < end)) (end, code) = (at, 1);
        if (end is { } work) (process.WorkEndsAt, process.EndCode) = (_loop.Now + Slowed(work, process.Slowness), code);
        if (TimeToLimit(in process) is { } oom) process.OutOfMemoryAt = _loop.Now + oom;
        PlanEnd(handle);
        if (process.Start.IsInit && process.EndsAt == _loop.Now) return;
        Plan(handle, Listens, ref process.ListensAt, Slowed(_draws.Start(behavior, process.Entity, n, StartsUnderWay(handle)), process.Slowness * _slowDisks.GetValueOrDefault(process.Node, 1)));
    }

    /// <summary>Other containers that run and do not listen yet, where that matters.</summary>
    private int StartsUnderWay(int handle)
    {
        if (!_draws.StartsShare) return 0;
        int count = 0;
        for (int other = 0; other < _used; other++) count += other != handle && _processes[other] is { Step: Step.Running, IsListening: false, Start.IsInit: false } ? 1 : 0;
        return count;
    }

    /// <inheritdoc/>
    public void Signal(int handle)
    {
        ref Process process = ref _processes[handle];
        if (process.Step != Step.Running) return;
        process.Step = Step.Stopping;
        process.Effort?.Rest(_loop.Now, process.Slowness);
        if (process.Start.Serves && process.IsListening)
        {
            foreach (IServingObserver observer in _serving) observer.OnStopping(process.Start.Pod);
        }

        if (!process.Behavior.ServesWhileStopping) TellFit(ref process);
        if (!process.Behavior.ServesWhileStopping) Events!.OnProbeChanged(process.Start.Id);
        TimeSpan stops = _loop.Now + Slowed(_draws.Stop(process.Behavior, process.Entity, process.Start.Id.Attempt), process.Slowness);
        if (stops >= process.WorkEndsAt) return;
        (process.WorkEndsAt, process.EndCode) = (stops, 0);
        PlanEnd(handle);
    }

    /// <inheritdoc/>
    public void Kill(int handle)
    {
        ref Process process = ref _processes[handle];
        if (process.Step is not (Step.Running or Step.Stopping)) return;
        TimeSpan delay = _draws.Kill(process.Entity, process.Start.Id.Attempt);
        if (delay == TimeSpan.Zero)
        {
            End(handle, KilledExitCode, outOfMemory: false);
            return;
        }

        if (_loop.Now + delay >= process.WorkEndsAt) return;
        (process.WorkEndsAt, process.EndCode) = (_loop.Now + delay, KilledExitCode);
        PlanEnd(handle);
    }

    /// <inheritdoc/>
    public void Remove(int handle)
    {
        ref Process process = ref _processes[handle];
        if (process.Step == Step.Free) return;
        if (process.Step is Step.Running or Step.Stopping) throw new InvalidOperationException("A container that runs is not removed.");
        _onNode[process.Node]!.Remove(handle);
        process.Step = Step.Free;
        process.Start = default;
        _free.Push(handle);
    }

    /// <inheritdoc/>
    public ProbeAnswer Probe(int handle, ProbeKind kind)
    {
        ref Process process = ref _processes[handle];
        if (process.Step is Step.Running or Step.Stopping && _frozen.Count > 0 && _frozen.ContainsKey(process.Node)) return ProbeAnswer.Hangs;
        bool passes = kind == ProbeKind.Liveness ? IsAlive(in process) : IsFitNow(in process);
        return passes ? ProbeAnswer.Passes : ProbeAnswer.Fails;
    }

    /// <inheritdoc/>
    public ContainerUsage Usage(int handle)
    {
        ref Process process = ref _processes[handle];
        if (process.Step is not (Step.Running or Step.Stopping)) return default;
        ImageBehavior behavior = process.Behavior;
        long memory = behavior.MemoryBytes + process.ExtraMemory + (long)(behavior.LeakedBytesPerSecond * (_loop.Now - process.StartedAt).TotalSeconds);
        return new ContainerUsage(behavior.IdleCpuMilli, memory, behavior.LeakedBytesPerSecond) { Disk = behavior.Disk };
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == Pulled)
        {
            OnPullEnded(data.Subject, data.Argument);
            return;
        }

        int handle = data.Subject;
        ref Process process = ref _processes[handle];
        if (process.Life != (int)(data.Argument >> 32) || process.Step is not (Step.Running or Step.Stopping)) return;
        ref TimeSpan due = ref DueOf(ref process, data.Kind);
        if (due != _loop.Now) return;
        if (_frozen.Count > 0 && _frozen.TryGetValue(process.Node, out List<EventData>? held))
        {
            held.Add(data);
            return;
        }

        due = Never;
        if (data.Kind == Ends)
        {
            bool isOutOfMemory = process.OutOfMemoryAt < process.WorkEndsAt;
            End(handle, isOutOfMemory ? KilledExitCode : process.EndCode, isOutOfMemory);
        }
        else if (data.Kind == Listens)
        {
            OnListens(handle, ref process);
        }
        else
        {
            process.IsFit = true;
            TellFit(ref process);
            Events!.OnProbeChanged(process.Start.Id);
        }
    }

    private void OnListens(int handle, ref Process process)
    {
        if (process.Step != Step.Running) return;
        process.IsListening = true;
        if (process.Start.Serves)
        {
            foreach (IServingObserver observer in _serving) observer.OnListening(process.Start.Pod, process.Behavior);
            if (process.Slowness > 1) TellSpeed(in process);
        }

        TimeSpan fit = Slowed(_draws.Ready(process.Behavior, process.Entity, process.Start.Id.Attempt), process.Slowness);
        if (fit == TimeSpan.Zero && !process.Behavior.IsNeverReady) process.IsFit = true;
        else if (!process.Behavior.IsNeverReady) Plan(handle, TurnsFit, ref process.FitAt, fit);
        TellFit(ref process);
        Events!.OnProbeChanged(process.Start.Id);
    }

    private void End(int handle, int code, bool outOfMemory)
    {
        ref Process process = ref _processes[handle];
        bool told = process.Start.Serves && process.IsListening;
        EndWork(ref process, isDone: code == 0 && process.Step == Step.Running);
        process.Step = Step.Ended;
        if (told)
        {
            foreach (IServingObserver observer in _serving) observer.OnStopped(process.Start.Pod);
        }

        Events!.OnExited(process.Start.Id, code, outOfMemory);
    }

    private void TellFit(ref Process process)
    {
        bool fit = IsFitNow(in process) && !(_frozen.Count > 0 && _frozen.ContainsKey(process.Node));
        if (!process.Start.Serves || fit == process.IsTold) return;
        process.IsTold = fit;
        foreach (IServingObserver observer in _serving) observer.OnFitChanged(process.Start.Pod, fit);
    }

    private static bool IsAlive(in Process process) => process.IsListening && process.Step is Step.Running or Step.Stopping;

    private static bool IsFitNow(in Process process) =>
        process.IsListening && process.IsFit && (process.Step == Step.Running || (process.Step == Step.Stopping && process.Behavior.ServesWhileStopping));

    /// <summary>From the start until the memory limit is reached, or null.</summary>
    private static TimeSpan? TimeToLimit(in Process process)
    {
        if (process.Start.Container.MemoryBytesLimit is not { } limit) return null;
        long left = limit - process.Behavior.MemoryBytes - process.ExtraMemory;
        if (left < 0) return TimeSpan.Zero;
        return process.Behavior.LeakedBytesPerSecond > 0 ? Span(left / process.Behavior.LeakedBytesPerSecond) : null;
    }

    /// <summary>A time in seconds as a span: none below 0, and 1e9 s (31 years, longer than any run) above that, since faults that add up multiply times without bound.</summary>
    internal static TimeSpan Span(double seconds) => seconds <= 0 ? TimeSpan.Zero : seconds > 1e9 ? TimeSpan.FromSeconds(1e9) : TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>Plans an event of a process; a plan that it had is void.</summary>
    private void Plan(int handle, ushort kind, ref TimeSpan due, TimeSpan delay)
    {
        due = _loop.Now + delay;
        _loop.Schedule(due, new EventData(_handler, kind, handle, (long)_processes[handle].Life << 32));
    }

    /// <summary>Plans the end of a process anew: the earlier of the end of its work and that of its memory.</summary>
    private void PlanEnd(int handle)
    {
        ref Process process = ref _processes[handle];
        TimeSpan at = process.OutOfMemoryAt < process.WorkEndsAt ? process.OutOfMemoryAt : process.WorkEndsAt;
        // What came due while the machine stood still is due when it goes on.
        if (at < _loop.Now) at = _loop.Now;
        if (at == process.EndsAt) return;
        process.EndsAt = at;
        if (at != Never) Plan(handle, Ends, ref process.EndsAt, at - _loop.Now);
    }
}
