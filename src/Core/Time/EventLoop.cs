using System.Runtime.CompilerServices;

namespace SchedBench.Core.Time;

/// <summary>The total order of events: by instant, then by the order in which they were scheduled.</summary>
/// <param name="Due">Instant since the start of the run.</param>
/// <param name="Sequence">Number of the scheduling call; unique in a run.</param>
public readonly record struct EventKey(TimeSpan Due, ulong Sequence) : IComparable<EventKey>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CompareTo(EventKey other)
    {
        int byDue = Due.Ticks.CompareTo(other.Due.Ticks);
        return byDue != 0 ? byDue : Sequence.CompareTo(other.Sequence);
    }

    /// <summary>Earlier.</summary>
    public static bool operator <(EventKey left, EventKey right) => left.CompareTo(right) < 0;

    /// <summary>Later.</summary>
    public static bool operator >(EventKey left, EventKey right) => left.CompareTo(right) > 0;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(EventKey left, EventKey right) => left.CompareTo(right) <= 0;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(EventKey left, EventKey right) => left.CompareTo(right) >= 0;
}

/// <summary>An event is data, so that a run can be saved and replayed: who handles it, what kind it is, whom it concerns, one argument.</summary>
/// <param name="Handler">Number that <see cref="EventLoop.Register"/> gave.</param>
/// <param name="Kind">Meaning, private to the handler.</param>
/// <param name="Subject">Whom it concerns, such as a pod's slot.</param>
/// <param name="Argument">One argument.</param>
public readonly record struct EventData(ushort Handler, ushort Kind, int Subject = 0, long Argument = 0);

/// <summary>Handles the events it scheduled under its number.</summary>
public interface IEventHandler
{
    /// <summary>Called at the event's instant; <see cref="EventLoop.Now"/> is that instant.</summary>
    void Handle(in EventData data);
}

/// <summary>Handles events that carry content into the run: API calls from outside.</summary>
public interface IMessageReceiver : IEventHandler
{
    /// <summary>A message enters the queue: its content is kept until its event is handled. Called on the loop's thread, in the order of entry.</summary>
    /// <param name="data">The event as posted.</param>
    /// <param name="content">What it carries.</param>
    /// <param name="sender">Who waits for an answer; null in a replay.</param>
    /// <returns>The event to schedule: with an argument by which the content is found again.</returns>
    EventData Receive(in EventData data, object content, object? sender);
}

/// <summary>Who posted a message and may withdraw it.</summary>
internal interface IMessageSender
{
    /// <summary>The message is about to enter the run; false when it was withdrawn. Called once.</summary>
    bool Enters();
}

/// <summary>Called when nothing is left to be done at an instant.</summary>
public interface IRestObserver
{
    /// <summary>The instant has settled: time is about to pass, or the loop to wait or to end.</summary>
    /// <param name="mailbox">Events from outside, or null.</param>
    /// <param name="cancellation">The run's.</param>
    /// <returns>True when there may be something to be done now: the loop looks again. False lets time pass.</returns>
    bool OnRest(Mailbox? mailbox, CancellationToken cancellation);
}

/// <summary>Called when an event has been handled and before the next is taken: the moment at which invariants must hold.</summary>
public interface IEventLoopObserver
{
    /// <summary>An event was handled.</summary>
    void AfterEvent(EventKey key);
}

/// <summary>
/// One event loop, one thread, two clocks. Scheduler, agents and traffic are handlers on it; nothing below it knows whether time jumps or is waited for.
/// </summary>
/// <remarks>The library's heap with key (due, sequence): equal instants run in the order in which they were scheduled. Nothing is scheduled in the past.</remarks>
public sealed class EventLoop
{
    private readonly PriorityQueue<EventData, EventKey> _queue = new();
    private readonly List<IEventHandler> _handlers = [];
    private readonly IClock _clock;
    private ulong _sequence;

    /// <summary>A loop at instant 0.</summary>
    /// <param name="clock">How the loop gets from one instant to the next.</param>
    public EventLoop(IClock clock) => _clock = clock;

    /// <summary>The current instant: time since the start of the run.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Events handled so far.</summary>
    public long EventsHandled { get; private set; }

    /// <summary>Events waiting.</summary>
    public int Pending => _queue.Count;

    /// <summary>Called after every event when set; free when not.</summary>
    public IEventLoopObserver? Observer { get; set; }

