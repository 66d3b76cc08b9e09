using SchedBench.Core.Randomness;

namespace SchedBench.Core.Nodes;

/// <summary>What machines take beyond what the behaviour of an image says, in seconds: measured on real ones, so that simulated containers take as long.</summary>
/// <param name="Start">From the request to start a container until it listens, beside its own start, when no other starts.</param>
/// <param name="Stop">From the stop signal until its end is known, beside its own stop.</param>
/// <param name="Kill">From the kill until its end is known.</param>
public sealed record RuntimeDelays(Distribution Start, Distribution Stop, Distribution Kill)
{
    /// <summary>How much longer a start takes for every other one that is under way in the fleet when it is asked for: machines of one host share its processors.</summary>
    public double StartForEachOther { get; init; }
}
