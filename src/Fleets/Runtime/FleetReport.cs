using SchedBench.Core.Nodes;

namespace SchedBench.Fleets.Runtime;

/// <summary>What happened to a container.</summary>
internal enum FleetEvent : byte
{
    /// <summary>Its image is on the node, or cannot be had.</summary>
    Pulled,

    /// <summary>Its process runs.</summary>
    Started,

    /// <summary>It accepts connections.</summary>
    Listens,

    /// <summary>Its probes find something else.</summary>
    Probed,

    /// <summary>It has ended.</summary>
    Exited,
}

/// <summary>A report from outside: content of a message, recorded with the run. Immutable.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Id">To which container.</param>
/// <param name="Handle">Its handle; of a pull none.</param>
/// <param name="Code">Exit code; of a pull 1 when the image is there.</param>
/// <param name="OutOfMemory">Whether its memory limit ended it.</param>
/// <param name="Readiness">What its readiness and startup probes find.</param>
/// <param name="Liveness">What its liveness probe finds.</param>
/// <param name="Image">Image of a pull.</param>
/// <param name="Said">What the engine said of a failure; empty for none.</param>
internal sealed record FleetReport(FleetEvent Event, ContainerId Id, int Handle, int Code = 0, bool OutOfMemory = false, ProbeAnswer Readiness = ProbeAnswer.Fails, ProbeAnswer Liveness = ProbeAnswer.Fails, string Image = "", string Said = "");
