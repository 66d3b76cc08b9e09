namespace SchedBench.Results.Schema;

/// <content>How long pods wait and take: wait, turnaround, slowdown, makespan, and the load that was offered.</content>
public static partial class MetricCatalog
{
    private const string WithCensored = "pods that arrived in the window, weight one each; unfinished ones enter as lower bounds and are counted in censored_ratio";

    private static IEnumerable<MetricDefinition> Queueing()
    {
        (string Suffix, string Words)[] figures = [("mean", "mean"), ("p50", "nearest-rank p50"), ("p95", "nearest-rank p95"), ("p99", "nearest-rank p99")];
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"wait_seconds_{suffix}", "s", $"{words} of w = first start − arrival", WithCensored, "wait");
        }

        yield return Lower("wait_seconds", "s", "nearest-rank quantile of w = first start − arrival, as a curve over pods_percent", WithCensored, "wait");
        yield return Lower("wait_seconds_max", "s", "largest w = first start − arrival", WithCensored, "wait");
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"turnaround_seconds_{suffix}", "s", $"{words} of finish − arrival", WithCensored, "turnaround");
        }

        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"slowdown_{suffix}", "", $"{words} of (finish − arrival) / service time", WithCensored, "slowdown");
        }

        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"bounded_slowdown_{suffix}", "", $"{words} of max(1, (w + p) / max(p, 10 s)), p = service time", WithCensored, "bsld");
        }

        yield return Lower("makespan_seconds", "s", "last finish − first arrival; empty unless every pod finished", "all pods of a closed batch", "makespan");
        yield return Lower("pending_pods", "", "mean number of pending pods in a hundredth of the window, as a curve over time_seconds", "the window", "pending");
        yield return Lower("pending_pods_mean", "", "time mean of the number of pending pods", "the window", "pending");
        yield return Lower("pending_pods_max", "", "largest number of pending pods", "the window", "pending");
        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Neither($"offered_load_{resource}_ratio", "", $"Σ request·service time / ∫ {resource} capacity dt", ArrivedPods, "offered.load");
        }

        yield return Neither("censored_ratio", "", "pods unfinished at the end / pods that arrived", ArrivedPods, "–");
    }
}
