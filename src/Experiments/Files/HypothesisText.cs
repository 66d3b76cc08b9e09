using System.Globalization;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary>An expectation in words, as hypotheses of steady state are written: judged for the worst cell.</summary>
/// <remarks>
/// <code>
/// hypothesis := no budget overspent [under FAULTS]  |  what [of SERVICE] [under FAULTS] (&lt;= | &gt;=) number[unit]
/// what       := availability | quorum | requests | detection figure | replacement figure | recovery figure | METRIC
/// figure     := mean | p50 | p95 | p99 | max            unit := % or that of a duration
/// </code>
/// </remarks>
internal static class HypothesisText
{
    private const string Expected = "expected a hypothesis such as 'availability of web >= 99.9 %', 'recovery p95 <= 90s' or 'no budget overspent'";
    private static readonly string[] Figures = ["mean", "p50", "p95", "p99", "max"];

    private static readonly Dictionary<string, string> Single = new(StringComparer.Ordinal)
    {
        ["availability"] = "replica_availability_ratio",
        ["quorum"] = "quorum_availability_ratio",
        ["requests"] = "request_availability_ratio",
    };

    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal)
    {
        ["detection"] = "time_to_detect_seconds",
        ["replacement"] = "time_to_replace_seconds",
        ["recovery"] = "time_to_recover_seconds",
    };

    /// <summary>Reads one; null when something is wrong, which is reported.</summary>
    /// <param name="value">The text.</param>
    /// <param name="metrics">Metrics of results.</param>
    /// <param name="faults">The fault sets.</param>
    internal static Expectation? Read(YamlValue value, IReadOnlyCollection<string> metrics, IReadOnlyList<FaultSet> faults)
    {
        if (value.Text() is not { } text) return null;
        List<string> words = [.. text.Replace(">=", " >= ", StringComparison.Ordinal).Replace("<=", " <= ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        string? under = Take(words, "under");
        if (under is not null && faults.All(set => set.Name != under))
        {
            value.Report($"expected one of the fault sets after 'under'", NearestName.Find(under, faults.Select(set => set.Name)));
            return null;
        }

        if (words is ["no", "budget", "overspent"]) return new Expectation("budget_overspent_seconds", ExpectationStatistic.Max, null, 0) { Faults = under };
        string? service = Take(words, "of");
        bool isLeast = words.Contains(">=");
        int at = words.IndexOf(isLeast ? ">=" : "<=");
        if (at < 1 || at + 1 >= words.Count || Bound(words[(at + 1)..]) is not { } bound)
        {
            value.Report(Expected);
            return null;
        }

        if (Metric(words[..at], metrics) is not { } metric)
        {
            value.Report($"{Expected}: '{string.Join(' ', words[..at])}' is none of availability, quorum, requests, detection, replacement, recovery (with {string.Join(", ", Figures)}) and no metric", NearestName.Find(words[0], [.. Single.Keys, .. Times.Keys, .. metrics]));
            return null;
        }

        return new Expectation(metric, isLeast ? ExpectationStatistic.Min : ExpectationStatistic.Max, isLeast ? bound : null, isLeast ? null : bound) { Faults = under, Service = service };
    }

    private static string? Take(List<string> words, string before)
    {
        int at = words.IndexOf(before);
        if (at < 0 || at + 1 >= words.Count) return null;
        string taken = words[at + 1];
        words.RemoveRange(at, 2);
        return taken;
    }

    private static string? Metric(List<string> words, IReadOnlyCollection<string> metrics) => words switch
    {
        [var one] when Single.TryGetValue(one, out string? metric) => metric,
        [var one] when metrics.Contains(one) => one,
        [var time, var figure] when Times.TryGetValue(time, out string? metric) && Figures.Contains(figure, StringComparer.Ordinal) => $"{metric}_{figure}",
        _ => null,
    };

    /// <summary>A number; percents as a share, durations in seconds.</summary>
    private static decimal? Bound(List<string> words)
    {
        string text = string.Concat(words);
        bool isPercent = text.EndsWith('%');
        if (decimal.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return isPercent ? number / 100 : number;
        return !isPercent && DurationText.TryParse(text, out TimeSpan duration, out _) ? (decimal)duration.Ticks / TimeSpan.TicksPerSecond : null;
    }
}
