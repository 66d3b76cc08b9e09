using System.Globalization;
using SchedBench.Core.Input;

namespace SchedBench.Experiments.Plan;

/// <summary>The value of <c>--seeds</c>: seeds and ranges of seeds, parted by commas: <c>10</c> (the seed 10), <c>3,4,5</c>, <c>1..10</c>,
/// <c>1..3,42</c>.</summary>
public static class SeedList
{
    /// <summary>Seeds of one run.</summary>
    public const int MostSeeds = 100_000;

    private const string Option = "--seeds";

    /// <summary>Parses the value.</summary>
    /// <returns>At least one seed, all distinct, in the order given.</returns>
    /// <exception cref="InputException">A part is no seed below 2⁶⁴ and no ascending range, a seed comes twice, or there are more than
    /// <see cref="MostSeeds"/>.</exception>
    public static IReadOnlyList<ulong> Parse(string text)
    {
        var seeds = new List<ulong>();
        var seen = new HashSet<ulong>();
        int column = 1;
        foreach (string part in text.Split(','))
        {
            (ulong first, ulong last) = Range(part, column);
            if (last - first >= (ulong)(MostSeeds - seeds.Count)) throw Problem(part, column, $"expected at most {MostSeeds} seeds");
            for (ulong k = 0; k <= last - first; k++)
            {
                if (!seen.Add(first + k)) throw Problem(part, column, $"expected every seed once; {first + k} comes twice");
                seeds.Add(first + k);
            }

            column += part.Length + 1;
        }

        return seeds;
    }

    /// <summary>Prints seeds so that <see cref="Parse"/> reads them back: three or more that follow each other become a range.</summary>
    public static string Format(IReadOnlyList<ulong> seeds)
    {
        var parts = new List<string>();
        for (int i = 0, next; i < seeds.Count; i = next)
        {
            for (next = i + 1; next < seeds.Count && seeds[next - 1] < ulong.MaxValue && seeds[next] == seeds[next - 1] + 1;) next++;
            if (next - i < 3) next = i + 1;
            string first = seeds[i].ToString(CultureInfo.InvariantCulture);
            parts.Add(next == i + 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}..{seeds[next - 1]}"));
        }

        return string.Join(',', parts);
    }

    private static (ulong First, ulong Last) Range(string part, int column)
    {
        int dots = part.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0) return (Seed(part, column), Seed(part, column));
        ulong first = Seed(part[..dots], column);
        ulong last = Seed(part[(dots + 2)..], column + dots + 2);
        return first <= last ? (first, last) : throw Problem(part, column, "expected a range from the smaller seed to the larger, such as 1..10");
    }

    private static ulong Seed(string text, int column) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw Problem(text, column, "expected a seed from 0 to 18446744073709551615, a range such as 1..10, or several of them parted by commas");

    private static InputException Problem(string value, int column, string expected) => new(new InputProblem(Option, 1, column, "", value, expected));
}
