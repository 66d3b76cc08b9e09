using System.Reflection;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.External;

/// <summary>Strategies whose answers come from outside the program.</summary>
public static class ExternalStrategies
{
    /// <summary>Adds them to a catalog.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="time">Source of real time, for time-outs.</param>
    public static void AddTo(StrategyCatalog catalog, TimeProvider time)
    {
        StrategyAttribute about = typeof(ProcessStrategy).GetCustomAttribute<StrategyAttribute>()!;
        catalog.Add(new StrategyEntry(about.Name, about.Summary, [], values => values.File is { } file
            ? new ProcessStrategy(Read(file), file.Folder, time)
            : throw new ArgumentException($"The strategy {about.Name} needs a configuration file.", nameof(catalog)))
        {
            TieBreak = about.TieBreak,
            CheckFile = file => Read(file),
            NeedsFile = true,
        });
    }

    /// <summary>What the programs of an experiment's strategies add to the version: results are a function of their bytes too.</summary>
    internal static string Hashes(Experiment experiment) => string.Concat(experiment.Strategies
        .Where(strategy => strategy is { Name: ProcessStrategy.Name, File: not null })
        .SelectMany(strategy => Read(strategy.File!).Command.Select(argument => (argument, File: Path.Combine(strategy.File!.Folder, argument))))
        .Where(argument => File.Exists(argument.File))
        .Select(argument => $" + {argument.argument} {InputFile.Sha256Hex(argument.File, argument.argument)}"));

    /// <summary>The real time that answers took, for <c>timing.csv</c>; nothing for other strategies.</summary>
    internal static IEnumerable<MetricValue> Timing(SchedulingStrategy strategy)
    {
        if (strategy is not IExternalStrategy { AnswerSeconds: { Count: > 0 } seconds }) yield break;
        double[] sorted = [.. seconds.Order()];
        yield return new("strategy_answers_per_second", sorted.Length / Math.Max(sorted.Sum(), 1e-9));
        yield return new("strategy_answer_seconds_p50", Rank(sorted, 0.5));
        yield return new("strategy_answer_seconds_p99", Rank(sorted, 0.99));
        yield return new("strategy_answer_seconds_max", sorted[^1]);
    }

    private static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];

    private static ProcessStrategyConfig Read(StrategyFile file) => ProcessStrategyConfig.Read(file.Text, file.Name, file.Folder);
}
