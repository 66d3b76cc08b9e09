namespace SchedBench.Fuzzing.Play;

/// <summary>What became of a case.</summary>
/// <param name="Failure">What is wrong; null when nothing is.</param>
/// <param name="Fingerprint">Fingerprint of its facts; 0 when it failed before its end.</param>
public sealed record FuzzOutcome(FuzzFailure? Failure, ulong Fingerprint)
{
    /// <summary>How often each effect hit something.</summary>
    public IReadOnlyDictionary<string, long> Hits { get; init; } = new Dictionary<string, long>();

    /// <summary>Effects that the case's world refused.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>Checks that were made beside the judges of every event: which, and how often.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];
}