    /// <summary>Called when an instant has settled, when set; free when not.</summary>
    public IRestObserver? AtRest { get; set; }

    /// <summary>Instant of the next event, or null when none is scheduled.</summary>
    public TimeSpan? NextDue => _queue.TryPeek(out _, out EventKey key) ? key.Due : null;

    /// <summary>Adds a handler and returns its number. Registration order is part of a run's recipe.</summary>
    public ushort Register(IEventHandler handler)
    {
        _handlers.Add(handler);
        return checked((ushort)(_handlers.Count - 1));
    }

    /// <summary>Schedules an event.</summary>
    /// <param name="due">Instant, not before <see cref="Now"/>.</param>
    /// <param name="data">The event.</param>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies in the past.</exception>
    public void Schedule(TimeSpan due, in EventData data)
    {
        if (due < Now) ThrowPast(due);
        _queue.Enqueue(data, new EventKey(due, _sequence++));
    }

    /// <summary>Handles events in order until none is left, the next lies beyond <paramref name="until"/>, or the token is cancelled.</summary>
    /// <param name="until">Last instant that still runs.</param>
    /// <param name="mailbox">Events from outside, or null for a closed world. With an open mailbox a loop without end waits for messages.</param>
    /// <param name="cancellation">Looked at every 4,096 events and while waiting.</param>
    public void Run(TimeSpan until, Mailbox? mailbox = null, CancellationToken cancellation = default)
    {
        while (Step(until, mailbox, cancellation))
        {
            // One event after the other.
        }
    }

    /// <summary>Handles one event; false when none is left that <see cref="Run"/> would handle.</summary>
    /// <param name="until">Last instant that still runs.</param>
    /// <param name="mailbox">Events from outside, or null for a closed world.</param>
    /// <param name="cancellation">Looked at every 4,096 events and while waiting.</param>
    public bool Step(TimeSpan until, Mailbox? mailbox = null, CancellationToken cancellation = default)
    {
        while (true)
        {
            if ((EventsHandled & 4095) == 0) cancellation.ThrowIfCancellationRequested();
            if (mailbox is not null) Admit(mailbox);
            bool any = _queue.TryPeek(out _, out EventKey key);
            if (!any || key.Due > Now)
            {
                if (AtRest is { } rest && rest.OnRest(mailbox, cancellation)) continue;
                if (!any || key.Due > until)
                {
                    if (mailbox is null || !WaitForMessage(!any, until, mailbox, cancellation)) return false;
                    continue;
                }

                if (!_clock.WaitUntil(key.Due, mailbox, cancellation)) continue;
            }
            else if (key.Due > until)
            {
                return false;
            }

            _queue.TryDequeue(out EventData data, out _);
            Now = key.Due;
            _handlers[data.Handler].Handle(in data);
            EventsHandled++;
            Observer?.AfterEvent(key);
            return true;
        }
    }

    /// <summary>No event is left that may run: waits for one from outside. Where time passes by itself until <paramref name="until"/> at the latest; in virtual time the end is reached at once, if there
    /// is one.</summary>
    private bool WaitForMessage(bool isEmpty, TimeSpan until, Mailbox mailbox, CancellationToken cancellation)
    {
        if (until < TimeSpan.MaxValue && !mailbox.IsClosed) return _clock.IsReal && !_clock.WaitUntil(until, mailbox, cancellation);
        return isEmpty && mailbox.WaitForMessage(cancellation);
    }

    /// <summary>Lets the messages from outside into the queue, at their stamp or now, whichever is later.</summary>
    private void Admit(Mailbox mailbox)
    {
        bool isOneByOne = mailbox is { EntersAtRest: true, IsReplay: false };
        while (!(isOneByOne && NextDue <= Now) && mailbox.TryTake(_sequence, out Mailbox.Message message))
        {
            if (message.Sender is IMessageSender sender && !sender.Enters()) continue;
            TimeSpan due = message.Stamp > Now ? message.Stamp : Now;
            mailbox.Record(due, _sequence, in message);
            EventData data = message.Data;
            if (message.Content is { } content) data = ((IMessageReceiver)_handlers[data.Handler]).Receive(in data, content, message.Sender);
            Schedule(due, in data);
        }
    }

    private void ThrowPast(TimeSpan due) =>
        throw new ArgumentOutOfRangeException(nameof(due), due, $"Nothing is scheduled in the past: now is {Now}.");
}
