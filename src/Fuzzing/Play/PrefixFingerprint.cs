using SchedBench.Core.Recording;

namespace SchedBench.Fuzzing.Play;

/// <summary>The fingerprint of the facts before an instant, and of all of them; stops a run that records facts without end.</summary>
/// <param name="end">First instant that does not count to the first of both.</param>
internal sealed class PrefixFingerprint(TimeSpan end) : IFactObserver
{
    /// <summary>Many times what the largest case records.</summary>
    private const long MostFacts = 20_000_000;

    private readonly FingerprintObserver _before = new(), _all = new();
    private long _facts;

    /// <summary>Fingerprint of the facts before the instant.</summary>
    public ulong Before => _before.Value;

    /// <summary>Fingerprint of all facts.</summary>
    public ulong All => _all.Value;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.At < end) _before.Observe(in fact);
        _all.Observe(in fact);
        if (++_facts > MostFacts) throw new InvalidOperationException($"The run does not come to an end: {MostFacts} facts until {fact.At}.");
    }
}
