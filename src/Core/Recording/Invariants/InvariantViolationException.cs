using System.Globalization;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>An invariant does not hold: the program is wrong, not the input and not the strategy. The run ends here and no result of it counts.</summary>
public sealed class InvariantViolationException : Exception
{
    internal InvariantViolationException(Invariant invariant, TimeSpan at, long eventNumber, ulong seed, string subject, string expected, string actual)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"Invariant {invariant.Number} is broken ({invariant.Text}): {subject}: expected {expected}, found {actual}; at {at}, event {eventNumber}, seed {seed}."))
    {
        Invariant = invariant;
        At = at;
        EventNumber = eventNumber;
        Seed = seed;
        Subject = subject;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The broken invariant.</summary>
    public Invariant Invariant { get; }

    /// <summary>Instant of the run.</summary>
    public TimeSpan At { get; }

    /// <summary>Events handled before the one in which it was found.</summary>
    public long EventNumber { get; }

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; }

    /// <summary>Pod, node or counter in question.</summary>
    public string Subject { get; }

    /// <summary>What should be there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Actual { get; }
}
