using SchedBench.Core.Randomness;

namespace SchedBench.Fuzzing.Cases;

/// <summary>Draws of one part of a case, in order. Parts have streams of their own: another draw in one moves nothing in the others.</summary>
internal sealed class CaseDice(ulong seed, string part)
{
    private readonly Draw _draw = Draw.Stream(seed, $"fuzz/{part}");
    private ulong _n;

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + (int)_draw.Below(0, _n++, (ulong)(high - low + 1));

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(int percent) => Between(1, 100) <= percent;

    /// <summary>One of the items.</summary>
    public T Of<T>(params IReadOnlyList<T> items) => items[Between(0, items.Count - 1)];

    /// <summary>A number whose magnitude is drawn first: small values are as likely as large ones.</summary>
    /// <param name="least">Least value, at least 0.</param>
    /// <param name="most">Largest value.</param>
    public long Magnitude(long least, long most)
    {
        int bits = 64 - (int)ulong.LeadingZeroCount((ulong)(most - least));
        long span = Between(0, bits) is > 0 and var drawn && drawn < 63 ? 1L << drawn : 1;
        return Math.Min(most, least + (long)_draw.Below(0, _n++, (ulong)span + 1));
    }
}
