using SchedBench.Core.Cluster;

namespace SchedBench.Core.Recording;

/// <summary>What happened.</summary>
public enum FactKind : byte
{
    /// <summary>A pod was created.</summary>
    PodArrived,

    /// <summary>A scheduling attempt found no node; the pod waits.</summary>
    PodUnschedulable,

    /// <summary>A pod was skipped for good (replays with a single try).</summary>
    PodUnplaced,

    /// <summary>The host refused the strategy's answer; Detail is a <see cref="Scheduling.RefusalReason"/>.</summary>
    DecisionRefused,

    /// <summary>The strategy threw; the decision is refused.</summary>
    StrategyError,

    /// <summary>A pod was bound to a node.</summary>
    PodBound,

    /// <summary>The agent took the pod in: it holds its resources on the node from here on.</summary>
    PodAdmitted,

    /// <summary>The agent refused the pod; Detail is a <see cref="Scheduling.InfeasibleReason"/>.</summary>
    PodRejected,

    /// <summary>The pod started.</summary>
    PodStarted,

    /// <summary>The pod completed and holds nothing any more.</summary>
    PodSucceeded,

    /// <summary>The pod ended with an error and holds nothing any more.</summary>
    PodFailed,

    /// <summary>All members of a group that fit were bound together; Detail is the group.</summary>
    GroupPlaced,

    /// <summary>A try to place a group failed and was taken back; Detail is the group.</summary>
    GroupRolledBack,

    /// <summary>A node was cordoned (Detail 0) or uncordoned (1).</summary>
    NodeSchedulableChanged,

    /// <summary>A request failed; Detail is the stream's place times 256 plus a <see cref="Networking.RequestOutcome"/>.</summary>
    RequestFailed,

    /// <summary>Several requests of a stream that is sent as a fluid failed; Detail is their number times 2²⁴ plus the stream's place times 256 plus a
    /// <see cref="Networking.RequestOutcome"/>.</summary>
    RequestsFailed,
}

/// <summary>One fact: the only thing metrics, invariants and fingerprints are made of.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="Pod">Slot of the pod concerned; meaningless for facts about nodes.</param>
/// <param name="Uid">Ordinal of the pod, −1 without one.</param>
/// <param name="Node">Node concerned, or none.</param>
/// <param name="Detail">Meaning by kind.</param>
public readonly record struct Fact(FactKind Kind, TimeSpan At, PodIndex Pod, int Uid, NodeIndex Node, long Detail);

/// <summary>Listens to the stream of facts. Called on the loop's thread, in order, with the state already changed.</summary>
public interface IFactObserver
{
    /// <summary>A fact was recorded.</summary>
    void Observe(in Fact fact);
}

/// <summary>The one stream of facts of a run. Keeps none of them: observers do what they need.</summary>
public sealed class FactStream
{
    private IFactObserver[] _observers = [];

    /// <summary>Facts recorded so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an observer; it sees the facts from now on, after the observers before it.</summary>
    public void Subscribe(IFactObserver observer) => _observers = [.. _observers, observer];

    internal void Record(in Fact fact)
    {
        Count++;
        foreach (IFactObserver observer in _observers) observer.Observe(in fact);
    }
}

/// <summary>A 64-bit hash over all facts in order: equal runs have equal fingerprints.</summary>
public sealed class FingerprintObserver : IFactObserver
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;

    /// <summary>The hash so far.</summary>
    public ulong Value { get; private set; } = 0x27D4EB2F165667C5;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        ulong hash = Value;
        hash = Round(hash, (ulong)fact.At.Ticks);
        hash = Round(hash, ((ulong)fact.Kind << 56) ^ ((ulong)(uint)fact.Uid << 24) ^ (uint)fact.Node.Value);
        Value = Round(hash, (ulong)fact.Detail);
    }

    private static ulong Round(ulong hash, ulong input) => (System.Numerics.BitOperations.RotateLeft(hash ^ (input * Prime2), 31) * Prime1) + Prime2;
}
