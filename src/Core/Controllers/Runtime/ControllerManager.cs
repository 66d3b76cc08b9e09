using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Where controllers work.</summary>
/// <param name="Loop">The event loop.</param>
/// <param name="Feed">The objects as they are known to the manager.</param>
/// <param name="Api">How they are written.</param>
/// <param name="Facts">The run's facts.</param>
/// <param name="Seed">Seed of all draws.</param>
/// <param name="Events">Events about objects.</param>
public sealed record ControllerContext(EventLoop Loop, ObjectFeed Feed, ApiClient Api, FactStream Facts, ulong Seed, EventRecorder Events)
{
    /// <summary>How long a key waits after a write was refused.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of a key whose writes are refused again and again; it doubles until here (client-go's default rate limiter).</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(1000);
}

/// <summary>Runs controllers: a queue of keys each, one key an event.</summary>
/// <remarks>The queue is that of client-go: a key waits at most once, and keys are taken in the order in which they came. A key that was asked for later
/// (<see cref="EnqueueAfter"/>) is an event; an earlier request for the same key replaces a later one, and the event of the replaced one does nothing.</remarks>
public sealed class ControllerManager : IEventHandler, IStoreListener
{
    private const ushort Work = 0;
    private const ushort Timer = 1;

    /// <summary>Keys that a controller works on at a time, where writes take time (<c>--concurrent-*-syncs</c>: 5 for most).</summary>
    private const int Workers = 5;
    private readonly ushort _handler;
    private readonly List<Controller> _controllers = [];
    private readonly List<KeyQueue> _queues = [];

    /// <summary>A manager without controllers.</summary>
    public ControllerManager(ControllerContext context)
    {
        Context = context;
        _handler = context.Loop.Register(this);
        context.Feed.Subscribe(this);
    }

    private sealed class KeyQueue
    {
        public readonly Queue<long> Keys = new();
        public readonly HashSet<long> Waiting = [];
        public readonly Dictionary<long, TimeSpan> Later = [];
        public readonly Dictionary<long, int> Retries = [];

        /// <summary>When it goes on; events at other instants are of plans that changed.</summary>
        public TimeSpan? ArmedAt;
        public TimeSpan BusyUntil;
        public bool HasRetried;
    }

    /// <summary>Where the controllers work.</summary>
    public ControllerContext Context { get; }

    /// <summary>The controllers, in the order in which they see changes.</summary>
    public IReadOnlyList<Controller> Controllers => _controllers;

    /// <summary>Keys reconciled so far.</summary>
    public long Reconciles { get; private set; }

    /// <summary>Whether the manager is up: a stopped one sees and does nothing.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Whether it cannot write: keys wait until it can.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>When the process that runs them began: what an earlier one held in memory, such as the tokens of its limiters, it does not know.</summary>
    public TimeSpan StartedAt { get; private set; }

    /// <summary>Adds a controller.</summary>
    public void Add(Controller controller)
    {
        controller.Attach(this, _controllers.Count);
        _controllers.Add(controller);
        _queues.Add(new KeyQueue());
    }

    /// <summary>The process ends: queues and everything held in memory are lost.</summary>
    public void Stop()
    {
        IsRunning = IsPaused = false;
        foreach (KeyQueue queue in _queues)
        {
            queue.Keys.Clear();
            queue.Waiting.Clear();
            queue.Later.Clear();
            queue.Retries.Clear();
        }
    }

    /// <summary>It cannot write until <see cref="Resume"/>: what it is told of is noted, and nothing is reconciled.</summary>
    public void Pause()
    {
        if (IsRunning) IsPaused = true;
    }

    /// <summary>It can write again.</summary>
    public void Resume()
    {
        if (!IsPaused) return;
        IsPaused = false;
        for (int i = 0; i < _queues.Count; i++) Arm(i, _queues[i]);
    }

