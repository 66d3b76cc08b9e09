using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.Files;

/// <summary>The words of the experiment file for the values of enumerations.</summary>
internal static class Words
{
    internal static readonly (string Name, TieBreak Value)[] TieBreaks =
        [("firstInOrder", TieBreak.FirstInOrder), ("lowestName", TieBreak.LowestName), ("uniform", TieBreak.Uniform)];

    internal static readonly (string Name, RecordOrder Value)[] Orders = [("recorded", RecordOrder.Recorded), ("shuffled", RecordOrder.Shuffled)];

    internal static readonly (string Name, SaturationResource Value)[] Resources =
        [("gpu", SaturationResource.Gpu), ("cpu", SaturationResource.Cpu), ("memory", SaturationResource.Memory)];

    internal static readonly (string Name, ReplayMode Value)[] Modes = [("saturate", ReplayMode.Saturate), ("timed", ReplayMode.Timed)];

    internal static readonly (string Name, ExpectationStatistic Value)[] Statistics =
        [("mean", ExpectationStatistic.Mean), ("min", ExpectationStatistic.Min), ("max", ExpectationStatistic.Max)];

    internal static readonly (string Name, TaintEffect Value)[] TaintEffects =
        [("NoSchedule", TaintEffect.NoSchedule), ("PreferNoSchedule", TaintEffect.PreferNoSchedule), ("NoExecute", TaintEffect.NoExecute)];

    internal enum ReplayMode
    {
        Saturate,
        Timed,
    }

    internal static string Of<T>((string Name, T Value)[] words, T value)
        where T : struct, Enum => words.First(word => word.Value.Equals(value)).Name;
}
