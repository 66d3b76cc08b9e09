using System.Runtime.CompilerServices;

namespace SchedBench.Core.Randomness;

/// <summary>
/// Random numbers as a function: <c>draw(seed, stream, entity, n)</c>. No state, so nobody's dice move when a consumer, a fault or a metric is added,
/// and two strategies under one seed meet the same arrivals and the same faults.
/// </summary>
/// <remarks>
/// A counter-based hash: the four inputs are absorbed one after another, each followed by the finaliser of SplitMix64
/// (Steele, Lea, Flood, OOPSLA 2014; Stafford's variant 13). Integer arithmetic only, so the numbers are the same on every CPU and runtime.
/// An entity is a stable identity, never an object's address or id: a name (<see cref="Entity(string)"/>) or an ordinal below an owner.
/// </remarks>
public readonly struct Draw
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _key;

    private Draw(ulong key) => _key = key;

    /// <summary>The draws of a named consumer under a seed. Make it once and keep it: hashing the name costs more than drawing.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="stream">Name of the consumer, such as <c>faults/node-crash</c>. A new consumer takes a new name.</param>
    public static Draw Stream(ulong seed, string stream) => new(Mix(Mix(seed + Golden) ^ Entity(stream)));

    /// <summary>The stable 64-bit identity of a name: FNV-1a over its UTF-16 units, finalised.</summary>
    public static ulong Entity(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in name) hash = (hash ^ c) * 0x100000001B3;
        return Mix(hash);
    }

    /// <summary>64 uniform bits for the <paramref name="n"/>-th draw of <paramref name="entity"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bits(ulong entity, ulong n) => Mix(Mix(_key ^ (entity * Golden)) + (n * Golden) + 1);

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Uniform(ulong entity, ulong n) => (Bits(entity, n) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform integer in [0, <paramref name="bound"/>), exactly unbiased (Lemire's multiply-shift with rejection).</summary>
    /// <param name="entity">Identity.</param>
    /// <param name="n">Index of the draw.</param>
    /// <param name="bound">Exclusive upper bound, ≥ 1.</param>
    public ulong Below(ulong entity, ulong n, ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong bits = Bits(entity, n);
        ulong high = Math.BigMul(bits, bound, out ulong low);
        if (low >= bound) return high;
        ulong threshold = (0 - bound) % bound;
        while (low < threshold)
        {
            bits = Mix(bits + Golden);
            high = Math.BigMul(bits, bound, out low);
        }

        return high;
    }

    /// <summary>Shuffles in place: every order is equally likely. Element k's partner is draw k of <paramref name="entity"/> (Fisher–Yates from the end).</summary>
    public void Shuffle<T>(Span<T> items, ulong entity)
    {
        for (int k = items.Length - 1; k > 0; k--)
        {
            int partner = (int)Below(entity, (ulong)k, (ulong)k + 1);
            (items[k], items[partner]) = (items[partner], items[k]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
