namespace SchedBench.Results.Schema;

/// <content>What scheduling cost: deterministic counters, the axes of series, and what a wall clock measured.</content>
public static partial class MetricCatalog
{
    private const string WholeRun = "the whole run";
    private const string CostOfScheduling = "cost";

    private static IEnumerable<MetricDefinition> Cost()
    {
        yield return Neither("decisions_total", "", "times the strategy was asked where a pod goes; a pod group that is decided on as a whole counts as one", WholeRun, CostOfScheduling);
        yield return Lower("nodes_examined_total", "", "nodes looked at, over all decisions", WholeRun, CostOfScheduling);
        yield return Lower("scores_computed_total", "", "scores computed (a cached score is not computed again)", WholeRun, CostOfScheduling);
        yield return Lower("retries_total", "", "decisions for a pod that had been tried before", WholeRun, CostOfScheduling);
        yield return Lower("refused_decisions_total", "", "decisions that the host's checks refused", WholeRun, CostOfScheduling);
        yield return Lower("strategy_errors_total", "", "decisions in which the strategy threw or answered nonsense", WholeRun, CostOfScheduling);
        yield return Neither("events_total", "", "events that the loop executed", WholeRun, "–");
    }

    private static IEnumerable<MetricDefinition> Axes()
    {
        yield return new("gpu_arrived_percent", "%", "GPU requested by the pods that arrived so far, placed or not / GPU capacity",
            MetricDirection.Neither, "after each arrival, rounded to whole percents", "alloc.rate", MetricPlace.Axis);
        yield return new("time_seconds", "s", "virtual time since the start of the run", MetricDirection.Neither, "the window", "–", MetricPlace.Axis);
        yield return new("pods_percent", "%", "share of the pods, sorted by the metric on the y axis", MetricDirection.Neither, ArrivedPods, "–", MetricPlace.Axis);
    }

    private static IEnumerable<MetricDefinition> Timing()
    {
        yield return Measured("cell_wall_seconds", "s", "wall time of the cell", MetricDirection.Lower);
        yield return Measured("decisions_per_second", "1/s", "decisions / wall time of the cell", MetricDirection.Higher);
        yield return Measured("placements_per_second", "1/s", "pods bound / wall time of the cell", MetricDirection.Higher);
        yield return Measured("events_per_second", "1/s", "events executed / wall time of the cell", MetricDirection.Higher);
        yield return Measured("strategy_answers_per_second", "1/s", "answers of a strategy outside the program / real time waited for them", MetricDirection.Higher);
        yield return Measured("strategy_answer_seconds_p50", "s", "real time of an answer of a strategy outside the program, 50th percentile", MetricDirection.Lower);
        yield return Measured("strategy_answer_seconds_p99", "s", "the same, 99th percentile", MetricDirection.Lower);
        yield return Measured("strategy_answer_seconds_max", "s", "the same, the longest", MetricDirection.Lower);
        yield return Measured("clock_lateness_seconds_max", "s", "largest delay of the wall clock behind an event's instant", MetricDirection.Lower);
        yield return Measured("peak_memory_bytes", "B", "largest memory of the process while the cell ran", MetricDirection.Lower);
    }

    private static MetricDefinition Measured(string name, string unit, string definition, MetricDirection better) =>
        new(name, unit, definition, better, WholeRun, CostOfScheduling, MetricPlace.Timing);
}
