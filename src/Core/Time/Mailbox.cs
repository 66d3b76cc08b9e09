namespace SchedBench.Core.Time;

/// <summary>The one door for events from outside the loop: stamped where they arrive, posted from any thread, taken by the loop before its next event.
/// What was taken is recorded, so that a run fed from outside can be replayed on the virtual clock.</summary>
public sealed class Mailbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<(TimeSpan Stamp, EventData Data)> _messages = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly List<RecordedMessage> _record = [];
    private readonly IReadOnlyList<RecordedMessage>? _replayed;
    private bool _closed;

    /// <summary>An open mailbox without messages.</summary>
    public Mailbox()
    {
    }

    private Mailbox(IReadOnlyList<RecordedMessage> replayed)
    {
        _replayed = replayed;
        _closed = true;
    }

    /// <summary>A closed mailbox that lets recorded messages into a run again, each at its instant and its place in the order of all events:
    /// the run repeats the recorded one, on any clock.</summary>
    /// <param name="messages">What <see cref="Recorded"/> held.</param>
    public static Mailbox Replay(IReadOnlyList<RecordedMessage> messages) => new([.. messages]);

    /// <summary>A message as it entered the queue.</summary>
    /// <param name="Due">Instant at which it was due.</param>
    /// <param name="Sequence">Its place in the order of all events.</param>
    /// <param name="Data">The event.</param>
    public readonly record struct RecordedMessage(TimeSpan Due, ulong Sequence, EventData Data);

    /// <summary>Everything that entered, in order. Read it when the run is over.</summary>
    public IReadOnlyList<RecordedMessage> Recorded => _record;

    /// <summary>Posts an event. Thread-safe.</summary>
    /// <param name="stamp">Instant of the run at which it arrived.</param>
    /// <param name="data">The event.</param>
    /// <exception cref="InvalidOperationException">The mailbox is closed.</exception>
    public void Post(TimeSpan stamp, in EventData data)
    {
        lock (_lock)
        {
            if (_closed) throw new InvalidOperationException("The mailbox is closed: nothing enters this run any more.");
            _messages.Enqueue((stamp, data));
        }

        _arrived.Release();
    }

    /// <summary>Nothing more will be posted; the loop may end when its queue is empty. Thread-safe.</summary>
    public void Close()
    {
        lock (_lock) _closed = true;
        _arrived.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _arrived.Dispose();

    /// <summary>Takes the next message.</summary>
    /// <param name="sequence">Number that the loop will give to the next event.</param>
    /// <param name="stamp">When it arrived.</param>
    /// <param name="data">The event.</param>
    internal bool TryTake(ulong sequence, out TimeSpan stamp, out EventData data)
    {
        if (_replayed is not null)
        {
            bool isDue = _record.Count < _replayed.Count && _replayed[_record.Count].Sequence == sequence;
            (stamp, data) = isDue ? (_replayed[_record.Count].Due, _replayed[_record.Count].Data) : default;
            return isDue;
        }

        lock (_lock)
        {
            bool any = _messages.TryDequeue(out (TimeSpan Stamp, EventData Data) message);
            (stamp, data) = message;
            return any;
        }
    }

    internal void Record(TimeSpan due, ulong sequence, in EventData data) => _record.Add(new RecordedMessage(due, sequence, data));

    /// <summary>Blocks until a message is there (true) or none can come any more (false).</summary>
    internal bool WaitForMessage(CancellationToken cancellation)
    {
        if (_replayed?.Count > _record.Count)
            throw new InvalidOperationException($"This is not the run that was recorded: message {_record.Count} of {_replayed.Count} found no place in it.");
        while (true)
        {
            lock (_lock)
            {
                if (_messages.Count > 0) return true;
                if (_closed) return false;
            }

            _arrived.Wait(cancellation);
        }
    }

    /// <summary>Blocks for at most <paramref name="timeout"/>; true when a message is there.</summary>
    internal bool WaitForMessage(TimeSpan timeout, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_messages.Count > 0) return true;
        }

        _arrived.Wait(timeout, cancellation);
        lock (_lock) return _messages.Count > 0;
    }
}
