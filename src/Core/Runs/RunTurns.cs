using SchedBench.Core.Input;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Runs;

/// <summary>Asks the parties of a run, one after the other, whenever an instant has settled, and ends an idle run that need not wait for calls.</summary>
internal sealed class RunTurns : IRestObserver, IStoreListener
{
    private readonly OrchestratedRun _run;
    private readonly PacedClock _clock;
    private readonly RunControlOptions _options;
    private readonly RunParty[] _parties;
    private RunTurn? _open;
    private ClockHold? _hold;

    public RunTurns(OrchestratedRun run, PacedClock clock, RunControlOptions options, IReadOnlyList<string> parties)
    {
        _run = run;
        _clock = clock;
        _options = options;
        _parties = [.. parties.Select(name => new RunParty(name))];
        if (_parties.Length > 0) run.Store.Subscribe(this);
    }

    public RunParty Find(string name)
    {
        foreach (RunParty party in _parties)
        {
            if (party.Name == name) return party;
        }

        string nearest = NearestName.Find(name, _parties.Select(party => party.Name)) is { } near ? $"; did you mean '{near}'?" : "";
        throw new ArgumentException($"The run has no party '{name}'{nearest}", nameof(name));
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        foreach (RunParty party in _parties) party.OnChange(in change);
    }

    /// <inheritdoc/>
    public bool OnRest(Mailbox? mailbox, CancellationToken cancellation)
    {
        if (mailbox is null or { IsReplay: true }) return false;
        // Calls stamped with the instant at which time stands.
        if (_run.Loop.NextDue <= _clock.Elapsed && _clock.IsHeld) return false;
        // An open turn is waited out, then its answers enter before anybody else is asked.
        if (_open is not null)
        {
            Wait(mailbox, cancellation);
            return true;
        }

        if (mailbox.HasMessages) return true;
        foreach (RunParty party in _parties)
        {
            if (!party.HasNews) continue;
            _hold = _clock.Hold(party.Name, _options.HoldLimit, _options.OnLimit);
            _open = party.Ask(_run.Loop.Now, mailbox.Wake);
            return true;
        }

        if (_options.EndsWhenIdle && _run.Loop.Pending == 0 && !_clock.IsHeld && !mailbox.IsClosed)
        {
            mailbox.Close();
            return true;
        }

        return false;
    }

    /// <summary>Nobody is asked any more.</summary>
    public void Close()
    {
        foreach (RunParty party in _parties) party.Close();
        _hold?.Release();
    }

    /// <summary>Waits until the turn is over or a call arrives.</summary>
    private void Wait(Mailbox mailbox, CancellationToken cancellation)
    {
        while (!mailbox.HasMessages)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_open!.IsOver)
            {
                // Whatever it sent was posted before.
                if (mailbox.HasMessages) return;
                _hold!.Release();
                (_open, _hold) = (null, null);
                return;
            }

            TimeSpan left = _clock.LeftOf(_hold!);
            if (left <= TimeSpan.Zero)
            {
                if (_open.Lapse()) _clock.Lapse(_hold!);
                continue;
            }

            mailbox.WaitForMessage(left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1), cancellation);
        }
    }
}
