using SchedBench.Core.Randomness;

namespace SchedBench.Chaos.Plans;

/// <summary>How many of several targets are hit, and which.</summary>
internal static class Targeting
{
    /// <summary>Those that a mode takes: the ones with the smallest numbers of their own, so that one more or less moves the others as little as can be.</summary>
    /// <param name="targets">All of them.</param>
    /// <param name="nameOf">Stable name of one.</param>
    /// <param name="mode">How many.</param>
    /// <param name="value">Number or percent that the mode asks for.</param>
    /// <param name="draw">Draws of the source.</param>
    /// <param name="time">Which time this is.</param>
    public static IReadOnlyList<T> Choose<T>(IReadOnlyList<T> targets, Func<T, string> nameOf, TargetMode mode, int value, Draw draw, ulong time)
    {
        int count = mode switch
        {
            TargetMode.All => targets.Count,
            TargetMode.One => Math.Min(1, targets.Count),
            TargetMode.Fixed => Math.Min(value, targets.Count),
            TargetMode.FixedPercent => Share(value, targets.Count),
            _ => targets.Count == 0 ? 0 : 1 + (int)draw.Below(time, ulong.MaxValue, (ulong)Share(value, targets.Count)),
        };
        return count == targets.Count ? targets : [.. targets.OrderBy(target => draw.Bits(Draw.Entity(nameOf(target)), time)).ThenBy(nameOf, StringComparer.Ordinal).Take(count)];
    }

    private static int Share(int percent, int targets) => targets == 0 ? 0 : Math.Max(1, (int)((long)targets * percent / 100));
}
