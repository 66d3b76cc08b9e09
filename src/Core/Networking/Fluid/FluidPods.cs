using SchedBench.Core.Nodes;

namespace SchedBench.Core.Networking;

/// <summary>What a pod that clients know of does with requests.</summary>
internal enum FluidAnswer : byte
{
    /// <summary>No process listens.</summary>
    Absent,

    /// <summary>The process refuses new requests.</summary>
    Refuses,

    /// <summary>It takes them.</summary>
    Serves,
}

/// <summary>Pods that answer alike: same state, version, behaviour and speed.</summary>
internal sealed class FluidClass(FluidAnswer answer, string version, ImageBehavior behavior, ServiceTimes? times, double speed)
{
    /// <summary>What they do.</summary>
    public readonly FluidAnswer Answer = answer;

    /// <summary>Their version.</summary>
    public readonly string Version = version;

    /// <summary>Behaviour of their image.</summary>
    public readonly ImageBehavior Behavior = behavior;

    /// <summary>Service times of it; null where nothing is served.</summary>
    public readonly ServiceTimes? Times = times;

    /// <summary>Speed.</summary>
    public readonly double Speed = speed;
}

/// <summary>A pod that some client knows of, or whose process runs.</summary>
internal sealed class FluidPod(long uid)
{
    public readonly long Uid = uid;
    public readonly List<FluidRoute> Routes = [];
    public readonly List<FluidDrain> Drains = [];

    /// <summary>Requests of clients that send elsewhere since a while: still here if the process ends now.</summary>
    public readonly List<FluidDrain> Left = [];

    /// <summary>What comes more or less since the pod was grouped, of each route that changed.</summary>
    public readonly List<(FluidStream Stream, long Units)> Moves = [];
    public FluidClass? Class;
    public FluidGroup? Group;

    /// <summary>Requests that come to it, of all streams.</summary>
    public long Units;

    /// <summary>Instant since which it has been what it is, and requests have come.</summary>
    public TimeSpan Since;
    public bool IsDirty;
    public double ServedAtJoin;
    public double Served;

    /// <summary>Requests it has taken up so far.</summary>
    public double ServedSoFar => Group is null ? Served : Served + Group.Served - ServedAtJoin;
}

/// <summary>Requests of a stream that are still in a pod which takes no new ones.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Units">Rate at which they came.</param>
/// <param name="Flow">What became of them.</param>
/// <param name="From">Instant since which none come.</param>
internal readonly record struct FluidDrain(FluidStream Stream, long Units, PodFlow Flow, TimeSpan From)
{
    /// <summary>Requests that are held back as in flight.</summary>
    public Int128 Held(RequestOutcome outcome) => Flow.InFlight(outcome, Units, Stream.Spec.Timeout.TotalSeconds);
}

/// <summary>Pods that are alike in all that decides about requests: a settle costs as much as there are groups.</summary>
internal sealed class FluidGroup(FluidClass podClass, long units, double waiting, FluidStream stream)
{
    /// <summary>The stream whose time-out bounds the queue.</summary>
    public readonly FluidStream Stream = stream;

    public readonly FluidClass Class = podClass;
    public readonly long Units = units;

    /// <summary><see cref="Waiting"/> when the group was made: under which it is found.</summary>
    public readonly double Born = waiting;

    /// <summary>Requests that wait in each of its pods, where more come than can be served, or came until a moment ago.</summary>
    public double Waiting = waiting;
    public int Count;
    public int Place;
    public bool IsListed = true;

    /// <summary>Requests that each of its pods has taken up since the group was made.</summary>
    public double Served;

    /// <summary>Settled flow by place of the stream.</summary>
    public readonly List<PodFlow?> Settled = [];

    /// <summary>Part of the interval in which the queue moves, and the queue in the middle of it.</summary>
    public double MovingSeconds;
    public double MovingWaiting;
}

/// <summary>Units of the fluid: integers, so that sums are exact and do not depend on their order.</summary>
internal static class Fluid
{
    /// <summary>A request a second.</summary>
    public const long PerSecond = 1_000_000_000;

    /// <summary>A request: a rate times ticks.</summary>
    public static readonly Int128 Request = (Int128)PerSecond * TimeSpan.TicksPerSecond;

    /// <summary>What is on its way at a rate, each for some seconds.</summary>
    public static Int128 Content(double units, double seconds) => (Int128)(units * seconds * TimeSpan.TicksPerSecond);
}
