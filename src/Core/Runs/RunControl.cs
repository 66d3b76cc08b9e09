using SchedBench.Core.Intake;
using SchedBench.Core.Time;

namespace SchedBench.Core.Runs;

/// <summary>
/// A run in somebody's hands: stepped event by event, run until an instant or a condition, paced by real time, paused, held until somebody outside has answered, and fed with API calls.
/// </summary>
/// <remarks>
/// <para>One thread at a time drives it (<see cref="Step"/>, <see cref="RunUntil(TimeSpan)"/>, <see cref="RunToEnd"/> …): the loop runs on that thread. Everything else is thread-safe.</para>
/// <para>A call from outside is an event like any other: between two steps it waits, while time is paused or held it is executed at the instant at which time stands.</para>
/// <para>Parties (<see cref="Party"/>) are asked when an instant has settled, one after the other in the order in which they were added, and time stands until each has answered: what they do is part of
/// the run in the same way every time, however long they think. With parties calls enter only when an instant has settled, one by one. Other callers are recorded as they come: <see cref="Replay"/>
/// repeats the run without them.</para>
/// </remarks>
public sealed class RunControl : IDisposable
{
    private readonly RunControlOptions _options;
    private readonly PacedClock _clock;
    private readonly Mailbox _mailbox;
    private readonly RunTurns _turns;
    private readonly CancellationTokenSource _cancellation = new();
    private int _isDriven;
    private volatile RunState _state;

    /// <summary>Wires a run; nothing happens before it is driven.</summary>
    /// <param name="options">What the run is a function of.</param>
    /// <param name="control">How it is controlled; null for virtual time without real time.</param>
    /// <param name="parties">Names of those who are asked at the end of each instant (<see cref="Party"/>), in the order in which they are asked.</param>
    /// <exception cref="ArgumentException">A pace without a source of real time, two parties of one name, or a limit that is not above 0.</exception>
    public RunControl(OrchestratedRunOptions options, RunControlOptions? control = null, params IReadOnlyList<string> parties)
        : this(options, control ?? new RunControlOptions(), parties, new Mailbox { EntersAtRest = parties.Count > 0 })
    {
    }

    private RunControl(OrchestratedRunOptions options, RunControlOptions control, IReadOnlyList<string> parties, Mailbox mailbox)
    {
        if (control.Pace is not null && control.Time is null) throw new ArgumentException("A pace needs a source of real time.", nameof(control));
        if (control.HoldLimit is { } limit && limit <= TimeSpan.Zero) throw new ArgumentException($"A limit of holds is above 0, not {limit}.", nameof(control));
        if (parties.Distinct(StringComparer.Ordinal).Count() < parties.Count) throw new ArgumentException($"Two parties have one name: {string.Join(", ", parties)}.", nameof(parties));
        _options = control.Time is null ? control with { HoldLimit = null } : control;
        _clock = new PacedClock(control.Time ?? NoTime.Instance, control.Pace);
        _mailbox = mailbox;
        _clock.Stop();
        Run = new OrchestratedRun(options, _clock);
        Api = new ApiIntake(Run, _mailbox, () => _clock.Elapsed, _options.Api);
        _turns = new RunTurns(Run, _clock, _options, parties);
        Run.Loop.AtRest = _turns;
    }

    /// <summary>The run. Look at its store between steps only, or on the thread that drives it.</summary>
    public OrchestratedRun Run { get; }

    /// <summary>The API, for everybody else.</summary>
    public ApiIntake Api { get; }

    /// <summary>What entered from outside, with its place among all events. Read it when the run is over.</summary>
    public IReadOnlyList<Mailbox.RecordedMessage> Recorded => _mailbox.Recorded;

    /// <summary>What it is doing.</summary>
    public RunState State
    {
        get
        {
            RunState state = _state;
            if (state != RunState.Running) return state;
            return _clock.IsHeld ? RunState.Held : _clock.IsPaused ? RunState.Paused : RunState.Running;
        }
    }

    /// <summary>The instant that the run has reached or, at a pace, that real time has.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>What holds and parties cost in real time, by name: for <c>timing</c> files, never for results.</summary>
    public IReadOnlyList<HoldSummary> Holds => _clock.Holds;

    /// <summary>Largest real delay of an event, at a pace.</summary>
    public TimeSpan WorstLateness => _clock.WorstLateness;

    /// <summary>Seconds of the run per real second; null for as fast as possible. Takes effect at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number above 0.</exception>
    /// <exception cref="InvalidOperationException">There is no source of real time.</exception>
    public double? Pace
    {
        get => _clock.Pace;
        set
        {
            if (value is not null && _options.Time is null) throw new InvalidOperationException("A pace needs a source of real time.");
            _clock.Pace = value;
        }
    }

    /// <summary>Repeats a run from what entered it (<see cref="Recorded"/>), in virtual time, without anybody outside.</summary>
    /// <param name="options">The options of the run that was recorded, with a fresh strategy.</param>
    /// <param name="recorded">What entered it.</param>
    public static RunControl Replay(OrchestratedRunOptions options, IReadOnlyList<Mailbox.RecordedMessage> recorded) => new(options, new RunControlOptions(), [], Mailbox.Replay(recorded));

