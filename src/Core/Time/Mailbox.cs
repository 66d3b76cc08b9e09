namespace SchedBench.Core.Time;

/// <summary>The one door for events from outside the loop: stamped where they arrive, posted from any thread, taken by the loop before its next event.
/// What was taken is recorded, so that a run fed from outside can be replayed on the virtual clock.</summary>
/// <remarks>A message may carry content (an API call): its handler is an <see cref="IMessageReceiver"/>, the content is recorded with it. Content is immutable.</remarks>
public sealed class Mailbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Message> _messages = new();
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
    /// <param name="Data">The event, as it was posted.</param>
    /// <param name="Content">What it carried, or null.</param>
    public readonly record struct RecordedMessage(TimeSpan Due, ulong Sequence, EventData Data, object? Content = null);

    /// <summary>A message under way.</summary>
    /// <param name="Stamp">When it arrived.</param>
    /// <param name="Data">The event.</param>
    /// <param name="Content">What it carries, or null.</param>
    /// <param name="Sender">Who waits for an answer, or null; never recorded.</param>
    internal readonly record struct Message(TimeSpan Stamp, EventData Data, object? Content, object? Sender);

    /// <summary>Whether messages wait until nothing else is left to be done at the instant, and enter one by one: what a party sends that is asked at rest then meets the same
    /// state in every run, however the threads are timed. Otherwise they enter before the next event. Set it before the run.</summary>
    public bool EntersAtRest { get; init; }

    /// <summary>Whether this is a recording.</summary>
    public bool IsReplay => _replayed is not null;

    /// <summary>Whether nothing more can be posted.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    /// <summary>Whether a message waits.</summary>
    internal bool HasMessages
    {
        get
        {
            lock (_lock) return _messages.Count > 0;
        }
    }

    /// <summary>Everything that entered, in order. Read it when the run is over.</summary>
    public IReadOnlyList<RecordedMessage> Recorded => _record;

    /// <summary>Posts an event. Thread-safe.</summary>
    /// <param name="stamp">Instant of the run at which it arrived.</param>
    /// <param name="data">The event.</param>
    /// <exception cref="InvalidOperationException">The mailbox is closed.</exception>
    public void Post(TimeSpan stamp, in EventData data)
    {
        if (!TryPost(stamp, in data)) throw new InvalidOperationException("The mailbox is closed: nothing enters this run any more.");
    }

    /// <summary>Posts an event with content. Thread-safe.</summary>
    /// <param name="stamp">Instant of the run at which it arrived.</param>
    /// <param name="data">The event.</param>
    /// <param name="content">What it carries, immutable; the handler must be an <see cref="IMessageReceiver"/>.</param>
    /// <param name="sender">Who waits for an answer; never recorded.</param>
    /// <returns>False when the mailbox is closed.</returns>
    public bool TryPost(TimeSpan stamp, in EventData data, object? content = null, object? sender = null)
    {
        lock (_lock)
        {
            if (_closed) return false;
            _messages.Enqueue(new Message(stamp, data, content, sender));
            Signal();
            return true;
        }
    }

    /// <summary>Nothing more will be posted; the loop may end when its queue is empty. Thread-safe.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Signal();
        }
    }

    /// <summary>Lets whoever waits look again, though nothing was posted. Thread-safe.</summary>
    internal void Wake()
    {
        lock (_lock) Signal();
    }

    /// <summary>One signal is enough for the one who waits.</summary>
    private void Signal()
    {
        if (_arrived.CurrentCount == 0) _arrived.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _arrived.Dispose();

    /// <summary>Takes the next message.</summary>
    /// <param name="sequence">Number that the loop will give to the next event.</param>
    /// <param name="message">The message.</param>
    internal bool TryTake(ulong sequence, out Message message)
    {
        if (_replayed is not null)
        {
            bool isDue = _record.Count < _replayed.Count && _replayed[_record.Count].Sequence == sequence;
            message = isDue ? new Message(_replayed[_record.Count].Due, _replayed[_record.Count].Data, _replayed[_record.Count].Content, null) : default;
            return isDue;
        }

        lock (_lock) return _messages.TryDequeue(out message);
    }

    /// <summary>Everything that was posted and not taken: nobody will answer it any more.</summary>
    internal IReadOnlyList<Message> TakeRest()
    {
        lock (_lock)
        {
            Message[] rest = [.. _messages];
            _messages.Clear();
            return rest;
        }
    }

    internal void Record(TimeSpan due, ulong sequence, in Message message) => _record.Add(new RecordedMessage(due, sequence, message.Data, message.Content));

    /// <summary>A recording has been used up.</summary>
    /// <exception cref="InvalidOperationException">It has not: another run was recorded.</exception>
    internal void CheckReplayed()
    {
        if (_replayed?.Count > _record.Count)
            throw new InvalidOperationException($"This is not the run that was recorded: message {_record.Count} of {_replayed.Count} found no place in it.");
    }

    /// <summary>Blocks until a message is there (true) or none can come any more (false).</summary>
    internal bool WaitForMessage(CancellationToken cancellation)
    {
        CheckReplayed();
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
