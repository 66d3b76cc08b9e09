namespace SchedBench.Core.Faults;

/// <summary>What befalls the control plane itself: its API server and etcd, the leaders among its schedulers and controller managers.</summary>
/// <remarks>Defaults are those of Kubernetes' leader election (<c>component-base/config</c>, <c>LeaderElectionConfiguration</c>: a lease of 15 s, tried every 2 s).</remarks>
public sealed record ControlPlaneEffect : WorldEffect
{
    /// <summary>An outage as long as the fault.</summary>
    public static readonly TimeSpan AsLongAsTheFault = TimeSpan.MaxValue;

    /// <summary>How long no call of the API is answered; zero for not at all, <see cref="AsLongAsTheFault"/> for the whole fault.</summary>
    public TimeSpan Outage { get; init; }

    /// <summary>Whether the scheduler that leads ends, and none is there to follow it as long as the fault holds.</summary>
    public bool EndsScheduler { get; init; }

    /// <summary>Whether the controller manager that leads ends, and none is there to follow it as long as the fault holds.</summary>
    public bool EndsControllers { get; init; }

    /// <summary>Whether others are there to follow leaders that end: they do as soon as the lease has run out, whatever the fault's duration.</summary>
    public bool HasStandby { get; init; }

    /// <summary>The machines of the control plane, where the effect is about them; null otherwise.</summary>
    public EtcdQuorum? Members { get; init; }

    /// <summary>How long a leader's lease lasts from its last renewal on: nobody follows one that ended before.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a leader renews its lease, and others try to take it.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much longer a write takes.</summary>
    public TimeSpan WriteDelay { get; init; }

    /// <summary>How much later scheduler, controllers and agents hear of a write.</summary>
    public TimeSpan WatchDelay { get; init; }

    /// <summary>Share of writes that are refused and have to be tried again, 0 to less than 1.</summary>
    public double RefusedShare { get; init; }

    /// <summary>When the fault is over, the store goes back to what it was so long before the fault; zero for not at all.</summary>
    public TimeSpan SnapshotAge { get; init; }

    /// <inheritdoc/>
    public override WorldEffectKind Kind => WorldEffectKind.ControlPlane;
}

/// <summary>Members of etcd (raft): a write needs more than half of all there are.</summary>
/// <param name="Members">All.</param>
/// <param name="Lost">Those that are lost.</param>
public readonly record struct EtcdQuorum(int Members, int Lost)
{
    /// <summary>Those that are left.</summary>
    public int Left => Members - Lost;

    /// <summary>Whether too few are left.</summary>
    public bool IsLost => Left < (Members / 2) + 1;
}
