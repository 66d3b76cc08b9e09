using SchedBench.Core.Randomness;

namespace SchedBench.TestKit;

/// <summary>A sequence of draws for generators: one number of FsCheck's decides everything that follows.</summary>
public sealed class Dice(ulong seed)
{
    private readonly Draw _draw = Draw.Stream(seed, "testkit/dice");
    private ulong _n;

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + (int)_draw.Below(0, _n++, (ulong)(high - low + 1));

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(int percent) => Between(1, 100) <= percent;

    /// <summary>One of the items.</summary>
    public T Of<T>(params T[] items) => items[Between(0, items.Length - 1)];

    /// <summary>A random order of 0 … count − 1.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int k = count - 1; k > 0; k--)
        {
            int partner = Between(0, k);
            (order[k], order[partner]) = (order[partner], order[k]);
        }

        return order;
    }
}
