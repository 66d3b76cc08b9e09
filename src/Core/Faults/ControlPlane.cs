using SchedBench.Core.Cluster;
using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Faults;

/// <summary>The control plane of a run as something that suffers faults: outages of its API, and leaders that end.</summary>
/// <remarks>
/// While no call is answered nothing is written: agents are cut off and go on with what they know, scheduler and controller manager wait and exit when they could not renew their leases for 10 s
/// (<c>cmd/kube-scheduler/app/server.go</c>, <c>cmd/kube-controller-manager/app/controllermanager.go</c>, "leaderelection lost"), and what users wanted is done when the API answers again.
/// A controller manager that starts anew knows of no silence before: no node is lost because of the outage (<c>node_lifecycle_controller.go</c>, "Missing timestamp for Node").
/// </remarks>
internal sealed class ControlPlane : IWorldPart, IEventHandler
{
    private const ushort GiveUp = 0;
    private const ushort Lead = 1;
    private const ushort OutageOver = 2;
    private readonly OrchestratedRun _run;
    private readonly TroubledMachines? _machines;
    private readonly ushort _handler;
    private readonly LedComponent[] _components;
    private readonly NodeIndex[] _nodes;
    private readonly Dictionary<int, ControlPlaneEffect> _faults = [];
    private readonly HashSet<int> _outages = [];
    private readonly Dictionary<int, TimeSpan> _snapshots = [];
    private readonly Queue<Action> _waiting = new();
    private TimeSpan _watchDelay;
    private bool _isWell = true;

    /// <summary>The control plane of a run.</summary>
    public ControlPlane(OrchestratedRun run, TroubledMachines? machines)
    {
        _run = run;
        _machines = machines;
        _handler = run.Loop.Register(this);
        _nodes = [.. Enumerable.Range(0, run.Fleet.Count).Select(n => new NodeIndex(n))];
        _components =
        [
            new LedComponent("scheduler", run.Seed, run.Scheduler.Pause, run.Scheduler.Resume, run.StopScheduler, run.StartScheduler),
            new LedComponent("controller-manager", run.Seed, run.Controllers.Pause, run.Controllers.Resume, run.Controllers.Stop, run.Controllers.Restart),
        ];
    }

    /// <summary>Whether no fault has kept the controllers from their work since an instant: what they owe is owed from then on.</summary>
    public bool HaveControllersWorkedSince(TimeSpan instant) => _isWell && _components[1].HasWorkedSince(instant);

