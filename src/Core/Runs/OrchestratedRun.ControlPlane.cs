using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <content>The processes of the control plane: schedulers that end and are followed by others, an API that does not answer.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>Whether a scheduler that ends can be followed by another.</summary>
    internal bool CanRestartScheduler => _next.Fresh is not null;

    /// <summary>Whether no fault has kept the controllers from their work since an instant.</summary>
    internal bool HaveControllersWorkedSince(TimeSpan instant) => _world.ControlPlane.HaveControllersWorkedSince(instant);

    /// <summary>Does something as soon as the API answers: now, or after an outage, in order.</summary>
    internal void WhenApiAnswers(Action what) => _world.ControlPlane.WhenApiAnswers(what);

    /// <summary>The scheduler's process ends, with all that it and its strategy held in memory.</summary>
    internal void StopScheduler()
    {
        Scheduler.Stop();
        (Strategy as IDisposable)?.Dispose();
    }

    /// <summary>Another scheduler takes over: a fresh strategy, and what a list of the API says.</summary>
    internal void StartScheduler()
    {
        if (SchedulerFeed is DelayedFeed late) late.CatchUp();
        Strategy = _next.Fresh!();
        _pods.Strategy = Strategy;
        Prepare(Strategy);
        Scheduler.Restart(Strategy, slot => SchedulerFeed.View.Find(_pods.UidOf(slot)) is Pod pod ? pod.Status.NominatedNode : NodeIndex.None, _next.TieBreak);
    }

    /// <summary>From now on schedulers have another strategy: the one that is there ends and is followed by one that knows what the API says; where none is there, the next that takes over.</summary>
    /// <param name="next">The strategy; it is among the <see cref="OrchestratedRunOptions.Successors"/> of the run.</param>
    public void Exchange(NextStrategy next)
    {
        _next = next;
        if (!Scheduler.IsUp) return;
        StopScheduler();
        StartScheduler();
    }

    private TimeSpan _slowedMost;

    /// <summary>Longest delay with which agents have seen the store so far.</summary>
    internal TimeSpan AgentDelay => (_options.Agents?.WatchDelay ?? TimeSpan.Zero) + _slowedMost;

    /// <summary>Longest delay with which controllers have seen the store so far.</summary>
    internal TimeSpan ControllerDelay => _options.ControllerDelay + _slowedMost;

    /// <summary>Whether scheduler, controllers and agents hear of writes later than they are made: only then can they hear of them later yet.</summary>
    internal bool HasWatches => _options.SchedulerDelay > TimeSpan.Zero && _options.ControllerDelay > TimeSpan.Zero && (_options.Agents is null || _options.Agents.WatchDelay > TimeSpan.Zero);

    /// <summary>They hear of writes so much later than the options say, from now on.</summary>
    internal void SlowWatches(TimeSpan by)
    {
        if (SchedulerFeed is DelayedFeed scheduler) scheduler.Delay = _options.SchedulerDelay + by;
        if (Controllers.Context.Feed is DelayedFeed controllers) controllers.Delay = _options.ControllerDelay + by;
        if (Agents?.Watch is { } agents) agents.Delay = _options.Agents!.WatchDelay + by;
        if (by > _slowedMost) _slowedMost = by;
    }

    private void Prepare(SchedulingStrategy strategy) => strategy.Prepare(new StrategyContext(
        View, Seed, _next.TieBreak, strategy.UsesWorkloadProfile ? _options.Profile : null, () => Loop.Now)
    {
        Images = new RuntimeImages(() => Runtime, ViewState),
        Selectors = _pods.Selectors,
        NameOf = slot => PodAt(slot)?.Name ?? "",
        Groups = _groups,
        WaitingOf = () => Scheduler!.Waiting,
    });
}
