using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Networking;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <summary>A runtime that tells what really answers requests.</summary>
public interface IObservedRuntime : IContainerRuntime
{
    /// <summary>Adds somebody who is told what really answers requests.</summary>
    void Observe(IServingObserver observer);
}

/// <summary>Machines that a run's containers really run on, instead of in numbers, with the clients that really ask them. Attached to one run; disposing of it takes away all that the run has made.</summary>
/// <remarks>Scheduler, controllers and agents are the same as on the virtual clock. What comes from the machines enters the run through its mailbox, stamped and recorded, so that the run can be repeated without them.</remarks>
public interface INodeFleet : IDisposable
{
    /// <summary>Attaches to a run that has not begun.</summary>
    /// <returns>What runs containers for its agents.</returns>
    IObservedRuntime Attach(FleetSite site);

    /// <summary>What the machines suffer beyond what a run does by itself.</summary>
    IFleetFaults Faults { get; }

    /// <summary>What became of the requests of real clients; null without streams.</summary>
    ILoad? Load { get; }

    /// <summary>What its machines could not do, a line each.</summary>
    IEnumerable<string> Notes { get; }

    /// <summary>Why the figures of the run are of no use, or null.</summary>
    string? Verdict { get; }

    /// <summary>The run begins: time passes from here on.</summary>
    void Begin();
}

/// <summary>What a fleet gets of the run that it is attached to.</summary>
/// <param name="Loop">Its loop.</param>
/// <param name="Layout">Its nodes.</param>
/// <param name="Health">The true state of machines, as faults set it: who is down is to be down, who is frozen is to stand still.</param>
/// <param name="Store">Its objects.</param>
/// <param name="Images">How images are to behave.</param>
/// <param name="Streams">Requests to be sent.</param>
/// <param name="MeasuredFrom">Requests sent before are not measured.</param>
/// <param name="Facts">Its facts.</param>
/// <param name="Seed">Seed of all draws.</param>
public sealed record FleetSite(
    EventLoop Loop, FleetLayout Layout, NodeHealth Health, ObjectStore Store, ImageCatalog Images, IReadOnlyList<TrafficSpec> Streams, TimeSpan MeasuredFrom, FactStream Facts, ulong Seed)
{
    /// <summary>Time between two probes of any container, instead of what its spec says; zero for that.</summary>
    public TimeSpan ProbePeriod { get; init; }
}

/// <summary>What real machines suffer: effects that need more than an agent that falls silent.</summary>
public interface IFleetFaults
{
    /// <summary>Why an effect cannot be had on these machines, or null.</summary>
    string? Refuses(WorldEffect effect);

    /// <summary>A fault begins.</summary>
    void Begin(int fault, WorldEffect effect, FaultVictims victims);

    /// <summary>A fault that began is over.</summary>
    void End(int fault);
}
