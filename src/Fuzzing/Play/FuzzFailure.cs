using SchedBench.Core.Recording.Invariants;

namespace SchedBench.Fuzzing.Play;

/// <summary>What is wrong with a run.</summary>
/// <param name="Kind">What failures have to share to be the same one: <c>invariant 24</c>, or the type of an exception.</param>
/// <param name="Message">Everything about it, in a line.</param>
public sealed record FuzzFailure(string Kind, string Message)
{
    /// <summary>Where an exception came from, for whoever mends it; empty for others.</summary>
    public string Trace { get; init; } = "";

    /// <summary>The failure that an exception means.</summary>
    public static FuzzFailure Of(Exception error) => error switch
    {
        InvariantViolationException broken => new($"invariant {broken.Invariant.Number}", broken.Message),
        FuzzCheckException check => new($"invariant {check.Number}", check.Message),
        _ => new(error.GetType().Name, $"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" ")) { Trace = error.StackTrace ?? "" },
    };
}

/// <summary>A law that a fuzzed run is judged by from outside does not hold; numbers are those of <c>docs/invariants.md</c>.</summary>
public sealed class FuzzCheckException : Exception
{
    /// <summary>Says which and how.</summary>
    public FuzzCheckException(int number, string what)
        : base($"Invariant {number} is broken: {what}") => Number = number;

    /// <summary>Number of the law.</summary>
    public int Number { get; }
}
