using SchedBench.Core.Randomness;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Randomness;

public sealed class DrawTests
{
    // Results of a seed are results for ever: these values never change.
    [Theory]
    [InlineData(0UL, "", 0UL, 0UL)]
    [InlineData(42UL, "replay/saturation", 0UL, 1UL)]
    [InlineData(42UL, "replay/saturation", 1UL, 0UL)]
    [InlineData(ulong.MaxValue, "strategy/random/node", ulong.MaxValue, ulong.MaxValue)]
    public void Bits_are_the_hash_that_the_documentation_describes(ulong seed, string stream, ulong entity, ulong n)
    {
        // A transcription of the remarks of Draw, on 128-bit integers.
        static ulong Mix(ulong z)
        {
            z = (ulong)((UInt128)(z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = (ulong)((UInt128)(z ^ (z >> 27)) * 0x94D049BB133111EB);
            return z ^ (z >> 31);
        }

        const ulong Golden = 0x9E3779B97F4A7C15;
        ulong name = 0xCBF29CE484222325;
        foreach (char c in stream) name = (ulong)((UInt128)(name ^ c) * 0x100000001B3);
        ulong key = Mix(Mix(seed + Golden) ^ Mix(name));
        Assert.Equal(Mix(Mix(key ^ (entity * Golden)) + (n * Golden) + 1), Draw.Stream(seed, stream).Bits(entity, n));
    }

    [Fact]
    public void Known_values_do_not_move()
    {
        Draw draw = Draw.Stream(42, "test");
        Assert.Equal([0x3D47FDE2440824EC, 0x0A8C85B5980F8564, 0x059AA09484DC430F, 0x546D1E9182EA3697], Enumerable.Range(0, 4).Select(n => draw.Bits(7, (ulong)n)));
        Assert.Equal([2, 0, 0, 3, 1, 9, 6, 8], Enumerable.Range(0, 8).Select(n => (int)draw.Below(7, (ulong)n, 10)));
        int[] items = [.. Enumerable.Range(0, 8)];
        draw.Shuffle(items.AsSpan(), 7);
        Assert.Equal([3, 2, 7, 1, 0, 5, 4, 6], items);
    }

    [Fact]
    public void Uniform_lies_in_the_unit_interval_and_fills_it_evenly()
    {
        Draw draw = Draw.Stream(1, "test/uniform");
        int[] bins = new int[100];
        for (ulong n = 0; n < 100_000; n++)
        {
            double u = draw.Uniform(3, n);
            Assert.InRange(u, 0, 1 - (1.0 / (1UL << 53)));
            bins[(int)(u * 100)]++;
        }

        // χ² with 99 degrees of freedom: 0.01 % of fair generators exceed 161.
        Assert.InRange(ChiSquare(bins), 0, 161);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(64)]
    public void Below_gives_every_number_its_share(int bound)
    {
        Draw draw = Draw.Stream(5, "test/below");
        int[] counts = new int[bound];
        for (ulong entity = 0; entity < 2_000; entity++)
        {
            for (ulong n = 0; n < 20; n++) counts[draw.Below(entity, n, (ulong)bound)]++;
        }

        // Mean + 4 standard deviations of χ² with bound − 1 degrees of freedom.
        Assert.InRange(ChiSquare(counts), 0, bound - 1 + (4 * Math.Sqrt(2 * (bound - 1))) + 8);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData((1UL << 63) + 1)]
    [InlineData(ulong.MaxValue)]
    public void Below_stays_below_any_bound(ulong bound)
    {
        // Just above 2⁶³ every second draw has to be rejected and drawn again.
        Draw draw = Draw.Stream(9, "test/bounds");
        double sum = 0;
        for (ulong n = 0; n < 1_000; n++)
        {
            ulong value = draw.Below(0, n, bound);
            Assert.True(value < bound);
            sum += value / (double)bound;
        }

        if (bound > 1) Assert.InRange(sum / 1_000, 0.46, 0.54);
    }

    [Fact]
    public void Nothing_lies_below_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Stream(1, "x").Below(0, 0, 0));

    [Fact]
    public void A_shuffle_is_a_permutation() => Law.Holds(dice =>
    {
        int[] items = [.. Enumerable.Range(0, dice.Between(0, 60))];
        Draw.Stream((ulong)dice.Between(0, 1000), "test/shuffle").Shuffle(items.AsSpan(), (ulong)dice.Between(0, 1000));
        Assert.Equal(Enumerable.Range(0, items.Length), items.Order());
    });

    [Fact]
    public void Every_order_is_equally_likely()
    {
        var draw = Draw.Stream(11, "test/orders");
        var orders = new Dictionary<string, int>(StringComparer.Ordinal);
        for (ulong entity = 0; entity < 24_000; entity++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            draw.Shuffle(items.AsSpan(), entity);
            orders[new string(items)] = orders.GetValueOrDefault(new string(items)) + 1;
        }

        Assert.Equal(24, orders.Count);
        // χ² with 23 degrees of freedom: 0.01 % of fair shuffles exceed 57.
        Assert.InRange(ChiSquare([.. orders.Values]), 0, 57);
    }

    [Fact]
    public void Seeds_streams_entities_and_indices_are_independent()
    {
        var seen = new HashSet<ulong>();
        int drawn = 0;
        foreach (ulong seed in new ulong[] { 0, 1, 2, 42, ulong.MaxValue })
        {
            foreach (string stream in new[] { "", "a", "b", "ab", "ba", "faults/node-crash" })
            {
                Draw draw = Draw.Stream(seed, stream);
                for (ulong entity = 0; entity < 20; entity++)
                {
                    for (ulong n = 0; n < 20; n++, drawn++) seen.Add(draw.Bits(entity, n));
                }
            }
        }

        Assert.Equal(drawn, seen.Count);
    }

    [Fact]
    public void Names_are_told_apart() =>
        Assert.Equal(5, new[] { "node-1", "node-2", "Node-1", "node-1 ", "" }.Select(Draw.Entity).Distinct().Count());

    private static double ChiSquare(int[] counts)
    {
        double expected = counts.Average();
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
