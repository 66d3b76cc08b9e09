using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Intake;

/// <summary>
/// The door of the API for everybody outside of a run's loop: calls are posted from any thread, executed by the loop at their instant, and answered. Nothing else outside touches the store.
/// </summary>
/// <remarks>
/// <para>A call enters through the run's <see cref="Mailbox"/> and is recorded there: <see cref="RunControl.Replay"/> repeats the run without the callers, on any clock.</para>
/// <para>A task completes on a thread of the pool, never on the loop's. Who blocks the loop's own thread on an answer waits for ever.</para>
/// </remarks>
public sealed class ApiIntake : IMessageReceiver
{
    private readonly OrchestratedRun _run;
    private readonly Mailbox _mailbox;
    private readonly Func<TimeSpan> _stamp;
    private readonly ApiIntakeOptions _options;
    private readonly ApiDesk _desk;
    private readonly ushort _handler;
    private readonly Stack<int> _free = new();
    private (ApiCall Call, PendingCall? Sender)[] _entered = new (ApiCall, PendingCall?)[16];
    private int _used;
    private int _waiting;
    private long _executed;
    private long _turnedAway;
    private ApiError? _closed;

    /// <summary>Opens the API of a run that has not begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mailbox">Its mailbox.</param>
    /// <param name="stamp">The instant that the clock has reached; thread-safe.</param>
    /// <param name="options">Limits.</param>
    internal ApiIntake(OrchestratedRun run, Mailbox mailbox, Func<TimeSpan> stamp, ApiIntakeOptions options)
    {
        _run = run;
        _mailbox = mailbox;
        _stamp = stamp;
        _options = options;
        _desk = new ApiDesk(run, options);
        _handler = run.Loop.Register(this);
        if (mailbox.IsReplay) _closed = new ApiError(ApiErrorCode.ServiceUnavailable, "this run is repeated from a recording: nobody outside takes part in it");
    }

    /// <summary>Calls that wait to be executed.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Calls that were executed.</summary>
    public long Executed => Volatile.Read(ref _executed);

    /// <summary>Calls that were answered with 429 because too many waited.</summary>
    public long TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>Sends a call. Thread-safe.</summary>
    /// <typeparam name="TAnswer">Answer.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="at">Instant of the run at which it is executed, if that is still to come; null for the instant that the clock has reached.</param>
    /// <param name="cancellation">Withdraws it, as long as it has not entered the run; afterwards it is executed and answered.</param>
    /// <returns>The answer: that of the API, 429 when too many calls wait, 503 when the run is over or cannot be talked to.</returns>
    public Task<TAnswer> Send<TAnswer>(ApiCall<TAnswer> call, TimeSpan? at = null, CancellationToken cancellation = default)
        where TAnswer : ApiAnswer
    {
        var pending = new PendingCall<TAnswer>(this, call);
        int waiting = Interlocked.Increment(ref _waiting);
        TimeSpan stamp = at ?? _stamp();
        if (cancellation.IsCancellationRequested)
        {
            pending.Withdraw(cancellation);
        }
        else if (waiting > _options.MostWaiting)
        {
            Interlocked.Increment(ref _turnedAway);
            pending.Refuse(new ApiError(ApiErrorCode.TooManyRequests, $"{_options.MostWaiting} calls wait already: try again later"), stamp, 0);
        }
        else if (!_mailbox.TryPost(stamp, new EventData(_handler, 0), call, pending))
        {
            pending.Refuse(Volatile.Read(ref _closed) ?? Over, stamp, 0);
        }
        else if (cancellation.CanBeCanceled)
        {
            CancellationTokenRegistration registration = cancellation.UnsafeRegister(static (state, token) => ((PendingCall)state!).Withdraw(token), pending);
            _ = pending.Task.ContinueWith(static (_, state) => ((CancellationTokenRegistration)state!).Dispose(), registration, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return pending.Task;
    }

    /// <summary>Calls that nobody will execute any more are answered with 503, watches end.</summary>
    internal void Close(string why)
    {
        var error = new ApiError(ApiErrorCode.ServiceUnavailable, why);
        Interlocked.CompareExchange(ref _closed, error, null);
        _mailbox.Close();
        foreach (Mailbox.Message message in _mailbox.TakeRest()) (message.Sender as PendingCall)?.Refuse(error, _run.Loop.Now, _run.Store.ResourceVersion);
        for (int i = 0; i < _used; i++) _entered[i].Sender?.Refuse(error, _run.Loop.Now, _run.Store.ResourceVersion);
        _desk.Close(error);
    }

    /// <summary>A call is over, however it ended.</summary>
    internal void OnEnded() => Interlocked.Decrement(ref _waiting);

    /// <inheritdoc/>
    EventData IMessageReceiver.Receive(in EventData data, object content, object? sender)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _entered.Length) Array.Resize(ref _entered, _used * 2);
            slot = _used++;
        }

        _entered[slot] = ((ApiCall)content, (PendingCall?)sender);
        return data with { Argument = slot };
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        int slot = (int)data.Argument;
        (ApiCall call, PendingCall? sender) = _entered[slot];
        _executed++;
        // A recording's callers are not there: what only they would hear is not done.
        if (_run.Store.Conditions.Outage is { } outage)
        {
            sender?.Refuse(outage, _run.Loop.Now, _run.Store.ResourceVersion);
        }
        else if (sender is not null || call.Writes)
        {
            ApiAnswer answer = call.Execute(_desk);
            sender?.Answer(answer);
        }

        _entered[slot] = default;
        _free.Push(slot);
    }

    private static readonly ApiError Over = new(ApiErrorCode.ServiceUnavailable, "the run takes no calls any more");
}
