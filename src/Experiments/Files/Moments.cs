using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary><c>after</c> and <c>before</c> of faults and guards: instants that depend upon when guards are over.</summary>
internal static class Moments
{
    /// <summary>A moment; null when it is not stated, or wrong, which is reported.</summary>
    internal static Moment? Read(YamlMap map, string key)
    {
        if (map.Optional(key) is not { } value || value.Text() is not { } text) return null;
        if (Moment.TryParse(text, out Moment? moment)) return moment;
        value.Report("expected a moment: a duration, end(GUARD), end(GUARD) + DURATION, latest(moment, moment) or earliest(moment, moment)");
        return null;
    }

    /// <summary>Reports guards that a moment names and that are not there.</summary>
    internal static void Check(YamlMap fault, IReadOnlyCollection<ServiceGuard> guards, params ReadOnlySpan<Moment?> moments)
    {
        foreach (Moment? moment in moments)
        {
            foreach (string name in moment?.Guards ?? [])
            {
                if (guards.All(guard => guard.Name != name)) fault.Report($"expected a guard '{name}' among guards, as a moment depends upon its end");
            }
        }
    }

    /// <summary>The keys; empty for none.</summary>
    internal static string Write(Moment? after, Moment? by) => $"{(after is null ? "" : $", after: \"{after}\"")}{(by is null ? "" : $", before: \"{by}\"")}";
}
