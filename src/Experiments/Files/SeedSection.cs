using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary><c>seeds: { first, count }</c> or <c>seeds: [42, 7]</c>.</summary>
internal static class SeedSection
{
    internal const int MostSeeds = 100_000;

    internal static IReadOnlyList<ulong> Read(YamlValue value)
    {
        if (value.IsList)
        {
            var seeds = value.Items(1, MostSeeds).Select(item => (Seed: item.Unsigned(0, ulong.MaxValue), Place: item)).ToList();
            ExperimentReading.Distinct(seeds.Where(seed => seed.Seed is not null).Select(seed => (seed.Seed!.Value, seed.Place)), "expected every seed once");
            return [.. seeds.Select(seed => seed.Seed ?? 0)];
        }

        if (!value.IsMap)
        {
            value.Report("expected { first: 42, count: 10 } or a list of seeds such as [42, 43]");
            return [];
        }

        YamlMap map = value.Map()!;
        ulong? first = map.Required("first")?.Unsigned(0, ulong.MaxValue);
        YamlValue? countValue = map.Required("count");
        long? count = countValue?.Integer(1, MostSeeds);
        if (first is not { } from || count is not { } number) return [];
        if ((ulong)(number - 1) > ulong.MaxValue - from)
        {
            countValue!.Report("expected seeds up to 2^64-1 at most");
            return [];
        }

        return [.. Enumerable.Range(0, (int)number).Select(k => from + (ulong)k)];
    }
}