    /// <summary>Another process takes over and looks at everything anew.</summary>
    public void Restart()
    {
        // A new process begins with a list of what is there, not with what its predecessor had heard of.
        if (Context.Feed is DelayedFeed late) late.CatchUp();
        IsRunning = true;
        IsPaused = false;
        StartedAt = Context.Loop.Now;
        foreach (Controller controller in _controllers) controller.Restart();
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (!IsRunning) return;
        foreach (Controller controller in _controllers) controller.OnChange(in change);
    }

    internal void Enqueue(int controller, long uid)
    {
        if (!IsRunning) return;
        KeyQueue queue = _queues[controller];
        if (!queue.Waiting.Add(uid)) return;
        queue.Keys.Enqueue(uid);
        Arm(controller, queue);
    }

    internal void EnqueueAfter(int controller, long uid, TimeSpan delay)
    {
        if (!IsRunning) return;
        if (delay <= TimeSpan.Zero)
        {
            Enqueue(controller, uid);
            return;
        }

        Dictionary<long, TimeSpan> later = _queues[controller].Later;
        TimeSpan due = Context.Loop.Now + delay;
        if (later.TryGetValue(uid, out TimeSpan earlier) && earlier <= due) return;
        later[uid] = due;
        Context.Loop.Schedule(due, new EventData(_handler, Timer, controller, uid));
    }

    internal void Retry(int controller, long uid)
    {
        KeyQueue queue = _queues[controller];
        queue.HasRetried = true;
        int retries = queue.Retries[uid] = queue.Retries.GetValueOrDefault(uid) + 1;
        TimeSpan delay = Context.RetryDelay;
        for (int i = 1; i < retries && delay < Context.RetryDelayMax; i++) delay *= 2;
        EnqueueAfter(controller, uid, delay < Context.RetryDelayMax ? delay : Context.RetryDelayMax);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        KeyQueue queue = _queues[data.Subject];
        if (data.Kind == Timer)
        {
            if (!queue.Later.TryGetValue(data.Argument, out TimeSpan due) || due != Context.Loop.Now) return;
            queue.Later.Remove(data.Argument);
            Enqueue(data.Subject, data.Argument);
            return;
        }

        if (queue.ArmedAt != Context.Loop.Now) return;
        queue.ArmedAt = null;
        if (IsPaused) return;
        if (!queue.Keys.TryDequeue(out long uid)) return;
        queue.Waiting.Remove(uid);
        Reconciles++;
        queue.HasRetried = false;
        ApiClient client = _controllers[data.Subject].Client;
        (long writes, long refusals) = (client.Writes, client.Refusals);
        _controllers[data.Subject].Reconcile(uid);
        if (client.Refusals > refusals) TryAgain(data.Subject, uid);
        queue.BusyUntil = Context.Loop.Now + (client.WriteDelay * (client.Writes - writes) / Workers);
        if (!queue.HasRetried && queue.Retries.Count > 0) queue.Retries.Remove(uid);
        Arm(data.Subject, queue);
    }

    /// <summary>The API refused a write because it is not well: the client tries again soon, whatever the controller made of it, and no back-off grows.</summary>
    private void TryAgain(int controller, long uid)
    {
        _queues[controller].HasRetried = false;
        EnqueueAfter(controller, uid, ApiConditions.RetryAfter);
    }

    /// <summary>Writes take less long from now on: those under way are done by an instant, and what they would have been followed by takes no longer than it takes now.</summary>
    internal void Ease(TimeSpan doneBy)
    {
        for (int controller = 0; controller < _queues.Count; controller++)
        {
            KeyQueue queue = _queues[controller];
            if (queue.BusyUntil <= doneBy) continue;
            queue.BusyUntil = doneBy;
            if (queue.ArmedAt is null) continue;
            queue.ArmedAt = null;
            Arm(controller, queue);
        }
    }

    private void Arm(int controller, KeyQueue queue)
    {
        if (queue.ArmedAt is not null || IsPaused || queue.Keys.Count == 0) return;
        TimeSpan now = Context.Loop.Now, at = queue.BusyUntil > now ? queue.BusyUntil : now;
        queue.ArmedAt = at;
        Context.Loop.Schedule(at, new EventData(_handler, Work, controller));
    }
}