    /// <summary>Does something as soon as the API answers: now, or after the outage, in order.</summary>
    public void WhenApiAnswers(Action what)
    {
        if (_outages.Count > 0) _waiting.Enqueue(what);
        else what();
    }

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is ControlPlaneEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect)
    {
        var plane = (ControlPlaneEffect)effect;
        if (_run.Swarm is not null) return "Docker Swarm's managers are one process with its own store: what befalls Kubernetes' control plane has no counterpart in a run of Docker Swarm";
        if (plane.SnapshotAge > _run.Store.SnapshotAge) return $"this run keeps snapshots of {DurationText.Format(_run.Store.SnapshotAge)}: only steps that are known when it begins say how old the oldest is";
        if (plane.Members is { Left: < 0 } members) return $"{members.Lost} machines of the control plane cannot be lost: it has {members.Members}";
        if (plane.WatchDelay > TimeSpan.Zero && !_run.HasWatches) return "scheduler, controllers and agents of this run see every write at once, and what takes no time cannot be slower: give it a watchDelay";
        bool losesScheduler = plane.EndsScheduler || plane.Outage > TimeSpan.Zero;
        return losesScheduler && !_run.CanRestartScheduler ? "a scheduler that ends is followed by one with a fresh strategy, and this run has no way to make one" : null;
    }

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        var plane = (ControlPlaneEffect)effect;
        TimeSpan now = _run.Loop.Now;
        if (plane.SnapshotAge > now) throw new RunStepException($"fault {fault}: the store cannot go back by {DurationText.Format(plane.SnapshotAge)}, as the run is younger");
        _faults.Add(fault, plane);
        if (plane.SnapshotAge > TimeSpan.Zero) _snapshots.Add(fault, now - plane.SnapshotAge);
        if (plane.EndsScheduler) _components[0].End(now, plane.Lease, plane.Retry);
        if (plane.EndsControllers) _components[1].End(now, plane.Lease, plane.Retry);
        if (plane.HasStandby) Offer(plane);
        Weigh();
        if (plane.Outage == TimeSpan.Zero) return;
        BeginOutage(fault, plane);
        if (plane.Outage < ControlPlaneEffect.AsLongAsTheFault) _run.Loop.Schedule(now + plane.Outage, new EventData(_handler, OutageOver, fault));
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out ControlPlaneEffect? plane)) return;
        if (_snapshots.Remove(fault, out TimeSpan snapshot)) Restore(fault, snapshot);
        if (!plane.HasStandby) Offer(plane);
        Weigh();
        EndOutage(fault);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == OutageOver)
        {
            EndOutage(data.Subject);
            return;
        }

        LedComponent component = _components[data.Subject];
        if (data.Argument != component.Version) return;
        if (data.Kind == GiveUp) component.GiveUp();
        else component.Lead(_run.Loop.Now);
    }

    private void Restore(int fault, TimeSpan snapshot)
    {
        _run.Store.Restore(snapshot);
        _run.Facts.Record(new Fact(FactKind.StoreRestored, _run.Loop.Now, new PodIndex(-1), fault, NodeIndex.None, (_run.Loop.Now - snapshot).Ticks));
    }

    private void Offer(ControlPlaneEffect plane)
    {
        if (plane.EndsScheduler) Schedule(Lead, 0, _components[0].Offer(_run.Loop.Now));
        if (plane.EndsControllers) Schedule(Lead, 1, _components[1].Offer(_run.Loop.Now));
    }

    /// <summary>What the faults that hold make of the API together: delays add up, and a write passes when none of them refuses it.</summary>
    private void Weigh()
    {
        (TimeSpan write, TimeSpan watch, double passes) = (TimeSpan.Zero, TimeSpan.Zero, 1);
        foreach (ControlPlaneEffect plane in _faults.Values.OrderBy(plane => plane.RefusedShare))
        {
            write += plane.WriteDelay;
            watch += plane.WatchDelay;
            passes *= 1 - plane.RefusedShare;
        }

        bool wereWell = _isWell;
        _isWell = write == TimeSpan.Zero && watch == TimeSpan.Zero && passes == 1;
        // What is under way when the faults are over arrives as late as it would have, and what was refused is tried again.
        if (!wereWell) _components[1].IsLateUntil(_run.Loop.Now + _watchDelay + _run.Store.Conditions.WriteDelay + ApiConditions.RetryAfter);
        _watchDelay = watch;
        if (write < _run.Store.Conditions.WriteDelay) _run.Controllers.Ease(_run.Loop.Now + _run.Store.Conditions.WriteDelay);
        _run.Store.Conditions.WriteDelay = write;
        _run.Store.Conditions.RefusedShare = 1 - passes;
        _run.SlowWatches(watch);
    }

    private void BeginOutage(int fault, ControlPlaneEffect plane)
    {
        _machines?.Begin(fault, new MachineEffect(NodeTrouble.CutOff), new FaultVictims(_nodes, []));
        if (!_outages.Add(fault) || _outages.Count > 1) return;
        _run.Store.Conditions.SetOutage(true);
        for (int i = 0; i < _components.Length; i++) Schedule(GiveUp, i, _components[i].CutOff(_run.Loop.Now, plane.Lease, plane.Retry));
    }

    private void EndOutage(int fault)
    {
        if (!_outages.Remove(fault)) return;
        if (_outages.Count == 0) _run.Store.Conditions.SetOutage(false);
        _machines?.End(fault);
        if (_outages.Count > 0) return;
        for (int i = 0; i < _components.Length; i++) Schedule(Lead, i, _components[i].Reconnect(_run.Loop.Now));
        while (_outages.Count == 0 && _waiting.TryDequeue(out Action? what)) what();
    }

    private void Schedule(ushort kind, int component, TimeSpan? at)
    {
        if (at is { } due) _run.Loop.Schedule(due, new EventData(_handler, kind, component, _components[component].Version));
    }
}
