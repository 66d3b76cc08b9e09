using SchedBench.Core.Randomness;

namespace SchedBench.Core.Faults;

/// <summary>A part of the control plane of which one process at a time works: the one that holds the lease (client-go <c>tools/leaderelection</c>).</summary>
/// <remarks><code>
/// leads ── ends ─────────────────────────► gone ── somebody is there, the lease has run out, the next try ──► another leads
///   │                                        ▲
///   └── no answer of the API ── 10 s ────────┘ (leaderelection lost: the process exits)
///            └── answer before ──► goes on
/// </code></remarks>
/// <param name="name">Name, for draws.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="pause">It cannot write.</param>
/// <param name="resume">It can write again.</param>
/// <param name="stop">Its process ends.</param>
/// <param name="start">Another process takes over.</param>
internal sealed class LedComponent(string name, ulong seed, Action pause, Action resume, Action stop, Action start)
{
    /// <summary>How long a leader tries to renew its lease before it gives up and exits (<c>renewDeadline</c>).</summary>
    private static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    private readonly Draw _draws = Draw.Stream(seed, "control-plane/lease");
    private readonly ulong _entity = Draw.Entity(name);
    private ulong _drawn;
    private int _ends;
    private bool _leads = true;
    private bool _isCutOff;
    private TimeSpan _leaseEnds;
    private TimeSpan _atWorkSince = TimeSpan.MinValue;
    private TimeSpan _lease;
    private TimeSpan _retry;

    /// <summary>Number of what happened last: what was scheduled before is void.</summary>
    public int Version { get; private set; }

    /// <summary>Whether no fault has kept it from its work since an instant.</summary>
    public bool HasWorkedSince(TimeSpan instant) => _leads && !_isCutOff && _atWorkSince <= instant;

    /// <summary>The API works badly, or well again: what it does is late until an instant.</summary>
    public void IsLateUntil(TimeSpan instant)
    {
        if (instant > _atWorkSince) _atWorkSince = instant;
    }

    /// <summary>Its process ends, and none is there to follow.</summary>
    public void End(TimeSpan now, TimeSpan lease, TimeSpan retry)
    {
        _ends++;
        if (_leads) Lose(now, lease, retry);
        Version++;
    }

    /// <summary>A process is there that may follow.</summary>
    /// <returns>When it leads, unless something happens before; null when it may not yet, or another one leads.</returns>
    public TimeSpan? Offer(TimeSpan now)
    {
        _ends--;
        return NextLeaderAt(now);
    }

    /// <summary>The API answers no more.</summary>
    /// <returns>When the leader gives up, unless the API answers before; null when nobody leads.</returns>
    public TimeSpan? CutOff(TimeSpan now, TimeSpan lease, TimeSpan retry)
    {
        _isCutOff = true;
        Version++;
        if (!_leads) return null;
        (_lease, _retry) = (lease, retry);
        TimeSpan sinceRenewal = Part(retry);
        _leaseEnds = now - sinceRenewal + lease;
        pause();
        return now + (retry - sinceRenewal) + RenewDeadline;
    }

    /// <summary>The leader could not renew its lease for too long: it exits.</summary>
    public void GiveUp()
    {
        _leads = false;
        Version++;
        stop();
    }

    /// <summary>The API answers again.</summary>
    /// <returns>When another process leads, unless something happens before; null when one does, or none is there.</returns>
    public TimeSpan? Reconnect(TimeSpan now)
    {
        _isCutOff = false;
        Version++;
        if (_leads) resume();
        IsLateUntil(now);
        return NextLeaderAt(now);
    }

    /// <summary>Another process leads.</summary>
    public void Lead(TimeSpan now)
    {
        _leads = true;
        IsLateUntil(now);
        Version++;
        start();
    }

    private void Lose(TimeSpan now, TimeSpan lease, TimeSpan retry)
    {
        _leads = false;
        (_lease, _retry) = (lease, retry);
        if (!_isCutOff) _leaseEnds = now - Part(retry) + lease;
        stop();
    }

    private TimeSpan? NextLeaderAt(TimeSpan now)
    {
        if (_leads || _ends > 0 || _isCutOff) return null;
        return (now > _leaseEnds ? now : _leaseEnds) + Part(_retry);
    }

    private TimeSpan Part(TimeSpan of) => of == TimeSpan.Zero ? of : TimeSpan.FromTicks((long)_draws.Below(_entity, _drawn++, (ulong)of.Ticks));
}
