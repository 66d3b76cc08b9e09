using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.TestKit;

/// <summary>A probe worker that makes every probe: the twin of the one that computes when a probe decides.</summary>
public static class EachProbe
{
    /// <summary>Instants at which the result in force changes, with the new one.</summary>
    /// <param name="probe">Fields of the probe.</param>
    /// <param name="origin">Phase.</param>
    /// <param name="from">No probe before.</param>
    /// <param name="initial">Result at first, or null.</param>
    /// <param name="answers">What probes find from an instant on, in order; the first holds from the beginning.</param>
    /// <param name="until">No probe begins after it.</param>
    public static List<(TimeSpan At, bool Passes)> Run(
        Probe probe, TimeSpan origin, TimeSpan from, bool? initial, IReadOnlyList<(TimeSpan At, ProbeAnswer Answer)> answers, TimeSpan until)
    {
        var decisions = new List<(TimeSpan, bool)>();
        bool? result = initial;
        bool last = false;
        int run = 0;
        TimeSpan free = TimeSpan.MinValue;
        for (TimeSpan tick = origin; tick <= until; tick += probe.Period)
        {
            // While a probe is under way the worker looks at no tick.
            if (tick < from || tick < free) continue;
            (TimeSpan end, bool passes) = Finish(probe, tick, answers);
            free = end;
            if (end > tick) free = end + TimeSpan.FromTicks(passes || Changed(answers, end) ? 1 : 0);
            run = passes == last ? run + 1 : 1;
            last = passes;
            if (run < (passes ? probe.SuccessThreshold : probe.FailureThreshold) || passes == result) continue;
            result = passes;
            decisions.Add((end, passes));
        }

        return decisions;
    }

    private static (TimeSpan End, bool Passes) Finish(Probe probe, TimeSpan begin, IReadOnlyList<(TimeSpan At, ProbeAnswer Answer)> answers)
    {
        ProbeAnswer answer = At(answers, begin);
        if (answer != ProbeAnswer.Hangs) return (begin, answer == ProbeAnswer.Passes);
        foreach ((TimeSpan at, ProbeAnswer next) in answers)
        {
            if (at > begin && at <= begin + probe.Timeout && next != ProbeAnswer.Hangs) return (at, next == ProbeAnswer.Passes);
        }

        return (begin + probe.Timeout, false);
    }

    private static bool Changed(IReadOnlyList<(TimeSpan At, ProbeAnswer Answer)> answers, TimeSpan at) => answers.Any(change => change.At == at);

    private static ProbeAnswer At(IReadOnlyList<(TimeSpan At, ProbeAnswer Answer)> answers, TimeSpan instant)
    {
        ProbeAnswer answer = answers[0].Answer;
        foreach ((TimeSpan at, ProbeAnswer next) in answers)
        {
            if (at <= instant) answer = next;
        }

        return answer;
    }
}
