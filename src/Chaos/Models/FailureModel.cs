using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Models;

/// <summary>When something fails and how long it takes to repair it, again and again: an alternating renewal process a unit (a node, or a domain of nodes that fail together).</summary>
/// <remarks>Times are seconds. Building blocks of REFERENCE §3: <see cref="Hits"/> is the shock, <see cref="LemonShape"/> the lemon nodes, <see cref="Bursts"/> the modulated rate.</remarks>
/// <param name="Name">Preset that it comes from, or what the user calls it.</param>
/// <param name="TimeToFailure">From the end of a repair to the next failure.</param>
/// <param name="TimeToRepair">From a failure to the end of its repair.</param>
public sealed record FailureModel(string Name, Distribution TimeToFailure, Distribution TimeToRepair)
{
    /// <summary>Times as many failures as the distribution says: lifetimes are divided by it, so that short runs see some.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Whether the process has run for ever when the run begins (first lifetimes are residual, some units are in repair); otherwise all units are new.</summary>
    public bool IsStationary { get; init; } = true;

    /// <summary>Of a domain that fails: the probability with which each of its nodes is hit.</summary>
    public double Hits { get; init; } = 1;

    /// <summary>Shape of the gamma distribution, of mean 1, by which the rate of each unit is multiplied; 0 for units that are all alike.</summary>
    public double LemonShape { get; init; }

    /// <summary>Of a unit that fails: the share of its nodes that is down at a time, as the failure moves on from group to group and is over when each has had its part of the time; 0 for all at once. Without domains the targets are one unit.</summary>
    public double Wave { get; init; }

    /// <summary>Times of many and of few failures; null for an even rate.</summary>
    public BurstModel? Bursts { get; init; }
}

/// <summary>A rate of failures that changes between two levels (a Markov-modulated process; Yigitbasi et al., GRID 2010, find failures clustered in time). The mean rate stays.</summary>
/// <param name="Factor">Times as many failures during a burst as between bursts.</param>
/// <param name="MeanBurst">Mean length of a burst, in seconds; exponential.</param>
/// <param name="MeanCalm">Mean time between two, in seconds; exponential.</param>
public sealed record BurstModel(double Factor, double MeanBurst, double MeanCalm)
{
    /// <summary>Rate between bursts, relative to the mean rate.</summary>
    public double CalmRate => (MeanBurst + MeanCalm) / ((Factor * MeanBurst) + MeanCalm);
}