    /// <summary>The party of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public RunParty Party(string name) => _turns.Find(name);

    /// <summary>Time stops where it is; calls are still answered, at the instant that was reached.</summary>
    public void Pause() => _clock.Pause();

    /// <summary>Time goes on.</summary>
    public void Resume() => _clock.Resume();

    /// <summary>Stops time until the hold is released: no later instant is reached, calls are answered at this one.</summary>
    /// <param name="who">Name of the holder, for reports.</param>
    public ClockHold Hold(string who) => _clock.Hold(who, _options.HoldLimit, _options.OnLimit);

    /// <summary>Nobody calls any more: the run ends when nothing is left to be done. Later calls are answered with 503.</summary>
    public void CloseIntake() => _mailbox.Close();

    /// <summary>Ends the run at once: whoever drives it gets an <see cref="OperationCanceledException"/>, waiting calls 503.</summary>
    public void Cancel()
    {
        _cancellation.Cancel();
        if (Interlocked.CompareExchange(ref _isDriven, 1, 0) != 0) return;
        // Nobody drives it: it ends here.
        if (_state is RunState.Ready or RunState.Stopped) End(RunState.Cancelled, "the run was cancelled");
        Volatile.Write(ref _isDriven, 0);
    }

    /// <summary>Handles one event, waiting for it if it must.</summary>
    /// <returns>False when none is left: the run is over.</returns>
    public bool Step() => Drive(() => Next(Run.Until) || Finish());

    /// <summary>Runs until an instant: every event up to it is handled.</summary>
    /// <returns>False when the run is over.</returns>
    public bool RunUntil(TimeSpan instant) => Drive(() =>
    {
        TimeSpan until = instant < Run.Until ? instant : Run.Until;
        while (Next(until))
        {
            // Up to the instant.
        }

        _clock.Reach(until);
        return until < Run.Until && (Run.Loop.NextDue is not null || !_mailbox.IsClosed) || Finish();
    });

    /// <summary>Runs until a condition holds: asked now and after every event.</summary>
    /// <param name="condition">The condition; it looks and changes nothing.</param>
    /// <returns>Whether it holds; false when the run is over and it does not.</returns>
    public bool RunUntil(Func<OrchestratedRun, bool> condition) => Drive(() =>
    {
        while (!condition(Run))
        {
            if (!Next(Run.Until)) return Finish() || condition(Run);
        }

        return true;
    });

    /// <summary>Runs until nothing is written for a time of the run: the cluster has settled.</summary>
    /// <param name="quiet">How long.</param>
    /// <returns>True when it has; false when the run ended before.</returns>
    public bool RunUntilQuiet(TimeSpan quiet)
    {
        long version = -1;
        TimeSpan writtenAt = TimeSpan.Zero;
        return RunUntil(run =>
        {
            if (run.Store.ResourceVersion != version) (version, writtenAt) = (run.Store.ResourceVersion, run.Loop.Now);
            return run.Loop.NextDue is not { } next || next - writtenAt > quiet;
        });
    }

    /// <summary>Runs to the end: no event left, or none before <see cref="OrchestratedRunOptions.Until"/>.</summary>
    public void RunToEnd() => RunUntil(TimeSpan.MaxValue);

    /// <inheritdoc/>
    public void Dispose()
    {
        Cancel();
        _cancellation.Dispose();
        _mailbox.Dispose();
        _clock.Dispose();
    }

    private bool Next(TimeSpan until) => Run.Loop.Step(until, _mailbox, _cancellation.Token);

    /// <summary>Does a stretch of the run on this thread.</summary>
    private bool Drive(Func<bool> stretch)
    {
        if (Interlocked.CompareExchange(ref _isDriven, 1, 0) != 0) throw new InvalidOperationException("Another thread drives this run: one at a time.");
        try
        {
            if (_state is RunState.Ended) return false;
            if (_state is RunState.Cancelled or RunState.Failed) throw new InvalidOperationException($"The run is over: it has {(_state == RunState.Failed ? "failed" : "been cancelled")}.");
            bool isNew = _state == RunState.Ready;
            _state = RunState.Running;
            _clock.Start();
            if (isNew) Run.Begin();
            bool isThere = stretch();
            if (_state == RunState.Running) _state = RunState.Stopped;
            return isThere;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            End(RunState.Cancelled, "the run was cancelled");
            throw;
        }
        catch (Exception broken) when (_state == RunState.Running)
        {
            End(RunState.Failed, $"the run has failed: {broken.Message}");
            throw;
        }
        finally
        {
            _clock.Stop();
            Volatile.Write(ref _isDriven, 0);
        }
    }

    /// <summary>The run is over as it should; always false.</summary>
    private bool Finish()
    {
        _mailbox.CheckReplayed();
        _clock.ThrowIfExpired();
        Run.Ended?.Invoke();
        End(RunState.Ended, "the run has ended");
        return false;
    }

    private void End(RunState state, string why)
    {
        _state = state;
        Api.Close(why);
        _turns.Close();
    }

    /// <summary>Real time that stands still.</summary>
    private sealed class NoTime : TimeProvider
    {
        public static readonly NoTime Instance = new();

        public override long GetTimestamp() => 0;
    }
}
